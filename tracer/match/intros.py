"""Matches -> those that are no shared intro: the same seconds at the edge of many other videos.

An intro, an end card or a channel's bumper moves and agrees like any footage, so that no close look
at two videos tells it from a copy. What does is the index: a stretch that opens or closes a video,
is a small part of it, and does the same in several others that share nothing else with it. A clip
that was posted many times is not meant: it fills the videos that show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracer.model import Match, NearMiss, Reason
from tracer.settings import MatchSettings

STEP = "score"


@dataclass(frozen=True, slots=True)
class _Part:
    """The seconds of one video that a match takes up, where they may be an intro."""

    other: str
    spans: tuple[tuple[float, float], ...]
    length: float


def intros(
    matches: Sequence[Match], durations: Mapping[str, float], settings: MatchSettings
) -> dict[tuple[str, str], int]:
    """Return the pairs whose matched seconds are a shared intro, each with how many videos show it.

    A pair is (query, match) as given; ``durations`` are the seconds of every video concerned.
    """
    parts: dict[str, list[_Part]] = {}
    for match in matches:
        for one, other, spans in _both_ways(match):
            if _at_an_edge(spans, durations[one], settings):
                length = _union(spans)
                if length <= settings.intro_share * durations[one]:
                    parts.setdefault(one, []).append(_Part(other, spans, length))
    shown: dict[tuple[str, str], int] = {}
    for one, mine in parts.items():
        for part in mine:
            # Both must see it as an edge of theirs.
            if any(back.other == one for back in parts.get(part.other, ())):
                others = {each.other for each in mine if _covered(part, each, settings)}
                shown[one, part.other] = len(others) + 1
    found = {}
    for match in matches:
        pair = (match.query_sha256, match.sha256)
        count = max(shown.get(pair, 0), shown.get((pair[1], pair[0]), 0))
        if count > settings.intro_videos and match.review is None:
            found[pair] = count
    return found


def without_intros(
    matches: Sequence[Match], durations: Mapping[str, float], settings: MatchSettings
) -> list[Match]:
    """Return the matches that share more than an intro."""
    shared = intros(matches, durations, settings)
    return [one for one in matches if (one.query_sha256, one.sha256) not in shared]


def as_miss(match: Match, videos: int) -> NearMiss:
    """Say of a match why it is none."""
    seconds = _union(tuple((one.query_start, one.query_end) for one in match.segments))
    detail = (
        f"the {seconds:.1f} s in common open or close {videos} videos that share nothing else: "
        "an intro or a bumper"
    )
    reason = Reason("shared_intro", float(videos), detail, passed=False)
    return NearMiss(match.sha256, match.score, STEP, detail, (reason, *match.reasons))


_Spans = tuple[tuple[float, float], ...]


def _both_ways(match: Match) -> list[tuple[str, str, _Spans]]:
    query = tuple(sorted((one.query_start, one.query_end) for one in match.segments))
    other = tuple(sorted((one.match_start, one.match_end) for one in match.segments))
    return [
        (match.query_sha256, match.sha256, query),
        (match.sha256, match.query_sha256, other),
    ]


def _at_an_edge(spans: _Spans, duration: float, settings: MatchSettings) -> bool:
    first, last = spans[0][0], max(end for _, end in spans)
    return first <= settings.intro_edge or last >= duration - settings.intro_edge


def _union(spans: _Spans) -> float:
    """Return the seconds that spans cover together."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _covered(one: _Part, other: _Part, settings: MatchSettings) -> bool:
    """Tell whether what one match takes up of a video is what another does, but for little.

    Of an intro a hard pair shows a part only, and another goes on a little into what follows.
    """
    common = one.length + other.length - _union((*one.spans, *other.spans))
    little = one.length - common <= settings.intro_left
    return common >= (settings.intro_common if little else settings.intro_same) * one.length
