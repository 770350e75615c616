"""A transform that features suggest -> do two videos show one place from one camera?

It may be one place although other people stand in it: features of the frames agree, or what stands
in both videos agrees in detail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracer.match.detail import standing_alike
from tracer.match.registration import Registration
from tracer.match.strips import Film, visible
from tracer.model import Layout
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A transform that lays the features of one picture on another's, whatever moves in them."""

    registration: Registration
    appearance: float  # correlation of the frames that it was found on
    standing: float = 0.0  # of the fine detail that stands, where the rest leaves it open


def look_around(
    films: tuple[Film, Film],
    layouts: tuple[Layout, Layout],
    registration: Registration,
    looks: float,
    settings: MatchSettings,
) -> Place:
    """Return a transform with what stands in both films, the query's first, where that is asked.

    ``looks`` is the correlation of the frames that it was found on.
    """
    place = Place(registration, looks)
    few = registration.best_pair < settings.standing_inliers
    if few or looks < settings.standing_looks or one_place(place, settings):
        return place
    seen = visible(registration.transform, layouts[1].picture)
    if seen is None:
        return place
    standing = standing_alike(films, layouts, registration.transform, seen, settings)
    return replace(place, standing=standing)


def one_place(place: Place, settings: MatchSettings) -> bool:
    """Tell whether features and frames agree enough: one of several bars must be cleared."""
    if place.standing >= settings.standing_alike:
        return True
    one, looks = place.registration, place.appearance
    wide = one.spread >= settings.scene_spread_wide
    # Much of the frame agrees on many features: the people in it may differ.
    if wide and one.best_pair >= settings.scene_inliers_wide:
        return looks >= settings.scene_appearance_wide
    if one.spread < settings.scene_spread or looks < settings.scene_appearance:
        return False
    if one.pairs >= settings.scene_pairs_many:
        return one.best_pair >= settings.scene_inliers_many
    broad = one.spread >= settings.scene_spread_alone
    if one.pairs >= settings.scene_pairs and broad:
        return one.best_pair >= settings.scene_inliers_both
    several = one.pairs >= settings.scene_pairs or broad
    return several and one.best_pair >= settings.scene_inliers
