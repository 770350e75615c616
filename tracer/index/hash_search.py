"""Hashes -> the indexed frames within a Hamming radius: exact, at any radius.

faiss scans packed 64-bit hashes, wherever they lie (memory or a mapped file), at some 0.8
nanoseconds a pair and core (measured), which beats every approximate structure at this length:
tables of 16 bits would read a third of it all, so tied to each other are the bits of real hashes.
The frames of one shot hash to nearly the same, so a query's hashes are asked in groups: what lies
within the radius of one of them lies within the radius and its distance from the group's middle.
The naive twin is in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.index.mapped import released
from tracer.model import FrameHashes

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_GROUP = 5
"""Bits from a group's middle. A wider radius finds more that has to be looked at again."""


@dataclass(frozen=True, slots=True, eq=False)
class HashHits:
    """Pairs of a query hash and an indexed frame; arrays of one length."""

    query: Ints  # row of the query's hashes
    video: Ints  # ordinal of the indexed video
    time: npt.NDArray[np.float32]  # seconds in the indexed video
    distance: npt.NDArray[np.int32]  # Hamming bits
    row: Ints  # row of the table, as `HashTable.finer` takes it

    def __len__(self) -> int:
        return len(self.query)

    def only(self, rows: npt.NDArray[Any]) -> HashHits:
        """Return some of the hits."""
        return HashHits(
            self.query[rows], self.video[rows], self.time[rows], self.distance[rows], self.row[rows]
        )


@dataclass(frozen=True, slots=True, eq=False)
class HashPart:
    """The hashes of some videos, in their order."""

    phash: Words  # (n,)
    dhash: Words  # (n,)
    phash256: npt.NDArray[np.uint8]  # (n, 32)
    dhash256: npt.NDArray[np.uint8]  # (n, 32)
    video: npt.NDArray[np.uint32]  # (n,), place of the video among those of the part
    time: npt.NDArray[np.float32]  # (n,), seconds


def hash_part(entries: Iterable[tuple[int, FrameHashes]]) -> HashPart:
    """Join the hashes of videos; a video is named by its place given with it."""
    kept = [(place, hashes) for place, hashes in entries if len(hashes)]
    none, wide = np.empty(0, np.uint64), np.empty((0, 32), np.uint8)
    places = [np.full(len(hashes), place, np.uint32) for place, hashes in kept]
    times = [hashes.timestamps.astype(np.float32) for _, hashes in kept]
    return HashPart(
        phash=np.concatenate([none, *(hashes.phash for _, hashes in kept)]),
        dhash=np.concatenate([none, *(hashes.dhash for _, hashes in kept)]),
        phash256=np.concatenate([wide, *(hashes.phash256 for _, hashes in kept)]),
        dhash256=np.concatenate([wide, *(hashes.dhash256 for _, hashes in kept)]),
        video=np.concatenate([np.empty(0, np.uint32), *places]),
        time=np.concatenate([np.empty(0, np.float32), *times]),
    )


