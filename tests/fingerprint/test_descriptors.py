"""Descriptors are shortened to the bits that count, in the order in which they are listed."""

from __future__ import annotations

import numpy as np

from tracer.fingerprint.descriptors import KEPT_BITS, SIZE, compact
from tracer.index.words import SIGNATURE_BITS, WORD_BITS


def test_each_kept_bit_is_that_of_the_descriptor() -> None:
    long = np.random.default_rng(1).integers(0, 256, (50, 32), dtype=np.uint8)
    short = compact(long)
    assert short.shape == (50, SIZE)
    for one, other in zip(long, short, strict=True):
        mine = [one[bit // 8] >> (7 - bit % 8) & 1 for bit in KEPT_BITS]
        kept = [other[place // 8] >> (7 - place % 8) & 1 for place in range(8 * SIZE)]
        assert mine == kept


def test_the_words_and_their_signatures_are_among_them() -> None:
    assert len(set(KEPT_BITS)) == 128
    assert {*WORD_BITS, *SIGNATURE_BITS} <= set(KEPT_BITS)
