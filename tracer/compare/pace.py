"""A segment's speed, asked once more: do the pictures themselves need it?

A line is found by what moves; over a few seconds, or where little moves, a speed of 1.04 agrees as
well as 1 does. Here whole pictures are compared along the line found and along lines of speed 1
through the same moment: the speed stands where it lays them over each other clearly better.
"""

from __future__ import annotations

import numpy as np

from tracer.compare.registered import Cells
from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Segment, Transform
from tracer.settings import CompareSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def needs_speed(
    segment: Segment,
    films: tuple[Film, Film],
    transform: Transform,
    region: Box,
    settings: CompareSettings,
) -> bool:
    """Tell whether the pictures of a segment agree better at its speed than at speed 1."""
    query, other = films
    rows = np.nonzero((query.times >= segment.query_start) & (query.times <= segment.query_end))[0]
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, settings.pace_moments).round().astype(int))]
    low, high = sorted((segment.match_start, segment.match_end))
    around = np.nonzero((other.times >= low - 1.0) & (other.times <= high + 1.0))[0]
    if len(rows) < 4 or len(around) < 4:
        return True
    size = (settings.pace_rows, settings.pace_rows * 3 // 2)
    shown = resampled(query.pictures[rows], geometry.matrix_of(transform), region, *size)
    theirs = resampled(other.pictures[around], _UNIT, region, *size)
    times = query.times[rows]
    middle = (segment.query_start + segment.query_end) / 2
    at = (segment.match_start + segment.match_end) / 2
    shifts = np.arange(-0.5, 0.501, 0.0625)
    errors = [
        min(_error(shown, theirs, other.times[around], at + shift + speed * (times - middle))
            for shift in shifts)
        for speed in (segment.speed, 1.0)
    ]  # fmt: skip
    return errors[0] <= settings.pace_gain * errors[1]


def _error(query: Cells, match: Cells, match_times: FloatArray, at: FloatArray) -> float:
    """Return the mean difference of the query's pictures and the match's at some times."""
    low = np.clip(np.searchsorted(match_times, at, "right") - 1, 0, len(match_times) - 2)
    part = (at - match_times[low]) / (match_times[low + 1] - match_times[low])
    part = np.clip(part, 0.0, 1.0)[:, None, None].astype(np.float32)
    mixed = match[low] * (1 - part) + match[low + 1] * part
    # What stands still differs however the times are laid: only what moves can tell.
    away = (query - query.mean(axis=0)) - (mixed - mixed.mean(axis=0))
    return float(np.abs(away).mean())
