"""Examination -> the same place from the same camera, and why that is no match.

Other moments of one room agree in everything but what moves, so that is what is told; where what
moves does agree and another bar was missed, nothing says that the moments are others.
"""

from __future__ import annotations

from tracer.match.examine import Examination
from tracer.match.place import Place, one_place
from tracer.match.score import bars_missed, main_line, measures, reasons
from tracer.model import SceneMatch
from tracer.settings import MatchSettings


def same_scene(found: Examination, settings: MatchSettings) -> bool:
    """Tell whether two videos show one place from one camera, at moments that do not agree."""
    return place_of(found, settings) is not None


def place_of(found: Examination, settings: MatchSettings) -> Place | None:
    """Return what shows that two videos were taken in one place, if anything does."""
    shown = [place for place in found.places if one_place(place, settings)]
    return max(shown, key=lambda place: place.registration.best_pair, default=None)


def scene(sha256: str, found: Examination, settings: MatchSettings) -> SceneMatch:
    """Turn an examination into a finding of the same place, with what kept it from being more."""
    place = place_of(found, settings)
    inliers = place.registration.best_pair if place else 0
    looks = place.appearance if place else 0.0
    standing = place.standing if place else 0.0
    detail = f", what stands in them in detail at {standing:.2f}" if standing else ""
    others, why = _kept_apart(found, settings)
    return SceneMatch(
        sha256=sha256,
        score=round(min(0.99, max(standing, looks * min(1.0, inliers / 60))), 4),
        detail=(
            f"same room and camera{', other moments' if others else ''}: {inliers} features agree, "
            f"the pictures correlate at {looks:.2f}{detail}, {why}"
        ),
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
