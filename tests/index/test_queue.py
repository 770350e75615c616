"""The work queue: put in once, claimed by one, settled once, given back by whoever ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

from tracer.index import schema
from tracer.index.store import Index
from tracer.model import Unchecked
from tracer.settings import IndexSettings

from . import builders as make

NAMES = [f"/clips/{number}.mp4" for number in range(7)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tracer.db"
    Index.open(path, "write").close()
    return path


@pytest.fixture
def index(path):
    with Index.open(path, "write") as opened:
        yield opened


def names(works):
    return [one.name for one in works]


def counts(index):
    state = index.queue.state()
    return state.waiting, state.claimed, state.done, state.failed


def test_work_is_claimed_in_order_and_settled_once(index):
    queue = index.queue
    queue.put("file", NAMES)
    queue.put("file", NAMES[:3])  # named again: it waits already
    first, second = queue.take(2), queue.take(2)
    assert names(first + second) == NAMES[:4]
    assert counts(index) == (3, 4, 0, 0)
    queue.done(first)
    queue.failed(second[0])
    assert counts(index) == (3, 1, 2, 1)
    queue.end()
    assert counts(index) == (4, 0, 2, 1)
    assert queue.state().runs == ()
    assert names(queue.take(9)) == NAMES[3:]


def test_what_is_done_waits_again_when_it_is_named_again(index):
    queue = index.queue
    queue.put("file", NAMES)
    queue.done(queue.take(9))
    queue.put("file", [NAMES[3]], {"rehash": True})
    (work,) = queue.take(9)
    assert (work.name, work.options) == (NAMES[3], {"rehash": True})


def test_what_is_claimed_is_left_to_its_owner(path, index):
    index.queue.put("file", NAMES)
    mine = index.queue.take(3)
    with Index.open(path, "write") as other:
        other.queue.put("file", NAMES)  # all of them are on their way
        theirs = other.queue.take(9)
        assert names(theirs) == NAMES[3:]
        assert other.queue.take(9) == []
        other.queue.done(theirs)
    index.queue.done(mine)
    assert counts(index) == (0, 0, 7, 0)


def test_many_writers_lose_and_double_nothing(path, index):
    wanted = [f"/clips/{number}.mp4" for number in range(200)]
    index.queue.put("file", wanted)
    taken: list[str] = []

    def work():
        with Index.open(path, "write") as mine:
            while works := mine.queue.take(3):
                with mine.transaction():
                    mine.add_unchecked(Unchecked(works[0].name, "note", "seen"))
                    mine.queue.done(works)
                taken.extend(names(works))
            mine.queue.end()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)
    assert counts(index) == (0, 0, 200, 0)
    assert index.queue.state().runs == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from tracer.index.store import Index
index = Index.open(Path(sys.argv[1]), "write")
index.queue.done(index.queue.take(1))
index.queue.take(2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_had_claimed_is_free_at_once(path, index):
    index.queue.put("file", NAMES)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert counts(index) == (4, 2, 1, 0)
    assert [run.alive for run in index.queue.state().runs] == [False]
    taken = []
    while works := index.queue.take(4):
        taken += names(works)
        index.queue.done(works)
    assert sorted(taken) == NAMES[1:]
    index.queue.end()
    assert index.queue.state().runs == ()


def foreign_run(path, beat):
    """Claim everything for a process of another machine that last told of itself at `beat`."""
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO runs (process, machine, begun, beat) VALUES (?, 'elsewhere', ?, ?)",
        (f"{os.getpid()}:1", beat, beat),
    )
    connection.execute("UPDATE queue SET state = 'claimed', run = 1")
    connection.commit()
    connection.close()


def test_a_process_elsewhere_counts_as_ended_when_it_is_silent_for_long(path):
    with Index.open(path, "write") as index:
        index.queue.put("file", NAMES)
    foreign_run(path, "2021-01-01T00:00:00Z")
    with Index.open(path, "write", IndexSettings(claim_patience=1e12)) as index:
        assert index.queue.take(9) == []  # it may still be at work
    with Index.open(path, "write") as index:
        assert names(index.queue.take(9)) == NAMES


def test_the_number_of_a_process_that_was_given_again_is_another_process(path, index):
    from tracer.index import runs

    index.queue.put("file", NAMES)
    index.queue.take(9)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE runs SET process = ?", (f"{os.getpid()}:1",))
    connection.commit()
    connection.close()
    assert runs._process(os.getpid()) != f"{os.getpid()}:1"
    assert [run.alive for run in index.queue.state().runs] == [False]


def test_retry_by_reason_and_by_place(index):
    queue = index.queue
    queue.put("file", [*NAMES[:3], "/other/9.mp4", "/clips-2/9.mp4"])
    for number, work in enumerate(queue.take(9)):
        index.add_unchecked(Unchecked(work.name, "read", "No space" if number % 2 else "damaged"))
        queue.failed(work)
    assert [one.reason for one in queue.failures()].count("No space") == 2
    assert queue.retry(["/clips"], "no SPACE") == 1
    assert names(queue.take(9)) == [NAMES[1]]
    assert queue.retry(["/other/9.mp4"]) == 1
    assert queue.retry(reason="unheard of") == 0
    assert queue.retry() == 3


def test_only_what_is_named_is_taken_where_that_is_asked(path, index):
    index.queue.put("file", NAMES)
    with Index.open(path, "write") as later:
        later.queue.begin_naming()
        assert later.queue.first_named([NAMES[2], NAMES[2], NAMES[4]]) == [NAMES[2], NAMES[4]]
        assert later.queue.first_named([NAMES[4]]) == []
        assert later.queue.waiting(only_named=True) == 2
        assert names(later.queue.take(9, only_named=True)) == [NAMES[2], NAMES[4]]


def test_a_claim_does_not_count_as_a_change_of_the_index(index):
    index.add(make.video(), make.fingerprint(), "s")
    before = index.state()
    index._connection.execute("UPDATE meta SET value = '2020-01-01T00:00:00Z'")
    changed = index.state()
    assert changed != before
    index.queue.put("file", NAMES)
    index.queue.done(index.queue.take(3))
    assert index.state() == changed


def test_the_migration_takes_failures_over(tmp_path):
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path, isolation_level=None)
    before = schema.MIGRATIONS.index(schema.work_queue)
    schema.migrate(connection, schema.MIGRATIONS[:before])
    for subject, stage in (("/a.mp4", "read"), ("https://a", "download"), ("/b.json", "sidecar")):
        connection.execute("INSERT INTO unchecked VALUES (?, ?, 'why', '2021')", (subject, stage))
    connection.close()
    with Index.open(path, "write") as index:
        failed = [(one.kind, one.name, one.reason) for one in index.queue.failures()]
        assert failed == [("file", "/a.mp4", "why"), ("address", "https://a", "why")]
