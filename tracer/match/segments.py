"""Stretches -> Segments: joined where one line goes on, and held inside both videos."""

from __future__ import annotations

from tracer.match.closely import covered
from tracer.match.examine import Examination
from tracer.match.stretches import Stretch, worth
from tracer.model import Segment
from tracer.settings import MatchSettings

_JOIN_GAP = 2.0  # seconds of the query between two stretches of one line that are read as one
_JOIN_OFFSET = 0.2  # seconds by which their offsets may differ
_JOIN_SPEED = 0.02
_SHORT = 3.0  # seconds below which a stretch at a speed of its own is taken for chance
_SHORT_SPEED = 0.06  # relative
_SHORT_MOMENTS = 3  # distinct moments in which something moves, and moves alike
_SHORT_MOTION = 0.6  # correlation
_OWN_MOMENTS = 2  # distinct moments that a line of its own must show; set by hand
_SNAP = 0.27  # seconds from an end of either video within which a segment reaches it: one sample


def segments_of(
    found: Examination, query_duration: float, match_duration: float, settings: MatchSettings
) -> tuple[Segment, ...]:
    """Return the segments of an examination, by the query's time."""
    joined: list[Stretch] = []
    for stretch in sorted(found.stretches, key=lambda one: (one.query_start, one.line.offset)):
        if joined and _goes_on(joined[-1], stretch):
            joined[-1] = _join(joined[-1], stretch)
        else:
            joined.append(stretch)
    return tuple(
        _segment(one, query_duration, match_duration)
        for one in joined
        if _stands(one, joined, settings)
    )


def _stands(one: Stretch, all_found: list[Stretch], settings: MatchSettings) -> bool:
    """Tell whether a stretch can stand as a segment.

    The score is that of the line that explains most. What lies on a line of its own must look alike
    and show more than one moment, as any match must: other moments of one room agree somewhere. A
    short one must also play at the others' speed, and show enough that moves alike: a second of
    fading black agrees with any other.
    """
    main = max(all_found, key=lambda other: (worth([other]), other.query_end - other.query_start))
    if one is main or on_one_line(main, one):
        return True
    if one.appearance < settings.appearance_least or one.distinct < _OWN_MOMENTS:
        return False
    if _outdone(one, all_found, settings):
        return False
    if one.query_end - one.query_start >= _SHORT:
        return True
    natural = abs(one.line.speed - main.line.speed) <= _SHORT_SPEED * main.line.speed
    return natural and one.moments >= _SHORT_MOMENTS and one.motion >= _SHORT_MOTION


def _outdone(one: Stretch, all_found: list[Stretch], settings: MatchSettings) -> bool:
    """Tell whether other stretches explain most of the same seconds of the query, and far better.

    Footage that the match shows twice agrees as well with either.
    """
    better = [
        (max(one.query_start, other.query_start), min(one.query_end, other.query_end))
        for other in all_found
        if other.motion - one.motion > settings.outdone
    ]
    return covered(better) > settings.outdone_share * (one.query_end - one.query_start)


def on_one_line(a: Stretch, b: Stretch) -> bool:
    """Tell whether two stretches lie on one line, however far apart."""
    at = (a.query_end + b.query_start) / 2
    apart = abs(a.line.speed * at + a.line.offset - b.line.speed * at - b.line.offset)
    return apart <= _JOIN_OFFSET and abs(a.line.speed - b.line.speed) <= _JOIN_SPEED


def _goes_on(a: Stretch, b: Stretch) -> bool:
    at = b.query_start
    apart = abs(a.line.speed * at + a.line.offset - b.line.speed * at - b.line.offset)
    return (
        b.query_start - a.query_end <= _JOIN_GAP
        and apart <= _JOIN_OFFSET
        and abs(a.line.speed - b.line.speed) <= _JOIN_SPEED
    )


def _join(a: Stretch, b: Stretch) -> Stretch:
    """Join two stretches; the longer one's line is kept."""
    long = a if a.query_end - a.query_start >= b.query_end - b.query_start else b
    share = (a.query_end - a.query_start) / max(
        1e-9, a.query_end - a.query_start + b.query_end - b.query_start
    )
    return Stretch(
        line=long.line,
        query_start=a.query_start,
        query_end=b.query_end,
        appearance=share * a.appearance + (1 - share) * b.appearance,
        motion=share * a.motion + (1 - share) * b.motion,
        moments=a.moments + b.moments,
        energy=share * a.energy + (1 - share) * b.energy,
        disputed=share * a.disputed + (1 - share) * b.disputed,
        margin=min(a.margin, b.margin),
        contrast=max(a.contrast, b.contrast),
        strong=share * a.strong + (1 - share) * b.strong,
        distinct=max(a.distinct, b.distinct),
    )


def _segment(one: Stretch, query_duration: float, match_duration: float) -> Segment:
    """Hold a stretch inside both videos and let it reach their ends where it nearly does."""
    speed, offset = one.line.speed, one.line.offset
    if one.query_end <= one.query_start:  # a still: one moment
        return Segment(0.0, 0.0, round(offset, 3), round(offset, 3), 1.0, round(one.motion, 4))
    start, end = max(0.0, one.query_start), one.query_end
    if query_duration:
        end = min(end, query_duration)
        end = query_duration if query_duration - end <= _SNAP else end
    start = 0.0 if start <= _SNAP else start
    # Not before the first or after the last moment of the match.
    start = max(start, -offset / speed)
    if match_duration:
        end = min(end, (match_duration - offset) / speed)
    end = max(end, start)
    return Segment(
        query_start=round(start, 3),
        query_end=round(end, 3),
        match_start=round(max(0.0, speed * start + offset), 3),
        match_end=round(speed * end + offset, 3),
        speed=round(speed, 4),
        score=round(max(0.0, min(1.0, one.motion)), 4),
    )
