"""Two films laid over each other -> the fine detail of both, part by part.

Finer than the cells of `strips`: what coarse cells average away tells one picture from another that
is like it in light and dark. `grain` asks of it whether the same things move, `standing` whether
the same things stand.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.strips import Cells, Film
from tracer.model import Box, FloatArray, Layout
from tracer.settings import MatchSettings

Mask = npt.NDArray[np.bool_]
UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""The matrix that takes the match's frame to itself."""


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
) -> Mask:
    """Return the cells inside both frames on which neither is known to carry letters or a logo."""
    query, match = layouts
    size = rows, columns
    return uncovered(query, matrix, region, size, 0.004) & uncovered(match, UNIT, region, size, 0.0)


def uncovered(
    layout: Layout, matrix: FloatArray, region: Box, size: tuple[int, int], margin: float
) -> Mask:
    """Return the cells inside a frame on which it is not known to carry letters or a logo.

    ``size`` is (rows, columns) of the grid over ``region``, which ``matrix`` takes to that frame;
    ``margin`` is the share of it that is left out along its edges.
    """
    rows, columns = size
    x = region[0] + (np.arange(columns) + 0.5) / columns * (region[2] - region[0])
    y = region[1] + (np.arange(rows) + 0.5) / rows * (region[3] - region[1])
    at = geometry.applied(matrix, np.stack(np.meshgrid(x, y), -1).reshape(-1, 2))
    free = ((at > margin) & (at < 1.0 - margin)).all(axis=1)
    for x0, y0, x1, y1 in (*layout.text_bands, *layout.static_overlays):
        free &= ~((at >= (x0, y0)) & (at <= (x1, y1))).all(axis=1)
    return np.asarray(free.reshape(rows, columns), bool)


def bounded(away: Cells, level: float) -> Cells:
    """Return deviations in grey levels as -1 to 1: a level or two, which compression leaves
    everywhere, counts next to nothing, and a letter no more than a lip."""
    square = np.float32(level * level)
    small: Cells = away * np.abs(away) / (away * away + square)
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
