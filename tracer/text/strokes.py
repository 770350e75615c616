"""Are these the same letters? Two cut-outs of one place, compared by their strokes.

A gradient field tells letters apart whatever moves behind them: over the strokes of the one, how
well does the other's field agree, in direction and in place?
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.settings import TextSettings

Gray = npt.NDArray[np.uint8]
Pixels = tuple[int, int, int, int]  # x0, y0, x1, y1

_STRONG = 0.3  # of the strongest tenth of the gradients: what makes a stroke
_FLAT = 8.0  # grey levels of gradient below which nothing is written


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The gradient field of a cut-out, of a fixed height."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]  # where strokes are
    strength: float  # of the field over the mask


def cut(picture: Gray, box: Pixels) -> Gray:
    """Return a view of a place of the picture."""
    return picture[box[1] : box[3], box[0] : box[2]]


def strokes_of(place: Gray, settings: TextSettings) -> Strokes:
    """Return the strokes of a cut-out."""
    x, y = _field(place, settings)
    size = np.sqrt(x * x + y * y)
    mask = size >= max(_FLAT, _STRONG * float(np.percentile(size, 90)))
    return Strokes(x, y, mask, float(np.sqrt((size[mask] ** 2).sum())))


def likeness(known: Strokes, place: Gray, settings: TextSettings) -> float:
    """Return the cosine of two gradient fields over the known strokes; 0 where they have faded."""
    if known.strength <= 0:
        return 0.0
    x, y = _field(place, settings)
    there_x, there_y = x[known.mask], y[known.mask]
    strength = float(np.sqrt((there_x**2 + there_y**2).sum()))
    if strength < settings.fainter * known.strength:
        return 0.0
    agree = float((there_x * known.x[known.mask] + there_y * known.y[known.mask]).sum())
    return agree / (strength * known.strength)


def beside(
    picture: Gray, pattern: Gray, box: Pixels, settings: TextSettings
) -> tuple[int, int] | None:
    """Return by how many pixels letters have moved, or None where they are not near."""
    height, width = box[3] - box[1], box[2] - box[0]
    middle = min(width, 6 * height)
    left = (width - middle) // 2
    sought = pattern[:, left : left + middle]
    reach_x, reach_y = 2 * height, height
    x0, y0 = max(0, box[0] + left - reach_x), max(0, box[1] - reach_y)
    x1 = min(picture.shape[1], box[0] + left + middle + reach_x)
    y1 = min(picture.shape[0], box[3] + reach_y)
    area = picture[y0:y1, x0:x1]
    scale = min(1.0, settings.rows / height)
    if scale < 1.0:
        area, sought = (_scaled(one, scale) for one in (area, sought))
    if area.shape[0] < sought.shape[0] or area.shape[1] < sought.shape[1]:
        return None
    if float(sought.std()) < _FLAT:
        return None
    alike = cv2.matchTemplate(area, sought, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(alike)
    if best < settings.moved:
        return None
    return (
        round(at[0] / scale) + x0 - (box[0] + left),
        round(at[1] / scale) + y0 - box[1],
    )


def close_around(place: Gray) -> Pixels:
    """Return the rows and columns of a cut-out that letters take, with a small margin."""
    height, width = place.shape
    x = np.abs(cv2.Sobel(place, cv2.CV_32F, 1, 0))
    rows = x.mean(axis=1)
    busy = np.nonzero(rows >= 0.3 * rows.max())[0]
    if rows.max() < 1.0 or len(busy) < 4:
        return (0, 0, width, height)
    margin = max(1, round(0.12 * (busy[-1] - busy[0])))
    y0, y1 = max(0, int(busy[0]) - margin), min(height, int(busy[-1]) + 1 + margin)
    columns = x[y0:y1].max(axis=0)
    busy = np.nonzero(columns >= 0.3 * columns.max())[0]
    margin = max(2, (y1 - y0) // 4)
    return (max(0, int(busy[0]) - margin), y0, min(width, int(busy[-1]) + 1 + margin), y1)


def _scaled(picture: Gray, scale: float) -> Gray:
    scaled = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)


def _field(
    place: Gray, settings: TextSettings
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    height, width = place.shape
    size = (max(4, round(width * settings.rows / max(1, height))), settings.rows)
    scaled = cv2.resize(place, size, interpolation=cv2.INTER_AREA)
    x = cv2.Sobel(scaled, cv2.CV_32F, 1, 0)
    y = cv2.Sobel(scaled, cv2.CV_32F, 0, 1)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)
