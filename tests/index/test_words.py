"""Votes of visual words equal a plain count over all pairs of features."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from tracer.fingerprint.descriptors import KEPT_BITS
from tracer.index.words import (
    SIGNATURE_BITS,
    WORD_BITS,
    WordTable,
    signatures_of,
    word_part,
    words_of,
)
from tracer.model import LocalFeatures


def bits_of(descriptor, which):
    """Read bits of a descriptor one by one; the first kept is the highest of the first byte."""
    whole = int.from_bytes(bytes(descriptor), "big")
    at = [KEPT_BITS.index(bit) for bit in which]
    return sum((whole >> (127 - bit) & 1) << place for place, bit in enumerate(at))


def counted(query, entries, differ, longest):
    """Count as the definition says, feature by feature."""
    postings = defaultdict(list)
    for ordinal, features in entries:
        for frame, descriptor in zip(features.frame, features.descriptors, strict=True):
            posting = (ordinal, int(frame), bits_of(descriptor, SIGNATURE_BITS))
            postings[bits_of(descriptor, WORD_BITS)].append(posting)
    votes = defaultdict(list)
    for row, (mine, descriptor) in enumerate(zip(query.frame, query.descriptors, strict=True)):
        word, signature = (bits_of(descriptor, which) for which in (WORD_BITS, SIGNATURE_BITS))
        voted = set()
        # Its own word first, then those that differ in one bit: a frame is voted for once.
        for near in [word, *(word ^ (1 << bit) for bit in range(len(WORD_BITS)))]:
            listed = postings.get(near, [])
            if len(listed) > longest:
                continue
            for ordinal, frame, other in listed:
                if (signature ^ other).bit_count() <= differ and (ordinal, frame) not in voted:
                    voted.add((ordinal, frame))
                    votes[int(mine), ordinal, frame].append((row, len(listed) ** -0.5))
    return {key: sum(weight for _, weight in each) for key, each in votes.items()}


def tabled(query, entries, differ, longest):
    found = WordTable.of(entries).votes(query, differ, longest)
    keys = zip(found.query_frame.tolist(), found.video.tolist(), found.frame.tolist(), strict=True)
    return dict(zip(keys, found.votes.tolist(), strict=True))


def features(descriptors, frames, times=None):
    frames = np.array(frames, np.uint16)
    count = times or len(np.unique(frames))
    return LocalFeatures(
        timestamps=np.arange(count, dtype=np.float64),
        frame=frames,
        xy=np.zeros((len(frames), 2), np.uint16),
        octave=np.zeros(len(frames), np.uint8),
        descriptors=np.asarray(descriptors, np.uint8).reshape(-1, 16),
    )


def flipped(descriptors, bits):
    """Return descriptors with the given bits turned."""
    out = np.unpackbits(descriptors, axis=1)
    out[:, [KEPT_BITS.index(bit) for bit in bits]] ^= 1
    return np.packbits(out, axis=1)


@pytest.fixture(scope="module")
def corners():
    return np.random.default_rng(8).integers(0, 256, (60, 16), dtype=np.uint8)


@pytest.fixture(scope="module")
def videos(corners):
    """Three videos that share corners, some of them with turned bits; one has no features."""
    random = np.random.default_rng(9)
    noisy = np.unpackbits(corners, axis=1)
    noisy = np.packbits(noisy ^ (random.random(noisy.shape) < 0.04), axis=1)
    return [
        (4, features(corners[:40], random.integers(0, 3, 40), 3)),
        (6, features(np.empty((0, 16)), [], 2)),
        (7, features(np.concatenate([noisy, corners[:10]]), random.integers(0, 4, 70), 5)),
        (2, features(np.concatenate([corners[30:45]] * 6), random.integers(0, 2, 90), 2)),
    ]


@pytest.mark.parametrize("longest", [1, 3, 6, 4096])
@pytest.mark.parametrize("differ", [0, 3, 7, 32])
def test_votes_equal_a_plain_count(corners, videos, differ, longest):
    query = features(flipped(corners, [3]), np.arange(60) % 4)
    expected = counted(query, videos, differ, longest)
    assert tabled(query, videos, differ, longest) == pytest.approx(expected)
    assert expected or longest == 1


def test_votes_name_every_frame_pair_once_in_order(corners, videos):
    found = WordTable.of(videos).votes(features(corners, np.arange(60) % 4), 7, 4096)
    keys = list(zip(found.query_frame, found.video, found.frame, strict=True))
    assert len(set(keys)) == len(keys) == len(found)
    assert found.query_frame.tolist() == sorted(found.query_frame.tolist())


def test_a_feature_votes_once_for_a_frame_however_often_it_stands_there(corners):
    entries = [(0, features(np.concatenate([corners[:1]] * 5), [0, 0, 0, 0, 1]))]
    votes = tabled(features(corners[:1], [0]), entries, 7, 4096)
    assert votes == pytest.approx({(0, 0, 0): 5**-0.5, (0, 0, 1): 5**-0.5})


def test_one_turned_bit_of_the_word_is_forgiven_and_two_are_not(corners):
    entries = [(0, features(corners[:1], [0]))]
    for turned, found in ((WORD_BITS[:1], True), (WORD_BITS[5:7], False)):
        query = features(flipped(corners[:1], turned), [0])
        assert bool(tabled(query, entries, 7, 4096)) == found


def test_the_signature_forgives_as_many_bits_as_it_is_told(corners):
    entries = [(0, features(corners[:1], [0]))]
    query = features(flipped(corners[:1], SIGNATURE_BITS[:7]), [0])
    assert tabled(query, entries, 7, 4096)
    assert not tabled(query, entries, 6, 4096)


def test_a_word_that_is_everywhere_is_passed_over(corners):
    """A stop word: a channel's logo says nothing of the picture."""
    logo, picture = corners[:1], corners[1:2]
    everywhere = [(i, features(logo, [0])) for i in range(20)]
    entries = [*everywhere, (20, features(np.concatenate([logo, picture]), [0, 0]))]
    query = features(np.concatenate([logo, picture]), [0, 0])
    assert set(tabled(query, entries, 7, 20)) == {(0, 20, 0)}
    weighed = tabled(query, entries, 7, 21)
    assert len(weighed) == 21
    assert max(weighed, key=weighed.get) == (0, 20, 0)


