"""A match and two files -> a moment of both at their full size, frame laid over frame.

The stored films are small and coded twice: they tell what a picture shows, not how much of its fine
detail is left or which frames are repeated. So a second or two of the longest
segment is decoded from both files. The frames of one moment are found by looking, the match's
transform is fitted once more at this grain, and both are brought onto the grid of the finer one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from tracer.compare.registered import is_box, upright, whole_shared
from tracer.errors import MediaError
from tracer.match import geometry
from tracer.media.frames import lumas_between
from tracer.model import Box, FloatArray, Match, Segment
from tracer.settings import CompareSettings

Cells = npt.NDArray[np.float32]  # (n, rows, columns), grey levels
Mask = npt.NDArray[np.bool_]
Gray = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]

_SMALL = (64, 36)  # width and height at which moments are told apart
_ECC_BLUR = 5  # OpenCV's own default


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Consecutive frames of one video, as they are stored."""

    times: FloatArray  # seconds
    pictures: list[Gray]
    steps: FloatArray  # mean change from each frame to the next, grey levels

    @property
    def rate(self) -> float:
        """Return the frames a second."""
        return 1.0 / max(1e-3, float(np.median(np.diff(self.times))))


@dataclass(frozen=True, slots=True, eq=False)
class Closeup:
    """Some frames of one moment of both videos, on one grid, and the runs they were taken from."""

    query_run: Run
    match_run: Run
    query: Cells
    match: Cells  # in its own tones
    same: Mask  # (rows, columns): where both show the same, what was put on left out
    finer: float  # log2 of the query's pixels for a pixel of the match, along a side


def look(match: Match, paths: tuple[Path, Path], settings: CompareSettings) -> Closeup | None:
    """Return a close look at the middle of a match's longest segment; None where there is none."""
    longest = max(match.segments, key=lambda one: one.query_end - one.query_start, default=None)
    if longest is None or longest.query_end - longest.query_start < settings.close_least:
        return None
    matrix = geometry.matrix_of(match.transform)
    region = whole_shared(matrix)
    runs = _runs(longest, paths, settings)
    if runs is None or region is None:
        return None
    region = _inside(region)
    common = _common(longest, runs, matrix, region, settings)
    pairs = _same_moments(longest, runs, matrix, region, common, settings)
    if len(pairs) < settings.close_pairs_least:
        return None
    fitted = _fitted(runs, pairs, matrix, region, common, settings)
    if fitted is None:
        return None
    return _on_grid(runs, pairs, fitted, region, bool(matrix[0, 0] < 0), settings)


def _runs(
    segment: Segment, paths: tuple[Path, Path], settings: CompareSettings
) -> tuple[Run, Run] | None:
    """Decode the middle of a segment from both files."""
    half = min(settings.close_seconds, segment.query_end - segment.query_start - 0.2) / 2
    middle = (segment.query_start + segment.query_end) / 2
    at = segment.match_start + (middle - segment.query_start) * segment.speed
    wide = half * segment.speed + settings.close_reach
    spans = ((middle - half, middle + half), (at - wide, at + wide))
    runs = []
    for path, (start, end) in zip(paths, spans, strict=True):
        try:
            times, pictures = lumas_between(path, max(0.0, start), end, settings.close_side)
        except MediaError:
            return None  # gone or unreadable by now: the stored films are all there is
        if len(times) < settings.close_pairs_least:
            return None
        runs.append(Run(np.array(times), pictures, _steps(pictures)))
    return runs[0], runs[1]


def _steps(pictures: list[Gray]) -> FloatArray:
    """Return the mean change from each frame to the next; small pictures are enough to tell."""
    small = [cv2.resize(one, (96, 54), interpolation=cv2.INTER_AREA) for one in pictures]
    stack = np.stack(small).astype(np.float32)
    changes: FloatArray = np.abs(np.diff(stack, axis=0)).mean(axis=(1, 2)).astype(np.float64)
    return changes


def _inside(region: Box, margin: float = 0.02) -> Box:
    """Leave a little out along the edges, where borders lie and lenses blur."""
    x, y = margin * (region[2] - region[0]), margin * (region[3] - region[1])
    return (region[0] + x, region[1] + y, region[2] - x, region[3] - y)


