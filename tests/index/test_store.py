"""The index gives back what it was given, whatever the order and however often."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.model import Unchecked

from . import builders as make


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "tracer.db", "write") as opened:
        yield opened


def add(index, *names):
    for name in names:
        index.add(make.video(name), make.fingerprint(name), "settings")


def rows(path):
    """Every row of every table, as text."""
    connection = sqlite3.connect(path)
    dump = list(connection.iterdump())
    connection.close()
    return dump


# One file for all examples: the index only ever grows, as in life.
@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    with Index.open(tmp_path_factory.mktemp("index") / "tracer.db", "write") as opened:
        yield opened


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(fingerprint=make.fingerprints())
def test_a_fingerprint_comes_back_bit_for_bit(growing, fingerprint):
    assume(not growing.has_video(fingerprint.sha256))
    growing.add(replace(make.video(), sha256=fingerprint.sha256), fingerprint, "")
    assert make.same_fingerprint(growing.fingerprint(fingerprint.sha256), fingerprint)


@settings(deadline=None)
@given(post=make.posts())
def test_a_post_comes_back_whole(growing, post):
    index = growing
    name = f"video {index.state().videos}"
    add(index, name)
    assert index.add_post(make.sha(name), post)
    assert not index.add_post(make.sha(name), post)
    assert index.video(make.sha(name)).posts == (post,)
    assert [one.posts for one in index.videos() if one.video.sha256 == make.sha(name)] == [(post,)]


def test_a_video_comes_back_whole(index):
    video = make.video("a", rotation=90, still=True)
    index.add(video, make.fingerprint("a"), "settings")
    assert index.video(video.sha256).video == video
    assert index.sha256s() == [video.sha256]


def test_everything_may_be_repeated_without_harm(index):
    def everything():
        add(index, "a", "b")
        index.add_file(make.sha("a"), "/clips/a.mp4", 1, 2)
        index.add_post(make.sha("a"), make.post())
        index.add_unchecked(Unchecked("x.mp4", "read", "broken"))
        index.add_sidecar("/clips/a.post.json", make.sha("a"), 1, 2)

    everything()
    once = rows(index.path)
    everything()
    assert rows(index.path) == once


def test_known_files_are_known_until_they_change(index):
    add(index, "a", "b")
    assert index.add_file(make.sha("a"), "/clips/a.mp4", 10, 20)
    assert not index.add_file(make.sha("a"), "/clips/a.mp4", 10, 20)
    assert index.known_file("/clips/a.mp4", 10, 20) == make.sha("a")
    assert index.known_file("/clips/a.mp4", 10, 21) is None
    assert index.known_file("/clips/b.mp4", 10, 20) is None
    # Other bytes under the same path: the old video is no longer there.
    assert index.add_file(make.sha("b"), "/clips/a.mp4", 11, 30)
    assert index.video(make.sha("a")).paths == ()
    assert index.video(make.sha("b")).paths == ("/clips/a.mp4",)
    assert index.known_file("/clips/a.mp4", 10, 20) is None
    # And back again.
    index.add_file(make.sha("a"), "/clips/a.mp4", 10, 20)
    assert index.known_file("/clips/a.mp4", 10, 20) == make.sha("a")
    assert index.video(make.sha("b")).paths == ()


def test_the_same_bytes_under_two_paths_are_one_video(index):
    add(index, "a")
    index.add_file(make.sha("a"), "/b.mp4", 1, 1)
    index.add_file(make.sha("a"), "/a.mp4", 1, 1)
    assert index.video(make.sha("a")).paths == ("/a.mp4", "/b.mp4")
    assert index.state().videos == 1


def test_state_tells_what_was_searched(index):
    assert index.state().videos == 0
    assert index.state().as_of is None
    add(index, "a", "b")
    state = index.state()
    assert state.videos == 2
    assert state.hours == pytest.approx(4.0, abs=0.001)
    assert state.as_of is not None
    assert state.settings == "settings"


def test_a_post_that_two_sources_state_is_one_post_with_both_claims(index):
    add(index, "a")
    first = make.post(origin="a.info.json")
    second = make.post(
        days=0.5, origin="a.post.json", url="", collector="", text="another text", account=None
    )
    index.add_post(make.sha("a"), first)
    assert not index.add_post(make.sha("a"), second)
    (stored,) = index.video(make.sha("a")).posts
    assert set(stored.claims) == {make.instant(), make.instant(0.5)}
    assert stored.text == first.text
    assert stored.account == first.account


def test_a_post_without_id_is_the_one_with_its_address(index):
    add(index, "a")
    index.add_post(make.sha("a"), make.post(post_id=""))
    assert not index.add_post(make.sha("a"), make.post())
    (stored,) = index.video(make.sha("a")).posts
    assert stored.post_id == "1"
    assert not index.add_post(make.sha("a"), make.post(post_id=""))


def test_the_same_file_posted_several_times_has_several_posts(index):
    add(index, "a")
    bare = {"url": "", "post_id": "", "account": None, "text": ""}
    index.add_posts(make.sha("a"), [make.post(1, **bare), make.post(2, **bare), make.post(3)])
    stored = index.video(make.sha("a")).posts
    assert [post.published for post in stored] == [make.instant(day) for day in (1, 2, 3)]


def test_what_a_sidecar_no_longer_says_goes_and_what_others_say_stays(index):
    add(index, "a")
    sidecar = "/clips/a.post.json"
    index.add_posts(make.sha("a"), [make.post(1), make.post(2, post_id="2", url="")], sidecar)
    index.add_posts(make.sha("a"), [make.post(4, post_id="9", url="")], "/other.post.json")
    index.add_posts(make.sha("a"), [make.post(3)], sidecar)
    stored = index.video(make.sha("a")).posts
    assert [(post.post_id, post.claims) for post in stored] == [
        ("1", (make.instant(3),)),
        ("9", (make.instant(4),)),
    ]


def test_entries_follow_the_order_of_arrival_within_what_is_asked(index):
    add(index, "z", "a", "m", "b")
    arrivals, digests = index.arrivals()
    assert arrivals.tolist() == sorted(arrivals.tolist())
    assert [bytes(one).hex() for one in digests] == [make.sha(name) for name in "zamb"]
    seen = list(index.entries(int(arrivals[0]), int(arrivals[2]), "test-1"))
    assert [one.sha256 for one in seen] == [make.sha("a"), make.sha("m")]
    assert np.array_equal(seen[0].hashes.phash, make.fingerprint("a").hashes.phash)
    assert np.array_equal(seen[1].features.descriptors, make.fingerprint("m").features.descriptors)
    assert list(index.entries(0, int(arrivals[-1]), "another")) == []


def test_find_by_path_address_post_id_and_prefix(index, tmp_path, monkeypatch):
    add(index, "a", "b")
    index.add_post(make.sha("a"), make.post())
    index.add_file(make.sha("b"), str(tmp_path / "b.mp4"), 1, 1)
    monkeypatch.chdir(tmp_path)
    assert index.find("https://douyin.example/1") == make.sha("a")
    assert index.find("1") == make.sha("a")
    assert index.find("b.mp4") == make.sha("b")
    assert index.find(make.sha("b")[:10].upper()) == make.sha("b")


def test_find_knows_a_copy_by_its_bytes(index, tmp_path):
    content = tmp_path / "copy.mp4"
    content.write_bytes(b"film")
    digest = hashlib.sha256(b"film").hexdigest()
    with pytest.raises(UsageError, match="no video of this index"):
        index.find(str(content))
    index.add(replace(make.video(), sha256=digest), replace(make.fingerprint(), sha256=digest), "")
    assert index.find(str(content)) == digest


def test_find_names_what_is_ambiguous(index):
    for number in range(40):
        add(index, number)
    digits = sorted(sha256[:1] for sha256 in index.sha256s())
    assert digits
    for name in ("nothing-like-it", "", "%", "ffffffffffffffff"):
        with pytest.raises(UsageError, match="no video of this index"):
            index.find(name)
    index.add_post(make.sha(1), make.post())
    index.add_post(make.sha(2), make.post())
    with pytest.raises(UsageError, match="names 2 videos"):
        index.find("https://douyin.example/1")


# --- matches ------------------------------------------------------------------------------------


def test_a_match_reads_the_same_whoever_was_the_query(index, tmp_path):
    add(index, "a", "b")
    told = make.match("a", "b")
    index.save_matches(make.sha("a"), [told], "s", 1)
    assert index.matches_of(make.sha("a")) == [told]
    (turned,) = index.matches_of(make.sha("b"))
    with Index.open(tmp_path / "other.db", "write") as other:
        add(other, "a", "b")
        other.save_matches(make.sha("b"), [turned], "s", 1)
        assert other.all_matches() == index.all_matches()
    assert turned.query_sha256 == make.sha("b")
    assert turned.segments[0].query_start == 2.0
    assert turned.edits[0].side == "match"
    assert turned.edits[1].change == "removed"
    assert turned.derivation.verdict == "match_from_query"


def test_a_match_with_itself_or_of_others_is_refused(index):
    add(index, "a", "b", "c")
    for wrong in (make.match("a", "a"), make.match("b", "c")):
        with pytest.raises(ValueError, match="not a match of"):
            index.save_matches(make.sha("a"), [wrong], "s", 1)
    assert index.unmatched("s") == [make.sha(name) for name in "abc"]
    assert index.all_matches() == []


def test_matches_made_with_other_settings_give_way(index):
    add(index, "a", "b")
    index.save_matches(make.sha("a"), [make.match("a", "b", 0.5)], "old", 1)
    assert index.unmatched("old") == [make.sha("b")]
    assert index.unmatched("new") == [make.sha("a"), make.sha("b")]
    index.save_matches(make.sha("b"), [], "new", 1)
    assert index.all_matches() == []


@given(order=st.permutations("abcd"))
@settings(max_examples=8, deadline=None)
def test_matches_do_not_depend_on_the_order_of_arrival(tmp_path_factory, order):
    def stored(names):
        with Index.open(tmp_path_factory.mktemp("order") / "tracer.db", "write") as index:
            add(index, *names)
            for name in names:
                found = [make.match(*sorted((name, other))) for other in names if other != name]
                index.save_matches(make.sha(name), found, "s", 3)
            return index.all_matches()

    assert stored(order) == stored("abcd")


# --- transactions -------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(index):
    before = rows(index.path)

    def half():
        with index.transaction():
            add(index, "a")
            index.add_file(make.sha("a"), "/a.mp4", 1, 1)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        half()
    assert rows(index.path) == before
    assert not index.has_video(make.sha("a"))


def test_two_writers_lose_nothing(index):
    with Index.open(index.path, "write") as second:
        add(index, "a")
        add(second, "b", "a")
        assert index.state() == second.state()
        assert index.sha256s() == sorted([make.sha("a"), make.sha("b")])


def test_failures_are_noted_and_overcome(index):
    index.add_unchecked(Unchecked("b.mp4", "read", "empty"))
    index.add_unchecked(Unchecked("a.mp4", "read", "broken"))
    index.add_unchecked(Unchecked("a.mp4", "read", "truncated"))
    assert index.unchecked() == [
        Unchecked("a.mp4", "read", "truncated"),
        Unchecked("b.mp4", "read", "empty"),
    ]
    index.clear_unchecked("a.mp4", "read")
    assert index.unchecked() == [Unchecked("b.mp4", "read", "empty")]
