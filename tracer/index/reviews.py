"""What reviewers decided about pairs of videos: kept with name and time, never taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tracer.index import custody
from tracer.index.instants import from_text, now
from tracer.model import Review


def add(
    connection: sqlite3.Connection, pair: tuple[str, str], decision: str, by: str, note: str
) -> Review:
    """Store one decision about two videos and return it."""
    a, b = sorted(pair)
    reviewer = by.strip() or custody.operator()
    decided = now()
    connection.execute(
        "INSERT INTO reviews (a, b, decision, reviewer, decided, note) VALUES (?, ?, ?, ?, ?, ?)",
        (a, b, decision, reviewer, decided, note),
    )
    params = {"a": a, "b": b, "decision": decision, "note": note, "reviewer": reviewer}
    custody.append(connection, "review", f"{a}:{b}", a, params)
    row = connection.execute("SELECT * FROM reviews ORDER BY id DESC LIMIT 1").fetchone()
    return _review(row)


def of(connection: sqlite3.Connection, videos: Iterable[str] | None = None) -> tuple[Review, ...]:
    """Return all decisions, or those that concern one of some videos, in the order made."""
    rows = connection.execute("SELECT * FROM reviews ORDER BY decided, id").fetchall()
    wanted = None if videos is None else frozenset(videos)
    return tuple(_review(row) for row in rows if wanted is None or {row["a"], row["b"]} & wanted)


def _review(row: sqlite3.Row) -> Review:
    return Review(
        a=row["a"],
        b=row["b"],
        decision=row["decision"],
        by=row["reviewer"],
        at=from_text(row["decided"]),
        note=row["note"],
    )