def _common(
    segment: Segment,
    runs: tuple[Run, Run],
    matrix: FloatArray,
    region: Box,
    settings: CompareSettings,
) -> Mask:
    """Return where both show the same, small: in a dark picture a white band outweighs the rest."""
    query, other = runs
    placed, mirrored = upright(matrix, region), bool(matrix[0, 0] < 0)
    rows = _rows(query, settings)
    at = segment.match_start + (query.times[rows] - segment.query_start) * segment.speed
    nearest = np.abs(other.times[None, :] - at[:, None]).argmin(axis=1)
    mine = np.stack([_cut(query.pictures[row], placed, _SMALL, mirrored) for row in rows])
    theirs = np.stack([_cut(other.pictures[row], region, _SMALL, False) for row in nearest])
    near = _alike(mine, theirs, blur=3, step=1)
    return near if near.mean() >= settings.close_common else np.ones_like(near)


def _rows(run: Run, settings: CompareSettings) -> Rows:
    rows = np.linspace(0, len(run.pictures) - 1, settings.close_pairs).round()
    return np.unique(rows.astype(np.intp))


def _same_moments(
    segment: Segment,
    runs: tuple[Run, Run],
    matrix: FloatArray,
    region: Box,
    common: Mask,
    settings: CompareSettings,
) -> list[tuple[int, int]]:
    """Return (row of the query, row of the match) that look most alike near the same moment."""
    query, other = runs
    placed = upright(matrix, region)
    mirrored = matrix[0, 0] < 0
    theirs = np.stack([_cut(one, region, _SMALL, False)[common] for one in other.pictures])
    pairs = []
    for row in _rows(query, settings).tolist():
        at = segment.match_start + (query.times[row] - segment.query_start) * segment.speed
        near = np.nonzero(np.abs(other.times - at) <= settings.close_reach)[0]
        if not len(near):
            continue
        mine = _cut(query.pictures[row], placed, _SMALL, mirrored)[common]
        likeness = [correlation(mine, theirs[one]) for one in near.tolist()]
        best = int(np.argmax(likeness))
        if likeness[best] >= settings.close_correlation:
            pairs.append((row, int(near[best])))
    return pairs


def _cut(picture: Gray, box: Box, size: tuple[int, int], mirrored: bool) -> Cells:
    """Return a box of a picture at another size, with the filter that coders scale with."""
    height, width = picture.shape
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    within = (
        max(0.0, pixels[0]), max(0.0, pixels[1]), min(width, pixels[2]), min(height, pixels[3])
    )  # fmt: skip
    cut = Image.fromarray(picture).convert("F").resize(size, Image.Resampling.BICUBIC, within)
    cells = np.asarray(cut, np.float32)
    return np.ascontiguousarray(cells[:, ::-1] if mirrored else cells)


def correlation(a: Cells, b: Cells) -> float:
    """Return how two arrays of one shape correlate, -1 to 1; 0 where one of them is flat."""
    one, other = a - a.mean(), b - b.mean()
    size = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / size if size > 1e-6 else 0.0


