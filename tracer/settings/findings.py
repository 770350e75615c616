"""What is named: the same scene, stills, what an intro is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingSettings:
    """Settings of what an answer names beside matches."""

    intro_videos: int = 5
    """Videos that may open or close with the same seconds before these are an intro: fewer may be
    copies of one another. A choice; no labelled intros were at hand to fit it on."""

    intro_share: float = 0.5
    """Share of each video that an intro takes up at most."""

    intro_edge: float = 3.0
    """Seconds from a video's start or end within which an intro begins or ends."""

    intro_same: float = 0.8
    """Share of a stretch that other videos must show as well for it to be an intro."""

    intro_left: float = 2.0
    """Seconds that may go on beyond the intro, into a still picture that happens to be alike.
    This and the share below were chosen on seven films that one intro was put before."""

    intro_common: float = 0.6
    """The share where no more than that is left."""

    nearest: int = 5
    """Near misses that are named."""

    scene_inliers: int = 18
    """Features of one frame pair that must agree before two videos may show one place."""

    scene_inliers_many: int = 11
    """The same where many frame pairs agree on one transform."""

    scene_pairs_many: int = 6
    """Frame pairs that are many."""

    scene_pairs: int = 3
    """Frame pairs that must agree, unless the features span much of the frame."""

    scene_spread_alone: float = 0.15
    """Share of the frame from which on one frame pair is enough."""

    scene_inliers_both: int = 14
    """The same where several frame pairs agree and the features span much of the frame."""

    scene_inliers_wide: int = 22
    """Features of one frame pair from which on, spanning a wide part of the frame, they show one
    place although the pictures differ much (other people before the same wall)."""

    scene_spread_wide: float = 0.2
    """Share of the frame that is wide."""

    scene_appearance_wide: float = 0.6
    """Correlation of the pictures that is enough then."""

    scene_quiet: float = 0.012
    """Mean energy of a cell below which too little moves to tell one moment from another."""

    standing_inliers: int = 10
    """Features of one frame pair that must agree before what stands is compared on their
    transform."""

    standing_side: int = 128
    """Cells along the longer side on which what stands in two videos is compared: as many as a
    stored miniature has."""

    standing_part: int = 21
    """Cells of the side of a part of it: six parts along the longer side."""

    standing_blur: float = 3.0
    """Cells of the blur whose rest is detail."""

    standing_level: float = 4.0
    """Grey levels at which a deviation counts half: coding leaves a level or two everywhere."""

    standing_margin: float = 0.02
    """Share of the frame that is left out along its edges, where a thin border may stand."""

    standing_energy: float = 0.01
    """Mean energy of a cell, of at most 1, from which on a part shows anything."""

    standing_reach: float = 0.3
    """Share of the frame by which a camera may have been turned between two videos."""

    standing_apart: int = 4
    """Cells from which on a shift is another one."""

    standing_agrees: float = 0.5
    """Correlation at which a part is found."""

    standing_share: float = 0.35
    """Share of the parts that must be found at one shift before two videos show one place. Takes
    of one room have 0.78 to 1. Of 5,168 pairs of other pictures, faces before one grey wall among
    them, one has 0.42; none has more than 0.31 and is as clear as 1.2 (tune)."""

    standing_clear: float = 2.0
    """What their squared correlations must sum to above the sum at any other shift. Takes of one
    room have 4.9 to 21, other pictures 1.75 at most (tune)."""

    scene_spread: float = 0.04
    """Share of the frame that the features must span: a caption spans little."""

    scene_appearance: float = 0.75
    """Correlation of the pictures, covered parts left out."""

    still_appearance: float = 0.8
    """Correlation at which a still image's frame neither speaks for nor against."""

    still_agrees: float = 0.55
    """Correlation of the moving parts at which they neither speak for nor against."""

    still_motion: float = 0.02
    """Mean energy of a cell, of at most 1, above which a video has moving parts at a moment."""

    still_untold: float = 1.2
    """Most log-odds of a still where nothing moves that could tell one moment from another."""

    still_moments: int = 8
    """Moments of a video, by likeness, at which a still's moving parts are compared."""
