"""Segments and frame rates -> speed, frame rate, trim, compilation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from tracer.match.strips import Film
from tracer.model import Edit, FloatArray, Match, Side, Video
from tracer.settings import CompareSettings

Spans = list[tuple[float, float]]


def speed_edit(match: Match, settings: CompareSettings) -> Edit | None:
    """Return the change of speed that most of the matched seconds agree on."""
    if not match.segments:
        return None
    lengths = [max(1e-3, one.query_end - one.query_start) for one in match.segments]
    order = np.argsort([one.speed for one in match.segments])
    total = np.cumsum(np.array(lengths)[order])
    speed = match.segments[int(order[int(np.searchsorted(total, total[-1] / 2))])].speed
    if abs(math.log(max(speed, 1e-3))) < settings.speed_least:
        return None
    longest = max(lengths)
    if longest < settings.speed_seconds:
        return None
    # A short segment leaves the slope of its line uncertain by about a sample at each end.
    sure = min(1.0, abs(speed - 1.0) * longest / settings.speed_drift)
    if sure < 0.5:
        return None
    return Edit("speed", "unknown", round(0.5 + 0.45 * sure, 2), {"speed": round(speed, 3)})


def frame_rate_edit(
    query: Video, other: Video, speed: Edit | None, settings: CompareSettings
) -> Edit | None:
    """Return the change of frame rate, unless the change of speed explains it."""
    if query.still or other.still or min(query.frame_rate, other.frame_rate) <= 0:
        return None
    ratio = query.frame_rate / other.frame_rate
    if abs(math.log(ratio)) < settings.frame_rate_least:
        return None
    if speed is not None and abs(math.log(ratio / speed.detail["speed"])) < 0.03:
        return None
    rates = {"query": round(query.frame_rate, 3), "match": round(other.frame_rate, 3)}
    return Edit("frame_rate", "unknown", 0.95, rates)


def extent_edits(
    match: Match, query: Video, other: Video, films: tuple[Film, Film], settings: CompareSettings
) -> Iterator[Edit]:
    """Give trim and compilation: which of the two has seconds that the other lacks."""
    if not match.segments or query.still or other.still:
        return
    mine = [(one.query_start, one.query_end) for one in match.segments]
    theirs = [(one.match_start, one.match_end) for one in match.segments]
    more_query = _has_more(mine, query.duration, settings)
    more_match = _has_more(theirs, other.duration, settings)
    # Both go on, and differently: someone put clips together, and left the harder cut. Where only
    # one goes on it may be an excerpt, and a cut at its end is looked for closely.
    reach = settings.cut_reach if more_query and more_match else settings.cut_window
    cuts = (
        cut_at_ends(films[0], mine, query.duration, reach, settings),
        cut_at_ends(films[1], theirs, other.duration, reach, settings),
    )
    joined_query = more_query and cuts[0] >= settings.cut_ratio
    joined_match = more_match and cuts[1] >= settings.cut_ratio
    if joined_query and joined_match:
        joined_query, joined_match = cuts[0] > cuts[1], cuts[1] > cuts[0]
    if joined_query != joined_match:
        yield _compilation(*(("query", mine) if joined_query else ("match", theirs)))
        return
    mine_over, theirs_over = query.duration - covered(mine), other.duration - covered(theirs)
    if more_query and more_match:
        # A segment may end a little early; one side that goes on far longer still was trimmed.
        more_query = mine_over > settings.trim_slack or theirs_over < 1.5 * mine_over
        more_match = theirs_over > settings.trim_slack or mine_over < 1.5 * theirs_over
    if more_match and not more_query:
        yield _trim("query", theirs, other.duration)
    elif more_query and not more_match:
        yield _trim("match", mine, query.duration)


def _has_more(spans: Spans, duration: float, settings: CompareSettings) -> bool:
    """Tell whether a video goes on well beyond what is shared."""
    missing = duration - covered(spans)
    return missing > max(settings.trim_seconds, settings.trim_share * duration)


def _trim(side: Side, longer: Spans, duration: float) -> Edit:
    head = min(start for start, _ in longer)
    tail = duration - max(end for _, end in longer)
    detail = {"head": round(max(0.0, head), 2), "tail": round(max(0.0, tail), 2)}
    return Edit("trim", side, 0.9, detail)


def _compilation(side: Side, spans: Spans) -> Edit:
    return Edit("compilation", side, 0.8, {"spans": [[round(a, 2), round(b, 2)] for a, b in spans]})


def cut_at_ends(
    film: Film, spans: Spans, duration: float, reach: float, settings: CompareSettings
) -> float:
    """Return how much harder than its surroundings the cut at the inner ends of spans is.

    Someone who puts clips together leaves a cut where each begins and ends; an excerpt mostly
    begins and ends within a shot of the longer video. The softest end counts; 0 without any. A
    segment may end before the cut, hardly after it: ``reach`` is how far outside is looked.
    """
    near = settings.cut_window
    ends = [window for start, end in merged(spans) for window in _windows(start, end, near, reach)]
    inner = [one for one in ends if one[0] + near < duration - near and one[1] - near > near]
    if _by_chance(film, reach + near, settings) ** len(inner) > settings.cut_chance:
        return 0.0  # where cuts stand everywhere, one at each end says nothing
    return min((_cut_within(film, *one, settings) for one in inner), default=0.0)


def _windows(start: float, end: float, near: float, reach: float) -> Spans:
    return [(start - reach, start + near), (end - near, end + reach)]


def _cut_within(film: Film, low: float, high: float, settings: CompareSettings) -> float:
    """Return how much harder the hardest change in a window is than the usual one; 0 for none."""
    rows = np.nonzero((film.times >= low - 1.0) & (film.times <= high + 1.0))[0]
    rows = _thinned(film, rows)
    if len(rows) < 5:
        return 0.0
    changes = _changes(film, rows)
    after = film.times[rows[1:]]
    close = (after >= low) & (after <= high + 0.25)
    strongest = float(changes[close].max(initial=0.0))
    return (
        strongest / (float(np.median(changes)) + 0.05) if strongest >= settings.cut_least else 0.0
    )


def _by_chance(film: Film, width: float, settings: CompareSettings) -> float:
    """Return how likely a cut lies within a window put anywhere."""
    rows = _thinned(film, np.arange(len(film.times)))[:: 1 + len(film.times) // 4000]
    if len(rows) < 5:
        return 0.0
    changes = _changes(film, rows)
    cuts = film.times[rows[1:]][changes >= settings.cut_least]
    length = max(1e-3, float(film.times[-1] - film.times[0]))
    return min(1.0, len(merged([(at, at + width) for at in cuts.tolist()], 0.0)) * width / length)


def _changes(film: Film, rows: npt.NDArray[np.intp]) -> FloatArray:
    """Return (n - 1,): by how much each picture differs from the one before, 0 to 2."""
    small = [
        cv2.resize(film.pictures[row], (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32)
        for row in rows
    ]
    return np.array([1.0 - _alike(a, b) for a, b in pairwise(small)], np.float64)


def _thinned(film: Film, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Keep about four frames a second, whatever the film was sampled at."""
    kept: list[int] = []
    for row in rows.tolist():
        if not kept or film.times[row] - film.times[kept[-1]] >= 0.2:
            kept.append(row)
    return np.array(kept, np.intp)


def _alike(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Return the correlation of two pictures."""
    x, y = a - a.mean(), b - b.mean()
    return float((x * y).sum() / (np.sqrt((x * x).sum() * (y * y).sum()) + 1e-3))


def merged(spans: Iterable[tuple[float, float]], gap: float = 0.6) -> Spans:
    """Return the union of intervals, those nearly touching joined."""
    out: Spans = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + gap:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Return the length of a union of intervals."""
    return sum(end - start for start, end in merged(spans, 0.0))
