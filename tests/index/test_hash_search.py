"""The fast search finds exactly what comparing every pair finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.index.hash_search import HashPart, HashTable, hash_part, tables
from tracer.model import FrameHashes

RADII = (0, 7, 10, 20)


def naive(query, hashes, radius):
    """Compare every pair: (query row, indexed row, distance), by query row."""
    found = []
    for q, one in enumerate(query):
        distances = np.bitwise_count(hashes ^ one)
        found += [(q, int(row), int(distances[row])) for row in np.nonzero(distances <= radius)[0]]
    return found


def table_of(hashes):
    """Index hashes so that a hit names its row twice: as a video and as a time."""
    rows = np.arange(len(hashes))
    wide = np.zeros((len(hashes), 32), np.uint8)
    part = HashPart(hashes, hashes, wide, wide, rows.astype(np.uint32), rows.astype(np.float32))
    return HashTable([(0, part)])


def fast(query, hashes, radius):
    hits = table_of(hashes).within(query, radius)
    assert np.array_equal(hits.video, hits.time.astype(np.int64))
    return list(zip(hits.query.tolist(), hits.video.tolist(), hits.distance.tolist(), strict=True))


def uniform(random, count):
    return random.integers(0, 1 << 64, count, dtype=np.uint64)


def clumped(random, count):
    """Hashes as videos have them: a few scenes, each with many hashes some bits apart."""
    scenes = uniform(random, max(1, count // 25))
    bits = random.random((count, 64)) < random.choice([0.02, 0.08, 0.2], (count, 1))
    flips = np.packbits(bits, axis=1).view(np.uint64).reshape(-1)
    return random.choice(scenes, count) ^ flips


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("kind", [uniform, clumped])
def test_fast_search_equals_naive_search(kind, radius):
    random = np.random.default_rng([radius, 1])
    hashes = kind(random, 1500)
    query = np.concatenate([kind(random, 40), hashes[:20], hashes[20:40] ^ np.uint64(0b1011)])
    expected = naive(query, hashes, radius)
    assert fast(query, hashes, radius) == expected
    if kind is clumped:
        assert len(expected) >= 20


words = st.integers(0, (1 << 64) - 1) | st.sampled_from([0, 1, 3, (1 << 64) - 1, 1 << 63])


@settings(deadline=None)
@given(st.lists(words, max_size=12), st.lists(words, max_size=4), st.integers(0, 64))
def test_any_hashes_at_any_radius(hashes, query, radius):
    indexed, asked = np.array(hashes, np.uint64), np.array(query, np.uint64)
    assert fast(asked, indexed, radius) == naive(asked, indexed, radius)


def test_parts_find_what_the_whole_finds_and_pass_over_what_is_gone():
    random = np.random.default_rng(6)
    entries = [
        (place, frames(clumped(random, 30), clumped(random, 30), np.arange(30.0)))
        for place in range(6)
    ]
    query = np.concatenate([each.phash[:9] for _, each in entries])
    whole = tables(entries)[0].within(query, 9)
    cut = ((0, entries[:2]), (2, entries[2:3]), (3, entries[3:]))
    parts = [
        (start, hash_part((place - start, each) for place, each in some)) for start, some in cut
    ]
    found = HashTable(parts).within(query, 9)
    for name in ("query", "video", "time", "distance", "row"):
        assert np.array_equal(getattr(found, name), getattr(whole, name))
    finer = np.concatenate([each.phash256 for _, each in entries])
    assert np.array_equal(HashTable(parts).finer(found.row), finer[found.row])
    left = ~np.isin(whole.video, [1, 3])
    without = HashTable(parts, gone=np.array([1, 3])).within(query, 9)
    assert np.array_equal(without.row, whole.row[left])


@pytest.mark.parametrize("radius", [0, 10, 64])
@pytest.mark.parametrize(("indexed", "asked"), [(0, 3), (3, 0), (0, 0)])
def test_nothing_is_found_in_nothing(indexed, asked, radius):
    random = np.random.default_rng(4)
    hits = table_of(uniform(random, indexed)).within(uniform(random, asked), radius)
    assert len(hits) == 0
    for name, dtype in (("query", "i8"), ("video", "i8"), ("time", "f4"), ("distance", "i4")):
        assert getattr(hits, name).dtype == np.dtype(dtype)


def test_one_hash_is_found_at_its_distance_and_no_nearer():
    one = np.array([0xF0F0], np.uint64)
    other = one ^ np.uint64(0b111)
    assert fast(other, one, 2) == []
    assert fast(other, one, 3) == [(0, 0, 3)]
    assert fast(one, one, 0) == [(0, 0, 0)]


def test_the_same_hash_many_times_is_found_every_time():
    hashes = np.full(700, 42, np.uint64)
    assert [row for _, row, _ in fast(hashes[:1], hashes, 0)] == list(range(700))


def frames(phash, dhash, times):
    count = len(times)
    return FrameHashes(
        timestamps=np.array(times, np.float64),
        rectangle=np.zeros(count, np.uint8),
        phash=np.array(phash, np.uint64),
        dhash=np.array(dhash, np.uint64),
        phash256=np.arange(32 * count, dtype=np.uint8).reshape(count, 32),
        dhash256=np.zeros((count, 32), np.uint8),
        quality=np.full(count, 50, np.uint8),
    )


def test_tables_name_the_video_and_the_second():
    entries = [
        (3, frames([1, 2], [1 << 40, 2 << 40], [0.5, 7200.25])),
        (5, frames([], [], [])),
        (9, frames([2], [3 << 40], [4.0])),
    ]
    phash, dhash = tables(entries)
    hits = phash.within(np.array([2], np.uint64), 0)
    assert hits.video.tolist() == [3, 9]
    assert hits.time.tolist() == [7200.25, 4.0]
    # A pHash never answers for a dHash.
    assert len(dhash.within(np.array([2], np.uint64), 0)) == 0
    hits = dhash.within(np.array([3 << 40], np.uint64), 0)
    assert (hits.video.tolist(), hits.time.tolist()) == ([9], [4.0])


def test_tables_of_no_videos_find_nothing():
    for table in (*tables([]), *tables([(0, frames([], [], []))])):
        assert len(table.within(np.array([0], np.uint64), 64)) == 0
