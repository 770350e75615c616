"""A match and two films -> the moments that both show, on one grid.

A match's transform is good enough to tell that two pictures are the same, not to tell what differs
in them: a shift of one cell already looks like lettering along every edge. So it is fitted once
more, on several moments, before anything is compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.medians import median_over
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


# --- the transform, fitted once more ------------------------------------------------------------


def refined(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    region: Box,
    settings: CompareSettings,
) -> Transform:
    """Return the transform fitted to several moments at the films' own grain.

    Each moment is fitted apart and the median is taken: what was put on, and frames between which
    something moved, spoil a few of them and not the rest.
    """
    pair = register(query, other, moments.spread(settings.fit_moments), transform, region, settings)
    if pair is None:
        return transform
    rows, columns = pair.shown.shape
    mask = cv2.erode(_fitting(pair).astype(np.uint8), np.ones((3, 3), np.uint8))
    warps: list[FloatArray] = []
    for q, m in zip(pair.query, pair.match, strict=True):
        warp = _fitted(m, q, mask.astype(np.uint8), settings)
        if warp is not None:
            warps.append(warp)
    if len(warps) < min(2, len(pair.query)):
        return transform
    warp = np.median(np.stack(warps), axis=0)
    return _corrected(transform, warp, region, rows, columns)


def _fitting(pair: Registered) -> Mask:
    """Return the cells to fit on: those that look alike already, if that leaves enough of them."""
    apart = median_over(np.abs(pair.query - pair.match))
    near = pair.shown & (apart <= 2.0 * float(np.median(apart)) + 8.0)
    return near if near.mean() > 0.4 else pair.shown


def _fitted(
    template: Cells, picture: Cells, mask: npt.NDArray[np.uint8], settings: CompareSettings
) -> FloatArray | None:
    """Return the 2 x 3 warp from the match's cells to the query's; None where nothing fits."""
    warp = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    ends = cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT
    criteria = (ends, settings.fit_rounds, settings.fit_gain)
    try:
        value, found = cv2.findTransformECC(
            template, picture, warp, cv2.MOTION_AFFINE, criteria, mask, 5
        )
    except cv2.error:  # the two have nothing in common, or one is flat: no fit is the answer
        return None
    moved = np.asarray(found, np.float64) - np.array([[1, 0, 0], [0, 1, 0]])
    far = np.abs(moved[:, 2]).max() > settings.fit_shift * max(template.shape)
    sheared = abs(moved[0, 1] + moved[1, 0]) > settings.fit_shear
    if far or sheared or np.abs(moved[:, :2]).max() > settings.fit_linear:
        return None
    if value < settings.fit_correlation:
        return None
    return np.asarray(found, np.float64)


def _corrected(
    transform: Transform, warp: FloatArray, region: Box, rows: int, columns: int
) -> Transform:
    """Return the transform with a correction that was found on the cells of ``region``."""
    size = np.array([columns, rows], np.float64)
    low = np.array(region[:2])
    span = np.array([region[2] - region[0], region[3] - region[1]])
    linear = warp[:, :2] * (span[:, None] / size[:, None]) * (size[None, :] / span[None, :])
    offset = low + span * (warp[:, 2] + 0.5) / size - linear @ (low + 0.5 * span / size)
    matrix = geometry.matrix_of(transform)
    whole = np.c_[matrix[:, :2] @ linear, matrix[:, :2] @ offset + matrix[:, 2]]
    a, b, tx, c, d, ty = (float(value) for value in whole.reshape(-1))
    if transform.mirrored:
        return Transform((-a, b, a + tx, -c, d, c + ty), mirrored=True)
    return Transform((a, b, tx, c, d, ty))


def plainest(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    settings: CompareSettings,
) -> Transform:
    """Return the transform that changes nothing where it does as well as one that hardly does.

    Of a dark or quiet picture a fit may be a few hundredths off; people rarely crop by so little.
    """
    plain = Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0), transform.mirrored)
    off = np.abs(np.array(transform.matrix) - np.array(plain.matrix)).max()
    if off > settings.plain_off or off == 0.0:
        return transform
    before = _error(query, other, moments, transform, settings)
    after = _error(query, other, moments, plain, settings)
    return plain if after <= settings.plain_gain * before else transform


def _error(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    settings: CompareSettings,
    share: float = 0.6,
) -> float:
    """Return the difference under a transform up to which a share of the cells differ.

    What was put on is left out. Infinite where they share too little.
    """
    region = whole_shared(geometry.matrix_of(transform))
    some = moments.spread(settings.fit_moments)
    pair = register(query, other, some, transform, region, settings) if region else None
    if pair is None or not pair.shown.any():
        return math.inf
    near = np.abs(pair.query - pair.match).mean(axis=0)
    return float(np.quantile(near[pair.shown], share))


def straightened(
    query: Film, other: Film, moments: Moments, transform: Transform, settings: CompareSettings
) -> Transform:
    """Return the transform without turn and squeeze where it does as well without them.

    A fit on a small or quiet picture turns by a degree or two and squeezes by some hundredths, and
    every border that it places is off by as much; people do that to few pictures, and then it
    shows: the same without it differs far more.
    """
    shapes = tuple(film.pictures.shape[2] / film.pictures.shape[1] for film in (query, other))
    found = _as_it_is(transform, shapes[0] / shapes[1])
    if found is None:
        return transform
    across, down = found
    if not settings.straight_off < _skew(transform, across, down) < settings.straight_most:
        return transform
    # The likeliest scale first: each start costs ten fits.
    for scale in dict.fromkeys((across, (across * down) ** 0.5, down)):
        one = _upright_near(query, other, moments, transform, scale, settings)
        if one is not None and _as_near(query, other, moments, one, transform, settings):
            return one
    return transform


def _upright_near(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    scale: float,
    settings: CompareSettings,
) -> Transform | None:
    """Return the better of two fits without turn and squeeze, begun at one scale."""
    shape = (query.pictures.shape[2] / query.pictures.shape[1]) / (
        other.pictures.shape[2] / other.pictures.shape[1]
    )
    one = _with_scale(transform, scale, shape)
    few = moments.spread(settings.straight_moments)  # only a scale is taken from each fit
    tried = []
    for _ in range(2):
        region = whole_shared(geometry.matrix_of(one))
        if region is None:
            break
        fitted = refined(query, other, few, one, region, settings)
        sizes = _as_it_is(fitted, shape)
        if sizes is None:
            break
        one = _with_scale(fitted, (sizes[0] * sizes[1]) ** 0.5, shape)
        tried.append((_error(query, other, moments, one, settings), one))
    return min(tried, key=lambda one: one[0])[1] if tried else None


def _as_near(
    query: Film,
    other: Film,
    moments: Moments,
    one: Transform,
    transform: Transform,
    settings: CompareSettings,
) -> bool:
    """Tell whether both videos differ as little under one transform as under another."""
    # Of a quiet picture a turn shows only along its few edges.
    return all(
        _error(query, other, moments, one, settings, share)
        <= settings.plain_gain * _error(query, other, moments, transform, settings, share)
        for share in (0.6, 0.9)
    )


def _as_it_is(transform: Transform, shape: float) -> tuple[float, float] | None:
    """Return (across, down): the picture's scale in heights of the frames; None for a flat one."""
    a, _, _, _, d, _ = transform.matrix
    return (a * shape, d) if a > 0.0 and d > 0.0 else None


def _skew(transform: Transform, across: float, down: float) -> float:
    """Return the turn or squeeze of a transform, whichever is larger, relative to its scale."""
    _, b, _, c, _, _ = transform.matrix
    return max(abs(b) / across, abs(c) / down, abs(math.log(across / down)))


def _with_scale(transform: Transform, scale: float, shape: float) -> Transform:
    """Return the upright transform of one scale that leaves the middle of what is shared."""
    plain = Transform(transform.matrix)  # the flip is done before it and keeps the middle
    region = whole_shared(geometry.matrix_of(plain)) or WHOLE
    x, y = (region[0] + region[2]) / 2, (region[1] + region[3]) / 2
    a, b, tx, c, d, ty = transform.matrix
    wide = scale / shape
    at = (a * x + b * y + tx, c * x + d * y + ty)
    matrix = (wide, 0.0, at[0] - wide * x, 0.0, scale, at[1] - scale * y)
    return Transform(matrix, transform.mirrored)


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
