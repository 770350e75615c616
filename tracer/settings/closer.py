"""What a closer look, with the indexed file itself, asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CloserSettings:
    """Settings of closer looks, and of the fine detail that moves."""

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
