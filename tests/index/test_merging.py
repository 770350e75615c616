"""Two indexes into one: everything of both is there, once, and both logs still hold."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from tracer.errors import IndexFileError, UsageError
from tracer.index import schema
from tracer.index.store import Index
from tracer.index.waiting import Stated
from tracer.model import Account, TextLine, TextTrack, Unchecked

from . import builders as make
from .contents import dump

WRITTEN = TextTrack(
    "reader-1",
    (TextLine(1.0, 2.0, (0.1, 0.8, 0.9, 0.9), "我们很好", "zh", "subtitle", 0.9),),
)


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "ours.db", tmp_path / "theirs.db"


def fill(path, videos, account="7", post="1", waiting="w"):
    """Give an index some of everything."""
    who = Account("douyin", account, "handle", "name", "https://douyin.example/@handle")
    with Index.open(path, "write") as index:
        for name in videos:
            index.add(make.video(name), make.fingerprint(name), "settings-1")
            index.add_file(make.sha(name), f"/{path.stem}/{name}.mp4", 1000, 1)
            index.add_posts(
                make.sha(name),
                [
                    make.post(
                        account=who, post_id=post + name, url=f"https://a.example/{post}{name}"
                    )
                ],
                f"/{path.stem}/{name}.post.json",
            )
            index.add_sidecar(f"/{path.stem}/{name}.post.json", make.sha(name), 5, 1, "")
        first, second = (make.sha(name) for name in sorted(videos, key=make.sha)[:2])
        found = [make.match(*sorted(videos, key=make.sha)[:2])]
        index.save_matches(first, found, "settings-1", 1)
        index.save_matches(second, found, "settings-1", 1)
        index.add_review((first, second), "confirm", f"R. {path.stem}", "seen")
        index.add_text(first, WRITTEN)
        index.add_unchecked(Unchecked(f"/{path.stem}/x.mp4", "read", "damaged"))
        index.queue.put("file", [f"/{path.stem}/later.mp4", f"/{path.stem}/now.mp4"])
        index.queue.take(1)
        with index.transaction():
            index.waiting_keeper("/a.csv").keep(
                [Stated(make.post(post_id=waiting, url="", account=who), (f"{waiting}-file.mp4",))]
            )


def merged(ours, theirs):
    with Index.open(ours, "write") as index:
        told = index.merge(theirs)
        assert index.check_log() == []
        return told


def test_nothing_of_either_is_lost(paths):
    ours, theirs = paths
    fill(ours, "ab")
    fill(theirs, "cd", account="8", post="2", waiting="v")
    expected = {name: sorted(set(rows + dump(theirs)[name])) for name, rows in dump(ours).items()}
    before = theirs.read_bytes()
    told = merged(ours, theirs)
    assert dump(ours) == expected
    assert (told.videos, told.posts, told.accounts, told.reviews, told.matches) == (2, 2, 1, 1, 1)
    assert theirs.read_bytes() == before
    with Index.open(ours) as index:
        assert index.unmatched("settings-1") == [make.sha("c"), make.sha("d")]


def test_merging_again_changes_nothing(paths):
    ours, theirs = paths
    fill(ours, "ab")
    fill(theirs, "bc")
    merged(ours, theirs)
    with Index.open(ours) as index:
        before = dump(ours), index.log_head()
    assert not any(merged(ours, theirs).__getattribute__(name) for name in ("videos", "posts"))
    with Index.open(ours) as index:
        assert (dump(ours), index.log_head()) == before


def test_what_both_know_is_there_once_and_completed(paths):
    ours, theirs = paths
    for path, changes in ((ours, {"title": ""}), (theirs, {"text": "", "collected": None})):
        with Index.open(path, "write") as index:
            index.add(make.video(), make.fingerprint(), "s")
            index.add_post(make.sha("a"), make.post(**changes))
    merged(ours, theirs)
    with Index.open(ours) as index:
        assert index.video(make.sha("a")).posts == (make.post(),)


def test_their_log_is_kept_and_continued(paths):
    ours, theirs = paths
    fill(ours, "ab")
    fill(theirs, "cd")
    merged(ours, theirs)
    with Index.open(theirs, "write") as index:
        index.add_review((make.sha("c"), make.sha("d")), "reject", "R. Viewer", "")
        head = index.log_head()
    told = merged(ours, theirs)
    assert (told.log_entries, told.reviews) == (1, 1)
    with closing(sqlite3.connect(ours)) as connection:
        assert connection.execute("SELECT count(*) FROM merged_logs").fetchone() == (1,)
        last = connection.execute("SELECT max(seq), hash FROM merged_log").fetchone()
    assert last == (head.seq, head.hash)


def test_a_merged_log_that_is_touched_is_found(paths):
    ours, theirs = paths
    fill(ours, "ab")
    fill(theirs, "cd")
    merged(ours, theirs)
    with closing(sqlite3.connect(ours)) as connection:
        for change in ("UPDATE merged_log SET actor = 'x' WHERE seq = 2", "DELETE FROM merged_log"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                connection.execute(change)
        connection.execute("DROP TRIGGER merged_log_no_update")
        connection.execute("DROP TRIGGER merged_log_no_delete")
        connection.execute("UPDATE merged_log SET actor = 'x' WHERE seq = 2")
        connection.commit()
    with Index.open(ours) as index:
        (found,) = index.check_log()
    assert found.seq == 2
    assert "was changed" in found.reason
    assert "theirs.db" in found.reason
    with closing(sqlite3.connect(ours)) as connection:
        connection.execute("DELETE FROM merged_log WHERE seq > 3")
        connection.commit()
    with Index.open(ours) as index:
        assert any("which no merged log reaches" in one.reason for one in index.check_log())


def test_a_log_that_does_not_hold_is_refused(paths):
    ours, theirs = paths
    fill(ours, "ab")
    fill(theirs, "cd")
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("DROP TRIGGER log_no_update")
        connection.execute("UPDATE log SET actor = 'x' WHERE seq = 2")
        connection.commit()
    before = dump(ours)
    with Index.open(ours, "write") as index, pytest.raises(IndexFileError, match="entry 2"):
        index.merge(theirs)
    assert dump(ours) == before


def test_a_copy_that_went_its_own_way(paths):
    """Two that were one: what they have in common is there once, both logs hold."""
    ours, theirs = paths
    fill(ours, "ab")
    shutil.copy(ours, theirs)
    assert merged(ours, theirs).log_entries == 0
    for path, name in ((ours, "c"), (theirs, "d")):
        with Index.open(path, "write") as index:
            index.add(make.video(name), make.fingerprint(name), "s")
    told = merged(ours, theirs)
    assert told.videos == 1
    assert told.log_entries > 0


@pytest.mark.parametrize("name", ["ours.db", "none.db", "text.db"])
def test_what_can_not_be_merged(paths, tmp_path, name):
    ours, _ = paths
    fill(ours, "ab")
    (tmp_path / "text.db").write_text("no index")
    before = dump(ours)
    with Index.open(ours, "write") as index, pytest.raises((UsageError, IndexFileError)):
        index.merge(tmp_path / name)
    assert dump(ours) == before


def test_the_later_word_on_a_path_counts(paths):
    ours, theirs = paths
    for path, name, added in ((ours, "a", "2021-01-01"), (theirs, "b", "2022-01-01")):
        with Index.open(path, "write") as index:
            index.add(make.video(name), make.fingerprint(name), "s")
            index.add_file(make.sha(name), "/clip.mp4", 1, 1)
            index._connection.execute("UPDATE files SET added = ?", (added,))
    merged(ours, theirs)
    with Index.open(ours) as index:
        assert index.video(make.sha("a")).paths == ()
        assert index.video(make.sha("b")).paths == ("/clip.mp4",)


def test_every_table_is_merged_or_made_anew():
    """A new table needs a word on what becomes of it in a merge (and in `forget`)."""
    merged = {
        *("videos", "fingerprints", "files", "accounts", "posts", "claims", "sidecars"),
        *("waiting_posts", "waiting_media", "text_read", "text_lines", "unchecked", "meta"),
        "given_names",
        *("queue", "reviews", "matches", "segments", "merged_logs", "merged_log"),
    }
    anew = {"log", "runs", "matched", "text_search", "staged_fingerprints"}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.migrate(connection)
        names = {
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not row[0].startswith(("sqlite_", "text_search_"))
        }
    assert names == merged | anew
