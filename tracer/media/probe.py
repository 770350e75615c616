"""Media file -> Video: what the container says, as the viewer sees it."""

from __future__ import annotations

from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from tracer.errors import MediaError
from tracer.media.container import opened, picture_stream
from tracer.model import Video
from tracer.settings import DEFAULT, MediaSettings

_STILL_FORMATS = ("image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe")


def probe(path: Path, sha256: str, settings: MediaSettings = DEFAULT.media) -> Video:
    """Read a file's header and first frame and return its :class:`Video`.

    Width, height and aspect are the displayed ones: rotation flag and pixel aspect applied. Raises
    :class:`MediaError` where no frame can be decoded or a frame has more than
    ``settings.max_pixels``.
    """
    with opened(path) as container:
        stream = picture_stream(container, path)
        context = stream.codec_context
        if context.width * context.height > settings.max_pixels:
            raise MediaError(
                f"{path}: a picture of {context.width}x{context.height} is over the limit of "
                f"{settings.max_pixels} pixels"
            )
        frame = _first_frame(container, stream, path)
        rotation = int(-frame.rotation) % 360
        width, height = displayed_size(frame.width, frame.height, stream, rotation)
        still = container.format.name in _STILL_FORMATS
        duration = 0.0 if still else _duration(container, stream)
        sound = container.streams.audio
        return Video(
            sha256=sha256,
            size=path.stat().st_size,
            duration=round(duration, 3),
            width=width,
            height=height,
            frame_rate=round(float(stream.average_rate or stream.guessed_rate or 0), 3),
            codec=context.name,
            container=container.format.name,
            rotation=rotation,
            sound_codec=_codec_of(sound[0]) if sound else "",
            created=container.metadata.get("creation_time", ""),
            still=still,
        )


def _codec_of(stream: AudioStream) -> str:
    """Return a sound track's codec; "unknown" where a damaged header names none."""
    return stream.codec_context.name if stream.codec_context is not None else "unknown"


def displayed_size(width: int, height: int, stream: VideoStream, rotation: int) -> tuple[int, int]:
    """Return the size in pixels that a viewer sees: wider pixels stretch, a rotation swaps."""
    aspect = stream.sample_aspect_ratio
    if aspect and 0.1 < aspect < 10 and aspect != 1:
        # The longer side keeps its pixels, as players do.
        width, height = (
            (round(width * float(aspect)), height)
            if aspect > 1
            else (width, round(height / float(aspect)))
        )
    return (height, width) if rotation in (90, 270) else (width, height)


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> av.VideoFrame:
    """Decode up to the first whole frame; damaged packets before it are passed over."""
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "NONE"
    last: Exception | None = None
    for packet in container.demux(stream):
        try:
            for frame in packet.decode():
                return frame
        except av.error.FFmpegError as error:
            last = error
    reason = getattr(last, "strerror", None) or "the stream holds no frame"
    raise MediaError(f"{path}: no frame could be decoded ({reason})")


def _duration(container: InputContainer, stream: VideoStream) -> float:
    """Return seconds as the stream states them, else the container, else 0 (set when decoded)."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None:
        return float(container.duration / av.time_base)
    return 0.0
