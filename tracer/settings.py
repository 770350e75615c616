"""Every threshold: its name, its unit, its default and where the number comes from.

One group a stage. A :class:`Settings` is frozen; :meth:`Settings.digest` names it, is stored with
every index and printed in every report, so that an answer can be made again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Decoding."""

    sampling_gap: float = 0.25
    """Seconds between two sampled frames; the grid of the miniature. Four a second pins a segment's
    end to about an eighth of a second without decoding again."""

    skip_gap: float = 0.21
    """Seconds. Frames that no other frame refers to are skipped while decoding as long as the
    frames that are left lie no further apart than this; otherwise every frame is decoded."""

    decode_timeout: float = 900.0
    """Seconds of wall time that one file's worker may take before it is stopped."""

    decode_memory: int = 4 << 30
    """Bytes of address space beyond the start that one file's worker may take."""

    max_pixels: int = 8192 * 8192
    """Pixels of one frame; a larger picture is refused before it is decoded."""


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

    miniature_crf: int = 29
    """x264's constant rate factor of the miniature: some 60 kB a minute; its temporal differences
    still correlate with those of the pictures it was made from at 0.93 to 0.99 (measured)."""

    query_sampling_gap: float = 1 / 12
    """Seconds between two sampled frames of a query: fine enough that each frame of an indexed
    film finds the query's frame of the same moment, whatever the phase of the two grids."""

    query_fine: float = 600.0
    """Seconds of query beyond which it is sampled like an indexed video, to bound memory."""

    query_miniature_side: int = 256
    """Pixels of the longer side of a query's miniature, which is never stored: an inset of a third
    of the width is then as large as a stored miniature needs it."""

    feature_side: int = 360
    """Pixels of the shorter side of the picture that ORB features are taken from (a prototype that
    found every edit but the mirror image used the same)."""

    feature_count: int = 160
    """ORB features kept for each stored frame, spread over octaves and picture."""

    feature_gap: float = 2.0
    """Seconds between two frames that are looked at for ORB features."""

    feature_gap_static: float = 4.0
    """Seconds between two stored frames of features while the picture hardly changes."""

    feature_same: float = 0.9
    """Correlation of two miniatures above which a picture counts as hardly changed."""

    query_feature_count: int = 500
    """ORB features kept for each frame of a query."""

    query_feature_gap: float = 1.0
    """Seconds between two frames of a query that ORB features are taken from."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Times, direction, chain. How much a cue of direction weighs stands in trace/weights.json."""

    x_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds before and after the id's own time in which an X post was published. 29 of yt-dlp's
    test posts: stated time minus id -0.99 to -0.06 s (the platform floors to whole seconds)."""

    bytedance_id_tolerance: tuple[float, float] = (1.0, 60.0)
    """Seconds, as above, for Douyin and TikTok: the id is made first; 17 tests: 1 to 37 s later."""

    toutiao_id_tolerance: tuple[float, float] = (1.0, 600.0)
    """Seconds, as above, for Ixigua and Toutiao; 3 tests: 0, 0 and 408 s later."""

    weibo_id_tolerance: tuple[float, float] = (300.0, 300.0)
    """Seconds, as above, for Weibo; 4 tests: the stated time lies 53 to 213 s before the id's."""

    instagram_id_tolerance: tuple[float, float] = (1.0, 300.0)
    """Seconds, as above, for Instagram and Threads; 2 tests: 32 and 88 s later."""

    mastodon_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds, as above, for Mastodon and Truth; 2 tests: -0.76 and -0.69 s."""

    linkedin_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds, as above, for LinkedIn; 2 tests: -0.67 and -0.24 s."""

    bluesky_id_tolerance: tuple[float, float] = (300.0, 60.0)
    """Seconds, as above, for Bluesky; the client sets both: typically -0.1 to -3.5 s, once -225."""

    xiaohongshu_id_tolerance: tuple[float, float] = (86400.0, 86400.0)
    """Seconds, as above, for Xiaohongshu: not verified against a stated time, so a day each way."""

    account_id_tolerance: tuple[float, float] = (1.0, 60.0)
    """Seconds, as above, for the creation of an account (X, TikTok): inferred from the formula."""

    time_slack: float = 60.0
    """Seconds by which two claims about one post may miss one another: a time that was read off a
    screen has no seconds."""

    retweet_gap: float = 60.0
    """Seconds by which a stated time lies before the status id's for the post to read as another's
    post shared on; a post's own two times differ by less than 1 s, retweets by a day (measured)."""

    verdict_floor: float = 0.65
    """0 to 1. Probability from which content tells a direction (or siblings); below it the verdict
    is `undetermined`, or `same` where nothing but re-encoding differs. Set by hand, to be fitted
    to an accuracy of 0.90 where decided."""

    told_floor: float = 0.65
    """0 to 1. Probability, content and time together, from which a link's direction is `told`."""

    decisive_floor: float = 0.9
    """0 to 1. Probability from which content alone is decisive: it then outweighs a claim of time
    and corroborates one. A lone edit seen on one side at full confidence reaches it."""

    root_floor: float = 0.52
    """0 to 1. Probability from which a first member is named without any time: likelier than all
    others together. Below it nothing tells who was first."""

    parents_tried: int = 32
    """Candidates for the parent of one video, nearest first, so that a family of 2,000 chains in
    seconds. The tree is exact while no family is larger than this."""

    bridge_seconds: float = 2.0
    """Seconds that a member must share with a family's representative through one other member
    where it does not match it directly: the length of the shortest segment that matching keeps."""

    parent_seconds: float = 2.0
    """Seconds of a video that no parent explains yet and that a further parent must explain."""

    parent_share: float = 0.5
    """0 to 1. Share of a further parent's matched seconds that no parent explained before it."""

    same_span: float = 0.9
    """0 to 1. Intersection over union of two excerpts from which on they are the same cut."""

    same_box: float = 0.6
    """0 to 1. Intersection over union of two boxes from which on they are the same edit."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """The index file."""

    busy_timeout: float = 30.0
    """Seconds to wait for another process's write lock. One writer at a time measured at most
    0.8 s of wait with four processes (6 s on a loaded machine)."""

    clear_score: float = 0.99
    """Score from which on a pair of the index is not asked the other way round as well. What was
    found one way only, by chance, reached 0.971 (measured on the pairs of the fixtures)."""


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """Taking in files, sidecars and URLs."""

    sidecar_bytes: int = 64 << 20
    """Bytes. A larger sidecar is refused unread; yt-dlp's largest, with all comments of a video,
    have some tens of megabytes."""

    list_bytes: int = 256 << 20
    """Bytes. A larger ``@list`` is refused unread."""

    max_height: int = 1080
    """Pixels. URLs are downloaded in the best single-file quality up to this height."""

    network_timeout: float = 30.0
    """Seconds without an answer after which a download's connection is given up."""

    network_retries: int = 3
    """Times that a failed request is tried again."""


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Search, alignment, verification and score."""

    # --- candidates ---
    phash_radius: int = 10
    """Bits of 64. Re-encoding moves a pHash by 5 on average, 12 at the 95th percentile (measured on
    60 frames); several frames of a video make up for the ones that are missed."""

    dhash_radius: int = 7
    """Bits of 64. Re-encoding moves a dHash by 1.6 on average, 5 at the 95th percentile."""

    hits_most: int = 400
    """Indexed frames within the radius above which a query frame is a stop-frame (black, title
    card, bumper) and says nothing."""

    signature_differ: int = 7
    """Bits of 32 that the signatures of two features may differ in (97 % of true pairs do, 2 % of
    others: index/words.py)."""

    word_longest: int = 4096
    """Postings above which a visual word tells nothing."""

    candidates: int = 40
    """Indexed videos that are looked at closely for each query."""

    candidates_inside: int = 16
    """The same where an index is matched with itself: every video asks, so pairs come up twice."""

    outvoted: float = 0.35
    """Share of its mirror image's votes below which a candidate is left: the other is meant."""

    frame_pairs: int = 12
    """Frame pairs of a candidate that the transform is fitted on."""

    frame_pairs_first: int = 4
    """Frame pairs that are tried first; a candidate that has no fit on them is left."""

    # --- registration ---
    descriptor_distance: int = 72
    """Bits of 256 up to which two ORB descriptors may be the same corner."""

    descriptor_ratio: float = 0.95
    """Largest ratio of the nearest to the second nearest descriptor. Near 1, since the same corner
    stands in neighbouring octaves too; RANSAC sorts out the rest."""

    ransac_pixels: float = 4.0
    """Pixels of a picture 360 high within which a point agrees with a transform."""

    ransac_rounds: int = 1000
    """RANSAC's most rounds."""

    inliers_floor: int = 8
    """Points that must agree with a transform. Unrelated pictures reach 6 or 7 (measured)."""

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

    worth_clear: float = 1.5
    """Seconds times correlation of motion from which on no further transform is tried."""

    margin_near: float = 1.0
    """Seconds by which a line is moved at least to see whether its motion agrees there as well."""

    margin_far: float = 5.0
    """Seconds by which it is moved at most."""

    # --- time line ---
    sampling_gap: float = 0.25
    """Seconds between two frames of a miniature."""

    grid_side: int = 32
    """Cells along the longer side of the grid on which two films are compared."""

    region_least: float = 0.03
    """Share of the match's frame that must be visible in the query."""

    motion_window: float = 2.0
    """Seconds of the moving mean that is taken off to leave what moves."""

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

    segment_least: float = 0.9
    """Seconds of the shortest segment."""

    run_least: float = 2.5
    """Least sum of a run of samples (+1 where they agree, -2 where they do not)."""

    moment: float = 0.5
    """Seconds of a distinct moment."""

    # --- findings ---
    nearest: int = 5
    """Near misses that are named."""

    scene_inliers: int = 18
    """Features of one frame pair that must agree before two videos may show one place."""

    scene_pairs: int = 3
    """Frame pairs that must agree, unless the features span much of the frame."""

    scene_spread_alone: float = 0.15
    """Share of the frame from which on one frame pair is enough."""

    scene_quiet: float = 0.012
    """Mean energy of a cell below which too little moves to tell one moment from another."""

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


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Sound: what counts as damaged, and what two fingerprints must share to be the same."""

    damaged_packets: int = 10
    """Packets that can't be decoded from which on a sound track counts as damaged: a quarter of a
    second of AAC. An excerpt cut without re-encoding often loses its last one or two."""

    damaged_seconds: float = 2.0
    """Seconds by which the sound may end before its stated end."""

    # --- one sound laid over another along the picture's line ---
    lag_most: float = 0.6
    """Seconds that a sound may lie off the picture's line: three times a large lip-sync error."""

    lag_told: float = 0.15
    """Seconds off the picture's line from which on it is told."""

    neighbours: int = 4
    """Items before and after that an item is judged with: half a second each way."""

    same_error: float = 0.27
    """Share of differing bits up to which two sounds are the same. Re-encoded sound reaches 0.12
    (and 0.20 in five items beside a cut), unrelated sound at its best lag 0.34 (measured on 200
    pairs of same and 480 of unrelated clips)."""

    contrast_least: float = 0.11
    """Share of bits by which a line must be better than places beside it for ``clear_error`` to
    hold. Other sound reaches 0.06, sound cut to a telephone's band 0.11 (24 clips each)."""

    contrast_pitch: float = 0.2
    """The same where the pitch was searched for."""

    contrast_moments: int = 10
    """Moments below which a contrast is chance."""

    clear_error: float = 0.34
    """Share of differing bits up to which sounds are the same at a place that stands out so."""

    beside_least: float = 1.0
    """Seconds beside the line from which on it is compared with other places."""

    beside_most: float = 4.0
    """Seconds up to which."""

    same_share: float = 0.75
    """Share of the moments with sound that agree from which on the sound is the same."""

    other_share: float = 0.15
    """Share up to which it is different; between the two it is partly the same."""

    silent_share: float = 0.9
    """Share of silent moments from which on a sound is absent."""

    heard_share: float = 0.5
    """Share of moments with sound that the other video has where sound was removed from one."""

    few_moments: int = 5
    """Moments below which the limits are these two."""

    few_same: float = 0.2
    """Share of differing bits up to which a few moments are the same (re-encoded: up to 0.13)."""

    few_other: float = 0.3
    """Share of differing bits from which on a few moments are different."""

    # --- pitch ---
    speed_moved: float = 0.02
    """Difference of a speed from 1 from which on the pitch may have moved with it: a third of a
    semitone, at which items begin to differ."""

    pitches: tuple[float, ...] = tuple(round(0.8 * (1.25 / 0.8) ** (k / 31), 4) for k in range(32))
    """Factors at which a sound that seems different is played again: 0.8 to 1.25 in steps of 1.4 %,
    a quarter of a semitone."""

    pitch_moments: int = 12
    """Moments that are needed for it: 32 factors are 32 chances to agree by accident."""

    pitch_moments_most: int = 960
    """Moments (2 minutes) above which it is not tried: the seconds it costs grow with them."""

    pitch_below: float = 0.5
    """Share of the moments that agree below which other pitches are tried."""

    pitch_error: float = 0.3
    """Share of differing bits that a sound played again must reach."""

    # --- the same sound under another picture ---
    key_longest: int = 2000
    """Postings above which a key tells nothing: a hum or a test tone."""

    speeds: tuple[float, ...] = tuple(round(0.8 * (1.25 / 0.8) ** (k / 14), 4) for k in range(15))
    """Speeds that are voted on, in steps of 3 %; the eighth is 1."""

    vote_cell: float = 4.0
    """Items (half a second) within which votes are for one line: what 3 % of speed move in 17 s."""

    votes_least: int = 5
    """Items of a query that must vote for a line."""

    lines: int = 20
    """Videos that are laid over a query."""

    speed_finer: tuple[float, ...] = (0.985, 0.99, 0.995, 1.0, 1.005, 1.01, 1.015)
    """Factors by which a voted speed is refined."""

    natural_range: float = 0.26
    """Difference of a voted speed from 1 within which speed 1 is tried as well: over five seconds
    the votes hardly tell speeds apart."""

    natural_speed: float = 1.1
    """Preference for speed 1."""

    alone_moments: int = 16
    """Moments in a row that must agree where the picture does not help: 4.6 s of sound."""

    alone_error: float = 0.15
    """Share of differing bits up to which they agree (5 s of the same garden at other moments
    reached 0.18)."""

    long_moments: int = 28
    """Moments in a row (6 s) from which on a speed other than 1 and ``long_error`` are believed."""

    long_error: float = 0.2
    """Share of differing bits up to which so many agree."""

    alone_distinct: float = 0.5
    """Share of the items that must be distinct: a steady tone repeats one."""


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

    grid_side: int = 128
    """Cells along the longer side of the grid: the stored film has no more."""

    grid_least: int = 12
    """Cells along the shorter side below which nothing can be told."""

    fit_moments: int = 8
    """Moments on which the transform is fitted once more; the median of the fits is taken."""

    fit_correlation: float = 0.5
    """Correlation below which such a fit is left out."""

    fit_shift: float = 0.06
    """Share of the grid by which a fit may move the picture; a larger one is another picture."""

    fit_linear: float = 0.08
    """By how much a fit may scale or turn it."""

    # --- frame ---
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

    text_stays: float = 0.38
    """How alike lines of text are far apart in time, at most (0.1 to 0.3; logos 0.44 and more)."""

    text_central: float = 0.12
    """How far the middle of lines that stay may lie from the middle of the picture."""

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

    text_holds: float = 0.72
    """How alike it is from one sample to the next (moving edges 0.6, letters 0.8 to 0.98)."""

    replaced_strokes: float = 0.65
    """Strokes of the side with fewer, relative to the other, from which on both have letters."""

    cover_least: float = 0.45
    """Share of one colour from which on a band may lie under the letters."""

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

    overlay_seam: float = 1.8
    """Step along its border relative to the other side's: another picture ends there."""

    far_seconds: float = 2.5
    """Seconds after which a line of text is another line."""

    stroke_least: float = 45.0
    """Grey levels within a neighbourhood that make a stroke of a letter."""

    flat_tolerance: float = 10.0
    """Grey levels that a band under letters may vary after compression."""

    color_least: float = 5.0
    """Grey levels by which tones must have moved on average (re-encoding alone: 1 to 2)."""

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

    tone_samples: int = 200_000
    """Cells that the curve is fitted on."""

    picture_side: int = 480
    """Pixels of the longer side of a difference picture."""

    # --- time and coding ---
    speed_least: float = 0.02
    """Relative change from which on a speed differs from 1 (PAL's 4 % counts, drift does not)."""

    speed_drift: float = 0.25
    """Seconds by which a segment's ends must have drifted for its speed to be sure: one sample."""

    frame_rate_least: float = 0.05
    """Relative change from which on a frame rate differs (29.97 and 30 are the same)."""

    trim_seconds: float = 1.0
    """Seconds that one side must have beyond the shared ones."""

    trim_share: float = 0.08
    """Share of its length that they must make up."""

    cut_window: float = 0.5
    """Seconds around the end of a segment within which a cut is looked for."""

    cut_least: float = 0.3
    """By how much the correlation of two frames must fall to make a cut."""

    cut_ratio: float = 2.5
    """How much stronger than the changes beside it a cut is."""

    resize_least: float = 0.1
    """Relative change of scale from which on a video was resized."""

    bitrate_least: float = 0.25
    """Relative change of bits a second from which on it is named."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups together."""

    media: MediaSettings = field(default_factory=MediaSettings)
    layout: LayoutSettings = field(default_factory=LayoutSettings)
    match: MatchSettings = field(default_factory=MatchSettings)
    compare: CompareSettings = field(default_factory=CompareSettings)
    fingerprint: FingerprintSettings = field(default_factory=FingerprintSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    trace: TraceSettings = field(default_factory=TraceSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    collect: CollectSettings = field(default_factory=CollectSettings)

    def digest(self) -> str:
        """Return the first 16 hex digits of the SHA-256 of all values, sorted by name."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


DEFAULT = Settings()
