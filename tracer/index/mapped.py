"""Memory-mapped arrays: what the system keeps of a file stays cheap, what we hold of it small."""

from __future__ import annotations

import mmap
from typing import Any

import numpy.typing as npt


def released(array: npt.NDArray[Any]) -> None:
    """Give back the pages of a mapped array; they stay in the system's cache of the file."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is not None and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
