"""What was changed between two videos."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """What was changed between two videos that share footage (levels are grey levels)."""

    # --- registration ---
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

    # --- frame ---
    band_least: float = 0.05
    """Share of the frame's side that a band of one colour takes at least beyond the other's own
    bar: of a letterboxed copy of a copy the bars' borders are told a few hundredths apart."""

    band_flat: float = 6.0
    """Grey levels of deviation, over space and time, up to which such a band is of one colour."""

    band_most: float = 0.35
    """Share of the frame that a band of one colour over the picture takes at most. A choice."""

    bar_least: float = 0.02
    """Share of the width or height from which on a margin counts: three pixels of the film."""

    bar_snap: float = 0.03
    """Share of the width or height by which a layout's border and the registered one may differ."""

    panel_least: float = 0.05
    """The same for what is not plain bars: nobody leaves a strip of another picture."""

    margin_least: float = 0.02
    """Share of the frame around the shared picture from which on it is looked at."""

    bars_tolerance: float = 12.0
    """Grey levels within which a bar is one colour."""

    bars_dark: float = 48.0
    """Grey level up to which bars may have no visible border: the picture beside them is dark. A
    choice."""

    bars_share: float = 0.97
    """Share of the surround that must be one colour to read as bars: the rest may be letters."""

    moving_deviation: float = 3.0
    """Grey levels of deviation over time from which on a pixel moves."""

    still_share: float = 0.15
    """Share of the surround that may move in a still background (a clock, a button)."""

    still_gap: float = 0.03
    """Share by which more of the picture than of a still background must move."""

    soft_ratio: float = 0.45
    """Fine detail of a blurred surround relative to the picture's, at most."""

    seam_least: float = 5.0
    """Grey levels of the step along the border of another picture, at least."""

    seam_ratio: float = 1.8
    """The same, relative to the lines beside it."""

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

    # --- what differs ---
    differ_least: float = 12.0
    """Grey levels by which a cell must leave the other's range to differ."""

    differ_noise: float = 2.5
    """The same, in usual differences of the two pictures."""

    alike_noise: float = 2.0
    """How much more than usual the two may differ, as a median, where they still show the same."""

    alike_least: float = 8.0
    """Grey levels of the same that are always allowed."""

    apart_least: float = 16.0
    """Grey levels of the median difference from which on a cell shows something else."""

    apart_line: float = 0.7
    """Share of the cells of a row or column that must do so for a border to be there."""

    apart_share: float = 0.3
    """Share of the picture that such rows or columns must take: half a split screen, say."""

    median_moments: int = 32
    """Moments over which medians are taken: more move them by less than a grey level."""

    held_samples: int = 3
    """Samples in a row that it must do so: letters stand, motion passes."""

    place_share: float = 0.12
    """Share of the moments in which a cell must differ to belong to a place that differs."""

    place_cells: int = 10
    """Cells that such a place has at least: a watermark of a twentieth of the width has some 20."""

    place_side: int = 3
    """Cells that it measures at least, across and down."""

    place_filled: float = 0.2
    """Share of its box that differs at some time: letters fill a third, moving edges a tenth."""

    place_line: float = 0.15
    """Share of its fullest row or column that a row or column must hold to belong to it."""

    text_high: float = 0.3
    """Share of the height that lines of text take at most."""

    text_fixed: float = 0.5
    """How alike the fine detail of lines of text is at moments far apart, at most (subtitles 0.02
    to 0.38, logos 0.92 and more, another video in a corner 0.67)."""

    text_central: float = 0.12
    """How far the middle of lines may lie from the middle of the picture to be taken for such on
    less evidence."""

    text_least: float = 0.25
    """Share of the width that such lines take at least."""

    text_wide: float = 1.8
    """Width of such a place in heights, at least."""

    text_cells: int = 60
    """Cells that it must hold."""

    text_strokes: float = 0.07
    """Share of its cells that are strokes which come and go (logos 0.03, letters 0.1 to 0.3)."""

    text_strokes_central: float = 0.04
    """The same where lines stand in the middle, perhaps on a band much wider than they are."""

    text_holds: float = 0.66
    """How alike it is from one sample to the next (moving edges 0.6, letters 0.67 to 0.98)."""

    replaced_both: float = 1.39
    """Strokes and steps of the side with fewer, each relative to the other side's, and the next,
    together, from which on both have letters (tune: added 0.1 to 1.34, replaced 1.44 to 2.2)."""

    replaced_out: float = 0.4
    """Weight in that sum of how evenly the two leave each other's range (added 0 to 0.3 but on a
    band, replaced 0.3 to 1)."""

    replaced_fixed: float = 0.7
    """How alike the fine detail far apart may be on either side where both have lines (tune:
    replaced up to 0.56, added over a still ground 0.87 and more)."""

    stroke_share: float = 0.02
    """Share of its cells that are strokes which come and go below which they tell no side."""

    strip_wide: float = 0.15
    """Share of the shared picture up to which a strip along its border may belong to what lies
    beyond it. A choice, as the next."""

    strip_long: float = 0.6
    """Share of that border that such a strip takes at least."""

    related_most: float = 0.75
    """Correlation of the two sides' unmoving steps from which on a place is an edge of the scene
    that lies a cell off (tune: such edges 0.89 and more, what was put on 0.58 and less)."""

    text_seconds: float = 4.0
    """Seconds below which lines need not change to read as subtitles."""

    cover_least: float = 0.45
    """Share of one colour from which on a band may lie under the letters."""

    scene_flat: float = 0.3
    """Share of a place that keeps one colour up to which a moving scene stands there, not letters.
    Bands in three colours over four fixtures left 0.00 to 0.24 of it on the other side; letters
    over one colour, of two fixtures, 0.39 and 0.76 (measured)."""

    cover_seam: float = 1.8
    """Step along the border of such a colour, relative to the lines beside it, from which on it is
    a band and not the scene's own (tune: plain scenes under letters 0 to 1.0)."""

    cover_flat: float = 0.2
    """By how much this share must differ between the two."""

    put_edges: float = 8.0
    """Grey levels of the steps in the mean picture of what was put on."""

    overlay_stays: float = 0.4
    """How alike the shape of an overlay is at moments far apart."""

    overlay_presence: float = 0.85
    """Share of the moments in which it differs."""

    overlay_cells: int = 40
    """Cells that it holds at least."""

    overlay_edges: float = 1.35
    """Steps in the mean picture relative to the other side's: what stands still stays sharp."""

    overlay_most: float = 0.9
    """Share of the height that it takes at most, and of the width unless it is a caption."""

    picture_area: float = 0.04
    """Share of the shared picture from which on an overlay may be another video (logos 0.01 to
    0.03, a face in a corner 0.08 to 0.15)."""

    picture_fixed: float = 0.85
    """How alike its fine detail is at moments far apart, at most (a face 0.67, logos 0.92)."""

    picture_filled: float = 0.85
    """Share of its box that differs at some time where it is one."""

    caption_fixed: float = 0.95
    """How alike the fine detail far apart is at least where a caption reaches from edge to edge
    (captions 0.99, a strip of a scene beside a border 0.91)."""

    caption_width: float = 0.4
    """Share of the width from which on a low overlay reads as a line of text that stays."""

    overlay_seam: float = 1.8
    """Step along its border relative to the other side's: another picture ends there."""

    far_seconds: float = 2.5
    """Seconds after which a line of text is another line."""

    stroke_least: float = 45.0
    """Grey levels within a neighbourhood that make a stroke of a letter."""

    flat_tolerance: float = 10.0
    """Grey levels that a band under letters may vary after compression."""

    color_least: float = 6.2
    """Grey levels by which tones must have moved on average (re-encoding alone: 1 to 2; tune:
    where another picture lay beside the shared one up to 6.1)."""

    color_range: float = 2.5
    """Grey levels within which a curve is the one between full-range and video levels."""

    color_spread: float = 30.0
    """Grey levels between the darkest and the brightest tones that must be there to tell."""

    clip_slope: float = 0.25
    """Slope of the tone curve at an end below which tones were clipped."""

    tone_near: float = 12.0
    """Grey levels from a straight line within which a cell may tell the tone curve."""

    tone_bin: float = 8.0
    """Grey levels of one step of the tone curve."""

    tone_share: float = 0.002
    """Share of the cells that a step must hold to be known."""

    tone_samples: int = 60_000
    """Cells that the curve is fitted on."""

    picture_side: int = 480
    """Pixels of the longer side of a difference picture."""

    picture_contrast: float = 30.0
    """Grey levels of deviation from which on the scene of such a picture is seen well."""

    # --- time and coding ---
    speed_least: float = 0.025
    """Relative change from which on a speed differs from 1 (PAL's 4 % counts, drift does not)."""

    speed_rates: float = 0.25
    """Relative change of the frame rate up to which it may be one of speed: people play clips up to
    a quarter faster."""

    speed_drift: float = 0.25
    """Seconds by which a segment's ends must have drifted for its speed to be sure: one sample."""

    speed_seconds: float = 2.6
    """Seconds of the longest segment below which no speed is told."""

    pace_moments: int = 120
    """Frames of the match on which a speed is measured, at most."""

    pace_least: int = 6
    """Frames below which none is."""

    pace_rows: int = 32
    """Rows of the grid on which it is."""

    pace_range: float = 0.3
    """Logarithm of the speeds that are tried at least, to either side of 1."""

    pace_step: float = 0.005
    """Step of that logarithm: over ten seconds a drift of 25 ms at each end."""

    pace_shift: float = 0.6
    """Seconds by which a line of any speed may lie off the one found. A choice."""

    pace_off: float = 0.004
    """Relative change from which on a segment's speed is set anew: over ten seconds 40 ms."""

    pace_alike: float = 0.02
    """The same up to which two segments are as fast."""

    pace_apart: float = 4.0
    """How much more a cell may move in one of the two, squared, to tell a speed: one with letters
    that only one of them has moves far more there."""

    pace_noise: float = 2.0
    """Grey levels of deviation that coding leaves in a cell that stands still."""

    pace_share: float = 0.25
    """Share of the cells that must be left; else all of them tell. A choice."""

    pace_gain: float = 0.87
    """Squared difference at the speed that fits best, relative to speed 1, up to which it stands
    (tune: speeds of 3 % and more 0.05 to 0.86)."""

    pace_few: float = 0.125
    """Share of the moments, those that gain most, without which it must still be less."""

    pace_spread: float = 0.03
    """By how much it may be more without them (tune: speeds up to 0.89, fades and traffic that
    fit one by chance 0.92 to 1.06)."""

    pace_differ: float = 0.1
    """By how much that difference must fall, in squared grey levels: below is coding noise."""

    pace_rates: float = 0.015
    """How near the quotient of the frame rates must lie to a speed to speak for it, relatively:
    whoever slows a clip down mostly keeps its frames."""

    pace_gain_rates: float = 0.93
    """The same difference where it does."""

    frame_rate_least: float = 0.05
    """Relative change from which on a frame rate differs (29.97 and 30 are the same)."""

    trim_seconds: float = 1.0
    """Seconds that one side must have beyond the shared ones."""

    trim_share: float = 0.08
    """Share of its length that they must make up."""

    trim_slack: float = 2.0
    """Seconds by which segments may end early, both ends together."""

    cut_chance: float = 0.27
    """Probability above which a cut at each end of what is shared may be chance, where both videos
    go on."""

    cut_chance_close: float = 0.02
    """The same where one video lies wholly in the other: it may be an excerpt."""

    cut_close: float = 0.3
    """Seconds around the ends of such a video within which a cut is looked for: its own ends tell
    where they are to a sample."""

    beside_frames: int = 4
    """Frames beside what is shared that must be there to look for bars in them."""

    beside_most: int = 24
    """Such frames that are looked at, at most."""

    bars_beside: float = 0.8
    """Share of one colour below which there are no bars at a place."""

    bars_gone: float = 0.6
    """Share of such frames that must lack the bars: of another film, some may be dark there."""

    cut_window: float = 0.5
    """Seconds around the end of a segment within which a cut is looked for."""

    cut_reach: float = 1.6
    """The same where both videos go on: a segment may end that much before the cut."""

    cut_least: float = 0.3
    """By how much the correlation of two frames must fall to make a cut."""

    cut_ratio: float = 2.5
    """How much stronger than the changes beside it a cut is."""

    resize_least: float = 0.1
    """Relative change of scale from which on a video was resized."""

    bitrate_least: float = 0.25
    """Relative change of bits a second from which on it is named."""

    # --- a close look at the files themselves ---
    close_least: float = 1.0
    """Seconds of the longest segment below which no close look is taken."""

    close_seconds: float = 1.4
    """Seconds that are decoded of each file: a cadence of 24 to 30 frames repeats in a sixth."""

    close_reach: float = 0.13
    """Seconds around its moment within which a frame's partner is looked for: half a sample."""

    close_side: int = 640
    """Pixels of the longer side at most; what is lost to coding shows at this size as well."""

    close_pairs: int = 6
    """Frames of a moment that are laid over each other."""

    close_pairs_least: int = 3
    """Such frames below which nothing is told."""

    close_correlation: float = 0.6
    """Correlation that two frames of one moment have at least, small and in grey."""

    close_common: float = 0.2
    """Share of the shared picture that must look the same before the rest of it is left out of the
    search for the same moments."""

    close_fit_side: int = 320
    """Pixels of the longer side on which the transform is fitted once more."""

    close_shear: float = 0.012
    """Turn or shear (radians) beyond which fine detail cannot be compared cell by cell."""

    close_grid_least: int = 64
    """Cells of the shorter side of the shared picture below which fine detail tells nothing."""

    detail_energy: float = 0.5
    """Squared grey levels of a block's fine detail below which it tells nothing."""

    detail_blocks: int = 24
    """Blocks of 16 cells below which nothing is told."""

    detail_vote: float = 0.06
    """By how much the share of the blocks in which one side has more detail must leave a half."""

    repeats_least: float = 0.06
    """Share of frames that repeat the one before by which one side must have more of them."""

    frames_least: float = 0.07
    """Natural logarithm by which one side must have fewer frames of the same piece of the scene: in
    a second and a half, two frames more or less are the grid's."""
