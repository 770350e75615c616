"""Workers that do tasks of several kinds, and what is done while they start.

Little is imported here, so that a worker starts before the caller has loaded what it needs itself.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from tracer.settings import Settings
from tracer.workers import Limits, Pool

_READING = "tracer.pipeline.searching"
Found = TypeVar("Found")

Workers = Pool[Callable[[], Any], Any]
"""Workers that do tasks of several kinds: each knows how it is done."""


def workers(settings: Settings) -> Workers:
    """Return a worker for each core; a context manager."""
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    return Pool(_done, usable_cores(), limits)


def _done(task: Callable[[], Any]) -> Any:
    return task()


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing but a module to import: a worker that is sent this has loaded it by then."""

    module: str

    def __call__(self) -> None:
        """Import the module; runs in a worker."""
        importlib.import_module(self.module)


class Reading:
    """Workers of which the first loads what reads a query while the caller loads its own.

    A context manager: to be entered before anything large is imported, which saves a third of a
    second on each call.
    """

    def __init__(self, settings: Settings) -> None:
        """Start the first worker."""
        self._pool = workers(settings)
        self._loading = begun(self._pool.run([Ready(_READING)]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def pool(self) -> Workers:
        """Return the workers as soon as the first is ready: the next task goes to it."""
        for _ in self._loading:
            pass
        return self._pool


def begun(results: Iterator[Found]) -> Iterator[Found]:
    """Begin with the first result at once, in a thread, and return all of them in order."""
    ahead = ThreadPoolExecutor(1)
    first = ahead.submit(next, results, None)
    ahead.shutdown(wait=False)
    return _continued(first, results)


def _continued(first: Future[Found | None], results: Iterator[Found]) -> Iterator[Found]:
    found = first.result()
    if found is not None:
        yield found
        yield from results
