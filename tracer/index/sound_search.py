"""Chromaprint items -> where in the index the same items stand: an inverted file, held in memory.

As AcoustID does, an item is looked up by its upper 20 bits; here also with each of them turned
over, since compressed sound keeps all 20 only half of the time (bit error 0.03) or less. What the
lower bits say is left to whoever lays the two sounds over each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


class SoundTable:
    """The items of all indexed videos, sorted by key."""

    def __init__(self, entries: Iterable[tuple[int, Items]], silent: int) -> None:
        """Take (ordinal of a video, its items); the item ``silent`` is left out."""
        keys, videos, places = [], [], []
        for ordinal, items in entries:
            place = np.nonzero(items != silent)[0]
            keys.append((items[place] >> np.uint32(_SHIFT)).astype(np.int64))
            videos.append(np.full(len(place), ordinal, np.uint32))
            places.append(place.astype(np.uint32))
        key = np.concatenate([np.empty(0, np.int64), *keys])
        order = np.argsort(key, kind="stable")
        self._video = np.concatenate([np.empty(0, np.uint32), *videos])[order]
        self._item = np.concatenate([np.empty(0, np.uint32), *places])[order]
        self._start = np.r_[0, np.cumsum(np.bincount(key, minlength=1 << KEY_BITS))]
        self._silent = silent

    def __len__(self) -> int:
        return len(self._item)

    def hits(self, items: Items, longest: int) -> SoundHits:
        """Return the indexed items whose key differs by at most one bit.

        Keys with more than ``longest`` postings (a hum, a test tone) tell nothing: passed over.
        """
        rows = np.nonzero(items != self._silent)[0]
        key = (items[rows] >> np.uint32(_SHIFT)).astype(np.int64)[:, None] ^ _PROBES[None, :]
        start = self._start[key].reshape(-1)
        length = self._start[key + 1].reshape(-1) - start
        length[length > longest] = 0
        # Positions of all postings of all probed keys, without a Python loop.
        which = np.repeat(np.arange(len(length)), length)
        position = np.repeat(start - (np.cumsum(length) - length), length) + np.arange(len(which))
        return SoundHits(
            rows[which // len(_PROBES)],
            self._video[position].astype(np.int64),
            self._item[position].astype(np.int64),
        )
