"""Sidecars: what `clip.post.json` and yt-dlp's `clip.info.json` say, and what they only seem to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracer.collect import sidecars
from tracer.collect.claims import HTTP_LAST_MODIFIED
from tracer.errors import SourceError
from tracer.model import Account, Instant


@pytest.fixture
def write(tmp_path):
    def write(content, name="clip.post.json"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        return path

    return write


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_a_sidecar_lies_beside_its_clip_and_nowhere_else():
    assert sidecars.beside(Path("a/clip.v2.mp4")) == (
        Path("a/clip.v2.info.json"),
        Path("a/clip.v2.post.json"),
    )


# --- clip.post.json -----------------------------------------------------------------------------


def test_a_whole_post(write):
    (post,) = sidecars.read(
        write(
            {
                "platform": "pomegranate_cloud",
                "url": "https://pomegranate.example/1",
                "post_id": "1",
                "account": {"id": "7", "name": "石榴云"},
                "published": "2021-01-23T19:15:00+08:00",
                "collected": "2021-03-02T10:00:00Z",
                "collector": "a person",
                "text": "字幕",
                "colour": "a field of tomorrow",
            }
        )
    )
    moment = datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
    assert post.published == Instant(
        moment, moment, "sidecar", "2021-01-23T19:15:00+08:00", "+08:00"
    )
    assert post.claims == (post.published,)
    assert post.account == Account("pomegranate_cloud", "7", "", "石榴云")
    assert post.collected == datetime(2021, 3, 2, 10, tzinfo=UTC)
    assert (post.collector, post.text, post.origin) == ("a person", "字幕", "clip.post.json")


def test_all_but_the_platform_may_be_missing(write):
    (post,) = sidecars.read(write({"platform": "douyin"}))
    assert (post.published, post.account, post.collected, post.claims) == (None, None, None, ())


def test_a_list_is_several_posts_of_the_same_file(write):
    stated = [{"platform": "douyin", "post_id": 6742501081818877190}, {"platform": "weibo"}]
    first, second = sidecars.read(write(stated))
    assert (first.platform, second.platform) == ("douyin", "weibo")
    assert first.post_id == "6742501081818877190"  # a number written bare keeps all its digits
    assert sidecars.read(write([])) == ()


def test_a_byte_order_mark_is_no_trouble(write):
    assert sidecars.read(write(b'\xef\xbb\xbf{"platform": "douyin"}'))[0].platform == "douyin"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("{", "line 1"),
        ("[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("7", "is not of type 'object'"),
        ({}, "'platform' is a required property"),
        ({"platform": " "}, "platform"),
        ({"platform": 7}, "platform: 7 is not of type 'string'"),
        ({"platform": "x", "account": "me"}, "account: 'me' is not of type 'object'"),
        ({"platform": "x", "account": {"id": [1]}}, "account.id"),
        ({"platform": "x", "published": "yesterday"}, "'yesterday' is not a day or a time"),
        ({"platform": "x", "published": "2021-02-30"}, "day"),
        ({"platform": "x", "published": "0001-01-01"}, "date value out of range"),
        ({"platform": "x", "published": None}, "published: None is not of type 'string'"),
        ([{"platform": "x"}, {"url": "u"}], "required"),
    ],
)
def test_a_broken_sidecar_is_named_in_one_line(write, content, words):
    path = write(content)
    with pytest.raises(SourceError) as caught:
        sidecars.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message


def test_a_folder_of_that_name_is_broken(tmp_path):
    (tmp_path / "clip.post.json").mkdir()
    with pytest.raises(SourceError, match="not a regular file"):
        sidecars.read(tmp_path / "clip.post.json")


# --- clip.info.json -----------------------------------------------------------------------------


def info(write, **fields):
    return sidecars.read(write(fields, "clip.info.json"))


def test_youtube_with_a_time(write):
    (post,) = info(
        write,
        id="abc",
        extractor_key="Youtube",
        webpage_url="https://www.youtube.com/watch?v=abc",
        timestamp=1611400500,
        upload_date="20210123",
        epoch=1614679200,
        uploader="A Channel",
        uploader_id="@a.channel",
        channel_id="UC1",
        channel_url="https://www.youtube.com/channel/UC1",
        title="t",
        description="d",
        _version={"version": "2026.10.26"},
        _type="video",
    )
    assert (post.platform, post.post_id, post.media_id) == ("youtube", "abc", "")
    assert post.claims == (Instant(at(1611400500), at(1611400500), "platform", "1611400500", "Z"),)
    assert post.published == post.claims[0]
    assert post.collected == at(1614679200)
    assert post.account == Account(
        "youtube", "UC1", "a.channel", "A Channel", "https://www.youtube.com/channel/UC1"
    )
    assert post.collector == "yt-dlp 2026.10.26"


def test_youtube_with_a_day_only(write):
    (post,) = info(write, id="abc", extractor_key="Youtube", upload_date="20210123")
    (claim,) = post.claims
    assert claim.earliest == datetime(2021, 1, 23, tzinfo=UTC)
    assert claim.latest == datetime(2021, 1, 24, 8, tzinfo=UTC)


def test_a_day_that_differs_from_the_time_is_a_claim_of_its_own(write):
    (post,) = info(
        write, id="a", extractor_key="Youtube", upload_date="20210122", timestamp=1611400500
    )
    assert len(post.claims) == 2


@pytest.mark.parametrize("key", ["Generic", "HTML5MediaEmbed"])
def test_a_site_without_extractor_tells_only_the_age_of_its_file(write, key):
    (post,) = info(
        write,
        id="a",
        extractor_key=key,
        timestamp=1611400500,
        upload_date="20210123",
        webpage_url="http://example.org/a.mp4",
        webpage_url_domain="example.org",
    )
    assert [claim.source for claim in post.claims] == [HTTP_LAST_MODIFIED]
    assert post.published is None
    assert post.platform == "example.org"


def test_toutiao_gives_its_time_under_another_name(write):
    (post,) = info(write, id="7", extractor_key="Toutiao", release_timestamp=1611400500)
    assert post.published is not None
    assert post.published.earliest == at(1611400500)


def test_cctv_may_have_meant_beijing(write):
    (post,) = info(write, id="7", extractor_key="CCTV", timestamp=1611400500)
    (claim,) = post.claims
    assert (claim.earliest, claim.latest) == (at(1611400500 - 8 * 3600), at(1611400500))


def test_douyins_names_and_address(write):
    (post,) = info(
        write,
        id="6961737553342991651",
        extractor="Douyin",
        timestamp=1620905839,
        uploader="handle",
        uploader_id="59303115",
        uploader_url="https://www.douyin.com/user/handle",
        channel="名字",
        channel_id="sec",
        channel_url="https://www.douyin.com/user/sec",
    )
    assert post.account == Account(
        "douyin", "59303115", "handle", "名字", "https://www.douyin.com/user/sec"
    )


TWEET = {
    "extractor_key": "Twitter",
    "id": "643211870443208704",
    "display_id": "643211948184596480",
    "webpage_url": "https://twitter.com/giphz/status/643211948184596480",
    "timestamp": 1442188653,
    "uploader": "FREE THE NIPPLE",
    "uploader_id": "freethenipple",
    "channel_id": "1",
}


def test_twitters_id_is_the_mediums(write):
    (post,) = info(write, **TWEET)
    assert post.post_id == "643211948184596480"
    assert post.media_id == "643211870443208704"
    assert post.account == Account("twitter", "1", "freethenipple", "FREE THE NIPPLE")


def test_a_retweet_tells_of_two_posts(write):
    """yt-dlp gives the sharer's address with the author and the time of what was shared."""
    original = TWEET["timestamp"] - 92_794
    shared, made = info(write, **{**TWEET, "timestamp": original})
    assert shared.post_id == "643211948184596480"
    assert shared.account == Account("twitter", handle="giphz")
    assert (shared.claims, shared.published) == ((), None)  # its time is in its id
    assert (made.post_id, made.url, made.media_id) == ("", "", "643211870443208704")
    assert made.account is not None
    assert made.account.handle == "freethenipple"
    assert made.published is not None
    assert made.published.earliest == at(original)


def test_an_unknown_site_keeps_its_extractors_name(write):
    (post,) = info(write, id="1", extractor="rumble", uploader_id="u", channel_id="c")
    assert (post.platform, post.account) == ("rumble", Account("rumble", "u"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "not a JSON object"),
        ({}, "names no extractor"),
        ({"extractor": "x", "_type": "playlist"}, "describes a playlist"),
        ({"extractor": "x", "timestamp": "noon"}, "timestamp: 'noon' is not a number"),
        ({"extractor": "x", "timestamp": 1e30}, "clip.info.json"),
        ({"extractor": "x", "upload_date": "soon"}, "soon"),
        ({"extractor": "x", "title": {}}, "title: {} is not a text"),
    ],
)
def test_a_broken_info_is_named_in_one_line(write, content, words):
    with pytest.raises(SourceError, match=r"^[^\n]+$") as caught:
        sidecars.read(write(content, "clip.info.json"))
    assert words in str(caught.value)


def test_every_fixture_is_read(fixtures):
    read = [
        post for path in sorted((fixtures / "clips").glob("*.json")) for post in sidecars.read(path)
    ]
    assert read
    assert [post.origin for post in read if post.published is None] == []
