"""A match -> what was changed between the two, and on which side.

1. Which frames show the same moments; the layout of each side in just those.
2. The transform, fitted once more on them.
3. What the frames show: crop, bars, re-framing, inset, mirror, turn.
4. What differs inside the shared picture: overlay, subtitles, colour.
5. What the time line and the files show: speed, frame rate, trim, compilation, size, codec.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracer.compare.coding import reencode_edit, resize_edit
from tracer.compare.framing import Frame, edits_of_frame, own_bars, turn_of
from tracer.compare.registered import (
    Moments,
    Registered,
    refined,
    register,
    shared_moments,
    whole_shared,
)
from tracer.compare.timing import extent_edits, frame_rate_edit, speed_edit
from tracer.fingerprint.layout import analyse
from tracer.match import geometry
from tracer.match.strips import Film
from tracer.model import WHOLE, Edit, Fingerprint, Match, Transform, Video
from tracer.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two videos laid over each other, ready to be looked at."""

    match: Match  # with the transform fitted once more
    moments: Moments
    query: Frame
    other: Frame
    pair: Registered | None  # None where what they share is too small to compare


def edits_of(
    match: Match,
    query: Fingerprint,
    other: Fingerprint,
    films: tuple[Film, Film],
    query_video: Video,
    other_video: Video,
    settings: Settings,
) -> tuple[Edit, ...]:
    """Return every edit that the pictures, the time line and the files tell."""
    mine = settings.compare
    found: list[Edit] = []
    compared = compare(match, films, settings)
    if compared is not None:
        match = compared.match
        aspects = (query.aspect, other.aspect)
        found += _of_frames(compared, aspects, settings)
    speed = speed_edit(match, mine)
    found += [speed] if speed is not None else []
    rate = frame_rate_edit(query_video, other_video, speed, mine)
    found += [rate] if rate is not None else []
    found += extent_edits(match, query_video, other_video, films, mine)
    size = resize_edit(match, query_video, other_video, found, mine)
    found += [size] if size is not None else []
    coded = reencode_edit(query_video, other_video, not found, mine)
    found += [coded] if coded is not None else []
    return tuple(found)


def compare(match: Match, films: tuple[Film, Film], settings: Settings) -> Compared | None:
    """Lay two films over each other at their shared moments; None where they share none."""
    mine = settings.compare
    query, other = films
    moments = shared_moments(match, query, other, mine)
    if not len(moments):
        return None
    pictures = (query.pictures[moments.query], other.pictures[moments.match])
    layouts = [
        analyse(one[:: max(1, len(one) // settings.layout.frames)], settings.layout)
        for one in pictures
    ]
    transform = match.transform
    for _ in range(2):
        region = _region(transform, layouts[0].picture, layouts[1].picture)
        if region is None:
            return None
        transform = refined(query, other, moments, transform, region, mine)
    matrix = geometry.matrix_of(transform)
    contents = (
        own_bars(layouts[0], layouts[1], matrix, mine),
        own_bars(layouts[1], layouts[0], geometry.inverse(matrix), mine),
    )
    region = _region(transform, contents[0][0], contents[1][0])
    pair = register(query, other, moments, transform, region, mine) if region else None
    return Compared(
        replace(match, transform=transform),
        moments,
        Frame("query", pictures[0], *contents[0]),
        Frame("match", pictures[1], *contents[1]),
        pair,
    )


def _region(
    transform: Transform,
    query: tuple[float, float, float, float] = WHOLE,
    other: tuple[float, float, float, float] = WHOLE,
) -> tuple[float, float, float, float] | None:
    return whole_shared(geometry.matrix_of(transform), query, other)


def _of_frames(
    compared: Compared, aspects: tuple[float, float], settings: Settings
) -> Iterator[Edit]:
    """Give what the two frames and the transform between them show."""
    mine = settings.compare
    transform = compared.match.transform
    matrix = geometry.matrix_of(transform)
    degrees = turn_of(matrix, *aspects)
    if transform.mirrored:
        yield Edit("mirror", "unknown", 0.95)
    if abs(degrees) >= mine.turn_least:
        yield Edit("rotate", "unknown", 0.85, {"degrees": round(degrees, 2)})
    yield from edits_of_frame(compared.query, compared.other, matrix, degrees, mine)
    yield from edits_of_frame(
        compared.other, compared.query, geometry.inverse(matrix), degrees, mine
    )
