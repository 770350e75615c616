"""Fingerprints in order of arrival -> a segment: all that searching needs of them, as plain arrays.

An index is searched segment by segment; whether one was just built from the rows of the index or is
mapped from a file (``search_files.py``) makes no difference to what is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.index.hash_search import HashPart, hash_part
from tracer.index.sound_search import SoundPart, sound_part
from tracer.index.words import WordPart, WordSorter
from tracer.media.sound import SILENT
from tracer.model import FrameHashes, LocalFeatures

VERSION = "search-1"
"""Changes with anything that makes stored segments wrong: words, bits, types, names."""


class Entry(NamedTuple):
    """What is searched of one video."""

    arrival: int
    sha256: str
    hashes: FrameHashes
    features: LocalFeatures
    sound: npt.NDArray[np.uint32] | None


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Some videos that arrived one after another; a video is named by its place among them."""

    arrival: npt.NDArray[np.int64]  # (v,), increasing
    sha256: npt.NDArray[np.uint8]  # (v, 32)
    hashes: HashPart
    words: WordPart
    sounds: SoundPart

    def __len__(self) -> int:
        return len(self.arrival)


def built(entries: Iterable[Entry]) -> Segment:
    """Build one segment of videos, given in order of arrival."""
    builder = _Builder()
    for entry in entries:
        builder.add(entry)
    return builder.segment()


def in_segments(entries: Iterable[Entry], features_most: int) -> Iterator[tuple[Segment, bool]]:
    """Yield segments with at most so many features, a longer video alone; and which is the last."""
    builder = _Builder()
    for entry in entries:
        if len(builder) and builder.features + len(entry.features) > features_most:
            yield builder.segment(), False
            builder = _Builder()
        builder.add(entry)
    if len(builder):
        yield builder.segment(), True


class _Builder:
    """A segment while its videos come in; descriptors and films are not kept."""

    def __init__(self) -> None:
        self._arrivals: list[int] = []
        self._digests: list[bytes] = []
        self._hashes: list[FrameHashes] = []
        self._sounds: list[tuple[int, npt.NDArray[np.uint32]]] = []
        self._words = WordSorter()

    def __len__(self) -> int:
        return len(self._arrivals)

    @property
    def features(self) -> int:
        return self._words.features

    def add(self, entry: Entry) -> None:
        place = len(self)
        self._arrivals.append(entry.arrival)
        self._digests.append(bytes.fromhex(entry.sha256))
        self._hashes.append(entry.hashes)
        self._words.add(place, entry.features)
        if entry.sound is not None:
            self._sounds.append((place, entry.sound))

    def segment(self) -> Segment:
        return Segment(
            arrival=np.array(self._arrivals, np.int64),
            sha256=np.frombuffer(b"".join(self._digests), np.uint8).reshape(-1, 32),
            hashes=hash_part(enumerate(self._hashes)),
            words=self._words.part(),
            sounds=sound_part(self._sounds, SILENT),
        )


_PARTS: dict[str, Any] = {"hashes": HashPart, "words": WordPart, "sounds": SoundPart}


def to_arrays(segment: Segment) -> dict[str, npt.NDArray[Any]]:
    """Return a segment's arrays by name."""
    arrays: dict[str, npt.NDArray[Any]] = {"arrival": segment.arrival, "sha256": segment.sha256}
    for name, kind in _PARTS.items():
        part = getattr(segment, name)
        arrays |= {f"{name}.{one.name}": getattr(part, one.name) for one in fields(kind)}
    return arrays


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Segment:
    """Put a segment together; raises :class:`KeyError` where an array is missing."""
    parts = {
        name: kind(**{one.name: arrays[f"{name}.{one.name}"] for one in fields(kind)})
        for name, kind in _PARTS.items()
    }
    return Segment(arrival=arrays["arrival"], sha256=arrays["sha256"], **parts)


def starts_of(segments: Sequence[Segment]) -> list[int]:
    """Return the ordinal of each segment's first video."""
    return [int(first) for first in np.cumsum([0, *map(len, segments)])[: len(segments)]]


def names_of(segments: Sequence[Segment]) -> list[str]:
    """Return the SHA-256 of every video, by ordinal."""
    told = b"".join(segment.sha256.tobytes() for segment in segments).hex()
    return [told[at : at + 64] for at in range(0, len(told), 64)]
