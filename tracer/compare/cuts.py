"""What who put clips together leaves behind: cuts at the ends of a clip, bars that come and go.

An excerpt mostly begins and ends within a shot of the longer video; a clip that was put in has a
cut before and after it. A cut is a fall of the correlation of two neighbouring frames, far beyond
the usual. Clips of several shapes in one frame have bars of several widths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.registered import evenly
from tracer.match.strips import Film
from tracer.model import Box, FloatArray
from tracer.settings import CompareSettings

Spans = list[tuple[float, float]]


def cut_at_ends(
    film: Film, spans: Spans, duration: float, reach: float, settings: CompareSettings
) -> float:
    """Return how much harder than its surroundings the cut at the inner ends of spans is.

    The softest end counts; 0 without any. A segment may end before the cut, hardly after it:
    ``reach`` is how far outside is looked.
    """
    near = min(reach, settings.cut_window)
    ends = [window for start, end in merged(spans) for window in _windows(start, end, near, reach)]
    inner = [one for one in ends if one[0] + near < duration - near and one[1] - near > near]
    return min((_cut_within(film, *one, settings) for one in inner), default=0.0)


def _windows(start: float, end: float, near: float, reach: float) -> Spans:
    return [(start - reach, start + near), (end - near, end + reach)]


def barred_only_there(film: Film, spans: Spans, box: Box, settings: CompareSettings) -> bool:
    """Tell whether the bars around ``box`` stand while ``spans`` are shown, and not beside them."""
    joined = merged(spans)
    near = settings.cut_reach
    beside = np.ones(len(film.times), bool)
    for start, end in joined:
        beside &= (film.times < start - near) | (film.times > end + near)
    rows = np.nonzero(beside)[0]
    if len(rows) < settings.beside_frames:
        return False
    rows = rows[evenly(len(rows), settings.beside_most)]
    height, width = film.pictures.shape[1:]
    bars = np.ones((height, width), bool)
    x0, y0, x1, y1 = (round(v * n) for v, n in zip(box, (width, height) * 2, strict=True))
    bars[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = False
    values = film.pictures[rows][:, bars].astype(np.float32)
    if not values.size:
        return False
    level = np.median(values, axis=1, keepdims=True)
    flat = (np.abs(values - level) <= settings.bars_tolerance).mean(axis=1)
    # A shot that is dark throughout has flat edges too; most of the others need not.
    return float((flat < settings.bars_beside).mean()) >= settings.bars_gone


def _cut_within(film: Film, low: float, high: float, settings: CompareSettings) -> float:
    """Return how much harder the hardest change in a window is than the usual one; 0 for none."""
    rows = np.nonzero((film.times >= low - 1.0) & (film.times <= high + 1.0))[0]
    rows = _thinned(film, rows)
    if len(rows) < 5:
        return 0.0
    changes = _changes(film, rows)
    after = film.times[rows[1:]]
    close = (after >= low) & (after <= high + 0.25)
    strongest = float(changes[close].max(initial=0.0))
    return (
        strongest / (float(np.median(changes)) + 0.05) if strongest >= settings.cut_least else 0.0
    )


def by_chance(film: Film, width: float, settings: CompareSettings) -> float:
    """Return how likely a cut lies within a window put anywhere.

    Where cuts stand everywhere, those at the ends of an excerpt say nothing.
    """
    rows = _thinned(film, np.arange(len(film.times)))[:: 1 + len(film.times) // 4000]
    if len(rows) < 5:
        return 0.0
    changes = _changes(film, rows)
    cuts = film.times[rows[1:]][changes >= settings.cut_least]
    length = max(1e-3, float(film.times[-1] - film.times[0]))
    return min(1.0, len(merged([(at, at + width) for at in cuts.tolist()], 0.0)) * width / length)


def _changes(film: Film, rows: npt.NDArray[np.intp]) -> FloatArray:
    """Return (n - 1,): by how much each picture differs from the one before, 0 to 2."""
    small = [
        cv2.resize(film.pictures[row], (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32)
        for row in rows
    ]
    return np.array([1.0 - _alike(a, b) for a, b in pairwise(small)], np.float64)


def _thinned(film: Film, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Keep about four frames a second, whatever the film was sampled at."""
    kept: list[int] = []
    for row in rows.tolist():
        if not kept or film.times[row] - film.times[kept[-1]] >= 0.2:
            kept.append(row)
    return np.array(kept, np.intp)


def _alike(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Return the correlation of two pictures."""
    x, y = a - a.mean(), b - b.mean()
    return float((x * y).sum() / (np.sqrt((x * x).sum() * (y * y).sum()) + 1e-3))


def merged(spans: Iterable[tuple[float, float]], gap: float = 0.6) -> Spans:
    """Return the union of intervals, those nearly touching joined."""
    out: Spans = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + gap:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Return the length of a union of intervals."""
    return sum(end - start for start, end in merged(spans, 0.0))
