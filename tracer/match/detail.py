"""Two films laid over each other -> the fine detail of both, part by part.

Finer than the cells of `strips`: what coarse cells average away tells one picture from another that
is like it in light and dark. `grain` asks of it whether the same things move; here it is asked
whether the same things stand, in the middle picture of each film.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.refinement import refine
from tracer.match.strips import Cells, Film, resampled
from tracer.model import Box, FloatArray, Layout, Transform
from tracer.settings import MatchSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def standing_alike(
    films: tuple[Film, Film],
    layouts: tuple[Layout, Layout],
    transform: Transform,
    region: Box,
    settings: MatchSettings,
) -> float:
    """Return how well the fine detail that stands in two films agrees, -1 to 1.

    ``films`` and ``layouts`` are the query's and the match's, ``region`` a box of the match's
    frame. The middle over time leaves people out who come and go, the weighted median over the
    parts of the picture a caption that both carry. 0 where there is too little to compare.
    """
    query, match = (film.usual() for film in films)
    # The features were found on two frames; the transform of what stands may lie a pixel off.
    fit = refine(query, match, transform, region, (0.0, 0.0), settings, side=settings.standing_side)
    sure = fit is not None and fit.correlation >= settings.standing_fit
    matrix = geometry.matrix_of(fit.transform if fit is not None and sure else transform)
    rows, columns = grid_of(query, match, matrix, region, settings)
    if min(rows, columns) < settings.grain_cells_least:
        return 0.0
    free = free_cells(layouts, matrix, region, rows, columns)
    if free.mean() < settings.grain_free_least:
        return 0.0
    both = (
        resampled(query.pictures, matrix, region, rows, columns),
        resampled(match.pictures, _UNIT, region, rows, columns),
    )
    a, b = (bounded(fine(cells, settings.standing_blur), settings) * free for cells in both)
    (products,), (norms,) = by_part(a, b, 0, settings)
    return weighted_median(products / (norms + 1e-6), norms) if norms.any() else 0.0


def fine(cells: Cells, sigma: float) -> Cells:
    """Return what a blur of ``sigma`` cells takes off each of (n, rows, columns) pictures."""
    left: Cells = np.stack([one - cv2.GaussianBlur(one, (0, 0), sigma) for one in cells])
    return left


def grid_of(
    query: Film, match: Film, matrix: FloatArray, region: Box, settings: MatchSettings
) -> tuple[int, int]:
    """Return (rows, columns): a cell for each pixel of the coarser film, up to a limit."""
    height, width = match.pictures.shape[1:]
    placed = geometry.bounds_of(matrix, region)
    across = min((region[2] - region[0]) * width, (placed[2] - placed[0]) * query.pictures.shape[2])
    down = min((region[3] - region[1]) * height, (placed[3] - placed[1]) * query.pictures.shape[1])
    scale = min(1.0, settings.grain_side / max(across, down, 1e-6))
    return int(down * scale), int(across * scale)


def free_cells(
    layouts: tuple[Layout, Layout], matrix: FloatArray, region: Box, rows: int, columns: int
) -> npt.NDArray[np.bool_]:
    """Return the cells inside both frames on which neither is known to carry letters or a logo."""
    x = region[0] + (np.arange(columns) + 0.5) / columns * (region[2] - region[0])
    y = region[1] + (np.arange(rows) + 0.5) / rows * (region[3] - region[1])
    in_match = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    in_query = geometry.applied(matrix, in_match)
    free = ((in_query > 0.004) & (in_query < 0.996)).all(axis=1)
    for layout, at in zip(layouts, (in_query, in_match), strict=True):
        for x0, y0, x1, y1 in (*layout.text_bands, *layout.static_overlays):
            free &= ~((at >= (x0, y0)) & (at <= (x1, y1))).all(axis=1)
    return np.asarray(free.reshape(rows, columns), bool)


def bounded(away: Cells, settings: MatchSettings) -> Cells:
    """Return deviations in grey levels as -1 to 1: a level or two, which compression leaves
    everywhere, counts next to nothing, and a letter no more than a lip."""
    level = np.float32(settings.grain_level)
    small: Cells = away * np.abs(away) / (away * away + level * level)
    return small


def by_part(
    a: Cells, b: Cells, reach: int, settings: MatchSettings
) -> tuple[FloatArray, FloatArray]:
    """Return (lags, parts) twice: summed products of each part of the picture, and their norms."""
    rows, columns = a.shape[1:]
    longer = max(rows, columns)
    down, across = (max(1, round(settings.grain_parts * n / longer)) for n in (rows, columns))
    edges_y, edges_x = (
        np.linspace(0, n, parts + 1).astype(int) for n, parts in ((rows, down), (columns, across))
    )
    products = np.zeros((2 * reach + 1, down * across))
    norms = np.zeros_like(products)
    count = len(a)
    for part in range(down * across):
        y, x = divmod(part, across)
        here = np.s_[:, edges_y[y] : edges_y[y + 1], edges_x[x] : edges_x[x + 1]]
        one, other = a[here].reshape(count, -1), b[here].reshape(count, -1)
        every = one @ other.T
        powers = [np.r_[0.0, np.cumsum((cells * cells).sum(axis=1))] for cells in (one, other)]
        for lag in range(-min(reach, count - 1), min(reach, count - 1) + 1):
            start, end = max(0, -lag), min(count, count - lag)
            energy = powers[0][end] - powers[0][start]
            energy *= powers[1][end + lag] - powers[1][start + lag]
            products[lag + reach, part] = np.trace(every, lag)
            norms[lag + reach, part] = np.sqrt(energy)
    return products, norms


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """Return the weighted median: half of the weight lies at or below it."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
