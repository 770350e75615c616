"""What a close look tells of edits -> the side that carries them, where stored films leave it open.

- ``reencode``: the side that lost fine detail which the other still has.
- ``frame_rate``, ``speed``: the side that repeats frames; where neither does, frames were dropped,
  which only the slower side can have done.

What the close look measured stands in the edit's detail, whether it tells a side or not.
"""

from __future__ import annotations

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
    return tuple(_sided(one, seen, settings) for one in found)


def _lost_detail(seen: Traces, settings: CompareSettings) -> Side:
    if abs(seen.agreed - 0.5) < settings.detail_vote:
        return "unknown"
    return "match" if seen.agreed > 0.5 else "query"


def _coded(edit: Edit, side: Side, seen: Traces) -> Edit:
    share = max(seen.agreed, 1.0 - seen.agreed)
    detail = {**edit.detail, "lost": round(abs(seen.detail), 3), "blocks": round(share, 3)}
    return replace(edit, side=side, detail=detail)


def _sided(edit: Edit, seen: Traces, settings: CompareSettings) -> Edit:
    if edit.side != "unknown":
        return edit
    if edit.kind in ("frame_rate", "speed"):
        return _paced(edit, seen, settings)
    return edit


def _paced(edit: Edit, seen: Traces, settings: CompareSettings) -> Edit:
    """Tell who changed the time line, by whose frames repeat or are missing."""
    query, match = seen.repeats
    if query is None or match is None:
        return edit  # frames that seem not to repeat may only stand still
    detail = {**edit.detail, "repeats": {"query": round(query, 3), "match": round(match, 3)}}
    more = query - match
    if abs(more) >= settings.repeats_least:
        return replace(edit, side="query" if more > 0 else "match", detail=detail)
    slower: Side = "query" if seen.rates[0] < seen.rates[1] else "match"
    if edit.kind == "frame_rate" and max(query, match) < settings.repeats_least:
        return replace(edit, side=slower, detail=detail)
    return replace(edit, detail=detail)
