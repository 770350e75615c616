"""Examination -> the same place from the same camera, and why that is no match.

Other moments of one room agree in everything but what moves, so that is what is told; where what
moves does agree and another bar was missed, nothing says that the moments are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.match.candidates import Candidate
from tracer.match.closely import OTHER_MOMENTS
from tracer.match.examine import Examination, Subject, by_layout, examine_under, layouts_of
from tracer.match.place import Place, one_place
from tracer.match.score import bars_missed, main_line, measures, reasons
from tracer.match.standing import Standing, standing
from tracer.match.strips import visible
from tracer.model import SceneMatch, Transform
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows that two videos were taken in one place: features, or what stands in both."""

    transform: Transform
    place: Place | None
    standing: Standing | None

    @property
    def score(self) -> float:
        """How sure that is, 0 to 0.99; it is compared with other scenes alone."""
        if self.standing is not None:
            return min(0.99, self.standing.share)
        assert self.place is not None
        return min(0.99, self.place.appearance * min(1.0, self.place.registration.best_pair / 60))

    @property
    def detail(self) -> str:
        """The same in words."""
        if self.standing is not None:
            one = self.standing
            return f"{one.agreeing} of {one.parts} parts of what stands in both lie in one place"
        assert self.place is not None
        inliers, looks = self.place.registration.best_pair, self.place.appearance
        return f"{inliers} features agree, the pictures correlate at {looks:.2f}"


def scene_of(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    found: Examination | None,
    settings: MatchSettings,
) -> SceneMatch | None:
    """Return the finding that two videos show one place, where they do.

    ``found`` is the best explanation of what they share, which is no match; None where no transform
    was found. ``asked`` is how the match was named.
    """
    shown = place_of(query, match, asked, found, settings)
    if shown is None:
        return None
    found = found or examine_under(query, match, shown.transform, settings)
    return scene(match.fingerprint.sha256, shown, found, settings) if found is not None else None


def place_of(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    found: Examination | None,
    settings: MatchSettings,
) -> Shown | None:
    """Return what shows that two videos were taken in one place, if anything does."""
    places = found.places if found is not None else ()
    by_features = [place for place in places if one_place(place, settings)]
    if by_features:
        place = max(by_features, key=lambda place: place.registration.best_pair)
        return Shown(place.registration.transform, place, None)
    films, layouts = (query.film, match.film), layouts_of(query, match)
    seen: list[tuple[float, Shown]] = []
    for transform in _laid_over(query, match, asked, places, settings):
        region = visible(transform, match.fingerprint.layout.picture)
        if region is None:
            continue
        one = standing(films, layouts, transform, region, settings)
        if one.clear >= settings.standing_clear and one.share >= settings.standing_share:
            seen.append((one.clear, Shown(transform, None, one)))
    return max(seen, key=lambda each: each[0])[1] if seen else None


def _laid_over(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    places: Sequence[Place],
    settings: MatchSettings,
) -> Iterator[Transform]:
    """Yield the transforms on which what stands is compared."""
    for place in places:
        if place.registration.best_pair >= settings.standing_inliers:
            yield place.registration.transform
    for mirrored in sorted({one.mirrored for one in asked}):
        yield from by_layout(query, match, mirrored)


def scene(sha256: str, shown: Shown, found: Examination, settings: MatchSettings) -> SceneMatch:
    """Turn an examination into a finding of the same place, with what kept it from being more."""
    others, why = _kept_apart(found, settings)
    return SceneMatch(
        sha256=sha256,
        score=round(shown.score, 4),
        detail=f"same room and camera{OTHER_MOMENTS if others else ''}: {shown.detail}, {why}",
        reasons=reasons(found, settings),
        other_moments=others,
    )


def _kept_apart(found: Examination, settings: MatchSettings) -> tuple[bool, str]:
    """Return whether the moments are surely others, and what is missing for a match."""
    if found.energy < settings.scene_quiet:
        return False, "too little moves to tell whether these are the same moments"
    main = main_line(found)
    seconds = sum(one.query_end - one.query_start for one in main)
    if not main:
        return True, "at no speed and offset do the two move alike"
    motion = max(one.motion for one in main)
    if motion < settings.motion_agrees:
        return True, "what moves does not agree"
    missed = (
        [one.detail for one in bars_missed(measures(found), settings, found.grain)]
        if seconds
        else []
    )
    if missed:
        return False, f"what moves agrees at {motion:.2f}, which is not enough: {'; '.join(missed)}"
    over = f" over {seconds:.1f} s" if seconds else ""
    fine = f", its fine detail at {found.grain.correlation:.2f}" if found.grain else ""
    return True, f"what moves agrees at no more than {motion:.2f}{over}{fine}"
