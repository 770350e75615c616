"""What stands around the shared picture in one video's frame.

Bars, a blurred or still background and another video were put there; the scene itself going on
means that the *other* video was cropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match.strips import Pictures
from tracer.model import Box
from tracer.settings import CompareSettings

Kind = Literal["nothing", "bars", "still", "soft", "foreign", "scene"]


@dataclass(frozen=True, slots=True)
class Surround:
    """What stands around a box, and the numbers that said so."""

    kind: Kind
    flat: float = 0.0  # share of the surround that is one colour
    moving: float = 0.0  # share of it that moves
    detail: float = 0.0  # its fine detail, relative to the picture's
    seam: float = 0.0  # grey levels of the step along the picture's border
    beside: float = 0.0  # the same for lines beside it


def surround_of(pictures: Pictures, box: Box, layout: str, settings: CompareSettings) -> Surround:
    """Say what stands around ``box`` in frames of one video, uint8 (f, h, w).

    ``layout`` is what the video's own layout says of what stands there.
    """
    height, width = pictures.shape[1:]
    x0, x1 = round(box[0] * width), round(box[2] * width)
    y0, y1 = round(box[1] * height), round(box[3] * height)
    outside = np.ones((height, width), bool)
    # The border itself is a mixture of both after scaling: two pixels of it belong to neither.
    outside[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = False
    inside = np.zeros((height, width), bool)
    inside[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] = True
    least = settings.margin_least * height * width / 2
    if outside.sum() < max(8.0, least) or not inside.any():
        return Surround("nothing")
    sample = pictures.astype(np.float32)
    flat = flat_share(sample, outside, settings)
    moving = float((sample.std(axis=0)[outside] > settings.moving_deviation).mean())
    detail = _detail(sample, outside) / max(0.3, _detail(sample, inside))
    seam, beside = seam_of(sample, (x0, y0, x1, y1))
    parted = _parted(sample, (x0, y0, x1, y1), settings)
    inner = float((sample.std(axis=0)[inside] > settings.moving_deviation).mean())
    still = moving <= settings.still_share and inner >= 3.0 * moving + settings.still_gap
    kind: Kind = "scene"
    # Of a dark picture bars have no visible border; then they lie alike on opposite sides.
    dark = float(np.median(sample[:, outside])) <= settings.bars_dark
    even = dark and max(abs(box[0] + box[2] - 1.0), abs(box[1] + box[3] - 1.0)) <= settings.bar_snap
    plain = flat >= settings.bars_share and moving <= settings.bars_moving
    # An app's page: one colour but for a few letters and buttons, and a dark film on a dark one has
    # a faint border.
    page = flat >= settings.page_share and moving <= settings.page_moving
    faint = seam >= settings.page_seam and seam >= settings.seam_ratio * beside
    if plain and (parted or even or layout == "letterbox"):
        kind = "bars"
    elif (page and (parted or faint)) or (still and (parted or layout in ("letterbox", "inset"))):
        kind = "still"
    elif layout == "reframe" or (parted and detail <= settings.soft_ratio):
        kind = "soft"
    elif parted:
        kind = "foreign"
    return Surround(kind, flat, moving, detail, seam, beside)


def is_parted(pictures: Pictures, box: Box, settings: CompareSettings) -> bool:
    """Tell whether another picture begins at the borders of ``box`` that lie within the frame."""
    height, width = pictures.shape[1:]
    cells = (
        round(box[0] * width),
        round(box[1] * height),
        round(box[2] * width),
        round(box[3] * height),
    )
    return _parted(pictures.astype(np.float32), cells, settings)


def _parted(
    sample: npt.NDArray[np.float32], box: tuple[int, int, int, int], settings: CompareSettings
) -> bool:
    """Tell whether a step runs along a box's border, or what stands there breaks off."""
    seam, beside = seam_of(sample, box)
    if seam < settings.seam_least:
        return False
    drop, across = break_of(sample, box)
    if seam >= settings.seam_ratio * beside:
        # A strong edge of the scene may run there: then what stands beside it goes on across.
        return not settings.unbroken_across <= across < 1.0 or drop > settings.unbroken_drop
    return drop >= settings.broken_drop and across <= settings.broken_across


