"""Medians over many moments, fast.

``np.median`` partitions each lane on its own; numpy sorts float32 with vector instructions, which
is six times faster for the few dozen moments of a lane (measured on 48 moments of 90x160 cells).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def median_over(values: Floats) -> Floats:
    """Return the median over the first axis, exactly as ``np.median`` defines it.

    ``values`` is float32, (n, ...) with n of at least 1; without NaN.
    """
    ordered = np.sort(values, axis=0)
    n = len(ordered)
    middle: Floats = (ordered[(n - 1) // 2] + ordered[n // 2]) * np.float32(0.5)
    return middle
