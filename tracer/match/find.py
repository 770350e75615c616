"""Query fingerprint x index -> Findings.

1. Candidates by hashes and by visual words, of the query and of its mirror image.
2. Each is examined: transform, time line, agreement.
3. Each gets a score, which the number of videos searched lowers.
4. What that leaves open is looked at again with the indexed file itself (`closely`).
5. What agrees in picture and motion is a match; what shows the same place at other moments is
   `same_scene`; the nearest of the rest are named with the step at which they failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tracer.errors import TracerError
from tracer.match.candidates import Candidate, candidates
from tracer.match.closely import Gone, left_open, settled
from tracer.match.examine import Examination, Subject, by_layout, examine, explains_all, fits
from tracer.match.place import Place
from tracer.match.registration import register
from tracer.match.scenes import scene_of
from tracer.match.score import calibration, measures, reasons, score
from tracer.match.searched import Searched, film_of
from tracer.match.segments import segments_of
from tracer.match.still import examine_still, still_score
from tracer.model import (
    Findings,
    Fingerprint,
    Match,
    NearMiss,
    Reason,
    SceneMatch,
    Verdict,
)
from tracer.settings import MatchSettings, Settings

Finding = Match | SceneMatch | NearMiss
"""What an answer says of one video of the index."""

Looks = Callable[[Sequence[tuple[Candidate, ...]]], Iterable[Finding]]
"""Looks closely at videos, each given by its candidates; in any order."""

CloserLooks = Callable[[Sequence[tuple[Candidate, ...]]], Iterable[Finding | Gone]]
"""The same with the indexed files themselves, where these are at hand."""


def find(
    query: Fingerprint,
    index: Searched,
    settings: Settings,
    looks: Looks | None = None,
    closer: CloserLooks | None = None,
) -> Findings:
    """Return everything in the index that shares footage, or a scene, with the query.

    A video with the query's own SHA-256 is left out. ``looks`` may do the close looks elsewhere,
    side by side; without it they are done here, one after another. ``closer`` looks at what these
    leave open with the indexed files themselves.
    """
    mine = settings.match
    subject = Subject(query, partial(film_of, query))

    def here(asked: Sequence[tuple[Candidate, ...]]) -> Iterator[Finding]:
        for some in asked:
            ordinal = some[0].ordinal
            match = Subject(index.fingerprint(ordinal), partial(index.film, ordinal))
            yield look(subject, match, some, len(index), mine)

    worth, chance = _sifted(
        query, by_video(candidates(query, subject.film, index, mine, threads=2)), index, mine
    )
    found: list[Finding] = list((looks or here)(worth))
    found += [miss(index.sha256s[one[0].ordinal], 0.0, None, nearest(one), mine) for one in chance]
    if closer is not None and len(subject.film.times) > 1:
        open_ = left_open(query, [*worth, *chance], index.sha256s, found, mine)
        found = settled(found, closer(open_) if open_ else ())
    misses = _sorted(one for one in found if isinstance(one, NearMiss))
    return Findings(
        query_sha256=query.sha256,
        matches=_sorted(one for one in found if isinstance(one, Match)),
        same_scene=_sorted(one for one in found if isinstance(one, SceneMatch)),
        nearest=misses[: mine.nearest],
    )


def _sifted(
    query: Fingerprint,
    groups: Sequence[tuple[Candidate, ...]],
    index: Searched,
    settings: MatchSettings,
) -> tuple[list[tuple[Candidate, ...]], list[tuple[Candidate, ...]]]:
    """Divide videos into those worth a close look and those that no transform fits.

    Over a thousand hours most candidates are chance, and that takes no film to see.
    """
    worth: list[tuple[Candidate, ...]] = []
    chance: list[tuple[Candidate, ...]] = []
    for group in groups:
        try:
            match = index.fingerprint(group[0].ordinal)
        except TracerError:  # gone or damaged: whoever looks closely says so
            worth.append(group)
            continue
        if any(one.hits or fits(query, match, one, settings) for one in group):
            worth.append(group)
        else:
            chance.append(group)
    return worth, chance


def nearest(asked: Sequence[Candidate]) -> Candidate:
    """Return the way of naming a video that has most votes."""
    return max(asked, key=lambda one: one.votes)


_Kind = TypeVar("_Kind", Match, SceneMatch, NearMiss)


def _sorted(found: Iterable[_Kind]) -> tuple[_Kind, ...]:
    return tuple(sorted(found, key=lambda one: (-one.score, one.sha256)))


def by_video(found: Iterable[Candidate]) -> list[tuple[Candidate, ...]]:
    """Group candidates by the video they name: as it is, and seen in a mirror."""
    groups: dict[int, list[Candidate]] = {}
    for candidate in found:
        groups.setdefault(candidate.ordinal, []).append(candidate)
    return [tuple(group) for group in groups.values()]


def look(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    videos: int,
    settings: MatchSettings,
) -> Finding:
    """Look closely at one video, for every way in which it was named.

    ``videos`` is how many were searched, which the score takes into account.
    """
    value, explained = best_of(query, match, asked, videos, settings)
    return told(query, match, asked, (value, explained), settings)


def best_of(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    videos: int,
    settings: MatchSettings,
) -> tuple[float, Examination | None]:
    """Return the best explanation of how a video shares footage, and its score."""
    best: tuple[float, Examination] | None = None
    for candidate in asked:
        if best is not None and explains_all(best[1], query, match, settings):
            break  # its mirror image could only explain the same seconds again
        found = examined(query, match, candidate, settings)
        if found is None:
            continue
        value = scored(query, found, videos, settings)
        if best is None or (value, found.worth) > (best[0], best[1].worth):
            best = (value, found)
    return best or (0.0, None)


def told(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    best: tuple[float, Examination | None],
    settings: MatchSettings,
) -> Finding:
    """Return what an explanation and its score mean for an answer."""
    value, explained = best
    sha256 = match.fingerprint.sha256
    verdict = verdict_of(value)
    if explained is not None and verdict is not None:
        fingerprints = query.fingerprint, match.fingerprint
        return matched(*fingerprints, explained, value, verdict, settings)
    place = scene_of(query, match, asked, explained, settings)
    return place or miss(sha256, value, explained, nearest(asked), settings)


def examined(
    query: Subject, match: Subject, candidate: Candidate, settings: MatchSettings
) -> Examination | None:
    """Examine a candidate as a video, or as the source of a still."""
    if len(query.film.times) > 1:
        return examine(query, match, candidate, settings)
    features = query.fingerprint.mirrored if candidate.mirrored else query.fingerprint.features
    found: list[Examination] = []
    if features is not None and candidate.pairs:
        aspects = (query.fingerprint.aspect, match.fingerprint.aspect)
        for one in register(
            features,
            match.fingerprint.features,
            candidate.pairs,
            aspects,
            settings,
            mirrored=candidate.mirrored,
        ):
            seen = examine_still(query, match, one, one.transform, settings)
            found += [seen] if seen is not None else []
    if candidate.hits:
        for transform in by_layout(query, match, candidate.mirrored):
            seen = examine_still(query, match, None, transform, settings)
            found += [seen] if seen is not None else []
    best = max(found, key=lambda one: still_score(one, 1, settings), default=None)
    if best is None:
        return None
    places = [Place(one.registration, one.still_appearance) for one in found if one.registration]
    return replace(best, places=tuple(places))


def scored(query: Subject, found: Examination, videos: int, settings: MatchSettings) -> float:
    """Return the calibrated score of an examination."""
    if len(query.film.times) > 1:
        return score(measures(found), videos, settings)
    return still_score(found, videos, settings)


def verdict_of(value: float) -> Verdict | None:
    """Return what a score means; None below `possible`."""
    fitted = calibration()
    if value >= fitted.match:
        return "match"
    return "possible" if value >= fitted.possible else None


def matched(
    query: Fingerprint,
    match: Fingerprint,
    found: Examination,
    value: float,
    verdict: Verdict,
    settings: MatchSettings,
) -> Match:
    """Turn an examination into a Match."""
    return Match(
        query_sha256=query.sha256,
        sha256=match.sha256,
        score=round(value, 4),
        verdict=verdict,
        segments=segments_of(found, query.duration, match.duration, settings),
        transform=found.transform,
        reasons=reasons(found, settings),
    )


def miss(
    sha256: str,
    value: float,
    found: Examination | None,
    candidate: Candidate,
    settings: MatchSettings,
) -> NearMiss:
    """Say at which step a candidate failed, and with which numbers."""
    if found is None:
        detail = (
            f"{candidate.votes:.0f} votes of shared features and {candidate.hits} moments with a "
            "near hash, but no transform that lays one picture over the other"
        )
        return NearMiss(sha256, round(value, 4), "verification", detail)
    inliers = found.registration.best_pair if found.registration else 0
    if not found.stretches:
        detail = (
            f"{inliers} features agree with one transform, the frames correlate at "
            f"{found.still_appearance:.2f}, but at no speed and offset do the two move alike"
        )
        return NearMiss(sha256, round(value, 4), "alignment", detail)
    parts = reasons(found, settings)
    detail = "; ".join(part.detail for part in parts[:3])
    return NearMiss(sha256, round(value, 4), "score", detail, parts)


def steps(found: Examination | None, candidate: Candidate | None) -> tuple[Reason, ...]:
    """Return each step of an examination with its numbers, for `explain`."""
    if candidate is None:
        return (
            Reason("candidates", 0.0, "no hash within the radius and no shared feature", False),
        )
    out = [
        Reason("hash_hits", float(candidate.hits), f"{candidate.hits} moments with a near hash"),
        Reason(
            "feature_votes",
            round(candidate.votes, 1),
            f"{candidate.votes:.1f} weighted votes of shared features over "
            f"{len(candidate.pairs)} frame pairs" + (", mirrored" if candidate.mirrored else ""),
        ),
    ]
    if found is None:
        out.append(Reason("transform", 0.0, "no transform fits", False))
        return tuple(out)
    if found.registration is not None:
        one = found.registration
        out.append(
            Reason(
                "transform",
                float(one.best_pair),
                f"{one.best_pair} features of the best of {one.pairs} frame pairs agree with one "
                f"transform; they span {one.spread:.0%} of the frame",
            )
        )
    else:
        out.append(Reason("transform", 0.0, "laid over by the layouts; no features needed"))
    out.append(
        Reason(
            "frames_alike",
            round(found.still_appearance, 3),
            f"the frames it was found on correlate at {found.still_appearance:.2f}",
        )
    )
    for number, stretch in enumerate(found.stretches, 1):
        out.append(
            Reason(
                f"line_{number}",
                round(stretch.motion, 3),
                f"query {stretch.query_start:.2f} to {stretch.query_end:.2f} s, speed "
                f"{stretch.line.speed:.3f}, offset {stretch.line.offset:.2f} s: "
                f"motion {stretch.motion:.2f}, picture {stretch.appearance:.2f}, "
                f"{stretch.moments} moments",
            )
        )
    if not found.stretches:
        out.append(Reason("line_1", 0.0, "at no speed and offset do the two move alike", False))
    return tuple(out)
