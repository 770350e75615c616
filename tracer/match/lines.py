"""Two strips -> straight lines of time: match seconds = speed * query seconds + offset.

Every pair of moments is compared by what moves; the pairs that agree vote over (speed, offset).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.match.strips import Cells, usual_step
from tracer.model import FloatArray
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class Line:
    """match seconds = speed * query seconds + offset."""

    speed: float
    offset: float
    votes: float = 0.0

    def at(self, times: FloatArray) -> FloatArray:
        """Return the match's seconds at the query's."""
        return self.speed * times + self.offset


def coarse_rows(times: FloatArray, settings: MatchSettings) -> npt.NDArray[np.intp]:
    """Return the rows of a fine film that lie about ``sampling_gap`` apart: enough to vote."""
    every = max(1, round(settings.sampling_gap / usual_step(times)))
    return np.arange(0, len(times), every)


def similarity_of(query: Cells, match: Cells) -> npt.NDArray[np.float32]:
    """Return (query samples, match samples): correlation of what moves, weighed by its energy."""
    q, m = _flat(query), _flat(match)
    energy_q, energy_m = (q * q).mean(axis=1), (m * m).mean(axis=1)
    product = q @ m.T / q.shape[1]
    norm = np.sqrt(np.maximum(energy_q[:, None] * energy_m[None, :], 1e-8))
    correlation = product / norm
    # A moment in which next to nothing moves says next to nothing.
    weight = np.minimum(1.0, np.minimum(energy_q[:, None], energy_m[None, :]) / 0.05)
    similarity: npt.NDArray[np.float32] = (
        np.maximum(0.0, correlation - 0.2) * np.sqrt(weight)
    ).astype(np.float32)
    return similarity


def _flat(cells: Cells) -> Cells:
    flat: Cells = cells.reshape(len(cells), -1)
    return flat


def voted_lines(
    query: FloatArray,
    match: FloatArray,
    similarity: npt.NDArray[np.float32],
    settings: MatchSettings,
) -> list[Line]:
    """Vote for (speed, offset) and return the strongest lines, best first."""
    rows, columns = np.nonzero(similarity > 0.1)
    if not len(rows):
        return []
    weight = similarity[rows, columns].astype(np.float64)
    if len(rows) > settings.points_most:
        strongest = np.argsort(-weight, kind="stable")[: settings.points_most]
        rows, columns, weight = rows[strongest], columns[strongest], weight[strongest]
    tq, tm = query[rows], match[columns]
    bin_width = settings.offset_bin
    candidates: list[tuple[float, float, float]] = []
    for speed in _speeds(settings):
        offset = tm - speed * tq
        low = float(offset.min())
        place = (offset - low) / bin_width
        left = place.astype(np.int64)
        part = place - left
        votes = np.bincount(left, weight * (1 - part), int(left.max()) + 2)
        votes += np.bincount(left + 1, weight * part, len(votes))
        # A true line is as sharp as the sampling; noise spreads over the bins.
        smooth = np.convolve(votes, [0.5, 1.0, 0.5], "same")
        preference = settings.natural_speed if abs(speed - 1) < 1e-9 else 1.0
        for at in np.argsort(-smooth)[:4]:
            candidates.append((float(smooth[at]) * preference, float(speed), low + at * bin_width))
    candidates.sort(key=lambda one: (-one[0], abs(np.log(one[1])), one[2]))
    chosen: list[Line] = []
    middle = float(np.median(tq))
    for votes_, speed, offset_ in candidates:
        near = any(
            abs(line.speed * middle + line.offset - speed * middle - offset_) < 2 * bin_width
            and abs(np.log(line.speed / speed)) < 1.5 * settings.speed_step
            for line in chosen
        )
        if not near:
            chosen.append(Line(speed, offset_, votes_))
        if len(chosen) == settings.lines:
            break
    return chosen


def _speeds(settings: MatchSettings) -> FloatArray:
    """Return the grid of speeds, 1.0 among them, logarithmic."""
    half = int(np.ceil(np.log(settings.speed_most) / np.log1p(settings.speed_step)))
    return np.asarray((1.0 + settings.speed_step) ** np.arange(-half, half + 1), np.float64)
