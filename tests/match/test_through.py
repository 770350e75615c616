"""A match of a match: where a third video must lie, put together from two findings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.match.geometry import applied, matrix_of
from tracer.match.through import composed, guess
from tracer.model import Match, Segment, Transform
from tracer.settings import DEFAULT

NUMBERS = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 4))
TRANSFORMS = st.builds(Transform, st.tuples(*[NUMBERS] * 6), st.booleans())


def match(query, other, segments, transform=Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0))):  # noqa: B008
    return Match(
        query_sha256=query,
        sha256=other,
        score=0.99,
        verdict="match",
        segments=tuple(Segment(*numbers, 0.9) for numbers in segments),
        transform=transform,
    )


@given(TRANSFORMS, TRANSFORMS)
def test_a_composed_transform_does_one_after_the_other(outer, inner):
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.3, 0.7]])
    both = composed(outer, inner)
    by_hand = applied(matrix_of(outer), applied(matrix_of(inner), points))
    np.testing.assert_allclose(applied(matrix_of(both), points), by_hand, atol=1e-9)
    assert both.mirrored == (outer.mirrored != inner.mirrored)


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(0, 30), st.floats(0, 30))
def test_lines_of_time_follow_one_another(first_speed, second_speed, first_at, second_at):
    found = match("q", "a", [(0.0, 20.0, first_at, first_at + 20 * first_speed, first_speed)])
    start = first_at - 5
    known = match("a", "b", [(start, start + 90, second_at, second_at + 90 * second_speed,
                              second_speed)])  # fmt: skip
    told = guess(found, known, DEFAULT.match)
    assert told is not None
    assert (told.sha256, told.by_way_of) == ("b", "a")
    (line,) = told.lines
    for at in (0.0, 7.0, 20.0):
        middle = first_at + first_speed * at
        there = second_at + second_speed * (middle - start)
        assert line.speed * at + line.offset == pytest.approx(there)


def test_no_second_shared_is_no_guess():
    found = match("q", "a", [(0.0, 10.0, 0.0, 10.0, 1.0)])
    assert guess(found, match("a", "b", [(20.0, 30.0, 0.0, 10.0, 1.0)]), DEFAULT.match) is None
