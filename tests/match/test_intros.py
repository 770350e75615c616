"""An intro that many videos share makes no match; a clip that many videos show does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.index import builders as make
from tracer.match.intros import as_miss, intros
from tracer.model import Review, Segment
from tracer.settings import DEFAULT

SETTINGS = DEFAULT.match
MINUTE = 60.0


def matched(a, b, *spans):
    """A match of two videos; a span is (start in a, start in b, seconds)."""
    segments = tuple(Segment(s, s + n, t, t + n, 1.0, 0.9) for s, t, n in spans)
    return make.match(a, b, segments=segments)


def names(count):
    return [f"v{number}" for number in range(count)]


def found(matches, **durations):
    shas = {one for match in matches for one in (match.query_sha256, match.sha256)}
    lasting = dict.fromkeys(shas, MINUTE) | {make.sha(k): v for k, v in durations.items()}
    return intros(matches, lasting, SETTINGS)


def pairs(matches):
    return {(match.query_sha256, match.sha256) for match in matches}


def test_an_intro_of_many_videos_is_no_match():
    matches = [matched("q", name, (0.2, 0.0, 5.0)) for name in names(6)]
    assert found(matches) == dict.fromkeys(pairs(matches), 7)
    told = as_miss(matches[0], 7)
    assert (told.failed, told.reasons[0].name) == ("score", "shared_intro")
    assert "5.0 s in common open or close 7 videos" in told.detail


def test_so_is_an_end_card_and_a_bumper_that_opens_one_and_closes_another():
    matches = [matched("q", name, (55.0, 54.0, 5.0)) for name in names(3)]
    matches += [matched("q", name, (55.0, 0.0, 5.0)) for name in names(6)[3:]]
    assert set(found(matches)) == pairs(matches)


def test_what_few_videos_share_stays_a_match():
    matches = [matched("q", name, (0.0, 0.0, 5.0)) for name in names(SETTINGS.intro_videos - 1)]
    assert found(matches) == {}


def test_a_true_copy_among_those_with_the_intro_stays():
    shared = [matched("q", name, (0.0, 0.0, 5.0)) for name in names(6)]
    copy = matched("q", "copy", (0.0, 0.0, 58.0))
    assert set(found([*shared, copy])) == pairs(shared)


def test_a_clip_that_was_posted_many_times_stays():
    """Each upload is filled by it, wherever it stands in the compilation that is asked about."""
    matches = [matched("q", name, (0.0, 0.0, 5.0)) for name in names(9)]
    assert found(matches, **dict.fromkeys(names(9), 5.5)) == {}


def test_footage_in_the_midst_of_many_reports_stays():
    matches = [matched("q", name, (20.0, 30.0, 5.0)) for name in names(9)]
    assert found(matches) == {}


def test_different_seconds_of_one_video_are_not_counted_together():
    matches = [matched("q", name, (2.0 * k, 0.0, 2.0)) for k, name in enumerate(names(9))]
    assert found(matches) == {}


def test_stored_matches_tell_it_whoever_is_the_query():
    everyone = names(7)
    matches = [
        matched(*sorted((a, b), key=make.sha), (0.0, 0.0, 4.0))
        for k, a in enumerate(everyone)
        for b in everyone[k + 1 :]
    ]
    assert set(found(matches)) == pairs(matches)
    assert found(list(reversed(matches))) == found(matches)


def test_what_a_reviewer_confirmed_stays():
    matches = [matched("q", name, (0.0, 0.0, 5.0)) for name in names(8)]
    review = Review(make.sha("q"), matches[0].sha256, "confirm", "me", make.NOON)
    matches[0] = replace(matches[0], review=review)
    assert set(found(matches)) == pairs(matches[1:])


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_told_of_nothing(count):
    assert found([matched("q", "a", (0.0, 0.0, 5.0))][:count]) == {}
