"""yt-dlp's real extractors with canned answers of the sites: no trap of theirs is fallen into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.collect.server import serving
from tracer.collect import info_json, sidecars
from tracer.collect.urls import Wanted, fetch, media_folder
from tracer.settings import CollectSettings, Settings
from tracer.trace.times import timing

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # yt-dlp's own
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

QUICK = Settings(collect=CollectSettings(network_backoff=0.0, network_timeout=5.0))
TWEET = "643211948184596480"
UPLOAD = "643211870443208704"


@pytest.fixture
def site(fixtures):
    with serving() as served:
        served.pages["/dog.mp4"] = (fixtures / "clips" / "dog.mp4").read_bytes()
        yield served


@pytest.fixture
def index(tmp_path):
    return tmp_path / "case.db"


def fetched(url, index, site):
    """Fetch from a known platform whose media lie on the test's own server."""
    allowed = Wanted(allow_hosts=(site.url.removeprefix("http://"),))
    return fetch(url, index, QUICK, allowed)


def posts_beside(path):
    (info,) = [one for one in sidecars.beside(Path(path)) if one.exists()]
    return sidecars.read(info)


def status(media_url, when="Mon Sep 14 01:30:53 +0000 2015", handle="freethenipple"):
    """A status as Twitter's API has it."""
    variant = {"content_type": "video/mp4", "bitrate": 320000, "url": media_url}
    return {
        "created_at": when,
        "full_text": "a text",
        "user": {"name": "A Name", "screen_name": handle, "id_str": "1"},
        "extended_entities": {
            "media": [{"id_str": UPLOAD, "type": "video", "video_info": {"variants": [variant]}}]
        },
    }


@pytest.fixture
def twitter(monkeypatch, site):
    """Let Twitter's extractor find this status; the rest of it is yt-dlp's own."""
    from yt_dlp.extractor.twitter import TwitterIE

    def answers(answer):
        monkeypatch.setattr(TwitterIE, "_extract_status", lambda self, number: answer)

    return answers


def test_a_tweets_id_is_the_tweets_and_its_uploads_the_mediums(twitter, site, index):
    twitter(status(f"{site.url}/dog.mp4"))
    shared = f"https://mobile.twitter.com/freethenipple/status/{TWEET}?s=20"
    (path,) = fetched(shared, index, site).files
    (post,) = posts_beside(path)
    assert (post.platform, post.post_id, post.media_id) == ("twitter", TWEET, UPLOAD)
    assert post.account is not None
    assert post.account.handle == "freethenipple"
    assert post.published is not None
    assert post.published.earliest.timestamp() == 1442194253


def test_a_retweets_time_is_in_its_id_and_its_authors_time_stands_apart(twitter, site, index):
    twitter(status(f"{site.url}/dog.mp4", "Sat Sep 12 23:44:00 +0000 2015", "author"))
    (path,) = fetched(f"https://x.com/sharer/status/{TWEET}", index, site).files
    shared, made = posts_beside(path)
    assert (shared.post_id, shared.account and shared.account.handle) == (TWEET, "sharer")
    assert shared.claims == ()
    of_sharing = timing(shared).published
    assert of_sharing is not None
    assert of_sharing.source == "post_id"
    assert (made.post_id, made.account and made.account.handle) == ("", "author")
    assert made.published is not None
    assert made.published.latest < of_sharing.earliest


def test_what_is_known_of_a_post_is_kept_where_its_media_is_gone(twitter, site, index):
    twitter(status(f"{site.url}/gone.mp4"))
    found = fetched(f"https://twitter.com/freethenipple/status/{TWEET}", index, site)
    assert found.files == ()
    assert found.failed[0].reason.startswith("gone: ")
    (post,) = found.posts
    assert (post.post_id, post.media_id, post.text) == (TWEET, UPLOAD, "a text")
    assert post.published is not None


def test_a_post_without_its_media_waits_in_the_index_for_them(twitter, site, index):
    from tracer.index.store import Index
    from tracer.pipeline.taking_in import take_in

    twitter(status(f"{site.url}/gone.mp4"))
    url = f"https://twitter.com/freethenipple/status/{TWEET}"
    allowed = Wanted(allow_hosts=(site.url.removeprefix("http://"),))
    clip = index.with_name(f"{TWEET}-key.mp4")
    clip.write_bytes(site.pages["/dog.mp4"])
    with Index.open(index, "write") as opened:
        assert take_in(opened, [url], QUICK, jobs=1, wanted=allowed).new == 0
        assert opened.waiting_posts() == (1, 1)
        assert [one.subject for one in opened.unchecked()] == [url]
        assert [entry.action for entry in opened.log()] == ["posts_without_media"]
        taken = take_in(opened, [str(clip)], QUICK, jobs=1)
        assert (taken.new, taken.posts) == (1, 1)
        assert opened.find(TWEET)
        assert opened.check_log() == []


