"""A time is as exact as it was given, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.collect import claims
from tracer.model import Instant


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "zone"),
    [
        ("2021-01-23T19:15:00+08:00", utc(2021, 1, 23, 11, 15), utc(2021, 1, 23, 11, 15), "+08:00"),
        ("2021-01-23 19:15:00 +0800", utc(2021, 1, 23, 11, 15), utc(2021, 1, 23, 11, 15), "+0800"),
        ("2021-01-23T11:15:00Z", utc(2021, 1, 23, 11, 15), utc(2021, 1, 23, 11, 15), "Z"),
        (
            "2021-01-23T11:15:00.25z",
            utc(2021, 1, 23, 11, 15, 0, 250000),
            utc(2021, 1, 23, 11, 15, 0, 250000),
            "z",
        ),
        # Without seconds, the minute.
        ("2021-01-23T11:15Z", utc(2021, 1, 23, 11, 15), utc(2021, 1, 23, 11, 16), "Z"),
        # Without a zone, every zone from UTC+14 to UTC-12.
        ("2021-01-23T12:00:00", utc(2021, 1, 22, 22), utc(2021, 1, 24, 0), ""),
        # A bare day: the day of any zone.
        ("2021-01-23", utc(2021, 1, 22, 10), utc(2021, 1, 24, 12), ""),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59), utc(2016, 12, 31, 23, 59, 59), "Z"),
    ],
)
def test_what_is_stated(text, earliest, latest, zone):
    assert claims.stated(text, "sidecar") == Instant(earliest, latest, "sidecar", text, zone)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2021", "2021-13-01", "2021-02-30", "23.01.2021", "2021-01-23T25:00Z",
             "2021-01-23T10:00:00+25:00", "1611400500"],
)  # fmt: skip
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        claims.stated(text, "sidecar")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_a_time_without_zone_covers_the_moment_in_every_zone(local, offset):
    moment = local.replace(microsecond=0, tzinfo=UTC) - offset
    bare = claims.stated(local.strftime("%Y-%m-%dT%H:%M:%S"), "sidecar")
    day = claims.stated(local.strftime("%Y-%m-%d"), "sidecar")
    assert bare.earliest <= moment <= bare.latest
    assert day.earliest <= bare.earliest
    assert bare.latest <= day.latest


def test_a_platforms_day_is_a_day_in_utc_or_in_california():
    found = claims.platform_day("20210123", "platform")
    assert (found.earliest, found.latest) == (utc(2021, 1, 23), utc(2021, 1, 24, 8))


def test_the_age_of_a_servers_file_never_ranks():
    served = claims.exact(1, claims.HTTP_LAST_MODIFIED)
    day = claims.platform_day("20210123", "platform")
    exact = claims.exact(1611360000, "platform")
    assert claims.best([served]) is None
    assert claims.best([served, day]) == day
    assert claims.best([day, exact, served]) == exact
