"""Share pages behind a real server, read by yt-dlp with our own extractor; saved app answers."""

from __future__ import annotations

import base64
import gc
import json
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.collect.server import serving
from tracer.collect import sidecars
from tracer.collect.archives import KINDS
from tracer.collect.archives.items import Found, Options, Refused
from tracer.collect.chinese_time import beijing
from tracer.collect.urls import file_of
from tracer.errors import SourceError
from tracer.settings import CollectSettings, Settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # yt-dlp's own

MOMENT = datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
LD = {
    "@graph": [
        {
            "@type": "VideoObject",
            "name": "新疆是个好地方",
            "uploadDate": "2021-01-23T19:15:00+08:00",
            "author": {"name": "新疆日报"},
            "contentUrl": "/dog.mp4",
        }
    ]
}
PAGES = {
    "/share/1161369.shtml": '<script type="application/ld+json">' + json.dumps(LD) + "</script>"
    '<meta property="og:video" content="/none.mp4">',
    "/xwzx/202101/t20210123_9210605.shtml": '<meta property="og:title" content="标题">'
    '<meta property="og:video" content="/dog.mp4"><p>2021年01月23日 19:15:30 来源: 天山网</p>',
    "/detail?aid=77&cid=10": "<title>t</title><p>2021-01-23 19:15</p>"
    '<video><source src="/dog.mp4" type="video/mp4"></video>',
    "/inline/5": 'x = {"publishTime":"2021-01-23 19:15:00","u":"http:\\/\\/HOST\\/dog.mp4"}',
    "/day/t20210123_6.shtml": '<video src="/dog.mp4"></video>',
    "/undated/8": '<video src="/dog.mp4"></video>',
    "/hostile/7": '<meta property="og:video" content="file:///etc/hostname">',
    "/empty/9": "<p>nothing</p>",
}


@pytest.fixture
def site(fixtures):
    with serving() as served:
        served.pages["/dog.mp4"] = (fixtures / "clips" / "dog.mp4").read_bytes()
        for path, page in PAGES.items():
            served.pages[path] = page.replace("HOST", served.url.removeprefix("http://"))
        yield served.url


HERE = Settings(collect=CollectSettings(share_hosts=("127.0.0.1",)))


def post_of(path, site, tmp_path):
    film = file_of(site + path, tmp_path / "case.db", HERE)
    assert film.endswith(".mp4")
    (info,) = [beside for beside in sidecars.beside(Path(film)) if beside.exists()]
    (post,) = sidecars.read(info)
    assert post.platform == "pomegranate_cloud"
    return post


def test_json_ld_goes_before_open_graph(site, tmp_path):
    post = post_of("/share/1161369.shtml", site, tmp_path)
    assert (post.post_id, post.title, post.account.name) == (
        "1161369",
        "新疆是个好地方",
        "新疆日报",
    )
    assert post.published.earliest == MOMENT


@pytest.mark.parametrize(
    ("path", "number", "seconds"),
    [
        ("/xwzx/202101/t20210123_9210605.shtml", "9210605", 30),
        ("/detail?aid=77&cid=10", "77", 0),
        ("/inline/5", "5", 0),
    ],
)
def test_each_way_to_a_film_and_its_time(site, tmp_path, path, number, seconds):
    post = post_of(path, site, tmp_path)
    assert post.post_id == number
    assert post.published.earliest == MOMENT + timedelta(seconds=seconds)
    minute = timedelta(0) if seconds else timedelta(minutes=1)
    assert post.published.latest - post.published.earliest == minute


def test_a_day_in_the_address_is_a_day_in_beijing(site, tmp_path):
    post = post_of("/day/t20210123_6.shtml", site, tmp_path)
    assert post.published.earliest == datetime(2021, 1, 22, 16, tzinfo=UTC)
    assert post.published.latest == datetime(2021, 1, 23, 16, tzinfo=UTC)


def test_the_age_of_the_servers_file_is_no_time(site, tmp_path):
    assert post_of("/undated/8", site, tmp_path).claims == ()


