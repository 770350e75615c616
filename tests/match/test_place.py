"""What stands in two videos tells one place, whoever moves in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracer.match.detail import standing_alike, weighted_median
from tracer.match.place import look_around, one_place
from tracer.match.registration import Registration
from tracer.match.searched import film_of
from tracer.match.strips import Film
from tracer.model import IDENTITY, WHOLE, Layout
from tracer.settings import DEFAULT

MINE = DEFAULT.match
LAYOUTS = Layout(), Layout()
FEW = Registration(
    transform=IDENTITY, inliers=20, best_pair=12, pairs=1, spread=0.05, box=WHOLE,
    query_time=0.0, match_time=0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def film(clips):
    """The film of a clip from a camera that stands, and of another."""
    return lambda name: film_of(clips.asked(name))


def halves(film):
    """The first and the second half of a film: other moments of one place."""
    middle = len(film.times) // 2
    return tuple(
        Film(film.times[part], film.pictures[part])
        for part in (slice(0, middle - 6), slice(middle + 6, None))
    )


def test_what_stands_agrees_in_other_moments_of_one_place(film):
    assert standing_alike(halves(film("rolling-ball")), LAYOUTS, IDENTITY, WHOLE, MINE) > 0.4


def test_what_stands_in_two_places_does_not(film):
    films = film("rolling-ball"), film("city")
    assert standing_alike(films, LAYOUTS, IDENTITY, WHOLE, MINE) < 0.2


def test_a_logo_that_both_carry_is_no_place(film):
    """The same letters over one corner of two films: the median over the parts does not see it."""
    films = []
    for name in ("rolling-ball", "city"):
        one = film(name)
        pictures = one.pictures.copy()
        dice = np.random.default_rng(3)
        pictures[:, 4:30, 4:60] = dice.integers(0, 2, (26, 56), np.uint8) * 255
        films.append(Film(one.times, pictures))
    assert standing_alike(tuple(films), LAYOUTS, IDENTITY, WHOLE, MINE) < 0.2


def test_letters_that_are_known_are_left_out(film):
    covered = Layout(text_bands=(WHOLE,))
    both = covered, Layout()
    assert standing_alike(halves(film("rolling-ball")), both, IDENTITY, WHOLE, MINE) == 0


def test_few_features_are_one_place_where_what_stands_agrees(film):
    place = look_around(halves(film("rolling-ball")), LAYOUTS, FEW, 0.7, MINE)
    assert one_place(place, MINE)
    assert not one_place(replace(place, standing=0.0), MINE)
    other = look_around((film("rolling-ball"), film("city")), LAYOUTS, FEW, 0.7, MINE)
    assert not one_place(other, MINE)


def test_what_stands_is_only_asked_where_it_may_decide(film):
    films = halves(film("rolling-ball"))
    sure = replace(FEW, best_pair=40, pairs=6, spread=0.3)
    for registration, looks in ((sure, 0.9), (replace(FEW, best_pair=9), 0.9), (FEW, 0.5)):
        assert look_around(films, LAYOUTS, registration, looks, MINE).standing == 0


def test_a_weighted_median_has_half_of_the_weight_at_or_below_it():
    assert weighted_median(np.array([0.9, 0.1, 0.5]), np.array([1.0, 1.0, 1.0])) == 0.5
    assert weighted_median(np.array([0.9, 0.1, 0.5]), np.array([5.0, 1.0, 1.0])) == 0.9
