"""A video's frames -> its lines of text with times, boxes, language and kind.

1. Watch the frames: where letters stand, from when to when (:mod:`tracer.text.watching`).
2. Read each place once, from the mean of its frames; what reads badly is read again: cut out less
   closely, from a single frame, in the mirror image.
3. Make lines of what was read (:mod:`tracer.text.lines`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from tracer.media.frames import SampledFrame
from tracer.model import TextLine, TextTrack, Unchecked, Video
from tracer.settings import TextSettings
from tracer.text import engine as networks
from tracer.text.engine import Reading
from tracer.text.kinds import Behaviour, Scene
from tracer.text.lines import Row, lines_of
from tracer.text.strokes import Gray, close_around, cut
from tracer.text.sweep import is_swept
from tracer.text.watching import Place, Watch

STAGE = "text"

_METHOD = 2  # raised when the same networks and settings tell rows or their kinds otherwise
_MOST_PIXELS = 1280 * 1280  # of a frame in which letters are followed; larger ones are halved
_READ_COST = 0.0011  # seconds of one core for each 10 pixels of a line's width at 48 of height


def reader_name(settings: TextSettings) -> str:
    """Return what reads, its method and a digest of its settings: stored with all that was read."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()
    return f"{networks.name()}, method {_METHOD}, {digest[:8]}"


class Reader:
    """Read one video: give it the frames in their order, then ask for the track."""

    def __init__(self, video: Video, subject: str, settings: TextSettings) -> None:
        """Prepare; ``subject`` names the video in what could not be checked."""
        self._video, self._subject, self._settings = video, subject, settings
        width, height = video.width, video.height
        while width * height > _MOST_PIXELS:
            width, height = width // 2, height // 2
        self._size = (max(32, width), max(32, height))
        self._engine = networks.engine()
        self._watch = Watch(self._engine, settings)
        self._next = 0.0
        self._mirrored = 0  # how many more rows read well in the mirror image than as they are

    def see(self, frame: SampledFrame) -> None:
        """Take in the next frame of the sampling grid."""
        if frame.time + 1e-6 < self._next:
            return
        self._next = frame.time + 0.8 * self._settings.gap
        # A copy: `gray` may hand out the decoder's own frame, which is gone with the next one.
        self._watch.see(frame.time, frame.gray(*self._size).copy())

    def track(self, *unchecked: Unchecked) -> TextTrack:
        """Return what was read, with what is known not to have been."""
        places = self._watch.close()
        still = self._video.still
        if not still:
            places = [one for one in places if one.frames >= self._settings.least]
        duration = 0.0 if still else max(self._video.duration, self._watch.end)
        if unchecked:  # broken off
            duration = self._watch.end
        rows, left = self._read(places, duration)
        lines = lines_of(rows, Scene(duration, tuple(self._watch.cuts)), self._settings)
        missed = (*unchecked, *self._unchecked(lines, left))
        return TextTrack(reader_name(self._settings), tuple(lines), missed)

    def _read(self, places: Sequence[Place], duration: float) -> tuple[list[Row], int]:
        """Read the places, those that stand longest first; return also how many were left."""
        allowed = self._settings.spent_base + self._settings.spent * duration
        cost, left = self._watch.cost, 0
        rows: list[Row] = []
        for place in sorted(places, key=lambda one: (one.first - one.last, one.box)):
            wide, high = place.box[2] - place.box[0], place.box[3] - place.box[1]
            cost += _READ_COST * self._settings.height * wide / high / 10
            if cost > allowed and not self._video.still:
                left += place.moved < place.frames / 2
            else:
                rows.append(self._row(place, duration))
        return rows, left

    def _reading(self, place: Place) -> tuple[Reading, bool]:
        """Return the best of what a place may say, and whether it is the mirror image's."""
        clean = place.mean() if place.moved == 0 else place.sample
        close = _close(clean)
        backwards = np.ascontiguousarray(close[:, ::-1])
        ways: list[tuple[Gray, bool]] = [
            (close, False),
            (backwards, True),
            (clean, False),
            (_close(place.sample), False),
        ]
        if self._mirrored > 0:
            ways = [ways[1], ways[0], *ways[2:]]
        best, mirrored = Reading("", 0.0), False
        for picture, turned in ways:
            reading = self._engine.read(picture, self._settings)
            if turned and not mirrored and reading.confidence < self._settings.sure:
                continue  # badly read backwards is badly read
            if reading.confidence > best.confidence:
                best, mirrored = reading, turned
            if best.confidence >= self._settings.sure:
                break
        if best.confidence >= self._settings.sure and len(best.text) > 3:
            self._mirrored += 1 if mirrored else -1
        return best, mirrored

    def _row(self, place: Place, duration: float) -> Row:
        reading, mirrored = self._reading(place)
        width, height = self._size
        x0, y0, x1, y1 = place.box
        if place.moved == 0:
            near = close_around(place.mean())
            x0, y0, x1, y1 = x0 + near[0], y0 + near[1], x0 + near[2], y0 + near[3]
        start, end = _ends(place, duration)
        behaviour = Behaviour(
            start=start,
            end=end,
            box=(x0 / width, y0 / height, x1 / width, y1 / height),
            moved=place.moved / max(1, place.frames - 1),
            run=_run(place),
            tilt=place.found.tilt,
            around=place.around / max(1, place.frames),
            text=reading.text,
            swept=place.moved == 0 and is_swept(place.seen),
        )
        return Row(behaviour, reading, mirrored, place.found.score >= self._settings.clear)

    def _unchecked(self, lines: Sequence[TextLine], left: int) -> tuple[Unchecked, ...]:
        told = []
        if left:
            told.append(f"{left} places with letters were left unread: more than time allows")
        unread = [line for line in lines if line.kind == "unreadable"]
        if unread:
            told.append(
                f"letters that can't be read in {len(unread)} places, the first at "
                f"{unread[0].start:.1f} s: a script that the reader does not know, or too small"
            )
        return tuple(Unchecked(self._subject, STAGE, reason) for reason in told)


def _close(place: Gray) -> Gray:
    return cut(place, close_around(place))


def _ends(place: Place, duration: float) -> tuple[float, float]:
    """Return when letters appeared and went: midway between the frames with and without."""
    start = 0.0 if place.before is None else (place.before + place.first) / 2
    end = max(duration, place.last) if place.after is None else (place.last + place.after) / 2
    return start, max(end, place.last)


def _run(place: Place) -> tuple[float, float]:
    """Return how far letters went in all, in their own heights."""
    if not place.path:
        return (0.0, 0.0)
    was = place.path[0][1]
    high = max(1, was[3] - was[1])
    return ((place.box[0] - was[0]) / high, (place.box[1] - was[1]) / high)
