"""Where the shared picture lies in both frames -> crop, bars, re-framing, inset, mirror, turn.

The two frames are treated alike: what is said of one side is found by the same function as what is
said of the other, with the transform turned round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tracer.compare.registered import clipped, is_box, upright
from tracer.compare.surround import Surround, flat_share, surround_of
from tracer.match import geometry
from tracer.match.strips import Pictures
from tracer.model import WHOLE, Box, Edit, FloatArray, Layout, Side
from tracer.settings import CompareSettings


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One side: its frames of the shared moments and what its own layout says of them."""

    side: Side
    pictures: Pictures
    content: Box  # inside bars, panels or canvas that this side alone has
    kind: str  # of the layout
    agreed: Box | None = None  # where the pictures agree, if that is less than what they share
    band: Box | None = None  # of one colour along one edge, over the other's picture


def distances(box: Box) -> tuple[float, float, float, float]:
    """Return a box as distances from the frame's left, top, right and bottom edge."""
    return (box[0], box[1], 1.0 - box[2], 1.0 - box[3])


def box_within(edges: tuple[float, float, float, float]) -> Box:
    """Return the box at some distances from the frame's edges."""
    return (edges[0], edges[1], 1.0 - edges[2], 1.0 - edges[3])


def own_bars(
    layout: Layout,
    other: Layout,
    to_own: FloatArray,
    alike: Callable[[Box], bool],
    settings: CompareSettings,
) -> tuple[Box, str]:
    """Return the content and kind of a layout, what the other video shows as well left out.

    ``alike`` tells whether the two pictures agree in a box of this side's frame.
    """
    if layout.kind == "full":
        return WHOLE, "full"
    mine = distances(layout.picture)
    content = distances(upright(to_own, other.picture))
    frame = distances(upright(to_own, WHOLE))
    edges = []
    for number, (bar, inner, outer) in enumerate(zip(mine, content, frame, strict=True)):
        if outer - bar > settings.bar_snap:
            bar = 0.0  # it ends before the other's picture begins: a bar of what lies around that
        if bar > 0.0 and inner > 0.0 and abs(bar - inner) <= settings.bar_snap:
            bar = inner  # one border, seen twice: registration knows it better
        # The other's own bar lies from `outer` to `inner`: what it covers of this bar is no edit,
        # and what lies beyond its frame was cut off with the rest.
        common = min(bar, inner) - max(0.0, outer)
        bar = 0.0 if common > settings.bar_least else bar - max(0.0, common)
        edges.append(0.0 if bar <= settings.bar_least or alike(_strip(number, bar)) else bar)
    for first, second in ((0, 2), (2, 0), (1, 3), (3, 1)):
        # A band over the other's picture along one edge alone carries letters; bars come in pairs.
        # A blurred panel on one side alone is what the scene has in the distance.
        band = frame[first] <= settings.bar_least or layout.kind == "reframe"
        if edges[first] and not edges[second] and band:
            edges[first] = 0.0
    if not any(edges):
        return WHOLE, "full"
    return box_within((edges[0], edges[1], edges[2], edges[3])), layout.kind


def _strip(number: int, width: float) -> Box:
    """Return the strip of a width along the left, top, right or bottom edge."""
    strips: tuple[Box, ...] = (
        (0.0, 0.0, width, 1.0),
        (0.0, 0.0, 1.0, width),
        (1.0 - width, 0.0, 1.0, 1.0),
        (0.0, 1.0 - width, 1.0, 1.0),
    )
    return strips[number]


def own_band(
    layout: Layout,
    other: Layout,
    to_own: FloatArray,
    alike: Callable[[Box], bool],
    settings: CompareSettings,
) -> Box | None:
    """Return the band of one colour along one edge that covers what the other video shows there.

    Bars come in pairs, around a picture that ends where they begin. A band may widen one of them.
    """
    if layout.kind == "full":
        return None
    mine = distances(layout.picture)
    theirs = [max(0.0, edge) for edge in distances(upright(to_own, other.picture))]
    beyond = [edge - inner for edge, inner in zip(mine, theirs, strict=True)]
    number = max(range(4), key=lambda edge: beyond[edge])
    if sum(edge > settings.bar_least for edge in beyond) != 1:
        return None
    if not settings.band_least <= beyond[number] <= settings.band_most:
        return None
    edges = [0.0, 0.0, 0.0, 0.0]
    edges[number] = theirs[number]
    edges[(number + 2) % 4] = 1.0 - mine[number]
    left, top, right, bottom = edges
    band = box_within((left, top, right, bottom))
    return None if alike(band) else band


