"""Workers: what one item does must cost only that item."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from tracer.workers import Failure, Limits, Pool

from . import worker_jobs as jobs

PATIENT = Limits(seconds=60)


def outcomes(function, items, workers=2, limits=PATIENT):
    with Pool(function, workers, limits) as pool:
        return dict(pool.run(items))


def test_every_item_has_its_result():
    assert outcomes(jobs.double, range(50)) == {n: 2 * n for n in range(50)}


def test_nothing_to_do_starts_no_process():
    assert outcomes(jobs.double, []) == {}


def test_a_worker_keeps_to_one_thread_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    found = outcomes(jobs.variable, ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"])
    assert found == {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "3"}


def test_an_error_is_told_and_the_rest_goes_on():
    found = outcomes(jobs.fail_on_three, range(6))
    failure = found.pop(3)
    assert isinstance(failure, Failure)
    assert failure.kind == "raised"
    assert failure.reason == "three is not for me"
    assert isinstance(failure.error, ValueError)
    assert found == {n: n for n in range(6) if n != 3}


def test_what_does_not_travel_is_told_in_words():
    failure = outcomes(jobs.raise_stubborn, [1])[1]
    assert (failure.kind, failure.reason, failure.error) == ("raised", "1 and 1", None)
    failure = outcomes(jobs.return_a_function, [1])[1]
    assert failure.kind == "raised"
    assert "pickle" in failure.reason


def test_a_crash_costs_only_its_item():
    found = outcomes(jobs.crash_on_three, range(6))
    failure = found.pop(3)
    assert isinstance(failure, Failure)
    assert failure.kind == "crashed"
    assert "SIGSEGV" in failure.reason
    assert found == {n: n for n in range(6) if n != 3}


def test_a_hang_is_stopped_with_the_programs_it_started(tmp_path):
    note = tmp_path / "pid"
    found = outcomes(jobs.hang_in_a_program, [str(note)], limits=Limits(seconds=3))
    failure = found[str(note)]
    assert isinstance(failure, Failure)
    assert failure.kind == "timeout"
    assert failure.reason == "took longer than 3 s"
    assert gone(int(note.read_text()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
def test_too_much_memory_costs_only_its_item():
    found = outcomes(jobs.allocate, [1 << 20, 1 << 32], limits=Limits(60, memory=1 << 30))
    assert found[1 << 20] == 1 << 20
    failure = found[1 << 32]
    assert isinstance(failure, Failure)
    assert failure.kind == "memory"


def test_a_library_that_prints_does_not_disturb():
    assert outcomes(jobs.chatter, ["a", "b"]) == {"a": "a", "b": "b"}


def test_items_are_taken_only_as_workers_need_them():
    taken = []

    def source():
        for number in range(1000):
            taken.append(number)
            yield number

    with Pool(jobs.double, 2, PATIENT) as pool:
        next(pool.run(source()))
    assert len(taken) <= 4


def test_leaving_early_leaves_no_process():
    with Pool(jobs.own_pid, 2, PATIENT) as pool:
        _, pid = next(pool.run(range(1000)))
        assert isinstance(pid, int)
    assert gone(pid)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_a_parent_that_is_killed(tmp_path, how):
    note = tmp_path / "pid"
    script = tmp_path / "parent.py"  # on purpose without `if __name__ == "__main__"`
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path[:] = {sys.path!r}
        from tests import worker_jobs
        from tracer.workers import Limits, Pool
        with Pool(worker_jobs.note_pid_and_hang, 1, Limits(600)) as pool:
            list(pool.run([{str(note)!r}]))
        """)
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    wait_until(lambda: note.exists() and note.read_text().endswith("\n"))
    worker = int(note.read_text())
    assert not gone(worker, patience=0)
    os.kill(parent.pid, how)
    parent.wait()
    assert gone(worker)


HANGS_WHEN_IMPORTED = """
import os, threading
from pathlib import Path
def work(item): return item
if os.environ["PARENT"] != str(os.getpid()):
    Path(os.environ["NOTE"]).write_text(f"{os.getpid()}\\n")
    threading.Event().wait()
"""


def test_a_worker_that_still_imports_ends_with_its_parent(tmp_path):
    """What a function needs is imported before its first item, which takes seconds."""
    note = tmp_path / "pid"
    (tmp_path / "hanging.py").write_text(HANGS_WHEN_IMPORTED)
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(f"""
        import os, sys
        sys.path[:] = [{str(tmp_path)!r}, *{sys.path!r}]
        os.environ.update(PARENT=str(os.getpid()), NOTE={str(note)!r})
        import hanging
        from tracer.workers import Limits, Pool
        with Pool(hanging.work, 1, Limits(600)) as pool:
            list(pool.run([1]))
        """)
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    wait_until(lambda: note.exists() and note.read_text().endswith("\n"))
    worker = int(note.read_text())
    assert not gone(worker, patience=0)
    parent.kill()
    parent.wait()
    assert gone(worker)


def wait_until(condition, patience=30.0):
    """Poll a condition of another process; fail loudly when it never comes."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        os.sched_yield()


def gone(pid, patience=30.0):
    """Return whether a process ends within some time (zombies that init has not buried count)."""
    end = time.monotonic() + patience
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        if time.monotonic() >= end:
            return False
        os.sched_yield()


def test_runs_at_the_same_time_get_their_own_results():
    with Pool(jobs.double, 2, PATIENT) as pool:
        first, second = pool.run(range(0, 20)), pool.run(range(100, 120))
        found = [(next(first), next(second)) for _ in range(20)]
    assert dict(one for one, _ in found) == {n: 2 * n for n in range(20)}
    assert dict(other for _, other in found) == {n: 2 * n for n in range(100, 120)}


def test_a_run_that_waits_in_another_thread_ends_with_the_pool(tmp_path):
    """Else the thread, and with it the whole program, would never end."""
    found = []
    with Pool(jobs.hang_in_a_program, 1, PATIENT) as pool:
        run = pool.run([tmp_path / "note"])
        waiting = threading.Thread(target=lambda: found.append(next(run, None)), daemon=True)
        waiting.start()
        while not (tmp_path / "note").exists():
            waiting.join(0.05)
    waiting.join(60)
    assert not waiting.is_alive()
    assert found == [None]


def test_a_run_of_a_closed_pool_ends_at_once():
    """A thread that begins ahead may come to a pool that an error closed meanwhile."""
    pool = Pool(jobs.double, 1, PATIENT)
    pool.close()
    found = []
    late = threading.Thread(target=lambda: found.extend(pool.run([1])), daemon=True)
    late.start()
    late.join(30)
    assert not late.is_alive()
    assert found == []


def test_a_pool_may_be_closed_while_another_thread_starts_its_workers():
    for _ in range(200):
        pool = Pool(jobs.double, 2, PATIENT)
        begins = threading.Barrier(2)

        def ahead(pool=pool, begins=begins):
            begins.wait()
            list(pool.run([1, 2, 3]))

        thread = threading.Thread(target=ahead, daemon=True)
        thread.start()
        begins.wait()
        pool.close()
        thread.join(30)
        assert not thread.is_alive()
