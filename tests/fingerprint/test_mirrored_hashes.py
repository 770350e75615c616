"""What a mirror image hashes to, from the bits of the hash alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracer.fingerprint.hashing import hash_batch, mirrored
from tracer.model import FrameHashes

KINDS = ("phash", "dhash", "phash256", "dhash256")


def hashed(pictures):
    batch = hash_batch(pictures)
    count = len(pictures)
    return FrameHashes(
        timestamps=np.arange(count, dtype=np.float64),
        rectangle=np.zeros(count, np.uint8),
        quality=batch.quality,
        **{kind: getattr(batch, kind) for kind in KINDS},
    )


def pictures(count, width, height):
    """Smooth pictures, as frames are, without two equal neighbours in a row or column."""
    random = np.random.default_rng(5)
    small = random.integers(0, 256, (count, 5, 6), dtype=np.uint8)
    return np.stack(
        [cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in small]
    )


def apart(one, other, kind):
    a, b = getattr(one, kind), getattr(other, kind)
    return np.bitwise_count(a ^ b).reshape(len(a), -1).sum(axis=1)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_near_what_the_mirrored_picture_hashes_to(kind):
    shown = pictures(40, 160, 90)
    expected = hashed(np.ascontiguousarray(shown[:, :, ::-1]))
    bits = 256 if kind.endswith("256") else 64
    assert np.median(apart(mirrored(hashed(shown)), expected, kind)) <= bits * 4 / 64
    # Far from the hash as it was: a mirror image is another picture.
    assert np.median(apart(hashed(shown), expected, kind)) >= bits * 20 / 64


@pytest.mark.parametrize("kind", KINDS)
def test_twice_mirrored_is_the_same(kind):
    one = hashed(pictures(20, 120, 80))
    assert (apart(mirrored(mirrored(one)), one, kind) == 0).all()


def test_no_hashes_have_none():
    none = hashed(np.empty((0, 8, 9), np.uint8))
    assert len(mirrored(none)) == 0
    assert mirrored(none).phash256.shape == (0, 32)