def plain_band(pictures: Pictures, agreed: Box | None, settings: CompareSettings) -> Box | None:
    """Return what lies beyond the agreed part along one edge, if that is of one colour.

    A dark band is known by the layout; this one may have any colour. Above or below the picture it
    may carry letters.
    """
    if agreed is None:
        return None
    beyond = distances(agreed)
    if sum(edge > settings.bar_least for edge in beyond) != 1:
        return None
    number = max(range(4), key=lambda edge: beyond[edge])
    if not settings.band_least <= beyond[number] <= settings.band_most:
        return None
    band = _strip(number, beyond[number])
    height, width = pictures.shape[1:]
    x0, x1 = round(band[0] * width), round(band[2] * width)
    y0, y1 = round(band[1] * height), round(band[3] * height)
    # Its inner border is half a cell of the picture.
    inset = [int(edge) for edge in (number == 2, number == 3, number == 0, number == 1)]
    shown = pictures[:, y0 + inset[1] : y1 - inset[3], x0 + inset[0] : x1 - inset[2]]
    if not shown.size:
        return None
    everywhere = np.ones(shown.shape[1:], bool)
    flat = flat_share(shown.astype(np.float32), everywhere, settings)
    lettered = number in (1, 3) and flat >= settings.band_lettered
    return band if lettered or float(shown.std()) <= settings.band_flat else None


def band_edit(frame: Frame, found: Iterable[Edit]) -> Edit | None:
    """Give the band of a side as an overlay, unless what lies on it is told already."""
    if frame.band is None:
        return None
    for edit in found:
        box = edit.detail.get("box")
        if edit.kind in ("overlay", "subtitles"):  # of either side: one may hide the other's bar
            told = box is None or geometry.intersection(tuple(box), frame.band) is not None
        else:
            told = edit.kind == "letterbox" and edit.side == frame.side
        if told:
            return None
    box = [round(value, 4) for value in frame.band]
    return Edit("overlay", frame.side, 0.8, {"box": box, "what": "band"})


@dataclass(frozen=True, slots=True)
class _View:
    """One side's frame: the part that both show, and what stands around it."""

    own: Frame
    other: Frame
    seen: Box
    around: Surround

    @property
    def margins(self) -> tuple[float, float, float, float]:
        """Return how far the shared picture lies inside this side's content."""
        edges = zip(distances(self.seen), distances(self.own.content), strict=True)
        left, top, right, bottom = (mine - bar for mine, bar in edges)
        return (left, top, right, bottom)


def edits_of_frames(
    query: Frame, match: Frame, matrix: FloatArray, degrees: float, settings: CompareSettings
) -> Iterator[Edit]:
    """Give the edits that the two frames show: what one carries around, what one lost."""
    views = [
        _view(query, match, matrix, settings),
        _view(match, query, geometry.inverse(matrix), settings),
    ]
    if query.agreed is not None and match.agreed is not None:
        views = _split(views)
    for view in views:
        if view is None:
            continue
        carried = tuple(_carried(view, settings))
        yield from carried or _cropped(view, degrees, settings)


def _view(own: Frame, other: Frame, to_own: FloatArray, settings: CompareSettings) -> _View | None:
    edges = zip(distances(own.content), distances(upright(to_own, other.content)), strict=True)
    left, top, right, bottom = (max(mine, theirs) for mine, theirs in edges)
    seen = clipped(box_within((left, top, right, bottom)))
    if own.agreed is not None:
        seen = geometry.intersection(seen, own.agreed) or seen
    if not is_box(seen):
        return None
    kind = own.kind if _of_its_borders(own.content, seen, settings) else "full"
    around = surround_of(own.pictures, seen, kind, settings)
    return _View(own, other, seen, around)


def _of_its_borders(content: Box, seen: Box, settings: CompareSettings) -> bool:
    """Tell whether a layout speaks of the shared picture: a crop within it has other borders.

    One of its borders may be missing: letters or buttons hide it.
    """
    least, told, shared = settings.bar_least, 0, 0
    for mine, there in zip(distances(content), distances(seen), strict=True):
        if mine > least and abs(mine - there) > settings.bar_snap:
            return False
        told += mine > least
        shared += there > least
    return told >= max(1, shared - 1)


def _split(views: list[_View | None]) -> list[_View | None]:
    """Say which of two frames that go on differently holds another picture beside the shared one.

    The one with the stronger line where they part; the other shows its scene going on.
    """
    first, second = views
    if first is None or second is None:
        return views
    lines = [one.around.seam / max(1.0, one.around.beside) for one in (first, second)]
    kinds: tuple[Literal["foreign", "scene"], Literal["foreign", "scene"]] = (
        ("foreign", "scene") if lines[0] >= lines[1] else ("scene", "foreign")
    )
    return [
        replace(one, around=replace(one.around, kind=kind))
        for one, kind in zip((first, second), kinds, strict=True)
    ]


