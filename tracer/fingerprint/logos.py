"""Frames over time -> the logos laid over them: sharp and unmoving while the rest moves."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tracer.model import Box
from tracer.settings import LayoutSettings

Pictures = npt.NDArray[np.uint8]  # (f, h, w)

_EVERY = 4  # of the frames, one that the usual steepness is taken from
_THINNEST = 4  # pixels; a thinner line is the border of a bar


def logos_of(pictures: Pictures, settings: LayoutSettings) -> tuple[Box, ...]:
    """Return boxes of what is sharp and unmoving while the rest of the picture moves: logos.

    The mean over time of a moving picture is soft; a logo's edges are as sharp in it as in every
    frame. Before a fixed camera the whole room is: then nothing can be told, and nothing is.
    """
    if len(pictures) < settings.moving_frames:
        return ()
    sample = pictures.astype(np.float32)
    deviation = sample.std(axis=0)
    if float((deviation >= settings.logo_moving).mean()) < settings.logo_rest:
        return ()
    lasting = _steepness(sample.mean(axis=0))
    usual = np.mean([_steepness(picture) for picture in sample[::_EVERY]], axis=0)
    sharp = (lasting >= settings.logo_edge) & (lasting >= settings.logo_lasting * usual)
    sharp &= deviation <= settings.logo_still
    joined = cv2.morphologyEx(sharp.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(joined, np.uint8))
    height, width = sharp.shape
    boxes = [
        _boxed(x - 1, y - 1, x + w + 1, y + h + 1, width, height)
        for x, y, w, h, area in stats[1:count].tolist()
        if area >= settings.logo_filled * w * h
        and min(w, h) >= _THINNEST
        and _may_be_a_logo(x / width, y / height, w / width, h / height, settings)
    ]
    return tuple(sorted(boxes)) if len(boxes) <= settings.logo_together else ()


def _may_be_a_logo(x: float, y: float, wide: float, high: float, settings: LayoutSettings) -> bool:
    """Tell whether a box of frame fractions is as large as a logo and near an edge of the frame."""
    off = max(abs(x + wide / 2 - 0.5), abs(y + high / 2 - 0.5))
    if off < 0.5 - settings.logo_border or max(wide, high) > settings.logo_longest:
        return False
    return settings.logo_least <= wide * high <= settings.logo_most


def _steepness(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return (h, w): the larger of the steps to the right and down, in grey levels."""
    steep = np.zeros_like(picture)
    steep[:, :-1] = np.abs(np.diff(picture, axis=1))
    steep[:-1] = np.maximum(steep[:-1], np.abs(np.diff(picture, axis=0)))
    return steep


def _boxed(x0: int, y0: int, x1: int, y1: int, width: int, height: int) -> Box:
    return (
        round(max(0, x0) / width, 4),
        round(max(0, y0) / height, 4),
        round(min(width, x1) / width, 4),
        round(min(height, y1) / height, 4),
    )
