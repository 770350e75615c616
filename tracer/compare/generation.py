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

_BANDS = 3
_BLOCK = 16  # cells, as coders have them


@dataclass(frozen=True, slots=True)
class Traces:
    """What a close look measures; each figure is (query, match), or the query against the match."""

    detail: float  # natural log of the query's fine detail for the match's, most telling band
    bands: tuple[float, ...]  # the same band by band, the finest first
    agreed: float  # share of the blocks whose detail leans the same way, 0.5 to 1
    rests: tuple[float, float]  # what is left of the match degrading the query, and the reverse
    repeats: tuple[float, float]  # share of the frames that show the one before again
    rates: tuple[float, float]  # frames a second
    ends: tuple[float, float]  # share of the cells at the darkest and the brightest level
    comb: tuple[float, float]  # share of the cells that stand on levels above their neighbours'
    finer: float


def traces(close: Closeup) -> Traces:
    """Measure a close look."""
    same = _eroded(close.same)
    query, match = _in_one_tone(close, same)
    ratios, rests, agreed = [], np.zeros(2), []
    for q, m in zip(_bands(query), _bands(match), strict=True):
        energy = _block_energy(q, same), _block_energy(m, same)
        total = float(energy[0].sum()) + 1e-6, float(energy[1].sum()) + 1e-6
        ratios.append(0.5 * float(np.log(total[0] / total[1])))
        agreed.append(float(np.mean(energy[0] > energy[1])))
        both = float(_block_energy(q, same, m).sum())
        forth = np.clip(both / total[0], 0.0, 1.0)
        back = np.clip(both / total[1], 0.0, 1.0)
        rests += (
            total[1] - 2 * forth * both + forth * forth * total[0],
            total[0] - 2 * back * both + back * back * total[1],
        )
    telling = int(np.argmax(np.abs(ratios)))
    return Traces(
        detail=ratios[telling],
        bands=tuple(ratios),
        agreed=float(np.mean(agreed)),
        rests=(float(rests[0]), float(rests[1])),
        repeats=(_repeats(close.query_run), _repeats(close.match_run)),
        rates=(close.query_run.rate, close.match_run.rate),
        ends=(_ends(close.query, same), _ends(close.match, same)),
        comb=(_comb(close.query_run), _comb(close.match_run)),
        finer=close.finer,
    )


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


def _block_energy(cells: Cells, same: Mask, other: Cells | None = None) -> Cells:
    """Return the detail of each block that both show, all frames together."""
    product = (cells * (cells if other is None else other)).mean(axis=0) * same
    rows, columns = (size // _BLOCK * _BLOCK for size in product.shape)
    blocks = product[:rows, :columns].reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    kept = same[:rows, :columns].reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    full = kept.mean(axis=(1, 3)) > 0.5
    energy: Cells = blocks.sum(axis=(1, 3))[full]
    return energy


def _repeats(run: Run) -> float:
    """Return the share of the frames that hardly differ from the one before, where others do."""
    steps = run.steps
    usual = float(np.quantile(steps, 0.75)) if len(steps) else 0.0
    if usual < 0.25:
        return 0.0  # nothing moves: a frame that is like the one before tells nothing
    return float((steps < 0.2 * usual).mean())


def _ends(cells: Cells, same: Mask) -> float:
    values = cells[:, same].reshape(-1)
    if not values.size:
        return 0.0
    low, high = np.quantile(values, (0.002, 0.998))
    return float(((values <= low + 2.0) | (values >= high - 2.0)).mean())


def _comb(run: Run) -> float:
    counts = np.zeros(256)
    for one in run.pictures[:: max(1, len(run.pictures) // 6)]:
        counts += np.bincount(one.reshape(-1), minlength=256)
    inner = counts[1:-1]
    beside = (counts[:-2] + counts[2:]) / 2
    return float(np.maximum(inner - 1.5 * beside, 0.0).sum() / max(1.0, counts.sum()))
