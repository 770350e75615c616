"""The axis of time: order, uncertainty, breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.report import story
from tracer.model import IndexedVideo, Instant
from tracer.report.timeline import Axis, timeline


def _posted(*claims: Instant) -> tuple[IndexedVideo, ...]:
    return tuple(
        replace(story.VIDEOS[0], posts=(replace(story.FIRST_POST, published=claim, claims=()),))
        for claim in claims
    )


def _at(day: float, width: float = 0.0) -> Instant:
    start = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return Instant(start, start + timedelta(days=width), "page", "raw")


def test_rows_come_in_the_order_of_their_times_and_bars_show_the_uncertainty():
    found = timeline(story.VIDEOS)
    bars = {row.post.platform: row.bars for row in found.rows}
    assert [row.post.platform for row in found.rows][:2] == ["x", "pomegranate_cloud"]
    assert bars["youtube"][0].width > bars["douyin"][0].width
    assert bars["twitter"][0].open  # collected, so no later
    assert all(
        0 <= bar.start <= bar.start + bar.width <= 100 for row in found.rows for bar in row.bars
    )


def test_a_lone_post_and_no_post_at_all_can_be_drawn():
    (row,) = timeline(_posted(_at(0))).rows
    assert 0 < row.bars[0].start < 100
    assert timeline(()).rows == ()


def test_a_gap_of_years_is_cut_out_and_marked():
    found = timeline(_posted(_at(0), _at(1), _at(2), _at(900)))
    starts = [row.bars[0].start for row in found.rows]
    assert len(found.breaks) == 1
    assert starts[2] - starts[0] > 20  # not squeezed into a corner
    assert starts[2] < found.breaks[0] < starts[3]


def test_an_upper_bound_alone_does_not_stretch_the_axis_to_its_beginning():
    bound = Instant(datetime(1970, 1, 1, tzinfo=UTC), _at(3).latest, "archive", "raw")
    rows = timeline(_posted(_at(0), _at(1), bound)).rows
    first = min(bar.start for row in rows for bar in row.bars if not bar.open)
    assert first < 20
    assert any(bar.open and bar.start == 0 for row in rows for bar in row.bars)


def test_hundreds_of_posts_become_a_histogram():
    found = timeline(_posted(*(_at(n / 10) for n in range(500))))
    assert len(found.rows) + found.more == 500
    assert len(found.rows) <= 40
    assert max(found.histogram) == 1.0


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_the_axis_keeps_the_order_of_moments_and_its_ticks_are_round(seconds):
    epoch = datetime(2010, 1, 1, tzinfo=UTC)
    moments = sorted(epoch + timedelta(seconds=second) for second in seconds)
    axis = Axis([(moment, moment) for moment in moments])
    places = [axis.at(moment) for moment in moments]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    ticks = axis.ticks()
    assert len(ticks) <= 12
    assert all(after.at - before.at >= 9 for before, after in pairwise(ticks))
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)
