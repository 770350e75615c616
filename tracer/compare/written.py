"""A line that was read in one of two videos -> how alike both look where and while it is shown.

A reader sees letters of the scene, of titles and of credits in one copy and misses them in another:
what it read differs, what is written does not. The fine detail of the place tells the two apart:
beneath letters that were put on, the other video has nothing that looks like them.
"""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from tracer.compare.registered import Cells, evenly, shared_moments, upright
from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import WHOLE, Box, Match, TextLine
from tracer.settings import CompareSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_NEAR = 2  # cells that the two may lie apart: a match's transform is known to about one
_CELLS = (4, 160)  # of a place along a side, at least and at most


def likeness_beneath(
    line: TextLine,
    of_query: bool,
    match: Match,
    films: tuple[Film, Film],
    settings: CompareSettings,
) -> float | None:
    """Return the correlation of both videos' fine detail in a line's place and seconds, -1 to 1.

    ``films`` are the query's and the match's, and the line is the query's or (``of_query`` false)
    the match's. None where the other video does not show the place, or none of those seconds.
    """
    query, other = films
    moments = shared_moments(match, query, other, settings)
    times = moments.times if of_query else other.times[moments.match]
    during = np.nonzero((times >= line.start) & (times <= line.end))[0]
    matrix = geometry.matrix_of(match.transform)
    region = upright(geometry.inverse(matrix), line.box) if of_query else line.box
    placed = line.box if of_query else upright(matrix, line.box)
    if not len(during) or not all(_is_shown(box, settings) for box in (region, placed)):
        return None
    during = during[evenly(len(during), settings.line_moments)]
    rows, columns = _grid(query, other, placed, region)
    here = resampled(query.pictures[moments.query[during]], matrix, region, rows, columns)
    there = resampled(other.pictures[moments.match[during]], _UNIT, region, rows, columns)
    fine = partial(_fine, wide=settings.line_fine)
    return _correlation(fine(here), fine(there))


def _is_shown(box: Box, settings: CompareSettings) -> bool:
    """Tell whether most of a box lies in the frame."""
    kept = geometry.intersection(box, WHOLE)
    return kept is not None and geometry.area(kept) >= settings.line_shown * geometry.area(box)


def _grid(query: Film, other: Film, placed: Box, region: Box) -> tuple[int, int]:
    """Return (rows, columns): about a cell for each pixel of the coarser film."""
    found = []
    for low, high, axis in ((1, 3, 1), (0, 2, 2)):
        of_query = (placed[high] - placed[low]) * query.pictures.shape[axis]
        of_other = (region[high] - region[low]) * other.pictures.shape[axis]
        found.append(int(np.clip(round(min(of_query, of_other)), *_CELLS)))
    return found[0], found[1]


def _fine(cells: Cells, wide: float) -> Cells:
    """Return pictures without what is wider than letters."""
    return np.stack([one - cv2.GaussianBlur(one, (0, 0), wide) for one in cells])


def _correlation(query: Cells, match: Cells) -> float:
    """Return the correlation at the shift of a few cells at which it is highest."""
    best = -1.0
    reach = min(_NEAR, query.shape[1] // 3)
    for down in range(-reach, reach + 1):
        for across in range(-_NEAR, _NEAR + 1):
            a = query[:, _kept(down), _kept(across)]
            b = match[:, _kept(-down), _kept(-across)]
            size = float(np.sqrt((a * a).sum() * (b * b).sum()))
            best = max(best, float((a * b).sum()) / max(1e-6, size))
    return best


def _kept(shift: int) -> slice:
    """Return the cells of one picture that lie over the other's when it is moved."""
    return slice(max(0, shift), min(0, shift) or None)
