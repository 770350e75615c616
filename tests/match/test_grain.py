"""The fine detail that moves agrees in a copy, and at other moments no more than by chance."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.fingerprint.take import take_closely
from tracer.match.candidates import candidates
from tracer.match.detail import weighted_median
from tracer.match.examine import Grain, Subject
from tracer.match.find import by_video
from tracer.match.grain import compared_with_chance, fine_motion, grain_of
from tracer.match.lines import Line
from tracer.match.score import calibration, grain_odds, with_grain
from tracer.match.searched import film_of, from_fingerprints
from tracer.match.strips import Film
from tracer.match.twice import best_twice
from tracer.settings import DEFAULT

MINE = DEFAULT.match
STEP = 1 / 12


@pytest.fixture(scope="module", params=["sintel-small", "wanna-mirror"])
def compared(request, clips):
    """A copy, the film it was made of as a closer look reads it, and how they agree."""
    (work,) = clips.works(request.param)
    asked = clips.asked(request.param)
    closer = take_closely(clips.path(work), clips.video(work), clips.stored(work), DEFAULT, None)
    query, other = (Subject(one, partial(film_of, one)) for one in (asked, closer))
    named = by_video(candidates(asked, query.film, from_fingerprints([closer]), MINE))
    _, found = best_twice(query, other, named[0], 1, MINE)
    assert found is not None
    return query, other, found


def moved(found, seconds):
    """An examination that claims the same seconds of the query for other moments of the match."""
    return replace(
        found,
        stretches=tuple(
            replace(one, line=Line(one.line.speed, one.line.offset + seconds))
            for one in found.stretches
        ),
    )


def test_a_copy_agrees_in_detail_and_other_moments_do_not(compared):
    query, other, found = compared
    true = grain_of(query, other, found, MINE)
    assert true == found.grain
    assert true.correlation > 0.3
    assert true.contrast > 6
    assert true.distinct == MINE.moments_needed
    for seconds in (-2.0, 1.5, 3.0):
        false = grain_of(query, other, moved(found, seconds), MINE)
        assert false is None or false.contrast < true.contrast / 2
        assert false is None or false.correlation < 0.3


def test_little_of_the_picture_that_agrees_is_no_copy(compared):
    """A lane of a road: one strip of the film agrees, and the claim is about that strip alone."""
    query, other, found = compared
    film, shift = other.film, 36  # samples: three seconds
    wide = film.pictures.shape[2]
    left, right = (round(part * wide) for part in (0.4, 0.55))
    pictures = np.roll(film.pictures, shift, axis=0)
    pictures[:, :, left:right] = film.pictures[:, :, left:right]
    spoilt = Subject(other.fingerprint, lambda: Film(film.times, pictures))
    claim = replace(found, region=(0.4, 0.0, 0.55, 1.0))
    strip = grain_of(query, spoilt, claim, replace(MINE, grain_narrow=0.0))
    whole = grain_of(query, spoilt, claim, MINE)
    assert strip is not None
    assert grain_odds(strip) > 1.0  # what was believed once
    assert whole is not None
    assert grain_odds(whole) < 0.3


def test_detail_that_agrees_speaks_for_a_pair_and_none_a_little_against(compared):
    _, _, found = compared
    absent = replace(found, grain=Grain(0.0, 0.0, 0))
    assert with_grain(0.6, found, MINE) > 0.93
    assert 0.4 < with_grain(0.6, absent, MINE) < 0.6
    assert with_grain(0.6, replace(found, grain=None), MINE) == 0.6
    assert with_grain(0.0, found, MINE) == 0.0  # no line at all: nothing to be sure of


@given(st.floats(0, 1), st.floats(0, 30), st.floats(0, 1), st.floats(0, 30))
def test_more_detail_never_speaks_for_less(correlation, contrast, more, further):
    weak = Grain(correlation, contrast, 0)
    strong = Grain(min(1.0, correlation + more), contrast + further, 0)
    assert grain_odds(weak) <= grain_odds(strong)


def test_one_cut_between_two_cards_stays_below_a_match_however_well_it_agrees(compared):
    _, _, found = compared
    cut = tuple(replace(one, distinct=1) for one in found.stretches)
    sure = replace(found, stretches=cut, grain=Grain(0.9, 20.0, 1))
    assert with_grain(0.9, sure, MINE) < calibration().possible


def test_a_speed_of_its_own_needs_a_moment_that_agrees_in_detail(compared):
    """Of many speeds chance finds one; at speed 1 there is no choice."""
    _, _, found = compared

    def value(speed, distinct):
        stretches = tuple(
            replace(one, line=Line(speed, one.line.offset)) for one in found.stretches
        )
        grain = Grain(0.2, 9.0, distinct)
        return with_grain(0.97, replace(found, stretches=stretches, grain=grain), MINE)

    assert value(0.84, 0) < calibration().possible
    assert value(0.84, 1) >= calibration().match
    assert value(1.0, 0) >= calibration().match


def test_letters_and_logos_that_are_known_do_not_speak(compared):
    query, other, found = compared
    everywhere = replace(other.fingerprint.layout, static_overlays=((0.0, 0.0, 1.0, 1.0),))
    covered = Subject(replace(other.fingerprint, layout=everywhere), lambda: other.film)
    assert grain_of(query, covered, found, MINE) is None


def test_a_line_between_two_stills_has_no_grain():
    still = np.full((40, 16, 24), 90.0, np.float32)
    away = fine_motion(still, STEP, MINE)
    assert not away.any()
    assert compared_with_chance(away, away, STEP, MINE) is None


def test_a_run_too_short_to_be_moved_tells_nothing():
    away = np.random.default_rng(1).normal(0, 20, (8, 16, 24)).astype(np.float32)
    assert compared_with_chance(away, away, STEP, MINE) is None


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 99), samples=st.integers(20, 40), rows=st.integers(12, 20))
def test_it_is_what_a_plain_comparison_gives(seed, samples, rows):
    dice = np.random.default_rng(seed)
    a = dice.normal(0, 8, (samples, rows, 24)).astype(np.float32)
    b = (a + dice.normal(0, 8, a.shape)).astype(np.float32)
    found = compared_with_chance(a, b, STEP, MINE)
    assert found is not None
    correlation, contrast = plainly(a, b)
    assert found.correlation == pytest.approx(correlation, abs=1e-4)
    assert found.contrast == pytest.approx(contrast, rel=1e-2)


def plainly(a, b):
    """The naive twin: lag by lag, part by part, cell by cell."""
    a, b = (x * np.abs(x) / (x * x + MINE.grain_level**2) for x in (a.astype(float), b))
    count, rows, columns = a.shape
    down = max(1, round(MINE.grain_parts * rows / columns))
    parts = [
        (slice(y * rows // down, (y + 1) * rows // down), slice(x * 6, x * 6 + 6))
        for y in range(down)
        for x in range(4)
    ]

    def agreed(lag):
        values = []
        for y, x in parts:
            pairs = [(i, i + lag) for i in range(count) if 0 <= i + lag < count]
            product = sum((a[i, y, x] * b[j, y, x]).sum() for i, j in pairs)
            norm = np.sqrt(
                sum((a[i, y, x] ** 2).sum() for i, _ in pairs)
                * sum((b[j, y, x] ** 2).sum() for _, j in pairs)
            )
            weight = np.sqrt((a[:, y, x] ** 2).sum() * (b[:, y, x] ** 2).sum())
            values.append((product / (norm + 1e-3 * count), weight))
        values.sort()
        half, so_far = sum(weight for _, weight in values) / 2, 0.0
        for value, weight in values:
            so_far += weight
            if so_far >= half:
                return value
        raise AssertionError

    lags = [lag for lag in range(-60, 61) if count - abs(lag) >= MINE.grain_shared * count]
    chance = [agreed(lag) for lag in lags if abs(lag) >= 6]
    best = max(agreed(lag) for lag in (-1, 0, 1))
    return best, (best - np.mean(chance)) / (np.std(chance) + 0.01)


def test_a_weighted_median_has_half_of_the_weight_at_or_below_it():
    assert weighted_median(np.array([0.9, 0.1, 0.5]), np.array([1.0, 1.0, 1.0])) == 0.5
    assert weighted_median(np.array([0.9, 0.1, 0.5]), np.array([5.0, 1.0, 1.0])) == 0.9