def promising(query, entries, longest, budget):
    """Choose look-ups as the definition says, one by one: (feature, word) that may be read."""
    lengths = defaultdict(int)
    for _, features in entries:
        for descriptor in features.descriptors:
            lengths[bits_of(descriptor, WORD_BITS)] += 1
    asked = []
    for row, descriptor in enumerate(query.descriptors):
        word = bits_of(descriptor, WORD_BITS)
        for probe, near in enumerate([word, *(word ^ (1 << bit) for bit in range(20))]):
            if 0 < lengths[near] <= longest:
                cost = lengths[near] * (1 if probe == 0 else 20)
                asked.append((cost, row, probe, near))
    read, chosen = 0, set()
    for _, row, _, near in sorted(asked):
        read += lengths[near]
        if read > budget:
            break
        chosen.add((row, near))
    return chosen


@pytest.mark.parametrize("budget", [0, 1, 7, 40, 150, 10_000])
def test_a_budget_is_spent_on_what_promises_most(corners, videos, budget):
    query = features(flipped(corners, [WORD_BITS[4]]), np.arange(60) % 4)
    chosen = promising(query, videos, 4096, budget)
    table = WordTable.of(videos)
    asked = table._look_ups(query, 4096, budget)
    read = {(int(row), int(word)) for row, word in zip(asked.feature, asked.word, strict=True)}
    assert read == chosen
    if budget == 10_000:
        everything = table.votes(query, 7, 4096)
        found = table.votes(query, 7, 4096, budget)
        assert np.array_equal(found.votes, everything.votes)


def test_only_the_best_videos_are_told(corners, videos):
    query = features(corners, np.arange(60) % 4)
    every = WordTable.of(videos).votes(query, 7, 4096)
    best = defaultdict(dict)
    for frame, video, votes in zip(every.query_frame, every.video, every.votes, strict=True):
        best[video][frame] = max(best[video].get(frame, 0.0), votes)
    total = {video: sum(sorted(each.values())[-6:]) for video, each in best.items()}
    ranked = sorted(total, key=lambda video: (-total[video], video))
    for count in (1, 2, 3):
        some = WordTable.of(videos).votes(query, 7, 4096, best=count)
        kept = np.isin(every.video, ranked[:count])
        assert np.array_equal(some.video, every.video[kept])
        assert np.array_equal(some.votes, every.votes[kept])


@pytest.mark.parametrize("differ", [3, 7])
def test_parts_vote_as_the_whole_does_and_what_is_gone_does_not(corners, differ):
    random = np.random.default_rng(3)
    entries = [
        (place, features(corners[random.integers(0, 60, 25)], random.integers(0, 3, 25), 3))
        for place in range(6)
    ]
    query = features(corners, np.arange(60) % 4)
    whole = WordTable.of(entries).votes(query, differ, 40)
    cut = [entries[:1], entries[1:4], entries[4:]]
    starts = (0, 1, 4)
    parts = [
        (start, word_part((place - start, each) for place, each in some))
        for start, some in zip(starts, cut, strict=True)
    ]
    found = WordTable(parts).votes(query, differ, 40)
    for name in ("query_frame", "video", "frame", "votes"):
        assert np.array_equal(getattr(found, name), getattr(whole, name))
    without = WordTable(parts, np.array([2, 5])).votes(query, differ, 40)
    assert np.array_equal(without.votes, whole.votes[~np.isin(whole.video, [2, 5])])


def test_nothing_is_found_in_nothing(corners):
    none, some = features(np.empty((0, 16)), []), features(corners, np.zeros(60))
    for query, entries in ((none, [(0, some)]), (some, [(0, none)]), (some, []), (none, [])):
        found = WordTable.of(entries).votes(query, 7, 4096)
        assert len(found) == len(found.video) == len(found.votes) == 0


def test_words_and_signatures_read_their_own_bits(corners):
    assert len(set(WORD_BITS) | set(SIGNATURE_BITS)) == len(WORD_BITS) + len(SIGNATURE_BITS)
    expected = [bits_of(one, WORD_BITS) for one in corners]
    assert words_of(corners).tolist() == expected
    expected = [bits_of(one, SIGNATURE_BITS) for one in corners]
    assert signatures_of(corners).tolist() == expected
