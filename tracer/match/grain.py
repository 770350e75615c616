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

import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.agreement import windowed
from tracer.match.detail import (
    UNIT,
    bounded,
    by_part,
    fine,
    free_cells,
    grid_of,
    weighted_median,
)
from tracer.match.examine import Examination, Grain, Subject, layouts_of
from tracer.match.moments import count_distinct
from tracer.match.products import mean_product
from tracer.match.refinement import refine_along
from tracer.match.score import main_line
from tracer.match.stretches import Stretch
from tracer.match.strips import Cells, Film, moving_mean, resampled, usual_step, visible
from tracer.model import Box, FloatArray
from tracer.settings import MatchSettings

_Rows = npt.NDArray[np.intp]


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
    region = _region(match, found, settings)
    rows, columns = grid_of(query.film, match.film, matrix, region, settings)
    if min(rows, columns) < settings.grain_cells_least:
        return None
    free = free_cells(layouts_of(query, match), matrix, region, rows, columns)
    if free.mean() < settings.grain_free_least:
        return None
    one = resampled(query.film.pictures[mine], matrix, region, rows, columns)
    once, again = np.unique(theirs, return_inverse=True)
    other = resampled(match.film.pictures[once], UNIT, region, rows, columns)[again]
    step = usual_step(query.film.times)
    a, b = (fine_motion(cells, step, settings) * free for cells in (one, other))
    return compared_with_chance(a, b, step, settings)


def _region(match: Subject, found: Examination, settings: MatchSettings) -> Box:
    """Return where fine motion is compared: all that the transform lays over, where it was found
    on little of it. In one lane of a road cars follow each other that are alike; all lanes agree
    in a copy alone."""
    seen = visible(found.transform, match.fingerprint.layout.picture)
    if seen is None or geometry.area(found.region) >= settings.grain_narrow * geometry.area(seen):
        return found.region
    return seen


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


def fine_motion(cells: Cells, step: float, settings: MatchSettings) -> Cells:
    """Return what moves in the detail that coarse cells don't hold, in grey levels.

    ``cells`` are grey levels (n, rows, columns), ``step`` the seconds between two of them.
    """
    sigma = max(1.0, max(cells.shape[1:]) / (2.0 * settings.grid_side))
    detail = fine(cells, sigma)
    away: Cells = detail - moving_mean(detail, max(1, round(settings.grain_window / 2 / step)))
    return away


def compared_with_chance(a: Cells, b: Cells, step: float, settings: MatchSettings) -> Grain | None:
    """Return how well two runs of fine motion agree, and how far that lies above chance.

    Chance is what the same two give when one is moved by ``grain_far`` seconds and more. None where
    nothing moves or the run is too short to be moved.
    """
    reach = round(settings.grain_reach / step)
    near, far = round(settings.grain_near / step), round(settings.grain_far / step)
    small = bounded(a, settings.grain_level), bounded(b, settings.grain_level)
    products, norms = by_part(*small, reach, settings)
    least = settings.grain_shared * len(a)
    lags = [lag for lag in range(-reach, reach + 1) if len(a) - abs(lag) >= least]
    weights = norms[reach]
    if not weights.any():
        return None
    noise = _NOISE * len(a)
    agreed = {
        lag: weighted_median(products[lag + reach] / (norms[lag + reach] + noise), weights)
        for lag in lags
    }
    chance = np.array([value for lag, value in agreed.items() if abs(lag) >= far])
    if len(chance) < _FEW:
        return None
    best = max(value for lag, value in agreed.items() if abs(lag) <= near)
    contrast = (best - float(chance.mean())) / (float(chance.std()) + _LEAST_DEVIATION)
    return Grain(best, contrast, _distinct(a, b, small, settings))


def _distinct(a: Cells, b: Cells, small: tuple[Cells, Cells], settings: MatchSettings) -> int:
    """Return how many moments agree in detail that no other of them shows."""
    product, mine, theirs = (
        mean_product(one, other) for one, other in (small, (small[0],) * 2, (small[1],) * 2)
    )
    agrees = windowed(product, mine, theirs, settings.motion_samples) >= settings.motion_agrees
    flat = a.reshape(len(a), -1), b.reshape(len(b), -1)
    return count_distinct(*flat, agrees, settings)


_NOISE = 1e-3  # of a cell's energy; where nothing moves at all it pulls a correlation to zero
_FEW = 6  # moved comparisons below which they have no spread to speak of
_LEAST_DEVIATION = 0.01  # of a correlation; keeps the contrast of quiet pairs in bounds
