"""A video -> the seconds of the frames that its fingerprint kept.

1. A video of the index costs a look-up, as long as one of its files is still the same.
2. Any other file is fingerprinted in a worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracer.errors import MediaError, UsageError
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import Fingerprint
from tracer.pipeline.taking_in import Task, fingerprint_file
from tracer.settings import Settings
from tracer.workers import Failure, Limits, Pool

ALIKE = 10
"""Bits of 64. A frame no further than this from one that was kept shows a searcher nothing new;
re-encoding alone moves a pHash by less. Decides what is written out, never what is found."""


@dataclass(frozen=True, slots=True)
class KeptFrames:
    """A file and the seconds of its frames worth looking at."""

    path: Path
    times: tuple[float, ...]


def keyframes(index: Index | None, name: str, settings: Settings, *, every: bool) -> KeptFrames:
    """Return the kept frames of a file or of a video of the index, alike ones left out.

    Raises :class:`UsageError` where nothing has that name, :class:`MediaError` where no file of it
    is at hand or can be decoded.
    """
    path = Path(name)
    if path.is_file():
        return KeptFrames(path, _times(_fingerprint(path, settings), every=every))
    if index is None:
        raise UsageError(f"{name}: no such file, and there is no index to look it up in")
    sha256 = index.find(name)
    for known in map(Path, index.video(sha256).paths):
        if known.is_file() and sha256_of(known) == sha256:
            return KeptFrames(known, _times(index.fingerprint(sha256), every=every))
    raise MediaError(f"{name}: the index knows this video, but no file of it is at hand")


def _fingerprint(path: Path, settings: Settings) -> Fingerprint:
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    with Pool(fingerprint_file, 1, limits) as pool:
        for _, outcome in pool.run([Task(str(path), sha256_of(path), settings)]):
            if isinstance(outcome, Failure):
                raise outcome.error or MediaError(f"{path}: {outcome.reason}")
            return outcome[1]
    raise MediaError(f"{path}: could not be read")


def _times(fingerprint: Fingerprint, *, every: bool) -> tuple[float, ...]:
    """Return the seconds of the whole frames that show something."""
    hashes = fingerprint.hashes
    whole = hashes.rectangle == 0
    rich = whole & (hashes.quality > 0)
    rows = np.flatnonzero(rich if rich.any() else whole)
    if not every:
        rows = rows[distinct([int(value) for value in hashes.phash[rows]])]
    return tuple(sorted({float(time) for time in hashes.timestamps[rows]}))


def distinct(hashes: Sequence[int]) -> list[int]:
    """Return the places of the hashes that lie further than ``ALIKE`` from all kept before."""
    kept: list[int] = []
    for place, value in enumerate(hashes):
        if all((value ^ hashes[other]).bit_count() > ALIKE for other in kept):
            kept.append(place)
    return kept
