"""A still image against a video: which second shows it.

A still has no motion to agree with, so the frame itself must tell: the moving parts of the video
must stand in the still as they stand at one moment and at no other.
"""

from __future__ import annotations

import numpy as np

from tracer.match.agreement import appearance_at
from tracer.match.examine import Examination, Subject
from tracer.match.lines import Line
from tracer.match.registration import Registration
from tracer.match.stretches import Stretch
from tracer.match.strips import Film, Overlay, lay_over, visible
from tracer.model import Transform
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
    best: tuple[float, int, float, float] | None = None
    for row in np.argsort(-looks, kind="stable")[: settings.still_moments]:
        moving, told = _moving_agreement(overlay, int(row), settings)
        value = float(looks[row]) + 0.5 * moving * min(1.0, told / settings.still_motion)
        if best is None or value > best[0]:
            best = (value, int(row), moving, told)
    if best is None:
        return None
    _, at, moving, told = best
    time = float(overlay.match.times[at])
    stretch = Stretch(
        line=Line(1.0, time),
        query_start=0.0,
        query_end=0.0,
        appearance=float(looks[at]),
        motion=moving,
        moments=1,
        energy=told,
        disputed=0.0,
    )
    return Examination(
        registration, transform, region, overlay.covered, (stretch,), float(looks[at])
    )


def _moving_agreement(overlay: Overlay, row: int, settings: MatchSettings) -> tuple[float, float]:
    """Return how what moves around a moment of the match stands in the still; and how much moves.

    The first is a correlation, the second the mean energy of a cell, 0 to 1.
    """
    times, pictures = overlay.match.times, overlay.match.picture
    near = np.abs(times - times[row]) <= settings.motion_window
    mean = pictures[near].mean(axis=0)
    shown = pictures[row]
    still = overlay.query.picture[0]
    # The still may be brighter or flatter: it is brought to the levels of the frame first.
    if still.std() > 1.0:
        gain, shift = np.polyfit(still.reshape(-1), shown.reshape(-1), 1)
        still = gain * still + shift
    level = np.float32(settings.motion_level)
    a, b = still - mean, shown - mean
    a, b = a / (np.abs(a) + level), b / (np.abs(b) + level)
    norm = float(np.sqrt((a * a).mean() * (b * b).mean()))
    return float((a * b).mean()) / (norm + 1e-3), float((b * b).mean())


def still_score(found: Examination, videos: int, settings: MatchSettings) -> float:
    """Return 0 to 1: how sure the still is a frame of the match.

    Set by hand, cautious: without a time line a still is never as sure as a video.
    """
    stretch = found.stretches[0]
    inliers = found.registration.best_pair if found.registration else 0
    odds = (
        16.0 * (stretch.appearance - settings.still_appearance)
        + 1.2 * min(4.0, float(np.log1p(inliers)))
        - 2.0
    )
    if stretch.energy >= settings.still_motion:
        # Something moves in the video: the still must show it where it was.
        odds += 8.0 * (stretch.motion - settings.still_agrees)
    else:
        # The same room an hour later would look the same: never more than possible.
        odds = min(odds, settings.still_untold)
    odds -= 0.5 * float(np.log(max(1, videos)))
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60))))
