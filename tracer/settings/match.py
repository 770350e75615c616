"""Candidates, registration, time line, findings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Search, alignment, verification and score."""

    # --- candidates ---
    phash_radius: int = 10
    """Bits of 64. Re-encoding moves a pHash by 5 on average, 12 at the 95th percentile (measured on
    60 frames); several frames of a video make up for the ones that are missed."""

    dhash_radius: int = 7
    """Bits of 64. Re-encoding moves a dHash by 1.6 on average, 5 at the 95th percentile."""

    phash256_radius: int = 96
    """Bits of 256 that the long hashes of a hit may differ in: unrelated ones differ in 128."""

    dhash256_radius: int = 80
    """The same of the long dHash."""

    hits_most: int = 400
    """Indexed videos with a frame within the radius above which a query's frame is a stop-frame
    (black, title card, bumper) and says nothing."""

    rarest_kept: int = 8
    """Frames of a query that say something even so, the rarest: of a film that was posted a
    thousand times every frame is in a thousand videos."""

    signature_differ: int = 7
    """Bits of 32 that the signatures of two features may differ in (97 % of true pairs do, 2 % of
    others: index/words.py)."""

    word_longest: int = 20_000
    """Postings above which a visual word tells nothing."""

    word_budget: int = 8_000_000
    """Postings that are read for a query and for its mirror image, the most promising first: about
    a quarter of a second each. Of 250 million (1,000 hours) a 52 s query cropped to 80 % gives its
    source 2.2 times the votes of the next, an inset of half the width 1.9 times, as many as with
    twice the budget or a fifth fewer; with 6 million fewer still."""

    word_budget_inside: int = 500_000
    """The same where an index is matched with itself: a stored video has a sixth of the features of
    a query, and every video asks. Among 5,000 clips 60 of 60 copies name their source with it, as
    with half and with four times of it."""

    ranked: int = 160
    """Indexed videos that are ranked by each of the two passes, four for each that is looked at."""

    candidates: int = 40
    """Indexed videos that are looked at closely for each query."""

    candidates_inside: int = 12
    """The same where an index is matched with itself: every video asks, so pairs come up twice."""

    candidates_mirrored: int = 4
    """The same of those that only features of its mirror image name: most of these are chance.
    A choice; with them nine true matches more were found among 213 clips, and none wrong."""

    outvoted: float = 0.35
    """Share of its mirror image's votes below which a candidate is left: the other is meant."""

    frame_pairs: int = 12
    """Frame pairs of a candidate that the transform is fitted on."""

    frame_pairs_first: int = 4
    """Frame pairs that are tried first; a candidate that has no fit on them is left."""

    # --- registration ---
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

    # --- closer looks, with the indexed file itself ---
    closer_clear: float = 0.97
    """Score from which on a match needs no closer look. Other moments of one corridor reached 0.918
    by what the index keeps (tune)."""

    closer_hopeless: float = 0.005
    """Score up to which a pair that shows no common place is looked at closely only where its
    features lead."""

    closer_blind: int = 2
    """Videos without any score that are looked at closely, the most votes first: of what no
    transform fitted in the index two of 45 lost copies were found so (tune)."""

    closer_most: int = 6
    """Videos that are looked at closely for each query: some 1.5 CPU seconds each."""

    closer_sounds: int = 2
    """Videos of the same sound that are looked at closely, the surest first. A choice."""

    closer_longest: float = 120.0
    """Seconds of an indexed file that are read for it, around where the candidates point."""

    twice_surest: float = 0.99
    """Score that each of the two samplings of a closer look counts at most, and 1 less at least:
    one that is quite sure does not outweigh one that sees nothing. A choice."""

    grain_side: int = 128
    """Cells along the longer side of the grid of fine motion: four for each coarse
    one. A choice, like the other numbers of fine motion for which no measurement is named."""

    grain_cells_least: int = 12
    """Cells along the shorter side below which there is no fine detail to compare."""

    grain_window: float = 1.0
    """Seconds of the moving mean that is taken off to leave fine motion."""

    grain_level: float = 3.0
    """Grey levels of fine motion that count half of the most that a cell can count."""

    grain_samples: int = 300
    """Samples that are compared at most: 25 seconds."""

    grain_samples_least: int = 6
    """Samples below which nothing is said."""

    grain_apart: float = 0.08
    """Seconds between two frames that are taken for the same moment: a sample of twelve a second,
    at speed 1."""

    grain_fits: int = 4
    """Moments on which the transform is fitted at this grain."""

    grain_parts: int = 4
    """Parts along the picture's longer side; the median over the parts counts."""

    grain_free_least: float = 0.2
    """Share of the cells that must be free of letters and logos."""

    grain_near: float = 0.1
    """Seconds by which the two may be moved against each other: a sample."""

    grain_far: float = 0.5
    """Seconds from which on a pair that is moved tells what chance gives."""

    grain_reach: float = 5.0
    """Seconds up to which it is moved."""

    grain_shared: float = 0.4
    """Share of the samples that must be left to compare."""

    grain_narrow: float = 0.5
    """Share of what the transform lays over below which fine motion is compared over all of it. A
    choice, made when cars of one lane of a motorway, a sixth of the picture, had 0.49."""

    grain_sure: float = 0.3
    """Correlation of fine motion from which on, with the contrast below, a picture without texture
    may be a match. Of 34 wrong pairs with fine motion none had both (tune: 0.25 at a contrast of
    4.7 and less, 0.19 at 5.4); cars of a motorway had 0.31 at 5.5."""

    grain_sure_contrast: float = 6.0
    """Standard deviations above other alignments."""

    speed_own: float = 0.02
    """Logarithm of the speed from which on a line has one of its own. Then a closer look must find
    a moment that agrees in fine detail: 31 true pairs at other speeds have three, two halves of a
    corridor's take that were taken for a match at 0.84 have none (tune)."""

    closer_seconds: float = 2.0
    """Seconds of a query without a clear match that are worth it. A choice, as the next."""

    closer_share: float = 0.25
    """The same as a share of a short query."""

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

    # --- time line ---
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

    # --- shared intros ---
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

    # --- findings ---
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
