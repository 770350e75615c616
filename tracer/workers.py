"""Killable worker processes: what hangs, crashes or eats memory costs only its own item.

The pool knows no stage. It calls a function that a fresh interpreter can import on one item after
another and yields ``(item, result)`` or ``(item, Failure)`` in order of completion. A worker is a
plain subprocess in a session of its own that reads tasks from a pipe, so that

- no import of the caller's ``__main__`` is needed (a script without a guard works);
- killing it takes along the programs that it started;
- it ends when the parent does, however that ends: on Linux by signal, elsewhere by the closed pipe.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Generic, Literal, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
FailureKind = Literal["raised", "timeout", "memory", "crashed"]

_LENGTH = struct.Struct("<Q")
_BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from tracer.workers import serve; serve(int(sys.argv[2]))"
)
_DIE_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG, ...)
_REASON_LENGTH = 300  # characters of a worker's last words that a reason repeats


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one item has no result."""

    kind: FailureKind
    reason: str
    error: Exception | None = None  # what the function raised, where that is all that happened


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may take."""

    seconds: float  # of wall time
    memory: int | None = None  # bytes of address space beyond the worker's start; None = no limit


class Pool(Generic[Item, Result]):
    """Workers that run one function; a context manager that leaves no process behind."""

    def __init__(self, function: Callable[[Item], Result], jobs: int, limits: Limits) -> None:
        """Prepare ``jobs`` workers; they start with their first item."""
        self._function = function
        self._jobs = max(1, jobs)
        self._limits = limits
        self._tasks: queue.SimpleQueue[_Task[Item, Result] | _Stop] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._threads: list[threading.Thread] = []
        self._waiting = 0  # items of all runs that have no outcome yet
        self._runs: list[queue.SimpleQueue[Any]] = []  # where those who wait are told of the end
        self._lock = threading.Lock()
        self._stopping = False

    def __enter__(self) -> Pool[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result | Failure]]:
        """Yield each item with its result or its Failure, in order of completion.

        Items are taken as workers need them, one ahead of each, in the caller's thread. Several
        threads may run items at the same time: each gets the results of its own. Of a pool that is
        closed nothing comes.
        """
        source = iter(items)
        outcomes: queue.SimpleQueue[tuple[Item, Result | Failure] | _Stop] = queue.SimpleQueue()
        with self._lock:
            self._runs.append(outcomes)
        waiting = 0
        exhausted = False
        while True:
            while not exhausted and waiting < 2 * self._jobs:
                try:
                    item = next(source)
                except StopIteration:
                    exhausted = True
                    break
                if not self._start_another():
                    return
                self._tasks.put(_Task(item, pickle.dumps(item), outcomes))
                waiting += 1
            if waiting == 0:
                break
            outcome = outcomes.get()
            if isinstance(outcome, _Stop):
                return
            waiting -= 1
            with self._lock:
                self._waiting -= 1
            yield outcome
        with self._lock:
            self._runs.remove(outcomes)

    def close(self) -> None:
        """Stop all workers at once; what they were doing is lost, and runs that wait for it end."""
        with self._lock:  # another thread may be starting a worker: after this none does
            self._stopping = True
        for _ in self._threads:
            self._tasks.put(_Stop())
        for worker in self._workers:
            worker.kill()
        for thread in self._threads:
            thread.join()
        with self._lock:
            for outcomes in self._runs:
                outcomes.put(_Stop())

    def _start_another(self) -> bool:
        """Start a worker for one more item unless there are enough: one item needs one only.

        Returns False where the pool is closed.
        """
        with self._lock:
            if self._stopping:
                return False
            self._waiting += 1
            if len(self._workers) < min(self._jobs, self._waiting):
                worker = _Worker(self._function, self._limits)
                thread = threading.Thread(target=self._drive, args=(worker,), daemon=True)
                self._workers.append(worker)
                self._threads.append(thread)
                thread.start()
            return True

    def _drive(self, worker: _Worker) -> None:
        # One thread a worker, for its whole life: Linux sends the parent's death signal when the
        # thread that started a process ends.
        while not isinstance(task := self._tasks.get(), _Stop):
            outcome = worker.call(task.message)
            if not self._stopping:
                task.outcomes.put((task.item, outcome))
        worker.kill()


@dataclass(frozen=True, slots=True)
class _Task(Generic[Item, Result]):
    """An item on its way, and where its outcome goes."""

    item: Item
    message: bytes  # the item, pickled
    outcomes: queue.SimpleQueue[tuple[Item, Result | Failure] | _Stop]


class _Stop:
    """A task that ends a thread."""


class _Worker:
    """One process, started again after it had to be killed."""

    def __init__(self, function: Callable[[Any], Any], limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def call(self, message: bytes) -> Any:
        """Return the function's result for a pickled item, or a Failure."""
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            self._end_process()

        try:
            process = self._started()
        except OSError as error:
            return Failure("crashed", f"no worker could be started ({error.strerror})")
        timer = threading.Timer(self._limits.seconds, stop)
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            _send(process.stdin, message)
            answer = _receive(process.stdout)
        except (OSError, EOFError, ValueError):  # ValueError: the pipe was closed on our side
            timer.cancel()
            return self._post_mortem(process, timed_out.is_set())
        finally:
            timer.cancel()
        try:
            outcome = pickle.loads(answer)
        except Exception as error:  # whatever a class does when it is put together again
            return Failure("crashed", f"the worker's answer can't be read ({error!r})")
        if isinstance(outcome, Failure) and outcome.kind == "memory":
            self._end_process()  # what it holds is of no more use
        return outcome

    def kill(self) -> None:
        """End the process for good."""
        self._closed = True
        self._end_process()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise OSError(0, "the pool is closed")
            if self._process is None or self._process.poll() is not None:
                self._last_words = tempfile.TemporaryFile()  # noqa: SIM115
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _BOOTSTRAP, _search_path(), str(os.getpid())],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._last_words,
                    start_new_session=True,
                    env=_one_thread_each(),
                )
                assert self._process.stdin is not None
                with contextlib.suppress(OSError):  # a dead worker is noticed by its first item
                    _send(self._process.stdin, pickle.dumps((self._function, self._limits.memory)))
            return self._process

    def _end_process(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            last_words, self._last_words = self._last_words, None
        if process is None:
            return
        _kill_session(process)
        process.wait()
        for pipe in (process.stdin, process.stdout, last_words):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _post_mortem(self, process: subprocess.Popen[bytes], timed_out: bool) -> Failure:
        """Say what ended a worker."""
        words = self._words()
        self._end_process()
        if timed_out:
            return Failure("timeout", f"took longer than {self._limits.seconds:g} s")
        status = process.wait()
        if status < 0:
            name = signal.Signals(-status).name
            return Failure("crashed", f"the worker was ended by {name}{words}")
        return Failure("crashed", f"the worker ended with status {status}{words}")

    def _words(self) -> str:
        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._last_words is not None:
                self._last_words.seek(0)
                lines = self._last_words.read().decode(errors="replace").split("\n")
                spoken = [line.strip() for line in lines if line.strip()]
                return f" ({spoken[-1][:_REASON_LENGTH]})" if spoken else ""
        return ""


def _one_thread_each() -> dict[str, str]:
    """Return the environment with one thread for libraries that would start one for each core.

    There are as many workers as cores already; what is left for such a thread is to wait for the
    others, and OpenMP waits by turning on the spot.
    """
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ}


