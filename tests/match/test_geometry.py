"""Transforms: there and back again, and boxes onto boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracer.match.geometry import (
    applied,
    area,
    between_boxes,
    bounds_of,
    from_mirrored_query,
    intersection,
    inverse,
    inverse_transform,
    matrix_of,
)
from tracer.model import IDENTITY, WHOLE, Transform

scales = st.floats(0.15, 6)
shifts = st.floats(-2, 2)
fractions = st.floats(0, 1)
points = st.lists(st.tuples(st.floats(-1, 2), st.floats(-1, 2)), min_size=1, max_size=8)


@st.composite
def transforms(draw):
    """Anything that is done to videos: scaled, moved, turned a little, mirrored."""
    turn = draw(st.floats(-0.5, 0.5))
    x, y = draw(scales), draw(scales)
    matrix = (x * np.cos(turn), -y * np.sin(turn), draw(shifts))
    matrix += (x * np.sin(turn), y * np.cos(turn), draw(shifts))
    return Transform(tuple(float(value) for value in matrix), draw(st.booleans()))


@st.composite
def boxes(draw):
    x0, x1 = sorted((draw(fractions), draw(fractions)))
    y0, y1 = sorted((draw(fractions), draw(fractions)))
    assume(x1 - x0 > 0.05 and y1 - y0 > 0.05)
    return (x0, y0, x1, y1)


def through(transform, at):
    """Take points through a transform as the vocabulary defines it: flip x, then the matrix."""
    a, b, tx, c, d, ty = transform.matrix
    return [
        (a * x + b * y + tx, c * x + d * y + ty)
        for x, y in ((1 - x if transform.mirrored else x, y) for x, y in at)
    ]


@given(transforms(), points)
def test_the_matrix_of_a_transform_is_what_its_definition_says(transform, at):
    moved = applied(matrix_of(transform), np.array(at))
    assert moved == pytest.approx(np.array(through(transform, at)), abs=1e-9)


@given(transforms(), points)
def test_the_inverse_of_a_transform_leads_back(transform, at):
    back = inverse_transform(transform)
    assert back.mirrored == transform.mirrored
    assert np.array(through(back, through(transform, at))) == pytest.approx(np.array(at), abs=1e-6)
    assert np.array(through(transform, through(back, at))) == pytest.approx(np.array(at), abs=1e-6)


@given(transforms(), points)
def test_the_inverse_of_a_matrix_leads_back(transform, at):
    matrix, at = matrix_of(transform), np.array(at)
    assert applied(inverse(matrix), applied(matrix, at)) == pytest.approx(at, abs=1e-6)


@given(transforms(), points)
def test_a_fit_to_the_mirrored_query_is_a_mirrored_transform_to_the_query(transform, at):
    """What lies at x in the query's mirror image lies at 1 - x in the query."""
    plain = Transform(transform.matrix)
    mirrored = from_mirrored_query(transform.matrix)
    assert mirrored.mirrored
    expected = np.array([(1 - x, y) for x, y in through(plain, at)])
    assert np.array(through(mirrored, at)) == pytest.approx(expected, abs=1e-9)


@given(boxes(), boxes(), st.booleans())
def test_between_boxes_lays_one_over_the_other(match, query, mirrored):
    transform = between_boxes(match, query, mirrored=mirrored)
    assert transform.mirrored == mirrored
    assert bounds_of(matrix_of(transform), match) == pytest.approx(query, abs=1e-6)
    ((left, top),) = through(transform, [match[:2]])
    assert (left, top) == pytest.approx((query[2] if mirrored else query[0], query[1]), abs=1e-6)


@given(boxes(), boxes(), st.booleans())
def test_between_boxes_there_and_back_is_the_inverse(match, query, mirrored):
    there, back = (
        matrix_of(between_boxes(*pair, mirrored=mirrored))
        for pair in ((match, query), (query, match))
    )
    assert back == pytest.approx(inverse(there), abs=1e-6)


def test_a_frame_onto_itself_stays_and_mirrored_it_flips():
    assert between_boxes(WHOLE, WHOLE, mirrored=False) == IDENTITY
    flip = matrix_of(between_boxes(WHOLE, WHOLE, mirrored=True))
    corners = np.array([[0.0, 0.0], [0.3, 0.8]])
    assert applied(flip, corners) == pytest.approx(np.array([[1.0, 0.0], [0.7, 0.8]]))


@given(boxes(), boxes())
def test_what_two_boxes_share_lies_in_both(a, b):
    shared = intersection(a, b)
    assert shared == intersection(b, a)
    if shared is None:
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert area(shared) == 0
    else:
        assert intersection(shared, a) == intersection(shared, b) == shared
        assert 0 < area(shared) <= min(area(a), area(b))


@given(transforms(), boxes(), st.lists(st.tuples(fractions, fractions), min_size=1, max_size=5))
def test_bounds_hold_all_that_a_box_becomes(transform, box, inside):
    x0, y0, x1, y1 = box
    within = np.array([(x0 + u * (x1 - x0), y0 + v * (y1 - y0)) for u, v in inside])
    matrix = matrix_of(transform)
    left, top, right, bottom = bounds_of(matrix, box)
    for x, y in applied(matrix, within):
        assert left - 1e-9 <= x <= right + 1e-9
        assert top - 1e-9 <= y <= bottom + 1e-9
