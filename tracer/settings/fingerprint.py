"""Frames -> fingerprint: layout, hashes, features, miniature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayoutSettings:
    """Which part of the frame carries the picture (levels are grey levels of 0 to 255)."""

    frames: int = 160
    """Frames, spread over the video, that the layout is read from."""

    informative_deviation: float = 12.0
    """Grey levels. A frame whose pixels deviate less (black, faded) says nothing about the
    layout."""

    line_step: int = 6
    """Grey levels between two rows of a miniature that count as an edge."""

    line_percentile: float = 70.0
    """Percentile over the frames at which an edge's length is taken."""

    line_share: float = 0.6
    """Share of the width that a straight edge between picture and bar or panel takes."""

    bar_tolerance: int = 10
    """Grey levels that a bar may vary after compression."""

    bar_share: float = 0.6
    """Share of a bar's row that must be its colour: the rest may be letters in the bar."""

    bar_frames: float = 0.97
    """Share of the informative frames that must show the bar (field pitfall 7: bars present in all
    informative frames; the rest allows for damaged frames)."""

    bar_least: float = 0.02
    """Share of the height or width below which a bar is an encoder's edge."""

    bar_most: float = 0.8
    """Share of the height or width above which bars would leave no picture."""

    bar_ends: float = 0.05
    """Share of a bar's row at each end that letters in the bar leave free."""

    bar_lettered: float = 0.4
    """Share of the height or width that a bar with such letters takes at most."""

    panel_least: float = 0.06
    """Share of the height or width that a blurred panel takes at least, each side."""

    panel_detail: float = 2.0
    """Grey levels of fine detail that the picture between the panels has at least."""

    panel_ratio: float = 0.45
    """Detail of the panels relative to the picture's, at most."""

    panel_picture: float = 0.2
    """Share of the height or width that the picture between the panels takes at least."""

    moving_frames: int = 8
    """Frames that are needed to tell what moves."""

    moving_deviation: float = 3.0
    """Grey levels of deviation over time from which on a pixel moves."""

    moving_least: float = 0.04
    """Share of the frame that a moving rectangle takes at least."""

    moving_most: float = 0.85
    """Share of the frame that a moving rectangle takes at most."""

    moving_filled: float = 0.85
    """Share of the rectangle that moves."""

    moving_outside: float = 0.02
    """Share of the rest that may move (a clock, a button)."""

    moving_border: float = 6.0
    """Grey levels of the persistent step along each side of the rectangle."""

    seam_side: float = 0.2
    """Share of the frame that each picture of a split screen takes at least."""

    seam_across: float = 0.45
    """Correlation of the columns left and right of a seam, at most."""

    seam_drop: float = 0.35
    """How far that lies below the correlation of columns equally far apart on either side."""

    seam_ratio: float = 1.6
    """How much larger the step across a seam is than steps beside it, in each third of it."""

    seam_moving: float = 10.0
    """Grey levels of deviation over time from which on a pixel beside a seam moves."""

    seam_moves: float = 0.5
    """Share of a seam's length beside which the picture must move, on one side at least."""

    logo_moving: float = 10.0
    """Grey levels of deviation over time from which on a pixel moves, as logos never do."""

    logo_still: float = 6.0
    """Grey levels of deviation over time up to which a pixel of a logo stands still."""

    logo_rest: float = 0.7
    """Share of the frame that must move before what stands still in it is called a logo."""

    logo_edge: float = 14.0
    """Grey levels of an edge that is still there in the mean over time."""

    logo_lasting: float = 0.75
    """Share of its usual steepness that such an edge keeps in the mean."""

    logo_least: float = 0.002
    """Share of the frame that a logo takes at least."""

    logo_most: float = 0.12
    """Share of the frame that a logo takes at most."""

    logo_filled: float = 0.4
    """Share of a logo's box that its edges fill once they are joined."""

    logo_longest: float = 0.5
    """Share of the width or height that a logo takes at most: longer lines are borders."""

    logo_border: float = 0.3
    """Share of the frame's width and height, from each edge, in which logos stand."""

    logo_together: int = 3
    """Logos above which what stands still is no logo but the scene."""

    features_least: float = 0.4
    """Share of the features that must be left once those of letters and logos are taken out; with
    fewer, what looked like letters was the picture."""

    text_stroke: int = 40
    """Grey levels between neighbouring pixels that make a stroke of a letter."""

    text_density: float = 0.12
    """Share of a row's pixels that are strokes while a line of text is shown."""

    text_change: float = 0.06
    """How much that share changes over time: burned-in lines come and go."""

    text_least: float = 0.03
    """Share of the height that a text band takes at least."""

    text_most: float = 0.3
    """Share of the height that a text band takes at most."""


