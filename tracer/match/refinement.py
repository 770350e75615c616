"""A rough transform and two films -> the transform at the moment where both show the same frame.

Features are matched between frames that may lie half a second apart. Where the camera moves, the
transform then carries that motion; here the frame of the match that fits the query's frame best is
looked for nearby, and the transform is fitted anew on it (ECC, Evangelidis and Psarakis 2008).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match import geometry
from tracer.match.strips import Film, resampled
from tracer.model import Box, FloatArray, Transform
from tracer.settings import MatchSettings

_SIDE = 64  # cells of the longer side of the pictures that are fitted


def refine(
    query: Film,
    match: Film,
    transform: Transform,
    region: Box,
    moments: tuple[float, float],
    settings: MatchSettings,
) -> tuple[Transform, float, float]:
    """Return (transform, seconds of the match, correlation) that fit the query's frame best.

    ``moments`` are the seconds (query, match) of the frames that the transform was found on.
    """
    matrix = geometry.matrix_of(transform)
    wide, high = region[2] - region[0], region[3] - region[1]
    aspect = wide * match.pictures.shape[2] / max(1e-6, high * match.pictures.shape[1])
    columns = int(_SIDE * min(1.0, aspect))
    rows = int(_SIDE * min(1.0, 1 / aspect))
    if rows < 12 or columns < 12:
        return transform, moments[1], 0.0
    at = int(np.argmin(np.abs(query.times - moments[0])))
    picture = resampled(query.pictures[at : at + 1], matrix, region, rows, columns)[0]
    near = np.nonzero(np.abs(match.times - moments[1]) <= settings.refine_window)[0]
    unit = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    shown = resampled(match.pictures[near], unit, region, rows, columns)
    best: tuple[float, FloatArray, float] | None = None
    for row, candidate in zip(near, shown, strict=True):
        fitted = _fitted(candidate, picture)
        if fitted is not None and (best is None or fitted[0] > best[0]):
            best = (fitted[0], fitted[1], float(match.times[row]))
    if best is None:
        return transform, moments[1], 0.0
    correlation, warp, time = best
    return _composed(matrix, warp, region, (rows, columns), transform.mirrored), time, correlation


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


def _composed(
    matrix: FloatArray, warp: FloatArray, region: Box, cells: tuple[int, int], mirrored: bool
) -> Transform:
    """Return ``matrix`` with a correction that was found on the cells of ``region``."""
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
