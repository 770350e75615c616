"""Two sounds laid over each other along a line of time: where they agree, bit by bit.

A line says which second of the match belongs to a second of the query: ``speed * t + offset``.
Items are compared at the middles of what they describe, so that a stretched sound stays in step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.media.sound import HOP, SILENT, SPAN, Items
from tracer.settings import SoundSettings

MIDDLE = SPAN / 2


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Two sounds along one line; arrays of one length, by the query's time."""

    time: npt.NDArray[np.float64]  # seconds of the query, the middle of what is compared
    differ: npt.NDArray[np.float64]  # share of the 32 bits that differ
    query_silent: npt.NDArray[np.bool_]
    match_silent: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def heard(self) -> npt.NDArray[np.bool_]:
        """Tell where both have sound."""
        return ~(self.query_silent | self.match_silent)

    def error(self) -> float:
        """Return the mean share of bits that differ where both have sound; 0.5 is chance."""
        heard = self.heard
        return float(self.differ[heard].mean()) if heard.any() else 0.5

    def alike(self, settings: SoundSettings, limit: float | None = None) -> npt.NDArray[np.bool_]:
        """Tell where both have sound and agree, each item judged with its neighbours.

        ``limit`` is the share of bits that may differ; ``same_error`` where none is given.
        """
        limit = settings.same_error if limit is None else limit
        heard = self.heard
        if not heard.any():
            return heard
        window = np.ones(2 * settings.neighbours + 1)
        total = np.convolve(np.where(heard, self.differ, 0.0), window)
        count = np.convolve(heard.astype(float), window)
        inside = slice(settings.neighbours, settings.neighbours + len(heard))
        mean = total[inside] / np.maximum(count[inside], 1.0)
        return heard & (mean <= limit)


def laid_over(
    query: Items,
    match: Items,
    speed: float,
    offset: float,
    span: tuple[float, float],
    factor: float = 1.0,
) -> Laid:
    """Lay two sounds over each other over ``span`` (seconds of the query).

    ``factor``: the query's items were taken as if it were played that much faster. Only what lies
    inside the span is compared, or the one item at its middle where it is shorter than an item.
    """
    start, end = span
    middle = (np.arange(len(query), dtype=np.float64) * HOP + MIDDLE) * factor
    margin = max(0.0, min(MIDDLE * factor, (end - start) / 2) - HOP)
    place = np.rint((speed * middle + offset - MIDDLE) / HOP).astype(np.int64)
    inside = (middle >= start + margin) & (middle <= end - margin)
    inside &= (place >= 0) & (place < len(match))
    a, b = query[inside], match[place[inside]]
    differ: npt.NDArray[np.float64] = np.bitwise_count(a ^ b).astype(np.float64)
    differ /= 32.0
    return Laid(middle[inside], differ, a == SILENT, b == SILENT)


def best_lag(
    query: Items,
    match: Items,
    speed: float,
    offset: float,
    span: tuple[float, float],
    settings: SoundSettings,
    factor: float = 1.0,
) -> tuple[float, Laid]:
    """Return by how many seconds the sound lies off the line, and the sounds laid over there."""
    steps = np.arange(0.0, settings.lag_most + 1e-9, HOP / 2)
    lags = np.concatenate([-steps[:0:-1], steps])
    tried = [laid_over(query, match, speed, offset + lag, span, factor) for lag in lags]
    most = max(int(one.heard.sum()) for one in tried)
    errors = np.array([one.error() if one.heard.sum() >= 0.7 * most else 1.0 for one in tried])
    # Neighbouring lags pair the same items: the middle of the lowest ones is the best guess.
    low = np.nonzero(errors <= errors.min() + 0.5 / 32)[0]
    best = int(errors.argmin())
    near = low[np.abs(low - best) <= 3]
    lag = float(lags[near].mean())
    return lag, tried[best]


def contrast(
    query: Items,
    match: Items,
    speed: float,
    offset: float,
    span: tuple[float, float],
    settings: SoundSettings,
    factor: float = 1.0,
) -> float:
    """Return by how much fewer bits differ on a line than some seconds beside it.

    Sound that was cut in band or lies under other sound differs in many bits, but in fewer at its
    own place than at any other. 0 where too little is left beside to tell.
    """
    here = laid_over(query, match, speed, offset, span, factor).error()
    far = np.arange(settings.beside_least, settings.beside_most, 2 * HOP)
    lags = np.concatenate([-far, far])
    beside = [laid_over(query, match, speed, offset + lag, span, factor) for lag in lags]
    errors = [one.error() for one in beside if one.heard.sum() >= settings.few_moments]
    return float(np.mean(errors)) - here if errors else 0.0
