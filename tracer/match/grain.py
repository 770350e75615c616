"""Two films along a known line -> how well the fine detail that moves agrees.

The cells of `strips` are coarse, so that a copy agrees on them after any compression; so does, now
and then, another moment of the same room: a head that turns, people who walk one by one. What moves
*within* such cells (lips, folds, leaves) is left in a copy, blurred but in its place, and at other
moments agrees by no more than chance. How much chance gives, the pair itself tells: it is compared
with itself moved by half a second and more.

1. The transform is fitted once more along the line, at the films' own grain.
2. From each frame the coarse picture is taken off, and then what stands still: fine motion is left.
3. It is correlated part by part; the weighted median over the parts counts, so that letters or a
   logo that both carry can't speak for the rest. Letters and logos that are known are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.agreement import windowed
from tracer.match.examine import Examination, Grain, Subject
from tracer.match.moments import count_distinct
from tracer.match.products import mean_product
from tracer.match.refinement import refine_along
from tracer.match.score import main_line
from tracer.match.stretches import Stretch
from tracer.match.strips import Cells, Film, moving_mean, resampled, usual_step
from tracer.model import Box, FloatArray, Layout
from tracer.settings import MatchSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_Rows = npt.NDArray[np.intp]
_Mask = npt.NDArray[np.bool_]


def grain_of(
    query: Subject, match: Subject, found: Examination, settings: MatchSettings
) -> Grain | None:
    """Return how well fine motion agrees along the line that an examination rests on.

    None where there is no such line, or too little picture or time to tell.
    """
    main = main_line(found)
    if not main:
        return None
    mine, theirs = _paired(query.film, match.film, main, settings)
    if len(mine) < settings.grain_samples_least:
        return None
    matrix = _fitted(query.film, match.film, found, main, settings)
    rows, columns = _grid(query.film, match.film, matrix, found.region, settings)
    if min(rows, columns) < settings.grain_cells_least:
        return None
    layouts = query.fingerprint.layout, match.fingerprint.layout
    free = _free(layouts, matrix, found.region, rows, columns)
    if free.mean() < settings.grain_free_least:
        return None
    one = resampled(query.film.pictures[mine], matrix, found.region, rows, columns)
    once, again = np.unique(theirs, return_inverse=True)
    other = resampled(match.film.pictures[once], _UNIT, found.region, rows, columns)[again]
    step = usual_step(query.film.times)
    a, b = (fine_motion(cells, step, settings) * free for cells in (one, other))
    return compared_with_chance(a, b, step, settings)


def _paired(
    query: Film, match: Film, main: Sequence[Stretch], settings: MatchSettings
) -> tuple[_Rows, _Rows]:
    """Return the rows of both films that show the same moments, in order of time."""
    mine: list[_Rows] = []
    theirs: list[_Rows] = []
    for one in main:
        rows = np.nonzero((query.times >= one.query_start) & (query.times <= one.query_end))[0]
        at = one.line.at(query.times[rows])
        near = np.abs(match.times[None, :] - at[:, None]).argmin(axis=1)
        close = np.abs(match.times[near] - at) <= settings.grain_apart * max(1.0, one.line.speed)
        mine.append(rows[close])
        theirs.append(near[close])
    most = settings.grain_samples
    return np.concatenate(mine)[:most], np.concatenate(theirs)[:most]


def _fitted(
    query: Film,
    match: Film,
    found: Examination,
    main: Sequence[Stretch],
    settings: MatchSettings,
) -> FloatArray:
    """Return the transform fitted at the films' own grain, as a matrix from match to query."""
    longest = max(main, key=lambda one: one.query_end - one.query_start)
    inside = np.linspace(0.1, 0.9, settings.grain_fits)
    times = longest.query_start + inside * (longest.query_end - longest.query_start)
    at = longest.line.at(times)
    moments = [(float(q), float(m)) for q, m in zip(times, at, strict=True)]
    side = settings.grain_side
    fitted = refine_along(query, match, found.transform, found.region, moments, settings, side=side)
    return geometry.matrix_of(fitted or found.transform)


