"""What is forgotten is gone from every table but the log and the decisions."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tracer.index.store import Index
from tracer.index.waiting import Stated
from tracer.model import TextLine, TextTrack, Unchecked

from . import builders as make

GONE, STAYS = make.sha("a"), make.sha("b")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "case.db"
    with Index.open(path, "write") as index:
        for name in ("a", "b"):
            index.add(make.video(name), make.fingerprint(name), "s")
            index.add_file(make.sha(name), f"/clips/{name}.mp4", 1000, 1)
            index.add_posts(
                make.sha(name), [make.post(post_id=f"post-{name}")], f"/clips/{name}.post.json"
            )
            line = TextLine(1.0, 2.0, (0.1, 0.8, 0.9, 0.9), f"secret-{name}", "en", "title", 0.9)
            index.add_text(make.sha(name), TextTrack("reader-1", (line,)))
            index.add_sidecar(f"/clips/{name}.post.json", make.sha(name), 5, 1, "")
            index.add_unchecked(Unchecked(f"/clips/{name}.mp4", "decode", "truncated"))
            index.queue.put("file", [f"/clips/{name}.mp4"])
        for sha256 in (GONE, STAYS):
            index.save_matches(sha256, [make.match("a", "b")], "s", 1)
        index.add_unchecked(Unchecked(f"{GONE} {STAYS}", "match", "took too long"))
        index.add_review((GONE, STAYS), "confirm", "R. Viewer", "")
        with index.transaction():
            waits = Stated(make.post(post_id="w", url="", text="waits"), ("a.mp4", "/clips/a.mp4"))
            index.waiting_keeper("/a.csv").keep([waits])
        assert index.give_waiting(GONE, ["/clips/a.mp4"]) == 1
    return path


def test_nothing_but_log_and_decisions_names_it(path):
    with Index.open(path, "write") as index:
        told = index.forget(GONE, "not ours")
        assert (told.paths, len(told.posts), told.matches, told.reviews) == (
            ("/clips/a.mp4",),
            2,
            1,
            1,
        )
        assert index.check_log() == []
        (entry,) = [one for one in index.log() if one.action == "video_forgotten"]
        assert (entry.sha256, entry.params["reason"]) == (GONE, "not ours")
        assert index.waiting_posts() == (1, 1)  # it waits again
        assert index.sha256s() == [STAYS]
        assert index.video(STAYS).posts
        assert index.matches_of(STAYS) == []
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        naming = {
            table
            for table in tables
            for row in connection.execute(f'SELECT * FROM "{table}"')
            if any(isinstance(value, str) and (GONE in value or "/a." in value) for value in row)
        }
        assert naming == {"log", "reviews", "waiting_posts", "waiting_media"}
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_its_bytes_are_gone_from_the_file(path):
    secret = make.fingerprint("a").features.descriptors.tobytes()
    assert secret in path.read_bytes()
    with Index.open(path, "write") as index:
        index.forget(GONE)
    left = b"".join(one.read_bytes() for one in path.parent.glob("case.db*"))
    assert secret not in left
    assert b"secret-a" not in left
    assert b"secret-b" in left


def test_it_comes_in_again_as_new(path):
    with Index.open(path, "write") as index:
        index.forget(GONE)
        assert index.add(make.video("a"), make.fingerprint("a"), "s")
        assert index.unmatched("s") == [GONE]
