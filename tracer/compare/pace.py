"""Two films and a segment -> the speed at which their pictures agree best.

A segment's line is found by what moves, frame by frame; over a few seconds, or where little moves,
a speed of 1.04 agrees there as well as 1 does. Here whole pictures are compared along lines of all
speeds through the same moment. Each frame of the coarser film is laid over the finer one at the
second that a line names, so that a drift of a tenth of a second shows at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tracer.compare.registered import Cells, evenly
from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Match, Reason, Segment, Transform
from tracer.settings import CompareSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_STEP = 1 / 48  # seconds between two shifts that are tried


@dataclass(frozen=True, slots=True)
class Pace:
    """How well two films agree over the speeds."""

    speeds: FloatArray
    errors: FloatArray  # mean squared difference along the best line of each speed, grey levels
    moments: int  # frames that were laid over each other
    spread: float  # least difference for the one at speed 1, without the moments that gain most
    of_files: bool = False  # every frame of both files was compared, not what is stored
    heard: float = 0.0  # the speed at which the sounds agree; 0 where they were not asked

    @property
    def speed(self) -> float:
        """Return the speed of the least difference, between the steps that were tried."""
        at = int(self.errors.argmin())
        if not 0 < at < len(self.speeds) - 1:
            return float(self.speeds[at])
        before, here, after = (float(value) for value in self.errors[at - 1 : at + 2])
        bend = before - 2.0 * here + after
        part = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
        step = float(np.log(self.speeds[at + 1] / self.speeds[at]))
        return float(self.speeds[at] * np.exp(part * step))

    @property
    def gain(self) -> float:
        """Return the least difference relative to the one at speed 1; 1 where it is at an end."""
        if self.errors.argmin() in (0, len(self.errors) - 1):
            return 1.0
        return float(self.errors.min()) / max(1e-6, self.at(1.0))

    def stands(self, error: float, gain: float, settings: CompareSettings) -> bool:
        """Tell whether a difference is so much less than the one at speed 1, beyond noise."""
        plain = self.at(1.0)
        return error <= gain * plain and plain - error >= settings.pace_differ

    def at(self, speed: float) -> float:
        """Return the difference at a speed."""
        return float(self.errors[int(np.argmin(np.abs(np.log(self.speeds / speed))))])


def pace_of(
    segment: Segment,
    films: tuple[Film, Film],
    transform: Transform,
    region: Box,
    settings: CompareSettings,
    of_files: bool = False,
) -> Pace | None:
    """Compare the pictures of a segment at many speeds; None where it holds too few frames."""
    query, other = films
    rows = np.nonzero(
        (query.times >= segment.query_start - 1.0) & (query.times <= segment.query_end + 1.0)
    )[0]
    theirs = np.nonzero((other.times >= segment.match_start) & (other.times <= segment.match_end))[
        0
    ]
    theirs = theirs[evenly(len(theirs), settings.pace_moments)] if len(theirs) else theirs
    if len(theirs) < settings.pace_least or len(rows) < settings.pace_least:
        return None
    size = (settings.pace_rows, settings.pace_rows * 3 // 2)
    shown = resampled(query.pictures[rows], geometry.matrix_of(transform), region, *size)
    known = resampled(other.pictures[theirs], _UNIT, region, *size)
    middle = (segment.query_start + segment.query_end) / 2
    # When each frame of the match is shown, along the segment's own line.
    at = segment.query_start + (other.times[theirs] - segment.match_start) / segment.speed
    speeds = _speeds(segment.speed, settings)
    turns = np.abs(segment.speed / speeds[[0, -1]] - 1.0)
    reach = settings.pace_shift + float(turns.max() * np.abs(at - middle).max())
    shifts = np.arange(-reach, reach + _STEP, _STEP)
    table = _differences(shown, known, query.times[rows], at[:, None] + shifts[None, :], settings)
    free = np.arange(-settings.pace_shift, settings.pace_shift + 1e-9, _STEP)
    lines = np.empty((len(speeds), len(theirs)))  # of each speed the best, moment by moment
    for number, speed in enumerate(speeds.tolist()):
        drift = (at - middle) * (segment.speed / speed - 1.0)
        places = np.rint((drift[:, None] + free[None, :] + reach) / _STEP).astype(np.intp)
        along = np.take_along_axis(table, np.clip(places, 0, len(shifts) - 1), 1)
        lines[number] = along[:, int(along.mean(axis=0).argmin())]
    errors = lines.mean(axis=1)
    plain = lines[int(np.argmin(np.abs(speeds - 1.0)))]
    spread = _without_most(lines[int(errors.argmin())], plain, settings)
    return Pace(speeds, errors, len(theirs), spread, of_files)


def _without_most(best: FloatArray, plain: FloatArray, settings: CompareSettings) -> float:
    """Return how one line differs for another, without the moments in which it gains most.

    Two fades a little apart in both videos fit a speed of their own; a speed shows throughout.
    """
    left = np.argsort(best - plain)[max(2, round(settings.pace_few * len(best))) :]
    return float(best[left].sum()) / max(1e-6, float(plain[left].sum()))


def _speeds(found: float, settings: CompareSettings) -> FloatArray:
    """Return the speeds to try: 1 among them, and the one found well within."""
    most = max(settings.pace_range, abs(float(np.log(found))) + 0.05)
    half = int(np.ceil(most / settings.pace_step))
    return np.asarray(np.exp(settings.pace_step * np.arange(-half, half + 1)), np.float64)


def _differences(
    query: Cells, match: Cells, times: FloatArray, at: FloatArray, settings: CompareSettings
) -> FloatArray:
    """Return (match frames, shifts): the squared difference to the query at some of its seconds.

    What stands still differs however the times are laid, and is left out: what moves can tell.
    """
    q, m = _moving(_away(query), _away(match), settings)
    low = np.clip(np.searchsorted(times, at, "right") - 1, 0, len(times) - 2)
    part = np.clip((at - times[low]) / (times[low + 1] - times[low]), 0.0, 1.0)
    with_match, own = m @ q.T, q @ q.T
    row = np.arange(len(m))[:, None]
    both = (1 - part) * with_match[row, low] + part * with_match[row, low + 1]
    size = (1 - part) ** 2 * own[low, low] + part**2 * own[low + 1, low + 1]
    size += 2 * part * (1 - part) * own[low, low + 1]
    squared = (m * m).sum(axis=1)[:, None] - 2 * both + size
    return np.asarray(np.maximum(squared, 0.0) / max(1, m.shape[1]), np.float64)


def _moving(query: Cells, match: Cells, settings: CompareSettings) -> tuple[Cells, Cells]:
    """Return both in one contrast, and of the cells those that move about as much in both.

    Lines of text that one of them has change at times of their own, whatever the speed.
    """
    own, theirs = (query * query).mean(axis=0), (match * match).mean(axis=0)
    both = np.minimum(own, theirs)
    most_moving = both >= np.quantile(both, 0.75)  # of what stands still the rest is noise
    contrast = float(np.sqrt(np.median(own[most_moving] / np.maximum(theirs[most_moving], 1e-6))))
    match = match * np.float32(np.clip(contrast, 0.3, 3.0))
    theirs = (match * match).mean(axis=0)
    noise = np.float32(settings.pace_noise**2)
    most = np.float32(settings.pace_apart)
    near = (own + noise <= most * (theirs + noise)) & (theirs + noise <= most * (own + noise))
    if near.mean() < settings.pace_share:
        return query, match
    return query[:, near], match[:, near]


def _away(cells: Cells) -> Cells:
    """Return pictures as rows, without what they have in common."""
    flat = cells.reshape(len(cells), -1)
    away: Cells = flat - flat.mean(axis=0)
    return away


def paced(match: Match, pace: Pace, rates: float, settings: CompareSettings) -> Match:
    """Return a match at the speed that its pictures need: 1, where they agree as well at that.

    ``rates`` is the query's frame rate for the match's; 0 where it is not known.

    Its longest segment is the one that was measured; the others turn with it where they are as
    fast, each about its middle, where its line is surest.
    """
    longest = longest_of(match)
    speed = speed_of(pace, longest, rates, settings) or 1.0
    off = abs(speed / longest.speed - 1.0)
    return match if off < settings.pace_off else at_speed(match, speed, settings)


def speed_of(pace: Pace, longest: Segment, rates: float, settings: CompareSettings) -> float | None:
    """Return the speed that the pictures of the longest segment need; None where 1 fits as well."""
    seen = _by_rates(pace, rates, settings) or _by_pictures(pace, longest, settings)
    return seen or _by_sound(pace, settings)


def _by_sound(pace: Pace, settings: CompareSettings) -> float | None:
    """Return the speed that the sounds name, where the pictures fit one near it better than 1."""
    if not pace.heard or abs(float(np.log(pace.heard))) < settings.speed_least:
        return None
    fits = pace.spread <= 1.0 and pace.gain <= settings.pace_gain_heard
    return pace.heard if fits else None


def at_speed(match: Match, speed: float, settings: CompareSettings) -> Match:
    """Return a match whose longest segment, and all that are as fast, are at another speed."""
    longest = longest_of(match)
    return replace(
        match,
        segments=tuple(
            _turned(one, speed)
            if abs(one.speed / longest.speed - 1.0) <= settings.pace_alike
            else one
            for one in match.segments
        ),
        reasons=restated(match.reasons, longest.speed, speed),
    )


def _by_rates(pace: Pace, rates: float, settings: CompareSettings) -> float | None:
    """Return the speed that the frame rates name, where the pictures fit it better than 1.

    And hardly worse than the one that fits best: else that one has to stand by itself.
    """
    tried = pace.speeds[0] <= rates <= pace.speeds[-1]
    if not tried or abs(float(np.log(rates))) < settings.speed_least or pace.spread > 1.0:
        return None
    if pace.at(rates) > settings.pace_rates_worse * float(pace.errors.min()):
        return None
    if not pace.stands(pace.at(rates), settings.pace_gain_rates, settings):
        return None
    return pace.speed if abs(rates / pace.speed - 1.0) <= settings.pace_rates else rates


def _by_pictures(pace: Pace, longest: Segment, settings: CompareSettings) -> float | None:
    """Return the speed that fits best, where it fits plainly better than 1, and throughout."""
    limits = _limits(pace, longest, settings)
    if pace.gain >= 1.0:
        return None
    least = float(pace.errors.min())
    stands = any(
        pace.stands(least, gain, settings) and pace.spread <= spread for gain, spread in limits
    )
    return pace.speed if stands else None


def _limits(pace: Pace, longest: Segment, settings: CompareSettings) -> list[tuple[float, float]]:
    """Return (gain, spread) up to which a speed stands; one such pair is enough."""
    if pace.of_files:
        return [(settings.pace_gain_files, settings.pace_spread_files)]
    few = shown_of(longest) < settings.pace_short
    more = settings.pace_spread_short if few else settings.pace_spread
    limits = [(settings.pace_gain, settings.pace_gain + more)]
    moves = abs(float(np.log(longest.speed))) >= settings.pace_line_off
    if moves and abs(longest.speed / pace.speed - 1.0) <= settings.pace_line:
        limits.append((settings.pace_gain_line, settings.pace_gain_line + settings.pace_spread))
    return limits


def longest_of(match: Match) -> Segment:
    """Return the segment with most seconds of the query."""
    return max(match.segments, key=lambda one: one.query_end - one.query_start)


def shown_of(segment: Segment) -> float:
    """Return for how many seconds a segment lasts in the video in which it is shorter."""
    return min(segment.query_end - segment.query_start, segment.match_end - segment.match_start)


def restated(reasons: tuple[Reason, ...], found: float, speed: float) -> tuple[Reason, ...]:
    """Return reasons that name the speed measured beside the one of the line that was scored."""
    detail = f"it plays at speed {speed:.3f}; the line that was scored has {found:.3f}"
    return tuple(replace(one, detail=detail) if one.name == "natural" else one for one in reasons)


def _turned(one: Segment, speed: float) -> Segment:
    middle, half = (one.match_start + one.match_end) / 2, (one.query_end - one.query_start) / 2
    start = middle - speed * half
    # Not before the match's first moment: there the query's start moves instead.
    late = max(0.0, -start) / speed
    return replace(
        one,
        query_start=round(one.query_start + late, 3),
        match_start=round(max(0.0, start), 3),
        match_end=round(middle + speed * half, 3),
        speed=round(speed, 4),
    )
