"""What a query's matches say together: is the query put together from clips?

Seen alone, a clip that lies whole in a longer video may as well be an excerpt of it. Beside other
matches it is not: what shows strangers one after another was put together from them. The rule is
the chain's own (:func:`tracer.trace.families.compilations`), asked before a chain is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tracer.compare.cuts import merged
from tracer.index.store import Index
from tracer.model import Edit, Findings, Match, Video
from tracer.pipeline.reviewing import reviewed
from tracer.settings import Settings
from tracer.trace import direction
from tracer.trace.cues import shared, spans
from tracer.trace.families import compilations, verified

_SECONDS = ("trim", "compilation")
_SURE = 0.8  # the confidence of an edit of this kind that a pair tells by itself


def with_parts(findings: Findings, query: Video, index: Index, settings: Settings) -> Findings:
    """Return the findings, the query told as a compilation of what it was put together from."""
    found = {one.sha256 for one in findings.matches}
    if len(found) < 2:
        return findings
    reviews = index.reviews()
    between = [
        known
        for sha256 in sorted(found)
        for known in reviewed(index.matches_of(sha256), reviews)
        if known.sha256 in found
    ]
    videos = {one.sha256: index.video(one.sha256).video for one in findings.matches}
    return replace(
        findings, matches=told_together(findings.matches, query, videos, between, settings)
    )


def told_together(
    matches: Sequence[Match],
    query: Video,
    videos: Mapping[str, Video],
    between: Iterable[Match],
    settings: Settings,
) -> tuple[Match, ...]:
    """Return a query's matches, those that are parts of it told so.

    ``videos`` are the matches' by SHA-256, ``between`` what those match among themselves. What a
    part's pair had taken for an excerpt is then the query's edit, and its direction is judged anew.
    """
    between = list(between)
    sure = [one for one in matches if one.verdict == "match"]
    durations = {one.sha256: one.duration for one in (query, *videos.values())}
    parts = compilations(verified([*sure, *between]), durations, settings.trace).get(
        query.sha256, frozenset()
    )
    parts |= _beside(matches, parts, between, settings)
    return tuple(
        _put_in(one, query, videos[one.sha256], settings) if one.sha256 in parts else one
        for one in matches
    )


def _beside(
    matches: Sequence[Match], parts: frozenset[str], between: Sequence[Match], settings: Settings
) -> frozenset[str]:
    """Return what lies beside the parts of a query that was put together: strangers to all of them.

    What is only a possible match may be one of them; that clips were put together it does not tell.
    """
    taken = [
        span for one in matches if one.sha256 in parts for span in spans(one, one.query_sha256)
    ]
    ends = [(one.query_sha256, one.sha256) for one in between]
    akin = {b for a, b in ends if a in parts} | {a for a, b in ends if b in parts}
    return frozenset(
        one.sha256
        for one in matches
        if parts
        and one.sha256 not in parts
        and one.sha256 not in akin
        and shared(spans(one, one.query_sha256), taken) < settings.trace.bridge_seconds
    )


def _told_alone(match: Match) -> bool:
    return any(edit.kind == "compilation" and edit.side == "query" for edit in match.edits)


def _put_in(match: Match, query: Video, part: Video, settings: Settings) -> Match:
    """Return a match of a compilation with one of its parts.

    Cuts where the shared seconds end, which a pair may lay to the part, are the compilation's.
    """
    if _told_alone(match):
        return match
    seconds = merged((one.query_start, one.query_end) for one in match.segments)
    spans = [[round(start, 2), round(end, 2)] for start, end in seconds]
    told = Edit("compilation", "query", _SURE, {"spans": spans})
    kept = (one for one in match.edits if one.kind not in _SECONDS or one.side != "match")
    return direction.judged(replace(match, edits=(*kept, told)), query, part, settings.trace)
