"""Planted transforms are found within a pixel; noise gives none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracer.fingerprint.features import FeatureCollector
from tracer.match.geometry import applied, matrix_of
from tracer.match.registration import FramePair, register
from tracer.model import LocalFeatures, Transform
from tracer.settings import DEFAULT

from ..films import textured

SIZE = (640, 360)
PLACES = np.stack(np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 11)), -1).reshape(-1, 2)


def picture(seed, size=SIZE):
    """A made-up scene: shapes with corners over a soft ground."""
    random = np.random.default_rng([13, seed])
    scene = textured(seed, size, 8.0)
    for _ in range(260):
        x, y = random.integers(0, size[0]), random.integers(0, size[1])
        w, h = random.integers(6, 45, 2)
        level = float(random.integers(0, 256))
        if random.random() < 0.5:
            cv2.rectangle(scene, (int(x), int(y)), (int(x + w), int(y + h)), level, -1)
        else:
            corners = np.add(random.integers(-30, 31, (3, 2)), (x, y))
            cv2.fillConvexPoly(scene, corners.astype(np.int32), level)
    return cv2.GaussianBlur(np.clip(scene, 0, 255).astype(np.uint8), (0, 0), 0.8)


def features_of(*pictures, count=500):
    collector = FeatureCollector(count)
    for time, one in enumerate(pictures):
        collector.add(float(time), one)
    return collector.collected()


def shown(source, transform, size=SIZE, seed=0):
    """Return what a query of ``size`` shows: the source through a transform, compressed a bit."""
    height, width = source.shape
    matrix = matrix_of(transform)
    to_pixels = np.diag([size[0], size[1]]) @ matrix[:, :2] @ np.diag([1 / width, 1 / height])
    shift = matrix[:, 2] * size
    # Pixel centres: a fraction f is pixel f * width - 0.5.
    shift = shift + to_pixels @ [0.5, 0.5] - 0.5
    smaller = min(1.0, *np.linalg.svd(to_pixels)[1])
    soft = cv2.GaussianBlur(source, (0, 0), 0.5 / smaller) if smaller < 0.8 else source
    out = cv2.warpAffine(soft, np.c_[to_pixels, shift], size, borderMode=cv2.BORDER_CONSTANT)
    noise = np.random.default_rng([17, seed]).normal(0, 2, out.shape)
    return np.clip(out + noise, 0, 255).astype(np.uint8)


def turned(degrees, scale=1.0):
    """A turn about the middle of a 16:9 frame, in fractions."""
    angle, aspect = np.radians(degrees), SIZE[0] / SIZE[1]
    a, b = scale * np.cos(angle), -scale * np.sin(angle) / aspect
    c, d = scale * np.sin(angle) * aspect, scale * np.cos(angle)
    values = (a, b, 0.5 - (a + b) / 2, c, d, 0.5 - (c + d) / 2)
    return Transform(tuple(float(value) for value in values))


PLANTED = {
    "as it is": Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
    "cropped": Transform((1.4, 0.0, -0.1, 0.0, 1.4, -0.25)),
    "inset": Transform((0.5, 0.0, 0.45, 0.0, 0.5, 0.05)),
    "squeezed": Transform((0.75, 0.0, 0.125, 0.0, 1.0, 0.0)),
    "turned": turned(4.0),
    "turned and larger": turned(-5.0, 1.15),
}


def pixels_apart(found, planted, size=SIZE):
    """Return the most by which a transform errs where the query shows something of the match.

    In pixels of the query, or of the match where that is shown larger than it is.
    """
    there, here = (applied(matrix_of(one), PLACES) for one in (planted, found))
    seen = ((there > 0.05) & (there < 0.95)).all(axis=1)
    larger = max(1.0, np.abs(matrix_of(planted)[:, :2]).max())
    return float(np.hypot(*((here - there)[seen] * size).T).max()) / larger


def registered(query, match, aspects=(16 / 9, 16 / 9), mirrored=False, pairs=((0, 0),)):
    asked = [FramePair(*pair) for pair in pairs]
    return register(query, match, asked, aspects, DEFAULT.match, mirrored=mirrored)


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_transform_is_found_within_a_pixel_or_so(planted):
    source = picture(1)
    query = features_of(shown(source, planted))
    found = registered(query, features_of(source, count=160))
    assert found
    assert not found[0].transform.mirrored
    # An inset of half the size is fitted on a few dozen features: 1.2 pixels, later fitted anew.
    assert pixels_apart(found[0].transform, planted) < 1.5
    assert found[0].best_pair >= 20
    assert found[0].spread > 0.1


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_mirrored_transform_is_found_within_a_pixel(planted):
    source = picture(2)
    mirrored = Transform(planted.matrix, mirrored=True)
    seen = shown(source, mirrored)
    found = registered(
        features_of(np.ascontiguousarray(seen[:, ::-1])), features_of(source), mirrored=True
    )
    assert found
    assert found[0].transform.mirrored
    assert pixels_apart(found[0].transform, mirrored) < 1.0
    # Not mirrored, the same query shows nothing of it.
    assert all(one.inliers < 20 for one in registered(features_of(seen), features_of(source)))


def test_other_shapes_of_frame_are_laid_over_too():
    """A wide picture in the middle of a tall frame."""
    planted = Transform((1.0, 0.0, 0.0, 0.0, 0.3164, 0.3418))
    source, size = picture(3), (360, 640)
    (found, *_) = registered(
        features_of(shown(source, planted, size)), features_of(source), (9 / 16, 16 / 9)
    )
    assert pixels_apart(found.transform, planted, size) < 1.0


def test_frames_that_agree_are_counted_and_the_best_is_named():
    one, two, other = picture(4), picture(5), picture(6)
    planted = PLANTED["cropped"]
    query = features_of(shown(one, planted), shown(two, planted), picture(7))
    match = features_of(other, two, one)
    pairs = ((0, 2), (1, 1), (2, 0), (0, 0))
    (found, *_) = registered(query, match, pairs=pairs)
    assert found.pairs == 2
    assert (found.query_time, found.match_time) in {(0.0, 2.0), (1.0, 1.0)}
    assert found.inliers >= found.best_pair


def test_two_pictures_in_one_frame_give_two_transforms():
    """A split screen that shows two parts of one video at two places."""
    one = picture(8)
    left, right = (
        Transform((0.5, 0.0, 0.0, 0.0, 0.5, 0.0)),
        Transform((0.5, 0.0, 0.5, 0.0, 0.5, 0.5)),
    )
    frame = shown(one, left)
    frame[180:, 320:] = shown(one, right)[180:, 320:]
    found = registered(features_of(frame, count=900), features_of(one, count=500))
    assert len(found) >= 2
    for planted in (left, right):
        assert min(pixels_apart(each.transform, planted) for each in found) < 1.5


@pytest.mark.parametrize("mirrored", [False, True])
def test_pure_noise_gives_none(mirrored):
    random = np.random.default_rng(19)
    noise = [random.integers(0, 256, SIZE[::-1], dtype=np.uint8) for _ in range(6)]
    pairs = [(q, m) for q in range(3) for m in range(3)]
    found = registered(
        features_of(*noise[:3]), features_of(*noise[3:]), mirrored=mirrored, pairs=pairs
    )
    assert found == []


def test_other_pictures_give_none():
    pairs = [(q, m) for q in range(3) for m in range(3)]
    query = features_of(*(picture(seed) for seed in (20, 21, 22)))
    match = features_of(*(picture(seed) for seed in (23, 24, 25)), count=160)
    assert registered(query, match, pairs=pairs) == []


def test_no_features_and_no_pairs_give_none():
    none = LocalFeatures(
        np.zeros(1), np.empty(0, np.uint16), np.empty((0, 2), np.uint16), np.empty(0, np.uint8),
        np.empty((0, 32), np.uint8),
    )  # fmt: skip
    some = features_of(picture(1))
    for query, match in ((none, some), (some, none), (none, none)):
        assert registered(query, match) == []
    assert registered(some, some, pairs=()) == []


def test_the_same_question_has_the_same_answer():
    source = picture(1)
    query = features_of(shown(source, PLANTED["inset"]))
    first, second = (registered(query, features_of(source)) for _ in range(2))
    assert [one.transform for one in first] == [one.transform for one in second]
