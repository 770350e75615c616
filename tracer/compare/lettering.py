"""Places that differ -> what was put on: overlays that stay, subtitles that change.

A place that differs throughout and in the same shape is a logo, a sticker or another picture; one
whose shape stands for a second or two and is then another is lettering. Who carries it: whose cells
leave the other's range, and who has strokes there.
"""

from __future__ import annotations

import numpy as np

from tracer.compare.places import Place
from tracer.compare.registered import Registered
from tracer.model import Box, Edit, Side
from tracer.settings import CompareSettings


def telling(found: list[Place], settings: CompareSettings) -> list[Place]:
    """Return the places that read as subtitles or as an overlay."""
    return [one for one in found if _is_lettering(one, settings) or _is_overlay(one, settings)]


def edits_of_places(pair: Registered, found: list[Place], settings: CompareSettings) -> list[Edit]:
    """Return the subtitles and overlays among the places that differ."""
    beyond = [one for one in found if _lies_beyond(pair, one, settings)]
    found = [one for one in found if one not in beyond or _has_strokes(one, settings)]
    lines = [one for one in found if _is_lettering(one, settings)]
    edits: list[Edit] = []
    if lines:
        edits.append(_subtitles(pair, lines, settings))
    for one in found:
        if one in lines or one in beyond or not _is_overlay(one, settings):
            continue
        if not any(_is_beneath(one, line, settings) for line in lines):
            edits.append(_overlay(pair, one, settings))
    return edits


def _is_beneath(one: Place, line: Place, settings: CompareSettings) -> bool:
    """Tell whether a place is what the band of another side's lines hides, beside the letters."""
    if _on_query(one) == _on_query(line):
        return False
    (_, top, _, bottom), (_, above, _, below) = one.box, line.box
    shared = min(bottom, below) - max(top, above)
    return shared >= settings.beneath_rows * (bottom - top)


def _lies_beyond(pair: Registered, one: Place, settings: CompareSettings) -> bool:
    """Tell whether a place is a strip of what its carrier shows beside the shared picture.

    The border between the two is known to a few cells.
    """
    place = pair.in_query(one.box) if _on_query(one) else pair.in_match(one.box)
    x0, y0, x1, y1 = one.box
    mirrored = _on_query(one) and pair.transform.mirrored
    left, right = (1.0 - place[2], 1.0 - place[0]) if mirrored else (place[0], place[2])
    for touches, beyond, wide, long in (
        (x0 == 0.0, left, x1 - x0, y1 - y0),
        (x1 == 1.0, 1.0 - right, x1 - x0, y1 - y0),
        (y0 == 0.0, place[1], y1 - y0, x1 - x0),
        (y1 == 1.0, 1.0 - place[3], y1 - y0, x1 - x0),
    ):
        strip = wide <= settings.strip_wide and long >= settings.strip_long
        if touches and beyond > settings.bar_least and strip:
            return True
    return False


def _has_strokes(one: Place, settings: CompareSettings) -> bool:
    """Tell whether strokes come and go in a place: lines of text may lie on a border."""
    return max(one.query_strokes, one.match_strokes) >= settings.text_strokes


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
    if not central and one.related >= settings.related_most:
        return False
    return (
        shaped
        and _carriers_fixed(one) <= settings.text_fixed
        and strokes >= (settings.text_strokes_central if central else settings.text_strokes)
        and one.holds >= settings.text_holds
    )


def _scene_beside_cover(one: Place, settings: CompareSettings) -> bool:
    """Tell whether one side is a still colour and the other a scene, which has strokes too.

    Whoever laid a band over the picture took no subtitles away. Letters leave most of their place
    its colour, also those on a plain wall or in a bar; and a wall does not end where they do.
    """
    lettered = one.query_flat if _on_query(one) else one.match_flat
    return lettered <= settings.scene_flat and _covers(one, settings)


