"""Where two registered films differ -> what was put on: overlays that stay, subtitles that change.

A place that differs throughout and in the same shape is a logo, a sticker or another picture; one
whose shape stands for a second or two and is then another is lettering. Who carries it: whose cells
leave the other's range, and who has strokes there.
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
from tracer.model import Box, Edit, Side
from tracer.settings import CompareSettings

_Cells = tuple[int, int, int, int]  # x0, y0, x1, y1 of the grid


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


# --- what it is ----------------------------------------------------------------------------------


def telling(found: list[Place], settings: CompareSettings) -> list[Place]:
    """Return the places that read as subtitles or as an overlay."""
    return [one for one in found if _is_lettering(one, settings) or _is_overlay(one, settings)]


def edits_of_places(pair: Registered, found: list[Place], settings: CompareSettings) -> list[Edit]:
    """Return the subtitles and overlays among the places that differ."""
    lines = [one for one in found if _is_lettering(one, settings)]
    edits: list[Edit] = []
    if lines:
        edits.append(_subtitles(pair, lines, settings))
    for one in found:
        if one not in lines and _is_overlay(one, settings):
            edits.append(_overlay(pair, one, settings))
    return edits


def _is_lettering(one: Place, settings: CompareSettings) -> bool:
    """Tell whether strokes come and go in a place that is wide and low."""
    if _scene_beside_cover(one, settings):
        return False
    wide, high = one.shape
    x0, y0, x1, y1 = one.box
    low = y1 - y0 <= settings.text_high
    # Over a band the letters alone change; a logo or a small picture stays, and stands in a corner.
    central = abs((x0 + x1) / 2 - 0.5) <= settings.text_central and x1 - x0 >= settings.text_least
    shaped = (
        low
        and wide >= settings.text_wide * high
        and one.cells >= settings.text_cells
        and max(one.query_edges, one.match_edges) >= settings.put_edges
    )
    if central and one.seconds < settings.text_seconds:
        return shaped  # too short to see a line give way to the next
    strokes = max(one.query_strokes, one.match_strokes)
    return (
        shaped
        and _carriers_fixed(one) <= settings.text_fixed
        and strokes >= (settings.text_strokes_central if central else settings.text_strokes)
        and one.holds >= settings.text_holds
    )


def _scene_beside_cover(one: Place, settings: CompareSettings) -> bool:
    """Tell whether one side is a still colour and the other a scene, which has strokes too.

    Whoever laid a band over the picture took no subtitles away. Letters leave most of their place
    its colour, also those on a plain wall or in a bar.
    """
    flats = (one.query_flat, one.match_flat)
    lettered, other = flats if _on_query(one) else flats[::-1]
    return other >= settings.cover_least and lettered <= settings.scene_flat


def _on_query(one: Place) -> bool:
    """Tell whether the query has more fine detail in a place than the match."""
    of_query = one.query_edges + 100 * one.query_strokes
    return of_query > one.match_edges + 100 * one.match_strokes


def _carriers_fixed(one: Place) -> float:
    """Return how alike the fine detail far apart is on the side that has more of it."""
    return one.query_fixed if _on_query(one) else one.match_fixed


def _subtitles(pair: Registered, lines: list[Place], settings: CompareSettings) -> Edit:
    strongest = lines[0]
    boxes = np.array([one.box for one in lines])
    box = (
        float(boxes[:, 0].min()),
        float(boxes[:, 1].min()),
        float(boxes[:, 2].max()),
        float(boxes[:, 3].max()),
    )
    query, match = strongest.query_strokes, strongest.match_strokes
    sure = abs(query - match) / max(query, match, 1e-6)
    edges = sorted((strongest.query_edges, strongest.match_edges))
    # The stored film is the coarser one: its strokes are weaker, but they stand as sharp in place.
    both = 1.0 - sure + edges[0] / max(1e-6, edges[1])
    if both >= settings.replaced_both:
        detail: dict[str, object] = {"box": _rounded(pair.in_query(box))}
        flat = (strongest.query_flat, strongest.match_flat)
        if abs(flat[0] - flat[1]) >= settings.cover_flat and max(flat) >= settings.cover_least:
            detail["cover"] = "query" if flat[0] > flat[1] else "match"
        confidence = round(min(0.95, 0.5 + 0.3 * (both - settings.replaced_both + 0.5)), 2)
        return Edit("subtitles", "query", confidence, detail, "replaced")
    confidence = round(min(0.95, 0.55 + 0.45 * sure), 2)
    if _on_query(strongest):
        detail = {"box": _rounded(pair.in_query(box))}
        return Edit("subtitles", "query", confidence, detail, "added")
    detail = {"box": _rounded(pair.in_match(box))}
    return Edit("subtitles", "match", confidence, detail, "removed")


def _is_overlay(one: Place, settings: CompareSettings) -> bool:
    """Tell whether a place differs throughout, in one shape."""
    edges = sorted((one.query_edges, one.match_edges))
    seams = sorted((one.query_seam, one.match_seam))
    sharper = edges[1] >= settings.overlay_edges * edges[0]
    framed = seams[1] >= settings.overlay_seam * max(1.0, seams[0])
    x0, y0, x1, y1 = one.box
    if max(x1 - x0, y1 - y0) >= settings.overlay_most:
        return False  # from edge to edge: what is left of another picture beside this one
    if one.presence < settings.overlay_presence or one.cells < settings.overlay_cells:
        return False
    # A picture that moves has no shape that stays, but fills its frame.
    full = one.cells >= settings.picture_filled * one.shape[0] * one.shape[1]
    if framed and full and (x1 - x0) * (y1 - y0) >= settings.picture_area:
        return True
    return (
        max(one.stays, _carriers_fixed(one)) >= settings.overlay_stays
        and edges[1] >= settings.put_edges
        and (sharper or framed)
    )


def _overlay(pair: Registered, one: Place, settings: CompareSettings) -> Edit:
    """Return an overlay; the side on which something sharp stands still carries it."""
    ratio = (one.query_edges + 1.0) / (one.match_edges + 1.0)
    seams = (one.query_seam + 1.0) / (one.match_seam + 1.0)
    ratio = max(ratio, seams, key=lambda value: abs(np.log(value)))
    side: Side = "query" if ratio > 1.0 else "match"
    box = pair.in_query(one.box) if side == "query" else pair.in_match(one.box)
    sure = min(1.0, abs(float(np.log(ratio))) / np.log(3.0))
    detail: dict[str, object] = {"box": _rounded(box)}
    what = _what(one, one.query_fixed if side == "query" else one.match_fixed, settings)
    if what:
        detail["what"] = what
    return Edit("overlay", side, round(0.6 + 0.35 * sure, 2), detail)


def _what(one: Place, fixed: float, settings: CompareSettings) -> str:
    """Return what an overlay is, as far as its size and its motion say."""
    x0, y0, x1, y1 = one.box
    area = (x1 - x0) * (y1 - y0)
    if area >= settings.picture_area and fixed <= settings.picture_fixed:
        return "another video"
    wide = x1 - x0 >= settings.caption_width and y1 - y0 <= settings.text_high
    if wide:
        return "caption"
    return "logo" if area < settings.picture_area else ""


def _rounded(box: Box) -> list[float]:
    return [round(value, 4) for value in box]
