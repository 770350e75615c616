"""Open a media file with PyAV and pick the stream that carries the picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.error
import av.logging
from av.container import InputContainer
from av.video.stream import VideoStream

from tracer.errors import MediaError

# A file may name other files or addresses (playlists, concat scripts): only plain files are read.
_PROTOCOLS = "file,pipe"
# Demuxers that follow references out of the file: a hostile "video" must not read anything else.
_REFUSED_FORMATS = frozenset(
    {"hls", "dash", "concat", "concatf", "webm_dash_manifest", "imf", "sdp"}
)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading; PyAV's errors become :class:`MediaError`."""
    try:
        if path.stat().st_size == 0:
            raise MediaError(f"{path}: the file is empty; fetch it again")
        # Old containers carry names in old encodings, which must not stop us ("replace").
        with av.open(
            str(path),
            metadata_errors="replace",
            options={"protocol_whitelist": _PROTOCOLS},
        ) as container:
            assert isinstance(container, InputContainer)
            if _REFUSED_FORMATS & set(container.format.name.split(",")):
                raise MediaError(
                    f"{path}: a playlist ({container.format.name}), not a media file; "
                    "take in the address it came from instead"
                )
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
