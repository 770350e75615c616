"""A rough transform -> the plain ones that are meant by it.

People scale, crop, centre and letterbox; they hardly ever shear, and rarely turn. A transform
fitted on frames half a second apart carries the camera's motion as a little turn, shear and shift.
The plain transforms near it are tried as well, and what moves decides which one is right.
"""

from __future__ import annotations

import numpy as np

from tracer.match import geometry
from tracer.model import FloatArray, Transform
from tracer.settings import MatchSettings


def snapped(
    transform: Transform, aspects: tuple[float, float], settings: MatchSettings
) -> list[Transform]:
    """Return plain transforms near a rough one, the plainest last; ``aspects`` (query, match)."""
    matrix = geometry.matrix_of(transform)
    # In pixels of a frame one high, so that a turn is a turn.
    query, match = np.array([aspects[0], 1.0]), np.array([aspects[1], 1.0])
    pixels = matrix[:, :2] * query[:, None] / match[None, :]
    across = float(np.hypot(pixels[0, 0], pixels[1, 0]))
    down = float(np.hypot(pixels[0, 1], pixels[1, 1]))
    turn = abs(float(np.degrees(np.arctan2(pixels[1, 0], pixels[0, 0] * _sign(matrix)))))
    if turn > settings.snap_turn:
        return []
    centre = geometry.applied(matrix, np.array([[0.5, 0.5]]))[0]
    upright = _upright(across, down, centre, aspects, transform.mirrored)
    found = [upright]
    if max(across, down) / min(across, down) <= settings.snap_squeeze:
        scale = float(np.sqrt(across * down))
        found.append(_upright(scale, scale, centre, aspects, transform.mirrored))
        plain = _plain(scale, centre, aspects, transform.mirrored, settings)
        if plain is not None:
            found.append(plain)
    return found


def _sign(matrix: FloatArray) -> float:
    """Return -1 for a mirrored matrix, else 1."""
    return 1.0 if np.linalg.det(matrix[:, :2]) > 0 else -1.0


def _upright(
    across: float,
    down: float,
    centre: FloatArray,
    aspects: tuple[float, float],
    mirrored: bool,
) -> Transform:
    """Return the transform without turn that takes the match's middle to ``centre``."""
    x = across * aspects[1] / aspects[0]
    return Transform(
        (x, 0.0, float(centre[0]) - 0.5 * x, 0.0, down, float(centre[1]) - 0.5 * down), mirrored
    )


def _plain(
    scale: float,
    centre: FloatArray,
    aspects: tuple[float, float],
    mirrored: bool,
    settings: MatchSettings,
) -> Transform | None:
    """Return the transform that fills a side, or is centred, if that is near; else None."""
    x, y = scale * aspects[1] / aspects[0], scale
    best = scale
    for side in (x, y):
        if abs(side - 1.0) <= settings.snap_fill:
            best = scale / side  # this side of the match fills the query's
            break
    x, y = best * aspects[1] / aspects[0], best
    place = []
    for size, middle in ((x, float(centre[0])), (y, float(centre[1]))):
        filled = abs(size - 1.0) < 1e-6
        near = abs(middle - 0.5) <= settings.snap_centre
        place.append(0.5 if near and (filled or size < 1.0) else middle)
    if best == scale and place == [float(centre[0]), float(centre[1])]:
        return None
    return _upright(best, best, np.array(place), aspects, mirrored)
