"""A segment's speed, as its pictures tell it.

A line is found by what moves; over a few seconds, or where little moves, a speed of 1.05 agrees as
well as 1 does. Here whole pictures are compared along lines of many speeds through the same moment:
how much they differ is a smooth valley over the speeds, and its bottom is the speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracer.compare.registered import Cells
from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Segment, Transform
from tracer.settings import CompareSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_AROUND = 1.5  # seconds of the match beside the segment: the ends of a line of another slope


@dataclass(frozen=True, slots=True)
class Pace:
    """What the pictures of a segment say of its speed."""

    speed: float  # match seconds for each query second
    gain: float  # how much the pictures differ along it, relative to speed 1


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A segment's pictures on one small grid, with their times."""

    query: Cells
    times: FloatArray  # the query's, from the middle of the segment
    match: Cells
    match_times: FloatArray  # from the same moment

    def error(self, speed: float, shift: float) -> float:
        """Return how much the pictures differ along a line, in grey levels."""
        at = speed * self.times + shift
        before = np.searchsorted(self.match_times, at, "right") - 1
        before = np.clip(before, 0, len(self.match_times) - 2)
        gaps = self.match_times[before + 1] - self.match_times[before]
        share = np.clip((at - self.match_times[before]) / gaps, 0.0, 1.0)
        part = share[:, None, None].astype(np.float32)
        mixed = self.match[before] * (1 - part) + self.match[before + 1] * part
        # What stands still differs however the times are laid: only what moves can tell.
        away = (self.query - self.query.mean(axis=0)) - (mixed - mixed.mean(axis=0))
        return float(np.abs(away).mean())

    def least(self, speed: float, shifts: FloatArray) -> tuple[float, float]:
        """Return (the same along the best line of a speed, its shift)."""
        return min((self.error(speed, float(shift)), float(shift)) for shift in shifts)

    def exactly(self, speed: float, shift: float) -> float:
        """Return the same along the best line near a shift."""
        return self.least(speed, shift + np.arange(-0.125, 0.126, 0.03125))[0]


def pace_of(
    segment: Segment,
    films: tuple[Film, Film],
    transform: Transform,
    region: Box,
    settings: CompareSettings,
) -> Pace | None:
    """Return the speed at which a segment's pictures agree best; None where there are too few."""
    shown = _shown(segment, films, transform, region, settings)
    if shown is None:
        return None
    step = math.log(1.0 + settings.pace_step)
    most = max(settings.pace_most, abs(math.log(segment.speed)) + step)
    speeds = np.exp(np.arange(-math.ceil(most / step), math.ceil(most / step) + 1) * step)
    shifts = np.arange(-0.5, 0.501, 0.125)
    lines = [shown.least(float(speed), shifts) for speed in speeds]
    best = lines.index(min(lines))
    if not 0 < best < len(speeds) - 1:
        return Pace(float(speeds[best]), 1.0)  # no valley
    around = [
        shown.exactly(float(speeds[best]) * math.exp(step * part), lines[best][1])
        for part in (-0.5, 0.0, 0.5)
    ]
    plain = shown.exactly(1.0, lines[len(speeds) // 2][1])
    if plain <= 0.0:
        return None
    at = int(np.argmin(around))
    # The bottom of the valley through three points half a step apart.
    bend = around[0] - 2.0 * around[1] + around[2]
    lean = (around[0] - around[2]) / (2.0 * bend) if bend > 0.0 else at - 1.0
    speed = float(speeds[best]) * math.exp(0.5 * step * float(np.clip(lean, -1.0, 1.0)))
    return Pace(speed, around[at] / plain)


def _shown(
    segment: Segment,
    films: tuple[Film, Film],
    transform: Transform,
    region: Box,
    settings: CompareSettings,
) -> _Shown | None:
    query, other = films
    start, end = segment.query_start, segment.query_end
    inset = min(settings.end_margin, (end - start) / 20)  # the frames at a cut are another clip's
    rows = np.nonzero((query.times >= start + inset) & (query.times <= end - inset))[0]
    low, high = sorted((segment.match_start, segment.match_end))
    around = np.nonzero((other.times >= low - _AROUND) & (other.times <= high + _AROUND))[0]
    if len(rows) < 4 or len(around) < 4:
        return None
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, settings.pace_moments).round().astype(int))]
    size = (settings.pace_rows, settings.pace_rows * 3 // 2)
    middle = (segment.query_start + segment.query_end) / 2
    at = (segment.match_start + segment.match_end) / 2
    return _Shown(
        resampled(query.pictures[rows], geometry.matrix_of(transform), region, *size),
        query.times[rows] - middle,
        resampled(other.pictures[around], _UNIT, region, *size),
        other.times[around] - at,
    )
