"""Frames, one after another -> places where letters stood, from when to when.

Looking for letters costs ten times as much as decoding, so it is done once a second at most, and
once in four seconds while nothing changes. What was found is followed in every frame by its
strokes, cheaply: backwards to the frame in which it appeared and forwards until it is gone. When a
line goes, the next frame is looked at at once, because another line often takes its place.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from tracer.settings import TextSettings
from tracer.text.engine import Engine, Found
from tracer.text.strokes import Gray, Pixels, Strokes, beside, cut, likeness, strokes_of

_LOOK_COST = 0.03  # seconds of one core for a look of 320 x 192 pixels; it grows with the pixels
_LOOK_PIXELS = 320 * 192
_SEEN = 60  # cut-outs of a place that are kept: fifteen seconds
_FADE = 2  # frames in a row without a line's strokes after which it is gone
_SMALL = 96  # pixels of the longer side of the picture in which change is measured


@dataclass(slots=True, eq=False)
class Place:
    """Letters that are followed from frame to frame."""

    box: Pixels
    found: Found
    strokes: Strokes
    first: float
    last: float
    total: npt.NDArray[np.float32]  # sum of its cut-outs, for a clean mean
    sample: Gray  # the cut-out it was found in
    fine: bool  # found in a closer look, which draws tighter boxes
    frames: int = 1
    missed: int = 0
    moved: int = 0  # frames in which it was found beside its place
    path: list[tuple[float, Pixels]] = field(default_factory=list)  # where it was, while it moves
    before: float | None = None  # the frame before the first, None at the video's start
    after: float | None = None  # the first frame without it, None at the video's end
    around: float = 0.0  # sum of the change around it, grey levels
    seen: list[Gray] = field(default_factory=list)  # its first cut-outs, in order of time

    def mean(self) -> Gray:
        """Return the mean of its cut-outs: what moves behind the letters is smoothed away."""
        return np.clip(self.total / max(1, self.frames - self.moved), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    time: float
    picture: Gray
    small: npt.NDArray[np.int16]


class Watch:
    """Follow letters through the frames of one video."""

    def __init__(self, engine: Engine, settings: TextSettings) -> None:
        """Prepare for frames in their order."""
        self._engine, self._settings = engine, settings
        self._recent: deque[_Frame] = deque(maxlen=settings.remembered)
        self._active: list[Place] = []
        self._looked: _Frame | None = None
        self._next_look = 0.0
        self._next_fine = 0.0
        self.gone: list[Place] = []
        self.cuts: list[float] = []
        self.cost = 0.0  # seconds of one core, by the usual cost of each look
        self.first: float | None = None
        self.end = 0.0

    def see(self, time: float, picture: Gray) -> None:
        """Take in the next frame, grey (h, w); it is kept for a while."""
        frame = _Frame(time, picture, _small(picture))
        previous = self._recent[-1] if self._recent else None
        changes = np.abs(frame.small - previous.small) if previous is not None else None
        if self.first is None:
            self.first = time
        if changes is not None and float(changes.mean()) >= self._settings.cut:
            self.cuts.append(time)
        self._recent.append(frame)
        self.end = time
        self._follow(frame, changes)
        if self._is_time(frame):
            self._look(frame)

    def close(self) -> list[Place]:
        """Return all places, by the time they appeared."""
        self.gone += self._active
        self._active = []
        return sorted(self.gone, key=lambda one: (one.first, one.box))

    # --- following ---

    def _follow(self, frame: _Frame, changes: npt.NDArray[np.int16] | None) -> None:
        kept = []
        for place in self._active:
            if changes is not None:
                place.around += _around(changes, place.box, frame.picture.shape)
            if self._holds(place, frame):
                place.last, place.missed = frame.time, 0
                kept.append(place)
                continue
            if place.missed == 0:
                place.after = frame.time
                # Another line may take its place: look at the next frame.
                self._next_look = min(self._next_look, frame.time + 0.5 * self._settings.gap)
            place.missed += 1
            if place.missed >= _FADE:
                self.gone.append(place)
            else:
                kept.append(place)
        self._active = kept

    def _holds(self, place: Place, frame: _Frame) -> bool:
        """Tell whether a place's letters are still there, and note where."""
        now = cut(frame.picture, place.box)
        if likeness(place.strokes, now, self._settings) >= self._settings.alike:
            place.total += now
            place.frames += 1
            place.after = None
            if len(place.seen) < _SEEN:
                place.seen.append(now.copy())
            if place.frames in (3, 6, 12):  # a mean of a few frames knows the strokes better
                place.strokes = strokes_of(place.mean(), self._settings)
            return True
        step = beside(frame.picture, place.sample, place.box, self._settings)
        if step is None:
            return False
        box = _shifted(place.box, step, frame.picture.shape)
        if box is None:
            return False
        place.path.append((frame.time, place.box))
        place.box = box
        place.sample = cut(frame.picture, box).copy()
        place.strokes = strokes_of(place.sample, self._settings)
        place.frames += 1
        place.moved += 1
        place.after = None
        return True

    # --- looking ---

    def _is_time(self, frame: _Frame) -> bool:
        if frame.time < self._next_look - 1e-6:
            return False
        allowed = self._settings.spent_base + self._settings.spent * frame.time
        if self._looked is not None and self.cost > allowed:
            return frame.time - self._looked.time >= self._settings.look_rest
        if self._looked is None or frame.time >= self._next_fine:
            return True
        if frame.time - self._looked.time >= self._settings.look_rest:
            return True
        changed = float(np.abs(frame.small - self._looked.small).mean())
        return changed >= self._settings.still or any(one.missed for one in self._active)

    def _look(self, frame: _Frame) -> None:
        settings = self._settings
        fine = frame.time >= self._next_fine
        side = settings.fine_side if fine else settings.side
        if fine:
            self._next_fine = frame.time + settings.fine_gap
        self._looked = frame
        self._next_look = frame.time + settings.look_gap
        height, width = frame.picture.shape
        scale = min(1.0, side / max(height, width))
        self.cost += _LOOK_COST * width * height * scale * scale / _LOOK_PIXELS
        for found in _joined(self._engine.find(frame.picture, side, settings)):
            self._meet(found, frame, fine)

    def _meet(self, found: Found, frame: _Frame, fine: bool) -> None:
        """Follow a place unless it is one that is followed already."""
        box = _pixels(found.box, frame.picture.shape)
        if box is None:
            return
        for place in self._active:
            if place.missed == 0 and _overlap(place.box, box) >= 0.5:
                if fine != place.fine or _area(box) <= 1.6 * _area(place.box):
                    return
                # The line has grown: it is followed anew.
                place.after = frame.time
                self._active.remove(place)
                self.gone.append(place)
                break
        if len(self._active) >= self._settings.places:
            return
        now = cut(frame.picture, box).copy()
        place = Place(
            box=box,
            found=found,
            strokes=strokes_of(now, self._settings),
            first=frame.time,
            last=frame.time,
            total=now.astype(np.float32),
            sample=now,
            fine=fine,
            seen=[now],
        )
        self._trace_back(place)
        self._active.append(place)

    def _trace_back(self, place: Place) -> None:
        """Find the frame in which the letters appeared."""
        earlier = list(self._recent)[-2::-1]
        for frame in earlier:
            then = cut(frame.picture, place.box)
            if likeness(place.strokes, then, self._settings) < self._settings.alike:
                place.before = frame.time
                return
            place.first = frame.time
            place.total += then
            place.frames += 1
            place.seen.insert(0, then.copy())
        if place.first != self.first and self._recent:
            place.before = place.first  # it was there before what is remembered


