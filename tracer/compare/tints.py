"""The colour of two videos at the moments that both show -> what takes one to the other.

Colour is kept on a coarse grid every two seconds: enough to tell a filter from what coding does.
How colourful each side is counts, not cell against cell: what moves between two samples weakens how
they agree, and not how far they lie from grey.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.compare.registered import Rows, upright
from tracer.match import geometry
from tracer.match.strips import resampled
from tracer.model import Box, FloatArray, Match, Side, Tints
from tracer.settings import CompareSettings

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_NEUTRAL = 128.0
_ROUNDS = 4  # of fitting without the cells that fit worst
_Colours = npt.NDArray[np.complex128]  # U + iV of each cell, levels from grey


@dataclass(frozen=True, slots=True)
class Recoloured:
    """What takes the match's colour to the query's; levels are those of 8-bit chroma."""

    query: float  # mean distance from grey, levels
    match: float
    turned: float  # degrees of hue, -180 to 180
    moved: float  # mean distance that it takes a colour, levels
    agreed: float  # correlation of the two, -1 to 1; one that has no colour agrees with none

    @property
    def saturation(self) -> float:
        """Return how colourful the query is for the match; the level added is that of rounding."""
        return (self.query + 0.5) / (self.match + 0.5)

    def lost_by(self, settings: CompareSettings) -> Side:
        """Return the side that is grey where the other has colour: grey was never given colour."""
        less, more = sorted((self.query, self.match))
        grey = less <= settings.tint_grey and self.agreed < settings.tint_faint
        coloured = more >= max(settings.tint_lost, 2.0 * less)
        if not (grey and coloured):
            return "unknown"
        return "query" if self.query < self.match else "match"

    def is_edit(self, settings: CompareSettings) -> bool:
        """Tell whether it goes beyond what coding and conversions do."""
        if self.moved < settings.tint_least:
            return False
        if self.agreed < settings.tint_agreed and self.lost_by(settings) == "unknown":
            return False  # other things stand there
        other = abs(math.log(self.saturation)) >= math.log(settings.tint_saturation)
        return other or abs(self.turned) >= settings.tint_turned


def recoloured(
    match: Match, region: Box, tints: tuple[Tints, Tints], settings: CompareSettings
) -> Recoloured | None:
    """Compare the colour of a region of the match's frame; None where too little of it is shared.

    ``tints`` are the query's and the match's.
    """
    query, other = tints
    matrix = geometry.matrix_of(match.transform)
    cells = _whole_cells(_inner(region, matrix, query.planes.shape[2]), other.planes.shape[2])
    if cells is None:
        return None
    grid = _grid(cells, matrix, tints)
    here, there = _moments(match, query.timestamps, other.timestamps, settings)
    too_few = len(here) * grid[0] * grid[1] < settings.tint_cells
    if too_few or min(grid) < settings.tint_across:
        return None
    q = _colours(query.planes[here], matrix, cells, grid)
    m = _colours(other.planes[there], _UNIT, cells, grid)
    agreed = _agreement(q, m)
    factor, offset = _fit(q, m)
    for _ in range(_ROUNDS):  # letters and logos have a colour of their own
        off = np.abs(q - factor * m - offset)
        kept = off <= np.quantile(off, settings.tint_kept)
        q, m = (q[kept], m[kept]) if kept.sum() >= settings.tint_cells / 2 else (q, m)
        factor, offset = _fit(q, m)
    plain = min(float(np.abs(q).mean()), float(np.abs(m).mean())) < settings.tint_coloured
    return Recoloured(
        query=float(np.abs(q).mean()),
        match=float(np.abs(m).mean()),
        turned=0.0 if plain else math.degrees(float(np.angle((q * np.conj(m)).mean()))),
        moved=float(np.abs(factor * m + offset - m).mean()),
        agreed=agreed,
    )


def _agreement(q: _Colours, m: _Colours) -> float:
    """Return how far the one's deviations from its mean are the other's, turned or not."""
    dq, dm = q - q.mean(), m - m.mean()
    size = math.sqrt(float((np.abs(dq) ** 2).mean()) * float((np.abs(dm) ** 2).mean()))
    return float(np.abs((dq * np.conj(dm)).mean())) / max(1e-6, size)


def _inner(region: Box, matrix: FloatArray, cells: int) -> Box:
    """Leave a cell of the query out along each edge beyond which its frame goes on."""
    placed = upright(matrix, region)
    x, y = 1.0 / cells, 1.0 / cells
    margins = [x * (placed[0] > x), y * (placed[1] > y)]
    margins += [-x * (placed[2] < 1.0 - x), -y * (placed[3] < 1.0 - y)]
    inner = [side + margin for side, margin in zip(placed, margins, strict=True)]
    return upright(geometry.inverse(matrix), (inner[0], inner[1], inner[2], inner[3]))


def _whole_cells(region: Box, cells: int) -> Box | None:
    """Return the cells of the match's grid that lie in a region, as a box; None where none does."""
    low = [math.ceil(value * cells - 0.1) / cells for value in region[:2]]
    high = [math.floor(value * cells + 0.1) / cells for value in region[2:]]
    inside = (low[0], low[1], high[0], high[1])
    return inside if high[0] > low[0] and high[1] > low[1] else None


def _grid(region: Box, matrix: FloatArray, tints: tuple[Tints, Tints]) -> tuple[int, int]:
    """Return (rows, columns): a cell for each of the coarser side's."""
    placed = geometry.bounds_of(matrix, region)
    sides = [one.planes.shape[2] for one in tints]
    found = []
    for low, high in ((1, 3), (0, 2)):
        across = ((placed[high] - placed[low]) * sides[0], (region[high] - region[low]) * sides[1])
        found.append(round(min(across)))
    return found[0], found[1]


def _moments(
    match: Match, query: FloatArray, other: FloatArray, settings: CompareSettings
) -> tuple[Rows, Rows]:
    """Return the rows of the two that show about the same moment."""
    here: list[int] = []
    there: list[int] = []
    for one in match.segments:
        for row in np.nonzero((other >= one.match_start) & (other <= one.match_end))[0].tolist():
            at = one.query_start + (other[row] - one.match_start) / max(one.speed, 1e-3)
            nearest = int(np.abs(query - at).argmin())
            if abs(query[nearest] - at) <= settings.tint_apart:
                here.append(nearest)
                there.append(row)
    return np.array(here, np.intp), np.array(there, np.intp)


def _colours(
    planes: npt.NDArray[np.uint8], matrix: FloatArray, region: Box, grid: tuple[int, int]
) -> _Colours:
    u, v = (
        resampled(planes[:, one], matrix, region, *grid).astype(np.float64) - _NEUTRAL
        for one in (0, 1)
    )
    return (u + 1j * v).reshape(-1)


def _fit(q: _Colours, m: _Colours) -> tuple[complex, complex]:
    """Return (factor, offset) from `m` to `q`: by how far each spreads, turned as they agree."""
    dq, dm = q - q.mean(), m - m.mean()
    spread = math.sqrt(float((np.abs(dq) ** 2).mean()) / max(1e-6, float((np.abs(dm) ** 2).mean())))
    both = complex((dq * np.conj(dm)).mean())
    factor = spread * both / max(1e-6, abs(both))
    return factor, complex(q.mean() - factor * m.mean())