def douyin(monkeypatch, answer):
    from yt_dlp.extractor.tiktok import DouyinIE

    monkeypatch.setattr(DouyinIE, "_download_json", lambda self, *args, **more: answer)


AWEME = {
    "aweme_id": "6961737553342991651",
    "desc": "新疆是个好地方 #新疆",
    "create_time": 1620905839,
    "author": {"uid": "59303115", "nickname": "名字", "sec_uid": "MS4w", "unique_id": "handle"},
    "statistics": {},
}


def test_douyin_is_read_whatever_address_was_shared(monkeypatch, site, index):
    film = {"url_list": [f"{site.url}/dog.mp4"], "uri": "v1"}
    answer = {**AWEME, "video": {"play_addr": film, "duration": 9000}}
    douyin(monkeypatch, {"aweme_detail": answer})
    for shared in (
        "https://www.douyin.com/user/MS4w?modal_id=6961737553342991651",
        "https://www.iesdouyin.com/share/video/6961737553342991651/?region=CN",
        "https://www.douyin.com/note/6961737553342991651",
    ):
        (path,) = fetched(shared, index, site).files
    assert len(list(media_folder(index).rglob("*.mp4"))) == 1  # one post, fetched once
    (post,) = posts_beside(path)
    assert (post.platform, post.post_id) == ("douyin", "6961737553342991651")
    assert post.account is not None
    assert post.account.url == "https://www.douyin.com/user/MS4w"  # not that of the handle
    assert (post.account.handle, post.account.name) == ("handle", "名字")


def test_douyin_without_fresh_cookies_says_so(monkeypatch, site, index):
    douyin(monkeypatch, None)
    found = fetched("https://www.douyin.com/video/6961737553342991651", index, site)
    assert found.failed[0].reason.startswith("needs cookies: ")
    assert "--cookies-from-browser" in found.failed[0].reason
    assert [one.post_id for one in found.posts] == ["6961737553342991651"]


def test_weibos_time_is_the_videos_and_agrees_with_the_posts_id():
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor.weibo import WeiboIE

    with YoutubeDL({"quiet": True, "cachedir": False}) as downloader:
        made = WeiboIE(downloader)._parse_video_info(
            {
                "id": 4189191225395228,
                "mblogid": "FD7l2zbUo",
                "text_raw": "a text",
                "user": {"id": 1, "screen_name": "n"},
                "page_info": {
                    "media_info": {"video_publish_time": 1514264429, "online_users_number": 7}
                },
            }
        )
    made["webpage_url"] = "https://m.weibo.cn/status/4189191225395228"
    (post,) = info_json.posts(made, "a.info.json")
    assert post.published is not None
    assert post.published.earliest.timestamp() == 1514264429
    weighed = timing(replace(post, collected=None))
    assert weighed.contradictions == ()


def test_an_info_json_is_read_and_never_fetched_again(tmp_path):
    path = tmp_path / "clip.info.json"
    path.write_text(json.dumps({"id": "1", "extractor": "youtube", "webpage_url": "http://a.b/"}))
    code = (
        "import sys; from pathlib import Path; from tracer.collect import sidecars;"
        f"sidecars.read(Path({str(path)!r})); assert 'yt_dlp' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_neither_plugins_nor_settings_of_the_user_are_run(site, tmp_path):
    touched = tmp_path / "touched"
    plugins = tmp_path / "path" / "yt_dlp_plugins" / "extractor"
    plugins.mkdir(parents=True)
    (plugins / "evil.py").write_text(f"open({str(touched)!r}, 'w')\n")
    config = tmp_path / "home" / ".config" / "yt-dlp" / "config"
    config.parent.mkdir(parents=True)
    config.write_text(f'--exec "touch {touched}"\n--netrc\n')
    site.pages["/clip.mp4"] = site.pages["/dog.mp4"]
    code = (
        "import sys; from pathlib import Path; from tracer.collect.urls import Wanted, fetch;"
        f"found = fetch({site.url + '/clip.mp4'!r}, Path({str(tmp_path / 'case.db')!r}),"
        " wanted=Wanted(any_site=True)); assert found.files, found"
    )
    home = str(tmp_path / "home")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "HOME": home,
        "PYTHONPATH": str(tmp_path / "path"),
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert not touched.exists()