def _search_path() -> str:
    """Return the caller's import path, without the folder it happens to be run in."""
    import json

    return json.dumps([entry for entry in sys.path if entry])


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """End a worker and the programs it started."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    message = pipe.read(length)
    if len(message) != length:
        raise EOFError
    return message


# --- inside the worker --------------------------------------------------------------------------


def serve(parent: int) -> None:
    """Run as a worker: read the function, then items, and answer each; end with the pipe.

    ``parent`` is the process that started this one.
    """
    end_with(parent)
    tasks, answers = _private_pipes()
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # Listens before the first message is put together: that imports what the function needs,
    # which takes seconds on a busy machine, and the parent may end meanwhile.
    threading.Thread(target=_listen, args=(tasks, inbox), daemon=True).start()
    function, memory = pickle.loads(inbox.get())
    if memory is not None:
        _limit_memory(memory)
    while True:
        _send(answers, _answer(function, inbox.get()))


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for ourselves: what a library prints goes to stderr."""
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return tasks, answers


def _listen(tasks: IO[bytes], inbox: queue.SimpleQueue[bytes]) -> None:
    """Pass tasks on; the end of the pipe is the end of the parent, also in the midst of work."""
    with contextlib.suppress(OSError, EOFError):
        while True:
            inbox.put(_receive(tasks))
    os._exit(0)


def _answer(function: Callable[[Any], Any], task: bytes) -> bytes:
    try:
        return pickle.dumps(function(pickle.loads(task)))
    except MemoryError:
        return pickle.dumps(Failure("memory", "needs more memory than a worker may take"))
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        told = Failure("raised", reason, error)
        try:
            answer = pickle.dumps(told)
            pickle.loads(answer)
        except Exception:  # an exception that does not travel
            return pickle.dumps(Failure("raised", reason))
        return answer


def _limit_memory(memory: int) -> None:
    """Bound the address space relative to what the imports have taken already."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        pages = int(file.read().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + memory
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def end_with(parent: int) -> None:
    """Ask the kernel to end this process when the parent's thread that started it ends."""
    if _LIBRARY is None:
        return
    _LIBRARY.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)


# Loaded beforehand: a process that has just forked must not do more than it has to.
_LIBRARY = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
