"""A match of a match -> a guess at how a third video lies to the query, and whether it holds.

Two crops of one film may share too little for features to find: each of them matches the film, and
from the two transforms and time lines follows how they must lie to each other. That is a guess and
no finding: it is looked at as any other, by picture and motion, and scored alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tracer.match import geometry
from tracer.match.examine import Subject, examine_along
from tracer.match.find import matched, scored, verdict_of
from tracer.match.lines import Line
from tracer.model import FloatArray, Match, Reason, Segment, Transform
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class Guess:
    """How a video may lie to the query."""

    sha256: str
    by_way_of: str  # the video that matches both
    transform: Transform
    lines: tuple[Line, ...]


def guess(found: Match, known: Match, settings: MatchSettings) -> Guess | None:
    """Put a query's match and that video's own match together; None where no second is shared.

    ``known`` has the match of ``found`` as its query.
    """
    lines = [
        line
        for first in found.segments
        for second in known.segments
        if (line := _line(first, second, settings)) is not None
    ]
    if not lines:
        return None
    transform = composed(found.transform, known.transform)
    return Guess(known.sha256, found.sha256, transform, tuple(lines))


def composed(outer: Transform, inner: Transform) -> Transform:
    """Return the transform that does ``inner`` first, then ``outer``."""
    whole = _square(geometry.matrix_of(outer)) @ _square(geometry.matrix_of(inner))
    mirrored = outer.mirrored != inner.mirrored
    if mirrored:  # the flip of x is written apart from the matrix, and comes first
        whole = whole @ np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    a, b, tx, c, d, ty = (float(value) for value in whole[:2].reshape(-1))
    return Transform((a, b, tx, c, d, ty), mirrored)


def look_through(
    query: Subject, match: Subject, asked: Guess, videos: int, settings: MatchSettings
) -> Match | None:
    """Verify a guess as any candidate is; None where it does not hold."""
    found = examine_along(query, match, asked.transform, asked.lines, settings)
    if found is None or not found.stretches:
        return None
    value = scored(query, found, videos, settings)
    verdict = verdict_of(value)
    if verdict is None:
        return None
    told = matched(query.fingerprint, match.fingerprint, found, value, verdict, settings)
    way = Reason(
        "by_way_of",
        1.0,
        f"looked for where {asked.by_way_of[:12]}, which matches both, says; judged on its own",
    )
    return replace(told, reasons=(*told.reasons, way))


def _line(first: Segment, second: Segment, settings: MatchSettings) -> Line | None:
    start = max(first.match_start, second.query_start)
    end = min(first.match_end, second.query_end)
    if end - start < settings.segment_least or first.speed <= 0:
        return None
    at = second.match_start + second.speed * (first.match_start - second.query_start)
    speed = first.speed * second.speed
    return Line(speed, at - speed * first.query_start)


def _square(matrix: FloatArray) -> FloatArray:
    square: FloatArray = np.vstack([matrix, [0.0, 0.0, 1.0]])
    return square
