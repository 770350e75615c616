"""Two miniatures and a transform -> two strips of cells that can be compared second by second.

Both films are brought onto one grid over the picture they share. What stands still (a room, a
caption, a logo) is then taken out by subtracting a moving mean over time: what is left is what
*moves*, and that is what tells one moment from another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.products import Products
from tracer.model import WHOLE, Box, FloatArray, Transform
from tracer.settings import MatchSettings

Pictures = npt.NDArray[np.uint8]  # (f, h, w)
Cells = npt.NDArray[np.float32]  # (f, rows, columns)


_USUAL = 31  # frames whose median is taken: many enough that nobody stands in most of them


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A video's miniature, decoded."""

    times: FloatArray  # (f,), seconds
    pictures: Pictures  # uint8 (f, h, w)
    _halved: dict[int, Pictures] = field(default_factory=dict, repr=False)  # by times halved
    _usual: list[Film] = field(default_factory=list, repr=False)

    def shrunk(self, times: int) -> Pictures:
        """Return the pictures halved ``times`` times over; made once, since many grids ask."""
        if times == 0:
            return self.pictures
        if times not in self._halved:
            self._halved[times] = _half(self.shrunk(times - 1))
        return self._halved[times]

    def around(self, time: float) -> Film:
        """Return the one frame nearest to ``time``."""
        at = int(np.argmin(np.abs(self.times - time)))
        return Film(self.times[at : at + 1], self.pictures[at : at + 1])

    def usual(self) -> Film:
        """Return the middle over time of up to 31 frames, as a film of one; made once."""
        if not self._usual:
            few = np.linspace(0, len(self.times) - 1, min(_USUAL, len(self.times)))
            pictures = self.pictures[few.round().astype(np.intp)]
            middle = np.median(pictures, axis=0).astype(np.uint8)
            self._usual.append(Film(np.zeros(1), middle[None]))
        return self._usual[0]

    def thinned(self, gap: float) -> Film:
        """Return the first frame of each cell of ``gap`` seconds."""
        cell = np.floor((self.times + gap / 8) / gap)
        first = np.r_[True, cell[1:] != cell[:-1]] if len(cell) else np.empty(0, bool)
        return Film(self.times[first], self.pictures[first])


def _half(pictures: Pictures) -> Pictures:
    """Return pictures of half the size, each pixel the mean of four."""
    even = pictures[:, : pictures.shape[1] & ~1, : pictures.shape[2] & ~1]
    size = (even.shape[2] // 2, even.shape[1] // 2)
    half = np.empty((len(even), size[1], size[0]), np.uint8)
    for i, picture in enumerate(even):
        half[i] = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA)
    return half


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A film on the common grid."""

    times: FloatArray  # (f,), seconds
    picture: Cells  # grey levels
    motion: Cells  # bounded deviation from the moving mean, -1 to 1: d / (|d| + level)
    level: float  # grey levels
    step: float  # usual seconds between two samples


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Two strips on one grid, and where that grid lies in the match's frame."""

    query: Strip
    match: Strip
    region: Box  # fractions of the match's frame
    covered: float  # share of the region that lies inside the query's frame
    _products: list[Products] = field(default_factory=list, repr=False)

    @property
    def products(self) -> Products:
        """How alike the two move at any pair of samples; made once, when first asked for."""
        if not self._products:
            self._products.append(Products(self.query.motion, self.match.motion))
        return self._products[0]


def lay_over(
    query: Film,
    match: Film,
    transform: Transform,
    region: Box,
    settings: MatchSettings,
) -> Overlay | None:
    """Bring two films onto one grid over ``region`` of the match's frame.

    Returns None where the region is too small to compare.
    """
    if geometry.area(region) < settings.region_least:
        return None
    matrix = geometry.matrix_of(transform)
    rows, columns = _grid(query.pictures.shape, match.pictures.shape, matrix, region, settings)
    if rows < 4 or columns < 4:
        return None
    unit = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    on_match = _on_grid(match, unit, region, rows, columns)
    on_query = _on_grid(query, matrix, region, rows, columns)
    shown = geometry.intersection(geometry.bounds_of(matrix, region), WHOLE)
    covered = geometry.area(shown) / max(1e-6, geometry.area(geometry.bounds_of(matrix, region)))
    return Overlay(
        strip_of(query.times, on_query, settings),
        strip_of(match.times, on_match, settings),
        region,
        covered,
    )


