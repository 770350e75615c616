"""Judge which of two videos derives from the other, by content alone.

Three hypotheses are weighed: the query derives from the match, the match from the query, or both
from something else. What only one side carries speaks against the other side deriving from it.
So evidence on one side leaves one direction, and evidence on both sides leaves the siblings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracer.model import Direction, DirectionVerdict, Evidence, Match, Video
from tracer.settings import DEFAULT, TraceSettings
from tracer.trace import weights
from tracer.trace.cues import CUES, Pair
from tracer.trace.weights import Weights

# No difference beyond re-encoding: these edits alone leave two videos the same.
_HARMLESS = frozenset({"reencode", "resize"})
# What speaks for one line of descent, whichever way it runs; `generation` tells the way.
AGAINST_SIBLINGS = frozenset({"one_way_loss"})


@dataclass(frozen=True, slots=True)
class Odds:
    """Probability of each hypothesis; they sum to 1."""

    query_from_match: float
    match_from_query: float
    siblings: float


def judge(
    match: Match,
    query: Video,
    other: Video,
    settings: TraceSettings = DEFAULT.trace,
    table: Weights | None = None,
) -> DirectionVerdict:
    """Weigh all evidence of content that a match holds; judging (B, A) gives the mirrored verdict.

    Evidence that an earlier stage measured on the pixels and put into `match.derivation` is kept.
    """
    evidence = collect(match, query, other, table or weights.load())
    odds = weigh(evidence, table or weights.load())
    best, probability = _best(odds)
    if probability >= settings.verdict_floor:
        return DirectionVerdict(best, probability, evidence)
    differs = any(edit.kind not in _HARMLESS for edit in match.edits)
    if match.edits and not differs:
        return DirectionVerdict("same", 1.0 - probability, evidence)
    return DirectionVerdict("undetermined", probability, evidence)


def judged(
    match: Match, query: Video, other: Video, settings: TraceSettings = DEFAULT.trace
) -> Match:
    """Return the match with its verdict of direction filled in."""
    return replace(match, derivation=judge(match, query, other, settings))


def collect(
    match: Match,
    query: Video,
    other: Video,
    table: Weights,
    names: tuple[str, str] = ("query", "match"),
) -> tuple[Evidence, ...]:
    """Ask every cue; return the evidence sorted by weight, heaviest first."""
    pair = Pair(match, query, other, table, names)
    found = [evidence for cue in CUES.values() for evidence in cue(pair)]
    found += [each for each in match.derivation.evidence if each.cue not in table.cues]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.cue, each.detail)))


def weigh(evidence: Iterable[Evidence], table: Weights) -> Odds:
    """Turn evidence into the probability of each hypothesis.

    Sums are exact (`fsum`), so that the order in which cues were found changes no bit of them.
    """
    sums: dict[Direction, list[float]] = {}
    one_way: list[float] = []
    for each in evidence:
        if each.cue in AGAINST_SIBLINGS:
            one_way.append(each.weight)
        else:
            sums.setdefault(each.favours, []).append(each.weight)
    on_query = math.fsum(sums.get("query_from_match", ()))  # what only the query carries
    on_match = math.fsum(sums.get("match_from_query", ()))
    apart = math.fsum(sums.get("siblings", ()))
    logs = (-(on_match + apart), -(on_query + apart), table.siblings - math.fsum(one_way))
    top = max(logs)
    parts = [math.exp(value - top) for value in logs]
    total = math.fsum(parts)
    return Odds(parts[0] / total, parts[1] / total, parts[2] / total)


def _best(odds: Odds) -> tuple[Direction, float]:
    ranked: list[tuple[float, Direction]] = [
        (odds.query_from_match, "query_from_match"),
        (odds.match_from_query, "match_from_query"),
        (odds.siblings, "siblings"),
    ]
    # Two directions that are equally likely are never decided: both lie below one half.
    probability, verdict = max(ranked)
    return verdict, probability
