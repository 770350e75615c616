"""WACZ files: captures of pages are upper bounds by another hand."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime

import pytest

from tracer.collect.archives import KINDS
from tracer.collect.archives.items import Found, Options, Refused
from tracer.errors import SourceError
from tracer.model import Instant, Post, Video
from tracer.trace import times

POST = "https://www.douyin.com/video/6921000000000000000"  # 2021-01-23T22:21:12Z
HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}


def wacz(path, *pages, names=("pages/pages.jsonl",)):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("datapackage.json", "{}")
        for name in names:
            rows = (
                page if isinstance(page, str) else json.dumps(page) for page in (HEADER, *pages)
            )
            made.writestr(name, "\n".join(rows) + "\n")
    return path


def read(path, **options):
    return list(KINDS["wacz"].items(path, Options(**options)))


def found(items):
    return [one.post for one in items if isinstance(one, Found)]


def test_a_capture_is_there_by_then_and_no_time_of_publication(tmp_path):
    page = {"id": "1", "url": POST, "ts": "2021-02-01T10:00:00Z", "title": "clip"}
    (post,) = found(read(wacz(tmp_path / "a.wacz", page)))
    assert (post.platform, post.url, post.published) == ("douyin", POST, None)
    (claim,) = post.claims
    assert claim.latest == datetime(2021, 2, 1, 10, 0, tzinfo=UTC)
    assert times.role(claim) == "bound"
    assert times.hand(claim, post) == "archive:wacz"


def test_a_capture_and_the_posts_own_id_are_two_hands(tmp_path):
    page = {"url": POST, "ts": "2021-02-01T10:00:00Z"}
    (post,) = found(read(wacz(tmp_path / "a.wacz", page)))
    hands = {times.hand(claim, post) for claim in times.claims(post)}
    assert hands == {"archive:wacz", "platform:bytedance"}
    timing = times.timing(post)
    assert timing.contradictions == ()
    assert timing.published is not None
    assert timing.published.source == "post_id"


def test_two_files_by_nobody_knows_whom_are_one_hand():
    first, second = (
        Instant(times.EPOCH, datetime(2021, 2, day, tzinfo=UTC), "archive", f"wacz:{day}.wacz x")
        for day in (1, 2)
    )
    post = Post("douyin", claims=(first, second))
    assert len({times.hand(claim, post) for claim in post.claims}) == 1


def test_a_claim_after_the_capture_cannot_be_true(tmp_path):
    page = {"url": POST, "ts": "2021-01-10T10:00:00Z"}
    (post,) = found(read(wacz(tmp_path / "a.wacz", page)))
    timing = times.timing(post, Video("0" * 64, 1, 1.0, 1, 1, 25.0, "h264"))
    assert [one.kind for one in timing.contradictions] == ["after-archived"]


def test_pages_of_no_known_platform_are_counted_and_left(tmp_path):
    pages = [{"url": "https://example.org/a", "ts": "2021-01-10T10:00:00Z"}]
    items = read(wacz(tmp_path / "a.wacz", *pages))
    assert (len(items), found(items)) == (1, [])


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path):
    page = {"url": POST, "ts": "2021-02-01T10:00:00Z"}
    items = read(wacz(tmp_path / "a.wacz", "{", {"url": POST}, {"url": POST, "ts": "soon"}, page))
    reasons = [one.reason for one in items if isinstance(one, Refused)]
    assert [reason.split(" of ")[0] for reason in reasons] == ["line 2", "line 3", "line 4"]
    assert len(found(items)) == 1


def test_what_is_no_wacz_is_one_line(tmp_path):
    other = tmp_path / "b.wacz"
    other.write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(SourceError, match="can't be read as a WACZ"):
        read(other)
    with pytest.raises(SourceError, match="no list of pages"):
        read(wacz(tmp_path / "c.wacz", names=()))
