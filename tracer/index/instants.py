"""Instants as the index stores them: RFC 3339 text in UTC, readable with nothing but sqlite3."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC; a fraction only where there is one."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat()[:-6]}Z"


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def now() -> str:
    """Return this moment, to the second."""
    return to_text(datetime.now(UTC).replace(microsecond=0))
