"""What was named is worked off, whoever named it and whatever came in between."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.pipeline import tiny
from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.pipeline.taking_in import take_in


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "index" / "tracer.db", "write") as opened:
        yield opened


@pytest.fixture
def films(tmp_path):
    return tiny.films(tmp_path / "films", 3)


def one(index, *inputs, **options):
    return take_in(index, [str(path) for path in inputs], jobs=1, **options)


def test_what_an_earlier_run_left_is_taken_in_without_being_named(index, films):
    index.queue.put("file", [str(films[0])])
    events = []
    taken = one(index, films[1], on_event=events.append)
    assert (taken.new, taken.files) == (2, 2)
    assert {(event.done, event.total) for event in events} == {(1, 2), (2, 2)}
    index.queue.put("file", [str(films[2])])
    assert one(index).new == 1
    state = index.queue.state()
    assert (state.done, state.waiting, state.claimed, state.runs) == (3, 0, 0, ())


def test_without_resume_it_is_left_waiting(index, films):
    index.queue.put("file", [str(films[0])])
    assert one(index, films[1], resume=False).new == 1
    assert index.queue.waiting() == 1


def test_what_failed_and_has_not_changed_is_named_again_but_not_read(index, films):
    films[0].write_bytes(b"no film at all" * 99)
    first = one(index, films[0])
    os.utime(films[1], ns=(5, 5))
    again = one(index, *films[:2])
    assert again.failed == first.failed
    assert (again.as_before, again.new) == (1, 1)
    assert index.queue.failures()[0].reason == first.failed[0].reason
    assert one(index).failed == ()  # it was not asked for
    index.queue.retry()
    assert one(index).as_before == 0
    shutil.copy(films[2], films[0])
    assert one(index, films[0]).new == 1
    assert index.queue.failures() == []
    assert index.unchecked() == []


def test_rehash_finds_bytes_that_changed_behind_the_same_size_and_time(index, films):
    one(index, *films)
    before = films[0].stat()
    content = bytearray(films[0].read_bytes())
    content[-1] ^= 1
    films[0].write_bytes(content)
    os.utime(films[0], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert one(index, *films).known == 3
    taken = one(index, *films, rehash=True)
    assert (taken.new, taken.known) == (1, 2)
    replaced = [entry.object for entry in index.log() if entry.action == "file_replaced"]
    assert replaced == [str(films[0])]


def test_a_file_that_is_gone_when_its_turn_comes_is_named(index, films):
    index.queue.put("file", [str(path) for path in films])
    films[1].unlink()
    taken = one(index)
    assert taken.new == 2
    assert [(one.subject, one.reason) for one in taken.failed] == [
        (str(films[1]), "can't be read (No such file or directory)")
    ]
    assert index.queue.state().failed == 1


def test_a_full_disk_stops_the_run_and_costs_nothing(index, films):
    """The same process goes on once there is room again."""
    (pages,) = index._connection.execute("PRAGMA page_count").fetchone()
    index._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(ExternalError, match="no space left"):
        one(index, *films)
    assert index.unchecked() == []  # it was no file's fault
    index._connection.execute("PRAGMA max_page_count = 1000000")
    before = index.state().videos
    assert before < 3
    assert one(index).new == 3 - before
    state = index.queue.state()
    assert (state.waiting, state.claimed, state.failed, state.runs) == (0, 0, 0, ())
    assert index.check_log() == []