def _covers(one: Place, settings: CompareSettings) -> bool:
    """Tell whether the side with less fine detail is a band of one colour that ends in a line."""
    flat, seam = (one.match_flat, one.match_seam)
    if not _on_query(one):
        flat, seam = (one.query_flat, one.query_seam)
    return flat >= settings.cover_least and seam >= settings.cover_seam


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
    edges = sorted((strongest.query_edges, strongest.match_edges))
    # The stored film is the coarser one: its strokes are weaker, but they stand as sharp in place.
    alike = edges[0] / max(1e-6, edges[1])
    sure = 1.0 - alike
    if max(query, match) >= settings.stroke_share:
        sure = abs(query - match) / max(query, match)
    # Letters leave the range of what they were put on, and hardly the other way round.
    out = 2.0 * min(strongest.query_out, 1.0 - strongest.query_out)
    both = 1.0 - sure + alike + settings.replaced_out * out
    fixed = max(strongest.query_fixed, strongest.match_fixed)
    if both >= settings.replaced_both and fixed <= settings.replaced_fixed:
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
    sharper, framed = _stands_out(one, settings)
    x0, y0, x1, y1 = one.box
    still = _carriers_fixed(one) >= settings.caption_fixed and not _covers(one, settings)
    caption = y1 - y0 <= settings.text_high and still
    if y1 - y0 >= settings.overlay_most or (x1 - x0 >= settings.overlay_most and not caption):
        return False  # from edge to edge: what is left of another picture beside this one
    printed = _carriers_fixed(one) >= settings.caption_fixed
    least = settings.overlay_cells_fixed if printed else settings.overlay_cells
    if one.presence < settings.overlay_presence or one.cells < least:
        return False
    if one.related >= settings.related_most:
        return False  # an edge of the scene, a cell off
    # A picture that moves has no shape that stays, but fills its frame.
    full = one.cells >= settings.picture_filled * one.shape[0] * one.shape[1]
    if framed and full and (x1 - x0) * (y1 - y0) >= settings.picture_area:
        return True
    if _is_other_picture(one, settings):
        return True
    return (
        max(one.stays, _carriers_fixed(one)) >= settings.overlay_stays
        and edges[1] >= settings.put_edges
        and (sharper or framed)
    )


def _stands_out(one: Place, settings: CompareSettings) -> tuple[bool, bool]:
    """Tell whether one side is far sharper in a place, and whether it alone ends in a line."""
    edges = sorted((one.query_edges, one.match_edges))
    seams = sorted((one.query_seam, one.match_seam))
    sharper = edges[1] >= settings.overlay_edges * edges[0]
    return sharper, seams[1] >= settings.overlay_seam * max(1.0, seams[0])


def _is_other_picture(one: Place, settings: CompareSettings) -> bool:
    """Tell whether two rich pictures that have nothing in common stand in a place throughout.

    A face in a corner over a scene as busy as itself ends in no line of its own: whose it is, the
    place does not tell.
    """
    x0, y0, x1, y1 = one.box
    return (
        (x1 - x0) * (y1 - y0) >= settings.picture_area
        and one.cells >= settings.other_filled * one.shape[0] * one.shape[1]
        and one.presence >= settings.other_presence
        and one.related <= settings.other_related
        and min(one.query_edges, one.match_edges) >= settings.other_edges
    )


def _overlay(pair: Registered, one: Place, settings: CompareSettings) -> Edit:
    """Return an overlay; the side on which something sharp stands still carries it."""
    ratio = (one.query_edges + 1.0) / (one.match_edges + 1.0)
    seams = (one.query_seam + 1.0) / (one.match_seam + 1.0)
    ratio = max(ratio, seams, key=lambda value: abs(np.log(value)))
    side: Side = "query" if ratio > 1.0 else "match"
    if not any(_stands_out(one, settings)) and _is_other_picture(one, settings):
        side = "unknown"
    box = pair.in_match(one.box) if side == "match" else pair.in_query(one.box)
    sure = min(1.0, abs(float(np.log(ratio))) / np.log(3.0))
    detail: dict[str, object] = {"box": _rounded(box)}
    fixed = {"query": one.query_fixed, "match": one.match_fixed}
    what = _what(one, fixed.get(side, min(fixed.values())), settings)
    if what:
        detail["what"] = what
    return Edit("overlay", side, round(float(0.6 + 0.35 * sure), 2), detail)


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
