"""Two strips -> lines and segments: which seconds of the one are which seconds of the other.

1. Every pair of moments is compared by what moves: a matrix of correlations.
2. Votes over (speed, offset) find straight lines in it.
3. A line is refined, and cut into the stretches on which picture and motion agree.
4. What is explained is taken away, and it starts again (compilations, repeats).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tracer.match.strips import Cells, Overlay, Strip, strip_of
from tracer.model import FloatArray
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class Line:
    """match seconds = speed * query seconds + offset."""

    speed: float
    offset: float
    votes: float = 0.0

    def at(self, times: FloatArray) -> FloatArray:
        """Return the match's seconds at the query's."""
        return self.speed * times + self.offset


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How two strips agree along a line, one row for each sample of the query."""

    rows: npt.NDArray[np.intp]  # samples of the query whose time lies in the match
    appearance: FloatArray  # correlation of the pictures, blocks that differ left out
    motion: FloatArray  # correlation of what moves, over about a second and a half
    product: FloatArray  # its numerator, sample by sample
    query_energy: FloatArray
    match_energy: FloatArray


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


def find_stretches(overlay: Overlay, settings: MatchSettings) -> list[Stretch]:
    """Return the stretches on which two overlaid videos agree, by the query's time."""
    free = np.ones(len(overlay.query.times), bool)
    coarse = _coarse(overlay.query.times, settings)
    similarity = _similarity(overlay.query.motion[coarse], overlay.match.motion)
    found: list[Stretch] = []
    for _ in range(settings.rounds):
        times = overlay.query.times[coarse]
        lines = _lines(times, overlay.match.times, similarity * free[coarse, None], settings)
        best: list[Stretch] = []
        left = float(free.sum()) * _step(overlay.query.times)
        for line in lines:
            if line.votes < settings.lines_share * lines[0].votes:
                break
            if sum(one.query_end - one.query_start for one in best) >= 0.9 * left:
                break  # it explains all there is to explain
            if not _promising(overlay, line, free, settings):
                continue
            refined = _refined(overlay, line, free, settings)
            stretches = _cut(overlay, refined, free, settings)
            if worth(stretches) > worth(best):
                best = stretches
        if not best:
            break
        found += best
        for stretch in best:
            inside = (overlay.query.times >= stretch.query_start - 0.2) & (
                overlay.query.times <= stretch.query_end + 0.2
            )
            free &= ~inside
        if free.sum() * _step(overlay.query.times) < settings.segment_least:
            break
    return sorted(found, key=lambda stretch: (stretch.query_start, stretch.line.offset))


def _promising(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> bool:
    """Tell whether a line is worth refining: a few samples move somewhat alike on it already."""
    rows, low, part = _along(overlay, line, free, 0.1)
    if len(rows) < settings.promising:
        return False
    q, m = overlay.query.motion[rows], _mixed(overlay.match.motion, low, part)
    motion = _windowed(_dot(q, m), _dot(q, q), _dot(m, m), settings.motion_samples)
    return int((motion >= settings.motion_disagrees).sum()) >= settings.promising


def _along(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], margin: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], FloatArray]:
    """Pair samples along a line: (query rows, match rows before, share of the next match row).

    A query is sampled more finely than an indexed video: each sample of the match is then paired
    with the query's frame at that very moment. Where both are coarse, the match is interpolated,
    which blurs what moves fast.
    """
    query, match = overlay.query.times, overlay.match.times
    if _step(query) < 0.6 * _step(match):
        at = (match - line.offset) / line.speed
        after = np.clip(np.searchsorted(query, at), 1, len(query) - 1)
        rows = np.where(at - query[after - 1] < query[after] - at, after - 1, after)
        near = np.abs(query[rows] - at) <= _step(query)
        near &= free[rows]
        columns = np.nonzero(near)[0]
        rows, first = np.unique(rows[columns], return_index=True)
        return rows, columns[first], np.zeros(len(rows))
    at = line.at(query)
    rows = np.nonzero(free & (at >= match[0] - margin) & (at <= match[-1] + margin))[0]
    low, part = _between(match, at[rows])
    return rows, low, part


