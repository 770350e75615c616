"""Features of two videos -> Transforms: where the match's picture lies in the query's.

Matched ORB features and an affine fit by RANSAC on a few frame pairs. Inliers alone never decide:
the same caption or the same room gives plenty. A transform found here is only a hypothesis; whether
the two show the same moments is for :mod:`tracer.match.timeline` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tracer.match.geometry import from_mirrored_query
from tracer.model import PLACES, Box, FloatArray, LocalFeatures, Transform
from tracer.settings import MatchSettings

_PIXELS = 360.0  # the fit works in pixels of a picture 360 high, where its tolerance is defined


@dataclass(frozen=True, slots=True)
class FramePair:
    """A frame of the query and one of the match that may show the same picture."""

    query_frame: int  # row of the query's feature frames
    match_frame: int
    votes: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A hypothesis of where the match's picture lies in the query's."""

    transform: Transform
    inliers: int  # over all frame pairs that agree
    pairs: int  # frame pairs that agree
    best_pair: int  # inliers of the best frame pair
    spread: float  # 0 to 1, how much of the match's frame the inliers span
    box: Box  # the box that the inliers span in the match's frame
    query_time: float  # of the best pair, seconds
    match_time: float


_Matched = tuple[FramePair, FloatArray, FloatArray]  # and the matched points, query and match


def register(
    query: LocalFeatures,
    match: LocalFeatures,
    pairs: Sequence[FramePair],
    aspects: tuple[float, float],
    settings: MatchSettings,
    *,
    mirrored: bool,
) -> list[Registration]:
    """Return transform hypotheses, best first, that the frame pairs support.

    ``query`` are the features of the query's picture, or of its mirror image where ``mirrored``.
    ``aspects`` are (query, match) width / height. At most ``settings.hypotheses`` are returned.
    """
    query_scale = np.array([aspects[0], 1.0]) * _PIXELS
    match_scale = np.array([aspects[1], 1.0]) * _PIXELS
    matched: list[_Matched] = []
    for number, pair in enumerate(pairs):
        if number == settings.frame_pairs_first and not any(
            _fit(q, m, settings) is not None for _, q, m in matched
        ):
            return []
        points = _matched_points(query, match, pair, settings)
        if points is not None:
            q, m = points
            matched.append((pair, q * query_scale, m * match_scale))
    found: list[Registration] = []
    left = matched
    while left and len(found) < settings.hypotheses:
        best = _best_fit(left, query, match, query_scale, match_scale, mirrored, settings)
        if best is None:
            break
        registration, left = best
        found.append(registration)
    return sorted(found, key=lambda one: -one.inliers)


def _best_fit(
    matched: list[_Matched],
    query: LocalFeatures,
    match: LocalFeatures,
    query_scale: FloatArray,
    match_scale: FloatArray,
    mirrored: bool,
    settings: MatchSettings,
) -> tuple[Registration, list[_Matched]] | None:
    """Fit the strongest transform; also return what it leaves unexplained."""
    best: FloatArray | None = None
    best_count = 0
    for _, q, m in matched:
        affine = _fit(q, m, settings)
        if affine is None:
            continue
        count = sum(int(_inliers(affine, a, b, settings).sum()) for _, a, b in matched)
        if count > best_count:
            best, best_count = affine, count
    if best is None:
        return None
    pooled = [(_inliers(best, q, m, settings), q, m) for _, q, m in matched]
    refined = _least_squares(
        np.concatenate([q[keep] for keep, q, _ in pooled]),
        np.concatenate([m[keep] for keep, _, m in pooled]),
    )
    affine = refined if refined is not None and _plausible(refined, settings) else best
    counts = [int(_inliers(affine, q, m, settings).sum()) for _, q, m in matched]
    strongest = int(np.argmax(counts))
    if counts[strongest] < settings.inliers_floor:
        return None
    inlying = np.concatenate([m[_inliers(affine, q, m, settings)] for _, q, m in matched])
    pair = matched[strongest][0]
    registration = Registration(
        transform=_transform(affine, query_scale, match_scale, mirrored),
        inliers=sum(counts),
        pairs=sum(count >= settings.inliers_floor for count in counts),
        best_pair=counts[strongest],
        spread=_spread(inlying / match_scale),
        box=_span(inlying / match_scale),
        query_time=float(query.timestamps[pair.query_frame]),
        match_time=float(match.timestamps[pair.match_frame]),
    )
    left = []
    for pair, q, m in matched:
        out = ~_inliers(affine, q, m, settings)
        if int(out.sum()) >= settings.inliers_floor:
            left.append((pair, q[out], m[out]))
    return registration, left


