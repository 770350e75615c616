"""One candidate, looked at closely: transform, time line and what agrees on it.

1. Transforms that the features, or the layouts, suggest.
2. For each, the stretches of time on which picture and motion agree.
3. Where a transform gives none, it is fitted anew at the moment nearby that fits best.
4. What was found is measured once more on its own seconds only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tracer.match import geometry
from tracer.match.agreement import appearance_between
from tracer.match.candidates import Candidate
from tracer.match.lines import Line
from tracer.match.place import Place
from tracer.match.refinement import refine, refine_along
from tracer.match.registration import Registration, register
from tracer.match.snapping import snapped
from tracer.match.stretches import Stretch, look_again, worth
from tracer.match.strips import Film, Strip, lay_over, visible
from tracer.match.timeline import find_stretches
from tracer.model import WHOLE, Box, Fingerprint, Layout, Transform
from tracer.settings import MatchSettings


@dataclass(frozen=True, eq=False)
class Subject:
    """A video as it is looked at; most candidates are left before their film is needed."""

    fingerprint: Fingerprint
    decode: Callable[[], Film]

    @cached_property
    def film(self) -> Film:
        """The film, decoded when it is first asked for."""
        return self.decode()


def layouts_of(query: Subject, match: Subject) -> tuple[Layout, Layout]:
    """Return the layouts of both."""
    return query.fingerprint.layout, match.fingerprint.layout


@dataclass(frozen=True, slots=True)
class Grain:
    """How well the fine detail that moves agrees (:mod:`tracer.match.grain`)."""

    correlation: float  # weighted median over the parts of the picture
    contrast: float  # standard deviations above the same pair moved by half a second and more
    distinct: int  # moments that agree and show something that no moment before did


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """All that a close look at one candidate gave."""

    registration: Registration | None  # None where only the layouts suggested the transform
    transform: Transform
    region: Box  # of the match's frame
    covered: float
    stretches: tuple[Stretch, ...]
    still_appearance: float  # of the frames that the transform was found on
    energy: float = 0.0  # how much moves in the stiller of the two, mean of a cell, 0 to 1
    places: tuple[Place, ...] = ()  # every transform of features that was looked at
    grain: Grain | None = None  # None where it was not looked at so closely

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
    places: list[Place] = []
    for registration in registrations:
        if explains_all(best, query, match, settings):
            break
        found = _under(query, match, registration, registration.transform, settings)
        if found is not None:
            places.append(Place(registration, found.still_appearance))
        best = _better(best, found)
    if candidate.hits and (best is None or best.worth < settings.worth_clear):
        for transform in by_layout(query, match, candidate.mirrored):
            best = _better(best, _under(query, match, None, transform, settings))
    if best is not None and best.stretches:
        best = _polished(query, match, best, settings)
    return replace(best, places=tuple(places)) if best is not None else None


def examine_under(
    query: Subject, match: Subject, transform: Transform, settings: MatchSettings
) -> Examination | None:
    """Examine a transform that no features suggest; None where too little of it is seen."""
    return _under(query, match, None, transform, settings)


def fits(
    query: Fingerprint, match: Fingerprint, candidate: Candidate, settings: MatchSettings
) -> bool:
    """Tell whether any transform lays a candidate's picture over the query's, by features alone."""
    features = query.mirrored if candidate.mirrored else query.features
    if features is None or not candidate.pairs:
        return False
    aspects = (query.aspect, match.aspect)
    mirrored = candidate.mirrored
    found = register(
        features, match.features, candidate.pairs, aspects, settings, mirrored=mirrored
    )
    return bool(found)


def examine_along(
    query: Subject,
    match: Subject,
    transform: Transform,
    lines: Sequence[Line],
    settings: MatchSettings,
) -> Examination | None:
    """Examine one transform along lines of time that are known to be about right."""
    seen = visible(transform, match.fingerprint.layout.picture)
    if seen is None:
        return None
    found = _on_region(query.film, match.film, None, transform, seen, settings, lines)
    if found is None or not found.stretches:
        return found
    return _polished(query, match, found, settings)


def _better(a: Examination | None, b: Examination | None) -> Examination | None:
    if a is None or b is None:
        return a or b
    if b.worth != a.worth:
        return b if b.worth > a.worth else a
    inliers = [one.registration.inliers if one.registration else 0 for one in (a, b)]
    return b if inliers[1] > inliers[0] else a


def explains_all(
    found: Examination | None, query: Subject, match: Subject, settings: MatchSettings
) -> bool:
    """Tell whether an explanation is clear and leaves hardly a second that its line allows over."""
    if found is None or not _clear(found, settings):
        return False
    line = max(found.stretches, key=lambda one: one.query_end - one.query_start).line
    start = max(0.0, -line.offset / line.speed)
    end = min(query.fingerprint.duration, (match.fingerprint.duration - line.offset) / line.speed)
    seconds = sum(one.query_end - one.query_start for one in found.stretches)
    return seconds >= settings.explained * (end - start)


def by_layout(query: Subject, match: Subject, mirrored: bool) -> list[Transform]:
    """Return the transforms that lay one picture rectangle over the other."""
    layouts = query.fingerprint.layout, match.fingerprint.layout
    boxes_q, boxes_m = (dict.fromkeys([one.picture, *one.others, WHOLE]) for one in layouts)
    return [geometry.between_boxes(m, q, mirrored=mirrored) for q in boxes_q for m in boxes_m]


def _under(
    query: Subject,
    match: Subject,
    registration: Registration | None,
    transform: Transform,
    settings: MatchSettings,
) -> Examination | None:
    """Examine a transform, and what it may have meant, until one explains the two clearly."""
    whole = visible(transform, match.fingerprint.layout.picture)
    if whole is None:
        return None
    if registration is None:
        return _on_region(query.film, match.film, None, transform, whole, settings)
    # Frames that do not even look alike where they were matched are left at once: it is chance.
    narrow = _around(registration.box, whole)
    large = narrow is not None and geometry.area(narrow) >= 4 * settings.region_least
    region = narrow if narrow is not None and large else whole
    still = _still(query.film, match.film, registration, region, settings)
    if still < settings.still_floor:
        return Examination(registration, transform, whole, 0.0, (), still)
    best: Examination | None = None
    for trial, region in _trials(query, match, registration, whole, settings):
        hints = _lines_of(best)
        found = _on_region(query.film, match.film, registration, trial, region, settings, hints)
        best = _better(best, found)
        if _clear(best, settings) or not _worth_more(best, registration, settings):
            break
    return best


def _worth_more(
    found: Examination | None, registration: Registration, settings: MatchSettings
) -> bool:
    """Tell whether further trials of a transform are worth their time."""
    if found is not None and found.stretches:
        return True
    return registration.best_pair >= settings.inliers_worth


def _trials(
    query: Subject,
    match: Subject,
    registration: Registration,
    whole: Box,
    settings: MatchSettings,
) -> Iterator[tuple[Transform, Box]]:
    """Yield transforms and regions to try, the likeliest first.

    1. As fitted.  2. The plain transforms near it.  3. The box of its inliers alone: the rest of a
    split screen shows something else.  4. Fitted anew at the moment nearby that fits best, since
    the camera may have moved between the frames that were compared, and the plain ones near that.
    """
    transform, picture = registration.transform, match.fingerprint.layout.picture
    aspects = (query.fingerprint.aspect, match.fingerprint.aspect)
    yield transform, whole
    for plain in snapped(transform, aspects, settings):
        seen = visible(plain, picture)
        if seen is not None:
            yield plain, seen
    narrow = _around(registration.box, whole)
    if narrow is not None and geometry.area(narrow) < settings.narrow * geometry.area(whole):
        yield transform, narrow
    moments = (registration.query_time, registration.match_time)
    for region in dict.fromkeys([narrow or whole, whole]):
        fit = refine(query.film, match.film, transform, region, moments, settings)
        if fit is None or fit.correlation < settings.refine_floor:
            continue
        limit = _around(region, WHOLE)
        for plain in [fit.transform, *snapped(fit.transform, aspects, settings)]:
            seen = visible(plain, picture)
            inside = geometry.intersection(seen, limit) if seen and limit else None
            if inside is not None:
                yield plain, inside


def _clear(found: Examination | None, settings: MatchSettings) -> bool:
    """Tell whether no other transform need be tried."""
    if found is None or found.worth < settings.worth_clear:
        return False
    longest = max(found.stretches, key=lambda one: one.query_end - one.query_start)
    return longest.motion >= settings.motion_clear or _registered(longest, settings)


def _registered(stretch: Stretch, settings: MatchSettings) -> bool:
    """Tell whether the pictures lie on each other so exactly that no transform can do better."""
    return (
        stretch.appearance >= settings.appearance_clear
        and stretch.motion >= settings.motion_registered
    )


def _lines_of(found: Examination | None) -> list[Line]:
    """Return the lines of an examination, the one that explains most first."""
    if found is None:
        return []
    longest = sorted(found.stretches, key=lambda one: one.query_start - one.query_end)
    lines: list[Line] = []
    for stretch in longest:
        if all(_apart(stretch.line, line) for line in lines):
            lines.append(Line(stretch.line.speed, stretch.line.offset))
    return lines


def _apart(a: Line, b: Line) -> bool:
    return abs(a.speed - b.speed) > 0.01 or abs(a.offset - b.offset) > 0.1


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
    hints: Sequence[Line] = (),
) -> Examination | None:
    overlay = lay_over(query, match, transform, region, settings)
    if overlay is None:
        return None
    stretches = find_stretches(overlay, settings, hints)
    energy = min(_energy(overlay.query), _energy(overlay.match))
    if not stretches and settings.motion_window < settings.slow_window and energy < settings.slow:
        # What moves slowly stands out only against a longer mean.
        longer = replace(settings, motion_window=settings.slow_window)
        return _on_region(query, match, registration, transform, region, longer, hints)
    return Examination(
        registration,
        transform,
        region,
        overlay.covered,
        tuple(look_again(overlay, stretch, settings) for stretch in stretches),
        _still(query, match, registration, region, settings),
        energy,
    )


def _energy(strip: Strip) -> float:
    """Return the mean energy of a cell of what moves."""
    return float(np.mean(strip.motion * strip.motion))


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
    for _ in range(settings.polish_rounds):
        longest = max(found.stretches, key=lambda one: one.query_end - one.query_start)
        if longest.motion >= settings.polish_below or _registered(longest, settings):
            break
        better = _polished_once(query, match, found, longest, settings)
        if better.worth <= found.worth:
            break
        found = better
    return found


def _polished_once(
    query: Subject,
    match: Subject,
    found: Examination,
    longest: Stretch,
    settings: MatchSettings,
) -> Examination:
    """Return the best of the transforms fitted along the longest stretch, and the plain ones."""
    inside = np.linspace(0.1, 0.9, settings.polish_moments)
    times = longest.query_start + inside * (longest.query_end - longest.query_start)
    at = longest.line.at(times)
    pairs = [(float(q), float(m)) for q, m in zip(times, at, strict=True)]
    fitted = refine_along(query.film, match.film, found.transform, found.region, pairs, settings)
    if fitted is None:
        return found
    best: Examination = found
    aspects = (query.fingerprint.aspect, match.fingerprint.aspect)
    limit = _around(found.region, WHOLE)
    for trial in [fitted, *snapped(fitted, aspects, settings)]:
        seen = visible(trial, match.fingerprint.layout.picture)
        region = geometry.intersection(seen, limit) if seen and limit else None
        if region is None:
            continue
        again = _on_region(
            query.film,
            match.film,
            found.registration,
            trial,
            region,
            settings,
            _lines_of(found),
        )
        if again is not None and again.worth > best.worth:
            best = again
    return best
