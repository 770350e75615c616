"""A close look -> which of two videos has lost what the other still has.

Each video is degraded towards the other and compared with it: band by band of fine detail, what one
has is weakened until it fits the other as well as it can. Losing detail is easily imitated and
regaining it is not, so the direction that leaves the smaller rest is the way that was gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tracer.compare.closeup import Cells, Closeup, Mask, Run
from tracer.settings import CompareSettings

_BANDS = 3
_BLOCK = 16  # cells, as coders have them


@dataclass(frozen=True, slots=True)
class Traces:
    """What a close look measures; pairs are (query, match)."""

    detail: float  # natural log of the query's fine detail for the match's, the usual block's
    agreed: float  # share of the blocks in which the query has more of it, 0 to 1
    rests: tuple[float, float]  # share left of the match degrading the query, and the reverse
    # Share of the frames that show the one before again; None where too little moves to tell.
    repeats: tuple[float | None, float | None]
    rates: tuple[float, float]  # frames a second
    finer: float  # log2 of the query's pixels for a pixel of the match, along a side


def traces(close: Closeup, settings: CompareSettings) -> Traces:
    """Measure a close look.

    Blocks vote, each with its own detail, so that a few letters that were put on, which have more
    detail than all the rest, have no more than their own votes.
    """
    same = _eroded(close.same)
    query, match = _in_one_tone(close, same)
    ratios, rests = [], []
    for q, m in zip(_bands(query), _bands(match), strict=True):
        mine, theirs = _block_energy(q, q, same), _block_energy(m, m, same)
        both = _block_energy(q, m, same)
        told = np.maximum(mine, theirs) >= settings.detail_energy
        if told.sum() >= settings.detail_blocks:
            ratios.append(0.5 * np.log((mine[told] + 0.1) / (theirs[told] + 0.1)))
            rests.append((_rest(mine, theirs, both, told), _rest(theirs, mine, both, told)))
    every = np.concatenate(ratios) if ratios else np.zeros(0)
    forth, back = np.mean(rests, axis=0) if rests else (0.0, 0.0)
    return Traces(
        detail=float(np.median(every)) if len(every) else 0.0,
        agreed=0.5 + 0.5 * float(np.sign(every).mean()) if len(every) else 0.5,
        rests=(float(forth), float(back)),
        repeats=(_repeats(close.query_run), _repeats(close.match_run)),
        rates=(close.query_run.rate, close.match_run.rate),
        finer=close.finer,
    )


def _rest(source: Cells, target: Cells, both: Cells, told: Mask) -> float:
    """Return what a source, weakened until it fits best, leaves of a target: the usual block's."""
    weaker = np.clip(both[told] / np.maximum(source[told], 1e-6), 0.0, 1.0)
    left = target[told] - 2 * weaker * both[told] + weaker * weaker * source[told]
    return float(np.median(left / np.maximum(target[told], 1e-6)))


def _eroded(same: Mask) -> Mask:
    inner = cv2.erode(same.astype(np.uint8), np.ones((9, 9), np.uint8))
    return np.asarray(inner, bool)


def _in_one_tone(close: Closeup, same: Mask) -> tuple[Cells, Cells]:
    """Return both in the match's contrast: tones are fitted on what coding leaves alone."""
    blurred = [
        np.stack([cv2.GaussianBlur(one, (0, 0), 4.0) for one in cells])[:, same]
        for cells in (close.query, close.match)
    ]
    q, m = (one.reshape(-1) - float(one.mean()) for one in blurred)
    spread = float(np.sqrt((m * m).mean() / max(1e-6, (q * q).mean()))) if q.size else 1.0
    return close.query * np.float32(np.clip(spread, 0.3, 3.0)), close.match


def _bands(cells: Cells) -> list[Cells]:
    """Return fine detail by octave, the finest first."""
    found, rest = [], cells
    for sigma in (0.7, 1.4, 2.8)[:_BANDS]:
        smooth = np.stack([cv2.GaussianBlur(one, (0, 0), sigma) for one in rest])
        found.append(rest - smooth)
        rest = smooth
    return found


def _block_energy(one: Cells, other: Cells, same: Mask) -> Cells:
    """Return the mean product of two bands in each block that both videos show."""
    rows, columns = (size // _BLOCK * _BLOCK for size in same.shape)
    product = (one * other).mean(axis=0)[:rows, :columns]
    tiles = (rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    full = same[:rows, :columns].reshape(tiles).mean(axis=(1, 3)) > 0.8
    energy: Cells = product.reshape(tiles).mean(axis=(1, 3))[full]
    return energy


def _repeats(run: Run) -> float | None:
    """Return the share of the frames that hardly differ from the one before, where others do."""
    steps = run.steps
    usual = float(np.quantile(steps, 0.75)) if len(steps) else 0.0
    if usual < 0.25:
        return None  # nothing moves: a frame that is like the one before tells nothing
    return float((steps < 0.2 * usual).mean())
