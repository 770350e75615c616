"""Do letters change their shade from one end to the other, as sung lines do?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tracer.text.strokes import Gray

_SLICES = 8  # of a line, from left to right
_LEAST = 6  # frames below which nothing can be told
_STEP = 24.0  # grey levels by which a slice's letters change
_INK = 12.0  # percent of the pixels that are surely ink: the brightest


def is_swept(places: Sequence[Gray]) -> bool:
    """Tell whether cut-outs of one line, in order of time, change shade from left to right."""
    if len(places) < _LEAST or places[0].shape[1] < 4 * _SLICES:
        return False
    stack = np.stack(places).astype(np.float32)
    ink = stack.max(axis=0)
    letters = ink >= np.percentile(ink, 100.0 - _INK)
    edges = np.linspace(0, letters.shape[1], _SLICES + 1).astype(int)
    turned: list[int] = []
    for low, high in pairwise(edges):
        inside = letters[:, low:high]
        if inside.sum() < 4:
            continue
        shade = stack[:, :, low:high][:, inside].mean(axis=1)
        before, after = float(shade[:2].mean()), float(shade[-2:].mean())
        if abs(after - before) < _STEP:
            return False
        halfway = (before + after) / 2
        passed = shade <= halfway if after < before else shade >= halfway
        turned.append(int(np.argmax(passed)))
    order = np.diff(turned)
    spread = (turned[-1] - turned[0]) / len(places) if turned else 0.0
    return len(turned) >= _SLICES - 2 and bool((order >= -1).all()) and spread >= 0.25
