"""A fitted match and two films -> the match at the speed that its pictures need.

1. The speed is measured on what is stored.
2. Where that is not plainly 1, every frame of both files is asked, where they are at hand.
3. What they leave open as well, the sounds decide, where they agree at one of these speeds.
4. A speed that stands is tried against the plain one once more, with the transform that fits best
   there: over a zoom, a picture a little too large at a speed of its own looks nearly as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.compare.every_frame import every_frame
from tracer.compare.heard import heard
from tracer.compare.pace import Pace, at_speed, longest_of, pace_of, paced, shown_of, speed_of
from tracer.match.strips import Film
from tracer.model import Box, Match, Segment, Transform
from tracer.settings import CompareSettings


@dataclass(frozen=True, slots=True)
class Fit:
    """A match and the transform that fits the moments that it shares."""

    match: Match
    transform: Transform
    region: Box  # of the match's frame, on which it was fitted


Fitting = Callable[[Match, Transform], Fit | None]
"""A match, and the transform to begin with -> its fit; None where nothing is shared."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """The seconds on which a speed is measured."""

    segment: Segment
    films: tuple[Film, Film]
    of_files: bool = False

    def pace(self, fit: Fit, settings: CompareSettings) -> Pace | None:
        seen = (self.films, fit.transform, fit.region, settings)
        return pace_of(self.segment, *seen, of_files=self.of_files)

    def plain(self) -> _Shown:
        """Return the same with its line at speed 1, turned about its middle."""
        half = (self.segment.query_end - self.segment.query_start) / 2
        at = (self.segment.match_start + self.segment.match_end) / 2
        turned = replace(
            self.segment, match_start=max(0.0, at - half), match_end=at + half, speed=1.0
        )
        return replace(self, segment=turned)


def retimed(
    fit: Fit,
    films: tuple[Film, Film],
    rates: float,
    files: tuple[Path, Path] | None,
    fitting: Fitting,
    settings: CompareSettings,
) -> tuple[Fit, Pace | None]:
    """Return the fit at the speed that its pictures need, and how well they agree over the speeds.

    ``rates`` is the query's frame rate for the match's, 0 where it is not known. No pace where the
    match is too short to tell a speed.
    """
    longest = longest_of(fit.match)
    if shown_of(longest) < settings.speed_seconds:
        return fit, None
    shown = _Shown(longest, films)
    pace = shown.pace(fit, settings)
    if pace is None:
        return fit, None
    if files is not None and abs(pace.speed - 1.0) > settings.pace_near:
        shown, pace = _closer(shown, pace, fit, rates, files, settings)
    told = replace(fit, match=paced(fit.match, pace, rates, settings))
    if abs(math.log(longest_of(told.match).speed)) < settings.speed_least:
        return told, pace
    plain = fitting(at_speed(fit.match, 1.0, settings), fit.transform)
    other = shown.plain().pace(plain, settings) if plain is not None else None
    if plain is None or other is None or other.at(1.0) >= pace.errors.min():
        return told, pace
    return plain, other


def _closer(
    stored: _Shown,
    pace: Pace,
    fit: Fit,
    rates: float,
    files: tuple[Path, Path],
    settings: CompareSettings,
) -> tuple[_Shown, Pace]:
    """Return what every frame of the files says; what is stored where they can't be read.

    A long segment may move elsewhere than in its middle: there what is stored says more, where
    both name one speed.
    """
    read = every_frame(stored.segment, files, settings)
    if read is None:
        return stored, pace
    shown = _Shown(*read, of_files=True)
    close = shown.pace(fit, settings)
    if close is None:
        return stored, pace
    longest = stored.segment
    stands = speed_of(close, longest, rates, settings) is not None
    if not stands and close.gain <= settings.pace_gain_heard:
        sound = heard(shown.segment, files, close.speed, settings)
        if sound is not None and sound.stands(settings):
            close = replace(close, heard=sound.speed)
            stands = speed_of(close, longest, rates, settings) is not None
    agrees = abs(close.speed / pace.speed - 1.0) <= settings.pace_alike
    known = speed_of(pace, longest, rates, settings) is not None
    return (stored, pace) if not stands and agrees and known else (shown, close)
