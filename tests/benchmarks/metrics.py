"""The figures of the field, written from their formulas: pairs, segments, ends and intervals.

A *pair* is (query, reference). A `Stretch` is one copied stretch of it: seconds of the query and
seconds of the reference, a box in the plane of the two times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

Interval = tuple[float, float]
Pair = Any


class Stretch(NamedTuple):
    """Seconds `q0`..`q1` of the query are seconds `r0`..`r1` of the reference."""

    q0: float
    q1: float
    r0: float
    r1: float

    def axis(self, number: int) -> Interval:
        """The interval on the query's (0) or on the reference's (1) time."""
        return (self.q0, self.q1) if number == 0 else (self.r0, self.r1)

    def meets(self, other: Stretch) -> bool:
        """Whether the two boxes share area."""
        return all(
            min(self.axis(n)[1], other.axis(n)[1]) > max(self.axis(n)[0], other.axis(n)[0])
            for n in (0, 1)
        )


class Predicted(NamedTuple):
    """One stretch that was answered, with the score it is ranked by."""

    pair: Pair
    stretch: Stretch
    score: float


class Shares(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f: float


# --- intervals -------------------------------------------------------------------------------


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same seconds as disjoint intervals in order; empty ones are dropped."""
    out: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[1] > interval[0]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def length(intervals: Iterable[Interval]) -> float:
    """Seconds covered, overlaps counted once."""
    return sum(end - start for start, end in union(intervals))


def common(a: Iterable[Interval], b: Iterable[Interval]) -> float:
    """Seconds covered by both."""
    return sum(
        max(0.0, min(x[1], y[1]) - max(x[0], y[0])) for x in union(a) for y in union(b)
    )  # fmt: skip


# --- pairs -----------------------------------------------------------------------------------


def average_precision(scored: Iterable[tuple[float, bool]], positives: int) -> float:
    """Micro average precision: all (score, is it true) of all queries ranked together.

    Positives that were never answered count in the recall; equal scores enter together.
    """
    if positives == 0:
        return math.nan
    ranked = sorted(scored, key=lambda item: -item[0])
    total, true, seen = 0.0, 0, 0
    for _, group in groupby(ranked, key=lambda item: item[0]):
        outcomes = [outcome for _, outcome in group]
        hits = sum(outcomes)
        seen, true = seen + len(outcomes), true + hits
        total += (true / seen) * hits / positives
    return total


def recall_at_zero_false(true: Iterable[float], false: Iterable[float], positives: int) -> float:
    """The share of positives whose score lies above the best false score."""
    best = max(false, default=-math.inf)
    return sum(score > best for score in true) / positives if positives else math.nan


def wilson(hits: int, number: int, z: float = 1.959964) -> Interval:
    """The 95 % interval of a share after Wilson; (0, 1) when there is nothing to go by."""
    if number == 0:
        return (0.0, 1.0)
    share, square = hits / number, z * z
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = z / (1 + square / number)
    half *= math.sqrt(share * (1 - share) / number + square / (4 * number * number))
    return (max(0.0, middle - half), min(1.0, middle + half))


def false_bound(false: int, number: int) -> float:
    """The rate that the false ones stay below, with 95 % certainty: 3/N when there was none."""
    if number == 0:
        return 1.0
    return min(1.0, 3 / number) if false == 0 else wilson(false, number, 1.644854)[1]


# --- segments --------------------------------------------------------------------------------


def _seconds(
    predicted: Sequence[Stretch], true: Sequence[Stretch], axis: int
) -> tuple[float, float]:
    """On one time axis of one pair: seconds predicted, and those of them that are right.

    True stretches count only where some prediction meets them in both times at once.
    """
    met = [box for box in true if any(box.meets(guess) for guess in predicted)]
    said = [guess.axis(axis) for guess in predicted]
    return length(said), common(said, [box.axis(axis) for box in met])


def segment_ap(
    predictions: Iterable[Predicted], truth: Mapping[Pair, Sequence[Stretch]]
) -> float:  # fmt: skip
    """Segment AP of the 2023 video similarity challenge.

    Stretches enter by falling score, equal scores together. For each time axis the seconds
    predicted, true and both are summed over pairs; precision and recall are geometric means of the
    two axes.
    """
    wanted = [
        sum(length(box.axis(axis) for box in boxes) for boxes in truth.values()) for axis in (0, 1)
    ]
    if min(wanted) <= 0:
        return math.nan
    held: dict[Pair, list[Stretch]] = {}
    parts: dict[Pair, list[tuple[float, float]]] = {}
    total, recall = 0.0, 0.0
    sums = [[0.0, 0.0], [0.0, 0.0]]
    ranked = sorted(predictions, key=lambda item: -item.score)
    for _, group in groupby(ranked, key=lambda item: item.score):
        touched = set()
        for item in group:
            held.setdefault(item.pair, []).append(item.stretch)
            touched.add(item.pair)
        for pair in touched:
            now = [_seconds(held[pair], truth.get(pair, ()), axis) for axis in (0, 1)]
            before = parts.get(pair, [(0.0, 0.0), (0.0, 0.0)])
            for axis in (0, 1):
                sums[axis][0] += now[axis][0] - before[axis][0]
                sums[axis][1] += now[axis][1] - before[axis][1]
            parts[pair] = now
        reached = math.sqrt(math.prod(sums[axis][1] / wanted[axis] for axis in (0, 1)))
        right = math.prod(sums[n][1] / sums[n][0] if sums[n][0] > 0 else 0.0 for n in (0, 1))
        total += math.sqrt(right) * max(0.0, reached - recall)
        recall = max(recall, reached)
    return total


def _covered(boxes: Sequence[Stretch], by: Sequence[Stretch]) -> float:
    """The share of `boxes` that `by` covers, on each axis, multiplied."""
    share = 1.0
    for axis in (0, 1):
        whole = sum(box.axis(axis)[1] - box.axis(axis)[0] for box in boxes)
        inside = sum(
            common([box.axis(axis)], [other.axis(axis) for other in by if other.meets(box)])
            for box in boxes
        )
        share *= inside / whole if whole > 0 else 0.0
    return share


def vcsl(
    predicted: Mapping[Pair, Sequence[Stretch]], truth: Mapping[Pair, Sequence[Stretch]]
) -> Shares:
    """Precision, recall and F of the VCSL benchmark, averaged over pairs.

    For one pair, the share of the predicted time that is true (and of the true time that is
    predicted) on one axis times that on the other. Precision is averaged over the pairs that were
    answered, recall over those that are true.
    """
    precisions = [
        _covered(boxes, truth.get(pair, ())) for pair, boxes in predicted.items() if boxes
    ]
    recalls = [_covered(boxes, predicted.get(pair, ())) for pair, boxes in truth.items() if boxes]
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    recall = sum(recalls) / len(recalls) if recalls else math.nan
    both = precision + recall
    return Shares(precision, recall, 2 * precision * recall / both if both > 0 else 0.0)


def boundary_errors(predicted: Sequence[Stretch], true: Sequence[Stretch]) -> list[float]:
    """How far the ends lie from the true ones: four numbers for each true stretch that was met.

    Several predictions that meet one true stretch count as one from the first to the last.
    """
    errors = []
    for box in true:
        met = [guess for guess in predicted if guess.meets(box)]
        for axis in (0, 1) if met else ():
            errors.append(abs(min(guess.axis(axis)[0] for guess in met) - box.axis(axis)[0]))
            errors.append(abs(max(guess.axis(axis)[1] for guess in met) - box.axis(axis)[1]))
    return errors


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies, interpolated; NaN without values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
