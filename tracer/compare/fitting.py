"""A match's transform, fitted once more on the moments that both films show.

Each fit is one of many ways to lay one picture over the other, and of a dark or quiet picture a bad
one: it is kept where the pictures differ less under it, and the plain one wherever it does as well.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.medians import median_over
from tracer.compare.registered import Cells, Mask, Moments, Registered, register, whole_shared
from tracer.match import geometry
from tracer.match.refinement import composed
from tracer.match.strips import Film
from tracer.model import WHOLE, Box, FloatArray, Transform
from tracer.settings import CompareSettings


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
    matrix = geometry.matrix_of(transform)
    return composed(matrix, warp, region, (rows, columns), mirrored=transform.mirrored)


def nearer(
    query: Film,
    other: Film,
    moments: Moments,
    transform: Transform,
    fitted: Transform,
    settings: CompareSettings,
) -> Transform:
    """Return a fit unless the pictures differ more under it than before.

    Of a still scene in which little moves a fit wanders off, and only the few edges tell; of half a
    split screen the other half differs most, and only the rest tells.
    """
    if fitted == transform:
        return transform
    worse = 1.0
    for share in (0.6, 0.9):
        before = _error(query, other, moments, transform, settings, share)
        after = _error(query, other, moments, fitted, settings, share)
        worse *= after / before if before > 0.0 else 1.0
    return fitted if worse <= settings.fit_worse else transform


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
