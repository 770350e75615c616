"""The tables of the work queue, as a migration.

What is to be done stands in the index itself, so that whatever ends the program, the next one goes
on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def work_queue(db: Database) -> None:
    """Create queue and runs; what could not be read so far counts as failed work."""
    for statement in (_RUNS, _QUEUE):
        db.execute(statement)
    db.table("queue").create_index(["state", "kind", "id"])
    db.execute(
        "INSERT INTO queue (kind, name, options, state, queued)"
        " SELECT CASE stage WHEN 'download' THEN 'address' ELSE 'file' END, subject, '{}',"
        " 'failed', noted FROM unchecked WHERE stage IN ('read', 'download') ORDER BY subject"
    )


_RUNS = """
CREATE TABLE runs (
  -- the processes that are working off the queue now; a row goes when its process ends
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  process TEXT NOT NULL,       -- its number and start time: numbers are given again
  machine TEXT NOT NULL,       -- digest that tells whether that number means anything here
  begun TEXT NOT NULL,         -- instant, RFC 3339 UTC
  beat TEXT NOT NULL,          -- instant at which it last took or finished something
  done INTEGER NOT NULL DEFAULT 0,    -- files settled by it
  failed INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0     -- of video that it took in
)"""

_QUEUE = """
CREATE TABLE queue (
  -- what was named to be worked on, in the order named
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,          -- file, address, or reindex (a video of the index)
  name TEXT NOT NULL,          -- absolute path, address or SHA-256
  options TEXT NOT NULL,       -- JSON: what was asked for it
  state TEXT NOT NULL,         -- waiting, claimed, done or failed (its reason is in unchecked)
  run INTEGER REFERENCES runs(id),    -- who has claimed it
  size INTEGER,                -- bytes and time of last change of a file whose content failed:
  mtime_ns INTEGER,            -- while they stay the same it is not read again unasked
  queued TEXT NOT NULL,        -- instant, RFC 3339 UTC
  finished TEXT,               -- instant at which it was done or failed
  UNIQUE (kind, name)
)"""
