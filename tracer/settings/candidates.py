"""Which videos of an index are looked at closely."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CandidateSettings:
    """Settings of the search for candidates."""

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
    source 6.4 votes and nothing else more than 2.9, an inset of half the width 2.3 and 1.2; with
    16 million it is 7.1 and 3.9, 2.9 and 1.2; with 6 million 5.1 and 0.8, 2.1 and 0.8."""

    word_budget_inside: int = 500_000
    """The same where an index is matched with itself: a stored video has a sixth of the features of
    a query, and every video asks. Among 5,000 clips 882 of 897 copies are found with it, as with
    two and with four times of it."""

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
