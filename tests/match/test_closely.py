"""Which videos deserve a closer look, at which seconds, and what it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.match.candidates import Candidate
from tracer.match.closely import Gone, left_open, settled, span_of
from tracer.match.strips import Film
from tracer.match.twice import joint
from tracer.model import IDENTITY, Match, NearMiss, SceneMatch, Segment
from tracer.settings import DEFAULT

MINE = DEFAULT.match
SCORES = st.floats(0, 1)


def match(sha256, score, start=0.0, end=20.0):
    verdict = "match" if score >= 0.93 else "possible"
    segment = Segment(start, end, start, end, 1.0, 0.9)
    return Match("q" * 64, sha256, score, verdict, (segment,), IDENTITY)


def miss(sha256, score=0.0):
    return NearMiss(sha256, score, "verification", "nothing")


def asked(clips, found, votes=()):
    groups = [
        (Candidate(ordinal, False, votes=votes[ordinal] if votes else 0.0),)
        for ordinal in range(len(found))
    ]
    names = [one.sha256 for one in found]
    query = replace(clips.asked("reshare"), duration=20.0)
    chosen = left_open(query, groups, names, found, MINE)
    return [names[group[0].ordinal] for group in chosen]


def test_a_query_that_is_explained_asks_for_no_more_than_what_is_only_possible(clips):
    assert asked(clips, [match("a", 0.99), match("b", 0.95), miss("c", 0.4)]) == []
    assert asked(clips, [match("a", 0.99), match("b", 0.7), miss("c", 0.4)]) == ["b"]
    assert asked(clips, [match("a", 0.99), SceneMatch("b", 0.8, ""), miss("c", 0.4)]) == ["b"]


def test_the_surest_are_looked_at_first_and_two_without_a_score(clips):
    found = [miss("a"), miss("b", 0.4), match("c", 0.7), SceneMatch("d", 0.8, ""), miss("e"),
             miss("f"), match("g", 0.9)]  # fmt: skip
    assert asked(clips, found, votes=[5, 1, 1, 1, 9, 7, 1]) == ["g", "c", "d", "b", "e", "f"]


def test_what_a_clear_match_leaves_of_a_query_is_worth_a_look(clips):
    assert asked(clips, [match("a", 0.99, 0, 9), match("b", 0.95, 9, 20)]) == ["b"]
    assert asked(clips, [match("a", 0.99, 0, 9), match("b", 0.95, 1, 8)]) == []


def test_a_closer_look_takes_the_place_of_the_first():
    first = [match("a", 0.9), SceneMatch("b", 0.8, "a room"), miss("c", 0.2)]
    assert settled(first, [miss("a", 0.1), miss("b", 0.0), match("c", 0.98)]) == [
        miss("a", 0.1),
        first[1],
        match("c", 0.98),
    ]


def test_a_file_that_is_gone_is_named_and_changes_nothing_else():
    first = [match("a", 0.9), miss("b", 0.2)]
    told = settled(first, [Gone("a"), Gone("b")])
    assert (told[0].score, told[0].verdict) == (0.9, "possible")
    assert told[0].reasons[-1].name == "closer_look"
    assert "not at hand" in told[1].detail


def test_without_its_file_a_place_is_not_said_to_show_other_moments():
    """A talking head under new subtitles may agree too little by what the index keeps of it."""
    first = SceneMatch("a", 0.9, "same room and camera, other moments: 90 features agree")
    (told,) = settled([first], [Gone("a")])
    assert told.detail.startswith("same room and camera: 90 features agree; its file is not")
    assert not told.other_moments


def test_of_a_long_video_the_seconds_are_read_that_its_candidates_point_to(clips):
    stored = replace(clips.stored("sintel"), duration=3600.0)
    query = replace(clips.asked("reshare"), duration=20.0)
    group = (Candidate(0, False, moments=[(1.0, 1801.0), (5.0, 1805.0), (9.0, 30.0)]),)
    start, end = span_of(group, query, stored, MINE)
    assert start <= 1800.0
    assert end >= 1820.0
    assert end - start <= MINE.closer_longest
    assert span_of(group, query, clips.stored("sintel"), MINE) is None


@given(SCORES, SCORES)
def test_two_samplings_are_heard_alike_and_agree_with_themselves(one, other):
    assert joint(one, other, MINE) == pytest.approx(joint(other, one, MINE))
    assert min(one, other) - 0.011 <= joint(one, other, MINE) <= max(one, other) + 0.011


def test_where_neither_sampling_finds_anything_there_is_no_score():
    assert joint(0.0, 0.0, MINE) == 0.0


def test_one_sampling_that_sees_nothing_outweighs_one_that_is_sure():
    assert joint(1.0, 0.0, MINE) == pytest.approx(0.5)


def test_a_film_is_thinned_to_the_first_frame_of_each_cell():
    times = np.arange(0, 2, 1 / 12)
    film = Film(times, np.zeros((len(times), 4, 4), np.uint8))
    np.testing.assert_allclose(film.thinned(0.25).times, np.arange(0, 2, 0.25), atol=0.05)
