"""Query x index -> the videos that share its sound and not its picture: never matches.

1. Items that nearly agree vote for a video, a speed and an offset.
2. What has enough votes is laid over the query there, the line refined.
3. The longest stretch that agrees is told, if it is long enough and no hum: a steady tone agrees
   with any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.compare.laid_over import MIDDLE, Laid, laid_over
from tracer.index.sound_search import SoundHits, SoundTable
from tracer.media.sound import HOP, SPAN, Items
from tracer.model import Fingerprint, Segment, SoundOnly
from tracer.settings import SoundSettings

Ints = npt.NDArray[np.int64]
_SLOTS = 1 << 20  # of the table that sifts votes: more than there are votes to keep, 8 MB


@dataclass(frozen=True, slots=True)
class Sounds:
    """The sounds of an index, ready to be searched."""

    table: SoundTable
    sha256s: Sequence[str]  # by the table's ordinals
    items: Callable[[str], Items | None]


Line = tuple[int, float, float]
"""A video's ordinal, and the speed and offset (seconds) at which its sound may be the query's."""


def sound_lines(query: Fingerprint, sounds: Sounds, settings: SoundSettings) -> list[Line]:
    """Return the lines that most items of the query's sound vote for, one for each video.

    Reads nothing but the table, so that it may be done in a thread.
    """
    own = query.sound
    if own is None or not len(own) or not len(sounds.table):
        return []
    return _lines(sounds.table.hits(own, settings.key_longest), settings)


def same_sound(
    query: Fingerprint,
    sounds: Sounds,
    pictures: Collection[str],
    settings: SoundSettings,
    lines: Sequence[Line] | None = None,
) -> tuple[SoundOnly, ...]:
    """Return the videos that share only sound with the query; ``pictures`` share more.

    ``lines`` are those of :func:`sound_lines`, where they are known.
    """
    own = query.sound
    if own is None:
        return ()
    found = []
    for ordinal, speed, offset in sound_lines(query, sounds, settings) if lines is None else lines:
        sha256 = sounds.sha256s[ordinal]
        if sha256 == query.sha256 or sha256 in pictures:
            continue
        other = sounds.items(sha256)
        told = None if other is None else _stretch(own, other, speed, offset, settings)
        if told is not None:
            found.append(SoundOnly(sha256, (told,), told.score))
    return tuple(sorted(found, key=lambda one: (-one.score, one.sha256)))


def _lines(hits: SoundHits, settings: SoundSettings) -> list[Line]:
    """Return (video, speed, offset in seconds) of the strongest line of each voted-for video."""
    best: dict[int, tuple[int, float, float]] = {}
    for speed in settings.speeds:
        # Items at their middles: match = speed * query + offset, in items.
        shift = hits.item - speed * hits.query + (1.0 - speed) * MIDDLE / HOP
        for half in (0.0, 0.5):  # two grids, so that no line falls between two cells
            cell = np.floor(shift / settings.vote_cell + half).astype(np.int64)
            votes, video, where = counted(hits, cell, settings.votes_least)
            for count, ordinal, one in zip(votes, video, where, strict=True):
                if count > best.get(int(ordinal), (0, 1.0, 0.0))[0]:
                    offset = (one - half + 0.5) * settings.vote_cell * HOP
                    best[int(ordinal)] = (int(count), speed, float(offset))
    ranked = sorted(best.items(), key=lambda one: (-one[1][0], one[0]))
    return [(ordinal, speed, offset) for ordinal, (_, speed, offset) in ranked[: settings.lines]]


def counted(hits: SoundHits, cell: Ints, least: int) -> tuple[Ints, Ints, Ints]:
    """Count for each (video, cell) how many items of the query vote for it, each once.

    Returns count, video and cell of those that have ``least`` votes or more, by video and cell.
    Over a thousand hours a million items vote for cells of their own: what shares a slot of a small
    table with too few others is left out before anything is sorted.
    """
    if not len(hits):
        none = np.empty(0, np.int64)
        return none, none, none
    low = int(cell.min())
    width = int(cell.max()) - low + 1
    line = hits.video.astype(np.int64) * width + (cell - low)
    slot = line % _SLOTS
    kept = np.bincount(slot, minlength=_SLOTS)[slot] >= least
    items = int(hits.query.max()) + 1
    votes = np.unique(line[kept] * items + hits.query[kept]) // items  # each item once
    lines, count = np.unique(votes, return_counts=True)
    lines, count = lines[count >= least], count[count >= least]
    return count.astype(np.int64), lines // width, lines % width + low


def _stretch(
    query: Items, match: Items, speed: float, offset: float, settings: SoundSettings
) -> Segment | None:
    """Refine a line and return the longest stretch that agrees on it."""
    speed, offset, laid = _refined(query, match, speed, offset, settings)
    start, stop = _longest(laid.alike(settings))
    differ = laid.differ[start:stop]
    long = stop - start >= settings.long_moments
    if stop - start < settings.alone_moments or (speed != 1.0 and not long):
        return None
    if differ.mean() > (settings.long_error if long else settings.alone_error):
        return None
    places = np.rint(laid.time[start:stop] / HOP - MIDDLE / HOP).astype(int)
    if len(np.unique(query[places])) < settings.alone_distinct * (stop - start):
        return None
    first, last = laid.time[start] - MIDDLE, laid.time[stop - 1] + MIDDLE
    first = max(first, 0.0, -offset / speed)
    return Segment(
        query_start=round(float(first), 3),
        query_end=round(float(last), 3),
        match_start=round(float(max(0.0, speed * first + offset)), 3),
        match_end=round(float(speed * last + offset), 3),
        speed=round(float(speed), 4),
        score=round(float(np.clip(1.0 - 2.0 * differ.mean(), 0.0, 1.0)), 4),
    )


def _refined(
    query: Items, match: Items, speed: float, offset: float, settings: SoundSettings
) -> tuple[float, float, Laid]:
    """Return the (speed, offset) near a line, or at speed 1, on which most bits agree."""
    end = len(query) * HOP + SPAN
    best: tuple[float, float, float, Laid] | None = None
    natural = (1.0,) if abs(speed - 1.0) <= settings.natural_range else ()
    for tried in (*natural, *(speed * finer for finer in settings.speed_finer)):
        # Turn the line about the middle of the query, so that only its slope changes.
        about = offset + (speed - tried) * end / 2
        for lag in np.arange(-0.625, 0.626, 1 / 16):
            laid = laid_over(query, match, tried, about + lag, (0.0, end))
            alike = laid.alike(settings)
            worth = float((settings.same_error - laid.differ[alike]).sum())
            worth *= settings.natural_speed if tried == 1.0 else 1.0
            if best is None or worth > best[0]:
                best = (worth, tried, about + lag, laid)
    assert best is not None
    return best[1:]


def _longest(alike: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the longest run."""
    edges = np.diff(np.concatenate([[0], alike.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    if not len(starts):
        return 0, 0
    longest = int((ends - starts).argmax())
    return int(starts[longest]), int(ends[longest])
