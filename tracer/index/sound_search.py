"""Chromaprint items -> where in the index the same items stand: an inverted file.

As AcoustID does, an item is looked up by its upper 20 bits; here also with each of them turned
over, since compressed sound keeps all 20 only half of the time (bit error 0.03) or less. What the
lower bits say is left to whoever lays the two sounds over each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.index.mapped import released

Items = npt.NDArray[np.uint32]

KEY_BITS = 20
_SHIFT = 32 - KEY_BITS
_PROBES = np.concatenate([[0], 1 << np.arange(KEY_BITS)]).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class SoundHits:
    """Pairs of a query's item and an indexed one with nearly the same key; arrays of one length."""

    query: npt.NDArray[np.int64]  # which item of the query
    video: npt.NDArray[np.int64]  # ordinal of the indexed video
    item: npt.NDArray[np.int64]  # which of its items

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True, eq=False)
class SoundPart:
    """The items of some videos, sorted by key."""

    start: npt.NDArray[np.uint32]  # (2^20 + 1,), where each key's items begin
    item: npt.NDArray[np.uint32]  # (n, 2): place of the video in the part, which of its items


def sound_part(entries: Iterable[tuple[int, Items]], silent: int) -> SoundPart:
    """Sort the items of videos by key; the item ``silent`` is left out."""
    keys, videos, places = [], [], []
    for place, items in entries:
        heard = np.nonzero(items != silent)[0]
        keys.append((items[heard] >> np.uint32(_SHIFT)).astype(np.int64))
        videos.append(np.full(len(heard), place, np.uint32))
        places.append(heard.astype(np.uint32))
    key = np.concatenate([np.empty(0, np.int64), *keys])
    order = np.argsort(key, kind="stable")
    item = np.empty((len(key), 2), np.uint32)
    item[:, 0] = np.concatenate([np.empty(0, np.uint32), *videos])[order]
    item[:, 1] = np.concatenate([np.empty(0, np.uint32), *places])[order]
    start = np.r_[0, np.cumsum(np.bincount(key, minlength=1 << KEY_BITS))]
    return SoundPart(start.astype(np.uint32), item)


class SoundTable:
    """The items of all indexed videos, in parts."""

    def __init__(
        self,
        parts: Sequence[tuple[int, SoundPart]],
        silent: int,
        gone: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """Take (ordinal of the first video, its part); ``gone`` are ordinals to pass over."""
        self._parts = parts
        self._silent = silent
        self._gone = np.empty(0, np.int64) if gone is None else gone

    @classmethod
    def of(cls, entries: Iterable[tuple[int, Items]], silent: int) -> SoundTable:
        """Build the table from (ordinal of a video, its items)."""
        return cls([(0, sound_part(entries, silent))], silent)

    def __len__(self) -> int:
        return sum(len(part.item) for _, part in self._parts)

    def hits(self, items: Items, longest: int) -> SoundHits:
        """Return the indexed items whose key differs by at most one bit.

        Keys with more than ``longest`` postings (a hum, a test tone) tell nothing: passed over.
        """
        rows = np.nonzero(items != self._silent)[0]
        key = (items[rows] >> np.uint32(_SHIFT)).astype(np.int64)[:, None] ^ _PROBES[None, :]
        key = key.reshape(-1)
        starts = [part.start[key].astype(np.int64) for _, part in self._parts]
        lengths = [
            part.start[key + 1] - start
            for (_, part), start in zip(self._parts, starts, strict=True)
        ]
        total = np.sum(lengths, axis=0) if lengths else np.zeros(len(key), np.int64)
        which, video, item = [], [], []
        for (first, part), start, each in zip(self._parts, starts, lengths, strict=True):
            length = np.where(total > longest, 0, each)
            # Positions of all postings of all probed keys, without a Python loop.
            asked = np.repeat(np.arange(len(length)), length)
            position = np.repeat(start - (np.cumsum(length) - length), length)
            found = part.item[position + np.arange(len(asked))].astype(np.int64)
            which.append(asked)
            video.append(found[:, 0] + first)
            item.append(found[:, 1])
            released(part.item)
        none = np.empty(0, np.int64)
        asked, videos = np.concatenate([none, *which]), np.concatenate([none, *video])
        places = np.concatenate([none, *item])
        order = np.argsort(asked, kind="stable")
        order = order[~np.isin(videos[order], self._gone)]
        return SoundHits(rows[asked[order] // len(_PROBES)], videos[order], places[order])
