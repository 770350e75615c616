"""The tiny film that a fingerprint keeps: what goes in comes out, nearly."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import MediaError
from tracer.fingerprint.miniature import FilmWriter, pictures_of, size_of
from tracer.fingerprint.spool import PictureSpool
from tracer.fingerprint.take import take, take_query
from tracer.media.probe import probe
from tracer.model import Miniature
from tracer.settings import DEFAULT

from ..films import blobs, encode

CRF = DEFAULT.fingerprint.miniature_crf


def film_of(pictures):
    count, height, width = pictures.shape
    writer = FilmWriter(width, height, CRF)
    for picture in pictures:
        writer.write(picture)
    return Miniature(np.arange(count) / 4, width, height, writer.close())


@pytest.fixture(scope="module")
def pictures():
    return blobs(4, np.arange(60) / 4, (128, 72))


@pytest.fixture(scope="module")
def stored(pictures):
    return film_of(pictures)


def test_a_film_keeps_count_size_and_looks(pictures, stored):
    again = pictures_of(stored)
    assert again.shape == pictures.shape
    assert again.dtype == np.uint8
    for before, after in zip(pictures, again, strict=True):
        assert np.corrcoef(before.reshape(-1), after.reshape(-1))[0, 1] > 0.97
    assert np.abs(again.astype(int) - pictures).mean() < 4


def test_what_moves_survives(pictures, stored):
    """What matching lives on: the differences over time still correlate."""
    again = pictures_of(stored).astype(float)
    before, after = np.diff(pictures.astype(float), axis=0), np.diff(again, axis=0)
    assert np.corrcoef(before.reshape(-1), after.reshape(-1))[0, 1] > 0.93


def test_a_film_is_small(pictures, stored):
    assert len(stored.film) < 0.1 * pictures.nbytes


def test_the_same_pictures_give_the_same_bytes(pictures, stored):
    assert film_of(pictures).film == stored.film


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_films_keep_every_frame(pictures, count):
    assert pictures_of(film_of(pictures[:count])).shape == (count, 72, 128)


def test_no_frames_need_no_film():
    empty = pictures_of(Miniature(np.empty(0), 64, 36, b""))
    assert empty.shape == (0, 36, 64)


def test_a_query_s_pictures_are_used_as_they_are(pictures):
    assert pictures_of(Miniature(np.arange(60) / 4, 128, 72, b"", pictures)) is pictures


@pytest.mark.parametrize(
    "damage",
    [
        lambda film: b"",
        lambda film: film[: len(film) // 2],
        lambda film: b"\xff" * len(film),
        lambda film: film[: len(film) // 3] + b"\x00" * 400 + film[len(film) // 3 + 400 :],
    ],
    ids=["gone", "cut", "overwritten", "a hole"],
)
def test_a_damaged_film_is_refused_or_still_whole(stored, damage):
    """Bytes that were lost must never read as a shorter or a longer video."""
    bad = replace(stored, film=damage(stored.film))
    # Damage that a decoder conceals costs looks, never frames.
    with suppress(MediaError):
        assert len(pictures_of(bad)) == len(stored)


@pytest.mark.parametrize("film", [b"", b"\xff" * 500, b"no film at all"])
def test_what_is_no_film_is_refused(stored, film):
    with pytest.raises(MediaError, match="stored miniature"):
        pictures_of(replace(stored, film=film))


def test_a_film_with_too_few_frames_is_refused(stored, pictures):
    with pytest.raises(MediaError, match="has 59 of 60 frames"):
        pictures_of(replace(stored, film=film_of(pictures[:59]).film))


@given(st.integers(1, 8192), st.integers(1, 8192), st.sampled_from([64, 128, 256]))
def test_sizes_are_even_and_keep_the_aspect(width, height, side):
    across, down = size_of(width, height, side)
    assert across % 2 == down % 2 == 0
    assert min(across, down) >= 16
    assert max(across, down) == side
    if min(across, down) > 16:
        assert across / down == pytest.approx(width / height, rel=0.13)


def test_fingerprints_carry_strictly_increasing_times(tmp_path, pictures):
    path = encode(tmp_path / "clip.mp4", np.repeat(pictures[:24], 3, axis=0), rate=12)
    video = probe(path, "0" * 64)
    stored, asked = take(path, video, DEFAULT), take_query(path, video, DEFAULT)
    for found in (stored, asked):
        assert np.all(np.diff(found.miniature.timestamps) > 0)
        assert found.miniature.timestamps[0] == 0
        assert len(pictures_of(found.miniature)) == len(found.miniature)
    assert max(stored.miniature.width, stored.miniature.height) == 128
    assert max(asked.miniature.width, asked.miniature.height) == 256
    assert len(asked.miniature) > 1.5 * len(stored.miniature)
    assert asked.miniature.film == b""
    assert stored.mirrored is None
    assert len(asked.mirrored) > 0
    assert stored.algorithm == asked.algorithm


# --- the pictures on their way -------------------------------------------------------------------


@pytest.mark.parametrize("in_memory", [1 << 30, 5000])
def test_a_spool_gives_back_what_was_put_in(monkeypatch, pictures, in_memory):
    monkeypatch.setattr("tracer.fingerprint.spool._IN_MEMORY", in_memory)
    with PictureSpool((128, 72)) as spool:
        for picture in pictures:
            spool.append(picture)
        assert np.array_equal(spool.spread(100), pictures)
        few, every = spool.spread(7), spool.array()
    assert np.array_equal(every, pictures)  # what was given out outlives the spool
    assert len(few) == 7
    assert np.array_equal(few[0], pictures[0])
    assert np.array_equal(few[-1], pictures[-1])


def test_an_empty_spool_is_empty():
    with PictureSpool((128, 72)) as spool:
        assert spool.array().shape == (0, 72, 128)
