"""Registered pictures -> where they differ beyond what coding and motion explain.

A cell differs when it lies outside the range that the other picture takes in its neighbourhood, in
space and in time: an edge that is half a cell off, or a hand that moved between two samples, stays
inside that range; letters and logos do not. It is asked both ways, since thin strokes lie outside
the other's range and not the other way round, which tells who carries them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.medians import median_over
from tracer.compare.registered import Cells, Mask, Registered, evenly, upright
from tracer.match import geometry
from tracer.model import WHOLE, Box, FloatArray
from tracer.settings import CompareSettings

_KERNEL = np.ones((3, 3), np.uint8)
_LEVELS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Differing:
    """Where the two differ; arrays are (n, rows, columns) or (rows, columns)."""

    match: Cells  # the match's pictures in the query's tones
    query_out: Cells  # grey levels by which the query lies outside the match's range
    match_out: Cells  # and the other way round
    error: Cells  # (rows, columns): median over time of the plain difference
    noise: float  # its usual size
    tones: FloatArray  # (256,): the query's level for each level of the match

    def masks(self, settings: CompareSettings) -> tuple[Mask, Mask]:
        """Return where the query and where the match lie outside, each held for a few samples."""
        least = max(settings.differ_least, settings.differ_noise * self.noise)
        query = held(self.query_out > least, settings.held_samples)
        match = held(self.match_out > least, settings.held_samples)
        return query, match


def differing(pair: Registered, settings: CompareSettings) -> Differing:
    """Return where two registered films differ."""
    # The curve is fitted where a straight line already fits: a dark band, or another video in half
    # the frame, has levels of its own that would bend it.
    few = evenly(len(pair.query), settings.median_moments)
    query, plain = pair.query[few], pair.frames[pair.here[few]]
    gain, offset = _straight(query, plain, pair.shown)
    rough = median_over(np.abs(query - (np.float32(gain) * plain + np.float32(offset))))
    near = max(settings.tone_near, 2.0 * float(np.median(rough[pair.shown])))
    alike_cells = (rough <= near) & pair.shown
    where = alike_cells if alike_cells.mean() > 0.1 else pair.shown
    tones = tone_curve(query, plain, where, settings)
    frames = _toned(pair.frames, tones)
    match, before, after = frames[pair.here], frames[pair.before], frames[pair.after]
    error = median_over(np.abs(query - match[few]))
    low, high = np.minimum(before, after), np.maximum(before, after)
    np.minimum(low, match, out=low)
    np.maximum(high, match, out=high)
    hidden = ~pair.shown
    query_out = _outside(pair.query, low, high)
    match_out = _outside(match, *_in_time(pair.query, pair.moments.times))
    query_out[:, hidden] = 0.0
    match_out[:, hidden] = 0.0
    noise = float(np.median(error[pair.shown])) if pair.shown.any() else 0.0
    return Differing(match, query_out, match_out, error, noise, tones)


def _outside(pictures: Cells, low: Cells, high: Cells) -> Cells:
    """Return by how many levels pictures leave a range, widened to each cell's neighbours."""
    out = np.empty_like(pictures)
    for i, picture in enumerate(pictures):
        least, most = cv2.erode(low[i], _KERNEL), cv2.dilate(high[i], _KERNEL)
        out[i] = np.maximum(np.maximum(picture - most, least - picture), 0.0)
    return out


def _in_time(pictures: Cells, times: FloatArray) -> tuple[Cells, Cells]:
    """Return the range over each picture and the ones just before and after it."""
    low, high = pictures.copy(), pictures.copy()
    near = np.nonzero(np.diff(times) <= 0.6)[0]
    for here, there in ((near, near + 1), (near + 1, near)):
        low[here] = np.minimum(low[here], pictures[there])
        high[here] = np.maximum(high[here], pictures[there])
    return low, high


def held(flags: Mask, samples: int) -> Mask:
    """Keep what is true for so many consecutive samples at least (an opening over time)."""
    if len(flags) < samples:
        return flags
    whole = np.stack([flags[i : len(flags) - samples + 1 + i] for i in range(samples)]).all(axis=0)
    kept = np.zeros_like(flags)
    for i in range(samples):
        kept[i : len(flags) - samples + 1 + i] |= whole
    return kept


def _straight(query: Cells, match: Cells, shown: Mask) -> tuple[float, float]:
    """Return (gain, offset) that take most cells of the match to the query's levels."""
    q = median_over(query)[shown].astype(np.float64)
    m = median_over(match)[shown].astype(np.float64)
    gain, offset = 1.0, float(np.median(q) - np.median(m)) if len(q) else 0.0
    if len(q) < 16 or float(m.std()) < 4.0:
        return gain, offset
    for kept in (0.5, 0.6, 0.7, 0.7):  # trimmed: what was put on is left out step by step
        off = np.abs(q - gain * m - offset)
        best = off <= np.quantile(off, kept)
        if float(m[best].std()) < 2.0:
            break
        slope, shift = np.polyfit(m[best], q[best], 1)
        gain, offset = float(np.clip(slope, 0.3, 3.0)), float(shift)
    return gain, offset


# --- tones --------------------------------------------------------------------------------------


