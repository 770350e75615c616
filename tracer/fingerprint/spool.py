"""Hold a video's small pictures in memory, and on disk beyond a limit.

A livestream of ten hours is more than a gigabyte of miniatures: too much for each of several
workers.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Self

import numpy as np
import numpy.typing as npt

_IN_MEMORY = 256 << 20  # bytes; three hours of video at 128 x 72 and four pictures a second


class PictureSpool:
    """An append-only list of grey pictures of one size, to be used in a ``with`` block.

    Pictures that it gave out stay readable after the block.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file; a mapping that was given out keeps it alive by itself."""
        if self._file is not None:
            self._file.close()

    def append(self, picture: npt.NDArray[np.uint8]) -> None:
        """Append one picture, uint8 (height, width)."""
        self._count += 1
        if self._file is not None:
            self._file.write(picture.tobytes())
            return
        self._held += picture.tobytes()
        if len(self._held) > _IN_MEMORY:
            self._file = TemporaryFile()  # noqa: SIM115 - closed with the spool
            self._file.write(self._held)
            self._held = bytearray()

    def array(self) -> npt.NDArray[np.uint8]:
        """Return all pictures, uint8 (n, height, width); mapped from disk where they are there."""
        shape = (self._count, self._height, self._width)
        if self._file is None:
            return np.frombuffer(bytes(self._held), np.uint8).reshape(shape)
        self._file.flush()
        return np.memmap(self._file, np.uint8, "r", shape=shape)

    def spread(self, most: int) -> npt.NDArray[np.uint8]:
        """Return at most ``most`` pictures, evenly spread over the list."""
        if self._count <= most:
            return self.array()
        chosen: npt.NDArray[np.uint8] = self.array()[
            np.linspace(0, self._count - 1, most).astype(int)
        ]
        return chosen