def _small(picture: Gray) -> npt.NDArray[np.int16]:
    height, width = picture.shape
    scale = _SMALL / max(height, width)
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.int16)


def _around(changes: npt.NDArray[np.int16], box: Pixels, shape: tuple[int, ...]) -> float:
    """Return the mean change in a frame around a place, one line's height wide."""
    fx, fy = changes.shape[1] / shape[1], changes.shape[0] / shape[0]
    high = max(2.0, (box[3] - box[1]) * fy)
    x0, y0, x1, y1 = box[0] * fx, box[1] * fy, box[2] * fx, box[3] * fy
    above = changes[max(0, round(y0 - high)) : max(0, round(y0)), round(x0) : round(x1) + 1]
    below = changes[round(y1) : round(y1 + high), round(x0) : round(x1) + 1]
    count = above.size + below.size
    return float(above.sum() + below.sum()) / count if count else 0.0


def _joined(found: list[Found]) -> list[Found]:
    """Join places that stand in one row with less than a letter between them."""
    left = sorted(found, key=lambda one: one.box[0])
    joined: list[Found] = []
    for one in left:
        for at, other in enumerate(joined):
            if _same_row(other.box, one.box):
                a, b = other.box, one.box
                box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                joined[at] = Found(box, min(other.score, one.score), max(other.tilt, one.tilt))
                break
        else:
            joined.append(one)
    return sorted(joined, key=lambda one: (one.box[1], one.box[0]))


def _same_row(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    high = min(a[3] - a[1], b[3] - b[1])
    alike = high >= 0.6 * max(a[3] - a[1], b[3] - b[1])
    shared = min(a[3], b[3]) - max(a[1], b[1])
    gap = max(a[0], b[0]) - min(a[2], b[2])
    return alike and shared >= 0.6 * high and gap <= 0.4 * high


def _pixels(box: tuple[float, ...], shape: tuple[int, ...]) -> Pixels | None:
    x0, y0 = max(0, round(box[0])), max(0, round(box[1]))
    x1, y1 = min(shape[1], round(box[2])), min(shape[0], round(box[3]))
    return (x0, y0, x1, y1) if x1 - x0 >= 6 and y1 - y0 >= 6 else None


def _shifted(box: Pixels, step: tuple[int, int], shape: tuple[int, ...]) -> Pixels | None:
    """Return a box moved, as long as all of it stays in the picture."""
    x0, y0 = box[0] + step[0], box[1] + step[1]
    x1, y1 = box[2] + step[0], box[3] + step[1]
    inside = x0 >= 0 and y0 >= 0 and x1 <= shape[1] and y1 <= shape[0]
    return (x0, y0, x1, y1) if inside else None


def _area(box: Pixels) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _overlap(a: Pixels, b: Pixels) -> float:
    """Return the shared area as a share of the smaller box."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high / min(_area(a), _area(b)) if wide > 0 and high > 0 else 0.0
