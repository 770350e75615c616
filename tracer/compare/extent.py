"""Segments and cuts -> trim, compilation: which of the two has seconds that the other lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from tracer.compare.cuts import (
    Spans,
    barred_only_there,
    by_chance,
    covered,
    cut_at_ends,
    merged,
)
from tracer.match.strips import Film
from tracer.model import Edit, Match, Side, Video
from tracer.settings import CompareSettings


@dataclass(frozen=True, slots=True, eq=False)
class _Extent:
    """One of the two videos, and which of its seconds are shared."""

    side: Side
    film: Film
    spans: Spans
    duration: float

    @property
    def over(self) -> float:
        """Return the seconds that are not shared."""
        return self.duration - covered(self.spans)

    @property
    def inner_ends(self) -> int:
        """Return at how many ends of what is shared it goes on."""
        ends = [end for span in merged(self.spans) for end in span]
        return sum(1.0 < end < self.duration - 1.0 for end in ends)

    def holding_all_of(self, shorter: _Extent) -> _Extent:
        """Return this side with what it shares drawn out to the ends of the other video."""
        spans = merged(self.spans, self.duration)
        head = min(start for start, _ in shorter.spans)
        tail = shorter.duration - max(end for _, end in shorter.spans)
        drawn = (max(0.0, spans[0][0] - head), min(self.duration, spans[-1][1] + max(0.0, tail)))
        return replace(self, spans=[drawn])

    def goes_on(self, settings: CompareSettings) -> bool:
        """Tell whether it has more than the loose ends of segments."""
        return self.over > max(settings.trim_seconds, settings.trim_share * self.duration)


def extent_edits(
    match: Match,
    query: Video,
    other: Video,
    films: tuple[Film, Film],
    found: Iterable[Edit],
    settings: CompareSettings,
) -> Iterator[Edit]:
    """Give trim or compilation, of whichever side it is; ``found`` are the edits told so far."""
    if not match.segments or query.still or other.still:
        return
    mine = [(one.query_start, one.query_end) for one in match.segments]
    theirs = [(one.match_start, one.match_end) for one in match.segments]
    sides = (
        _Extent("query", films[0], mine, query.duration),
        _Extent("match", films[1], theirs, other.duration),
    )
    together = _barred_for_a_while(sides, found, settings) or _put_together(sides, settings)
    if together is not None:
        spans = [[round(a, 2), round(b, 2)] for a, b in merged(together.spans)]
        yield Edit("compilation", together.side, 0.8, {"spans": spans})
        return
    longer = _longer(sides, settings)
    if longer is not None:
        head = min(start for start, _ in longer.spans)
        tail = longer.duration - max(end for _, end in longer.spans)
        shorter: Side = "match" if longer.side == "query" else "query"
        detail: dict[str, Any] = {
            "head": round(max(0.0, head), 2),
            "tail": round(max(0.0, tail), 2),
        }
        taken_out = _gaps(longer.spans, settings)
        detail |= {"inside": taken_out} if taken_out else {}
        # An excerpt may begin or end at a cut; beside other matches that tells more.
        detail |= {"cut": True} if _at_cuts(longer, sides, settings) else {}
        yield Edit("trim", shorter, 0.9, detail)


def _at_cuts(longer: _Extent, sides: tuple[_Extent, _Extent], settings: CompareSettings) -> bool:
    """Tell whether the longer video has a cut wherever the other, held whole, ends in it."""
    (shorter,) = (one for one in sides if one.side != longer.side)
    held = longer.holding_all_of(shorter)
    return held.inner_ends > 0 and (
        _coincidence(held, settings.cut_close, settings) <= settings.cut_chance
    )


def _gaps(spans: Spans, settings: CompareSettings) -> list[list[float]]:
    """Return what lies between the shared seconds, where it is more than loose ends."""
    return [
        [round(end, 2), round(start, 2)]
        for (_, end), (start, _) in pairwise(merged(spans))
        if start - end > settings.trim_seconds
    ]


def _barred_for_a_while(
    sides: tuple[_Extent, _Extent], found: Iterable[Edit], settings: CompareSettings
) -> _Extent | None:
    """Return the side whose bars stand only while the shared clip is shown."""
    boxes = {edit.side: edit.detail["box"] for edit in found if edit.kind == "letterbox"}
    for one in sides:
        box = boxes.get(one.side)
        if box is not None and one.goes_on(settings):
            x0, y0, x1, y1 = box
            if barred_only_there(one.film, one.spans, (x0, y0, x1, y1), settings):
                return one
    return None


def _put_together(sides: tuple[_Extent, _Extent], settings: CompareSettings) -> _Extent | None:
    """Return the side in which clips were put together, if cuts say so of one of them."""
    if all(one.goes_on(settings) for one in sides):
        # Both go on, and differently: someone put clips together and left the cuts.
        found = [(_coincidence(one, settings.cut_reach, settings), one) for one in sides]
        limit = settings.cut_chance if min(one.over for one in sides) <= settings.trim_slack else 1
    else:
        # Only one goes on; it may be an excerpt of it, so that cuts at its ends are looked for
        # closely. One may be where an excerpt begins; two are a clip put in.
        longer, shorter = sorted(sides, key=lambda one: -one.over)
        longer = longer.holding_all_of(shorter)
        if longer.inner_ends < 2 or not longer.goes_on(settings):
            return None
        found = [(_coincidence(longer, settings.cut_close, settings), longer)]
        limit = settings.cut_chance_close
    chance, told = min(found, key=lambda one: one[0])
    return told if chance <= limit else None


def _coincidence(one: _Extent, reach: float, settings: CompareSettings) -> float:
    """Return how likely cuts lie by chance at all its inner ends; above 1 where there are none."""
    cut = cut_at_ends(one.film, one.spans, one.duration, reach, settings)
    if cut < settings.cut_ratio:
        return 2.0
    return float(by_chance(one.film, 2.0 * reach, settings) ** one.inner_ends)


def _longer(sides: tuple[_Extent, _Extent], settings: CompareSettings) -> _Extent | None:
    """Return the side that goes on where the other ends, None where neither or both do."""
    first, second = sorted(sides, key=lambda one: one.over)
    if not second.goes_on(settings):
        return None
    if not first.goes_on(settings):
        return second
    # A segment may end a little early; the side that goes on far longer still was not trimmed.
    slack = first.over <= settings.trim_slack and second.over >= 1.5 * first.over
    return second if slack else None