class HashTable:
    """All indexed hashes of one kind, in parts."""

    def __init__(
        self,
        parts: Sequence[tuple[int, HashPart]],
        kind: str = "phash",
        gone: Ints | None = None,
    ) -> None:
        """Take (ordinal of the first video, its part); ``gone`` are ordinals to pass over."""
        self._parts = [(first, part) for first, part in parts if len(part.video)]
        self._kind = kind
        self._gone = np.empty(0, np.int64) if gone is None else gone
        self._first_row = np.cumsum([0, *(len(part.video) for _, part in self._parts)])

    def within(self, hashes: Words, radius: int) -> HashHits:
        """Return every indexed frame within ``radius`` bits of each hash, by query row."""
        none = np.empty(0, np.int64)
        found = [(none, none, np.empty(0, np.int32))]
        if len(hashes):
            groups = _grouped(hashes)
            for (_, part), first in zip(self._parts, self._first_row, strict=False):
                stored: Words = getattr(part, self._kind)
                query, row, distance = _scanned(stored, hashes, groups, radius)
                found.append((query, row + first, distance))
                released(stored)
        query, row, distance = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.lexsort((row, query))
        query, row, distance = query[order], row[order], distance[order]
        video, time = self._placed(row)
        hits = HashHits(query, video, time, distance, row)
        return hits.only(~np.isin(video, self._gone)) if len(self._gone) else hits

    def finer(self, rows: Ints) -> npt.NDArray[np.uint8]:
        """Return the 256-bit hashes (n, 32) of some rows."""
        out = np.empty((len(rows), 32), np.uint8)
        for place, (_, part) in enumerate(self._parts):
            where = self._inside(rows, place)
            stored: npt.NDArray[np.uint8] = getattr(part, f"{self._kind}256")
            out[where] = stored[rows[where] - self._first_row[place]]
        return out

    def _placed(self, rows: Ints) -> tuple[Ints, npt.NDArray[np.float32]]:
        """Return video and second of rows."""
        video, time = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
        for place, (first, part) in enumerate(self._parts):
            where = self._inside(rows, place)
            local = rows[where] - self._first_row[place]
            video[where] = part.video[local].astype(np.int64) + first
            time[where] = part.time[local]
        return video, time

    def _inside(self, rows: Ints, place: int) -> npt.NDArray[np.bool_]:
        first, last = self._first_row[place], self._first_row[place + 1]
        inside: npt.NDArray[np.bool_] = (rows >= first) & (rows < last)
        return inside


_Group = tuple[int, Ints, int]  # the middle's row, the rows of all its members, the widest distance


def _grouped(hashes: Words) -> list[_Group]:
    """Divide hashes into groups that lie within a few bits of one of them."""
    left = np.arange(len(hashes))
    groups = []
    while len(left):
        middle = int(left[0])
        apart = np.bitwise_count(hashes[left] ^ hashes[middle])
        near = apart <= _GROUP
        groups.append((middle, left[near], int(apart[near].max())))
        left = left[~near]
    return groups


def _scanned(
    stored: Words, hashes: Words, groups: Sequence[_Group], radius: int
) -> tuple[Ints, Ints, npt.NDArray[np.int32]]:
    """Return (query row, stored row, distance) of every pair within the radius."""
    query, row, distance = [], [], []
    for width in sorted({width for _, _, width in groups}):
        some = [group for group in groups if group[2] == width]
        centres = np.ascontiguousarray(hashes[[middle for middle, _, _ in some]])
        limits, labels = _range_search(stored, centres, radius + width)
        for place, (_, members, _) in enumerate(some):
            rows = labels[limits[place] : limits[place + 1]]
            if not len(rows):
                continue
            near = stored[rows]
            for member in members:
                apart = np.bitwise_count(near ^ hashes[member])
                inside = np.nonzero(apart <= radius)[0]
                query.append(np.full(len(inside), member, np.int64))
                row.append(rows[inside])
                distance.append(apart[inside].astype(np.int32))
    none = np.empty(0, np.int64)
    return (
        np.concatenate([none, *query]),
        np.concatenate([none, *row]),
        np.concatenate([np.empty(0, np.int32), *distance]),
    )


def _range_search(stored: Words, asked: Words, radius: int) -> tuple[Ints, Ints]:
    """Return (limits, rows) of what lies within the radius, without copying what is stored."""
    import faiss

    kernels: Any = faiss  # its C functions have no stubs
    found = kernels.RangeSearchResult(len(asked))
    kernels.hamming_range_search(
        faiss.swig_ptr(asked.view(np.uint8)),
        faiss.swig_ptr(stored.view(np.uint8)),
        len(asked),
        len(stored),
        radius + 1,  # faiss asks for strictly less
        8,
        found,
    )
    limits = faiss.rev_swig_ptr(found.lims, len(asked) + 1).astype(np.int64)
    total = int(limits[-1])
    if not total:
        return limits, np.empty(0, np.int64)
    return limits, faiss.rev_swig_ptr(found.labels, total).astype(np.int64)


def tables(entries: Iterable[tuple[int, FrameHashes]]) -> tuple[HashTable, HashTable]:
    """Build the pHash and the dHash table from (ordinal of a video, its hashes)."""
    part = hash_part(entries)
    return HashTable([(0, part)], "phash"), HashTable([(0, part)], "dhash")
