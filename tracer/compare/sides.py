"""What a close look tells of edits -> the side that carries them, where stored films leave it open.

- ``reencode``: the side that lost fine detail which the other still has.
- ``frame_rate``, ``speed``: the side that lacks frames of the other, counted over the same piece of
  the scene, what a side only repeats left out; where both have as many, the side that repeats them.

What the close look measured stands in the edit's detail, whether it tells a side or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from tracer.compare.generation import Traces
from tracer.model import Edit, Side
from tracer.settings import CompareSettings


def told(edits: Iterable[Edit], seen: Traces, settings: CompareSettings) -> tuple[Edit, ...]:
    """Return the edits with the sides that a close look tells."""
    found = list(edits)
    lost = _lost_detail(seen, settings)
    coded = next((one for one in found if one.kind == "reencode"), None)
    if coded is not None:
        found[found.index(coded)] = _coded(coded, lost, seen)
    elif lost != "unknown":
        # Something else was found between the two, and so this was not looked for.
        found.append(_coded(Edit("reencode", "unknown", 0.7), lost, seen))
    speeds = (one.detail.get("speed") for one in found if one.kind == "speed")
    speed = next((one for one in speeds if isinstance(one, float) and one > 0.0), 1.0)
    return tuple(
        _paced(one, seen, speed, settings)
        if one.kind in ("frame_rate", "speed") and one.side == "unknown"
        else one
        for one in found
    )


def _lost_detail(seen: Traces, settings: CompareSettings) -> Side:
    if abs(seen.agreed - 0.5) < settings.detail_vote:
        return "unknown"
    return "match" if seen.agreed > 0.5 else "query"


def _coded(edit: Edit, side: Side, seen: Traces) -> Edit:
    share = max(seen.agreed, 1.0 - seen.agreed)
    detail = {**edit.detail, "lost": round(abs(seen.detail), 3), "blocks": round(share, 3)}
    return replace(edit, side=side, detail=detail)


def _paced(edit: Edit, seen: Traces, speed: float, settings: CompareSettings) -> Edit:
    """Tell who changed the time line, by whose frames are missing, or else by whose repeat."""
    query, match = seen.repeats
    if query is None or match is None:
        return edit  # frames that seem not to repeat may only stand still
    # Frames that differ, for a second of the match.
    mine, theirs = seen.rates[0] * (1.0 - query) / speed, seen.rates[1] * (1.0 - match)
    detail = {**edit.detail, "repeats": {"query": round(query, 3), "match": round(match, 3)}}
    side: Side = "unknown"
    if min(mine, theirs) > 0.0:
        fewer = math.log(theirs / mine)  # over zero: the query has fewer
        # Coding makes repeated frames differ a little: as many again may have passed for new ones.
        unseen = match if fewer > 0.0 else query
        if abs(fewer) >= settings.frames_least + unseen:
            side = "query" if fewer > 0.0 else "match"
            return replace(edit, side=side, detail={**detail, "told": "missing"})
    if abs(query - match) >= settings.repeats_least:
        side = "query" if query > match else "match"
        return replace(edit, side=side, detail={**detail, "told": "repeated"})
    return replace(edit, detail=detail)
