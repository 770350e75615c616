"""Rows become lines: joined where they are one, stacked where they stand together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model import TextLine
from tracer.settings import DEFAULT
from tracer.text.engine import Reading
from tracer.text.kinds import Behaviour, Scene, kinds
from tracer.text.languages import language_of
from tracer.text.lines import Row, lines_of, rejoined, stacked
from tracer.text.spelling import alike, distance, distance_inside

SETTINGS = DEFAULT.text
SCENE = Scene(60.0, (5.0, 20.0))


def behaviour(start=1.0, end=3.0, top=0.85, high=0.06, left=0.3, right=0.7, **changes):
    box = (left, top, right, top + high)
    return replace(Behaviour(start, end, box, 0.0, (0.0, 0.0), 0.0, 9.0), **changes)


def row(text, **changes):
    return Row(behaviour(text=text, **changes), Reading(text, 0.99), False, True)


def test_two_rows_that_come_and_go_together_are_one_line():
    rows = [row("and the second one", top=0.9), row("The first row", top=0.82)]
    (line,) = lines_of([*rows], SCENE, SETTINGS)
    assert line.text == "The first row\nand the second one"
    assert line.box == (0.3, 0.82, 0.7, 0.96)


def test_a_row_that_was_lost_behind_a_flash_is_one_row():
    rows = [row("The first row"), row("The first r0w", start=3.3, end=5.0)]
    (one,) = rejoined(rows, SETTINGS)
    assert (one.behaviour.start, one.behaviour.end) == (1.0, 5.0)


def test_another_line_in_the_same_place_is_another_line():
    rows = [row("The first row"), row("What comes after", start=3.2, end=5.0)]
    assert len(rejoined(rows, SETTINGS)) == 2


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "subtitle"),
        ({"moved": 0.9, "run": (-12.0, 0.1)}, "ticker"),
        ({"moved": 0.9, "run": (0.1, -9.0)}, "ticker"),
        ({"moved": 0.9, "run": (2.0, 3.0)}, "scene"),
        ({"tilt": 20.0}, "scene"),
        ({"start": 5.1, "end": 19.9}, "scene"),  # from cut to cut
        ({"start": 5.1, "end": 19.9, "around": 0.2}, "title"),  # so, on a plain ground
        ({"start": 0.0, "end": 58.0, "top": 0.05, "left": 0.8, "right": 0.95}, "mark"),
        ({"start": 4.9, "end": 15.1}, "subtitle"),  # over no cut's end
        ({"swept": True}, "karaoke"),
        ({"left": 0.05, "right": 0.3, "top": 0.4}, "caption"),
    ],
)
def test_what_a_lone_line_is(changes, kind):
    assert kinds([behaviour(**changes)], SCENE, SETTINGS) == [kind]


def test_a_mark_that_jumps_is_no_subtitle():
    left = behaviour(0.0, 4.0, 0.05, left=0.03, right=0.2, text="@somebody")
    right = behaviour(4.0, 8.0, 0.6, left=0.8, right=0.97, text="@somebody")
    assert kinds([left, right, replace(left, start=8.0, end=12.0)], SCENE, SETTINGS) == ["mark"] * 3


def test_a_mark_that_comes_back_is_no_line_after_another():
    first = behaviour(0.0, 4.0, 0.05, left=0.03, right=0.2, text="@somebody")
    again = replace(first, start=8.0, end=12.0)
    assert kinds([first, again], SCENE, SETTINGS) == ["caption"] * 2


def test_lines_that_each_have_a_shot_of_their_own_are_subtitles():
    scene = Scene(9.0, (3.0, 6.0))
    words = ("the first", "another one", "goodbye")
    lines = [behaviour(3 * at + 0.1, 3 * at + 2.9, text=text) for at, text in enumerate(words)]
    assert kinds(lines, scene, SETTINGS) == ["subtitle"] * 3
    signs = [replace(line, box=(0.6, 0.4, 0.8, 0.45)) for line in lines]
    assert kinds(signs, scene, SETTINGS) == ["scene"] * 3


def test_the_upper_row_of_a_subtitle_is_one_too():
    """It alone has no other in its band, and comes and goes with a cut."""
    scene = Scene(60.0, (1.0, 3.0))
    rows = [row("lower", top=0.9), row("upper", top=0.82), row("next", top=0.9, start=3, end=5)]
    first, after = lines_of(rows, scene, SETTINGS)
    assert (first.kind, first.text) == ("subtitle", "upper\nlower")
    assert after.kind == "subtitle"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我们很自由", "zh"),
        ("我们爱TikTok", "zh"),
        ("これは日本語です", "ja"),
        ("We are very free", "en"),
        ("Nous sommes très libres et c'est vrai", "fr"),
        ("Wir sind nicht frei und das ist schade", "de"),
        ("Somos muy libres, pero no es fácil", "es"),
        ("FICTION", "und"),
        ("12:45", "und"),
        ("", "und"),
    ],
)
def test_the_language_of_a_line(text, code):
    assert language_of(text) == code


letters = st.text(alphabet="ab很自由 ", max_size=12)


@given(letters, letters)
def test_the_edit_distance_is_one(a, b):
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))
    assert 0.0 <= alike(a, b) <= 1.0


@given(letters, letters, letters)
def test_a_word_is_no_way_from_a_text_that_holds_it(a, b, c):
    assert distance_inside(b, a + b + c) == 0
    assert distance_inside(b, a) <= distance(b, a)


times = st.integers(0, 40).map(lambda quarter: quarter / 4)
rows = st.builds(
    lambda text, start, length, top: row(text, start=start, end=start + length, top=top / 20),
    st.sampled_from(["one line of words", "another line here", "山谷里没有人", "老人收留了她"]),
    times,
    st.integers(2, 16).map(lambda quarter: quarter / 4),
    st.integers(1, 18),
)


@given(st.lists(rows, max_size=8), st.randoms())
def test_lines_do_not_depend_on_the_order_of_rows_and_lose_none(some, dice):
    made = lines_of(some, SCENE, SETTINGS)
    shuffled = list(some)
    dice.shuffle(shuffled)
    assert {line.text for line in lines_of(shuffled, SCENE, SETTINGS)} == {m.text for m in made}
    said = "\n".join(line.text for line in made)
    assert all(one.reading.text in said for one in some)
    for one in some:
        held = [line for line in made if one.reading.text in line.text]
        assert min(line.start for line in held) <= one.behaviour.start
        assert max(line.end for line in held) >= one.behaviour.end


def test_letters_that_can_not_be_read_are_no_part_of_a_line_that_can():
    line = TextLine(0, 2, (0.3, 0.8, 0.7, 0.85), "", "und", "unreadable", 0.3)
    below = TextLine(0, 2, (0.3, 0.86, 0.7, 0.9), "words", "und", "subtitle", 0.9)
    assert len(stacked([line, below], SETTINGS)) == 2
