"""A rough transform and two films -> the transform at the moment where both show the same frame.

Features are matched between frames that may lie half a second apart. Where the camera moves, the
transform then carries that motion; here the frame of the match that fits the query's frame best is
looked for nearby, and the transform is fitted anew on it (ECC, Evangelidis and Psarakis 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Transform
from tracer.settings import MatchSettings

_SIDE = 64  # cells of the longer side of the pictures that are fitted


@dataclass(frozen=True, slots=True)
class Fit:
    """A transform fitted on one pair of frames."""

    transform: Transform
    correlation: float


def refine(
    query: Film,
    match: Film,
    transform: Transform,
    region: Box,
    moments: tuple[float, float],
    settings: MatchSettings,
) -> Fit | None:
    """Fit on the query's frame and the match's frame near by that fits it best.

    ``moments`` are the seconds (query, match) of the frames that the transform was found on.
    """
    at = int(np.argmin(np.abs(query.times - moments[0])))
    near = np.nonzero(np.abs(match.times - moments[1]) <= settings.refine_window)[0]
    rows = [(at, int(row)) for row in near]
    return _best_fit(query, match, transform, region, rows, _SIDE)


def refine_along(
    query: Film,
    match: Film,
    transform: Transform,
    region: Box,
    pairs: Sequence[tuple[float, float]],
    settings: MatchSettings,
    *,
    side: int = _SIDE,
) -> Transform | None:
    """Fit at several moments, (query, match) seconds, of a known line; return the middle of them.

    ``side``: cells of the longer side of the pictures that are fitted.

    Each frame of the match is compared with the query's frames of that moment, which are sampled
    more finely: what is left of the camera's motion is small, and the median takes it out.
    """
    fits = []
    for at_query, at_match in pairs:
        row = int(np.argmin(np.abs(match.times - at_match)))
        near = np.nonzero(np.abs(query.times - at_query) <= settings.refine_close)[0]
        found = _best_fit(query, match, transform, region, [(int(one), row) for one in near], side)
        if found is not None and found.correlation >= settings.refine_floor:
            fits.append(found)
    if not fits:
        return None
    middle = np.median([fit.transform.matrix for fit in fits], axis=0)
    a, b, tx, c, d, ty = (float(value) for value in middle)
    return Transform((a, b, tx, c, d, ty), transform.mirrored)


def _best_fit(
    query: Film,
    match: Film,
    transform: Transform,
    region: Box,
    rows: Sequence[tuple[int, int]],
    side: int = _SIDE,
) -> Fit | None:
    """Return the fit of the pair of rows that correlates best."""
    matrix = geometry.matrix_of(transform)
    wide, high = region[2] - region[0], region[3] - region[1]
    aspect = wide * match.pictures.shape[2] / max(1e-6, high * match.pictures.shape[1])
    columns, lines = int(side * min(1.0, aspect)), int(side * min(1.0, 1 / aspect))
    if lines < 12 or columns < 12:
        return None
    unit = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    best: tuple[float, FloatArray] | None = None
    for at_query, at_match in rows:
        mine = query.pictures[at_query : at_query + 1]
        theirs = match.pictures[at_match : at_match + 1]
        picture = resampled(mine, matrix, region, lines, columns)[0]
        template = resampled(theirs, unit, region, lines, columns)[0]
        fitted = _fitted(template, picture)
        if fitted is not None and (best is None or fitted[0] > best[0]):
            best = fitted
    if best is None:
        return None
    correlation, warp = best
    laid = composed(matrix, warp, region, (lines, columns), mirrored=transform.mirrored)
    return Fit(laid, correlation)


def _fitted(
    template: npt.NDArray[np.float32], picture: npt.NDArray[np.float32]
) -> tuple[float, FloatArray] | None:
    """Return (correlation, 2 x 3 warp from the template's cells to the picture's)."""
    warp = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-4)
    try:
        value, found = cv2.findTransformECC(
            template, picture, warp, cv2.MOTION_AFFINE, criteria, _everywhere(template), 5
        )
    except cv2.error:  # the two have nothing in common, or one is flat: no fit is the answer
        return None
    return float(value), np.asarray(found, np.float64)


def _everywhere(template: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.full(template.shape, 255, np.uint8)


def composed(
    matrix: FloatArray, warp: FloatArray, region: Box, cells: tuple[int, int], *, mirrored: bool
) -> Transform:
    """Return ``matrix`` with a correction that was found on the cells of ``region``.

    ``warp`` (2 x 3) takes a cell of the match to the query's, ``cells`` are (rows, columns).
    """
    rows, columns = cells
    size = np.array([columns, rows], np.float64)
    low = np.array(region[:2])
    span = np.array([region[2] - region[0], region[3] - region[1]])
    # cell -> frame fraction: low + span * (cell + 0.5) / size
    linear = warp[:, :2] * (span[:, None] / size[:, None]) * (size[None, :] / span[None, :])
    offset = low + span * (warp[:, 2] + 0.5) / size - linear @ (low + 0.5 * span / size)
    correction = np.c_[linear, offset]
    # `warp` takes a cell of the template to the cell of the picture that shows the same; both were
    # sampled through `matrix`, so the correction is applied in the match's frame, before it.
    whole = np.c_[
        matrix[:, :2] @ correction[:, :2], matrix[:, :2] @ correction[:, 2] + matrix[:, 2]
    ]
    a, b, tx, c, d, ty = (float(value) for value in whole.reshape(-1))
    if mirrored:
        return Transform((-a, b, a + tx, -c, d, c + ty), mirrored=True)
    return Transform((a, b, tx, c, d, ty))
