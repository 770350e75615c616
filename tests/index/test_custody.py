"""The custody log: written with the change itself; whoever touches it is found."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.index import arrays, custody
from tracer.index.custody import FIRST, Head, Withheld, check, digest
from tracer.index.store import Index

from . import builders as make


@pytest.fixture
def path(tmp_path):
    """An index with two videos, their files and posts, a correction and a review; closed."""
    path = tmp_path / "case.db"
    with Index.open(path, "write") as index:
        for name in ("a", "b"):
            index.add(make.video(name), make.fingerprint(name), "settings-1")
            index.add_file(make.sha(name), f"/clips/{name}.mp4", 1000, 1)
            index.add_posts(make.sha(name), [make.post()], f"/clips/{name}.post.json")
            index.add_sidecar(f"/clips/{name}.post.json", make.sha(name), 5, 1, make.sha("side"))
        index.add_posts(make.sha("a"), [make.post(text="corrected")], "/clips/a.post.json")
        index.add_review((make.sha("b"), make.sha("a")), "reject", "R. Viewer", "other room")
    return path


@pytest.fixture
def log(path):
    with Index.open(path) as index:
        return list(index.log())


def edited(path, *statements):
    """Change an index as somebody would who knows SQLite and removes the triggers first."""
    with closing(sqlite3.connect(path)) as connection:
        for change in ("update", "delete"):
            connection.execute(f"DROP TRIGGER log_no_{change}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    with Index.open(path) as index:
        return index.check_log()


def test_the_log_tells_what_came_in_and_what_was_changed(log):
    assert [entry.action for entry in log] == [
        "settings_changed",
        *["video_added", "file_added", "post_added", "sidecar_read"] * 2,
        "post_changed",
        "review",
    ]
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    video, file, post, sidecar = log[1:5]
    assert video.params["fingerprint"] == arrays.digest(make.fingerprint("a"))
    assert (file.object, file.sha256) == ("/clips/a.mp4", make.sha("a"))
    assert post.params["claims"][0][2] == "platform"
    assert (sidecar.sha256, sidecar.params["video"]) == (make.sha("side"), make.sha("a"))
    changed, review = log[-2:]
    assert changed.params["text"] == ["text with 😀 and a\nnewline", "corrected"]
    assert review.params["reviewer"] == "R. Viewer"
    assert all(entry.tool.startswith("video-tracer ") and entry.actor for entry in log)


def test_what_changes_nothing_is_not_logged(path, log):
    with Index.open(path, "write") as index:
        index.add(make.video("a"), make.fingerprint("a"), "settings-1")
        index.add_file(make.sha("a"), "/clips/a.mp4", 1000, 1)
        index.add_posts(make.sha("a"), [make.post(text="corrected")], "/clips/a.post.json")
        assert list(index.log()) == log


def test_other_bytes_at_a_path_and_other_settings_are_logged(path):
    with Index.open(path, "write") as index:
        index.add_file(make.sha("b"), "/clips/a.mp4", 1000, 2)
        index.note_settings("settings-2")
        replaced, settings = list(index.log())[-2:]
    assert (replaced.action, replaced.params["before"]) == ("file_replaced", [make.sha("a")])
    assert (settings.object, settings.params) == ("settings-2", {"before": "settings-1"})


def test_a_post_that_its_sidecar_no_longer_states_is_logged(path):
    with Index.open(path, "write") as index:
        index.add_posts(make.sha("a"), [], "/clips/a.post.json")
        gone = list(index.log())[-1]
    assert (gone.action, gone.object) == ("post_removed", "douyin:1")


def test_an_entry_goes_with_its_transaction(path, log):
    def broken_off(index):
        with index.transaction():
            index.add(make.video("c"), make.fingerprint("c"), "settings-1")
            raise RuntimeError("power cut")

    with Index.open(path, "write") as index:
        with pytest.raises(RuntimeError):
            broken_off(index)
        assert list(index.log()) == log
        assert index.check_log() == []


def test_an_entry_can_be_recomputed_with_nothing_but_this_description(log):
    """What the docs say: SHA-256 of the other fields as JSON, keys sorted, no blanks, ASCII."""
    before = "0" * 64
    for entry in log:
        fields = {name: getattr(entry, name) for name in entry.__slots__ if name != "hash"}
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        assert hashlib.sha256(text.encode()).hexdigest() == entry.hash
        assert entry.prev_hash == before
        before = entry.hash


@pytest.mark.parametrize("change", ["UPDATE log SET actor = 'me'", "DELETE FROM log"])
def test_sqlite_itself_refuses_a_slip_of_the_hand(path, change):
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        connection.execute(change)


COLUMNS = ["ts_utc", "actor", "action", "object", "sha256", "params", "tool", "prev_hash", "hash"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_entry_is_found(path, column):
    found = edited(path, f"UPDATE log SET {column} = {column} || ' ' WHERE seq = 4")
    assert 4 in {one.seq for one in found}


def test_a_removed_entry_is_found(path):
    (gap,) = edited(path, "DELETE FROM log WHERE seq = 4")
    assert (gap.seq, "missing" in gap.reason) == (4, True)


def test_entries_cut_off_at_the_end_leave_a_trace(path, log):
    (cut,) = edited(path, f"DELETE FROM log WHERE seq > {len(log) - 2}")
    assert (cut.seq, "cut off" in cut.reason) == (len(log) - 1, True)


def test_a_log_written_anew_is_found_by_a_head_kept_elsewhere_and_by_nothing_else(log):
    kept = Head(log[-1].seq, log[-1].hash)
    forged, before = [], FIRST
    for entry in log:
        entry = replace(entry, actor="somebody else", prev_hash=before)
        entry = replace(entry, hash=digest(entry))
        before = entry.hash
        forged.append(entry)
    assert check(forged) == []
    (found,) = check(forged, [kept])
    assert found.seq == kept.seq
    assert [one.seq for one in check(log[:-1], [kept])] == [kept.seq]


@given(st.data())
def test_any_change_removal_or_order_is_found(data):
    """Over chains of made-up entries: whatever is done to one, the check names a place."""
    chain = made_up(data.draw(st.integers(2, 12)))
    place = data.draw(st.integers(0, len(chain) - 1))
    how = data.draw(st.sampled_from(["change", "remove", "swap", "twice"]))
    other = list(chain)
    if how == "change":
        field = data.draw(st.sampled_from(["seq", *COLUMNS]))
        value = {"seq": 99, "params": {"other": 1}}.get(field, "other")
        other[place] = replace(other[place], **{field: value})
    elif how == "remove" and place < len(chain) - 1:
        del other[place]
    elif how == "swap" and place:
        other[place], other[place - 1] = other[place - 1], other[place]
    else:
        other.insert(place, other[place])
    assert check(chain) == []
    assert check(other) != []


@given(st.integers(1, 12), st.data())
def test_withheld_entries_still_have_to_link(length, data):
    chain = made_up(length)
    hidden = data.draw(st.sets(st.integers(1, length)))
    shown = [
        Withheld(one.seq, one.prev_hash, one.hash) if one.seq in hidden else one for one in chain
    ]
    assert check(shown, [Head(chain[-1].seq, chain[-1].hash)]) == []
    place = data.draw(st.integers(0, length - 1))
    broken = replace(shown[place], prev_hash="f" * 64)
    assert check([*shown[:place], broken, *shown[place + 1 :]]) != []


def made_up(length):
    chain, before = [], FIRST
    for seq in range(1, length + 1):
        entry = custody.Entry(
            seq,
            "2026-11-22T00:00:00Z",
            "me",
            "file_added",
            f"/{seq}",
            "",
            {"n": seq},
            "t",
            before,
            "",
        )
        entry = replace(entry, hash=digest(entry))
        before = entry.hash
        chain.append(entry)
    return chain


def test_a_head_is_read_as_it_is_written():
    head = Head(7, "ab" * 32)
    assert Head.parse(f" {head}\n") == head
    for wrong in ("", "7", "7:xyz", "x:" + "ab" * 32):
        with pytest.raises(ValueError, match=r"not a head|invalid literal"):
            Head.parse(wrong)
