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
from tracer.compare.lettering import telling
from tracer.compare.places import places
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
    boxes: tuple[Box, ...]  # of letters and marks that differ, fractions of the pictures here


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
    boxes = tuple(one.box for one in telling(places(pair, differs, mine), mine))
    chosen = _telling(pair, differs, boxes, most, mine.picture_contrast)
    at = pair.moments.times[chosen].tolist()
    times = (at, [_in_match(time, match) for time in at])
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


def _in_match(time: float, match: Match) -> float:
    """Return the second of the match that second ``time`` of the query shows.

    The samples of the two films may lie a tenth of a second apart; the files need not.
    """
    for one in match.segments:
        if one.query_start <= time <= one.query_end:
            return max(0.0, one.match_start + one.speed * (time - one.query_start))
    return time


def _telling(
    pair: Registered, differs: Differing, boxes: tuple[Box, ...], most: int, contrast: float
) -> list[int]:
    """Return the moments that show most, one of each stretch of the video.

    What differs inside the boxes counts, its fine detail (letters, and not the empty band under
    them), that the scene can be seen (letters differ most from a black one), and against a moment
    that something moved beside the boxes.
    """
    rows, columns = differs.error.shape
    inside = np.zeros((rows, columns), bool)
    for x0, y0, x1, y1 in boxes:
        inside[int(y0 * rows) : int(y1 * rows) + 1, int(x0 * columns) : int(x1 * columns) + 1] = (
            True
        )
    where = inside if inside.any() else np.ones_like(inside)
    out = differs.query_out + differs.match_out
    amount = out[:, where].mean(axis=1)
    beside = out[:, ~where].mean(axis=1) if not where.all() else np.zeros_like(amount)
    fine = np.array(
        [
            sum(float(np.abs(cv2.Laplacian(one, cv2.CV_32F))[where].sum()) for one in both)
            for both in zip(pair.query, differs.match, strict=True)
        ]
    )
    seen = np.minimum(1.0, differs.match[:, pair.shown].std(axis=1) / contrast)
    shows = amount / max(1e-6, amount.max()) + fine / max(1e-6, fine.max()) + seen
    shows -= np.minimum(1.0, beside / max(1e-6, float(np.median(amount))))
    parts = np.array_split(np.arange(len(shows)), min(most, len(shows)))
    return [int(part[np.argmax(shows[part])]) for part in parts if len(part)]


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
