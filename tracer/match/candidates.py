"""Query fingerprint x index -> Candidates: which videos to look at closely, and where.

Two passes. Hashes find pictures that are whole (re-encoded, relit, with a line of text). Visual
words find what hashes lose: crops, insets, re-framings. Both are run on the query and on its mirror
image; neither decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tracer.fingerprint.hashing import hash_batch
from tracer.index.hash_search import HashHits, HashTable
from tracer.match.registration import FramePair
from tracer.match.searched import Searched
from tracer.match.strips import Film
from tracer.model import Box, Fingerprint, LocalFeatures
from tracer.settings import MatchSettings


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
    query: Fingerprint, film: Film, index: Searched, settings: MatchSettings
) -> list[Candidate]:
    """Return the videos worth a close look, most promising first."""
    found: dict[tuple[int, bool], Candidate] = {}
    for mirrored in (False, True):
        features = query.mirrored if mirrored else query.features
        if features is not None:
            _add_votes(found, features, index, mirrored, settings)
        _add_hits(found, query, film, index, mirrored, settings)
    own = {i for i, sha256 in enumerate(index.sha256s) if sha256 == query.sha256}
    others = [one for one in found.values() if one.ordinal not in own]
    return _chosen([one for one in others if not _outvoted(one, found, settings)], settings)


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
    votes = index.words.votes(features, settings.signature_differ, settings.word_longest)
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
    film: Film,
    index: Searched,
    mirrored: bool,
    settings: MatchSettings,
) -> None:
    """Add the videos with frames whose hashes lie within the radius."""
    if mirrored:
        times, phash, dhash = _mirrored_hashes(query, film, settings)
    else:
        times, phash, dhash = query.hashes.timestamps, query.hashes.phash, query.hashes.dhash
    best: dict[tuple[int, int], tuple[float, float, float]] = {}
    for table, hashes, radius in (
        (index.phash, phash, settings.phash_radius),
        (index.dhash, dhash, settings.dhash_radius),
    ):
        for video, moment, weight, at, there in _weighed(table, hashes, times, radius, settings):
            key = (video, moment)
            if key not in best or weight > best[key][0]:
                best[key] = (weight, at, there)
    for (video, _), (weight, at, there) in sorted(best.items()):
        candidate = _candidate(found, video, mirrored)
        candidate.hits += 1
        candidate.hash_weight += weight
        candidate.moments.append((at, there))


def _weighed(
    table: HashTable,
    hashes: npt.NDArray[np.uint64],
    times: npt.NDArray[np.float64],
    radius: int,
    settings: MatchSettings,
) -> list[tuple[int, int, float, float, float]]:
    """Return (video, moment of the query, weight, query seconds, match seconds) of each hit."""
    unique, inverse = np.unique(hashes, return_inverse=True)
    hits: HashHits = table.within(unique, radius)
    if not len(hits):
        return []
    counts = np.bincount(hits.query, minlength=len(unique))
    first_time = np.full(len(unique), np.inf)
    np.minimum.at(first_time, inverse, times)
    rows = []
    for q, video, there, distance in zip(
        hits.query.tolist(),
        hits.video.tolist(),
        hits.time.tolist(),
        hits.distance.tolist(),
        strict=True,
    ):
        if counts[q] > settings.hits_most:
            continue  # a stop-frame: black, a title card, a bumper
        weight = (1.0 - 0.5 * distance / max(1, radius)) / np.sqrt(counts[q])
        at = float(first_time[q])
        rows.append((video, int(at / settings.moment), float(weight), at, there))
    return rows


def _mirrored_hashes(
    query: Fingerprint, film: Film, settings: MatchSettings
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Hash the mirror image of the query's frames, whole and picture rectangle."""
    if not len(film.times):
        none = np.empty(0, np.uint64)
        return np.empty(0), none, none
    chosen = np.nonzero(np.isin(np.round(film.times, 3), np.round(query.hashes.timestamps, 3)))[0]
    if not len(chosen):
        none = np.empty(0, np.uint64)
        return np.empty(0), none, none
    flipped = np.ascontiguousarray(film.pictures[chosen][:, :, ::-1])
    times, phash, dhash = [], [], []
    for box in _rectangles(query):
        height, width = flipped.shape[1:]
        x0, x1 = round((1 - box[2]) * width), round((1 - box[0]) * width)
        y0, y1 = round(box[1] * height), round(box[3] * height)
        batch = hash_batch(flipped[:, y0 : max(y1, y0 + 4), x0 : max(x1, x0 + 4)])
        times.append(film.times[chosen])
        phash.append(batch.phash)
        dhash.append(batch.dhash)
    return np.concatenate(times), np.concatenate(phash), np.concatenate(dhash)


def _rectangles(query: Fingerprint) -> list[Box]:
    whole: Box = (0.0, 0.0, 1.0, 1.0)
    return [whole] if query.layout.picture == whole else [whole, query.layout.picture]
