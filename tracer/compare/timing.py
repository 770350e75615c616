"""Segments and frame rates -> speed, frame rate."""

from __future__ import annotations

import math

import numpy as np

from tracer.compare.pace import Pace, shown_of
from tracer.model import Edit, Match, Video
from tracer.settings import CompareSettings

Spans = list[tuple[float, float]]


def speed_edit(match: Match, pace: Pace | None, settings: CompareSettings) -> Edit | None:
    """Return the change of speed that most of the matched seconds agree on.

    With ``pace`` the segments are at the speed that the pictures need.
    """
    if not match.segments:
        return None
    longest = max(map(shown_of, match.segments))
    if longest < (settings.speed_short if pace is None else settings.speed_seconds):
        return None
    speed = _usual_speed(match)
    off = abs(math.log(max(speed, 1e-3)))
    if off < settings.speed_least:
        return None
    if pace is not None:
        sure = 1.0 - pace.gain
    else:
        # A short segment leaves the slope of its line uncertain by about a sample at each end.
        sure = min(1.0, off * longest / settings.speed_drift)
        if sure < 0.5:
            return None
    return Edit("speed", "unknown", round(0.5 + 0.45 * sure, 2), {"speed": round(speed, 3)})


def _usual_speed(match: Match) -> float:
    """Return the speed that most of the matched seconds agree on."""
    lengths = [max(1e-3, one.query_end - one.query_start) for one in match.segments]
    order = np.argsort([one.speed for one in match.segments])
    total = np.cumsum(np.array(lengths)[order])
    return match.segments[int(order[int(np.searchsorted(total, total[-1] / 2))])].speed


def frame_rate_edit(
    query: Video, other: Video, speed: Edit | None, settings: CompareSettings
) -> Edit | None:
    """Return the change of frame rate, unless the change of speed explains it."""
    if query.still or other.still or min(query.frame_rate, other.frame_rate) <= 0:
        return None
    ratio = query.frame_rate / other.frame_rate
    if abs(math.log(ratio)) < settings.frame_rate_least:
        return None
    if speed is not None and abs(math.log(ratio / speed.detail["speed"])) < 0.03:
        return None
    rates = {"query": round(query.frame_rate, 3), "match": round(other.frame_rate, 3)}
    return Edit("frame_rate", "unknown", 0.95, rates)
