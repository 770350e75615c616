"""Two files' sizes and codecs -> resize, reencode."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tracer.model import Edit, Match, Video
from tracer.settings import CompareSettings

_PLACED = frozenset({"picture_in_picture", "reframe"})


def resize_edit(
    match: Match, query: Video, other: Video, edits: Iterable[Edit], settings: CompareSettings
) -> Edit | None:
    """Return the change of scale: by how many pixels each shows the same piece of the scene."""
    if any(edit.kind in _PLACED for edit in edits) or min(other.width, other.height) <= 0:
        return None
    a, b, _, c, d, _ = match.transform.matrix
    # Turned pictures: the length of each axis, in pixels of the query for a pixel of the match.
    across = math.hypot(a * query.width, c * query.height) / other.width
    down = math.hypot(b * query.width, d * query.height) / other.height
    if min(across, down) <= 0:
        return None
    limit = math.log1p(settings.resize_least)
    if max(abs(math.log(across)), abs(math.log(down))) < limit:
        return None
    return Edit(
        "resize",
        "unknown",
        0.9,
        {
            "query": [query.width, query.height],
            "match": [other.width, other.height],
            "scale": [round(across, 3), round(down, 3)],
        },
    )


def reencode_edit(
    query: Video, other: Video, alone: bool, settings: CompareSettings
) -> Edit | None:
    """Return the re-encoding where codec or bits a second show it, or nothing else was found."""
    if query.sha256 == other.sha256:
        return None
    detail: dict[str, object] = {}
    if query.codec != other.codec:
        detail["codec"] = {"query": query.codec, "match": other.codec}
    rates = [one.size * 8 / one.duration / 1000 if one.duration else 0.0 for one in (query, other)]
    if min(rates) > 0 and abs(math.log(rates[0] / rates[1])) > math.log1p(settings.bitrate_least):
        detail["kilobits"] = {"query": round(rates[0]), "match": round(rates[1])}
    if not detail and not alone:
        return None
    return Edit("reencode", "unknown", 0.9 if detail else 0.7, detail)
