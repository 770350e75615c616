"""A transform -> do two videos show one place from one camera, by the features found on it?"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.match.registration import Registration
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A transform that lays the features of one picture on another's, whatever moves in them."""

    registration: Registration
    appearance: float  # correlation of the frames that it was found on


def one_place(place: Place, settings: MatchSettings) -> bool:
    """Tell whether features and frames agree enough: one of several bars must be cleared."""
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
