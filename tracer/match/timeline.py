"""Two strips -> stretches: which seconds of the one are which seconds of the other.

1. Every pair of moments is compared by what moves, and votes for lines of time.
2. The strongest lines are refined.
3. A line is cut into the stretches on which picture and motion agree.
4. What is explained is taken away, and it starts again (compilations, repeats).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tracer.match.agreement import along, windowed
from tracer.match.lines import Line, coarse_rows, similarity_of, voted_lines
from tracer.match.stretches import Stretch, cut, worth
from tracer.match.strips import Overlay
from tracer.settings import MatchSettings

__all__ = ["Line", "Stretch", "find_stretches"]


def find_stretches(
    overlay: Overlay, settings: MatchSettings, hints: Sequence[Line] = ()
) -> list[Stretch]:
    """Return the stretches on which two overlaid videos agree, by the query's time.

    With ``hints``, lines that are known to be about right, no others are looked for: all that is
    left is to place them exactly.
    """
    free = np.ones(len(overlay.query.times), bool)
    if hints:
        found: list[Stretch] = []
        for hint in hints:
            best = _best_of(overlay, [hint], free, settings)
            _take_away(overlay, best, free)
            found += best
        return _in_order(found)
    coarse = coarse_rows(overlay.query.times, settings)
    similarity = similarity_of(overlay.query.motion[coarse], overlay.match.motion)
    times = overlay.query.times[coarse]
    found = []
    for _ in range(settings.rounds):
        lines = voted_lines(times, overlay.match.times, similarity * free[coarse, None], settings)
        best = _best_of(overlay, lines, free, settings)
        if not best:
            break
        found += best
        _take_away(overlay, best, free)
        if free.sum() * overlay.query.step < settings.segment_least:
            break
    return _in_order(found)


def _in_order(found: list[Stretch]) -> list[Stretch]:
    return sorted(found, key=lambda stretch: (stretch.query_start, stretch.line.offset))


def _best_of(
    overlay: Overlay,
    lines: Sequence[Line],
    free: npt.NDArray[np.bool_],
    settings: MatchSettings,
) -> list[Stretch]:
    """Return the stretches of the line that explains most; ``lines`` come strongest first."""
    best: list[Stretch] = []
    left = float(free.sum()) * overlay.query.step
    for line in lines:
        if line.votes < settings.lines_share * lines[0].votes:
            break
        if sum(one.query_end - one.query_start for one in best) >= 0.9 * left:
            break  # it explains all there is to explain
        if not _promising(overlay, line, free, settings):
            continue
        stretches = cut(overlay, _refined(overlay, line, free, settings), free, settings)
        if worth(stretches) > worth(best):
            best = stretches
    return best


def _take_away(overlay: Overlay, stretches: Sequence[Stretch], free: npt.NDArray[np.bool_]) -> None:
    """Mark the query's samples that the stretches explain as no longer free, in place."""
    for stretch in stretches:
        inside = (overlay.query.times >= stretch.query_start - 0.2) & (
            overlay.query.times <= stretch.query_end + 0.2
        )
        free &= ~inside


def _promising(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> bool:
    """Tell whether a line is worth refining: a few samples move somewhat alike on it already."""
    rows, low, part = along(overlay, line, free, 0.1)
    if len(rows) < settings.promising:
        return False
    motion = windowed(*overlay.products.along(rows, low, part), settings.motion_samples)
    return int((motion >= settings.motion_disagrees).sum()) >= settings.promising


def _refined(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> Line:
    """Return the line moved to where what moves agrees best; at speed 1 where that does as well."""
    middle = float(np.median(overlay.query.times[free])) if free.any() else 0.0
    best, value = _climbed(overlay, line, free, middle, settings, speeds=True)
    if abs(np.log(best.speed)) > settings.natural_range:
        return best
    at = float(best.at(np.array([middle]))[0])
    natural = Line(1.0, at - middle, line.votes)
    natural, natural_value = _climbed(overlay, natural, free, middle, settings, speeds=False)
    # Over a few seconds a speed of 1.04 and of 1 are hardly apart: the shorter, the more is needed.
    seconds = float(free.sum()) * overlay.query.step
    share = settings.natural_share - settings.natural_short * float(np.exp(-seconds / 4.0))
    return natural if natural_value >= share * value else best


def _climbed(
    overlay: Overlay,
    line: Line,
    free: npt.NDArray[np.bool_],
    middle: float,
    settings: MatchSettings,
    *,
    speeds: bool,
) -> tuple[Line, float]:
    """Return the line, and its value, at the end of a climb in offset and, if asked, in speed."""
    best, best_value = line, _total(overlay, line, free, settings)
    for step_speed, step_offset in ((0.02, 0.1), (0.007, 0.035)):
        moves = [(0, 1), (0, -1)] + ([(1, 0), (-1, 0)] if speeds else [])
        for _ in range(4):
            start = best_value
            for turn, shift in moves:
                speed = best.speed * (1 + turn * step_speed)
                # Turn about the middle of the query, so that the offset hardly moves with it.
                at = float(best.at(np.array([middle]))[0]) + shift * step_offset
                trial = Line(speed, at - speed * middle, line.votes)
                value = _total(overlay, trial, free, settings)
                if value > best_value * 1.002 + 1e-9:
                    best, best_value = trial, value
            if best_value <= start:
                break
    return best, best_value


def _total(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> float:
    """Return how much motion agrees along a line: positive products only, by correlation."""
    rows, low, part = along(overlay, line, free, 0.1)
    if not len(rows):
        return 0.0
    product, query, match = overlay.products.along(rows, low, part)
    energy = np.sqrt(query * match)
    window = np.convolve(product, np.ones(5), "same")[: len(product)]
    scale = np.convolve(energy, np.ones(5), "same")[: len(product)]
    good = window > 0.3 * scale
    return float((product * good).sum() / np.sqrt(max(1e-6, float((energy * good).sum()))))
