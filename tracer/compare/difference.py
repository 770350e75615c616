"""A match -> pictures of what differs: both sides registered, with boxes, for the report.

From the stored films alone they are small and grey; with the media at hand they are the frames
themselves, in colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.differing import Differing
from tracer.compare.edits import compare
from tracer.compare.lettering import places
from tracer.compare.registered import Registered
from tracer.errors import MediaError
from tracer.match.strips import Film
from tracer.media.frames import pictures_at
from tracer.model import Box, FloatArray, Match
from tracer.settings import Settings

Picture = npt.NDArray[np.uint8]  # (h, w), or (h, w, 3) BGR where the media are at hand


@dataclass(frozen=True, slots=True, eq=False)
class DifferencePicture:
    """One moment of a match: what both show there, laid over each other, and where they differ."""

    query_time: float  # seconds
    match_time: float
    query: Picture
    match: Picture
    differs: npt.NDArray[np.uint8]  # (h, w): 0 where alike, the brighter the more they differ
    boxes: tuple[Box, ...]  # of what differs, fractions of the pictures here


def difference_pictures(
    match: Match,
    films: tuple[Film, Film],
    settings: Settings,
    paths: tuple[Path | None, Path | None] = (None, None),
    most: int = 3,
) -> list[DifferencePicture]:
    """Return up to ``most`` moments in which the two differ most, by time.

    None where they share too little picture to be laid over each other.
    """
    compared = compare(match, films, settings)
    if compared is None or compared.pair is None or compared.differs is None:
        return []
    pair, differs, mine = compared.pair, compared.differs, settings.compare
    boxes = tuple(one.box for one in places(pair, differs, mine))
    chosen = _telling(differs, boxes, most)
    times = (
        pair.moments.times[chosen].tolist(),
        films[1].times[pair.moments.match[chosen]].tolist(),
    )
    size = _size(pair, mine.picture_side)
    sides = (
        _large(paths[0], times[0], pair.matrix, pair.region, size) or list(pair.query[chosen]),
        _large(paths[1], times[1], _UNIT, pair.region, size) or list(pair.match[chosen]),
    )
    out = differs.query_out[chosen] + differs.match_out[chosen]
    return [
        DifferencePicture(
            query_time=times[0][i],
            match_time=times[1][i],
            query=_scaled(sides[0][i], size),
            match=_scaled(sides[1][i], size),
            differs=_scaled(np.minimum(out[i] * 3.0, 255.0), size),
            boxes=boxes,
        )
        for i in range(len(chosen))
    ]


_UNIT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def _telling(differs: Differing, boxes: tuple[Box, ...], most: int) -> list[int]:
    """Return the moments that differ most inside the boxes, one of each stretch of the video."""
    rows, columns = differs.error.shape
    inside = np.zeros((rows, columns), bool)
    for x0, y0, x1, y1 in boxes:
        inside[int(y0 * rows) : int(y1 * rows) + 1, int(x0 * columns) : int(x1 * columns) + 1] = (
            True
        )
    where = inside if inside.any() else np.ones_like(inside)
    amount = (differs.query_out + differs.match_out)[:, where].sum(axis=1)
    parts = np.array_split(np.arange(len(amount)), min(most, len(amount)))
    return [int(part[np.argmax(amount[part])]) for part in parts if len(part)]


def _size(pair: Registered, side: int) -> tuple[int, int]:
    """Return (width, height) in pixels of the pictures."""
    rows, columns = pair.shown.shape
    scale = side / max(rows, columns)
    return max(1, round(columns * scale)), max(1, round(rows * scale))


def _large(
    path: Path | None, times: list[float], matrix: FloatArray, region: Box, size: tuple[int, int]
) -> list[Picture] | None:
    """Return the region from the frames themselves; None where the media are not at hand."""
    if path is None:
        return None
    try:
        frames = pictures_at(path, times, max_side=2 * max(size))
    except MediaError:
        return None
    across, down = (region[2] - region[0]) / size[0], (region[3] - region[1]) / size[1]
    to_frame = np.array([[across, 0.0, region[0]], [0.0, down, region[1]]])
    out: list[Picture] = []
    for frame in frames:
        height, width = frame.shape[:2]
        linear = matrix[:, :2] @ to_frame[:, :2]
        shift = matrix[:, :2] @ to_frame[:, 2] + matrix[:, 2]
        pixels = np.c_[linear, shift] * np.array([[width], [height]])
        warped = cv2.warpAffine(frame, pixels, size, flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP)
        out.append(np.asarray(warped, np.uint8))
    return out


def _scaled(picture: npt.NDArray[np.generic], size: tuple[int, int]) -> Picture:
    whole = np.clip(np.asarray(picture, np.float32), 0, 255).astype(np.uint8)
    if (whole.shape[1], whole.shape[0]) == size:
        return whole
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), np.uint8)
