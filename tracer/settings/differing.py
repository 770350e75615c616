"""What differs between registered frames."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DifferingSettings:
    """Settings of logos, subtitles, bands and colours (levels are grey levels)."""

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

    apart_some: float = 0.15
    """The same along a side at which one of the two frames goes on and has a border there: two
    pictures may have the same greys by chance (0.16 to 0.4 beside half a split screen, of two plain
    scenes; beyond the border none)."""

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

    beneath_rows: float = 0.6
    """Share of the height of a place beside lines of text that lies in their rows, from which on it
    is what the band under them hides. A choice."""

    line_moments: int = 24
    """Moments at which the place of a line that was read is compared, at most."""

    line_shown: float = 0.7
    """Share of a line that must lie in the other's frame to be compared. A choice."""

    line_fine: float = 2.0
    """Standard deviation in cells of the blur that is taken off: letters are finer."""

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

    overlay_cells_fixed: int = 24
    """The same where its fine detail stays as it is (``caption_fixed``): a small mark in a narrow
    picture."""

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

    other_filled: float = 0.65
    """The same where neither side ends in a line there (tune: faces in a corner 0.71 and 0.72)."""

    other_presence: float = 0.95
    """Share of the moments in which two pictures that are nowhere the same differ."""

    other_related: float = 0.25
    """Correlation of their steps, at most (tune: 0.09 and 0.19)."""

    other_edges: float = 10.0
    """Grey levels of both sides' unmoving detail, at least: two plain places are no two pictures
    (tune: 19 to 25; a table and its blurred panel 0 and 4)."""

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

    color_least: float = 7.5
    """Grey levels by which tones alone must have moved on average: conversions of range and matrix
    move them by up to 6.3, filters move colour as well."""

    color_beside: float = 3.8
    """The same from which on they are named beside moved colour (tune: 3.6 at most in 497 of 498
    pairs that nobody relit)."""

    color_range: float = 2.5
    """Grey levels within which a curve is the one between full-range and video levels."""

    tint_least: float = 1.5
    """Levels of chroma by which colours are moved at least (tune: filters 1.8 to 24)."""

    tint_saturation: float = 1.25
    """How many times as colourful one side is at least: a range that a file does not state makes it
    1.14 (255 / 224), another matrix up to 1.1 more, and coding leaves 0.9 to 1.1 (tune)."""

    tint_agreed: float = 0.75
    """Correlation of both sides' colour from which on they show the same (tune: filters 0.83 and
    more)."""

    tint_turned: float = 12.0
    """Degrees of hue from which on colours were turned: another matrix (BT.601 for BT.709) turns
    them by a few."""

    tint_grey: float = 2.0
    """Mean levels from grey up to which a side has no colour: rounding leaves 1.4."""

    tint_faint: float = 0.5
    """Correlation from which on what such a side has left is faint colour and no rounding."""

    tint_lost: float = 3.0
    """Mean levels from grey, and twice the other's, from which on a side has colour that the other
    lost (tune: none of 1,500 pairs that nobody recoloured)."""

    tint_coloured: float = 5.0
    """The same from which on a side has a hue."""

    tint_apart: float = 1.01
    """Seconds between two frames whose colour is compared, at most: half of what lies between two
    stored ones. A query has its own for each of those."""

    tint_kept: float = 0.75
    """Share of the cells that a fit keeps each time: the rest may be letters and logos."""

    tint_cells: int = 24
    """Cells of all moments together below which colour tells nothing. A choice."""

    tint_across: int = 4
    """The same of one moment along a side: in fewer, what lies around mixes in."""

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
