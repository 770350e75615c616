"""Where two registered films differ -> places, each with what it looks like over time.

A place is a group of cells that leave the other's range for a while; what it is (letters, a logo,
another picture, or only an edge that lies half a cell off) its numbers tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.differing import Differing, held
from tracer.compare.medians import median_over
from tracer.compare.registered import Cells, Mask, Registered
from tracer.compare.surround import seam_of
from tracer.model import Box
from tracer.settings import CompareSettings

_Cells = tuple[int, int, int, int]  # x0, y0, x1, y1 of the grid
_NEAR = 2  # cells by which two pictures are moved to see whether one is the other


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the grid where the two differ, and what it looks like over time."""

    box: Box  # grid fractions
    shape: tuple[int, int]  # cells across and down
    cells: int
    seconds: float  # from the first moment compared to the last
    presence: float  # share of the moments in which it differs
    stays: float  # how alike its shape is at moments far apart, 0 to 1
    holds: float  # the same for neighbouring moments
    query_out: float  # share of the differing that lies on the query's side, 0 to 1
    query_strokes: float  # share of its cells that are strokes which come and go
    match_strokes: float
    query_flat: float  # share of its cells that are one unmoving colour
    match_flat: float
    query_edges: float  # grey levels of what stands sharp in the mean over time
    match_edges: float
    query_seam: float  # step along its border, relative to the lines beside it
    match_seam: float
    query_fixed: float  # how alike its fine detail is at moments far apart, -1 to 1
    match_fixed: float
    related: float  # how alike the two sides' unmoving detail is, moved a little, -1 to 1


def places(pair: Registered, differs: Differing, settings: CompareSettings) -> list[Place]:
    """Return the places where the two differ, largest first."""
    query, match = differs.masks(settings)
    either = query | match
    share = either.mean(axis=0)
    support = share >= max(settings.place_share, settings.held_samples / max(1, len(either)))
    support[[0, -1]] = support[:, [0, -1]] = False  # there a border half a cell off is all
    joined = cv2.morphologyEx(support.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 9), np.uint8))
    count, labels = cv2.connectedComponents(joined.astype(np.uint8))
    boxes = []
    for number in range(1, count):
        box = _solid(support & (labels == number), settings)
        if box is not None:
            boxes.append(box)
    found = []
    for box in _lines_joined(boxes):
        x0, y0, x1, y1 = box
        filled = float(support[y0:y1, x0:x1].mean())
        if min(x1 - x0, y1 - y0) >= settings.place_side and filled >= settings.place_filled:
            found.append(_place(pair, differs, (query, match), box, settings))
    return sorted(found, key=lambda one: -one.cells)


def _solid(support: Mask, settings: CompareSettings) -> _Cells | None:
    """Return the rows and columns that hold most of a component, loose ends left out."""
    if int(support.sum()) < settings.place_cells:
        return None
    spans = []
    for counts in (support.sum(axis=0), support.sum(axis=1)):
        full = np.nonzero(counts >= settings.place_line * counts.max())[0]
        spans.append((int(full[0]), int(full[-1]) + 1))
    (x0, x1), (y0, y1) = spans
    return (x0, y0, x1, y1)


def _lines_joined(boxes: list[_Cells]) -> list[_Cells]:
    """Join boxes that lie over or beside one another with hardly a gap: lines and words."""
    boxes = list(boxes)
    merged = True
    while merged:
        merged = False
        for i, a in enumerate(boxes):
            for j in range(i + 1, len(boxes)):
                b = boxes[j]
                gap_x = max(a[0], b[0]) - min(a[2], b[2])
                gap_y = max(a[1], b[1]) - min(a[3], b[3])
                if gap_x <= 4 and gap_y <= 3:
                    boxes[i] = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                    del boxes[j]
                    merged = True
                    break
            if merged:
                break
    return boxes


def _place(
    pair: Registered,
    differs: Differing,
    masks: tuple[Mask, Mask],
    box: _Cells,
    settings: CompareSettings,
) -> Place:
    rows, columns = pair.shown.shape
    part = (slice(None), slice(box[1], box[3]), slice(box[0], box[2]))
    q, m = pair.query[part], differs.match[part]
    query, match = masks[0][part], masks[1][part]
    either = query | match
    times = pair.moments.times
    out_q = float((differs.query_out[part] * query).sum())
    out_m = float((differs.match_out[part] * match).sum())
    where: Mask = np.asarray(either.any(axis=0), bool)
    holds, stays = _likeness(either, times, settings)
    # Where both carry lines each changes at times of its own.
    holds = max(holds, *(_likeness(one, times, settings)[0] for one in (query, match)))
    return Place(
        box=(
            0.0 if box[0] <= 1 else box[0] / columns,
            0.0 if box[1] <= 1 else box[1] / rows,
            1.0 if box[2] >= columns - 1 else box[2] / columns,
            1.0 if box[3] >= rows - 1 else box[3] / rows,
        ),
        shape=(box[2] - box[0], box[3] - box[1]),
        cells=int(where.sum()),
        seconds=float(times[-1] - times[0]),
        presence=float(either.any(axis=(1, 2)).mean()),
        stays=stays,
        holds=holds,
        query_out=out_q / max(1e-6, out_q + out_m),
        query_strokes=_strokes(q, times, settings),
        match_strokes=_strokes(m, times, settings),
        query_flat=_flat(q, settings),
        match_flat=_flat(m, settings),
        query_edges=_edges(q),
        match_edges=_edges(m),
        query_seam=_seam(pair.query, box),
        match_seam=_seam(differs.match, box),
        query_fixed=_fixed(q, where, times, settings),
        match_fixed=_fixed(m, where, times, settings),
        related=_related(pair.query.mean(axis=0), differs.match.mean(axis=0), box),
    )


