"""ORB features: spread over the picture and over octaves, none where nothing is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tracer.fingerprint.features import OCTAVES, FeatureCollector, empty, extract
from tracer.fingerprint.take import take
from tracer.media.frames import pictures_at
from tracer.media.probe import probe
from tracer.model import PLACES
from tracer.settings import DEFAULT

from ..films import blobs, encode, textured

COUNT = DEFAULT.fingerprint.feature_count


@pytest.fixture(scope="module")
def picture():
    """Corners everywhere, none much stronger than another."""
    fine = textured(1, (640, 360), 2.0) + textured(2, (640, 360), 6.0) - 125
    return np.clip(fine, 0, 255).astype(np.uint8)


def cells_of(xy, across=6, down=4):
    """Return the number of features in each cell of the picture."""
    column, row = (xy.astype(int) * (across, down) // (PLACES + 1)).T
    return np.bincount(row * across + column, minlength=across * down)


def test_features_are_spread_over_the_picture(picture):
    cells = cells_of(extract(picture, COUNT)[0])
    assert (cells > 0).sum() >= 22  # ORB takes none within 31 pixels of a border
    assert cells.max() <= 0.12 * COUNT


@pytest.mark.xfail(
    reason="ORB keeps its 3 * count strongest before cells choose, and text is the strongest: "
    "11 of 24 cells are left here",
)
def test_a_subtitle_does_not_take_the_place_of_the_picture(fixtures):
    (frame,) = pictures_at(fixtures / "clips" / "sintel.mp4", [23.0])
    plain = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    written = plain.copy()
    height, width = plain.shape
    for row in (0.83, 0.93):
        place = (int(0.15 * width), int(row * height))
        for thick, level in ((5, 0), (2, 255)):
            text, font = "Our teacher found a ball", cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(written, text, place, font, height / 360, level, thick)
    before, after = (cells_of(extract(one, COUNT)[0])[:18] for one in (plain, written))
    assert (after > 0).sum() >= 0.9 * (before > 0).sum()
    assert after.sum() >= 0.6 * COUNT


def test_features_are_spread_over_octaves(picture):
    _, octave, _ = extract(picture, COUNT)
    counts = np.bincount(octave // 2, minlength=OCTAVES // 2)
    assert octave.max() < OCTAVES
    assert counts.min() >= 0.08 * COUNT


def test_features_have_their_types_and_their_number(picture):
    xy, octave, descriptors = extract(picture, COUNT)
    assert (len(xy), xy.dtype, xy.shape[1]) == (COUNT, np.uint16, 2)
    assert (octave.dtype, descriptors.dtype) == (np.uint8, np.uint8)
    assert descriptors.shape == (COUNT, 16)
    again = extract(picture, COUNT)
    assert np.array_equal(descriptors, again[2])
    assert len(extract(picture, 10)[0]) == 10


def test_a_tall_picture_is_cut_into_tall_cells(picture):
    xy, _, _ = extract(np.ascontiguousarray(picture.T), COUNT)
    assert (cells_of(xy, 4, 6) > 0).sum() >= 22


def test_positions_are_fractions_of_the_picture():
    """One square: its corners are where it stands, however large the picture is."""
    for width, height in ((320, 180), (640, 360)):
        picture = np.full((height, width), 40, np.uint8)
        x0, y0, x1, y1 = width // 4, height // 4, width // 2, height // 2
        picture[y0:y1, x0:x1] = 220
        xy, _, _ = extract(picture, 60)
        assert len(xy)
        x, y = xy[:, 0] / PLACES, xy[:, 1] / PLACES
        near = (np.minimum(abs(x - 0.25), abs(x - 0.5)) < 0.03) & (
            np.minimum(abs(y - 0.25), abs(y - 0.5)) < 0.05
        )
        assert near.mean() > 0.9


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_gives_none(level):
    xy, octave, descriptors = extract(np.full((180, 320), level, np.uint8), COUNT)
    assert xy.shape == (0, 2)
    assert octave.shape == (0,)
    assert descriptors.shape == (0, 16)


@settings(max_examples=30, deadline=None)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(32, 90), st.integers(32, 90))), st.integers(1, 50)
)
def test_any_picture_gives_at_most_what_was_asked(picture, count):
    xy, octave, descriptors = extract(picture, count)
    assert len(xy) == len(octave) == len(descriptors) <= count


def test_the_same_corners_are_found_in_a_smaller_picture(picture):
    """What octaves are for: half the size still shares descriptors."""
    small = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA)
    a, b = extract(picture, 500)[2], extract(small, 500)[2]
    near = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(a, b)
    assert sum(one.distance <= 40 for one in near) > 40


def test_a_collector_keeps_frames_apart(picture):
    collector = FeatureCollector(40)
    collector.add(0.2, picture)
    collector.add(2.2, np.zeros_like(picture))
    collector.add(4.2, np.ascontiguousarray(picture[:, ::-1]))
    found = collector.collected()
    assert found.timestamps.tolist() == [0.2, 2.2, 4.2]
    assert np.bincount(found.frame, minlength=3).tolist() == [40, 0, 40]
    assert len(found) == len(found.descriptors) == 80
    assert len(FeatureCollector(40).collected()) == len(empty()) == 0


def test_features_taken_in_other_threads_are_the_same(picture):
    """Also where far more pictures are added than may wait."""
    pictures = [np.ascontiguousarray(np.roll(picture, 7 * shift, 1)) for shift in range(40)]
    plain = FeatureCollector(40)
    with ThreadPoolExecutor(2) as executor:
        beside = FeatureCollector(40, executor)
        for place, each in enumerate(pictures):
            plain.add(float(place), each)
            beside.add(float(place), each)
        found, expected = beside.collected(), plain.collected()
    for name in ("timestamps", "frame", "xy", "octave", "descriptors"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_features_in_bars_are_left_out_of_a_fingerprint(tmp_path):
    """Letters in a letterbox's bars are not of the picture."""
    pictures = np.zeros((24, 240, 240), np.uint8) + 16
    pictures[:, 60:180] = blobs(
        5, np.arange(24) / 6, (240, 120), background=textured(5, (240, 120), 1.5)
    )
    for picture in pictures:
        cv2.putText(picture, "12:00", (60, 215), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 235, 1)
    path = encode(tmp_path / "bars.mp4", pictures, rate=6)
    found = take(path, probe(path, "0" * 64), DEFAULT)
    assert found.layout.kind == "letterbox"
    y = found.features.xy[:, 1] / PLACES
    assert len(y) > 50
    assert y.min() >= found.layout.picture[1]
    assert y.max() <= found.layout.picture[3]