def _grid(
    query: Film, match: Film, matrix: FloatArray, region: Box, settings: MatchSettings
) -> tuple[int, int]:
    """Return (rows, columns): a cell for each pixel of the coarser film, up to a limit."""
    height, width = match.pictures.shape[1:]
    placed = geometry.bounds_of(matrix, region)
    across = min((region[2] - region[0]) * width, (placed[2] - placed[0]) * query.pictures.shape[2])
    down = min((region[3] - region[1]) * height, (placed[3] - placed[1]) * query.pictures.shape[1])
    scale = min(1.0, settings.grain_side / max(across, down, 1e-6))
    return int(down * scale), int(across * scale)


def _free(
    layouts: tuple[Layout, Layout], matrix: FloatArray, region: Box, rows: int, columns: int
) -> _Mask:
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


def fine_motion(cells: Cells, step: float, settings: MatchSettings) -> Cells:
    """Return what moves in the detail that coarse cells don't hold, in grey levels.

    ``cells`` are grey levels (n, rows, columns), ``step`` the seconds between two of them.
    """
    sigma = max(1.0, max(cells.shape[1:]) / (2.0 * settings.grid_side))
    fine = np.stack([one - cv2.GaussianBlur(one, (0, 0), sigma) for one in cells])
    away: Cells = fine - moving_mean(fine, max(1, round(settings.grain_window / 2 / step)))
    return away


def compared_with_chance(a: Cells, b: Cells, step: float, settings: MatchSettings) -> Grain | None:
    """Return how well two runs of fine motion agree, and how far that lies above chance.

    Chance is what the same two give when one is moved by ``grain_far`` seconds and more. None where
    nothing moves or the run is too short to be moved.
    """
    reach = round(settings.grain_reach / step)
    near, far = round(settings.grain_near / step), round(settings.grain_far / step)
    bounded = _bounded(a, settings), _bounded(b, settings)
    products, norms = _by_part(*bounded, reach, settings)
    least = settings.grain_shared * len(a)
    lags = [lag for lag in range(-reach, reach + 1) if len(a) - abs(lag) >= least]
    weights = norms[reach]
    if not weights.any():
        return None
    noise = _NOISE * len(a)
    agreed = {
        lag: _median(products[lag + reach] / (norms[lag + reach] + noise), weights) for lag in lags
    }
    chance = np.array([value for lag, value in agreed.items() if abs(lag) >= far])
    if len(chance) < _FEW:
        return None
    best = max(value for lag, value in agreed.items() if abs(lag) <= near)
    contrast = (best - float(chance.mean())) / (float(chance.std()) + _LEAST_DEVIATION)
    return Grain(best, contrast, _distinct(a, b, bounded, settings))


def _bounded(away: Cells, settings: MatchSettings) -> Cells:
    """Return fine motion as -1 to 1: a grey level or two, which compression leaves everywhere,
    counts next to nothing, and a letter no more than a lip."""
    level = np.float32(settings.grain_level)
    bounded: Cells = away * np.abs(away) / (away * away + level * level)
    return bounded


def _distinct(a: Cells, b: Cells, bounded: tuple[Cells, Cells], settings: MatchSettings) -> int:
    """Return how many moments agree in detail that no other of them shows."""
    product, mine, theirs = (
        mean_product(one, other) for one, other in (bounded, (bounded[0],) * 2, (bounded[1],) * 2)
    )
    agrees = windowed(product, mine, theirs, settings.motion_samples) >= settings.motion_agrees
    flat = a.reshape(len(a), -1), b.reshape(len(b), -1)
    return count_distinct(*flat, agrees, settings)


_NOISE = 1e-3  # of a cell's energy; where nothing moves at all it pulls a correlation to zero
_FEW = 6  # moved comparisons below which they have no spread to speak of
_LEAST_DEVIATION = 0.01  # of a correlation; keeps the contrast of quiet pairs in bounds


def _by_part(
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


def _median(values: FloatArray, weights: FloatArray) -> float:
    """Return the weighted median: half of the weight lies at or below it."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
