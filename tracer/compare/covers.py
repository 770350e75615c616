"""Registered pictures -> covers: rectangles of one unmoving colour laid over what the other shows.

A band over somebody's subtitles or a block over a logo has no strokes and no shape of its own; what
gives it away is that it is still and of one colour where the other's picture is neither. Bars look
the same where the picture under them was cut off, but bars come in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tracer.compare.differing import Differing
from tracer.compare.medians import median_over
from tracer.compare.registered import Cells, Mask, Registered, evenly
from tracer.compare.surround import seam_of
from tracer.model import Box, Edit, Side
from tracer.settings import CompareSettings

_LEVELS = 256


@dataclass(frozen=True, slots=True)
class Cover:
    """A rectangle of one colour that one side has where the other shows its picture."""

    side: Side  # who carries it
    region: Box  # in the match's frame
    box: Box  # in its carrier's frame
    level: float  # grey level
    seam: float  # step along its border relative to the lines beside it


def covers_of(pair: Registered, differs: Differing, settings: CompareSettings) -> list[Cover]:
    """Return the covers over the pictures of two registered films, largest first."""
    if len(pair.moments) < settings.held_samples:
        return []
    few = evenly(len(pair.query), settings.median_moments)
    apart = (differs.error >= settings.differ_least) & pair.shown
    query, match = pair.query[few], differs.match[few]
    found = [
        *_of_side("query", query, match, apart, pair, settings),
        *_of_side("match", match, query, apart, pair, settings),
    ]
    found = [one for one in found if not _is_bar(one, found, settings)]
    return sorted(found, key=lambda one: -_area(one.region))


def _of_side(
    side: Side, own: Cells, other: Cells, apart: Mask, pair: Registered, settings: CompareSettings
) -> Iterator[Cover]:
    """Give the covers that one side carries."""
    usual, theirs = median_over(own), median_over(other)
    still = (np.abs(own - usual) <= settings.flat_tolerance).mean(axis=0) >= settings.cover_still
    still &= pair.shown
    moving = other.std(axis=0) > settings.moving_deviation
    for level in _levels(usual[still & apart]):
        near = still & (np.abs(usual - level) <= settings.flat_tolerance)
        opened = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, labels = cv2.connectedComponents(opened)
        for number in range(1, count):
            box = _rectangle(labels == number, settings)
            if box is None:
                continue
            part = (slice(box[1], box[3]), slice(box[0], box[2]))
            # Some of what lies under a cover may have its colour by chance; most of it has not.
            hides = apart[part] | (moving[part] & (np.abs(theirs[part] - level) > 4.0))
            seam, beside = seam_of(own, box)
            clear = seam >= max(settings.seam_least, settings.seam_ratio * beside)
            if hides.mean() < settings.cover_hides or not clear:
                continue
            grid = _fractions(box, near.shape)
            place = pair.in_query(grid) if side == "query" else pair.in_match(grid)
            yield Cover(side, pair.in_match(grid), place, level, seam / max(1.0, beside))


def _levels(usual: Cells) -> list[float]:
    """Return the one or two colours that most of some cells have."""
    counts = np.bincount(np.clip(usual, 0, _LEVELS - 1).astype(np.uint8), minlength=_LEVELS)
    smooth = np.convolve(counts, np.ones(9), "same")
    found: list[float] = []
    for _ in range(2):
        if smooth.max() <= 0:
            break
        level = int(smooth.argmax())
        found.append(float(level))
        smooth[max(0, level - 20) : level + 21] = 0
    return found


def _rectangle(cells: Mask, settings: CompareSettings) -> tuple[int, int, int, int] | None:
    """Return x0, y0, x1, y1 of what fills a rectangle; None for any other shape."""
    # What hangs on to it with a few cells is no part of it.
    spans = []
    for line in (cells.sum(axis=0), cells.sum(axis=1)):
        full = np.nonzero(line >= 0.5 * line.max())[0]
        spans.append((int(full[0]), int(full[-1]) + 1))
    (x0, x1), (y0, y1) = spans
    small = min(x1 - x0, y1 - y0) < settings.place_side
    if small or (x1 - x0) * (y1 - y0) < settings.cover_area * cells.size:
        return None
    if cells[y0:y1, x0:x1].mean() < settings.cover_filled:
        return None
    return x0, y0, x1, y1


def _fractions(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Box:
    """Return cells as fractions of the grid; what ends a cell before the border ends there."""
    rows, columns = shape[-2:]
    x0, y0, x1, y1 = box
    return (
        0.0 if x0 <= 1 else x0 / columns,
        0.0 if y0 <= 1 else y0 / rows,
        1.0 if x1 >= columns - 1 else x1 / columns,
        1.0 if y1 >= rows - 1 else y1 / rows,
    )


def _is_bar(one: Cover, found: Sequence[Cover], settings: CompareSettings) -> bool:
    """Tell whether one along an edge of its frame has a fellow along the opposite edge."""
    edge = settings.bar_least
    for low, high in ((0, 2), (1, 3)):
        across = 1 - low  # the other direction: a bar reaches from edge to edge
        for other in found:
            if other is one or other.side != one.side:
                continue
            first, second = sorted((one.box, other.box), key=lambda box: box[low])
            if first[low] <= edge and second[high] >= 1 - edge:
                spans = (box[across + 2] - box[across] >= 1 - 2 * edge for box in (first, second))
                if all(spans):
                    return True
    return False


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap_share(box: Box, other: Box) -> float:
    """Return the share of a box that lies in another."""
    wide = max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
    high = max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
    return wide * high / max(1e-9, _area(box))


def edit_of_cover(one: Cover) -> Edit:
    """Return the overlay that a cover is."""
    sure = min(1.0, one.seam / 6.0)
    box = [round(value, 4) for value in one.box]
    detail: dict[str, object] = {"box": box, "what": "cover", "level": round(one.level)}
    return Edit("overlay", one.side, round(0.75 + 0.2 * sure, 2), detail)
