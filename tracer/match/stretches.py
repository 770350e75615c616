"""A line -> the stretches of it on which two videos agree, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tracer.match.agreement import Agreement, agreement, along, mixed, windowed
from tracer.match.agreement import appearance as likeness
from tracer.match.lines import Line
from tracer.match.moments import count_distinct
from tracer.match.products import mean_product
from tracer.match.strips import Cells, Overlay, Strip, moving_mean, strip_of
from tracer.model import FloatArray
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line on which the two agree."""

    line: Line
    query_start: float
    query_end: float
    appearance: float  # median over its samples
    motion: float  # correlation of all that moves in it
    moments: int  # distinct moments whose motion agrees
    energy: float  # mean motion energy of a cell, 0 to 1
    disputed: float  # share of its moving moments that do not agree
    margin: float = 0.0  # how far the correlation falls when the line is moved by a second
    contrast: float = 0.0  # the same in standard deviations over many such moves
    strong: float = 0.0  # correlation, in grey levels, of the moments that move most
    distinct: int = 0  # moments that agree and show something that no moment before did


def worth(stretches: list[Stretch]) -> float:
    """Rank what a line explains: seconds, weighed by how well what moves agrees."""
    return sum(
        (one.query_end - one.query_start) * max(0.0, one.motion) * min(1.0, one.moments / 3)
        for one in stretches
    )


# Set by hand. With them 32 of 36 parts of compilations of the tune set lie above every wrong pair,
# without them 31.
_ALONE_SECONDS = 2.0
_ALONE_MOTION = 0.7  # correlation; lines that chance finds in one room reach 0.6
_ALONE_APPEARANCE = 0.8  # correlation
_ALONE_MOMENTS = 4  # half seconds in which something moves, and moves alike
_ALONE_DISTINCT = 2


def stands_alone(one: Stretch) -> bool:
    """Tell whether a stretch would be believed without any other: a part of a compilation."""
    return (
        one.query_end - one.query_start >= _ALONE_SECONDS
        and one.motion >= _ALONE_MOTION
        and one.appearance >= _ALONE_APPEARANCE
        and one.moments >= _ALONE_MOMENTS
        and one.distinct >= _ALONE_DISTINCT
    )