def flat_share(
    sample: npt.NDArray[np.float32], outside: npt.NDArray[np.bool_], settings: CompareSettings
) -> float:
    """Return the share of what lies in ``outside`` that is its own median colour, at most times."""
    values = sample[:, outside]
    level = float(np.median(values))
    near = np.abs(values - level) <= settings.bars_tolerance
    return float((near.mean(axis=0) >= 0.5).mean())


def _detail(sample: npt.NDArray[np.float32], where: npt.NDArray[np.bool_]) -> float:
    """Return the fine detail, in grey levels: the median over time, passing letters left out."""
    found = []
    for picture in sample:
        second = np.abs(cv2.Laplacian(picture, cv2.CV_32F, ksize=1))
        found.append(float(second[where].mean()))
    return float(np.median(found))


def seam_of(sample: npt.NDArray[np.float32], box: tuple[int, int, int, int]) -> tuple[float, float]:
    """Return (the step along a box's border, along the lines beside it), in grey levels.

    Of its sides within the frame the weakest: an edge of the scene may run along one by chance. Of
    three or four the second weakest, unless the weakest has none at all: it may be dark there.
    """
    height, width = sample.shape[1:]
    x0, y0, x1, y1 = box
    down = np.abs(np.diff(sample, axis=1)).mean(axis=0)  # (h - 1, w)
    across = np.abs(np.diff(sample, axis=2)).mean(axis=0)
    sides = []
    for at, lines, length in (
        (y0, down[:, max(0, x0) : x1], height),
        (y1, down[:, max(0, x0) : x1], height),
        (x0, across[max(0, y0) : y1].T, width),
        (x1, across[max(0, y0) : y1].T, width),
    ):
        if 3 <= at <= length - 4 and lines.shape[1] > 3:
            sides.append(_step(np.median(lines, axis=1), at))
    if not sides:
        return 0.0, 0.0
    ranked = sorted(sides, key=lambda one: one[0] / max(1.0, one[1]))
    weakest = ranked[0]
    if len(ranked) < 3 or weakest[0] < max(1.0, weakest[1]):
        return weakest
    return ranked[1]


def break_of(
    sample: npt.NDArray[np.float32], box: tuple[int, int, int, int]
) -> tuple[float, float]:
    """Return (by how much less than others, how much) lines correlate across a box's border.

    A scene goes on over any line drawn in it: what stands a few pixels to both sides is alike, as
    it is elsewhere in it. Where another picture begins it is not, however busy both are. Of three
    or four sides the second least broken, else the least; (0, 1) where there are none.
    """
    height, width = sample.shape[1:]
    x0, y0, x1, y1 = box
    down = sample[:, :, max(0, x0) : x1].swapaxes(0, 1)  # (h, f, w)
    across = sample[:, max(0, y0) : y1].transpose(2, 0, 1)  # (w, f, h)
    sides = []
    for at, lines, length in (
        (y0, down, height),
        (y1, down, height),
        (x0, across, width),
        (x1, across, width),
    ):
        if not 3 <= at <= length - 4 or lines.shape[2] <= 3:
            continue
        over = _alike(lines, at - _OUTSIDE)
        before = [_alike(lines, one) for one in range(max(0, at - 16), at - 7)]
        after = [_alike(lines, one) for one in range(at + 2, min(length - 6, at + 12))]
        usual = [float(np.median(some)) for some in (before, after) if some]
        if usual:
            sides.append((max(usual) - over, over))
    ranked = sorted(sides)
    if not ranked:
        return 0.0, 1.0
    return ranked[1] if len(ranked) >= 3 else ranked[0]


_OUTSIDE = 3  # pixels before a border; the border itself is a mixture of both after scaling
_APART = 5  # pixels between two lines that are compared


def _alike(lines: npt.NDArray[np.float32], at: int) -> float:
    """Return the correlation of a line and the one some pixels further; 1 where both are flat."""
    a, b = lines[at], lines[at + _APART]
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > _FLAT * a.size else 1.0


_FLAT = 4.0  # grey levels, squared: what deviates less shows nothing to compare


def _step(lines: npt.NDArray[np.float32], at: int) -> tuple[float, float]:
    """Return (the strongest line within two pixels of ``at``, the usual one some pixels away)."""
    near = float(lines[max(0, at - 3) : at + 2].max())
    low, high = max(0, at - 16), min(len(lines), at + 16)
    away = np.r_[lines[low : max(low, at - 4)], lines[min(high, at + 3) : high]]
    return near, float(np.percentile(away, 75)) if len(away) else 0.0
