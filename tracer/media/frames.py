"""Media file -> frames: a sampled grey stream for fingerprints, colour pictures for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.stream import VideoStream

from tracer.errors import MediaError
from tracer.media.container import opened, picture_stream
from tracer.media.probe import displayed_size
from tracer.settings import DEFAULT, MediaSettings

Gray = npt.NDArray[np.uint8]  # (h, w)
Color = npt.NDArray[np.uint8]  # (h, w, 3), BGR
Planes = npt.NDArray[np.uint8]  # (2, h, w): U, V


# Pixel formats whose first plane is 8-bit luma, so that no conversion is needed.
_PLANAR_LUMA = ("yuv4", "yuvj4", "gray", "nv12", "nv21", "nv16", "yuva4")
_PLANAR_CHROMA = ("yuv4", "yuvj4", "yuva4")  # the same of the second and third
_FULL_RANGE = 2  # FFmpeg's AVCOL_RANGE_JPEG
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrame:
    """One frame of the sampling grid, as coded; its methods give it as displayed."""

    time: float  # seconds from the first frame
    luma: Gray  # coded orientation; a view that lasts until the next frame
    rotation: int
    decoded: av.VideoFrame | None = None  # what the luma is a view of

    def gray(self, width: int, height: int) -> Gray:
        """Return the displayed picture scaled to ``width`` x ``height`` pixels, grey, uint8."""
        return self._displayed(self.luma, width, height)

    def chroma(self, width: int, height: int) -> Planes:
        """Return the displayed picture's colour at that size, uint8 (2, h, w): U, V; grey is 128.

        At the levels of video (16 to 240), also where the frame says that it has the full range.
        The matrix is not converted.
        """
        planes = None if self.decoded is None else _chroma(self.decoded)
        if planes is None or self.decoded is None:
            return np.full((2, height, width), 128, np.uint8)
        scaled = np.stack([self._displayed(one, width, height) for one in planes])
        if self.decoded.color_range != _FULL_RANGE:
            return scaled
        return np.rint(128.0 + (scaled.astype(np.float64) - 128.0) * (224 / 255)).astype(np.uint8)

    def _displayed(self, plane: Gray, width: int, height: int) -> Gray:
        """Scale a plane and turn it as it is displayed.

        Scaled down by halves first: an exact 2 x 2 mean is some fifty times cheaper than a general
        area filter and gives the same pixels but for rounding.
        """
        turned = self.rotation in (90, 270)
        coded = (height, width) if turned else (width, height)
        picture: npt.NDArray[Any] = plane
        while picture.shape[0] >= 2 * coded[1] and picture.shape[1] >= 2 * coded[0]:
            even = picture[: picture.shape[0] & ~1, : picture.shape[1] & ~1]
            picture = cv2.resize(
                even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA
            )
        if (picture.shape[1], picture.shape[0]) != coded:
            shrinks = picture.shape[0] > coded[1] or picture.shape[1] > coded[0]
            way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            picture = cv2.resize(picture, coded, interpolation=way)
        turn = _TURNS.get(self.rotation)
        return np.ascontiguousarray(picture if turn is None else cv2.rotate(picture, turn))


@dataclass(slots=True)
class DecodeLog:
    """What a pass over a file met; filled while the frames are read."""

    frames: int = 0
    damaged: int = 0  # packets that could not be decoded
    first_damage: float | None = None  # seconds
    end: float = 0.0  # seconds of the last frame
    packets: int = 0  # of the picture, that the file held
    stated: int = 0  # that its header speaks of; 0 where it does not say


def sampled_frames(
    path: Path,
    log: DecodeLog,
    settings: MediaSettings = DEFAULT.media,
    *,
    keyframes: bool = False,
    span: tuple[float, float] | None = None,
) -> Iterator[SampledFrame]:
    """Decode once, on one thread, and yield about one frame for each ``sampling_gap`` seconds.

    With ``keyframes``, of those alone that stand for themselves: a tenth of the work. With a
    ``span`` (seconds), of what lies in it alone: decoding begins at the keyframe before it.

    A sampled frame is the first at or after its grid time and carries its own presentation time, so
    that variable frame rates stay exact. Frames that nothing refers to are not decoded while the
    rest lie close enough (``skip_gap``). Damaged packets are passed over and counted in ``log``.
    """
    with opened(path) as container:
        stream = picture_stream(container, path)
        context = stream.codec_context
        context.thread_type = "NONE"  # one thread a process; as many processes as cores
        context.thread_count = 1
        nominal = 1.0 / float(stream.average_rate or 25)
        skipping = nominal < settings.skip_gap / 2 and not keyframes
        context.skip_frame = "NONKEY" if keyframes else "NONREF" if skipping else "DEFAULT"
        start, end = span or (0.0, math.inf)
        first = None
        if start > 0.0:
            first = float((stream.start_time or 0) * (stream.time_base or 0))
            _seek(container, stream, first + start)
        next_sample = start
        for time, frame in _frames_in_order(container, stream, log, first):
            if time > end:
                break
            if skipping and time - log.end > settings.skip_gap:
                # Too few frames refer to each other: decode them all from here on.
                context.skip_frame = "DEFAULT"
                skipping = False
            log.end = time
            log.frames += 1
            if time + nominal / 2 < next_sample:
                continue
            # The grid goes on from its own times, not from this frame's, so that it never drifts.
            missed = (time + nominal / 2 - next_sample) // settings.sampling_gap
            next_sample += (missed + 1) * settings.sampling_gap
            yield SampledFrame(time, _luma(frame), int(-frame.rotation) % 360, frame)
        if log.frames == 0:
            raise MediaError(f"{path}: no frame could be decoded; fetch the file again")


def _frames_in_order(
    container: InputContainer, stream: VideoStream, log: DecodeLog, first: float | None = None
) -> Iterator[tuple[float, av.VideoFrame]]:
    """Yield (seconds from the first frame, frame) with strictly increasing times.

    ``first`` is the first frame's time on the container's clock, where it is not read itself.
    """
    last = -1.0
    step = 1.0 / float(stream.average_rate or 25)
    if "mp4" in container.format.name:  # an AVI counts the frames that it repeats without packets
        log.stated = stream.frames
    for packet in container.demux(stream):
        log.packets += packet.size > 0  # the last one, which is empty, asks for what is left
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            log.damaged += 1
            if log.first_damage is None:
                log.first_damage = max(0.0, last)
            continue
        for frame in frames:
            # Some containers (old AVI) give no times: the frame rate is all there is.
            time = frame.time if frame.time is not None else (last + step + (first or 0.0))
            if first is None:
                first = time
            time -= first
            if time <= last:
                continue  # a time that goes back is a splice or a damaged header
            last = time
            yield time, frame


def _luma(frame: av.VideoFrame) -> Gray:
    """Return the luma plane as uint8 (h, w): a view where the format allows."""
    name = frame.format.name
    if name.startswith(_PLANAR_LUMA) and not name.endswith(("le", "be")):
        return _plane(frame, 0)
    return np.asarray(frame.to_ndarray(format="gray"), np.uint8)


def _chroma(frame: av.VideoFrame) -> list[Gray] | None:
    """Return the planes U and V as uint8, views where the format allows; None where it has none."""
    name = frame.format.name
    if name.startswith("gray"):
        return None
    if not name.startswith(_PLANAR_CHROMA) or name.endswith(("le", "be")):
        frame = frame.reformat(format="yuv420p")
    return [_plane(frame, 1), _plane(frame, 2)]


def _plane(frame: av.VideoFrame, number: int) -> Gray:
    """Return one 8-bit plane of a frame as a view (h, w)."""
    plane = frame.planes[number]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    view: Gray = rows[: plane.height, : plane.width]
    return view


def pictures_at(path: Path, times: Sequence[float], max_side: int = 640) -> list[Color]:
    """Return the displayed pictures at ``times`` (seconds), BGR uint8, longest side ``max_side``.

    A time after the end gives the last frame. Raises :class:`MediaError`.
    """
    wanted = sorted(set(times))
    found: dict[float, Color] = {}
    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.codec_context.thread_count = 1
        first = float((stream.start_time or 0) * (stream.time_base or 0))
        for time in wanted:
            frame = _frame_at(container, stream, first + time)
            if frame is not None:
                found[time] = _displayed(frame, stream, max_side)
    if not found:
        raise MediaError(f"{path}: no frame could be decoded")
    fallback = found[max(found)]
    return [found.get(time, fallback) for time in times]


def lumas_between(
    path: Path, start: float, end: float, max_side: int = 640
) -> tuple[list[float], list[Gray]]:
    """Return every frame from ``start`` to ``end`` (seconds): times, displayed luma uint8 (h, w).

    Decodes from the keyframe before ``start``. Both lists are empty where nothing lies between.
    Raises :class:`MediaError` where the file cannot be opened.
    """
    times: list[float] = []
    pictures: list[Gray] = []
    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.codec_context.thread_count = 1
        first = float((stream.start_time or 0) * (stream.time_base or 0))
        _seek(container, stream, first + start)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                time = frame.time - first if frame.time is not None else -1.0
                if time > end:
                    return times, pictures
                if time >= start - 1e-4:
                    times.append(time)
                    pictures.append(_displayed_luma(frame, stream, max_side))
    return times, pictures


def _displayed_luma(frame: av.VideoFrame, stream: VideoStream, max_side: int) -> Gray:
    rotation = int(-frame.rotation) % 360
    width, height = displayed_size(frame.width, frame.height, stream, rotation)
    scale = min(1.0, max_side / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    luma = np.array(_luma(frame))
    turn = _TURNS.get(rotation)
    shown = luma if turn is None else cv2.rotate(luma, turn)
    if (shown.shape[1], shown.shape[0]) == size:
        return np.ascontiguousarray(shown, np.uint8)
    return np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)


_EARLIER = (0.0, 2.0, 8.0)  # seconds before the one that is asked; keyframes lie no further apart
_GUESSED = 1.0  # seconds after a seek in which a program stream's times may be guesses
_FIRST = -(1 << 40)  # before any frame, in any time base


def _seek(container: InputContainer, stream: VideoStream, time: float) -> None:
    """Go to a keyframe from which a time of the container's clock is reached.

    Some containers seek past the time that was asked: MPEG program and transport streams, which
    have no index, by up to a group of pictures, a QuickTime file whose edit list cuts its first
    frames away by as much. So what comes first is looked at, and else sought further back. In a
    program stream not every frame carries its time, and FFmpeg guesses until one does.
    """
    if stream.time_base is None or time <= 0:
        return
    known = time - (_GUESSED if container.format.name == "mpeg" else 0.0)
    for earlier in _EARLIER:
        target = int(max(0.0, known - earlier) / float(stream.time_base))
        try:
            container.seek(target, stream=stream)
            if not _shows_by(container, stream, known):
                continue
            container.seek(target, stream=stream)
        except av.error.FFmpegError:
            break
        return
    try:
        container.seek(_FIRST, stream=stream)
    except av.error.FFmpegError:
        container.seek(0)  # an AVI has nothing before its first frame


def _shows_by(container: InputContainer, stream: VideoStream, time: float) -> bool:
    """Tell whether the first frame that is decoded from here on is shown at ``time`` or before."""
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        if frames:
            return frames[0].time is None or frames[0].time <= time + 1e-4
    return False


def _frame_at(container: InputContainer, stream: VideoStream, time: float) -> av.VideoFrame | None:
    """Seek to the keyframe before ``time`` and decode to the frame on display then."""
    _seek(container, stream, time)
    shown: av.VideoFrame | None = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            if frame.time is not None and frame.time > time + 1e-4 and shown is not None:
                return shown
            shown = frame
            if frame.time is None or frame.time >= time - 1e-4:
                return shown
    return shown


def _displayed(frame: av.VideoFrame, stream: VideoStream, max_side: int) -> Color:
    """Return a frame as the viewer sees it, no larger than ``max_side``."""
    rotation = int(-frame.rotation) % 360
    width, height = displayed_size(frame.width, frame.height, stream, rotation)
    scale = min(1.0, max_side / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    coded = (size[1], size[0]) if rotation in (90, 270) else size
    picture = cv2.resize(frame.to_ndarray(format="bgr24"), coded, interpolation=cv2.INTER_AREA)
    turn = _TURNS.get(rotation)
    return np.ascontiguousarray(picture if turn is None else cv2.rotate(picture, turn))
