"""Hashes are imagehash's own, bit for bit, and behave as perceptual hashes should."""

from __future__ import annotations

import re

import cv2
import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tracer.fingerprint.hashing import hash_batch, reference_hashes
from tracer.fingerprint.take import take, take_query
from tracer.media.frames import DecodeLog, pictures_at, sampled_frames
from tracer.media.probe import probe
from tracer.settings import DEFAULT

from ..films import blobs, encode, textured


def packed(found):
    """Return an imagehash's bits as it prints them, packed into bytes."""
    return np.packbits(found.hash.reshape(-1))


def by_imagehash(picture):
    """Return imagehash's four hashes of one picture, each at that hash's own input grid."""

    def grid(width, height):
        # The grid is the whole definition: at its size, imagehash's own scaling changes nothing.
        return Image.fromarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))

    return (
        packed(imagehash.phash(grid(32, 32))),
        packed(imagehash.dhash(grid(9, 8))),
        packed(imagehash.phash(grid(64, 64), hash_size=16)),
        packed(imagehash.dhash(grid(17, 16), hash_size=16)),
    )


def assert_equal_to_imagehash(pictures):
    batch = hash_batch(pictures)
    for i, picture in enumerate(pictures):
        phash, dhash, phash256, dhash256 = by_imagehash(picture)
        assert batch.phash[i] == int.from_bytes(phash.tobytes(), "big")
        assert batch.dhash[i] == int.from_bytes(dhash.tobytes(), "big")
        assert np.array_equal(batch.phash256[i], phash256)
        assert np.array_equal(batch.dhash256[i], dhash256)


def distance(a, b):
    return np.bitwise_count(a ^ b)


@pytest.fixture(scope="module")
def frames(fixtures):
    """Real frames, grey, as displayed."""
    found = pictures_at(fixtures / "clips" / "dog.mp4", [0.0, 0.4, 0.8, 1.2], 256)
    found += pictures_at(fixtures / "clips" / "french-gp-1906.mp4", [1.0, 9.0, 17.0], 256)
    return [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in found]


# --- equal to imagehash --------------------------------------------------------------------------


def test_random_pictures_hash_as_imagehash_hashes_them():
    random = np.random.default_rng(1)
    for height, width in ((32, 32), (64, 64), (72, 128), (128, 72), (17, 40), (5, 9)):
        assert_equal_to_imagehash(random.integers(0, 256, (20, height, width), dtype=np.uint8))


def test_smooth_pictures_and_gradients_hash_as_imagehash_hashes_them():
    soft = np.stack([textured(seed) for seed in range(20)]).astype(np.uint8)
    assert_equal_to_imagehash(soft)
    y, x = np.mgrid[:72, :128]
    slopes = [x, 127 - x, y, 71 - y, x + y, (x * y) // 40, 128 + 0 * x, np.hypot(x - 60, y - 30)]
    assert_equal_to_imagehash(np.stack(slopes).astype(np.uint8))


def test_real_frames_hash_as_imagehash_hashes_them(frames):
    for picture in frames:
        assert_equal_to_imagehash(picture[None])


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.just(2), st.integers(4, 80), st.integers(4, 80)),
        elements=st.integers(0, 255) | st.sampled_from([0, 16, 128, 235, 255]),
    )
)
def test_any_picture_hashes_as_imagehash_hashes_it(pictures):
    assert_equal_to_imagehash(pictures)


def test_anybody_can_check_a_hash_in_fixed_width_hex(frames):
    batch = hash_batch(np.stack(frames[:4]))
    for i, picture in enumerate(frames[:4]):
        assert (f"{batch.phash[i]:016x}", f"{batch.dhash[i]:016x}") == reference_hashes(picture)
    # A hash that begins with zeros keeps them.
    falling = np.tile(np.arange(255, 0, -2, dtype=np.uint8), (72, 1))
    _, dhash = reference_hashes(falling)
    assert dhash == "0" * 16
    for name in (*reference_hashes(falling), *reference_hashes(frames[0])):
        assert re.fullmatch("[0-9a-f]{16}", name)


def test_a_picture_hashes_the_same_alone_and_among_others(frames):
    together = hash_batch(np.stack(frames[:4]))
    for i in range(4):
        alone = hash_batch(frames[i][None])
        for name in ("phash", "dhash", "phash256", "dhash256", "quality"):
            assert np.array_equal(getattr(alone, name)[0], getattr(together, name)[i])


def test_no_pictures_give_no_hashes():
    batch = hash_batch(np.empty((0, 72, 128), np.uint8))
    assert batch.phash.dtype == batch.dhash.dtype == np.uint64
    assert batch.phash256.shape == batch.dhash256.shape == (0, 32)
    assert len(batch.phash) == len(batch.quality) == 0