@pytest.mark.parametrize("path", ["/hostile/7", "/empty/9", "/gone/1"])
def test_a_page_without_a_film_is_one_line(site, tmp_path, path):
    with pytest.raises(SourceError) as caught:
        file_of(site + path, tmp_path / "case.db", HERE)
    assert "\n" not in str(caught.value)
    stored = [
        one for one in tmp_path.rglob("*") if one.is_file() and one.suffix not in (".json", ".txt")
    ]
    assert stored == []


def test_a_refused_page_leaves_no_connection_open(site, tmp_path):
    """An error holds its answer, and that its connection, until somebody collects garbage."""
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(SourceError):
            file_of(site + "/gone/1", tmp_path / "case.db", HERE)
        gc.collect()
    assert [one.message for one in told if one.category is ResourceWarning] == []


def test_other_hosts_are_not_read(site, tmp_path):
    with pytest.raises(SourceError, match="--any-site"):
        file_of(f"{site}/share/1161369.shtml", tmp_path / "case.db")


@pytest.mark.parametrize(
    ("text", "earliest", "seconds"),
    [
        ("2021年01月23日 19:15", MOMENT, 60),
        ("2021年1月23日 19时15分08秒", MOMENT + timedelta(seconds=8), 0),
        ("发布时间：2021-01-23 19:15:00", MOMENT, 0),
        ("2021/01/23 下午7:15:00", MOMENT, 0),
        ("2021-01-23T11:15:00Z", MOMENT, 0),
        ("2021年1月23日", datetime(2021, 1, 22, 16, tzinfo=UTC), 24 * 3600 - 1),
    ],
)
def test_times_as_chinese_pages_write_them(text, earliest, seconds):
    read = beijing(text, "page")
    assert (read.earliest, (read.latest - read.earliest).total_seconds()) == (earliest, seconds)


@pytest.mark.parametrize("text", ["", "昨天 19:15", "2021年13月40日"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        beijing(text, "page")


# --- saved answers of the app ---------------------------------------------------------------------

ANSWER = {
    "fileID": 1161369,
    "title": "标题",
    "content": "<p>石榴云/新疆日报</p>",
    "source": "石榴云",
    "publishTime": "2021-01-23 19:15:00",
    "videos": [{"url": "http://video.example/2021/abcdefgh.mp4", "ref": "<!--VIDEO#0-->"}],
}


def read(path):
    return list(KINDS["pomegranate"].read(path, Options()))


def test_a_saved_answer(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(ANSWER), "utf-8")
    (found,) = [one for one in read(path) if isinstance(one, Found)]
    post = found.post
    assert (post.platform, post.post_id, post.account.name) == (
        "pomegranate_cloud",
        "1161369",
        "石榴云",
    )
    assert post.published.earliest == MOMENT
    assert found.media == ("abcdefgh.mp4",)
    path.write_text("{}")
    assert [type(one) for one in read(path)][1:] == [Refused]


def test_a_har_holds_other_traffic_too(tmp_path):
    body = json.dumps({name: value for name, value in ANSWER.items() if name != "fileID"})
    packed = base64.b64encode(body.encode()).decode()
    address = "http://app.xjdaily.com/webapi/api/getArticle?sid=1&aid=42&cid=10"
    entries = [
        {"request": {"url": "http://ads.example/"}, "response": {"content": {"text": "<html>"}}},
        {"request": {"url": "http://ads.example/"}, "response": {}},
        {
            "startedDateTime": "2021-03-02T10:00:00.000Z",
            "request": {"url": address},
            "response": {"content": {"text": packed, "encoding": "base64"}},
        },
    ]
    path = tmp_path / "capture.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), "utf-8")
    (found,) = [one for one in read(path) if isinstance(one, Found)]
    assert (found.post.post_id, found.post.url) == ("42", address)
    assert found.post.collected == datetime(2021, 3, 2, 10, tzinfo=UTC)
