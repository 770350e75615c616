"""The tables of the custody log and of reviewers' decisions, as a migration of their own.

Both only grow: the triggers refuse what a slip of the hand would do to them. Against somebody who
removes the triggers first stands the chain of hashes (`custody`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def custody(db: Database) -> None:
    """Create the custody log and the reviews."""
    for statement in (_LOG, _REVIEWS):
        db.execute(statement)
    for table in ("log", "reviews"):
        for change in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT raise(ABORT, 'the table {table} only grows'); END"
            )
    db.table("log").create_index(["action", "seq"])
    db.table("log").create_index(["sha256"])
    db.table("reviews").create_index(["b"])
    db.table("reviews").create_index(["a", "b"])


# AUTOINCREMENT keeps the highest number ever given in `sqlite_sequence`: entries cut off at the end
# leave a trace there.
_LOG = """
CREATE TABLE log (
  -- the chain of custody: what came in and what was changed, each entry chained to the one before
  seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- 1, 2, 3 ... without a gap
  ts_utc TEXT NOT NULL,        -- instant, RFC 3339 UTC
  actor TEXT NOT NULL,         -- who ran the program, or who decided
  action TEXT NOT NULL,        -- video_added, file_added, post_changed, review, ...
  object TEXT NOT NULL,        -- what it was done to: a path, a post, a pair, a settings digest
  sha256 TEXT NOT NULL,        -- of the content concerned, at that moment; '' where there is none
  params TEXT NOT NULL,        -- JSON, keys sorted: what was said or changed
  tool TEXT NOT NULL,          -- program and version
  prev_hash TEXT NOT NULL,     -- hash of the entry before; 64 zeros for the first
  hash TEXT NOT NULL           -- SHA-256 of this entry's other fields as canonical JSON
)"""

_REVIEWS = """
CREATE TABLE reviews (
  -- what people decided about pairs of videos; the last confirm or reject of a pair counts
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  a TEXT NOT NULL,             -- SHA-256, the smaller of the two; need not be in the index
  b TEXT NOT NULL,
  decision TEXT NOT NULL,      -- confirm, reject or note
  reviewer TEXT NOT NULL,
  decided TEXT NOT NULL,       -- instant, RFC 3339 UTC
  note TEXT NOT NULL
)"""