def _carried(view: _View, settings: CompareSettings) -> Iterator[Edit]:
    """Give what this side has around the shared picture that was put there."""
    own, seen, kind = view.own, view.seen, view.around.kind
    margins = [edge for edge in distances(seen) if edge > settings.bar_least]
    narrow = kind != "bars" and max(margins, default=0.0) < settings.panel_least
    if not margins or narrow or kind in ("nothing", "scene"):
        return
    large = geometry.area(seen) >= settings.strip_area
    if kind == "foreign" and large and min(margins) < settings.panel_least:
        return  # nobody leaves a strip of one film beside another: an edge of the scene runs there
    box = [round(value, 4) for value in seen]
    # What was fitted into another shape reaches from edge to edge; an inset lies within.
    left, top, right, bottom = (edge > settings.bar_least for edge in distances(seen))
    spans = (seen[2] - seen[0] >= settings.inset_most and top and bottom) or (
        seen[3] - seen[1] >= settings.inset_most and left and right
    )
    if kind == "bars" and not _off_centre(seen, settings):
        yield Edit("letterbox", own.side, 0.95, {"box": box, "share": round(sum(margins), 4)})
    elif spans and (kind != "foreign" or _fitted_in(seen, settings)):
        fill = "still" if kind == "still" else "blurred"
        yield Edit(
            "reframe", own.side, 0.9 if kind != "foreign" else 0.7, {"box": box, "fill": fill}
        )
    elif geometry.area(seen) <= settings.inset_area:
        yield Edit("picture_in_picture", own.side, 0.85, {"box": box})


def _off_centre(seen: Box, settings: CompareSettings) -> bool:
    """Tell whether a picture lies off the middle both ways: an inset over a plain background.

    Bars are put where another shape leaves room, alike on both sides of it.
    """
    left, top, right, bottom = distances(seen)
    within = max(left, right) > settings.bar_least and max(top, bottom) > settings.bar_least
    return within and min(abs(left - right), abs(top - bottom)) > settings.bar_snap


def _fitted_in(seen: Box, settings: CompareSettings) -> bool:
    """Tell whether a picture reaches from edge to edge and lies in the middle otherwise."""
    left, top, right, bottom = distances(seen)
    across, down = max(left, right), max(top, bottom)
    near = settings.bar_least
    return (across <= near and abs(top - bottom) <= near) or (
        down <= near and abs(left - right) <= near
    )


def _cropped(view: _View, degrees: float, settings: CompareSettings) -> Iterator[Edit]:
    """Give the crop of the other side: it shows less of the scene than this one."""
    content = view.own.content
    kept = geometry.area(view.seen) / max(1e-6, geometry.area(content))
    allowed = 1.0 - settings.crop_least
    if abs(degrees) >= settings.turn_least:
        aspect = view.own.pictures.shape[2] / view.own.pictures.shape[1]
        allowed = min(allowed, _filling(degrees, aspect) - settings.turn_crop)
    if kept >= allowed or max(view.margins) < settings.crop_side:
        return
    yield Edit(
        "crop",
        view.other.side,
        0.95 if kept < 0.95 else 0.8,
        {"box": [round(value, 4) for value in view.seen], "kept": round(kept, 4)},
    )


def _filling(degrees: float, aspect: float) -> float:
    """Return the share that is kept where a turned picture is enlarged until it fills the frame."""
    angle = math.radians(abs(degrees))
    loss = 1.0 - 1.0 / (1.0 + angle * max(aspect, 1.0 / aspect) * 1.8)
    return (1.0 - loss) ** 2


def turn_of(
    matrix: FloatArray, query_aspect: float, match_aspect: float, settings: CompareSettings
) -> float:
    """Return by how many degrees, clockwise, the match's picture is turned in the query.

    Zero where the picture is sheared about as much: a fit that went wrong, not a turn.
    """
    pixels = np.array([[query_aspect], [1.0]]) * matrix[:, :2] / np.array([match_aspect, 1.0])
    if pixels[0, 0] < 0:  # mirrored: undo the flip
        pixels = pixels * np.array([-1.0, 1.0])
    scale = np.sqrt(abs(np.linalg.det(pixels)))
    turn = math.degrees(math.atan2(pixels[1, 0] - pixels[0, 1], pixels[0, 0] + pixels[1, 1]))
    shear = math.degrees(abs(pixels[1, 0] + pixels[0, 1]) / (2.0 * max(scale, 1e-6)))
    return turn if shear <= settings.turn_shear * abs(turn) else 0.0
