"""Frames over time -> the two pictures of a split screen.

Where two videos stand side by side, one straight line runs through the whole frame. Across it the
picture does not go on; a few pixels to either side it does. A door frame or the corner of a house
is such a line too, but what stands left and right of it is one scene: hardly ever do all of its
rows (or columns) lose their likeness at the very same pixel, and a camera that moves moves the line
as well. Where nothing moves along the line it can't be told from a room, and is not called a seam.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.model import Box
from tracer.settings import LayoutSettings

Pictures = npt.NDArray[np.uint8]  # (f, h, w)
Profile = npt.NDArray[np.float32]

_REACH = 3  # pixels of the miniature between the two columns that are compared: a seam blurs one
_THIRDS = 3
_FRAMES = 40  # about so many are enough: a seam is there in all of them


def panels_of(pictures: Pictures, settings: LayoutSettings) -> tuple[Box, ...]:
    """Return the boxes of the two pictures of a split screen, uint8 (f, h, w); else none."""
    if len(pictures) < settings.moving_frames:
        return ()
    pictures = pictures[:: max(1, len(pictures) // _FRAMES)]
    height, width = pictures.shape[1:]
    beside, side = _seam(pictures, settings)
    above, top = _seam(np.ascontiguousarray(pictures.transpose(0, 2, 1)), settings)
    if side is not None and (top is None or beside >= above):
        at = round(side / width, 4)
        return (0.0, 0.0, at, 1.0), (at, 0.0, 1.0, 1.0)
    if top is not None:
        at = round(top / height, 4)
        return (0.0, 0.0, 1.0, at), (0.0, at, 1.0, 1.0)
    return ()


def _seam(pictures: Pictures, settings: LayoutSettings) -> tuple[float, int | None]:
    """Return (strength, column) of the strongest vertical seam; column None where there is none."""
    width = pictures.shape[2]
    likeness = _likeness(pictures)
    low, high = round(width * settings.seam_side), round(width * (1 - settings.seam_side))
    best: tuple[float, int | None] = (0.0, None)
    for at in range(max(low, 2 * _REACH), min(high, width - 2 * _REACH)):
        across = float(likeness[at - _REACH // 2 - 1])  # from left of the seam to right of it
        sides = likeness[at - 2 * _REACH], likeness[min(at + 1, len(likeness) - 1)]
        drop = min(float(sides[0]), float(sides[1])) - across
        if across > settings.seam_across or drop < settings.seam_drop or drop <= best[0]:
            continue
        if _all_along(pictures, at, settings) and _moves_beside(pictures, at, settings):
            best = (drop, at)
    return best


def _likeness(pictures: Pictures) -> Profile:
    """Return (w - reach,): correlation of each column with the one ``_REACH`` further right.

    The median over the frames: a seam is there in all of them.
    """
    columns = pictures.astype(np.float32)
    columns -= columns.mean(axis=1, keepdims=True)
    # A flat column has no likeness with anything: its deviation is held above compression noise.
    deviation = np.maximum(columns.std(axis=1), 4.0)
    product = (columns[:, :, :-_REACH] * columns[:, :, _REACH:]).mean(axis=1)
    correlation = product / (deviation[:, :-_REACH] * deviation[:, _REACH:])
    likeness: Profile = np.median(correlation, axis=0).astype(np.float32)
    return likeness


def _all_along(pictures: Pictures, at: int, settings: LayoutSettings) -> bool:
    """Tell whether every third of a seam's length is one, and not only an object's edge."""
    sample = pictures[:, :, at - 2 * _REACH : at + 2 * _REACH].astype(np.float32)
    far = np.abs(sample[:, :, _REACH:] - sample[:, :, :-_REACH]).mean(axis=0)  # (h, 3 * reach)
    across = far[:, _REACH : 2 * _REACH].max(axis=1)
    beside = np.maximum(far[:, 0], far[:, -1])
    parts = zip(np.array_split(across, _THIRDS), np.array_split(beside, _THIRDS), strict=True)
    return all(
        float(over.mean()) >= settings.seam_ratio * max(1.0, float(near.mean()))
        for over, near in parts
    )


def _moves_beside(pictures: Pictures, at: int, settings: LayoutSettings) -> bool:
    """Tell whether the picture changes along much of a seam, on one side of it at least."""
    left, right = pictures[:, :, at - _REACH], pictures[:, :, at + _REACH - 1]
    moving = [(side.std(axis=0) >= settings.seam_moving).mean() for side in (left, right)]
    return float(max(moving)) >= settings.seam_moves
