"""File -> SHA-256, the name of its content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tracer.errors import MediaError


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 lower-case hex digits.

    Raises :class:`MediaError` where the file can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MediaError(f"{path}: can't be read ({error.strerror}); check the path") from error
