"""Fingerprints of other versions or settings -> fingerprints of today, all at once.

1. What is outdated is put into the queue.  2. Each is fingerprinted anew, in workers, from a file
that still holds its bytes, and waits on a stage; whatever breaks it off, it goes on from there.
3. When nothing is left, all take the place of the old ones in one transaction: until then every
answer rests on the old ones. What no file is at hand for keeps its old fingerprint and is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

from tracer.errors import ExternalError, MediaError
from tracer.fingerprint.take import ALGORITHM
from tracer.index.queue import Kind, Work
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import Unchecked
from tracer.pipeline.taking_in import Taken, Task, fingerprint_file
from tracer.pipeline.working import usable_cores
from tracer.settings import DEFAULT, Settings
from tracer.workers import Failure, Limits, Pool

STAGE: Kind = "reindex"
_GROUPS = ("media", "layout", "fingerprint", "sound")  # the settings that fingerprints rest on


@dataclass(slots=True)
class Reindexed:
    """What was made anew."""

    made: int = 0  # fingerprints made by this call
    replaced: int = 0  # that have taken the place of old ones; 0 while others are at it still
    failed: list[Unchecked] = field(default_factory=list)  # keep their old fingerprint


def reindex(
    index: Index,
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    everything: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Reindexed:
    """Make outdated fingerprints anew, or with ``everything`` all; safe to break off and repeat."""
    alike = _alike(index, settings)
    with index.transaction(noted=False):
        ready = index.staged(ALGORITHM, alike)
        names = index.sha256s() if everything else index.outdated(ALGORITHM, alike)
        # Those under way, or made by a run that was broken off, are not begun again.
        index.queue.put(STAGE, [name for name in names if name not in ready])
    told = Reindexed()
    width = jobs or usable_cores()
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    works: dict[str, Work] = {}
    total = index.queue.waiting((STAGE,))
    try:
        with (
            Pool(fingerprint_file, width, limits) as pool,
            closing(_tasks(index, settings, width, works, told)) as tasks,
        ):
            for task, outcome in pool.run(tasks):
                _finish(index, works.pop(task.sha256), task, outcome, told)
                on_progress(told.made + len(told.failed), max(total, told.made))
        if not index.queue.unsettled(STAGE):
            with index.transaction():
                index.keep_settings(settings.digest(), settings.stated())
                told.replaced = index.exchange_staged()
    finally:
        index.queue.end()
    return told


def _alike(index: Index, settings: Settings) -> set[str]:
    """Return the digests of settings that make the same fingerprints as these."""
    mine = _fingerprinting(settings.stated())
    others = index.kept_settings().items()
    return {settings.digest()} | {
        digest for digest, stated in others if _fingerprinting(stated) == mine
    }


def _fingerprinting(stated: str) -> dict[str, object]:
    """Return the part of settings that fingerprints rest on."""
    groups = json.loads(stated)
    return {name: groups.get(name) for name in _GROUPS}


def _tasks(
    index: Index, settings: Settings, width: int, works: dict[str, Work], told: Reindexed
) -> Generator[Task, None, None]:
    while taken := index.queue.take(width, (STAGE,)):
        for work in taken:
            path = index.file_at_hand(work.name)
            try:
                if path is None:
                    raise MediaError(
                        "no unchanged file at hand; take in its folder, or tell where it lies with "
                        "tracer relocate"
                    )
                if sha256_of(path) != work.name:
                    raise MediaError(f"{path} holds other bytes now, behind the same size and time")
            except MediaError as error:
                _fail(index, work, str(error), told)
            else:
                works[work.name] = work
                yield Task(str(path), work.name, settings)


def _finish(
    index: Index, work: Work, task: Task, outcome: Taken | Failure, told: Reindexed
) -> None:
    if isinstance(outcome, Failure):
        if isinstance(outcome.error, ExternalError):  # no file's fault: nothing else will work
            raise outcome.error
        _fail(index, work, outcome.reason, told)
        return
    video, fingerprint, _ = outcome
    with index.transaction(noted=False):
        index.stage(video, fingerprint, task.settings.digest())
        index.queue.done([work], video.duration)
        index.clear_unchecked(work.name, STAGE)
    told.made += 1


def _fail(index: Index, work: Work, reason: str, told: Reindexed) -> None:
    unchecked = Unchecked(work.name, STAGE, reason)
    with index.transaction(noted=False):
        index.queue.failed(work)
        index.add_unchecked(unchecked)
    told.failed.append(unchecked)
