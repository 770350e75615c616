"""What the time line, the files and a close look at them tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CodingSettings:
    """Settings of speed, cuts, size and coding."""

    speed_least: float = 0.025
    """Relative change from which on a speed differs from 1 (PAL's 4 % counts, drift does not)."""

    speed_rates: float = 0.25
    """Relative change of the frame rate up to which it may be one of speed: people play clips up to
    a quarter faster."""

    speed_drift: float = 0.25
    """Seconds by which a segment's ends must have drifted for its speed to be sure: one sample."""

    speed_seconds: float = 1.4
    """Seconds of the longest segment below which no speed is told."""

    speed_short: float = 2.6
    """The same below which the pictures alone tell it, whatever the line that was found."""

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

    pace_gain: float = 0.75
    """Squared difference at the speed that fits best, relative to speed 1, up to which it stands
    (tune: 0.05 to 0.74; fades and slides that fit one by chance 0.78 and more)."""

    pace_few: float = 0.125
    """Share of the moments, those that gain most, without which it must still be less."""

    pace_spread: float = 0.03
    """By how much it may be more without them (tune: speeds up to 0.77, fades and traffic that
    fit one by chance 0.78 to 1.06)."""

    pace_short: float = 4.0
    """Seconds of a segment below which these are up to a third of its moments."""

    pace_spread_short: float = 0.15
    """By how much it may be more then (tune, windows of 1.4 to 2.6 s: speeds up to 0.87, others
    1.6)."""

    pace_line: float = 0.03
    """How near the segment's own line, found by what moves, must lie to a speed to speak for it,
    relatively."""

    pace_line_off: float = 0.04
    """Logarithm by which that line must be off speed 1 itself: a step of those that are tried."""

    pace_gain_line: float = 0.88
    """The squared difference up to which it stands then (five draws: speeds 0.87 and less)."""

    pace_differ: float = 0.1
    """By how much that difference must fall, in squared grey levels: below is coding noise."""

    pace_rates: float = 0.015
    """How near the quotient of the frame rates must lie to a speed to speak for it, relatively:
    whoever slows a clip down mostly keeps its frames."""

    pace_gain_rates: float = 0.93
    """The same difference where it does (tune: 0.93 at most, of clips converted to another rate
    0.98 and more)."""

    pace_rates_worse: float = 1.15
    """And that difference relative to the least one (speeds that the rates name 1.02 at most,
    others 1.45 and more)."""

    pace_gain_files: float = 0.75
    """The same as ``pace_gain`` where every frame of both files was compared (five draws of tune
    and six of held-out footage, 269 changes of speed: all but 12 at 0.70 and less, most of these of
    5 %; of 594 others three are less: a zoom, and two that are 1.16 and more without the moments
    that gain most; the next is at 0.83)."""

    pace_spread_files: float = 0.93
    """And relative to speed 1 without the moments that gain most (the same: speeds 0.92 and less,
    cuts that lie a little apart 1.14 and more)."""

    pace_near: float = 0.012
    """Relative change below which the speed that fits best on what is stored is 1, and no file is
    read (the same: 267 of 269 changes lay further off, and 93 of 594 others)."""

    pace_gain_heard: float = 0.97
    """The same where the sounds agree at that speed as well: what is left is that the pictures do
    not fit speed 1 better."""

    heard_near: float = 0.04
    """How far around the pictures' speed the sounds are laid over each other, relatively: over
    three seconds of lips that lies up to 0.025 off."""

    heard_steps: int = 8
    """Speeds that are tried on either side: steps of 0.005."""

    heard_shift: float = 0.5
    """Seconds by which the sounds may lie off the pictures' line. A choice."""

    heard_share: float = 0.8
    """Share of the query's moments that must lie within the match's sound."""

    heard_alike: float = 0.7
    """Correlation of the sounds' levels from which on they agree (copies of held-out footage at
    another speed 0.73 to 0.98)."""

    heard_gain: float = 0.5
    """What they lack of 1, relative to what they lack at speed 1, up to which the speed is another
    (the same: 0.05 to 0.36)."""

    every_frame_seconds: float = 12.0
    """Seconds of a segment that are decoded at most for a closer look at its speed."""

    every_frame_more: float = 1.0
    """Seconds more of the query at either end, for lines of other speeds. A choice."""

    every_frame_side: int = 192
    """Pixels of the longer side: four times the grid on which a speed is measured."""

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
