"""Two fingerprints -> why they do or do not match, step by step."""

from __future__ import annotations

from functools import partial
from typing import Literal

from tracer.match.candidates import Candidate, candidates
from tracer.match.examine import Examination, Subject
from tracer.match.find import (
    examined,
    matched,
    scored,
    steps,
    verdict_of,
)
from tracer.match.scenes import scene_of
from tracer.match.score import reasons
from tracer.match.searched import film_of, from_fingerprints
from tracer.match.twice import best_twice
from tracer.model import Fingerprint, Match, PairReport, Reason, SceneMatch, Video
from tracer.settings import Settings

Outcome = Literal["match", "possible", "same_scene", "none"]


def explain_pair(
    first: tuple[Video, Fingerprint],
    second: tuple[Video, Fingerprint],
    settings: Settings,
    videos: int = 1,
    *,
    closely: bool = False,
) -> PairReport:
    """Compare two videos and name every step with its numbers.

    ``videos`` is the size of the index that the score should account for. ``closely``: the second
    was read as finely as the first, and is looked at twice.
    """
    query, other = first[1], second[1]
    mine = settings.match

    def report(
        outcome: Outcome,
        failed: str,
        value: float,
        told: tuple[Reason, ...],
        found: Match | None = None,
    ) -> PairReport:
        return PairReport(first[0], second[0], outcome, failed, round(value, 4), told, found)

    index = from_fingerprints([other])
    subject = Subject(query, partial(film_of, query))
    match = Subject(other, partial(index.film, 0))
    named = candidates(query, subject.film, index, mine)
    best: tuple[float, Examination | None, Candidate | None] = (-1.0, None, None)
    if closely and named:
        value, found = best_twice(subject, match, named, videos, mine)
        mirrored = found is not None and found.transform.mirrored
        best = (value, found, next((c for c in named if c.mirrored == mirrored), named[0]))
        named = []
    for candidate in named:
        found = examined(subject, match, candidate, mine)
        value = scored(subject, found, videos, mine) if found is not None else 0.0
        worth = found.worth if found is not None else 0.0
        if best[2] is None or (value, worth) > (best[0], best[1].worth if best[1] else 0.0):
            best = (value, found, candidate)
    value, found, chosen = max(0.0, best[0]), best[1], best[2]
    told = _hashed(query, "query") + _hashed(other, "match") + steps(found, chosen)
    if found is None:
        if chosen is None:
            return report("none", "candidates", 0.0, told)
        place = scene_of(subject, match, [chosen], None, mine)
        outcome: Outcome = "same_scene" if place else "none"
        return report(outcome, "verification", 0.0, told + _of_place(place))
    told += reasons(found, mine)
    verdict = verdict_of(value)
    how = ", at two samplings of the file itself" if closely else ""
    told += (Reason("score", round(value, 4), f"{value:.4f}, with {videos} in the index{how}"),)
    if verdict is not None:
        return report(verdict, "", value, told, matched(query, other, found, value, verdict, mine))
    failed = "score" if found.stretches else "alignment"
    place = scene_of(subject, match, [chosen] if chosen else [], found, mine)
    return report("same_scene" if place else "none", failed, value, told + _of_place(place))


def _of_place(place: SceneMatch | None) -> tuple[Reason, ...]:
    """Say that both show one place, which keeps them from being a match."""
    if place is None:
        return ()
    return (Reason("same_scene", place.score, place.detail, passed=False),)


def _hashed(fingerprint: Fingerprint, name: str) -> tuple[Reason, ...]:
    """Say what the fingerprint holds."""
    hashes, features = fingerprint.hashes, fingerprint.features
    layout = fingerprint.layout
    return (
        Reason(
            f"{name}_frames",
            float(len(hashes)),
            f"{len(hashes)} hashes of {len(fingerprint.miniature)} sampled frames kept (flat "
            f"frames dropped), {len(features)} features of {len(features.timestamps)} frames; "
            f"layout {layout.kind}",
            passed=len(hashes) > 0 or len(features) > 0,
        ),
    )
