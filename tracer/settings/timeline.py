"""Which seconds are which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimelineSettings:
    """Settings of lines of time and the stretches on them."""

    sampling_gap: float = 0.25
    """Seconds between two frames of a miniature."""

    grid_side: int = 32
    """Cells along the longer side of the grid on which two films are compared."""

    region_least: float = 0.03
    """Share of the match's frame that must be visible in the query."""

    motion_window: float = 2.0
    """Seconds of the moving mean that is taken off to leave what moves."""

    slow: float = 0.03
    """Mean energy of a cell below which a pair that agrees nowhere is compared once more, for slow
    motion: a surveillance camera, clouds."""

    slow_window: float = 8.0
    """Seconds of the moving mean then."""

    motion_level: float = 4.0
    """Grey levels at which a cell's deviation counts half of the most it can count."""

    motion_samples: int = 3
    """Samples before and after over which motion is correlated."""

    motion_floor: float = 0.004
    """Mean energy of a cell, of at most 1, from which on something moves."""

    motion_agrees: float = 0.4
    """Correlation from which on motion agrees. Other moments of one room reach 0.28 (measured)."""

    motion_disagrees: float = 0.2
    """Correlation below which motion contradicts."""

    appearance_floor: float = 0.55
    """Correlation of the pictures below which they are not the same."""

    cut_near: float = 0.15
    """How far the pictures beside a stretch may fall below its own correlation and still agree."""

    cut_drop: float = 0.25
    """How far below that they must fall at once where a cut ends a stretch."""

    appearance_least: float = 0.75
    """Mean correlation of the pictures below which nothing is even possible. Copies of every edit
    had 0.9 and more, unrelated pairs that moved alike by chance 0.72 and less (tune); a dark film
    under a white band 0.796."""

    spoilt_most: float = 0.3
    """Share of the texture that may be covered by what was put on."""

    texture_least: float = 1.5
    """Grey levels of a block's deviation below which it is flat."""

    speed_most: float = 2.0
    """Speeds are searched from 1 / this to this; it covers 90 % of the labelled real copies."""

    speed_step: float = 0.04
    """Relative step of the speeds searched, before refinement."""

    offset_bin: float = 0.25
    """Seconds."""

    natural_speed: float = 1.15
    """Preference for speed 1 in the votes: most copies are not sped up."""

    natural_range: float = 0.16
    """Logarithm of a speed within which speed 1 is tried as well."""

    natural_share: float = 0.96
    """Share of the agreement that speed 1 must keep to be preferred over a long stretch."""

    natural_short: float = 0.12
    """How much less of it is enough over a very short one."""

    lines_share: float = 0.35
    """Share of the strongest line's votes below which a line is not looked at."""

    points_most: int = 60_000
    """Pairs of moments that vote."""

    lines: int = 5
    """Lines that are looked at closely in each round."""

    promising: int = 3
    """Samples that must look and move somewhat alike on a line before it is refined."""

    rounds: int = 12
    """Lines that are taken away at most (parts of a compilation, repeats)."""

    outdone: float = 0.15
    """Correlation of what moves by which another stretch explains the same seconds of the query far
    better, so that this one is no segment. A choice: a line by chance over seconds of the bundled
    compilation had 0.57 beside 0.90; what a match shows twice agrees alike."""

    outdone_share: float = 0.6
    """Share of a stretch's seconds that must be explained so. A choice."""

    segment_least: float = 0.9
    """Seconds of the shortest segment."""

    run_least: float = 2.5
    """Least sum of a run of samples (+1 where they agree, -2 where they do not)."""

    moment_level: float = 0.7
    """Grey levels that a moment's picture must still deviate by once all that other moments show is
    taken out of it: less is compression noise of a cell."""

    moment_peak: float = 4.0
    """The same of its hundredth part that deviates most: somebody who crosses a wide picture."""

    moments_needed: int = 3
    """Distinct moments that a match must agree in; with fewer it is possible at most."""

    moment: float = 0.5
    """Seconds of a distinct moment."""
