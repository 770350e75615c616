"""How two strips agree along a line, sample by sample: in picture and in what moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tracer.match.lines import Line
from tracer.match.strips import Cells, Overlay
from tracer.model import FloatArray
from tracer.settings import MatchSettings


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How two strips agree along a line, one row for each sample of the query."""

    rows: npt.NDArray[np.intp]  # samples of the query whose time lies in the match
    appearance: FloatArray  # correlation of the pictures, blocks that differ left out
    motion: FloatArray  # correlation of what moves, over about a second and a half
    product: FloatArray  # its numerator, sample by sample
    query_energy: FloatArray
    match_energy: FloatArray


def agreement(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], settings: MatchSettings
) -> Agreement:
    """Compare the two strips sample by sample along a line."""
    query, match = overlay.query, overlay.match
    rows, low, part = along(overlay, line, free, 0.6 * settings.sampling_gap * max(1.0, line.speed))
    if not len(rows):
        none = np.empty(0, np.float64)
        return Agreement(rows, none, none, none, none, none)
    m_picture = mixed(match.picture, low, part)
    product, query_energy, match_energy = overlay.products.along(rows, low, part)
    motion = windowed(product, query_energy, match_energy, settings.motion_samples)
    return Agreement(
        rows,
        appearance(query.picture[rows], m_picture, settings),
        motion,
        product,
        query_energy,
        match_energy,
    )


def along(
    overlay: Overlay, line: Line, free: npt.NDArray[np.bool_], margin: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], FloatArray]:
    """Pair samples along a line: (query rows, match rows before, share of the next match row).

    A query is sampled more finely than an indexed video: each sample of the match is then paired
    with the query's frame at that very moment. Where both are coarse, the match is interpolated,
    which blurs what moves fast.
    """
    query, match = overlay.query.times, overlay.match.times
    fine = overlay.query.step
    if fine < 0.6 * overlay.match.step:
        at = (match - line.offset) / line.speed
        after = np.clip(np.searchsorted(query, at), 1, len(query) - 1)
        rows = np.where(at - query[after - 1] < query[after] - at, after - 1, after)
        near = np.abs(query[rows] - at) <= fine
        near &= free[rows]
        columns = np.nonzero(near)[0]
        rows, first = np.unique(rows[columns], return_index=True)
        return rows, columns[first], np.zeros(len(rows))
    at = line.at(query)
    rows = np.nonzero(free & (at >= match[0] - margin) & (at <= match[-1] + margin))[0]
    low, part = between(match, at[rows])
    return rows, low, part


def between(times: FloatArray, at: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return the sample before each time and how far towards the next it lies, 0 to 1."""
    if len(times) == 1:
        return np.zeros(len(at), np.intp), np.zeros(len(at))
    low = np.searchsorted(times, at, "right") - 1
    low = np.minimum(np.maximum(low, 0), len(times) - 2)
    before = times[low]
    part = np.minimum(np.maximum((at - before) / (times[low + 1] - before), 0.0), 1.0)
    return low, part


def mixed(cells: Cells, low: npt.NDArray[np.intp], part: FloatArray) -> Cells:
    """Return cells interpolated between samples."""
    if len(cells) == 1:
        return cells[low]
    if not part.any():
        return cells[low]
    share = part.astype(np.float32)[:, None, None]
    mixed: Cells = cells[low] * (1 - share) + cells[low + 1] * share
    return mixed


def windowed(product: FloatArray, a: FloatArray, b: FloatArray, half: int) -> FloatArray:
    """Return the correlation over ``half`` samples before and after each sample."""
    kernel = np.ones(2 * half + 1)
    norm = np.sqrt(np.convolve(a, kernel, "same") * np.convolve(b, kernel, "same"))
    # Where nothing moves at all the norm is noise: a small constant pulls the ratio to zero.
    together: FloatArray = (np.convolve(product, kernel, "same") / (norm + 1e-3))[: len(product)]
    return together


def appearance(query: Cells, match: Cells, settings: MatchSettings) -> FloatArray:
    """Return (n,): correlation of the pictures over blocks, the worst blocks left out.

    What was put on (a logo, a line of text) spoils the blocks it covers and no others.
    """
    blocks, cells = _blocks(*query.shape[1:])
    # Sums over blocks as one product of matrices; the means are taken out first, so that float32
    # has digits to spare.
    q, m = _centred(query), _centred(match)
    mean_q, mean_m = (q @ blocks) / cells, (m @ blocks) / cells
    qq = np.maximum(((q * q) @ blocks) / cells - mean_q * mean_q, 0.0)
    mm = np.maximum(((m * m) @ blocks) / cells - mean_m * mean_m, 0.0)
    value = ((q * m) @ blocks) / cells - mean_q * mean_m
    value /= np.sqrt(np.maximum(qq * mm, 1e-6))
    weight = np.minimum(np.sqrt(np.minimum(qq, mm)), 12.0)
    order = np.argsort(value, axis=1)
    value = np.take_along_axis(value, order, 1)
    weight = np.take_along_axis(weight, order, 1)
    total = weight.sum(axis=1, keepdims=True)
    kept = np.clip(np.cumsum(weight, axis=1) - settings.spoilt_most * total, 0.0, weight)
    flat = total[:, 0] < settings.texture_least * value.shape[1]
    mean = (value * kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1e-6)
    # A frame without texture neither speaks for nor against.
    return np.where(flat, settings.appearance_floor, mean).astype(np.float64)


def _centred(cells: Cells) -> Cells:
    """Return pictures as rows, each without its mean."""
    flat = cells.reshape(len(cells), -1)
    centred: Cells = flat - flat.mean(axis=1, keepdims=True)
    return centred


@lru_cache(maxsize=64)
def _blocks(rows: int, columns: int) -> tuple[Cells, npt.NDArray[np.float32]]:
    """Return (cells, blocks): 1 where a cell lies in a block of about 5 by 6, and cells of each."""
    down, across = max(1, rows // 5), max(1, columns // 6)
    edges_y = np.linspace(0, rows, down + 1).astype(int)
    edges_x = np.linspace(0, columns, across + 1).astype(int)
    row = np.searchsorted(edges_y, np.arange(rows), "right") - 1
    column = np.searchsorted(edges_x, np.arange(columns), "right") - 1
    block = (row[:, None] * across + column[None, :]).ravel()
    inside = (block[:, None] == np.arange(down * across)).astype(np.float32)
    return inside, inside.sum(axis=0)


def appearance_between(
    overlay: Overlay, query_row: int, match_row: int, settings: MatchSettings
) -> float:
    """Return how alike one frame of each looks, blocks that differ left out."""
    q = overlay.query.picture[query_row : query_row + 1]
    m = overlay.match.picture[match_row : match_row + 1]
    return float(appearance(q, m, settings)[0])


def appearance_at(overlay: Overlay, settings: MatchSettings) -> FloatArray:
    """Return how alike the query's one frame and each frame of the match look, (match samples,)."""
    match = overlay.match.picture
    still = np.broadcast_to(overlay.query.picture[:1], match.shape)
    return appearance(still, match, settings)
