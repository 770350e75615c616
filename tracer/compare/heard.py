"""A segment and two files -> the speed at which their sounds agree, near one that pictures name.

Three seconds of lips leave the speed open; the words that they speak do not. Both sounds are cut
into a hundred moments a second and twelve bands an octave. One is laid over the other at each speed
near the pictures', with its pitch kept and with its pitch moved as the speed moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tracer.compare.closeup import correlation
from tracer.errors import MediaError
from tracer.media.sound import samples_between
from tracer.model import FloatArray, Segment
from tracer.settings import CompareSettings

Levels = npt.NDArray[np.float32]  # (moments, bands): log of the power, without each band's mean

_RATE = 8000  # samples a second: speech and the body of music
_WINDOW = 256  # samples, 32 ms
_HOP = 80  # samples, 10 ms
_LOWEST = 150.0  # Hz
_OCTAVES = 4.6  # up to 3.6 kHz
_BANDS = 12  # an octave: a speed of 1.06 moves the pitch by one
_FLOOR = 9.0  # nepers below the strongest: under that is silence
_LEAST = 1e-3  # of full scale: a sound that is nowhere louder is none
_SHIFT = 0.02  # seconds between two shifts that are tried


@dataclass(frozen=True, slots=True)
class Heard:
    """How two sounds agree at the speed that fits them best."""

    speed: float
    alike: float  # correlation of all levels, -1 to 1
    plain: float  # the same at speed 1, pitch kept

    def stands(self, settings: CompareSettings) -> bool:
        """Tell whether the sounds agree at this speed, and plainly better than at speed 1."""
        gain = (1.0 - self.alike) / max(1e-6, 1.0 - self.plain)
        return self.alike >= settings.heard_alike and gain <= settings.heard_gain


def heard(
    segment: Segment, paths: Sequence[Path], near: float, settings: CompareSettings
) -> Heard | None:
    """Compare the sounds of a segment at speeds near ``near``, and at 1.

    None where one of the two has no sound there, or none that can be read.
    """
    middle = (segment.query_start + segment.query_end) / 2
    half = (segment.query_end - segment.query_start) / 2
    at = (segment.match_start + segment.match_end) / 2
    wide = half * max(near, 1.0) * (1.0 + settings.heard_near) + settings.heard_shift
    spans = ((max(0.0, middle - half), middle + half), (max(0.0, at - wide), at + wide))
    sounds = []
    for path, (start, end) in zip(paths, spans, strict=True):
        try:
            samples = samples_between(path, start, end, _RATE)
        except MediaError:
            return None  # what can't be read was named when the video was taken in
        if samples is None or len(samples) < _RATE or np.abs(samples).max() < _LEAST:
            return None
        sounds.append((_levels(samples), start + _moments(samples)))
    (query, when), (match, times) = sounds
    away = when - middle
    steps = np.arange(-settings.heard_steps, settings.heard_steps + 1) / settings.heard_steps
    speeds = near * (1.0 + settings.heard_near * steps)
    plain = _best((query, away), (match, times - at), 1.0, 0.0, settings)
    found = [
        (_best((query, away), (match, times - at), speed, pitch, settings), speed)
        for speed in speeds.tolist()
        for pitch in (0.0, _BANDS * float(np.log2(speed)))
    ]
    alike, speed = max(found)
    ends = speed in (speeds[0], speeds[-1])
    return None if ends else Heard(speed, alike, plain)


def _moments(samples: npt.NDArray[np.float32]) -> FloatArray:
    """Return the middle of each window, in seconds from the first sample."""
    count = 1 + (len(samples) - _WINDOW) // _HOP
    return (np.arange(count) * _HOP + _WINDOW / 2) / _RATE


def _levels(samples: npt.NDArray[np.float32]) -> Levels:
    """Return the levels of a sound in bands that lie evenly on the ear's scale."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), 2 * _WINDOW)) ** 2
    pitches = _LOWEST * np.exp2(np.arange(int(_OCTAVES * _BANDS)) / _BANDS)
    levels = np.log(_between(power, pitches / _RATE * 2 * _WINDOW) + 1e-12)
    levels = np.maximum(levels, levels.max() - _FLOOR)
    return np.asarray(levels - levels.mean(axis=0), np.float32)


def _between(columns: npt.NDArray[np.floating], places: FloatArray) -> npt.NDArray[np.floating]:
    """Return columns at places between them."""
    low = np.clip(np.floor(places).astype(np.intp), 0, columns.shape[1] - 2)
    part = places - low
    between: npt.NDArray[np.floating] = columns[:, low] * (1 - part) + columns[:, low + 1] * part
    return between


def _best(
    query: tuple[Levels, FloatArray],
    match: tuple[Levels, FloatArray],
    speed: float,
    pitch: float,
    settings: CompareSettings,
) -> float:
    """Return the correlation at the best of the shifts; times count from the middle of each."""
    levels, away = query
    known, times = match
    # Where the match's bands lie among the query's.
    places: FloatArray = np.arange(levels.shape[1], dtype=np.float64) + pitch
    shared = (places >= 0) & (places <= levels.shape[1] - 1)
    shown = _between(levels[::2], places)[:, shared]
    best = -1.0
    for shift in np.arange(-settings.heard_shift, settings.heard_shift + 1e-9, _SHIFT).tolist():
        at = np.asarray((away[::2] * speed + shift - times[0]) * _RATE / _HOP, np.float64)
        inside = (at >= 0) & (at <= len(times) - 1)
        if inside.mean() < settings.heard_share:
            continue
        laid = _between(known.T, at[inside]).T[:, shared]
        best = max(best, correlation(shown[inside].astype(np.float32), laid.astype(np.float32)))
    return best
