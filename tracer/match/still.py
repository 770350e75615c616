"""A still image against a video: which second shows it.

A still has no motion to agree with, so the frame itself must tell: the moving parts of the video
must stand in the still as they stand at one moment and at no other.
"""

from __future__ import annotations

import numpy as np

from tracer.match.examine import Examination, Subject
from tracer.match.registration import Registration
from tracer.match.strips import Film, lay_over, visible
from tracer.match.timeline import Line, Stretch, appearance_at
from tracer.model import FloatArray, Transform
from tracer.settings import MatchSettings


def examine_still(
    query: Subject,
    match: Subject,
    registration: Registration | None,
    transform: Transform,
    settings: MatchSettings,
) -> Examination | None:
    """Return the moment of the match that shows the query's one frame best, as one stretch."""
    region = visible(transform, match.fingerprint.layout.picture)
    if region is None:
        return None
    film = Film(query.film.times[:1], query.film.pictures[:1])
    overlay = lay_over(film, match.film, transform, region, settings)
    if overlay is None:
        return None
    looks = appearance_at(overlay, settings)
    moving, told = _moving_agreement(
        overlay.query.picture[0], overlay.match.picture, settings
    )
    total = looks + 0.5 * moving
    at = int(np.argmax(total))
    time = float(overlay.match.times[at])
    stretch = Stretch(
        line=Line(1.0, time),
        query_start=0.0,
        query_end=0.0,
        appearance=float(looks[at]),
        motion=float(moving[at]),
        moments=1,
        energy=told,
        disputed=0.0,
    )
    return Examination(registration, transform, region, overlay.covered, (stretch,), float(looks[at]))


def _moving_agreement(
    still: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    pictures: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    settings: MatchSettings,
) -> tuple[FloatArray, float]:
    """Return (f,): correlation of the still with each frame where the video moves; and how much
    it moves, as the mean deviation over time in grey levels."""
    # Contrast and brightness of the still are fitted on the video's mean picture first.
    mean = pictures.mean(axis=0)
    gain, shift = np.polyfit(still.reshape(-1), mean.reshape(-1), 1) if still.std() > 1 else (1, 0)
    deviation = pictures.std(axis=0)
    weight = deviation / (deviation + np.float32(settings.motion_level))
    a = (gain * still + shift - mean) * weight
    b = (pictures - mean) * weight
    norm = np.sqrt((a * a).sum() * (b * b).sum(axis=(1, 2))) + 1e-3 * a.size
    agreement: FloatArray = ((a * b).sum(axis=(1, 2)) / norm).astype(np.float64)
    return agreement, float(deviation.mean())


def still_score(found: Examination, videos: int, settings: MatchSettings) -> float:
    """Return 0 to 1: how sure the still is a frame of the match.

    Set by hand, cautious: without a time line a still is never as sure as a video.
    """
    stretch = found.stretches[0]
    inliers = found.registration.best_pair if found.registration else 0
    odds = (
        12.0 * (stretch.appearance - settings.still_appearance)
        + 1.2 * min(4.0, float(np.log1p(inliers)))
        - 3.0
    )
    if stretch.energy >= settings.still_motion:
        # Something moves in the video: the still must show it where it was.
        odds += 8.0 * (stretch.motion - settings.still_agrees)
    odds -= 0.5 * float(np.log(max(1, videos)))
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60))))