# --- constant where it should be, different where it should be -----------------------------------

# Bits that a hash moves by when a frame is encoded anew, at most and on average (the numbers
# that the search radii rest on: settings.py).
MOST_64, MEAN_PHASH, MEAN_DHASH, MOST_256 = 12, 5.0, 2.5, 48


def test_a_re_encode_moves_hashes_by_few_bits(tmp_path, fixtures):
    source = fixtures / "clips" / "city.mp4"
    frames = [frame.gray(320, 180) for frame in sampled_frames(source, DecodeLog())][:20]
    again = encode(
        tmp_path / "again.mp4", np.stack(frames), rate=4, crf=32, video_filter="scale=160:90"
    )
    others = [frame.gray(128, 72) for frame in sampled_frames(again, DecodeLog())]
    small = [cv2.resize(frame, (128, 72), interpolation=cv2.INTER_AREA) for frame in frames]
    a, b = hash_batch(np.stack(small)), hash_batch(np.stack(others))
    phash, dhash = distance(a.phash, b.phash), distance(a.dhash, b.dhash)
    assert phash.max() <= MOST_64
    assert dhash.max() <= MOST_64
    assert phash.mean() <= MEAN_PHASH
    assert dhash.mean() <= MEAN_DHASH
    assert distance(a.phash256, b.phash256).sum(axis=1).max() <= MOST_256
    assert distance(a.dhash256, b.dhash256).sum(axis=1).max() <= MOST_256


@pytest.mark.parametrize("edit", [lambda p: 0.7 * p + 20, lambda p: 255 * (p / 255.0) ** 0.8])
def test_relighting_moves_a_hash_by_few_bits(frames, edit):
    for picture in frames:
        lit = np.clip(np.rint(edit(picture.astype(float))), 0, 255).astype(np.uint8)
        a, b = hash_batch(picture[None]), hash_batch(lit[None])
        assert distance(a.phash, b.phash)[0] <= MOST_64
        assert distance(a.dhash, b.dhash)[0] <= MOST_64


def test_a_mirrored_picture_has_another_hash(frames):
    for picture in frames:
        pair = np.stack([picture, picture[:, ::-1]])
        batch = hash_batch(pair)
        assert distance(batch.phash[:1], batch.phash[1:])[0] > 2 * MOST_64 - 6
        assert distance(batch.dhash[:1], batch.dhash[1:])[0] > 2 * MOST_64 - 6


def test_pictures_of_other_things_lie_far_apart(frames):
    dog, race = hash_batch(np.stack(frames[:4])), hash_batch(np.stack(frames[4:]))
    assert distance(dog.phash[:, None], race.phash[None]).min() > MOST_64
    assert distance(dog.dhash[:, None], race.dhash[None]).min() > MOST_64


# --- quality -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 16, 128, 235, 255])
def test_a_flat_picture_has_quality_0(level):
    assert hash_batch(np.full((1, 72, 128), level, np.uint8)).quality.tolist() == [0]


def test_quality_grows_with_structure_and_ends_at_100(frames):
    random = np.random.default_rng(5)
    noise = random.integers(0, 256, (32, 32), dtype=np.uint8)
    base = np.full((32, 32), 128.0)
    levels = [hash_batch(np.rint(base + share * (noise - 128.0))[None].astype(np.uint8)).quality[0]
              for share in (0, 0.02, 0.1, 0.3, 1.0)]  # fmt: skip
    assert levels == sorted(levels)
    assert levels[0] == 0
    assert levels[-1] == 100
    assert min(hash_batch(picture[None]).quality[0] for picture in frames) > 8


@pytest.mark.parametrize("level", [16, 128])
def test_flat_frames_are_dropped_from_a_fingerprint(tmp_path, level):
    pictures = blobs(3, np.arange(40) / 10, (128, 72))
    pictures[10:25] = level  # from 1.0 to 2.5 s
    path = encode(tmp_path / "gap.mp4", pictures, rate=10)
    found = take(path, probe(path, "0" * 64), DEFAULT)
    assert found.hashes.quality.min() >= DEFAULT.fingerprint.quality_floor
    times = found.hashes.timestamps
    assert not np.any((times >= 1.0) & (times < 2.4))
    assert len(times) >= 5


@pytest.mark.parametrize("level", [16, 200])
def test_a_flat_video_has_no_hashes_and_no_features(tmp_path, level):
    path = encode(tmp_path / "flat.mp4", np.full((20, 72, 128), level, np.uint8), rate=5)
    for fingerprint in (take, take_query):
        found = fingerprint(path, probe(path, "0" * 64), DEFAULT)
        assert len(found.hashes) == 0
        assert len(found.features) == 0
        assert len(found.miniature) > 10
        assert found.layout.kind == "full"
