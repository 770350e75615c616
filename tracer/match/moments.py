"""Samples that agree -> how many moments they are that tell something of their own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.settings import MatchSettings

_Rows = npt.NDArray[np.float32]


def count_distinct(
    a: _Rows, b: _Rows, agrees: npt.NDArray[np.bool_], settings: MatchSettings
) -> int:
    """Count the moments that agree on something that no moment counted before shows.

    ``a`` and ``b`` (samples, cells) are grey levels by which the two films lie off their moving
    means, ``agrees`` the samples that may count. At most ``moments_needed`` are counted.

    One cut between two still pictures moves the mean for two seconds on either side; every sample
    there deviates by the same picture, more or less of it. That is one moment, not eight. What was
    counted is therefore taken out of each further moment of both, and what is left must agree.
    """
    counted: list[_Rows] = []
    # The strongest first: in a weak one noise hides that it is another's shadow.
    for row in np.argsort(-(a * a).sum(axis=1), kind="stable"):
        if not agrees[row]:
            continue
        left = [_without(films[row], counted) for films in (a, b)]
        if not all(_tells(one, settings) for one in left):
            continue
        norms = [float(np.sqrt((one * one).mean())) for one in left]
        if float((left[0] * left[1]).mean()) < settings.motion_agrees * norms[0] * norms[1]:
            continue
        counted.append(left[0] / np.sqrt((left[0] * left[0]).sum()))
        if len(counted) >= settings.moments_needed:
            break
    return len(counted)


def _tells(left: _Rows, settings: MatchSettings) -> bool:
    """Tell whether what is left of a moment is more than noise: a little everywhere, or much in a
    few cells, as of somebody far away."""
    power = left * left
    if float(power.mean()) >= settings.moment_level**2:
        return True
    few = max(_FEW_CELLS, len(power) // 100)
    return float(np.partition(power, -few)[-few:].mean()) >= settings.moment_peak**2


_FEW_CELLS = 4


def _without(one: _Rows, counted: list[_Rows]) -> _Rows:
    """Return a sample with its share of orthonormal pictures taken out."""
    for other in counted:
        one = one - np.float32(one @ other) * other
    return one
