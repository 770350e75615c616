"""Segments and cuts -> trim, compilation: which of the two has seconds that the other lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer.compare.cuts import Spans, covered, cut_at_ends, merged, telling
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
        """Return at how many ends it goes on beyond what is shared."""
        joined = merged(self.spans)
        return int(joined[0][0] > 1.0) + int(self.duration - joined[-1][1] > 1.0)

    def goes_on(self, settings: CompareSettings) -> bool:
        """Tell whether it has more than the loose ends of segments."""
        return self.over > max(settings.trim_seconds, settings.trim_share * self.duration)


def extent_edits(
    match: Match, query: Video, other: Video, films: tuple[Film, Film], settings: CompareSettings
) -> Iterator[Edit]:
    """Give trim or compilation, of whichever side it is."""
    if not match.segments or query.still or other.still:
        return
    mine = [(one.query_start, one.query_end) for one in match.segments]
    theirs = [(one.match_start, one.match_end) for one in match.segments]
    sides = (
        _Extent("query", films[0], mine, query.duration),
        _Extent("match", films[1], theirs, other.duration),
    )
    together = _put_together(sides, settings)
    if together is not None:
        spans = [[round(a, 2), round(b, 2)] for a, b in merged(together.spans)]
        yield Edit("compilation", together.side, 0.8, {"spans": spans})
        return
    longer = _longer(sides, settings)
    if longer is not None:
        head = min(start for start, _ in longer.spans)
        tail = longer.duration - max(end for _, end in longer.spans)
        shorter: Side = "match" if longer.side == "query" else "query"
        detail = {"head": round(max(0.0, head), 2), "tail": round(max(0.0, tail), 2)}
        yield Edit("trim", shorter, 0.9, detail)


def _put_together(sides: tuple[_Extent, _Extent], settings: CompareSettings) -> _Extent | None:
    """Return the side in which clips were put together, if cuts say so of one of them."""
    both = all(one.goes_on(settings) for one in sides)
    # Both go on, and differently: someone put clips together and left the harder cut. Where only
    # one goes on it may be an excerpt, and cuts at its ends are looked for closely.
    reach = settings.cut_reach if both else settings.cut_window
    loose = min(one.over for one in sides) <= settings.trim_slack
    hardest: tuple[float, _Extent] | None = None
    for one in sides:
        if not one.goes_on(settings):
            continue
        if not both and one.inner_ends < 2:
            continue  # one hard cut may be where an excerpt begins; two are a clip put in
        cut = cut_at_ends(one.film, one.spans, one.duration, reach, settings)
        if cut < settings.cut_ratio:
            continue
        if loose and not telling(one.film, one.inner_ends, settings):
            continue
        if hardest is None or cut > hardest[0]:
            hardest = (cut, one)
    return hardest[1] if hardest is not None else None


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
