"""What is searched: the fingerprints of an index and the tables that find candidates among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tracer.fingerprint.miniature import pictures_of
from tracer.index.hash_search import HashTable, tables
from tracer.index.words import WordTable
from tracer.match.strips import Film
from tracer.model import Fingerprint, FrameHashes, LocalFeatures

_FILMS_HELD = 64  # decoded films kept at hand; some 2 MB for each minute of video


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """An index as matching sees it; a video is named by its ordinal in ``sha256s``."""

    sha256s: Sequence[str]
    phash: HashTable
    dhash: HashTable
    words: WordTable
    fingerprint: Callable[[int], Fingerprint]
    film: Callable[[int], Film]

    def __len__(self) -> int:
        return len(self.sha256s)


def searched(
    sha256s: Sequence[str],
    hashes: Iterable[FrameHashes],
    features: Iterable[LocalFeatures],
    fingerprint: Callable[[str], Fingerprint],
) -> Searched:
    """Build the tables from hashes and features in the order of ``sha256s``."""
    phash, dhash = tables(enumerate(hashes))
    words = WordTable(enumerate(features))

    @lru_cache(maxsize=_FILMS_HELD)
    def held(ordinal: int) -> Fingerprint:
        return fingerprint(sha256s[ordinal])

    @lru_cache(maxsize=_FILMS_HELD)
    def film(ordinal: int) -> Film:
        return film_of(held(ordinal))

    return Searched(sha256s, phash, dhash, words, held, film)


def from_fingerprints(fingerprints: Sequence[Fingerprint]) -> Searched:
    """Build the tables from fingerprints in memory."""
    by_name = {one.sha256: one for one in fingerprints}
    return searched(
        [one.sha256 for one in fingerprints],
        (one.hashes for one in fingerprints),
        (one.features for one in fingerprints),
        by_name.__getitem__,
    )


def film_of(fingerprint: Fingerprint) -> Film:
    """Return a fingerprint's film, decoded."""
    return Film(
        np.asarray(fingerprint.miniature.timestamps, np.float64), pictures_of(fingerprint.miniature)
    )
