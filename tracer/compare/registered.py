"""A match and two films -> the moments that both show, on one grid.

A match's transform is good enough to tell that two pictures are the same, not to tell what differs
in them: a shift of one cell already looks like lettering along every edge. So it is fitted once
more (:mod:`tracer.compare.fitting`), on several moments, before anything is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import WHOLE, Box, FloatArray, Match, Transform
from tracer.settings import CompareSettings

Cells = npt.NDArray[np.float32]  # (n, rows, columns), grey levels
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Which frames of the two films show the same moment; runs of consecutive query frames."""

    query: Rows  # rows of the query's film
    match: Rows  # the nearest row of the match's film for each
    times: FloatArray  # the query's seconds

    def __len__(self) -> int:
        return len(self.query)

    def spread(self, most: int) -> Moments:
        """Return at most so many of them, spread evenly."""
        if len(self) <= most:
            return self
        at = evenly(len(self), most)
        return Moments(self.query[at], self.match[at], self.times[at])


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """Both films over one region of the match's frame."""

    moments: Moments
    transform: Transform
    region: Box  # of the match's frame
    query: Cells
    frames: Cells  # the match's pictures, each once
    here: Rows  # (n,): which of them shows each moment
    before: Rows  # and one sample before and after: what moves may be in either
    after: Rows
    shown: Mask  # (rows, columns): cells that lie inside the query's frame

    @property
    def matrix(self) -> FloatArray:
        return geometry.matrix_of(self.transform)

    @property
    def match(self) -> Cells:
        """Return (n, rows, columns): the match's picture at each moment."""
        return self.frames[self.here]

    def in_match(self, box: Box) -> Box:
        """Return a box of grid fractions as a box of the match's frame."""
        x0, y0, x1, y1 = self.region
        wide, high = x1 - x0, y1 - y0
        return (
            x0 + box[0] * wide,
            y0 + box[1] * high,
            x0 + box[2] * wide,
            y0 + box[3] * high,
        )

    def in_query(self, box: Box) -> Box:
        """Return a box of grid fractions as a box of the query's frame."""
        return clipped(upright(self.matrix, self.in_match(box)))


def evenly(count: int, most: int) -> Rows:
    """Return at most ``most`` of ``count`` rows, spread evenly."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)


def shared_moments(match: Match, query: Film, other: Film, settings: CompareSettings) -> Moments:
    """Return the moments of the match that its segments find in the query.

    Each frame of the match takes the nearest frame of the query, which may be sampled more finely.
    """
    rows: list[int] = []
    partners: list[int] = []
    for segment in match.segments:
        start, end = segment.query_start, segment.query_end
        if end <= start:  # a still: its one frame
            rows.append(0)
            partners.append(int(np.argmin(np.abs(other.times - segment.match_start))))
            continue
        inset = min(settings.end_margin, (end - start) / 4)
        at = start + (other.times - segment.match_start) / segment.speed  # in the query's seconds
        for partner in np.nonzero((at >= start + inset) & (at <= end - inset))[0].tolist():
            row = int(np.argmin(np.abs(query.times - at[partner])))
            near = abs(query.times[row] - at[partner]) <= settings.moment_tolerance
            if near and (not rows or rows[-1] != row):
                rows.append(row)
                partners.append(partner)
    order = np.argsort(query.times[rows], kind="stable")
    chosen = np.array(rows, np.intp)[order]
    found = Moments(chosen, np.array(partners, np.intp)[order], query.times[chosen])
    return _in_runs(found, settings)


def _in_runs(found: Moments, settings: CompareSettings) -> Moments:
    """Keep runs of consecutive moments where there are too many: lettering shows in its changes."""
    most, run = settings.moments_most, settings.moments_run
    if len(found) <= most:
        return found
    starts = np.linspace(0, len(found) - run, most // run).round().astype(np.intp)
    at = np.unique((starts[:, None] + np.arange(run)[None, :]).reshape(-1))
    return Moments(found.query[at], found.match[at], found.times[at])


def register(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    region: Box,
    settings: CompareSettings,
) -> Registered | None:
    """Bring both films onto one grid over ``region`` of the match's frame; None if too small."""
    matrix = geometry.matrix_of(transform)
    rows, columns = _grid(query, other, matrix, region, settings)
    if min(rows, columns) < settings.grid_least or not len(moments):
        return None
    last = len(other.times) - 1
    match_rows, inverse = np.unique(
        np.r_[
            moments.match,
            np.maximum(moments.match - 1, 0),
            np.minimum(moments.match + 1, last),
        ],
        return_inverse=True,
    )
    here, before, after = np.split(inverse, 3)
    return Registered(
        moments,
        transform,
        region,
        resampled(query.pictures[moments.query], matrix, region, rows, columns),
        resampled(other.pictures[match_rows], _UNIT, region, rows, columns),
        here,
        before,
        after,
        _shown(matrix, region, rows, columns),
    )


def _grid(
    query: Film, other: Film, matrix: FloatArray, region: Box, settings: CompareSettings
) -> tuple[int, int]:
    """Return (rows, columns): a cell for each pixel of the coarser film, up to a limit."""
    height, width = other.pictures.shape[1:]
    wide, high = (region[2] - region[0]) * width, (region[3] - region[1]) * height
    placed = upright(matrix, region)
    across = min(wide, (placed[2] - placed[0]) * query.pictures.shape[2])
    down = min(high, (placed[3] - placed[1]) * query.pictures.shape[1])
    scale = min(1.0, settings.grid_side / max(across, down, 1e-6))
    return int(down * scale), int(across * scale)


def _shown(matrix: FloatArray, region: Box, rows: int, columns: int) -> Mask:
    """Return the cells whose place lies inside the query's frame."""
    x = region[0] + (np.arange(columns) + 0.5) / columns * (region[2] - region[0])
    y = region[1] + (np.arange(rows) + 0.5) / rows * (region[3] - region[1])
    grid = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    at = geometry.applied(matrix, grid)
    inside = ((at > 0.004) & (at < 0.996)).all(axis=1)
    return np.asarray(inside.reshape(rows, columns), bool)


# --- boxes --------------------------------------------------------------------------------------


def upright(matrix: FloatArray, box: Box) -> Box:
    """Return where a matrix takes a box, a small turn left out."""
    centre = np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]])
    x, y = geometry.applied(matrix, centre)[0]
    wide = abs(float(matrix[0, 0])) * (box[2] - box[0]) / 2
    high = abs(float(matrix[1, 1])) * (box[3] - box[1]) / 2
    return (float(x - wide), float(y - high), float(x + wide), float(y + high))


def clipped(box: Box) -> Box:
    """Return the part of a box that lies inside the frame."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, value)) for value in box)
    return (x0, y0, x1, y1)


def is_box(box: Box | None) -> bool:
    """Tell whether a box has an area."""
    return box is not None and box[2] > box[0] and box[3] > box[1]


def whole_shared(matrix: FloatArray, query: Box = WHOLE, match: Box = WHOLE) -> Box | None:
    """Return the part of the match's frame that lies in both pictures."""
    seen = upright(geometry.inverse(matrix), query)
    return geometry.intersection(seen, match)
