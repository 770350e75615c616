"""The numbers of a bundle again, each in a worker: a bundle may come from anybody.

Films and videos from strangers are decoded in a process that can be killed, bounded in time and
memory, as when they are taken in.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from tracer.fingerprint.hashing import reference_hashes
from tracer.fingerprint.miniature import pictures_of
from tracer.fingerprint.take import take
from tracer.media.digest import sha256_of
from tracer.media.frames import DecodeLog, sampled_frames
from tracer.media.probe import probe
from tracer.model import Fingerprint, Video
from tracer.report.bundle import container, prints
from tracer.report.bundle.contents import PairScore, score_of
from tracer.settings import Settings
from tracer.workers import Failure, Limits, Pool

FILM_BITS = 6
"""Bits of 64. The median distance between a stored pHash and that of the compressed film's frame;
compression at the film's quality moves a pHash by 0 to 4, another video's frame lies 20 to 40
away."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PairTask:
    """Two fingerprints to compare."""

    bundle: Path
    pair: PairScore
    videos: tuple[Video, Video]
    settings: Settings


@dataclass(frozen=True, slots=True)
class FilmTask:
    """A fingerprint whose film is to be held against its hashes."""

    bundle: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class MediaTask:
    """A video to fingerprint again."""

    bundle: Path
    name: str  # of the file in the bundle
    sha256: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class MediaResult:
    """What came out of a video."""

    sha256: str  # of its bytes
    differing: tuple[str, ...]  # columns of the fingerprint that came out otherwise
    hashes: int  # frames hashed by imagehash itself
    unlike: int  # of these, with another value than stored


def each(
    function: Callable[[Task], Result], tasks: Iterable[Task], settings: Settings
) -> Iterator[tuple[Task, Result | Failure]]:
    """Run a function on each task in a worker, one after another."""
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    with Pool(function, 1, limits) as pool:
        yield from pool.run(iter(tasks))


def pair(task: PairTask) -> tuple[str, float]:
    """Return outcome and score of two fingerprints."""
    with container.opened(task.bundle) as reader:
        query, match = ((video, prints.load(reader, video.sha256)) for video in task.videos)
    return score_of(query, match, task.pair.videos, task.settings)


def film(task: FilmTask) -> float:
    """Return the median distance, in bits, of imagehash's pHash of the film to the stored ones."""
    with container.opened(task.bundle) as reader:
        fingerprint = prints.load(reader, task.sha256)
    return film_distance(fingerprint)


def film_distance(fingerprint: Fingerprint) -> float:
    """Return the median distance in bits between a film's pHashes and the stored ones."""
    pictures = pictures_of(fingerprint.miniature)
    place = {float(time): row for row, time in enumerate(fingerprint.miniature.timestamps)}
    hashes = fingerprint.hashes
    found = []
    for row in np.flatnonzero(hashes.rectangle == 0):
        picture = pictures[place[float(hashes.timestamps[row])]]
        found.append((int(reference_hashes(picture)[0], 16) ^ int(hashes.phash[row])).bit_count())
    return float(np.median(found)) if found else 0.0


def media(task: MediaTask) -> MediaResult:
    """Fingerprint a video again and hash its frames by imagehash itself."""
    with tempfile.TemporaryDirectory() as folder, container.opened(task.bundle) as reader:
        path = Path(folder) / Path(task.name).name
        with reader.open(task.name) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        stored = prints.load(reader, task.sha256)
        sha256 = sha256_of(path)
        if sha256 != task.sha256:
            return MediaResult(sha256, (), 0, 0)
        video = probe(path, sha256, task.settings.media)
        again = take(path, video, task.settings)
        hashes, unlike = _by_imagehash(path, stored, task.settings)
    return MediaResult(sha256, _differing(stored, again), hashes, unlike)


def _by_imagehash(path: Path, stored: Fingerprint, settings: Settings) -> tuple[int, int]:
    """Return how many frames were hashed, and how many have another pHash or dHash than stored."""
    whole = np.flatnonzero(stored.hashes.rectangle == 0)
    expected = {
        float(stored.hashes.timestamps[row]): (
            f"{int(stored.hashes.phash[row]):016x}",
            f"{int(stored.hashes.dhash[row]):016x}",
        )
        for row in whole
    }
    size = stored.miniature.width, stored.miniature.height
    met = unlike = 0
    for frame in sampled_frames(path, DecodeLog(), settings.media):
        if frame.time in expected:
            met += 1
            unlike += reference_hashes(frame.gray(*size)) != expected[frame.time]
    return len(expected), unlike + len(expected) - met


def _differing(stored: Fingerprint, again: Fingerprint) -> tuple[str, ...]:
    """Return the columns in which two fingerprints differ; what was noted on the way aside."""
    from tracer.index.arrays import to_row

    one: dict[str, Any] = to_row(stored)
    other: dict[str, Any] = to_row(again)
    return tuple(name for name in one if name != "unchecked" and one[name] != other[name])
