"""What stands in two videos tells one place, whoever moves in it."""

from __future__ import annotations

import numpy as np
import pytest

from tracer.match.searched import film_of
from tracer.match.standing import Standing, standing
from tracer.match.strips import Film
from tracer.model import IDENTITY, WHOLE, Layout
from tracer.settings import DEFAULT

MINE = DEFAULT.match
LAYOUTS = Layout(), Layout()


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


def compared(films, layouts=LAYOUTS):
    return standing(tuple(films), layouts, IDENTITY, WHOLE, MINE)


def is_one_place(one: Standing) -> bool:
    return one.share >= MINE.standing_share and one.clear >= MINE.standing_clear


def turned(film, across, down):
    """The film as a camera sees it that was turned by a share of the picture."""
    height, width = film.pictures.shape[1:]
    x, y = round(across * width), round(down * height)
    wider = np.pad(film.pictures, ((0, 0), (abs(y),) * 2, (abs(x),) * 2), mode="reflect")
    there = wider[:, abs(y) + y : abs(y) + y + height, abs(x) + x : abs(x) + x + width]
    return Film(film.times, np.ascontiguousarray(there))


def test_what_stands_agrees_in_other_moments_of_one_place(film):
    found = compared(halves(film("rolling-ball")))
    assert is_one_place(found)
    assert found.share > 0.8


def test_a_camera_that_was_turned_still_shows_one_place(film):
    one, other = halves(film("rolling-ball"))
    assert is_one_place(compared([one, turned(other, 0.12, -0.05)]))


def test_whoever_stands_before_half_of_it_it_stays_one_place(film):
    """Another film over the middle of each: two people in one room, larger than life."""
    films = []
    for one, before in zip(halves(film("rolling-ball")), ("city", "dog"), strict=True):
        pictures = one.pictures.copy()
        height, width = pictures.shape[1:]
        inside = np.s_[height // 4 :, width // 4 : -width // 4]
        other = film(before).usual().pictures[0]
        pictures[(slice(None), *inside)] = np.resize(other, pictures.shape[1:])[inside]
        films.append(Film(one.times, pictures))
    found = compared(films)
    assert is_one_place(found)
    assert found.share < 0.8  # the parts with the people in them do not agree


def test_what_stands_in_two_places_does_not(film):
    found = compared([film("rolling-ball"), film("city")])
    assert found.share < 0.25
    assert found.clear < 1.2


def test_a_logo_that_both_carry_is_no_place(film):
    """The same letters over one corner of two films are a part or two of many."""
    films = []
    for name in ("rolling-ball", "city"):
        one = film(name)
        pictures = one.pictures.copy()
        dice = np.random.default_rng(3)
        pictures[:, 4:30, 4:60] = dice.integers(0, 2, (26, 56), np.uint8) * 255
        films.append(Film(one.times, pictures))
    assert not is_one_place(compared(films))


def test_letters_that_are_known_are_left_out(film):
    covered = Layout(text_bands=(WHOLE,))
    for layouts in ((covered, Layout()), (Layout(), covered)):
        assert not is_one_place(compared(halves(film("rolling-ball")), layouts))


def test_pictures_that_show_nothing_are_no_place():
    grey = Film(np.arange(4) / 4, np.full((4, 72, 128), 90, np.uint8))
    assert compared([grey, grey]) == Standing(0, 0, 0.0)
