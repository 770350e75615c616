"""What is searched: the fingerprints of an index and the tables that find candidates among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tracer.fingerprint.miniature import pictures_of
from tracer.index.hash_search import HashTable
from tracer.index.segment import Entry, Segment, built, names_of, starts_of
from tracer.index.words import WordTable
from tracer.match.strips import Film
from tracer.model import Fingerprint

_FILMS_HELD = 64  # decoded films kept at hand; some 2 MB for each minute of video


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """An index as matching sees it; a video is named by its ordinal in ``sha256s``."""

    sha256s: Sequence[str]  # those passed over as well
    gone: frozenset[int]  # ordinals that are passed over
    phash: HashTable
    dhash: HashTable
    words: WordTable
    fingerprint: Callable[[int], Fingerprint]
    film: Callable[[int], Film]

    def __len__(self) -> int:
        """Return how many videos are searched."""
        return len(self.sha256s) - len(self.gone)


def searched(
    segments: Sequence[Segment],
    fingerprint: Callable[[str], Fingerprint],
    gone: npt.NDArray[np.int64] | None = None,
) -> Searched:
    """Lay tables over segments; ``gone`` are ordinals that are passed over."""
    starts, sha256s = starts_of(segments), names_of(segments)
    hashes = [(first, one.hashes) for first, one in zip(starts, segments, strict=True)]
    words = [(first, one.words) for first, one in zip(starts, segments, strict=True)]

    @lru_cache(maxsize=_FILMS_HELD)
    def held(ordinal: int) -> Fingerprint:
        return fingerprint(sha256s[ordinal])

    @lru_cache(maxsize=_FILMS_HELD)
    def film(ordinal: int) -> Film:
        return film_of(held(ordinal))

    return Searched(
        sha256s=sha256s,
        gone=frozenset() if gone is None else frozenset(gone.tolist()),
        phash=HashTable(hashes, "phash", gone),
        dhash=HashTable(hashes, "dhash", gone),
        words=WordTable(words, gone),
        fingerprint=held,
        film=film,
    )


def from_fingerprints(fingerprints: Sequence[Fingerprint]) -> Searched:
    """Build the tables from fingerprints in memory."""
    by_name = {one.sha256: one for one in fingerprints}
    entries = [
        Entry(number, one.sha256, one.hashes, one.features, one.sound)
        for number, one in enumerate(fingerprints)
    ]
    return searched([built(entries)] if entries else [], by_name.__getitem__)


def film_of(fingerprint: Fingerprint) -> Film:
    """Return a fingerprint's film, decoded."""
    return Film(
        np.asarray(fingerprint.miniature.timestamps, np.float64), pictures_of(fingerprint.miniature)
    )