@dataclass(frozen=True, slots=True)
class FingerprintSettings:
    """What is kept of a video."""

    hash_gap: float = 0.5
    """Seconds between two hashed frames (two a second; scene changes come on top)."""

    scene_change: float = 28.0
    """Grey levels. Mean absolute difference of two consecutive miniatures from which on the later
    one starts a new scene."""

    quality_floor: int = 8
    """0 to 100. Frames below carry too little structure for a perceptual hash: a flat frame hashes
    to rounding noise (field pitfalls 7 and 12)."""

    miniature_side: int = 128
    """Pixels of the longer side of the stored miniature."""

    miniature_crf: int = 35
    """x264's constant rate factor of the miniature, tuned for PSNR: some 55 kB a minute of rich
    pictures. What moves in it correlates with what moves in the pictures it was made from at 0.929
    in the mean (16 clips; at 34 0.936 and 62 kB, at 36 0.921 and 49 kB)."""

    query_sampling_gap: float = 1 / 12
    """Seconds between two sampled frames of a query: fine enough that each frame of an indexed
    film finds the query's frame of the same moment, whatever the phase of the two grids."""

    query_fine: float = 600.0
    """Seconds of query beyond which it is sampled like an indexed video, to bound memory."""

    query_miniature_side: int = 256
    """Pixels of the longer side of a query's miniature, which is never stored: an inset of a third
    of the width is then as large as a stored miniature needs it."""

    tint_gap: float = 2.0
    """Seconds between two frames whose colour is kept: 4 kB a minute."""

    tint_least: int = 4
    """Frames of a short clip whose colour is kept, at closer distance."""

    query_tint_gap: float = 0.25
    """The same of a query, up to `query_fine`: each moment of an indexed video finds its own."""

    query_tint_cells: int = 32
    """Cells of a query's frame along each side, which are never stored: those of an inset of a
    quarter of the width are then as fine as those of a stored frame."""

    feature_side: int = 360
    """Pixels of the shorter side of the picture that ORB features are taken from (a prototype that
    found every edit but the mirror image used the same)."""

    feature_count: int = 130
    """ORB features kept for each stored frame, spread over octaves and picture. With 160 of them
    rich film took more than 150 kB a minute."""

    feature_gap: float = 2.0
    """Seconds between two frames that are looked at for ORB features."""

    feature_gap_static: float = 4.0
    """Seconds between two stored frames of features while the picture hardly changes."""

    feature_same: float = 0.9
    """Correlation of two miniatures above which a picture counts as hardly changed."""

    mirror_least: int = 4
    """Keyframes that must be there for a stored video's mirror image to be looked for by its
    keyframes alone; with fewer, of a short clip, all of it is read. A choice."""

    mirror_most: int = 120
    """Frames at most that the mirror image of a stored video is looked for by: one every two
    seconds of four minutes, fewer of a longer film. A choice."""

    query_feature_count: int = 500
    """ORB features kept for each frame of a query."""

    query_feature_gap: float = 1.0
    """Seconds between two frames of a query that ORB features are taken from."""
