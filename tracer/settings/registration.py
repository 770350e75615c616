"""How one picture is laid over another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegistrationSettings:
    """Settings of transforms: how they are fitted, tried and polished."""

    descriptor_distance: int = 32
    """Bits of 128 up to which two ORB descriptors may be the same corner."""

    descriptor_ratio: float = 0.95
    """Largest ratio of the nearest to the second nearest descriptor. Near 1, since the same corner
    stands in neighbouring octaves too; RANSAC sorts out the rest."""

    ransac_pixels: float = 4.0
    """Pixels of a picture 360 high within which a point agrees with a transform."""

    ransac_rounds: int = 1000
    """RANSAC's most rounds."""

    inliers_floor: int = 8
    """Points that must agree with a transform. Unrelated pictures reach 6 or 7 (measured)."""

    inliers_worth: int = 12
    """Points that must agree before a transform without any line of time is tried in variants."""

    explained: float = 0.9
    """Share of the seconds that a line allows from which on it leaves nothing to explain."""

    through_most: int = 32
    """Videos that are looked at because a match of the query matches them, the surest first."""

    hypotheses: int = 3
    """Transforms that are tried for each candidate."""

    scale_least: float = 0.12
    """Least scale of the match's picture in the query."""

    scale_most: float = 8.0
    """Largest scale."""

    squeeze_most: float = 1.9
    """Largest ratio of the two scales: 16:9 squeezed to 4:3 is 1.33, to 9:16 is 3.2 (not done)."""

    shear_most: float = 0.12
    """Cosine between the transformed axes: nobody shears a video."""

    turn_most: float = 20.0
    """Degrees."""

    refine_window: float = 1.05
    """Seconds around the match's frame within which the one that fits best is looked for."""

    narrow: float = 0.6
    """Share of the visible region below which the box of the inliers is tried as a region of its
    own: in a split screen the rest shows something else."""

    still_floor: float = 0.35
    """Correlation that two frames must have under the transform that was found on them."""

    refine_close: float = 0.13
    """Seconds around the query's moment within which its frame is looked for on a known line."""

    polish_rounds: int = 2
    """Times that transform and time line are fitted in turn."""

    polish_moments: int = 5
    """Moments of the longest stretch that the transform is fitted on."""

    refine_floor: float = 0.5
    """Correlation that a transform fitted anew must reach."""

    snap_turn: float = 5.0
    """Degrees of turn up to which an upright transform is tried as well."""

    snap_squeeze: float = 1.12
    """Ratio of the two scales up to which one scale for both is tried as well."""

    snap_fill: float = 0.08
    """How far from filling a side of the frame a picture may be for the filling one to be tried."""

    snap_centre: float = 0.06
    """How far from the middle of the frame a picture may lie for the centred one to be tried."""

    polish_below: float = 0.85
    """Correlation of motion below which the transform is fitted once more on the time line."""

    motion_clear: float = 0.75
    """Correlation of motion from which on no further transform is tried."""

    appearance_clear: float = 0.98
    """Correlation of the pictures, covered parts left out, from which on a transform is exact."""

    motion_registered: float = 0.72
    """Correlation of motion that an exact transform must give before it is taken as right."""

    worth_clear: float = 1.5
    """Seconds times correlation of motion from which on no further transform is tried."""

    margin_near: float = 1.0
    """Seconds by which a line is moved at least to see whether its motion agrees there as well."""

    margin_far: float = 5.0
    """Seconds by which it is moved at most."""
