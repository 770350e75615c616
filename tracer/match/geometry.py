"""Transforms between the frames of two videos, in frame fractions."""

from __future__ import annotations

import numpy as np

from tracer.model import Box, FloatArray, Transform


def matrix_of(transform: Transform) -> FloatArray:
    """Return the whole transform, match to query, as one 2 x 3 matrix (the flip included)."""
    a, b, tx, c, d, ty = transform.matrix
    if transform.mirrored:  # x becomes 1 - x before the matrix
        a, tx = -a, a + tx
        c, ty = -c, c + ty
    return np.array([[a, b, tx], [c, d, ty]], np.float64)


def from_mirrored_query(matrix: tuple[float, float, float, float, float, float]) -> Transform:
    """Return the transform to a query from the one to the query's mirror image."""
    a, b, tx, c, d, ty = matrix
    return Transform((a, -b, 1.0 - a - tx, -c, d, c + ty), mirrored=True)


def applied(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Return points (n, 2) taken through a 2 x 3 matrix."""
    moved: FloatArray = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def inverse(matrix: FloatArray) -> FloatArray:
    """Return the 2 x 3 matrix that undoes another."""
    linear = np.linalg.inv(matrix[:, :2])
    undone: FloatArray = np.c_[linear, -linear @ matrix[:, 2]]
    return undone


def inverse_transform(transform: Transform) -> Transform:
    """Return the transform from query to match."""
    m = inverse(matrix_of(transform))
    a, b, tx, c, d, ty = (float(value) for value in m.reshape(-1))
    if not transform.mirrored:
        return Transform((a, b, tx, c, d, ty))
    return Transform((-a, b, a + tx, -c, d, c + ty), mirrored=True)


def bounds_of(matrix: FloatArray, box: Box) -> Box:
    """Return the upright box around where a matrix takes a box, not clipped to the frame."""
    x0, y0, x1, y1 = box
    corners = applied(matrix, np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1]]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def intersection(a: Box, b: Box) -> Box | None:
    """Return the box that two boxes share, or None."""
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def area(box: Box | None) -> float:
    """Return a box's share of the frame."""
    return 0.0 if box is None else (box[2] - box[0]) * (box[3] - box[1])


def between_boxes(match: Box, query: Box, *, mirrored: bool) -> Transform:
    """Return the transform that lays one box over another without turning it."""
    across = (query[2] - query[0]) / (match[2] - match[0])
    down = (query[3] - query[1]) / (match[3] - match[1])
    left = 1.0 - match[2] if mirrored else match[0]  # the flip comes first
    return Transform(
        (across, 0.0, query[0] - across * left, 0.0, down, query[1] - down * match[1]), mirrored
    )
