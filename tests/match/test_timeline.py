"""Planted stretches of time are found in made-up films, and nothing where nothing was planted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracer.match.agreement import agreement
from tracer.match.examine import Examination
from tracer.match.find import verdict_of
from tracer.match.geometry import between_boxes
from tracer.match.lines import Line, similarity_of, voted_lines
from tracer.match.score import measures, score
from tracer.match.segments import segments_of
from tracer.match.stretches import Stretch, cut, look_again, worth
from tracer.match.strips import Film, lay_over, visible
from tracer.match.timeline import find_stretches
from tracer.model import IDENTITY, WHOLE, Transform
from tracer.settings import DEFAULT

from ..films import blobs, textured

SETTINGS = DEFAULT.match
FINE, COARSE = DEFAULT.fingerprint.query_sampling_gap, DEFAULT.media.sampling_gap
MIRROR = between_boxes(WHOLE, WHOLE, mirrored=True)
MATCH, OTHER = 1, 2  # seeds: the indexed film, and what else a query shows


def noisy(pictures, seed, level=1.5):
    noise = np.random.default_rng([23, seed]).normal(0, level, pictures.shape)
    return np.clip(np.rint(pictures + noise), 0, 255).astype(np.uint8)


def indexed(seconds=60.0, seed=MATCH, gap=COARSE, **drawn):
    """Return a film as an index holds it."""
    times = np.arange(0, seconds, gap)
    return Film(times, noisy(blobs(seed, times, **drawn), seed))


def asked(seconds, *planted, gap=FINE, flip=False):
    """Return a film as a query has it: ``planted`` are (query start, end, match start, speed)."""
    times = np.arange(0, seconds, gap)
    pictures = blobs(OTHER, times)
    for start, end, match_start, speed in planted:
        here = (times >= start) & (times < end)
        pictures[here] = blobs(MATCH, match_start + speed * (times[here] - start))
    return Film(times, noisy(pictures[:, :, ::-1] if flip else pictures, 3))


def stretches(query, match, transform=IDENTITY):
    overlay = lay_over(query, match, transform, WHOLE, SETTINGS)
    return [look_again(overlay, one, SETTINGS) for one in find_stretches(overlay, SETTINGS)]


def score_of(found, transform=IDENTITY):
    """Return the score of stretches by themselves, in an index of one video."""
    found = Examination(None, transform, WHOLE, 1.0, tuple(found), 0.0)
    return score(measures(found), 1, SETTINGS)


def assert_nothing(found):
    """Assert that what agrees, if anything, is chance: not even possible."""
    assert verdict_of(score_of(found)) is None, found


def assert_planted(found, start, end, match_start, speed, within=0.8):
    """Assert that one stretch is the planted one; the moving mean blurs its ends by half of it."""
    ends = (found.query_start, found.query_end)
    assert ends == pytest.approx((start, end), abs=within)
    there = found.line.at(np.array(ends))
    assert there == pytest.approx(
        (match_start, match_start + speed * (end - start)), abs=within * max(1.0, speed)
    )
    assert found.line.speed == pytest.approx(speed, rel=0.025)


@pytest.fixture(scope="module")
def match():
    return indexed()


# --- what was planted is found -------------------------------------------------------------------

PLANTED = {
    "ten seconds": (40.0, 50.0, 20.0, 1.0),
    "from the start": (0.0, 8.0, 31.5, 1.0),
    "to the end": (50.0, 60.0, 2.3, 1.0),
    "three seconds": (20.0, 23.0, 44.0, 1.0),
    "faster": (10.0, 22.0, 15.0, 1.25),
    "slower": (10.0, 26.0, 15.0, 0.8),
    "off the grid": (12.37, 21.11, 33.19, 1.0),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_stretch_is_found(match, planted):
    (found,) = stretches(asked(60.0, planted), match)
    assert_planted(found, *planted)
    assert found.motion > 0.8
    assert found.moments >= 0.7 * (planted[1] - planted[0]) / SETTINGS.moment
    assert found.disputed < 0.2
    assert verdict_of(score_of([found])) == "match"


@pytest.mark.parametrize("planted", [(40.0, 50.0, 20.0, 1.0), (10.0, 22.0, 15.0, 1.25)])
def test_a_mirrored_stretch_is_found_under_the_mirrored_transform_only(match, planted):
    query = asked(60.0, planted, flip=True)
    (found,) = stretches(query, match, MIRROR)
    assert_planted(found, *planted)
    assert_nothing(stretches(query, match))


def test_two_stretches_in_another_order_are_both_found(match):
    first, second = (5.0, 15.0, 42.0, 1.0), (30.0, 38.0, 10.0, 1.0)
    found = stretches(asked(60.0, first, second), match)
    assert len(found) == 2
    for one, planted in zip(found, (first, second), strict=True):
        assert_planted(one, *planted)


def test_a_repeat_is_found_each_time(match):
    first, second = (4.0, 12.0, 22.0, 1.0), (20.0, 28.0, 22.0, 1.0)
    found = stretches(asked(32.0, first, second), match)
    assert len(found) == 2
    for one, planted in zip(found, (first, second), strict=True):
        assert_planted(one, *planted)


def test_a_cut_inside_gives_one_stretch_on_each_side(match):
    """Five seconds were cut out: two lines, an offset apart."""
    first, second = (0.0, 12.0, 10.0, 1.0), (12.0, 24.0, 27.0, 1.0)
    found = stretches(asked(24.0, first, second), match)
    assert len(found) == 2
    for one, planted in zip(found, (first, second), strict=True):
        assert_planted(one, *planted)


def test_a_relit_and_partly_covered_copy_is_found(match):
    planted = (10.0, 22.0, 30.0, 1.0)
    query = asked(30.0, planted)
    lit = np.clip(0.75 * query.pictures.astype(float) + 30, 0, 255)
    lit[:, 42:52, 8:88] = 20  # an opaque band
    (found,) = stretches(Film(query.times, lit.astype(np.uint8)), match)
    assert_planted(found, *planted)


def test_a_crop_is_found_where_it_is_laid_over(match):
    planted = (10.0, 22.0, 30.0, 1.0)
    query = asked(30.0, planted)
    box = (0.25, 0.25, 0.875, 0.875)  # of the match's frame
    height, width = query.pictures.shape[1:]
    cropped = query.pictures[
        :, round(box[1] * height) : round(box[3] * height), round(box[0] * width) :
    ][:, :, : round((box[2] - box[0]) * width)]
    larger = np.stack([cv2.resize(picture, (width, height)) for picture in cropped])
    transform = between_boxes(box, WHOLE, mirrored=False)
    region = visible(transform, WHOLE)
    assert region == pytest.approx(box, abs=1e-6)
    overlay = lay_over(Film(query.times, larger), match, transform, region, SETTINGS)
    (found,) = find_stretches(overlay, SETTINGS)
    assert_planted(found, *planted)


@pytest.mark.parametrize("planted", [(40.0, 50.0, 20.0, 1.0), (10.0, 22.0, 15.0, 1.25)])
def test_the_other_way_round_gives_the_inverse(planted):
    """Query and match change places: the same seconds, the inverse speed."""
    times = np.arange(0, 60, COARSE)
    query = asked(60.0, planted, gap=COARSE)
    match = Film(times, noisy(blobs(MATCH, times), MATCH))
    there, back = (
        max(stretches(*pair), key=lambda one: worth([one]))
        for pair in ((query, match), (match, query))
    )
    assert back.line.speed == pytest.approx(1 / there.line.speed, rel=0.02)
    ends = there.line.at(np.array([there.query_start, there.query_end]))
    assert (back.query_start, back.query_end) == pytest.approx(tuple(ends), abs=2 * COARSE)
    ends = back.line.at(np.array([back.query_start, back.query_end]))
    assert (there.query_start, there.query_end) == pytest.approx(tuple(ends), abs=2 * COARSE)


# --- nothing is found where nothing was planted --------------------------------------------------


@pytest.mark.parametrize("seed", range(30, 36))
def test_an_unrelated_film_gives_none(match, seed):
    times = np.arange(0, 40, FINE)
    assert_nothing(stretches(Film(times, noisy(blobs(seed, times), seed)), match))


@pytest.mark.parametrize("seed", range(40, 46))
def test_the_same_room_with_other_motion_gives_none(seed):
    """What stands still agrees to the last pixel, what moves does not: the same scene."""
    room = textured(9)
    times = np.arange(0, 40, FINE)
    query = Film(times, noisy(blobs(seed, times, background=room, count=2), seed))
    assert_nothing(stretches(query, indexed(background=room, count=2)))


def slides(times, change):
    """Return a film of two pictures that stand still, one after the other."""
    first, second = (textured(50 + i).astype(np.uint8) for i in range(2))
    pictures = np.where((times < change)[:, None, None], first, second)
    return Film(times, noisy(pictures, len(times)))


def test_repeated_still_frames_give_no_moments():
    """A minute of one picture is no moment at all."""
    query, same = (slides(np.arange(0, 40, gap), 1e9) for gap in (FINE, COARSE))
    found = stretches(query, same)
    assert sum(one.moments for one in found) == 0
    assert_nothing(found)


def test_one_cut_between_two_stills_is_one_moment():
    """Two title cards in a row are no match, however long they stand."""
    found = stretches(slides(np.arange(0, 40, FINE), 20), slides(np.arange(0, 40, COARSE), 13))
    assert max((one.distinct for one in found), default=0) <= 1
    assert_nothing(found)


def test_what_moves_all_along_has_distinct_moments(match):
    found = stretches(asked(20.0, (0.0, 20.0, 5.0, 1.0)), match)
    assert max(one.distinct for one in found) >= SETTINGS.moments_needed


def test_noise_and_black_give_none(match):
    times = np.arange(0, 20, FINE)
    noise = np.random.default_rng(6).integers(0, 256, (len(times), 54, 96), dtype=np.uint8)
    assert_nothing(stretches(Film(times, noise), match))
    assert stretches(Film(times, np.zeros_like(noise) + 16), match) == []


def test_a_region_too_small_to_compare_is_not_compared(match):
    query = asked(10.0)
    assert lay_over(query, match, IDENTITY, (0.4, 0.4, 0.5, 0.5), SETTINGS) is None
    outside = Transform((1.0, 0.0, 2.0, 0.0, 1.0, 0.0))
    assert visible(outside, WHOLE) is None


# --- the steps -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overlay(match):
    return lay_over(asked(40.0, (10.0, 30.0, 25.0, 1.0)), match, IDENTITY, WHOLE, SETTINGS)


def test_the_planted_line_has_the_most_votes(overlay):
    times = overlay.query.times[::3]
    similarity = similarity_of(overlay.query.motion[::3], overlay.match.motion)
    assert similarity.shape == (len(times), len(overlay.match.times))
    best, *others = voted_lines(times, overlay.match.times, similarity, SETTINGS)
    assert (best.speed, best.offset) == pytest.approx((1.0, 15.0), abs=0.15)
    assert all(one.votes < 0.6 * best.votes for one in others)


def test_moments_agree_on_the_line_inside_and_nowhere_else(overlay):
    free = np.ones(len(overlay.query.times), bool)
    on = agreement(overlay, Line(1.0, 15.0), free, SETTINGS)
    times = overlay.query.times[on.rows]
    inside = (times > 11) & (times < 29)
    outside = (times < 9) | (times > 31)
    assert on.motion[inside].min() > SETTINGS.motion_agrees
    assert np.median(on.appearance[inside]) > 0.9
    assert np.median(on.motion[outside]) < SETTINGS.motion_disagrees
    off = agreement(overlay, Line(1.0, 12.0), free, SETTINGS)
    assert np.median(off.motion) < SETTINGS.motion_disagrees


def test_what_is_taken_away_is_not_found_again(overlay):
    line = Line(1.0, 15.0)
    free = np.ones(len(overlay.query.times), bool)
    (whole,) = cut(overlay, line, free, SETTINGS)
    free[(overlay.query.times > 9) & (overlay.query.times < 20)] = False
    (rest,) = cut(overlay, line, free, SETTINGS)
    assert whole.query_start == pytest.approx(10, abs=0.3)
    assert rest.query_start == pytest.approx(20, abs=0.3)
    assert rest.query_end == pytest.approx(whole.query_end, abs=0.1)
    free[:] = False
    assert cut(overlay, line, free, SETTINGS) == []


def test_a_stretch_agrees_less_when_it_is_moved(overlay):
    (found,) = [look_again(overlay, one, SETTINGS) for one in find_stretches(overlay, SETTINGS)]
    assert found.margin > 0.3
    assert found.contrast > 3
    assert found.strong > 0.8


def a_stretch(start, seconds, offset, *, speed=1.0, **changes):
    """Return a stretch as a true copy gives it, but for the changes."""
    facts = {"appearance": 0.98, "motion": 0.95, "moments": 12, "distinct": 3, "strong": 0.95}
    line = Line(speed, offset)
    return Stretch(
        line, start, start + seconds, energy=0.2, disputed=0.0, contrast=9.0, **{**facts, **changes}
    )


CHANCE = {"appearance": 0.7, "motion": 0.4, "moments": 5, "distinct": 1, "strong": 0.4}


def test_the_parts_of_a_compilation_do_not_speak_against_each_other():
    one, other = a_stretch(0.0, 8.0, 17.0), a_stretch(13.0, 7.0, 15.0)
    alone = measures(Examination(None, IDENTITY, WHOLE, 1.0, (one,), 0.0))
    both = measures(Examination(None, IDENTITY, WHOLE, 1.0, (one, other), 0.0))
    assert both["unity"] == alone["unity"] == 1.0
    chance = a_stretch(13.0, 7.0, 15.0, **CHANCE)
    beside = measures(Examination(None, IDENTITY, WHOLE, 1.0, (one, chance), 0.0))
    assert beside["unity"] < 0.9


def test_what_lies_beside_a_match_by_chance_is_no_segment():
    true = a_stretch(0.0, 3.0, 0.0)
    for chance in (
        a_stretch(3.0, 7.0, 1.0, speed=0.78, **CHANCE),
        a_stretch(4.0, 4.0, 9.0, **CHANCE),
    ):
        found = Examination(None, IDENTITY, WHOLE, 1.0, (true, chance), 0.0)
        (segment,) = segments_of(found, 10.0, 10.0, SETTINGS)
        assert (segment.query_start, segment.query_end) == (0.0, 3.0)
    part = a_stretch(4.0, 4.0, 9.0)
    found = Examination(None, IDENTITY, WHOLE, 1.0, (true, part), 0.0)
    assert len(segments_of(found, 10.0, 20.0, SETTINGS)) == 2


def test_seconds_that_are_explained_far_better_are_no_segment_of_another_line():
    true = a_stretch(0.0, 8.0, 17.0)
    worse = a_stretch(1.8, 4.7, 18.0, speed=0.76, motion=0.57)
    found = Examination(None, IDENTITY, WHOLE, 1.0, (true, worse), 0.0)
    (segment,) = segments_of(found, 10.0, 40.0, SETTINGS)
    assert segment.speed == 1.0
    # What the match shows twice agrees as well both times.
    again = a_stretch(1.0, 6.0, 28.0, motion=0.9)
    found = Examination(None, IDENTITY, WHOLE, 1.0, (true, again), 0.0)
    assert len(segments_of(found, 10.0, 40.0, SETTINGS)) == 2
