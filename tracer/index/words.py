"""ORB features -> the indexed frames that show the same corners: an inverted file of binary words.

A word is 20 of the 256 bits of ORB's descriptor, read directly (no vocabulary is trained); a query
descriptor looks up its own word and the 20 that differ in one bit. 32 other bits ride along in each
posting as a signature: pairs that differ in more than a few of them are dropped before they count
(the idea of Hamming embedding, Jégou 2008). The bits were chosen for being balanced, stable and
uncorrelated over 68,000 pairs of features of real frames and of the same frames scaled by 0.55 to
1.25, relit and compressed: of these, 48 % keep at least 19 of the 20 bits and 97 % differ in at
most 7 of the 32; of other pairs, 2 % do.

Over a thousand hours a word stands in some hundreds of places, and the commonest in millions, so
the work for a query is bounded: its look-ups are made in the order of what they promise for what
they cost, until a budget of postings is used up. Rare words come first, a feature's own word before
its neighbours; a small index is read in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tracer.fingerprint.descriptors import KEPT_BITS
from tracer.index.mapped import released
from tracer.model import FloatArray, LocalFeatures

WORD_BITS = (212, 231, 162, 39, 227, 30, 153, 118, 3, 74, 7, 21, 246, 233, 166, 2, 64, 90, 240, 48)
SIGNATURE_BITS = (
    *(220, 5, 235, 224, 230, 219, 225, 208, 6, 65, 1, 169, 144, 93, 238, 60),
    *(117, 164, 218, 92, 114, 156, 159, 43, 177, 112, 79, 77, 158, 222, 163, 154),
)
_PROBES = np.array([0, *(1 << bit for bit in range(len(WORD_BITS)))], np.uint32)
_OWN_WORTH = 20
"""How much likelier a feature stands under its own word than under one certain neighbour: of true
pairs some 27 % keep the word, some 21 % stand under one of its 20 neighbours (measured)."""
_AT_ONCE = 1 << 21  # postings that are looked at together; it bounds the memory
_PAIRS_MOST = 300_000  # frame pairs that are ranked; beyond, those with fewest votes are noise
_MOMENTS_RANKED = 6  # moments of the query that rank a video: a part of a compilation has few

Entries = Iterable[tuple[int, LocalFeatures]]
U32 = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class WordVotes:
    """Votes for pairs of a query frame and an indexed frame; arrays of one length."""

    query_frame: Ints  # row of the query's feature frames
    video: Ints  # ordinal of the indexed video
    frame: Ints  # row of that video's feature frames
    votes: FloatArray  # weighted count of features in common

    def __len__(self) -> int:
        return len(self.votes)


@dataclass(frozen=True, slots=True, eq=False)
class WordPart:
    """The postings of some videos, sorted by word."""

    start: U32  # (2^20 + 1,), where each word's postings begin
    posting: U32  # (p, 2): signature, row of the two arrays below
    video: U32  # (f,), place of a frame's video among those of the part
    row: U32  # (f,), row of that video's feature frames


def words_of(descriptors: npt.NDArray[np.uint8]) -> U32:
    """Return the 20-bit word of each descriptor (m, 16) uint8."""
    return _gathered(descriptors, WORD_BITS)


def signatures_of(descriptors: npt.NDArray[np.uint8]) -> U32:
    """Return the 32-bit signature of each descriptor (m, 16) uint8."""
    return _gathered(descriptors, SIGNATURE_BITS)


def _gathered(descriptors: npt.NDArray[np.uint8], bits: tuple[int, ...]) -> U32:
    values = np.zeros(len(descriptors), np.uint32)
    columns = np.ascontiguousarray(descriptors.T)
    for byte, table in _tables(bits):
        values |= table[columns[byte]]
    return values


@cache
def _tables(bits: tuple[int, ...]) -> list[tuple[int, U32]]:
    """Return for each byte of a descriptor that counts what its 256 values contribute."""
    tables: dict[int, U32] = {}
    for place, of_orb in enumerate(bits):
        # Bit 0 is the highest of the first byte, as np.packbits orders them.
        bit = KEPT_BITS.index(of_orb)
        one = (np.arange(256, dtype=np.uint32) >> np.uint32(7 - (bit & 7))) & np.uint32(1)
        table = tables.setdefault(bit >> 3, np.zeros(256, np.uint32))
        table |= one << np.uint32(place)
    return sorted(tables.items())


class WordSorter:
    """Takes the features of videos, one after another, and sorts them by word.

    Of a feature it holds 12 bytes, so that the descriptors, 16 bytes each, need not be kept.
    """

    def __init__(self) -> None:
        self._words: list[U32] = []
        self._signatures: list[U32] = []
        self._frames: list[U32] = []
        self._videos: list[U32] = []
        self._rows: list[U32] = []
        self._base = 0
        self.features = 0  # taken so far

    def add(self, place: int, features: LocalFeatures) -> None:
        """Take the features of the video at a place of the part."""
        count = len(features.timestamps)
        self._words.append(words_of(features.descriptors))
        self._signatures.append(signatures_of(features.descriptors))
        self._frames.append(features.frame.astype(np.uint32) + np.uint32(self._base))
        self._videos.append(np.full(count, place, np.uint32))
        self._rows.append(np.arange(count, dtype=np.uint32))
        self._base += count
        self.features += len(features)

    def part(self) -> WordPart:
        """Return what was taken, sorted."""
        none = np.empty(0, np.uint32)
        word = np.concatenate([none, *self._words])
        # Word and place in one number: sorting those is several times faster than sorting places.
        both = word.astype(np.uint64) << np.uint64(32)
        both |= np.arange(len(word), dtype=np.uint64)
        both.sort()
        order = both.astype(np.uint32)  # the lower half
        posting = np.empty((len(word), 2), np.uint32)
        posting[:, 0] = np.concatenate([none, *self._signatures])[order]
        posting[:, 1] = np.concatenate([none, *self._frames])[order]
        counts = np.bincount(word, minlength=1 << len(WORD_BITS))
        return WordPart(
            start=np.r_[0, np.cumsum(counts)].astype(np.uint32),
            posting=posting,
            video=np.concatenate([none, *self._videos]),
            row=np.concatenate([none, *self._rows]),
        )


def word_part(entries: Entries) -> WordPart:
    """Sort the features of videos by word; a video is named by its place given with it."""
    sorter = WordSorter()
    for place, features in entries:
        sorter.add(place, features)
    return sorter.part()


@dataclass(frozen=True, slots=True, eq=False)
class _LookUps:
    """Which words a query looks up, by word; arrays of one length."""

    word: U32
    feature: Ints  # row of the query's features
    probe: Ints  # 0 = its own word
    length: Ints  # postings in all parts


class WordTable:
    """Postings of all indexed features, in parts."""

    def __init__(self, parts: Sequence[tuple[int, WordPart]], gone: Ints | None = None) -> None:
        """Take (ordinal of the first video, its part); ``gone`` are ordinals to pass over."""
        self._parts = parts
        self._gone = np.empty(0, np.int64) if gone is None else gone
        self._first_frame = np.cumsum([0, *(len(part.video) for _, part in parts)])

    @classmethod
    def of(cls, entries: Entries) -> WordTable:
        """Build the table from (ordinal of a video, its features)."""
        return cls([(0, word_part(entries))])

    def votes(
        self,
        features: LocalFeatures,
        differ: int,
        longest: int,
        budget: int | None = None,
        best: int | None = None,
    ) -> WordVotes:
        """Vote for frame pairs that share features.

        ``differ`` is the number of signature bits that a pair may differ in; words with more than
        ``longest`` postings are passed over (they tell nothing). A vote weighs less the more
        postings its word has. ``budget`` bounds the postings that are read, ``best`` the videos
        that are told.
        """
        none = np.empty(0, np.int64)
        if not len(features) or not self._first_frame[-1]:
            return WordVotes(none, none, none, np.empty(0))
        asked = self._look_ups(features, longest, budget)
        signature = signatures_of(features.descriptors)
        found = [
            keys + (np.uint64(first) * np.uint64(len(features)) << _PROBE_BITS)
            for (_, part), first in zip(self._parts, self._first_frame, strict=False)
            for keys in _agreeing(part, asked, signature, differ)
        ]
        keys = np.sort(np.concatenate([np.empty(0, np.uint64), *found]))
        return self._told(keys, features, asked, best)

    def _look_ups(self, features: LocalFeatures, longest: int, budget: int | None) -> _LookUps:
        """Choose what is looked up: the most promising for their cost first."""
        word = (words_of(features.descriptors)[:, None] ^ _PROBES[None, :]).reshape(-1)
        length = np.zeros(len(word), np.int64)
        for _, part in self._parts:
            length += part.start[word + 1].astype(np.int64) - part.start[word]
        chosen = np.nonzero((length > 0) & (length <= longest))[0]
        if budget is not None and length[chosen].sum() > budget:
            own = chosen % len(_PROBES) == 0
            cost = np.where(own, length[chosen], length[chosen] * _OWN_WORTH)
            ranked = _sorted_by(cost, chosen)
            chosen = ranked[np.cumsum(length[ranked]) <= budget]
        chosen = _sorted_by(word[chosen].astype(np.int64), chosen)
        feature, probe = np.divmod(chosen, len(_PROBES))
        return _LookUps(word[chosen], feature, probe, length[chosen])

    def _told(
        self,
        keys: npt.NDArray[np.uint64],
        features: LocalFeatures,
        asked: _LookUps,
        best: int | None,
    ) -> WordVotes:
        """Count the votes; ``keys`` name indexed frame, feature and probe, sorted."""
        probe = (keys & _PROBE_MASK).astype(np.int64)
        frame, feature = np.divmod((keys >> _PROBE_BITS).astype(np.int64), len(features))
        # A feature votes once for a frame, however many of its words lead there; its own first.
        once = np.r_[True, (np.diff(frame) != 0) | (np.diff(feature) != 0)][: len(keys)]
        frame, feature, probe = frame[once], feature[once], probe[once]
        weights = np.zeros(len(features) * len(_PROBES))
        weights[asked.feature * len(_PROBES) + asked.probe] = 1.0 / np.sqrt(asked.length)
        asking = len(features.timestamps)
        pair = frame * asking + features.frame[feature].astype(np.int64)
        unique, inverse = np.unique(pair, return_inverse=True)
        weight = weights[feature * len(_PROBES) + probe]
        votes = np.bincount(inverse, weight, len(unique)).astype(np.float64)
        frame, query_frame = np.divmod(unique, asking)
        if len(votes) > _PAIRS_MOST:
            kept = np.sort(np.argpartition(-votes, _PAIRS_MOST)[:_PAIRS_MOST])
            frame, query_frame, votes = frame[kept], query_frame[kept], votes[kept]
        video, row = self._placed(frame)
        kept = np.nonzero(~np.isin(video, self._gone))[0]
        kept = kept[_among_best(video[kept], query_frame[kept], votes[kept], best)]
        kept = kept[np.lexsort((row[kept], video[kept], query_frame[kept]))]
        return WordVotes(query_frame[kept], video[kept], row[kept], votes[kept])

    def _placed(self, frame: Ints) -> tuple[Ints, Ints]:
        """Return the video and its row of frames numbered over all parts."""
        video, row = np.empty(len(frame), np.int64), np.empty(len(frame), np.int64)
        bounds = np.searchsorted(frame, self._first_frame)  # frames come sorted
        for place, (first, part) in enumerate(self._parts):
            where = slice(bounds[place], bounds[place + 1])
            local = frame[where] - self._first_frame[place]
            video[where] = part.video[local].astype(np.int64) + first
            row[where] = part.row[local]
        return video, row


_PROBE_BITS = np.uint64(5)
_PROBE_MASK = np.uint64((1 << 5) - 1)


def _sorted_by(values: Ints, rows: Ints) -> Ints:
    """Return rows in the order of their values, equal ones by row; both are below 2^31.

    Packed into one number each they sort several times faster than by a stable argsort.
    """
    keys = (values << 32) | rows
    keys.sort()
    ordered: Ints = keys & 0xFFFFFFFF
    return ordered


def _agreeing(
    part: WordPart, asked: _LookUps, signature: U32, differ: int
) -> Iterator[npt.NDArray[np.uint64]]:
    """Yield keys of indexed frame, feature and probe where the signatures agree, in blocks."""
    start = part.start[asked.word].astype(np.int64)
    length = part.start[asked.word + 1].astype(np.int64) - start
    ends = np.cumsum(length)
    block = 0
    while block < len(length):
        before = ends[block] - length[block]
        stop = max(block + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        some = slice(block, stop)
        block = stop
        lengths = length[some]
        # Positions of all postings of all words asked for, without a Python loop.
        which = np.repeat(np.arange(len(lengths)), lengths)
        position = np.arange(len(which)) + np.repeat(
            start[some] - (np.cumsum(lengths) - lengths), lengths
        )
        if not len(which):
            continue
        postings = part.posting[position]
        feature = asked.feature[some][which]
        near = np.bitwise_count(signature[feature] ^ postings[:, 0]) <= differ
        feature, frame = feature[near], postings[near, 1]
        probe = asked.probe[some][which[near]]
        key = frame.astype(np.uint64) * np.uint64(len(signature)) + feature.astype(np.uint64)
        yield (key << _PROBE_BITS) | probe.astype(np.uint64)
    released(part.posting)


def _among_best(video: Ints, query_frame: Ints, votes: FloatArray, best: int | None) -> Ints:
    """Return the rows of the ``best`` videos, by the votes of their best moments."""
    every = np.arange(len(video))
    if best is None or not len(video):
        return every
    # For each moment of the query its best frame: many frames of a still scene count once.
    order = np.lexsort((-votes, query_frame, video))
    first = np.r_[True, (np.diff(video[order]) != 0) | (np.diff(query_frame[order]) != 0)]
    order = order[first]
    order = order[np.lexsort((-votes[order], video[order]))]
    owner = video[order]
    starts = np.nonzero(np.r_[True, np.diff(owner) != 0])[0]
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    counted = order[rank < _MOMENTS_RANKED]
    names, place = np.unique(video[counted], return_inverse=True)
    total = np.bincount(place, votes[counted])
    leading = names[np.lexsort((names, -total))[:best]]
    return every[np.isin(video, leading)]
