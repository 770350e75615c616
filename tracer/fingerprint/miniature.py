"""Frames <-> miniature: the whole video as a tiny grey film.

Hashes and local features say *that* two videos share pictures; whether they share *moments* shows
only in what moves. The miniature keeps just enough of that, so that two videos can be laid over
each other second by second when the media are gone.
"""

from __future__ import annotations

import io

import av
import numpy as np
import numpy.typing as npt

from tracer.errors import MediaError
from tracer.model import Miniature

RATE = 4  # nominal frames a second of the film; the true times stand beside it


def size_of(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the even (width, height) in pixels of a miniature whose longer side is ``side``."""
    scale = side / max(width, height)
    return max(16, 2 * round(width * scale / 2)), max(16, 2 * round(height * scale / 2))


class FilmWriter:
    """Write grey pictures (h, w) uint8 to an H.264 film in memory."""

    def __init__(self, width: int, height: int, crf: int) -> None:
        self._buffer = io.BytesIO()
        self._container = av.open(self._buffer, "w", format="h264")
        self._stream = self._container.add_stream("libx264", rate=RATE)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "gray"
        self._stream.codec_context.thread_count = 1  # the same bytes whatever the machine's cores
        self._stream.codec_context.gop_size = 250
        # Tuned for small differences of grey, not for eyes: at the same size what moves correlates
        # better with what was encoded.
        self._stream.options = {"crf": str(crf), "preset": "medium", "tune": "psnr"}
        self._count = 0

    def write(self, picture: npt.NDArray[np.uint8]) -> None:
        """Append one picture."""
        frame = av.VideoFrame.from_ndarray(picture, format="gray")
        frame.pts = self._count
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def close(self) -> bytes:
        """Finish the film and return its bytes."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._buffer.getvalue()


def pictures_of(miniature: Miniature) -> npt.NDArray[np.uint8]:
    """Return a miniature's frames, uint8 (f, h, w).

    Raises :class:`MediaError` where the stored film is damaged.
    """
    if miniature.pictures is not None:
        return miniature.pictures
    if len(miniature) == 0:
        return np.empty((0, miniature.height, miniature.width), np.uint8)
    try:
        with av.open(io.BytesIO(miniature.film), "r", format="h264") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            frames = [_gray(frame) for frame in container.decode(stream)]
    except av.error.FFmpegError as error:
        raise MediaError(f"a stored miniature can't be decoded ({error.strerror})") from error
    if len(frames) != len(miniature):
        raise MediaError(f"a stored miniature has {len(frames)} of {len(miniature)} frames")
    return np.stack(frames)


def _gray(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """Return the luma plane (h, w)."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    picture: npt.NDArray[np.uint8] = rows[: frame.height, : frame.width].copy()
    return picture