def _step(times: FloatArray) -> float:
    """Return the usual seconds between two samples."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.25


def worth(stretches: list[Stretch]) -> float:
    """Rank what a line explains: seconds, weighed by how well what moves agrees."""
    return sum(
        (one.query_end - one.query_start) * max(0.0, one.motion) * min(1.0, one.moments / 3)
        for one in stretches
    )


def _dot(a: Cells, b: Cells) -> FloatArray:
    """Return (f,): the mean product of two strips' cells, sample by sample."""
    x, y = a.reshape(len(a), -1), b.reshape(len(b), -1)
    product: FloatArray = np.einsum("fc,fc->f", x, y).astype(np.float64) / x.shape[1]
    return product


# --- 1. moments against moments ---------------------------------------------------------------


def _flat(cells: Cells) -> Cells:
    flat: Cells = cells.reshape(len(cells), -1)
    return flat


def _coarse(times: FloatArray, settings: MatchSettings) -> npt.NDArray[np.intp]:
    """Return the rows of a fine film that lie about ``sampling_gap`` apart: enough to vote."""
    every = max(1, round(settings.sampling_gap / _step(times)))
    return np.arange(0, len(times), every)


def _similarity(query: Cells, match: Cells) -> npt.NDArray[np.float32]:
    """Return (query samples, match samples): correlation of what moves, weighed by its energy."""
    q, m = _flat(query), _flat(match)
    energy_q, energy_m = (q * q).mean(axis=1), (m * m).mean(axis=1)
    product = q @ m.T / q.shape[1]
    norm = np.sqrt(np.maximum(energy_q[:, None] * energy_m[None, :], 1e-8))
    correlation = product / norm
    # A moment in which next to nothing moves says next to nothing.
    weight = np.minimum(1.0, np.minimum(energy_q[:, None], energy_m[None, :]) / 0.05)
    similarity: npt.NDArray[np.float32] = (
        np.maximum(0.0, correlation - 0.2) * np.sqrt(weight)
    ).astype(np.float32)
    return similarity


# --- 2. lines ------------------------------------------------------------------------------------


def _speeds(settings: MatchSettings) -> FloatArray:
    """Return the grid of speeds, 1.0 among them, logarithmic."""
    half = int(np.ceil(np.log(settings.speed_most) / np.log1p(settings.speed_step)))
    return np.asarray((1.0 + settings.speed_step) ** np.arange(-half, half + 1), np.float64)


def _lines(
    query: FloatArray,
    match: FloatArray,
    similarity: npt.NDArray[np.float32],
    settings: MatchSettings,
) -> list[Line]:
    """Vote for (speed, offset) and return the strongest lines, best first."""
    rows, columns = np.nonzero(similarity > 0.1)
    if not len(rows):
        return []
    weight = similarity[rows, columns].astype(np.float64)
    if len(rows) > settings.points_most:
        strongest = np.argsort(-weight, kind="stable")[: settings.points_most]
        rows, columns, weight = rows[strongest], columns[strongest], weight[strongest]
    tq, tm = query[rows], match[columns]
    bin_width = settings.offset_bin
    candidates: list[tuple[float, float, float]] = []
    for speed in _speeds(settings):
        offset = tm - speed * tq
        low = float(offset.min())
        place = (offset - low) / bin_width
        left = place.astype(np.int64)
        part = place - left
        votes = np.bincount(left, weight * (1 - part), int(left.max()) + 2)
        votes += np.bincount(left + 1, weight * part, len(votes))
        # A true line is as sharp as the sampling; noise spreads over the bins.
        smooth = np.convolve(votes, [0.5, 1.0, 0.5], "same")
        preference = settings.natural_speed if abs(speed - 1) < 1e-9 else 1.0
        for at in np.argsort(-smooth)[:4]:
            candidates.append((float(smooth[at]) * preference, float(speed), low + at * bin_width))
    candidates.sort(key=lambda one: (-one[0], abs(np.log(one[1])), one[2]))
    chosen: list[Line] = []
    middle = float(np.median(tq))
    for votes_, speed, offset_ in candidates:
        near = any(
            abs(line.speed * middle + line.offset - speed * middle - offset_) < 2 * bin_width
            and abs(np.log(line.speed / speed)) < 1.5 * settings.speed_step
            for line in chosen
        )
        if not near:
            chosen.append(Line(speed, offset_, votes_))
        if len(chosen) == settings.lines:
            break
    return chosen


