"""kill -9 at any moment: nothing lost, nothing doubled, nobody left behind, nothing to repair."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.index.contents import dump, noted
from tests.pipeline import tiny
from tests.test_workers import gone, wait_until
from tracer.index.store import Index

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
MARK = "TRACER_TEST_RUN"  # what the processes of one run carry in their environment
SEED = 6


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Five films of a second, two of them with sidecars, one with a twin, and a broken one."""
    folder = tmp_path_factory.mktemp("killing") / "films"
    made = tiny.films(folder, 5)
    for number in (1, 3):
        post = {"platform": "douyin", "post_id": f"{number}", "published": "2021-01-23"}
        made[number].with_suffix(".post.json").write_text(json.dumps(post))
    shutil.copy(made[1], folder / "twin.mp4")
    (folder / "broken.mp4").write_bytes(b"no film" * 99)
    return folder


def start(path, films, mark):
    words = ["index", "--index", path, "--jobs", "2", "--no-match", "--no-text", films]
    return subprocess.Popen(
        [sys.executable, "-m", "tracer", *map(str, words)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def carrying(mark):
    """The processes of a run that live."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and f"{MARK}={mark}".encode() in (
                entry / "environ"
            ).read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def told_of(pid):
    """What the kernel tells of a process that should not be there any more."""
    told = []
    for name in ("cmdline", "status", "wchan", "stack"):
        with suppress(OSError):
            told.append((Path(f"/proc/{pid}") / name).read_bytes().replace(b"\0", b" ").decode())
    return "\n".join(told)


@pytest.fixture(scope="module")
def undisturbed(films, tmp_path_factory):
    """What the index holds when nobody disturbs, and how many seconds that takes."""
    path = tmp_path_factory.mktemp("undisturbed") / "tracer.db"
    began = time.monotonic()
    start(path, films, "undisturbed").wait()
    took = time.monotonic() - began
    contents = dump(path)
    assert (len(contents["videos"]), len(contents["files"]), len(contents["posts"])) == (5, 6, 2)
    assert len(contents["unchecked"]) == 1
    return contents, noted(path), took


def kill(run, mark, whole_group):
    pids = carrying(mark) if whole_group else []
    for pid in {run.pid, *pids}:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait()


def disturbed(films, path, moments, whole_group):
    """Run, and kill, and run again, as often as there are moments; then let it finish."""
    for seconds in moments:
        mark = uuid.uuid4().hex
        run = start(path, films, mark)
        with suppress(subprocess.TimeoutExpired):
            run.wait(timeout=seconds)
        kill(run, mark, whole_group)
        for pid in carrying(mark):
            assert gone(pid), f"left behind: {told_of(pid)}"
        if path.exists():
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert start(path, films, uuid.uuid4().hex).wait() in (0, 1)


def same_as(path, undisturbed):
    contents, entries, _ = undisturbed
    assert dump(path) == contents
    assert noted(path) == entries
    with Index.open(path) as index:
        assert index.check_log() == []
        state = index.queue.state()
        assert (state.waiting, state.claimed, state.runs) == (0, 0, ())
    assert {one.name for one in path.parent.iterdir()} == {path.name}  # no half-made file either


@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "parent"])
def test_killed_and_gone_on_with(films, undisturbed, tmp_path, whole_group):
    moments = [random.Random(SEED).uniform(0.4, 1.0) * undisturbed[2]]
    path = tmp_path / "tracer.db"
    disturbed(films, path, moments, whole_group)
    same_as(path, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "parent"])
def test_killed_at_fifty_random_moments(films, undisturbed, tmp_path, whole_group):
    """Ten indexes, each killed five times on its way; the same for the parent alone."""
    chance = random.Random(SEED + whole_group)
    for number in range(10):
        path = tmp_path / str(number) / "tracer.db"
        path.parent.mkdir()
        moments = [chance.uniform(0.1, 1.0) * undisturbed[2] for _ in range(5)]
        disturbed(films, path, moments, whole_group)
        same_as(path, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("one_is_killed", [False, True])
def test_two_at_once_do_each_file_once(films, undisturbed, tmp_path, one_is_killed):
    path = tmp_path / "tracer.db"
    Index.open(path, "write").close()
    marks = [uuid.uuid4().hex for _ in range(2)]
    first, second = (start(path, films, mark) for mark in marks)
    if one_is_killed:
        with suppress(subprocess.TimeoutExpired):
            first.wait(timeout=0.7 * undisturbed[2])
        kill(first, marks[0], whole_group=False)
    for run in (first, second):
        run.wait()
    if one_is_killed:  # what it held may have come free after the other had looked
        assert start(path, films, uuid.uuid4().hex).wait() in (0, 1)
    same_as(path, undisturbed)


HANGING = """
import os, sys, threading
from pathlib import Path
import ffmpeg
from tracer.media.ffmpeg import run
Path(sys.argv[1]).write_text(f"{os.getpid()}\\n")
endless = ffmpeg.input("anullsrc", f="lavfi", re=None)
run(endless.output("pipe:", format="chromaprint"), "endless", 600)
"""


def test_ffmpeg_ends_with_the_worker_that_started_it(tmp_path):
    note, mark = tmp_path / "pid", uuid.uuid4().hex
    worker = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(note)], env={**os.environ, MARK: mark}
    )
    decoding: list[int] = []

    def decodes():
        for pid in carrying(mark):
            with suppress(OSError):
                if b"anullsrc" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    decoding.append(pid)
        return decoding

    wait_until(decodes)
    program = decoding[0]
    assert not gone(program, patience=0)
    worker.kill()
    worker.wait()
    assert gone(program)