def tone_curve(query: Cells, match: Cells, where: Mask, settings: CompareSettings) -> FloatArray:
    """Return (256,): the level of the query that usually shows each level of the match.

    The median, so that what was put on here and there does not bend it.
    """
    levels = np.arange(_LEVELS, dtype=np.float64)
    if not where.any():
        return levels
    q, m = query[:, where].reshape(-1), match[:, where].reshape(-1)
    step = max(1, len(q) // settings.tone_samples)
    q, m = q[::step], m[::step]
    bins = np.clip(m / settings.tone_bin, 0, _LEVELS / settings.tone_bin - 1).astype(np.uint8)
    order = np.argsort(bins, kind="stable")
    _, starts, counts = np.unique(bins[order], return_index=True, return_counts=True)
    known, shown = [], []
    for start, count in zip(starts, counts, strict=True):
        if count >= settings.tone_share * len(q):
            part = order[start : start + count]
            known.append(float(median_over(m[part])))
            shown.append(float(median_over(q[part])))
    if len(known) < 2:
        shift = float(np.median(q) - np.median(m))
        return levels + shift
    shown = list(np.maximum.accumulate(shown))
    curve: FloatArray = np.interp(levels, known, shown)
    # Beyond the levels that were seen nothing is known; there the curve goes on without a step.
    curve[levels < known[0]] = shown[0] + (levels[levels < known[0]] - known[0])
    curve[levels > known[-1]] = shown[-1] + (levels[levels > known[-1]] - known[-1])
    return curve


def _toned(pictures: Cells, tones: FloatArray) -> Cells:
    levels = np.clip(pictures, 0, _LEVELS - 1)
    low = np.minimum(levels.astype(np.uint8), _LEVELS - 2)
    table = tones.astype(np.float32)
    toned: Cells = np.diff(table)[low]
    toned *= levels - low
    toned += table[low]
    return toned


# --- where they agree ---------------------------------------------------------------------------


def alike(pair: Registered, differs: Differing, box: Box, settings: CompareSettings) -> bool:
    """Tell whether both show the same in a box of the match's frame, as far as both show it."""
    shared = geometry.intersection(box, pair.region)
    if shared is None:
        return False
    if min(shared[2] - shared[0], shared[3] - shared[1]) < settings.bar_least:
        return False
    cells = _cells(pair, shared)
    if not cells.any():
        return False
    limit = max(settings.alike_least, settings.alike_noise * differs.noise)
    return float(np.median(differs.error[cells])) <= limit


def agreed(
    pair: Registered, differs: Differing, settings: CompareSettings, *, goes_on_only: bool = False
) -> Box | None:
    """Return the part of the grid that shows the same where the rest shows something else.

    None where all of it does, letters and logos aside. Towards an edge of both frames a good part
    must differ to be another picture (half a split screen); where one of the two goes on beyond the
    grid, the border between two pictures may lie anywhere near. With ``goes_on_only`` nothing but
    that is looked at, and some difference is enough: whoever asks must see the border itself.
    """
    apart = (differs.error >= settings.apart_least) & pair.shown
    line = settings.apart_some if goes_on_only else settings.apart_line
    rows = apart.mean(axis=1) >= line
    columns = apart.mean(axis=0) >= line
    goes_on = _goes_on(pair, settings)
    inwards = (columns, rows, columns[::-1], rows[::-1])  # from the left, top, right, bottom
    some = settings.panel_least if goes_on_only else settings.bar_least
    left, top, right, bottom = (
        _run(lines, some if on else 1.0 if goes_on_only else settings.apart_share)
        for lines, on in zip(inwards, goes_on, strict=True)
    )
    x0, y0, x1, y1 = left, top, 1.0 - right, 1.0 - bottom
    if (x0, y0, x1, y1) == WHOLE or x1 - x0 < 0.15 or y1 - y0 < 0.15:
        return None
    return (x0, y0, x1, y1)


def _goes_on(pair: Registered, settings: CompareSettings) -> tuple[bool, bool, bool, bool]:
    """Tell for the left, top, right and bottom of the grid whether a frame goes on beyond it."""
    placed = upright(pair.matrix, pair.region)
    boxes = (pair.region, placed)
    least = settings.bar_least
    left, right = (any(least < box[i] < 1 - least for box in boxes) for i in (0, 2))
    top, bottom = (any(least < box[i] < 1 - least for box in boxes) for i in (1, 3))
    if pair.transform.mirrored:
        return (left or right, top, left or right, bottom)
    return (left, top, right, bottom)


def _run(apart: npt.NDArray[np.bool_], least: float) -> float:
    """Return the share of the lines, from the first on, that differ nearly all; 0 for too few."""
    total = np.cumsum(apart)
    length = np.arange(1, len(apart) + 1)
    ends = np.nonzero(apart & (total >= 0.85 * length))[0]
    share = float(ends[-1] + 1) / len(apart) if len(ends) else 0.0
    return share if share >= least else 0.0


def _cells(pair: Registered, box: Box) -> Mask:
    """Return the cells of the grid inside a box of the match's frame that both show."""
    rows, columns = pair.shown.shape
    x0, y0, x1, y1 = pair.region
    x = x0 + (np.arange(columns) + 0.5) / columns * (x1 - x0)
    y = y0 + (np.arange(rows) + 0.5) / rows * (y1 - y0)
    inside: Mask = ((y >= box[1]) & (y <= box[3]))[:, None] & ((x >= box[0]) & (x <= box[2]))
    return inside & pair.shown