def visible(transform: Transform, picture: Box) -> Box | None:
    """Return the part of ``picture``, in the match's frame, that the query's frame can show."""
    seen = geometry.bounds_of(geometry.inverse(geometry.matrix_of(transform)), WHOLE)
    inside = geometry.intersection(seen, WHOLE)
    return geometry.intersection(inside, picture) if inside is not None else None


def strip_of(times: FloatArray, picture: Cells, settings: MatchSettings) -> Strip:
    """Add to the cells what moves in them."""
    half = max(1, round(settings.motion_window / 2 / usual_step(times)))
    mean = moving_mean(picture, half)
    away = picture - mean
    # Bounded influence: letters that appear are as bright as can be, but count no more per cell
    # than a face that turns; a grey level or two of compression noise counts next to nothing.
    level = np.float32(settings.motion_level)
    motion = away / (np.abs(away) + level)
    return Strip(times, picture, motion, settings.motion_level, usual_step(times))


def usual_step(times: FloatArray) -> float:
    """Return the usual seconds between two samples."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.25


def moving_mean(cells: Cells, half: int) -> Cells:
    """Return the mean over ``half`` samples before and after each sample."""
    total = np.cumsum(cells, axis=0, dtype=np.float64)
    total = np.concatenate([np.zeros_like(total[:1]), total])
    count = len(cells)
    low = np.maximum(0, np.arange(count) - half)
    high = np.minimum(count, np.arange(count) + half + 1)
    mean: Cells = ((total[high] - total[low]) / (high - low)[:, None, None]).astype(np.float32)
    return mean


def _grid(
    query: tuple[int, ...],
    match: tuple[int, ...],
    matrix: FloatArray,
    region: Box,
    settings: MatchSettings,
) -> tuple[int, int]:
    """Return (rows, columns): as fine as the coarser of the two films allows, up to a limit."""
    wide, high = (region[2] - region[0]) * match[2], (region[3] - region[1]) * match[1]
    placed = geometry.bounds_of(matrix, region)
    query_wide, query_high = (placed[2] - placed[0]) * query[2], (placed[3] - placed[1]) * query[1]
    across, down = min(wide, query_wide) / 2, min(high, query_high) / 2
    scale = min(1.0, settings.grid_side / max(across, down, 1e-6))
    return int(down * scale), int(across * scale)


def _on_grid(film: Film, matrix: FloatArray, region: Box, rows: int, columns: int) -> Cells:
    """Sample a film on a grid, from a smaller copy of it where its pixels are many to a cell."""
    placed = geometry.bounds_of(matrix, region)
    height, width = film.pictures.shape[1:]
    to_a_cell = min(
        (placed[2] - placed[0]) * width / columns, (placed[3] - placed[1]) * height / rows
    )
    times = int(np.clip(np.floor(np.log2(max(1.0, to_a_cell / 2))), 0, 3))
    return resampled(film.shrunk(times), matrix, region, rows, columns)


def resampled(
    pictures: Pictures, matrix: FloatArray, region: Box, rows: int, columns: int
) -> Cells:
    """Sample pictures on a grid over ``region``, each cell the mean of what it covers."""
    height, width = pictures.shape[1:]
    placed = geometry.bounds_of(matrix, region)
    finer_x = int(np.clip(np.ceil((placed[2] - placed[0]) * width / columns), 1, 8))
    finer_y = int(np.clip(np.ceil((placed[3] - placed[1]) * height / rows), 1, 8))
    size = (columns * finer_x, rows * finer_y)
    # From a pixel of the fine grid, to the match's frame, to a pixel of this film.
    to_frame = np.array(
        [
            [(region[2] - region[0]) / size[0], 0, region[0]],
            [0, (region[3] - region[1]) / size[1], region[1]],
        ]
    )
    linear = matrix[:, :2] @ to_frame[:, :2]
    shift = matrix[:, :2] @ to_frame[:, 2] + matrix[:, 2]
    pixels = np.c_[linear, shift + linear @ np.array([0.5, 0.5])] * np.array([[width], [height]])
    pixels[:, 2] -= 0.5
    cells = np.empty((len(pictures), rows, columns), np.float32)
    for i, picture in enumerate(pictures):
        fine = cv2.warpAffine(
            picture,
            pixels,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        cells[i] = cv2.resize(fine, (columns, rows), interpolation=cv2.INTER_AREA)
    return cells
