"""One candidate, looked at closely: transform, time line and what agrees on it.

1. Transforms that the features, or the layouts, suggest.
2. For each, the stretches of time on which picture and motion agree.
3. Where a transform gives none, it is fitted anew at the moment nearby that fits best.
4. What was found is measured once more on its own seconds only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tracer.match import geometry
from tracer.match.candidates import Candidate
from tracer.match.refinement import refine
from tracer.match.registration import Registration, register
from tracer.match.snapping import snapped
from tracer.match.strips import Film, lay_over, visible
from tracer.match.timeline import Stretch, appearance_between, find_stretches, look_again, worth
from tracer.model import WHOLE, Box, Fingerprint, Transform
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A video with its film decoded."""

    fingerprint: Fingerprint
    film: Film


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """All that a close look at one candidate gave."""

    registration: Registration | None  # None where only the layouts suggested the transform
    transform: Transform
    region: Box  # of the match's frame
    covered: float
    stretches: tuple[Stretch, ...]
    still_appearance: float  # of the frames that the transform was found on

    @property
    def worth(self) -> float:
        return worth(list(self.stretches))


def examine(
    query: Subject, match: Subject, candidate: Candidate, settings: MatchSettings
) -> Examination | None:
    """Return the best explanation of how two videos share footage; None where there is none."""
    best: Examination | None = None
    features = query.fingerprint.mirrored if candidate.mirrored else query.fingerprint.features
    registrations: list[Registration] = []
    if features is not None and candidate.pairs:
        registrations = register(
            features,
            match.fingerprint.features,
            candidate.pairs,
            (query.fingerprint.aspect, match.fingerprint.aspect),
            settings,
            mirrored=candidate.mirrored,
        )
    for registration in registrations:
        best = _better(best, _under(query, match, registration, registration.transform, settings))
    if candidate.hits and (best is None or best.worth < settings.worth_clear):
        for transform in by_layout(query, match, candidate.mirrored):
            best = _better(best, _under(query, match, None, transform, settings))
    if best is None or not best.stretches:
        return best
    return _polished(query, match, best, settings)


def _better(a: Examination | None, b: Examination | None) -> Examination | None:
    if a is None or b is None:
        return a or b
    if b.worth != a.worth:
        return b if b.worth > a.worth else a
    inliers = [one.registration.inliers if one.registration else 0 for one in (a, b)]
    return b if inliers[1] > inliers[0] else a


def by_layout(query: Subject, match: Subject, mirrored: bool) -> list[Transform]:
    """Return the transforms that lay one picture rectangle over the other."""
    boxes_q = dict.fromkeys([query.fingerprint.layout.picture, WHOLE])
    boxes_m = dict.fromkeys([match.fingerprint.layout.picture, WHOLE])
    return [geometry.between_boxes(m, q, mirrored=mirrored) for q in boxes_q for m in boxes_m]


def _under(
    query: Subject,
    match: Subject,
    registration: Registration | None,
    transform: Transform,
    settings: MatchSettings,
) -> Examination | None:
    """Examine one transform, on the whole visible region and on the box of its inliers."""
    picture = match.fingerprint.layout.picture
    whole = visible(transform, picture)
    if whole is None:
        return None
    narrow = None
    if registration is not None:
        # Frames that do not even look alike where they were matched are left at once: it is chance.
        narrow = _around(registration.box, whole)
        still = _still(query.film, match.film, registration, narrow or whole, settings)
        if still < settings.still_floor:
            return Examination(registration, transform, whole, 0.0, (), still)
    best = _on_region(query.film, match.film, registration, transform, whole, settings)
    if registration is None or _clear(best, settings):
        return best
    aspects = (query.fingerprint.aspect, match.fingerprint.aspect)
    for plain in snapped(transform, aspects, settings):
        seen = visible(plain, picture)
        if seen is not None:
            found = _on_region(query.film, match.film, registration, plain, seen, settings)
            best = _better(best, found)
    if _clear(best, settings):
        return best
    if narrow is not None and geometry.area(narrow) < settings.narrow * geometry.area(whole):
        found = _on_region(query.film, match.film, registration, transform, narrow, settings)
        best = _better(best, found)
    if best is not None and best.worth >= settings.worth_clear:
        return best
    # Nothing convinces: the camera may have moved between the frames that were compared.
    for region in dict.fromkeys([narrow or whole, whole]):
        moments = (registration.query_time, registration.match_time)
        refined, _, correlation = refine(
            query.film, match.film, transform, region, moments, settings
        )
        if correlation < settings.refine_floor:
            continue
        seen = visible(refined, picture)
        seen = geometry.intersection(seen, _around(region, WHOLE) or region) if seen else None
        if seen is not None:
            found = _on_region(query.film, match.film, registration, refined, seen, settings)
            best = _better(best, found)
        if _clear(best, settings):
            return best
        for plain in snapped(refined, aspects, settings):
            seen = visible(plain, picture)
            if seen is not None:
                found = _on_region(query.film, match.film, registration, plain, seen, settings)
                best = _better(best, found)
    return best


def _clear(found: Examination | None, settings: MatchSettings) -> bool:
    """Tell whether no other transform need be tried."""
    if found is None or found.worth < settings.worth_clear:
        return False
    longest = max(found.stretches, key=lambda one: one.query_end - one.query_start)
    return longest.motion >= settings.motion_clear


def _around(box: Box, limit: Box) -> Box | None:
    """Return a box a little larger than the inliers' own, inside ``limit``."""
    x, y = 0.1 * (box[2] - box[0]), 0.1 * (box[3] - box[1])
    return geometry.intersection((box[0] - x, box[1] - y, box[2] + x, box[3] + y), limit)


def _on_region(
    query: Film,
    match: Film,
    registration: Registration | None,
    transform: Transform,
    region: Box,
    settings: MatchSettings,
) -> Examination | None:
    overlay = lay_over(query, match, transform, region, settings)
    if overlay is None:
        return None
    stretches = find_stretches(overlay, settings)
    return Examination(
        registration,
        transform,
        region,
        overlay.covered,
        tuple(look_again(overlay, stretch, settings) for stretch in stretches),
        _still(query, match, registration, region, settings),
    )


def _still(
    query: Film,
    match: Film,
    registration: Registration | None,
    region: Box,
    settings: MatchSettings,
) -> float:
    """Return how alike the frames look on which the transform was found."""
    if registration is None:
        return 0.0
    overlay = lay_over(
        query.around(registration.query_time),
        match.around(registration.match_time),
        registration.transform,
        region,
        settings,
    )
    return 0.0 if overlay is None else appearance_between(overlay, 0, 0, settings)


def _polished(
    query: Subject, match: Subject, found: Examination, settings: MatchSettings
) -> Examination:
    """Fit the transform once more where the time line says both show the same frame."""
    longest = max(found.stretches, key=lambda one: one.query_end - one.query_start)
    if longest.motion >= settings.polish_below:
        return found
    middle = (longest.query_start + longest.query_end) / 2
    at = float(longest.line.at(np.array([middle]))[0])
    close = replace(settings, refine_window=0.3)
    transform, _, correlation = refine(
        query.film, match.film, found.transform, found.region, (middle, at), close
    )
    if correlation < settings.refine_floor:
        return found
    region = visible(transform, match.fingerprint.layout.picture)
    limit = _around(found.region, WHOLE)
    region = geometry.intersection(region, limit) if region and limit else None
    if region is None:
        return found
    again = _on_region(query.film, match.film, found.registration, transform, region, settings)
    return again if again is not None and again.worth > found.worth else found