def cut(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> list[Stretch]:
    """Cut a line into the stretches on which picture and motion agree."""
    found = agreement(overlay, line, free, settings)
    if not len(found.rows):
        return []
    energy = np.minimum(found.query_energy, found.match_energy)
    moves = energy >= settings.motion_floor
    looks = found.appearance >= settings.appearance_floor
    # A sample speaks for the stretch if it looks alike and, where something moves, moves alike.
    good = looks & (~moves | (found.motion >= settings.motion_agrees))
    bad = ~looks | (moves & (found.motion < settings.motion_disagrees))
    value = np.where(good, 1.0, np.where(bad, -2.0, -0.25))
    times = overlay.query.times[found.rows]
    stretches = []
    for start, end in _best_runs(value, times, settings):
        part = slice(start, end)
        stretch = _stretch(overlay, line, found, part, settings)
        if stretch is not None:
            stretches.append(stretch)
    return stretches


def _best_runs(
    value: FloatArray, times: FloatArray, settings: MatchSettings
) -> list[tuple[int, int]]:
    """Return the half-open runs of largest sum (Kadane), best first, then what lies beside them."""
    runs: list[tuple[int, int]] = []
    pending = [(0, len(value))]
    while pending:
        low, high = pending.pop()
        start, end, total = _largest(value[low:high])
        if total < settings.run_least:
            continue
        start, end = start + low, end + low
        runs.append((start, end))
        pending += [(low, start), (end, high)]
    return sorted(runs)


def _largest(value: FloatArray) -> tuple[int, int, float]:
    """Return the half-open run with the largest sum."""
    if not len(value):
        return 0, 0, 0.0
    total = np.concatenate([[0.0], np.cumsum(value)])
    lowest = np.minimum.accumulate(total)[:-1]
    gain = total[1:] - lowest
    end = int(np.argmax(gain))
    start = int(np.argmin(total[: end + 1]))
    return start, end + 1, float(gain[end])


def _stretch(
    overlay: Overlay, line: Line, found: Agreement, part: slice, settings: MatchSettings
) -> Stretch | None:
    """Summarise one run of samples; None where it is too short."""
    times = overlay.query.times[found.rows[part]]
    gap = settings.sampling_gap
    start, end = float(times[0]) - gap / 2, float(times[-1]) + gap / 2
    if end - start < settings.segment_least:
        return None
    energy = np.minimum(found.query_energy[part], found.match_energy[part])
    product = found.product[part]
    norm = np.sqrt(found.query_energy[part].sum() * found.match_energy[part].sum())
    moves = energy >= settings.motion_floor
    agrees = moves & (found.motion[part] >= settings.motion_agrees)
    # Moments are half-second cells of the query in which something moves, and moves alike.
    cells = np.floor(times / settings.moment)
    moments = len(np.unique(cells[agrees]))
    moving = len(np.unique(cells[moves]))
    return Stretch(
        line=line,
        query_start=start,
        query_end=end,
        appearance=float(np.median(found.appearance[part])),
        motion=float(product.sum() / norm) if norm > 1e-9 else 0.0,
        moments=moments,
        energy=float(energy.mean()),
        disputed=1.0 - moments / moving if moving else 0.0,
    )


def look_again(overlay: Overlay, stretch: Stretch, settings: MatchSettings) -> Stretch:
    """Measure a stretch on its own seconds only, the match resampled to the query's moments.

    Before, the moving means took in what lies beside the stretch (the next clip of a compilation),
    and speeds blurred them; now nothing but the claim itself is compared, and the claim is compared
    with itself moved by a second or so: motion that repeats (traffic, waves) agrees there too.
    """
    stretch = _to_the_cuts(overlay, stretch, settings)
    line, times = stretch.line, overlay.query.times
    inside = (times >= stretch.query_start) & (times <= stretch.query_end)
    here = _aligned(overlay, line, inside, settings)
    if here is None:
        return stretch
    beside = _beside(overlay, stretch, inside, settings)
    times = here.times
    cells = np.floor(times / settings.moment)
    moments = len(np.unique(cells[here.agrees]))
    moving = len(np.unique(cells[here.moves]))
    return Stretch(
        line=line,
        query_start=stretch.query_start,
        query_end=stretch.query_end,
        appearance=here.appearance,
        motion=here.motion,
        moments=moments,
        energy=here.energy,
        disputed=1.0 - moments / moving if moving else 0.0,
        margin=here.motion - float(beside.max(initial=0.0)),
        strong=here.strong,
        distinct=here.distinct,
        contrast=(here.motion - float(beside.mean())) / (float(beside.std()) + _LEAST_DEVIATION)
        if len(beside) > 3
        else 0.0,
    )


def _to_the_cuts(overlay: Overlay, stretch: Stretch, settings: MatchSettings) -> Stretch:
    """Let a stretch reach the cuts beside it, if there are any within a moving mean's length.

    The moving mean next to a cut holds the other side's pictures: what moves is lost there. But the
    pictures go on to agree right up to the cut, and suddenly do not beyond it.
    """
    times, reach = overlay.query.times, settings.motion_window
    beside = (times >= stretch.query_start - reach) & (times <= stretch.query_end + reach)
    rows, low, part = along(overlay, stretch.line, beside, 0.0)
    if len(rows) < 3:
        return stretch
    match = mixed(overlay.match.picture, low, part)
    looks = likeness(overlay.query.picture[rows], match, settings)
    at = times[rows]
    least = max(settings.appearance_floor, stretch.appearance - settings.cut_near)
    starts = _cut_beyond(looks[::-1], at[::-1] < stretch.query_start, least, settings)
    ends = _cut_beyond(looks, at > stretch.query_end, least, settings)
    start, end = stretch.query_start, stretch.query_end
    if starts is not None:
        start = min(start, float(at[::-1][starts : starts + 2].mean()))
    if ends is not None:
        end = max(end, float(at[ends : ends + 2].mean()))
    return replace(stretch, query_start=start, query_end=end)


def _cut_beyond(
    looks: FloatArray, outside: npt.NDArray[np.bool_], least: float, settings: MatchSettings
) -> int | None:
    """Return the last sample before a sudden end of likeness among those outside a stretch."""
    rows = np.nonzero(outside)[0]
    alike = looks[rows] >= least
    if not len(rows) or alike.all() or not alike[0]:
        return None
    last = int(np.argmin(alike)) - 1
    beyond = looks[rows[last + 1 : last + 3]]
    return int(rows[last]) if float(beyond.min()) < least - settings.cut_drop else None


_LEAST_DEVIATION = 0.02  # of a correlation; keeps the contrast of a few quiet samples in bounds


def _beside(
    overlay: Overlay, stretch: Stretch, inside: npt.NDArray[np.bool_], settings: MatchSettings
) -> FloatArray:
    """Return the correlation of motion with the line moved by up to ``margin_far`` seconds."""
    found = []
    line = stretch.line
    whole = (stretch.query_end - stretch.query_start) / settings.sampling_gap
    for step in range(int((settings.margin_far - settings.margin_near) / 0.25)):
        for sign in (-1.0, 1.0):
            moved = Line(line.speed, line.offset + sign * (settings.margin_near + 0.25 * step))
            rows, low, part = along(overlay, moved, inside, 0.0)
            if len(rows) < 0.5 * whole / max(1.0, line.speed):
                continue  # too little is left to compare
            product, query, match = overlay.products.along(rows, low, part)
            norm = np.sqrt(query.sum() * match.sum())
            found.append(float(product.sum() / (norm + 1e-3 * len(rows))))
    return np.array(found, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Aligned:
    times: FloatArray
    motion: float
    strong: float
    distinct: int
    appearance: float
    energy: float
    moves: npt.NDArray[np.bool_]
    agrees: npt.NDArray[np.bool_]


def _aligned(
    overlay: Overlay, line: Line, inside: npt.NDArray[np.bool_], settings: MatchSettings
) -> _Aligned | None:
    """Compare the pictures of both along a line, and nothing beside it."""
    rows, low, part = along(overlay, line, inside, settings.sampling_gap)
    if len(rows) < 3:
        return None
    times = overlay.query.times[rows]
    mine = strip_of(times, overlay.query.picture[rows], settings)
    theirs = strip_of(times, mixed(overlay.match.picture, low, part), settings)
    product = mean_product(mine.motion, theirs.motion)
    a, b = mean_product(mine.motion, mine.motion), mean_product(theirs.motion, theirs.motion)
    energy = np.minimum(a, b)
    moves = energy >= settings.motion_floor
    local = windowed(product, a, b, settings.motion_samples)
    norm = float(np.sqrt(a.sum() * b.sum()))
    looks = likeness(mine.picture, theirs.picture, settings)
    agrees = moves & (local >= settings.motion_agrees) & (looks >= settings.appearance_floor)
    return _Aligned(
        times=times,
        motion=float(product.sum()) / (norm + 1e-3 * len(product)),
        strong=_strong(mine, theirs),
        distinct=count_distinct(_away(mine, settings), _away(theirs, settings), agrees, settings),
        appearance=float(np.median(looks)),
        energy=float(energy.mean()),
        moves=moves,
        agrees=agrees,
    )


def _away(strip: Strip, settings: MatchSettings) -> npt.NDArray[np.float32]:
    """Return (f, cells): how far each sample lies from the moving mean, in grey levels."""
    half = max(1, round(settings.motion_window / 2 / strip.step))
    away = strip.picture - moving_mean(strip.picture, half)
    return away.reshape(len(away), -1)


def _strong(mine: Strip, theirs: Strip) -> float:
    """Return the correlation, in grey levels, of the quarter of the moments that move most.

    Where much moves, noise hardly matters: a true copy agrees there even after heavy compression,
    while two streams of cars that fill the same lanes differ in what is light and what is dark.
    """
    a, b = _deviation(mine), _deviation(theirs)
    energy = np.minimum(mean_product(a, a), mean_product(b, b))
    most = np.argsort(-energy, kind="stable")[: max(3, len(energy) // 4)]
    norm = float(np.sqrt(mean_product(a, a)[most].sum() * mean_product(b, b)[most].sum()))
    return float(mean_product(a, b)[most].sum()) / (norm + 1e-3)


_MOST_DEVIATION = 60.0  # grey levels that a cell may count: a flash or letters must not rule


def _deviation(strip: Strip) -> Cells:
    """Return what moves in grey levels: the bounded motion turned back, and cut off."""
    bounded = np.clip(strip.motion, -0.95, 0.95)
    away = bounded * np.float32(strip.level) / (1.0 - np.abs(bounded))
    cut: Cells = np.clip(away, -_MOST_DEVIATION, _MOST_DEVIATION).astype(np.float32)
    return cut
