"""Two films and a transform -> how much of what stands in them stands in the same places.

The middle picture of a film leaves out who comes and goes. It is cut into parts, and each part says
at which shifts it is found in the other video's picture. A room says one shift with most of its
parts, whoever stands before it and though the camera was put up anew; other pictures have no shift
that stands out from all others (a generalised Hough transform over normalised correlations).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.detail import UNIT, bounded, fine, uncovered
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Layout, Transform
from tracer.settings import MatchSettings

Picture = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of what stands in two videos agrees on one shift."""

    agreeing: int  # parts that are found there
    parts: int  # parts that show anything
    clear: float  # squared correlations that they sum to, above those at the best other shift

    @property
    def share(self) -> float:
        """The share of the parts that agree, 0 where nothing shows anything."""
        return self.agreeing / self.parts if self.parts else 0.0


def standing(
    films: tuple[Film, Film],
    layouts: tuple[Layout, Layout],
    transform: Transform,
    region: Box,
    settings: MatchSettings,
) -> Standing:
    """Compare what stands in two films, the query's first, where a transform lays one on the other.

    ``region`` is a box of the match's frame. Letters and logos that the layouts know are left out.
    """
    matrix = geometry.matrix_of(transform)
    height, width = films[1].pictures.shape[1:]
    high, wide = (region[3] - region[1]) * height, (region[2] - region[0]) * width
    scale = settings.standing_side / max(high, wide, 1e-6)
    rows, columns = round(high * scale), round(wide * scale)
    part = settings.standing_part
    if min(rows, columns) < 2 * part:
        return Standing(0, 0, 0.0)
    query, match = (
        _detail(film.usual(), layout, one, region, (rows, columns), settings)
        for film, layout, one in zip(films, layouts, (matrix, UNIT), strict=True)
    )
    reach = round(columns * settings.standing_reach), round(rows * settings.standing_reach)
    around = np.pad(query, (reach[1:] * 2, reach[:1] * 2))
    said = []
    for y0, y1 in _edges(rows, part):
        for x0, x1 in _edges(columns, part):
            piece = match[y0:y1, x0:x1]
            if float(np.mean(piece * piece)) >= settings.standing_energy:
                here = around[y0 : y1 + 2 * reach[1], x0 : x1 + 2 * reach[0]]
                said.append(_correlations(piece, here, settings))
    return _most(np.stack(said), settings) if len(said) >= 2 else Standing(0, len(said), 0.0)


def _detail(
    film: Film,
    layout: Layout,
    matrix: FloatArray,
    region: Box,
    size: tuple[int, int],
    settings: MatchSettings,
) -> Picture:
    """Return what a blur takes off a film's one picture, -1 to 1; 0 where it says nothing."""
    away = fine(resampled(film.pictures, matrix, region, *size), settings.standing_blur)
    free = uncovered(layout, matrix, region, size, settings.standing_margin)
    detail: Picture = bounded(away, settings.standing_level)[0] * free
    return detail


def _edges(length: int, part: int) -> list[tuple[int, int]]:
    """Divide a length into parts of about one size."""
    edges = np.linspace(0, length, max(2, round(length / part)) + 1).astype(int).tolist()
    return list(pairwise(edges))


def _correlations(piece: Picture, around: Picture, settings: MatchSettings) -> Picture:
    """Return the correlation of a part with every place of what lies around it.

    The best of the places next to each counts: a camera that was put up anew also turned a little.
    """
    rows, columns = piece.shape
    products = cv2.matchTemplate(around, piece, cv2.TM_CCORR)
    energy = cv2.boxFilter(around * around, -1, (columns, rows), normalize=False, anchor=(0, 0))
    energy = energy[: products.shape[0], : products.shape[1]]
    least = np.float32(settings.standing_energy / 4 * piece.size)
    norm = np.sqrt(np.maximum(energy, least) * float(np.sum(piece * piece)))
    near = cv2.dilate(products / norm, np.ones((3, 3), np.uint8))
    return np.asarray(near, np.float32)


def _most(said: npt.NDArray[np.float32], settings: MatchSettings) -> Standing:
    """Return what the parts, (p, shifts down, shifts across), agree on, and how clearly."""
    total = np.square(np.maximum(said, 0.0)).sum(axis=0)
    y, x = (int(at) for at in np.unravel_index(int(np.argmax(total)), total.shape))
    votes = (said >= settings.standing_agrees).sum(axis=0)
    near = settings.standing_apart
    best = float(total[y, x])
    here = np.s_[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
    total[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1] = 0.0
    return Standing(int(votes[here].max()), len(said), best - float(total.max()))
