"""Query fingerprint x index -> Candidates: which videos to look at closely, and where.

Two passes. Hashes find pictures that are whole (re-encoded, relit, with a line of text). Visual
words find what hashes lose: crops, insets, re-framings. Both are run on the query and on its mirror
image; neither decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from tracer.fingerprint.hashing import hash_batch
from tracer.fingerprint.hashing import mirrored as mirrored_bits
from tracer.index.hash_search import HashHits, HashTable
from tracer.match.registration import FramePair
from tracer.match.searched import Searched
from tracer.match.strips import Film
from tracer.model import Box, Fingerprint, FloatArray, FrameHashes, LocalFeatures
from tracer.settings import MatchSettings

Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Candidate:
    """An indexed video that may share footage with the query, or with its mirror image."""

    ordinal: int
    mirrored: bool
    pairs: list[FramePair] = field(default_factory=list)  # by shared features, best first
    votes: float = 0.0  # shared features, weighed by rarity
    hits: int = 0  # distinct moments of the query that a hash found
    hash_weight: float = 0.0  # the same, weighed by rarity and distance
    moments: list[tuple[float, float]] = field(default_factory=list)  # (query, match) of hash hits


def candidates(
    query: Fingerprint,
    film: Film | None,
    index: Searched,
    settings: MatchSettings,
    *,
    threads: int = 1,
) -> list[Candidate]:
    """Return the videos worth a close look, most promising first.

    Without its film, the mirror image of a query is hashed from the bits of its own hashes. Two
    ``threads`` look up the query and its mirror image side by side.
    """

    def named(mirrored: bool) -> dict[tuple[int, bool], Candidate]:
        some: dict[tuple[int, bool], Candidate] = {}
        features = query.mirrored if mirrored else query.features
        if features is not None:
            _add_votes(some, features, index, mirrored, settings)
        _add_hits(some, query, film, index, mirrored, settings)
        return some

    if threads == 1:
        found = named(False) | named(True)
    else:
        with ThreadPoolExecutor(threads) as pool:
            plain, turned = pool.map(named, (False, True))
        found = plain | turned
    own = {i for i, sha256 in enumerate(index.sha256s) if sha256 == query.sha256}
    others = [one for one in found.values() if one.ordinal not in own]
    return _chosen([one for one in others if not _outvoted(one, found, settings)], settings)


def mirror_candidates(
    features: LocalFeatures, own: str, index: Searched, settings: MatchSettings
) -> list[Candidate]:
    """Return the videos that share features of a mirror image, most votes first.

    ``own`` is the SHA-256 of the video that is asked about, which is left out.
    """
    found: dict[tuple[int, bool], Candidate] = {}
    _add_votes(found, features, index, True, settings)
    others = [one for one in found.values() if index.sha256s[one.ordinal] != own]
    return sorted(others, key=lambda one: (-one.votes, one.ordinal))


def _outvoted(
    one: Candidate, found: dict[tuple[int, bool], Candidate], settings: MatchSettings
) -> bool:
    """Tell whether the mirror image of a candidate has far more to say for itself."""
    other = found.get((one.ordinal, not one.mirrored))
    if other is None:
        return False
    return one.votes < settings.outvoted * other.votes and one.hits <= other.hits


def _chosen(found: list[Candidate], settings: MatchSettings) -> list[Candidate]:
    """Keep the best by votes and the best by hashes, in turns, so that neither pass rules alone."""
    by_votes = sorted(found, key=lambda one: (-one.votes, one.ordinal, one.mirrored))
    by_hash = sorted(found, key=lambda one: (-one.hash_weight, one.ordinal, one.mirrored))
    by_hash = [one for one in by_hash if one.hits]
    kept: dict[tuple[int, bool], Candidate] = {}
    for rank in range(max(len(by_votes), len(by_hash))):
        for order in (by_votes, by_hash):
            if rank < len(order) and len(kept) < settings.candidates:
                kept.setdefault((order[rank].ordinal, order[rank].mirrored), order[rank])
    return list(kept.values())


def _candidate(found: dict[tuple[int, bool], Candidate], ordinal: int, mirrored: bool) -> Candidate:
    return found.setdefault((ordinal, mirrored), Candidate(ordinal, mirrored))


# --- visual words ------------------------------------------------------------------------------


def _add_votes(
    found: dict[tuple[int, bool], Candidate],
    features: LocalFeatures,
    index: Searched,
    mirrored: bool,
    settings: MatchSettings,
) -> None:
    """Add the frame pairs that share features."""
    votes = index.words.votes(
        features,
        settings.signature_differ,
        settings.word_longest,
        settings.word_budget,
        settings.ranked,
    )
    pairs: dict[int, list[FramePair]] = defaultdict(list)
    for video, q, m, weight in zip(
        votes.video.tolist(),
        votes.query_frame.tolist(),
        votes.frame.tolist(),
        votes.votes.tolist(),
        strict=True,
    ):
        pairs[video].append(FramePair(q, m, weight))
    for video, all_pairs in pairs.items():
        all_pairs.sort(key=lambda pair: (-pair.votes, pair.query_frame, pair.match_frame))
        candidate = _candidate(found, video, mirrored)
        first = all_pairs[: settings.frame_pairs_first]
        candidate.pairs = [*first, *_varied(all_pairs[len(first) :])][: settings.frame_pairs]
        # For each moment of the query its best frame: many frames of a still scene count once.
        best: dict[int, float] = {}
        for pair in all_pairs:
            best.setdefault(pair.query_frame, pair.votes)
        candidate.votes = float(sum(sorted(best.values(), reverse=True)[:_MOMENTS_RANKED]))


def _varied(pairs: list[FramePair]) -> list[FramePair]:
    """Order pairs so that each frame of the query comes with its best partner before its second.

    Where the camera moves, the best partner is the nearest in time, and only nearest partners
    share one transform.
    """
    rank: dict[int, int] = defaultdict(int)
    ranked = []
    for place, pair in enumerate(pairs):
        ranked.append((rank[pair.query_frame], place, pair))
        rank[pair.query_frame] += 1
    return [pair for _, _, pair in sorted(ranked, key=lambda one: one[:2])]


_MOMENTS_RANKED = 6  # moments of the query that rank a candidate: a part of a compilation has few


# --- hashes
# ----------------------------------------------------------------------------------------


def _add_hits(
    found: dict[tuple[int, bool], Candidate],
    query: Fingerprint,
    film: Film | None,
    index: Searched,
    mirrored: bool,
    settings: MatchSettings,
) -> None:
    """Add the videos with frames whose hashes lie within the radius."""
    asked = _own_hashes(query.hashes)
    if mirrored and film is None:
        asked = _own_hashes(mirrored_bits(query.hashes))
    elif mirrored and film is not None:
        asked = _mirrored_hashes(query, film, settings)
    hits = [
        _weighed(index.phash, asked.times, asked.phash, asked.phash256, "phash", settings),
        _weighed(index.dhash, asked.times, asked.dhash, asked.dhash256, "dhash", settings),
    ]
    video, at, there, weight = (np.concatenate(each) for each in zip(*hits, strict=True))
    moment = (at / settings.moment).astype(np.int64)
    # Of each moment of the query, the best hit in each video.
    order = np.lexsort((-weight, moment, video))
    first = (np.diff(video[order], prepend=-1) != 0) | (np.diff(moment[order], prepend=-1) != 0)
    order = order[first]
    names, place = np.unique(video[order], return_inverse=True)
    total = np.bincount(place, weight[order], len(names))
    leading = names[np.lexsort((names, -total))[: settings.ranked]]
    for row in order[np.isin(video[order], leading)].tolist():
        candidate = _candidate(found, int(video[row]), mirrored)
        candidate.hits += 1
        candidate.hash_weight += float(weight[row])
        candidate.moments.append((float(at[row]), float(there[row])))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """The hashes that are looked up; arrays of one length."""

    times: FloatArray
    phash: npt.NDArray[np.uint64]
    dhash: npt.NDArray[np.uint64]
    phash256: npt.NDArray[np.uint8]
    dhash256: npt.NDArray[np.uint8]


def _own_hashes(hashes: FrameHashes) -> _Asked:
    return _Asked(hashes.timestamps, hashes.phash, hashes.dhash, hashes.phash256, hashes.dhash256)


def _weighed(
    table: HashTable,
    times: FloatArray,
    hashes: npt.NDArray[np.uint64],
    finer: npt.NDArray[np.uint8],
    kind: Literal["phash", "dhash"],
    settings: MatchSettings,
) -> tuple[Ints, FloatArray, FloatArray, FloatArray]:
    """Return video, second of the query, second of the video and weight of each hit.

    What only the short hashes take for alike, by chance among millions, the long ones tell apart.
    """
    radius = settings.phash_radius if kind == "phash" else settings.dhash_radius
    finest = settings.phash256_radius if kind == "phash" else settings.dhash256_radius
    unique, first = np.unique(hashes, return_index=True)  # of equal ones the earliest
    hits = table.within(unique, radius)
    shown = _videos_of_each(hits, len(unique))
    hits = hits.only(shown[hits.query] <= _stop_from(shown, settings))
    apart = np.bitwise_count(finer[first[hits.query]] ^ table.finer(hits.row)).sum(axis=1)
    hits = hits.only(apart <= finest)
    nearness = 1.0 - 0.5 * hits.distance / max(1, radius)
    at = times[first][hits.query]
    return hits.video, at, hits.time.astype(np.float64), nearness / np.sqrt(shown[hits.query])


def _videos_of_each(hits: HashHits, count: int) -> Ints:
    """Return in how many videos each hash of a query is found."""
    last = int(hits.video.max()) + 1 if len(hits) else 1
    pairs = np.unique(hits.query * last + hits.video)
    return np.bincount(pairs // last, minlength=count)


def _stop_from(shown: Ints, settings: MatchSettings) -> int:
    """Return the number of videos above which a frame is a stop-frame: black, a title, a bumper.

    Where most frames of a query are in so many, it is a film that is, not a bumper: the rarest
    of its frames are kept.
    """
    if len(shown) < 2 * settings.rarest_kept:
        return settings.hits_most
    return max(
        settings.hits_most, int(np.partition(shown, settings.rarest_kept)[settings.rarest_kept])
    )


def _mirrored_hashes(query: Fingerprint, film: Film, settings: MatchSettings) -> _Asked:
    """Hash the mirror image of the query's frames, whole and picture rectangle."""
    chosen = np.nonzero(np.isin(np.round(film.times, 3), np.round(query.hashes.timestamps, 3)))[0]
    if not len(chosen):
        none, wide = np.empty(0, np.uint64), np.empty((0, 32), np.uint8)
        return _Asked(np.empty(0), none, none, wide, wide)
    flipped = np.ascontiguousarray(film.pictures[chosen][:, :, ::-1])
    batches = []
    for box in _rectangles(query):
        height, width = flipped.shape[1:]
        x0, x1 = round((1 - box[2]) * width), round((1 - box[0]) * width)
        y0, y1 = round(box[1] * height), round(box[3] * height)
        batches.append(hash_batch(flipped[:, y0 : max(y1, y0 + 4), x0 : max(x1, x0 + 4)]))
    return _Asked(
        np.concatenate([film.times[chosen]] * len(batches)),
        np.concatenate([one.phash for one in batches]),
        np.concatenate([one.dhash for one in batches]),
        np.concatenate([one.phash256 for one in batches]),
        np.concatenate([one.dhash256 for one in batches]),
    )


def _rectangles(query: Fingerprint) -> list[Box]:
    whole: Box = (0.0, 0.0, 1.0, 1.0)
    return [whole] if query.layout.picture == whole else [whole, query.layout.picture]