def _likeness(
    masks: Mask, times: npt.NDArray[np.float64], settings: CompareSettings
) -> tuple[float, float]:
    """Return how alike a shape is (intersection over union) at neighbouring and at far moments."""
    count = len(masks)
    flat = masks.reshape(count, -1).astype(np.float32)
    both = flat @ flat.T
    size = flat.sum(axis=1)
    either = size[:, None] + size[None, :] - both
    apart = np.abs(times[:, None] - times[None, :])
    near = (apart > 0) & (apart <= 0.3)
    far = _far(times, settings)
    return _ratio(both, either, near), _ratio(both, either, far)


def _fixed(
    pictures: Cells, where: Mask, times: npt.NDArray[np.float64], settings: CompareSettings
) -> float:
    """Return the correlation of the fine detail at moments far apart, energy weighed.

    Unlike the shape of what differs it does not depend on what passes behind a mark.
    """
    fine = np.stack([cv2.Laplacian(one, cv2.CV_32F, ksize=1)[where] for one in pictures])
    fine -= fine.mean(axis=1, keepdims=True)
    both = fine @ fine.T
    size = np.sqrt(np.diag(both))
    far = _far(times, settings)
    return float(both[far].sum() / max(1e-6, float((size[:, None] * size[None, :])[far].sum())))


def _far(times: npt.NDArray[np.float64], settings: CompareSettings) -> Mask:
    """Return (n, n): the pairs of moments so far apart that lines of text have changed."""
    apart = np.abs(times[:, None] - times[None, :])
    far: Mask = apart >= settings.far_seconds
    return far if far.any() else apart >= 0.6 * float(apart.max())


def _ratio(both: npt.NDArray[np.float32], either: npt.NDArray[np.float32], which: Mask) -> float:
    return float(both[which].sum() / max(1e-6, float(either[which].sum())))


def _strokes(pictures: Cells, times: npt.NDArray[np.float64], settings: CompareSettings) -> float:
    """Return the share of cells that are strokes which stand a while and then are others."""
    kernel = np.ones((3, 3), np.uint8)
    strong = np.stack([cv2.morphologyEx(one, cv2.MORPH_GRADIENT, kernel) for one in pictures])
    strokes = held(strong >= settings.stroke_least, settings.held_samples)
    holds, stays = _likeness(strokes, times, settings)
    return float(strokes.mean()) * max(0.0, holds - stays)


def _flat(pictures: Cells, settings: CompareSettings) -> float:
    """Return the share of cells that keep one colour, the one of most of them, most of the time."""
    usual = median_over(pictures)
    level = float(np.median(usual))
    near = np.abs(pictures - level) <= settings.flat_tolerance
    return float((near.mean(axis=0) >= 0.5).mean())


def _seam(pictures: Cells, box: _Cells) -> float:
    step, beside = seam_of(pictures, box)
    return step / max(1.0, beside)


def _edges(pictures: Cells) -> float:
    """Return the mean step between neighbouring cells of the mean over time."""
    mean = pictures.mean(axis=0)
    return float(np.abs(np.diff(mean, axis=0)).mean() + np.abs(np.diff(mean, axis=1)).mean())


def _related(query: Cells, match: Cells, box: _Cells) -> float:
    """Return the correlation of the steps in two pictures, moved to where it is highest.

    Two pictures that lie a cell apart, or in tones that were not quite undone, differ along every
    edge; but both have the edge, and what was put on has its own.
    """
    rows, columns = query.shape
    steps = [
        np.stack([cv2.Sobel(one, cv2.CV_32F, 1, 0), cv2.Sobel(one, cv2.CV_32F, 0, 1)])
        for one in (query, match)
    ]
    best = -1.0
    for down in range(-_NEAR, _NEAR + 1):
        for across in range(-_NEAR, _NEAR + 1):
            x0, x1 = max(box[0], -across, 0), min(box[2], columns - across, columns)
            y0, y1 = max(box[1], -down, 0), min(box[3], rows - down, rows)
            if x1 - x0 < 2 or y1 - y0 < 2:
                continue
            a = steps[0][:, y0:y1, x0:x1]
            b = steps[1][:, y0 + down : y1 + down, x0 + across : x1 + across]
            size = float(np.sqrt((a * a).sum() * (b * b).sum()))
            best = max(best, float((a * b).sum()) / max(1e-6, size))
    return best
