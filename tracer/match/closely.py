"""What a stored fingerprint leaves open -> which videos deserve a closer look, at which seconds.

What the index keeps of a video is a sixth of the features and half of the picture that a query is
read with, or the index would be as large as the videos. Where that leaves a pair open, the indexed
file itself, if it is at hand, is read as finely as the query: crops, other speeds and quiet
pictures become clear, and what only looked alike falls. It costs a second or so for each video, so
it is done for the most promising alone: for what is `possible` or shows the same place, and for
what may be more where no match explains enough of the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tracer.match.candidates import Candidate
from tracer.model import Fingerprint, Match, NearMiss, Reason, SceneMatch
from tracer.settings import MatchSettings

Finding = Match | SceneMatch | NearMiss
Group = tuple[Candidate, ...]
"""One video, in every way in which it was named."""


OTHER_MOMENTS = ", other moments"
"""What the finding of a place says where its moments are surely others."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A video whose file is not at hand."""

    sha256: str


def left_open(
    query: Fingerprint,
    groups: Sequence[Group],
    sha256s: Sequence[str],
    found: Iterable[Finding],
    settings: MatchSettings,
) -> list[Group]:
    """Return the videos that deserve a closer look, the most promising first.

    ``sha256s`` name the candidates' ordinals, ``found`` is what a first look at each said.
    """
    findings = {one.sha256: one for one in found}
    explained = _explained(findings.values(), settings)
    asks = asks_for_more(query, findings.values(), settings)
    ranked: list[tuple[tuple[float, ...], Group]] = []
    blind: list[tuple[tuple[float, ...], Group]] = []
    for group in groups:
        one = findings.get(sha256s[group[0].ordinal])
        votes = max(candidate.votes for candidate in group)
        order = (-votes, float(group[0].ordinal))
        if isinstance(one, Match):
            spans = [(part.query_start, part.query_end) for part in one.segments]
            # What is only possible is worth a look even beside a copy of it that is sure.
            if one.verdict == "possible" or (
                one.score < settings.closer_clear and _unexplained(spans, explained, settings)
            ):
                ranked.append(((0.0, -one.score, *order), group))
        elif isinstance(one, SceneMatch) or (
            one is not None and asks and one.score > settings.closer_hopeless
        ):
            ranked.append(((1.0, -one.score, *order), group))
        elif one is not None and asks:
            blind.append(((2.0, *order), group))
    ranked += sorted(blind, key=lambda pair: pair[0])[: settings.closer_blind]
    ranked.sort(key=lambda pair: pair[0])
    return [group for _, group in ranked[: settings.closer_most]]


def asks_for_more(query: Fingerprint, found: Iterable[Finding], settings: MatchSettings) -> bool:
    """Tell whether enough of a query is explained by no clear match."""
    return _unexplained([(0.0, query.duration)], _explained(found, settings), settings)


def settled(first: Iterable[Finding], closer: Iterable[Finding | Gone]) -> list[Finding]:
    """Return the findings with what a closer look said in the place of what it was about.

    It knows more, also where it says less. A place known by a first look stays known.
    """
    again = {one.sha256: one for one in closer}
    return [_said(one, again.get(one.sha256)) for one in first]


def _said(first: Finding, again: Finding | Gone | None) -> Finding:
    if isinstance(again, Gone):
        return _not_at_hand(first)
    if again is None or (isinstance(first, SceneMatch) and isinstance(again, NearMiss)):
        return first
    return again


def _not_at_hand(finding: Finding) -> Finding:
    """Return a finding that says that its file could not be looked at.

    By what the index keeps of them, talking heads under new subtitles may seem to be other moments.
    """
    what = "its file is not at hand for a closer look: judged by what the index keeps of it"
    if isinstance(finding, Match):
        return replace(finding, reasons=(*finding.reasons, Reason("closer_look", 0.0, what, False)))
    if isinstance(finding, SceneMatch):
        detail = finding.detail.replace(OTHER_MOMENTS, "", 1)
        return replace(finding, detail=f"{detail}; {what}", other_moments=False)
    return replace(finding, detail=f"{finding.detail}; {what}")


def span_of(
    group: Group, query: Fingerprint, stored: Fingerprint, settings: MatchSettings
) -> tuple[float, float] | None:
    """Return the seconds of a long video that a closer look is about; None where it is all of it.

    Around the second that most moments of the query point to, as far as the query may reach.
    """
    if stored.duration <= settings.closer_longest:
        return None
    begins: list[float] = []
    for candidate in group:
        features = query.mirrored if candidate.mirrored else query.features
        if features is not None:
            begins += [
                float(stored.features.timestamps[pair.match_frame])
                - float(features.timestamps[pair.query_frame])
                for pair in candidate.pairs
            ]
        begins += [there - at for at, there in candidate.moments]
    begin = float(np.median(begins)) if begins else 0.0
    reach = min(query.duration, settings.closer_longest / 2)
    start = max(0.0, begin - reach / 2)
    return (start, min(start + settings.closer_longest, begin + 1.5 * reach, stored.duration))


def _explained(found: Iterable[Finding], settings: MatchSettings) -> list[tuple[float, float]]:
    return [
        (part.query_start, part.query_end)
        for one in found
        if isinstance(one, Match) and one.score >= settings.closer_clear
        for part in one.segments
    ]


def _unexplained(
    spans: Sequence[tuple[float, float]],
    explained: Sequence[tuple[float, float]],
    settings: MatchSettings,
) -> bool:
    """Tell whether enough of some seconds lies outside of what is explained."""
    whole = covered(spans)
    left = covered([*spans, *explained]) - covered(explained)
    return left >= min(settings.closer_seconds, settings.closer_share * whole)


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Return the length of a union of intervals."""
    total, reached = 0.0, -np.inf
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total)
