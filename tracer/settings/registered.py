"""How the frames of a match are laid over each other, and where they end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisteredSettings:
    """Settings of registered frames and of their borders (levels are grey levels)."""

    end_margin: float = 0.3
    """Seconds at each end of a segment that are left out: its end is known to about an eighth."""

    moment_tolerance: float = 0.13
    """Seconds by which two frames of one moment may lie apart: half a sample."""

    moments_most: int = 160
    """Moments that are compared at most."""

    moments_run: int = 16
    """Consecutive moments of one run where there are more: four seconds, a line of text."""

    plain_off: float = 0.06
    """By how much a transform may differ from the plain one for that to be tried instead."""

    plain_gain: float = 1.04
    """Difference under the plain transform, relative to the fitted one's, that is still kept."""

    straight_off: float = 0.006
    """Turn (radians) or squeeze of a transform from which on it is tried without: a third of a
    degree, less than which places no border wrongly. A choice."""

    straight_moments: int = 5
    """Moments on which the fit without it is made. A choice: each costs 5 ms, and there are six."""

    straight_most: float = 0.14
    """The same up to which: by 8 degrees, or a tenth, no fit is thought to err. A choice."""

    grid_side: int = 128
    """Cells along the longer side of the grid: the stored film has no more."""

    grid_least: int = 12
    """Cells along the shorter side below which nothing can be told."""

    fit_moments: int = 8
    """Moments on which the transform is fitted once more; the median of the fits is taken."""

    fit_rounds: int = 30
    """Steps of one fit at most. A choice."""

    fit_gain: float = 1e-3
    """Gain of the correlation below which a fit ends. With a tenth of it the close looks of a clip
    with nine matches took a quarter longer."""

    fit_worse: float = 1.02
    """Difference after a fit, relative to the one before, up to which it is kept: of the usual and
    of the most different cells, multiplied (tune: fits that placed the picture better 0.4 to 1.02,
    worse ones 1.04 to 3)."""

    fit_region: float = 0.5
    """Share of what both show that must lie inside their layouts for the fit to stay within."""

    fit_correlation: float = 0.5
    """Correlation below which such a fit is left out."""

    fit_shift: float = 0.06
    """Share of the grid by which a fit may move the picture; a larger one is another picture."""

    fit_linear: float = 0.08
    """By how much a fit may scale or turn it."""

    fit_shear: float = 0.03
    """By how much it may shear it: nobody shears a video, a fit on too little does."""

    band_least: float = 0.05
    """Share of the frame's side that a band of one colour takes at least beyond the other's own
    bar: of a letterboxed copy of a copy the bars' borders are told a few hundredths apart."""

    band_flat: float = 6.0
    """Grey levels of deviation, over space and time, up to which such a band is of one colour."""

    band_lettered: float = 0.6
    """Share of such a band that has its colour where it carries letters. A choice: lines of text
    take a quarter of it."""

    band_most: float = 0.35
    """Share of the frame that a band of one colour over the picture takes at most. A choice."""

    bar_least: float = 0.02
    """Share of the width or height from which on a margin counts: three pixels of the film."""

    bar_snap: float = 0.03
    """Share of the width or height by which a layout's border and the registered one may differ."""

    panel_least: float = 0.05
    """The same for what is not plain bars: nobody leaves a strip of another picture."""

    strip_area: float = 0.5
    """Share of the frame from which on a picture has no such strip beside it: what is small may be
    put near an edge. A choice: insets are mostly less."""

    margin_least: float = 0.02
    """Share of the frame around the shared picture from which on it is looked at."""

    bars_tolerance: float = 12.0
    """Grey levels within which a bar is one colour."""

    bars_dark: float = 48.0
    """Grey level up to which bars may have no visible border: the picture beside them is dark. A
    choice."""

    bars_share: float = 0.97
    """Share of the surround that must be one colour to read as bars: the rest may be letters."""

    bars_moving: float = 0.3
    """Share of it that may move: of a plain video around an inset nearly all does (tune: bars 0.02
    at most, such videos 0.89 and more)."""

    moving_deviation: float = 3.0
    """Grey levels of deviation over time from which on a pixel moves."""

    still_share: float = 0.15
    """Share of the surround that may move in a still background (a clock, a button)."""

    still_gap: float = 0.03
    """Share by which more of the picture than of a still background must move."""

    soft_ratio: float = 0.45
    """Fine detail of a blurred surround relative to the picture's, at most."""

    page_share: float = 0.85
    """Share of an app's page around a video that is one colour (a held-out draw: 0.90 to 0.95,
    letters and buttons are the rest)."""

    page_moving: float = 0.02
    """Share of it that moves at most (the same: 0.012 at most)."""

    page_seam: float = 2.5
    """Grey levels of the step along the video's border that tell the two apart then, where a dark
    film lies on a dark page (the same: 3.3 and 4.5, three times what is usual beside it)."""

    seam_least: float = 5.0
    """Grey levels of the step along the border of another picture, at least."""

    seam_ratio: float = 1.8
    """The same, relative to the lines beside it."""

    broken_drop: float = 0.5
    """By how much less than the lines beside it the lines on both sides of a border correlate where
    another picture ends there, although its step is no larger than those of its own detail. On the
    tuning clips: 0.53 and more at 96 of 123 borders of what was put beside or around a picture, at
    most 0.48 at 99 of 100 borders of crops (0.55 at one, with hardly a step)."""

    broken_across: float = 0.45
    """Their correlation, at most."""

    unbroken_drop: float = 0.15
    """The same, up to which a scene goes on over a border in spite of a strong step along it. On
    the tuning clips another picture's border has 0.28 and more, unless it is flat."""

    unbroken_across: float = 0.8
    """Their correlation, at least (another picture's border: 0.71 at most, unless it is flat)."""

    inset_most: float = 0.85
    """Share of the width and of the height that a picture within a still picture takes at most;
    what reaches further was fitted into another shape."""

    inset_area: float = 0.75
    """Share of the frame that a picture within another video takes at most."""

    crop_least: float = 0.05
    """Share of the picture from which on a loss reads as a crop; registration errs by a third."""

    crop_side: float = 0.012
    """Share of the width or height that one side must have lost."""

    turn_least: float = 0.8
    """Degrees from which on a picture was turned."""

    turn_shear: float = 0.4
    """Largest shear relative to a turn: nobody shears a video."""

    turn_crop: float = 0.08
    """Share that may be lost beyond what a turn itself costs."""
