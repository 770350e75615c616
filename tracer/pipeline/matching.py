"""Matching inside the index: every new video against all others, each pair decided once.

1. Workers name each new video's candidates among all others, those of its mirror image too.
2. Workers decide each pair by what is stored; one that is neither clear nor hopeless is asked again
   with a file at hand, sampled as finely as a query, or else both ways: what only one way finds is
   chance.
3. The parent stores a video's matches when all its pairs are decided.

A pair's result rests on its two videos and the settings alone: neither on who came first nor on
how many there are. It may be broken off at any time and goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tracer.errors import MediaError
from tracer.fingerprint.miniature import pictures_of
from tracer.fingerprint.take import take_mirror_image, take_query
from tracer.index.store import Index
from tracer.index.turned import seen_from
from tracer.match import explain_pair
from tracer.match.candidates import candidates, mirror_candidates
from tracer.match.examine import fits
from tracer.match.searched import Searched
from tracer.model import Fingerprint, LocalFeatures, Match, Unchecked, Video
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.searching import search_tables
from tracer.pipeline.working import usable_cores
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
class _Named:
    """The videos that one may share footage with."""

    sha256s: frozenset[str]
    mirrored: frozenset[str]  # those among them that only features of its mirror image named
    unchecked: tuple[Unchecked, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Do these two share footage?"""

    index: Path
    a: str
    b: str
    settings: Settings
    mirrored: bool = False  # what is stored of the two cannot tell: a file must be read


def match_inside(
    index: Index,
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    on_progress: Progressed = lambda done, total: None,
) -> int:
    """Compare every video that was not compared yet with all others; return how many it were."""
    digest = settings.matching_digest()
    left = sorted(index.unmatched(digest))
    if left:
        # The log names all settings: the digest of matches would read as a change at each run.
        index.note_settings(settings.digest())
        search_tables(index, settings)  # brought up to date once, not by each worker
    limits = Limits(settings.media.decode_timeout)
    decided: dict[tuple[str, str], bool] = {}  # in this run; whether a file was read for it
    with Pool(_worked, jobs or usable_cores(), limits) as pool:
        for start in range(0, len(left), _AT_ONCE):
            some = left[start : start + _AT_ONCE]

            def told(part: float, start: int = start, some: list[str] = some) -> None:
                on_progress(start + int(part * len(some)), len(left))

            _match_some(index, pool, some, settings, decided, told)
    return len(left)


def _match_some(
    index: Index,
    pool: Pool[_Ask | _Pair, _Named | list[Match]],
    new: Sequence[str],
    settings: Settings,
    decided: dict[tuple[str, str], bool],
    on_part: Callable[[float], None],
) -> None:
    """Store the matches of some videos; tell of the part of the work that is done, 0 to 1.

    A pair of ``decided`` is stored already, with the other of its two; new ones are added.
    """
    on_part(0.0)
    last = index.last_arrival()
    pairs: dict[tuple[str, str], list[Match]] = {}
    mirrored: set[tuple[str, str]] = set()
    failed: list[Unchecked] = []
    for task, outcome in pool.run(_Ask(index.path, last, sha256, settings) for sha256 in new):
        assert isinstance(task, _Ask)
        if isinstance(outcome, Failure):
            failed.append(Unchecked(task.sha256, STAGE, outcome.reason))
            continue
        assert isinstance(outcome, _Named)
        failed += outcome.unchecked
        for other in outcome.sha256s:
            first, second = sorted((task.sha256, other))
            pairs[first, second] = []
            if other in outcome.mirrored:
                mirrored.add((first, second))
    tasks = [
        _Pair(index.path, *pair, settings, mirrored=pair in mirrored)
        for pair in sorted(pairs)
        if pair not in decided or (pair in mirrored and not decided[pair])
    ]
    for done, (task, outcome) in enumerate(pool.run(tasks)):
        on_part(done / len(tasks))
        assert isinstance(task, _Pair)
        if isinstance(outcome, Failure):
            failed.append(Unchecked(f"{task.a} {task.b}", STAGE, outcome.reason))
            continue
        assert isinstance(outcome, list)
        pairs[task.a, task.b] = outcome
        decided[task.a, task.b] = task.mirrored
    with index.transaction():
        partners = index.state().videos - 1
        for sha256 in new:
            own = [one for pair, found in pairs.items() if sha256 in pair for one in found]
            index.clear_unchecked(sha256, STAGE)
            index.save_matches(sha256, own, settings.matching_digest(), partners)
        for one in failed:
            index.add_unchecked(one)
    on_part(1.0)


# --- inside a worker ----------------------------------------------------------------------------


def _worked(task: _Ask | _Pair) -> _Named | list[Match]:
    return _candidates(task) if isinstance(task, _Ask) else _decided(task)


