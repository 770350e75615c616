"""Where the shared picture lies in both frames -> crop, bars, re-framing, inset, mirror, turn.

The two frames are treated alike: what is said of one side is found by the same function as what is
said of the other, with the transform turned round.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tracer.compare.registered import clipped, is_box, upright
from tracer.compare.surround import Surround, surround_of
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


@dataclass(frozen=True, slots=True)
class Placed:
    """Edges of this side's frame, the other's content and frame, as distances from its own edges.

    Order: left, top, right, bottom; negative where the other reaches beyond this frame.
    """

    own: tuple[float, float, float, float]
    content: tuple[float, float, float, float]
    frame: tuple[float, float, float, float]


def distances(box: Box) -> tuple[float, float, float, float]:
    """Return a box as distances from the frame's left, top, right and bottom edge."""
    return (box[0], box[1], 1.0 - box[2], 1.0 - box[3])


def box_within(edges: tuple[float, float, float, float]) -> Box:
    """Return the box at some distances from the frame's edges."""
    return (edges[0], edges[1], 1.0 - edges[2], 1.0 - edges[3])


def own_bars(
    layout: Layout, other: Layout, to_own: FloatArray, settings: CompareSettings
) -> tuple[Box, str]:
    """Return the content and kind of a layout, bars that the other video shares left out."""
    if layout.kind == "full":
        return WHOLE, "full"
    mine = distances(layout.picture)
    content = distances(upright(to_own, other.picture))
    frame = distances(upright(to_own, WHOLE))
    edges = []
    for bar, inner, outer in zip(mine, content, frame, strict=True):
        # The other's own bar lies from `outer` to `inner`; what it covers of this bar is no edit.
        shared = max(0.0, min(bar, inner) - max(0.0, outer))
        edges.append(bar if bar - shared > settings.bar_least else 0.0)
    if not any(edges):
        return WHOLE, "full"
    return box_within((edges[0], edges[1], edges[2], edges[3])), layout.kind


def edits_of_frame(
    own: Frame, other: Frame, to_own: FloatArray, degrees: float, settings: CompareSettings
) -> Iterator[Edit]:
    """Give the edits that the frame of one side shows: what it carries, what the other lost."""
    edges = Placed(
        distances(own.content),
        distances(upright(to_own, other.content)),
        distances(upright(to_own, WHOLE)),
    )
    seen = clipped(box_within(_tighter(edges.own, edges.content)))
    if own.agreed is not None:
        seen = geometry.intersection(seen, own.agreed) or seen
    if not is_box(seen):
        return
    around = surround_of(own.pictures, seen, settings)
    yield from _carried(own, seen, around, settings)
    yield from _lost(own, other, to_own, edges, around, degrees, settings)


def _tighter(
    a: tuple[float, float, float, float], b: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    left, top, right, bottom = (max(x, y) for x, y in zip(a, b, strict=True))
    return (left, top, right, bottom)


def _carried(
    own: Frame, seen: Box, around: Surround, settings: CompareSettings
) -> Iterator[Edit]:
    """Give what this side has around the shared picture that was put there."""
    margins = [edge for edge in distances(seen) if edge > settings.bar_least]
    if not margins:
        return
    box = [round(value, 4) for value in seen]
    if around.kind == "bars":
        share = round(sum(margins), 4)
        yield Edit("letterbox", own.side, 0.95, {"box": box, "share": share})
    elif around.kind == "still":
        yield Edit("reframe", own.side, 0.9, {"box": box, "fill": "still"})
    elif around.kind == "soft" or (around.kind == "foreign" and own.kind == "reframe"):
        yield Edit("reframe", own.side, 0.9, {"box": box, "fill": "blurred"})
    elif around.kind == "foreign":
        yield Edit("picture_in_picture", own.side, 0.85, {"box": box})


def _lost(
    own: Frame,
    other: Frame,
    to_own: FloatArray,
    edges: Placed,
    around: Surround,
    degrees: float,
    settings: CompareSettings,
) -> Iterator[Edit]:
    """Give the crop of this side: what of the other's content lies outside its own."""
    beyond = [mine - theirs for mine, theirs in zip(edges.own, edges.content, strict=True)]
    across = edges.content
    wide, high = 1.0 - across[0] - across[2], 1.0 - across[1] - across[3]
    if wide <= 0 or high <= 0:
        return
    lost = [
        max(0.0, one) / length
        for one, length in zip(beyond, (wide, high, wide, high), strict=True)
    ]
    kept = (1.0 - min(1.0, lost[0] + lost[2])) * (1.0 - min(1.0, lost[1] + lost[3]))
    allowed = 1.0 - settings.crop_least
    if abs(degrees) >= settings.turn_least:
        allowed = min(allowed, _filling(degrees, wide / high) - settings.turn_crop)
    if kept >= allowed or max(lost) < settings.crop_side:
        return
    kept_box = upright(geometry.inverse(to_own), own.content)
    box = geometry.intersection(clipped(kept_box), other.content) or clipped(kept_box)
    confidence = 0.95 if kept < 0.95 else 0.8
    yield Edit(
        "crop",
        own.side,
        confidence,
        {"box": [round(value, 4) for value in box], "kept": round(kept, 4)},
    )


def _filling(degrees: float, aspect: float) -> float:
    """Return the share that is kept where a turned picture is enlarged until it fills the frame."""
    angle = math.radians(abs(degrees))
    loss = 1.0 - 1.0 / (1.0 + angle * max(aspect, 1.0 / aspect) * 1.8)
    return (1.0 - loss) ** 2


def turn_of(matrix: FloatArray, query_aspect: float, match_aspect: float) -> float:
    """Return by how many degrees, clockwise, the match's picture is turned in the query."""
    pixels = np.array([[query_aspect], [1.0]]) * matrix[:, :2] / np.array([match_aspect, 1.0])
    if pixels[0, 0] < 0:  # mirrored: undo the flip
        pixels = pixels * np.array([-1.0, 1.0])
    return math.degrees(math.atan2(pixels[1, 0] - pixels[0, 1], pixels[0, 0] + pixels[1, 1]))
