"""Open a media file with PyAV and pick the stream that carries the picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import av
import av.error
import av.logging
from av.container import InputContainer
from av.video.stream import VideoStream

from tracer.errors import MediaError

# A file may name other files or addresses (playlists, scripts, descriptions of streams): only
# plain files are read, and what follows references is refused before it has looked at any.
PROTOCOLS = "file,pipe"
# fmt: off
_FOLLOWING = frozenset((
    "hls", "dash", "webm_dash_manifest", "concat", "concatf", "imf", "sdp", "rtp", "rtsp", "sbg",
    "lavfi", "vobsub", "avisynth", "vapoursynth",
    "alsa", "fbdev", "kmsgrab", "x11grab", "xcbgrab", "v4l2", "video4linux2", "dshow",
))
# fmt: on
_PLAYLISTS = ((b"#EXTM3U", "hls"), (b"ffconcat", "concat"), (b"<MPD", "dash"), (b"v=0", "sdp"))


@cache
def _allowed() -> str:
    """Return the names of the demuxers that read nothing but their own file."""
    names = (name for name in av.formats_available if _FOLLOWING.isdisjoint(name.split(",")))
    return ",".join(sorted(names))


def _playlist(path: Path) -> str:
    """Return what kind of playlist a file is, by its first bytes; "" for anything else."""
    with path.open("rb") as file:
        head = file.read(1024)
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, name in _PLAYLISTS:
        if beginning.startswith(mark) or (mark == b"<MPD" and mark in head):
            return name
    return ""


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading; PyAV's errors become :class:`MediaError`."""
    try:
        if path.stat().st_size == 0:
            raise MediaError(f"{path}: the file is empty; fetch it again")
        # Old containers carry names in old encodings, which must not stop us ("replace").
        playlist = _playlist(path)
        if playlist:
            raise MediaError(
                f"{path}: a playlist ({playlist}), not a media file; "
                "take in the address it came from instead"
            )
        with av.open(
            f"file:{path}",  # so that no name is taken for a protocol
            metadata_errors="replace",
            options={
                "protocol_whitelist": PROTOCOLS,
                "format_whitelist": _allowed(),
                "pattern_type": "none",  # "a%d.png" is a name, not a series of pictures
            },
        ) as container:
            assert isinstance(container, InputContainer)
            yield container
    except av.error.FFmpegError as error:
        raise MediaError(f"{path}: not a readable video ({error.strerror})") from error
    except OSError as error:
        raise MediaError(f"{path}: can't be read ({error.strerror or error})") from error


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the stream that carries the picture: the largest that is no cover art.

    Raises :class:`MediaError` where there is none.
    """
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
        and stream.codec_context is not None
        and stream.codec_context.width > 0
    ]
    if not streams:
        what = "sound but no picture" if container.streams.audio else "no video stream"
        raise MediaError(f"{path}: {what}; only files with a picture can be traced")
    # Several streams: the one flagged as default, then the largest, then the first.
    return max(
        streams,
        key=lambda stream: (
            bool(stream.disposition & av.stream.Disposition.default),
            stream.codec_context.width * stream.codec_context.height,
            -stream.index,
        ),
    )