def _fitted(
    runs: tuple[Run, Run],
    pairs: list[tuple[int, int]],
    matrix: FloatArray,
    region: Box,
    common: Mask,
    settings: CompareSettings,
) -> Box | None:
    """Return where the region lies in the query's frame, fitted to the pixel; None if turned."""
    placed = upright(matrix, region)
    mirrored = matrix[0, 0] < 0
    high, wide = runs[1].pictures[0].shape
    across, down = (region[2] - region[0]) * wide, (region[3] - region[1]) * high
    scale = min(1.0, settings.close_fit_side / max(across, down))
    size = (max(16, round(across * scale)), max(16, round(down * scale)))
    seen = cv2.resize(common.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    shifts = []
    middle = pairs[len(pairs) // 2]
    for row, partner in (pairs[0], middle, pairs[-1]):
        mine = _cut(runs[0].pictures[row], placed, size, mirrored)
        theirs = _cut(runs[1].pictures[partner], region, size, False)
        warp = np.eye(2, 3, dtype=np.float32)
        try:
            value, found = cv2.findTransformECC(
                theirs, mine, warp, cv2.MOTION_AFFINE, criteria, seen, _ECC_BLUR
            )
        except cv2.error:  # flat, or nothing in common: another frame may do
            continue
        if value >= settings.close_correlation:
            shifts.append(np.asarray(found, np.float64))
    if not shifts:
        return None
    warp64 = np.median(np.stack(shifts), axis=0)
    if max(abs(warp64[0, 1]), abs(warp64[1, 0])) > settings.close_shear:
        return None
    # In cells of the cut: the left, top, right and bottom edge after the fit.
    x0, x1 = warp64[0, 2], warp64[0, 0] * size[0] + warp64[0, 2]
    y0, y1 = warp64[1, 2], warp64[1, 1] * size[1] + warp64[1, 2]
    wide, tall = placed[2] - placed[0], placed[3] - placed[1]
    left, right = (x0 / size[0], x1 / size[0])
    if mirrored:
        left, right = 1.0 - right, 1.0 - left
    box = (
        placed[0] + left * wide, placed[1] + y0 / size[1] * tall,
        placed[0] + right * wide, placed[1] + y1 / size[1] * tall,
    )  # fmt: skip
    inside = all(-0.01 <= value <= 1.01 for value in box)
    return box if is_box(box) and inside else None


def _on_grid(
    runs: tuple[Run, Run],
    pairs: list[tuple[int, int]],
    placed: Box,
    region: Box,
    mirrored: bool,
    settings: CompareSettings,
) -> Closeup | None:
    """Bring the frames onto the grid of the finer video."""
    shapes = [run.pictures[0].shape for run in runs]
    across = [
        (placed[2] - placed[0]) * shapes[0][1], (region[2] - region[0]) * shapes[1][1]
    ]  # fmt: skip
    down = [(placed[3] - placed[1]) * shapes[0][0], (region[3] - region[1]) * shapes[1][0]]
    size = (round(max(across)), round(max(down)))
    if min(size) < settings.close_grid_least or min(*across, *down) < 1.0:
        return None
    query = np.stack([_cut(runs[0].pictures[q], placed, size, mirrored) for q, _ in pairs])
    match = np.stack([_cut(runs[1].pictures[m], region, size, False) for _, m in pairs])
    finer = math.log2(math.sqrt(across[0] * down[0] / (across[1] * down[1])))
    return Closeup(runs[0], runs[1], query, match, _alike(query, match), finer)


def _alike(query: Cells, match: Cells, blur: int = 9, step: int = 4) -> Mask:
    """Return where both show the same but for fine detail: letters, logos and bars left out."""
    coarse = [np.stack([cv2.blur(each, (blur, blur)) for each in one]) for one in (query, match)]
    a, b = (one[:, ::step, ::step].reshape(-1) for one in coarse)
    # Medians to begin with: a band would draw a line through all to itself.
    gain, offset = _by_medians(a, b)
    for _ in range(3):
        off = np.abs(a - gain * b - offset)
        kept = off <= _near(off)
        if kept.sum() < 64 or float(b[kept].std()) < 2.0:
            break
        gain, offset = (float(v) for v in np.polyfit(b[kept], a[kept], 1))
    off = np.median(np.abs(coarse[0] - gain * coarse[1] - offset), axis=0)
    near: Mask = off <= _near(off)
    return near


def _near(off: Cells) -> float:
    """Return the grey levels that two pictures of the same may be apart."""
    return max(6.0, 2.5 * float(np.median(off)))


def _by_medians(a: Cells, b: Cells) -> tuple[float, float]:
    """Return (gain, offset) that take the middle and the spread of `b` to those of `a`."""
    middles = float(np.median(a)), float(np.median(b))
    spreads = [
        float(np.median(np.abs(x - middle))) for x, middle in zip((a, b), middles, strict=True)
    ]
    gain = spreads[0] / spreads[1] if min(spreads) > 0.5 else 1.0
    return gain, middles[0] - gain * middles[1]
