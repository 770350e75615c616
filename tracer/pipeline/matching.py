"""Matching inside the index: every new video against all others, each pair decided once.

1. Workers name each new video's candidates among all others.
2. Workers decide each pair; one that is not clear is asked again with a file at hand, sampled as
   finely as a query, or else both ways: what only one way finds is chance.
3. The parent stores a video's matches when all its pairs are decided.

A pair's result rests on its two videos and the settings alone: neither on who came first nor on
how many there are. It may be broken off at any time and goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tracer.fingerprint.take import take_query
from tracer.index.store import Index
from tracer.index.turned import seen_from
from tracer.match import explain_pair
from tracer.match.candidates import candidates
from tracer.match.examine import fits
from tracer.match.searched import Searched
from tracer.model import Fingerprint, Match, Unchecked, Video
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.searching import search_tables
from tracer.pipeline.taking_in import usable_cores
from tracer.settings import DEFAULT, Settings
from tracer.workers import Failure, Limits, Pool

STAGE = "match"
_AT_ONCE = 32  # videos whose pairs are decided together; what a broken run loses at most
_ALONE = 1  # a stored score is that of the pair, whatever the index holds beside it

Progressed = Callable[[int, int], None]
"""Called with how many videos are compared and how many there are to compare."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """Which videos may share footage with this one?"""

    index: Path
    state: int  # the last arrival that is searched
    sha256: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Pair:
    """Do these two share footage?"""

    index: Path
    a: str
    b: str
    settings: Settings


def match_inside(
    index: Index,
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    on_progress: Progressed = lambda done, total: None,
) -> int:
    """Compare every video that was not compared yet with all others; return how many it were."""
    digest = settings.digest()
    left = sorted(index.unmatched(digest))
    if left:
        search_tables(index, settings)  # brought up to date once, not by each worker
    limits = Limits(settings.media.decode_timeout)
    with Pool(_worked, jobs or usable_cores(), limits) as pool:
        for start in range(0, len(left), _AT_ONCE):
            some = left[start : start + _AT_ONCE]

            def decided(part: float, start: int = start, some: list[str] = some) -> None:
                on_progress(start + int(part * len(some)), len(left))

            _match_some(index, pool, some, settings, decided)
    return len(left)


def _match_some(
    index: Index,
    pool: Pool[_Ask | _Pair, list[str] | list[Match]],
    new: Sequence[str],
    settings: Settings,
    on_part: Callable[[float], None],
) -> None:
    """Store the matches of some videos; tell of the part of the work that is done, 0 to 1."""
    on_part(0.0)
    last = index.last_arrival()
    pairs: dict[tuple[str, str], list[Match]] = {}
    failed: list[Unchecked] = []
    for task, outcome in pool.run(_Ask(index.path, last, sha256, settings) for sha256 in new):
        assert isinstance(task, _Ask)
        if isinstance(outcome, Failure):
            failed.append(Unchecked(task.sha256, STAGE, outcome.reason))
            continue
        for other in outcome:
            assert isinstance(other, str)
            first, second = sorted((task.sha256, other))
            pairs[first, second] = []
    tasks = [_Pair(index.path, first, second, settings) for first, second in sorted(pairs)]
    for done, (task, outcome) in enumerate(pool.run(tasks)):
        on_part(done / len(tasks))
        assert isinstance(task, _Pair)
        if isinstance(outcome, Failure):
            failed.append(Unchecked(f"{task.a} {task.b}", STAGE, outcome.reason))
            continue
        pairs[task.a, task.b] = [one for one in outcome if isinstance(one, Match)]
    with index.transaction():
        partners = index.state().videos - 1
        for sha256 in new:
            own = [one for pair, found in pairs.items() if sha256 in pair for one in found]
            index.save_matches(sha256, own, settings.digest(), partners)
        for one in failed:
            index.add_unchecked(one)
    on_part(1.0)


# --- inside a worker ----------------------------------------------------------------------------


def _worked(task: _Ask | _Pair) -> list[str] | list[Match]:
    return _candidates(task) if isinstance(task, _Ask) else _decided(task)


def _candidates(task: _Ask) -> list[str]:
    """Return the videos that one may share footage with, itself aside."""
    tables = _tables(task.index, task.state, task.settings)
    if task.sha256 not in frozenset(tables.sha256s):
        return []  # fingerprinted by another version
    mine = task.settings.match
    mine = replace(mine, word_budget=mine.word_budget_inside, ranked=2 * mine.candidates_inside)
    with Index.open(task.index) as index:
        query = index.fingerprint(task.sha256)
        # Most promising first: of a film posted a thousand times, some near relatives are enough,
        # and each of those names its own.
        best = candidates(query, None, tables, mine)[: mine.candidates_inside]
        names = [tables.sha256s[one.ordinal] for one in best]
        # Most of them are chance: no transform fits, and no film need be decoded to see it.
        worth = [
            name
            for name, one in zip(names, best, strict=True)
            if one.hits or fits(query, index.fingerprint(name), one, mine)
        ]
    return sorted(set(worth) - {task.sha256})


def _decided(task: _Pair) -> list[Match]:
    """Return the match of a pair, the smaller SHA-256 as the query; nothing where there is none."""
    with Index.open(task.index) as index:
        a, b = (_subject(index, sha256) for sha256 in (task.a, task.b))
        files = [index.file_at_hand(sha256) for sha256 in (task.a, task.b)]
    told = explain_pair(a, b, task.settings, _ALONE)
    if told.failed in ("candidates", "verification"):
        return []
    found = told.found
    if told.score < task.settings.index.clear_score:
        found = _asked_again(a, b, files, task.settings)
    if found is None:
        return []
    # Its sound at the picture's speed, but no search for a pitch: that would cost seconds a pair.
    sides = Side.of(*a, files[0], task.settings, factors_at_once=1), Side.of(*b)
    return [compared(found, *sides, task.settings, (files[0], files[1]))]


_Subject = tuple[Video, Fingerprint]


def _asked_again(
    a: _Subject, b: _Subject, files: Sequence[Path | None], settings: Settings
) -> Match | None:
    """Decide a pair that stored fingerprints leave unclear, seen from ``a``.

    With a file at hand it is asked as a fresh query is: sampled finely, its mirror image too. With
    none, both ways: what only one way finds is chance.
    """
    found: list[Match] = []
    for one, other, path in ((a, b, files[0]), (b, a, files[1])):
        if path is None:
            continue
        query = _as_query(path, one[0], settings)
        fresh = explain_pair((one[0], query), other, settings, _ALONE).found
        if fresh is not None:
            found.append(seen_from(fresh, a[0].sha256))
            if fresh.score >= settings.index.clear_score:
                break  # the other way round it could only say the same
    if any(path is not None for path in files):
        return max(found, key=lambda one: one.score, default=None)
    there = explain_pair(a, b, settings, _ALONE).found
    back = explain_pair(b, a, settings, _ALONE).found
    if there is None or back is None:
        return None
    sure = there.verdict == back.verdict == "match"
    score = min(there.score, back.score)
    return replace(there, score=score, verdict="match" if sure else "possible")


@lru_cache(maxsize=8)
def _as_query(path: Path, video: Video, settings: Settings) -> Fingerprint:
    return take_query(path, video, settings)


def _subject(index: Index, sha256: str) -> _Subject:
    return index.video(sha256).video, index.fingerprint(sha256)


@lru_cache(maxsize=1)
def _tables(path: Path, state: int, settings: Settings) -> Searched:
    """Return the tables of the index as of an arrival; one worker asks for them many times."""
    # Left open for the worker's life: the tables read fingerprints as they need them.
    return search_tables(Index.open(path), settings, up_to=state).pictures
