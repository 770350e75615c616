"""Letters that one video alone carries, and letters that both show whoever read them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.compare import scenes
from tests.compare.scenes import matched, scene
from tests.compare.test_edits import placed
from tracer.compare.written import likeness_beneath
from tracer.match.strips import Film
from tracer.model import TextLine, Transform
from tracer.settings import DEFAULT

LINE = TextLine(2.0, 4.0, (0.2, 0.78, 0.8, 0.94), "We came here", "en", "subtitle", 0.97)
ALIKE = DEFAULT.text.written_alike


def soft(film: Film, wide: float = 0.8) -> Film:
    """As a larger film looks that was scaled down: no stroke ends at a pixel's edge."""
    return scenes.changed(film, np.stack([blurred(one, wide) for one in film.pictures]))


def blurred(picture: np.ndarray, wide: float) -> np.ndarray:
    return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), wide)


def likeness(query: Film, other: Film, line: TextLine = LINE, of_query: bool = True, **match):
    return likeness_beneath(line, of_query, matched(**match), (query, other), DEFAULT.compare)


@pytest.mark.parametrize("of_query", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_both_show_is_alike_and_what_one_put_on_is_not(seed: int, of_query: bool) -> None:
    film = scene(seed)
    written = soft(scenes.lettered(film))
    coarse = soft(written, 1.2)
    assert likeness(written, coarse, of_query=of_query) > ALIKE
    assert likeness(*((written, film) if of_query else (film, written)), of_query=of_query) < ALIKE
    assert likeness(written, scenes.lettered(film, 8), of_query=of_query) < ALIKE
    banded = scenes.lettered(film, band=True)
    assert likeness(*((banded, film) if of_query else (film, banded)), of_query=of_query) < ALIKE


def test_letters_are_looked_for_where_the_other_shows_the_place() -> None:
    film = soft(scenes.lettered(scene()))
    mirrored = Film(film.times, np.ascontiguousarray(film.pictures[:, :, ::-1]))
    flip = Transform((-1.0, 0.0, 1.0, 0.0, 1.0, 0.0), mirrored=True)
    left = replace(LINE, box=(0.2, 0.78, 0.4, 0.94))
    assert likeness(mirrored, film, left, of_query=False, transform=flip) > ALIKE
    assert (
        likeness(mirrored, film, replace(left, box=(0.6, 0.78, 0.8, 0.94)), transform=flip) > ALIKE
    )


def test_nothing_is_said_of_a_place_or_a_moment_that_the_other_does_not_show() -> None:
    film = scene()
    below = replace(LINE, box=(0.2, 0.88, 0.8, 0.98))
    barred = scenes.barred(film)
    inner = placed((0.0, 0.1, 1.0, 0.9))
    assert (
        likeness(barred, film, replace(below, box=(0.2, 0.92, 0.8, 0.99)), transform=inner) is None
    )
    assert likeness(film, film, replace(LINE, start=20.0, end=22.0)) is None