def _matched_points(
    query: LocalFeatures, match: LocalFeatures, pair: FramePair, settings: MatchSettings
) -> tuple[FloatArray, FloatArray] | None:
    """Return frame fractions of features whose descriptors are each other's nearest."""
    q = np.nonzero(query.frame == pair.query_frame)[0]
    m = np.nonzero(match.frame == pair.match_frame)[0]
    if len(q) < settings.inliers_floor or len(m) < settings.inliers_floor:
        return None
    # From the side that has fewer features, so that a small inset is not drowned.
    found = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(match.descriptors[m], query.descriptors[q], 2)
    good = [
        pair_[0]
        for pair_ in found
        if pair_
        and pair_[0].distance <= settings.descriptor_distance
        and (len(pair_) < 2 or pair_[0].distance <= settings.descriptor_ratio * pair_[1].distance)
    ]
    if len(good) < settings.inliers_floor:
        return None
    rows = np.array([(q[one.trainIdx], m[one.queryIdx]) for one in good])
    return query.xy[rows[:, 0]] / PLACES, match.xy[rows[:, 1]] / PLACES


def _fit(query: FloatArray, match: FloatArray, settings: MatchSettings) -> FloatArray | None:
    """Return the 2 x 3 affine from match to query that most points agree on, if it is plausible."""
    affine, inside = cv2.estimateAffine2D(
        match,
        query,
        method=cv2.RANSAC,
        ransacReprojThreshold=settings.ransac_pixels,
        maxIters=settings.ransac_rounds,
        confidence=0.995,
    )
    if affine is None or int(inside.sum()) < settings.inliers_floor:
        return None
    found = np.asarray(affine, np.float64)
    return found if _plausible(found, settings) else None


def _plausible(affine: FloatArray, settings: MatchSettings) -> bool:
    """Tell whether an affine is something that is done to videos: no fold, no strong shear."""
    a, b, c, d = affine[0, 0], affine[0, 1], affine[1, 0], affine[1, 1]
    if a * d - b * c <= 0:
        return False
    across, down = float(np.hypot(a, c)), float(np.hypot(b, d))
    if not all(settings.scale_least <= scale <= settings.scale_most for scale in (across, down)):
        return False
    if max(across, down) / min(across, down) > settings.squeeze_most:
        return False
    shear = abs(a * b + c * d) / (across * down)
    turn = abs(float(np.degrees(np.arctan2(c, a))))
    return shear <= settings.shear_most and turn <= settings.turn_most


def _inliers(
    affine: FloatArray, query: FloatArray, match: FloatArray, settings: MatchSettings
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which points the affine takes to within the tolerance."""
    error = match @ affine[:, :2].T + affine[:, 2] - query
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        np.hypot(error[:, 0], error[:, 1]) <= settings.ransac_pixels
    )
    return inside


def _least_squares(query: FloatArray, match: FloatArray) -> FloatArray | None:
    """Return the 2 x 3 affine that takes ``match`` nearest to ``query``."""
    if len(query) < 3:
        return None
    design = np.c_[match, np.ones(len(match))]
    solution, _, rank, _ = np.linalg.lstsq(design, query, rcond=None)
    return np.asarray(solution.T, np.float64) if rank == 3 else None


def _transform(
    affine: FloatArray, query_scale: FloatArray, match_scale: FloatArray, mirrored: bool
) -> Transform:
    """Turn an affine between pixel frames into a transform between frame fractions."""
    linear = affine[:, :2] * match_scale[None, :] / query_scale[:, None]
    shift = affine[:, 2] / query_scale
    a, b, c, d = (float(value) for value in linear.reshape(-1))
    matrix = (a, b, float(shift[0]), c, d, float(shift[1]))
    return from_mirrored_query(matrix) if mirrored else Transform(matrix)


def _spread(points: FloatArray) -> float:
    """Return the share of the frame that the middle 90 % of the points span."""
    x0, y0, x1, y1 = _span(points)
    return (x1 - x0) * (y1 - y0)


def _span(points: FloatArray) -> Box:
    """Return the box around the middle 90 % of the points."""
    low, high = np.clip(np.percentile(points, [5, 95], axis=0), 0.0, 1.0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