# --- 3. along a line -----------------------------------------------------------------------------


def agreement(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> Agreement:
    """Compare the two strips sample by sample along a line."""
    query, match = overlay.query, overlay.match
    rows, low, part = _along(
        overlay, line, free, 0.6 * settings.sampling_gap * max(1.0, line.speed)
    )
    if not len(rows):
        none = np.empty(0, np.float64)
        return Agreement(rows, none, none, none, none, none)
    m_motion = _mixed(match.motion, low, part)
    m_picture = _mixed(match.picture, low, part)
    q_motion = query.motion[rows]
    product = _dot(q_motion, m_motion)
    query_energy, match_energy = _dot(q_motion, q_motion), _dot(m_motion, m_motion)
    motion = _windowed(product, query_energy, match_energy, settings.motion_samples)
    return Agreement(
        rows,
        _appearance(query.picture[rows], m_picture, settings),
        motion,
        product,
        query_energy,
        match_energy,
    )


def _between(times: FloatArray, at: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return the sample before each time and how far towards the next it lies, 0 to 1."""
    if len(times) == 1:
        return np.zeros(len(at), np.intp), np.zeros(len(at))
    low = np.clip(np.searchsorted(times, at, "right") - 1, 0, len(times) - 2)
    part = np.clip((at - times[low]) / (times[low + 1] - times[low]), 0.0, 1.0)
    return low, part


def _mixed(cells: Cells, low: npt.NDArray[np.intp], part: FloatArray) -> Cells:
    """Return cells interpolated between samples."""
    if len(cells) == 1:
        return cells[low]
    if not part.any():
        return cells[low]
    share = part.astype(np.float32)[:, None, None]
    mixed: Cells = cells[low] * (1 - share) + cells[low + 1] * share
    return mixed


def _windowed(product: FloatArray, a: FloatArray, b: FloatArray, half: int) -> FloatArray:
    """Return the correlation over ``half`` samples before and after each sample."""
    kernel = np.ones(2 * half + 1)
    norm = np.sqrt(np.convolve(a, kernel, "same") * np.convolve(b, kernel, "same"))
    # Where nothing moves at all the norm is noise: a small constant pulls the ratio to zero.
    together: FloatArray = (np.convolve(product, kernel, "same") / (norm + 1e-3))[: len(product)]
    return together


def _appearance(query: Cells, match: Cells, settings: MatchSettings) -> FloatArray:
    """Return (n,): correlation of the pictures over blocks, the worst blocks left out.

    What was put on (a logo, a line of text) spoils the blocks it covers and no others.
    """
    rows, columns = query.shape[1:]
    down, across = max(1, rows // 5), max(1, columns // 6)
    edges_y = np.linspace(0, rows, down + 1).astype(int)
    edges_x = np.linspace(0, columns, across + 1).astype(int)
    values, weights = [], []
    for y0, y1 in pairwise(edges_y):
        for x0, x1 in pairwise(edges_x):
            q = query[:, y0:y1, x0:x1].reshape(len(query), -1)
            m = match[:, y0:y1, x0:x1].reshape(len(match), -1)
            q = q - q.mean(axis=1, keepdims=True)
            m = m - m.mean(axis=1, keepdims=True)
            qq, mm = (q * q).mean(axis=1), (m * m).mean(axis=1)
            values.append((q * m).mean(axis=1) / np.sqrt(np.maximum(qq * mm, 1e-6)))
            weights.append(np.minimum(np.sqrt(np.minimum(qq, mm)), 12.0))
    value, weight = np.stack(values, 1), np.stack(weights, 1)
    order = np.argsort(value, axis=1)
    value = np.take_along_axis(value, order, 1)
    weight = np.take_along_axis(weight, order, 1)
    total = weight.sum(axis=1, keepdims=True)
    kept = np.clip(np.cumsum(weight, axis=1) - settings.spoilt_most * total, 0.0, weight)
    flat = total[:, 0] < settings.texture_least * value.shape[1]
    mean = (value * kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1e-6)
    # A frame without texture neither speaks for nor against.
    return np.where(flat, settings.appearance_floor, mean).astype(np.float64)


def _refined(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> Line:
    """Return the line moved to where what moves agrees best; at speed 1 where that does as well."""
    middle = float(np.median(overlay.query.times[free])) if free.any() else 0.0
    best, value = _climbed(overlay, line, free, middle, settings, speeds=True)
    if abs(np.log(best.speed)) > settings.natural_range:
        return best
    at = float(best.at(np.array([middle]))[0])
    natural = Line(1.0, at - middle, line.votes)
    natural, natural_value = _climbed(overlay, natural, free, middle, settings, speeds=False)
    # Over a few seconds a speed of 1.04 and of 1 are hardly apart: the shorter, the more is needed.
    seconds = float(free.sum()) * _step(overlay.query.times)
    share = settings.natural_share - settings.natural_short * float(np.exp(-seconds / 4.0))
    return natural if natural_value >= share * value else best


def _climbed(
    overlay: Overlay,
    line: Line,
    free: npt.NDArray[np.bool_],
    middle: float,
    settings: MatchSettings,
    *,
    speeds: bool,
) -> tuple[Line, float]:
    """Return the line, and its value, at the end of a climb in offset and, if asked, in speed."""
    best, best_value = line, _total(overlay, line, free, settings)
    for step_speed, step_offset in ((0.02, 0.1), (0.007, 0.035)):
        moves = [(0, 1), (0, -1)] + ([(1, 0), (-1, 0)] if speeds else [])
        for _ in range(4):
            start = best_value
            for turn, shift in moves:
                speed = best.speed * (1 + turn * step_speed)
                # Turn about the middle of the query, so that the offset hardly moves with it.
                at = float(best.at(np.array([middle]))[0]) + shift * step_offset
                trial = Line(speed, at - speed * middle, line.votes)
                value = _total(overlay, trial, free, settings)
                if value > best_value * 1.002 + 1e-9:
                    best, best_value = trial, value
            if best_value <= start:
                break
    return best, best_value


def _total(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> float:
    """Return how much motion agrees along a line: positive products only, by correlation."""
    rows, low, part = _along(overlay, line, free, 0.1)
    if not len(rows):
        return 0.0
    m = _mixed(overlay.match.motion, low, part)
    q = overlay.query.motion[rows]
    product = _dot(q, m)
    energy = np.sqrt(_dot(q, q) * _dot(m, m))
    window = np.convolve(product, np.ones(5), "same")[: len(product)]
    scale = np.convolve(energy, np.ones(5), "same")[: len(product)]
    good = window > 0.3 * scale
    return float((product * good).sum() / np.sqrt(max(1e-6, float((energy * good).sum()))))


# --- stretches --------------------------------------------------------------------------


def _cut(
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
    total = np.r_[0.0, np.cumsum(value)]
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


# --- a last look ------------------------------------------------------------------------


def look_again(overlay: Overlay, stretch: Stretch, settings: MatchSettings) -> Stretch:
    """Measure a stretch on its own seconds only, the match resampled to the query's moments.

    Before, the moving means took in what lies beside the stretch (the next clip of a compilation),
    and speeds blurred them; now nothing but the claim itself is compared, and the claim is compared
    with itself moved by a second or so: motion that repeats (traffic, waves) agrees there too.
    """
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
        contrast=(here.motion - float(beside.mean())) / (float(beside.std()) + _LEAST_DEVIATION)
        if len(beside) > 3
        else 0.0,
    )


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
            rows, low, part = _along(overlay, moved, inside, 0.0)
            if len(rows) < 0.5 * whole / max(1.0, line.speed):
                continue  # too little is left to compare
            q, m = overlay.query.motion[rows], _mixed(overlay.match.motion, low, part)
            norm = np.sqrt(_dot(q, q).sum() * _dot(m, m).sum())
            found.append(float(_dot(q, m).sum() / (norm + 1e-3 * len(q))))
    return np.array(found, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Aligned:
    times: FloatArray
    motion: float
    strong: float
    appearance: float
    energy: float
    moves: npt.NDArray[np.bool_]
    agrees: npt.NDArray[np.bool_]


def _aligned(
    overlay: Overlay, line: Line, inside: npt.NDArray[np.bool_], settings: MatchSettings
) -> _Aligned | None:
    """Compare the pictures of both along a line, and nothing beside it."""
    rows, low, part = _along(overlay, line, inside, settings.sampling_gap)
    if len(rows) < 3:
        return None
    times = overlay.query.times[rows]
    mine = strip_of(times, overlay.query.picture[rows], settings)
    theirs = strip_of(times, _mixed(overlay.match.picture, low, part), settings)
    product = _dot(mine.motion, theirs.motion)
    a, b = _dot(mine.motion, mine.motion), _dot(theirs.motion, theirs.motion)
    energy = np.minimum(a, b)
    moves = energy >= settings.motion_floor
    local = _windowed(product, a, b, settings.motion_samples)
    norm = float(np.sqrt(a.sum() * b.sum()))
    looks = _appearance(mine.picture, theirs.picture, settings)
    return _Aligned(
        times=times,
        motion=float(product.sum()) / (norm + 1e-3 * len(product)),
        strong=_strong(mine, theirs),
        appearance=float(np.median(looks)),
        energy=float(energy.mean()),
        moves=moves,
        agrees=moves & (local >= settings.motion_agrees) & (looks >= settings.appearance_floor),
    )


def _strong(mine: Strip, theirs: Strip) -> float:
    """Return the correlation, in grey levels, of the quarter of the moments that move most.

    Where much moves, noise hardly matters: a true copy agrees there even after heavy compression,
    while two streams of cars that fill the same lanes differ in what is light and what is dark.
    """
    a, b = _deviation(mine), _deviation(theirs)
    energy = np.minimum(_dot(a, a), _dot(b, b))
    most = np.argsort(-energy, kind="stable")[: max(3, len(energy) // 4)]
    norm = float(np.sqrt(_dot(a, a)[most].sum() * _dot(b, b)[most].sum()))
    return float(_dot(a, b)[most].sum()) / (norm + 1e-3)


_MOST_DEVIATION = 60.0  # grey levels that a cell may count: a flash or letters must not rule


def _deviation(strip: Strip) -> Cells:
    """Return what moves in grey levels: the bounded motion turned back, and cut off."""
    bounded = np.clip(strip.motion, -0.95, 0.95)
    away = bounded * np.float32(strip.level) / (1.0 - np.abs(bounded))
    cut: Cells = np.clip(away, -_MOST_DEVIATION, _MOST_DEVIATION).astype(np.float32)
    return cut


def appearance_between(
    overlay: Overlay, query_row: int, match_row: int, settings: MatchSettings
) -> float:
    """Return how alike one frame of each looks, blocks that differ left out."""
    q = overlay.query.picture[query_row : query_row + 1]
    m = overlay.match.picture[match_row : match_row + 1]
    return float(_appearance(q, m, settings)[0])


def appearance_at(overlay: Overlay, settings: MatchSettings) -> FloatArray:
    """Return how alike the query's one frame and each frame of the match look, (match samples,)."""
    match = overlay.match.picture
    still = np.broadcast_to(overlay.query.picture[:1], match.shape)
    return _appearance(still, match, settings)
