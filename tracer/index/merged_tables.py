"""The tables of other indexes' custody logs, kept as they were, as a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def merged_logs(db: Database) -> None:
    """Create the logs of indexes that were merged into this one; like ours, they only grow."""
    for statement in (_LOGS, _ENTRIES):
        db.execute(statement)
    for change in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER merged_log_no_{change.lower()} BEFORE {change} ON merged_log"
            " BEGIN SELECT raise(ABORT, 'the table merged_log only grows'); END"
        )


_LOGS = """
CREATE TABLE merged_logs (
  -- the custody logs of indexes that were merged into this one
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,        -- the path of the index that it came with first
  added TEXT NOT NULL          -- instant, RFC 3339 UTC
)"""

_ENTRIES = """
CREATE TABLE merged_log (
  -- their entries, byte for byte: each chain holds in itself, and our own log names its head
  log INTEGER NOT NULL REFERENCES merged_logs(id),
  seq INTEGER NOT NULL,        -- the columns of the table log
  ts_utc TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  params TEXT NOT NULL,
  tool TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (log, seq)
) WITHOUT ROWID"""