def _candidates(task: _Ask) -> _Named:
    """Name the videos that one may share footage with, itself aside."""
    tables = _tables(task.index, task.state, task.settings)
    if task.sha256 not in frozenset(tables.sha256s):
        return _Named(frozenset(), frozenset(), ())  # fingerprinted by another version
    mine = task.settings.match
    mine = replace(mine, word_budget=mine.word_budget_inside, ranked=2 * mine.candidates_inside)
    with Index.open(task.index) as index:
        query = index.fingerprint(task.sha256)
        image, unchecked = _mirror_image(query, index, task.settings)
        # Most promising first: of a film posted a thousand times, some near relatives are enough,
        # and each of those names its own.
        named = candidates(query, None, tables, mine)[: mine.candidates_inside]
        # Apart, since a mirror image's features are read anew and many: they would outvote.
        if image is not None:
            query = replace(query, mirrored=image)
            named += mirror_candidates(image, task.sha256, tables, mine)[: mine.candidates_mirrored]
        # Most of them are chance: no transform fits, and no film need be decoded to see it.
        worth = [
            one
            for one in named
            if one.hits or fits(query, index.fingerprint(tables.sha256s[one.ordinal]), one, mine)
        ]
    others = frozenset(tables.sha256s[one.ordinal] for one in worth) - {task.sha256}
    plain = frozenset(tables.sha256s[one.ordinal] for one in worth if one.hits or not one.mirrored)
    return _Named(others, others - plain, unchecked)


def _mirror_image(
    query: Fingerprint, index: Index, settings: Settings
) -> tuple[LocalFeatures | None, tuple[Unchecked, ...]]:
    """Return features of a stored video's mirror image, from its file, or why there are none."""
    path = index.file_at_hand(query.sha256)
    if path is None:
        reason = "its file is not at hand: copies that are mirrored and cropped are not looked for"
        return None, (Unchecked(query.sha256, STAGE, reason),)
    video = index.video(query.sha256).video
    try:
        return take_mirror_image(path, video, query.layout, settings), ()
    except MediaError as error:
        return None, (Unchecked(query.sha256, STAGE, str(error)),)


def _decided(task: _Pair) -> list[Match]:
    """Return the match of a pair, the smaller SHA-256 as the query; nothing where there is none."""
    mine = task.settings.index
    with Index.open(task.index) as index:
        a, b = (_subject(index, sha256) for sha256 in (task.a, task.b))
        files = [index.file_at_hand(sha256) for sha256 in (task.a, task.b)]
    told = explain_pair(a, b, task.settings, _ALONE)
    found = told.found
    if told.score < mine.clear_score:
        hopeful = told.score > mine.hopeless_score or told.outcome == "same_scene"
        if not (hopeful or task.mirrored):
            return []
        if any(files):
            found = _asked_with_a_file(a, b, files, task)
        else:
            found = _asked_back(a, b, found, task.settings)
    if found is None:
        return []
    # Its sound at the picture's speed, but no search for a pitch: that would cost seconds a pair.
    query, other = (
        Side.of(*one, path, task.settings, factors_at_once=1)
        for one, path in zip((a, b), files, strict=True)
    )
    return [compared(found, query, other, task.settings, closely=True)]


_Subject = tuple[Video, Fingerprint]


def _asked_with_a_file(
    a: _Subject, b: _Subject, files: Sequence[Path | None], task: _Pair
) -> Match | None:
    """Decide a pair as a fresh query is: sampled finely, its mirror image too; seen from ``a``.

    What that leaves open is looked at twice, with both read so: what the index keeps of a video
    leaves crops and other speeds open.
    """
    settings, mine = task.settings, task.settings.index
    found: list[Match] = []
    best = 0.0
    for one, other, path in ((a, b, files[0]), (b, a, files[1])):
        if path is None:
            continue
        fresh = explain_pair((one[0], _as_query(path, one[0], settings)), other, settings, _ALONE)
        best = max(best, fresh.score)
        if fresh.found is not None:
            found.append(seen_from(fresh.found, a[0].sha256))
        hopeless = fresh.score <= mine.back_score and not task.mirrored
        if hopeless or fresh.score >= mine.clear_score:
            break  # the other way round it would say the same
    path_a, path_b = files
    if path_a is not None and path_b is not None and mine.back_score < best < mine.clear_score:
        fine_a = (a[0], _as_query(path_a, a[0], settings))
        fine_b = (b[0], _as_query(path_b, b[0], settings))
        return explain_pair(fine_a, fine_b, settings, _ALONE, closely=True).found
    return max(found, key=lambda one: one.score, default=None)


def _asked_back(a: _Subject, b: _Subject, there: Match | None, settings: Settings) -> Match | None:
    """Decide a pair by what is stored, asked from ``b`` as well: what one way finds is chance."""
    back = explain_pair(b, a, settings, _ALONE).found if there is not None else None
    if there is None or back is None:
        return None
    sure = there.verdict == back.verdict == "match"
    score = min(there.score, back.score)
    return replace(there, score=score, verdict="match" if sure else "possible")


@lru_cache(maxsize=8)
def _as_query(path: Path, video: Video, settings: Settings) -> Fingerprint:
    return take_query(path, video, settings)


def _subject(index: Index, sha256: str) -> _Subject:
    """Return a video with its fingerprint, the film decoded once for all that looks at it."""
    stored = index.fingerprint(sha256)
    film = replace(stored.miniature, pictures=pictures_of(stored.miniature))
    return index.video(sha256).video, replace(stored, miniature=film)


@lru_cache(maxsize=1)
def _tables(path: Path, state: int, settings: Settings) -> Searched:
    """Return the tables of the index as of an arrival; one worker asks for them many times."""
    # Left open for the worker's life: the tables read fingerprints as they need them.
    return search_tables(Index.open(path), settings, up_to=state).pictures
