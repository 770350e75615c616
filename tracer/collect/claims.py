"""What somebody says about a time -> Instant: exact only where it is, wide where it must be.

A bare day or a time without a zone covers every zone in which it may have been written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from tracer.model import Instant

HTTP_LAST_MODIFIED = "http-last-modified"
"""Source of a time that is only the age of a server's file: it never ranks."""

_EASTMOST = timedelta(hours=14)  # clocks east are ahead: their local time came first in UTC
_WESTMOST = timedelta(hours=12)
_MOMENT, _MINUTE, _DAY = timedelta(0), timedelta(minutes=1), timedelta(days=1)
_PACIFIC = timedelta(hours=8)

_STATED = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)


def stated(text: str, source: str) -> Instant:
    """Return the instant of an RFC 3339 time, a time without zone or a bare day.

    Raises ``ValueError`` where the text is none of these or names no real moment.

    >>> stated("2021-01-23T19:15:00+08:00", "sidecar").earliest.isoformat()
    '2021-01-23T11:15:00+00:00'
    """
    found = _STATED.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a day or a time like 2021-01-23T19:15:00+08:00")
    day, clock, second, fraction, zone = found.groups()
    local = datetime.fromisoformat(f"{day}T{clock or '00:00'}:00+00:00")
    if clock is None:
        return Instant(local - _EASTMOST, local + _DAY + _WESTMOST, source, text)
    if second is not None:
        # A leap second is the last one that `datetime` knows.
        local = local.replace(
            second=min(int(second), 59), microsecond=int((fraction or "0").ljust(9, "0")[:6])
        )
    # Without seconds the minute is all that is known.
    unknown = _MOMENT if second is not None else _MINUTE
    if zone is None:
        return Instant(local - _EASTMOST, local + unknown + _WESTMOST, source, text)
    moment = local if zone in "Zz" else local.replace(tzinfo=_zone(zone)).astimezone(UTC)
    return Instant(moment, moment + unknown, source, text, zone)


def exact(seconds: float, source: str) -> Instant:
    """Return the instant of a Unix time."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return Instant(moment, moment, source, str(seconds), "Z")


def platform_day(day: str, source: str) -> Instant:
    """Return the span of a platform's day ``YYYYMMDD``: a day in UTC or in US Pacific time."""
    start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    return Instant(start, start + _DAY + _PACIFIC, source, day)


def in_order(claims: Iterable[Instant]) -> tuple[Instant, ...]:
    """Return claims, each once, by time; the same whatever order they came in."""
    return tuple(
        sorted(
            set(claims),
            key=lambda one: (one.earliest, one.latest, one.source, one.raw, one.zone),
        )
    )


def best(claims: Iterable[Instant]) -> Instant | None:
    """Return the narrowest claim, the earliest of equals; None where none may rank."""
    ranked = [one for one in claims if one.source != HTTP_LAST_MODIFIED]
    return min(
        ranked,
        key=lambda one: (one.latest - one.earliest, one.earliest, one.source, one.raw, one.zone),
        default=None,
    )


def _zone(text: str) -> timezone:
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > _EASTMOST:
        raise ValueError(f"{text!r} is not an offset from UTC")
    return timezone(-offset if text[0] == "-" else offset)
