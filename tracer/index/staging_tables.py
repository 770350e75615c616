"""The table of fingerprints that are made anew, as a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def staging(db: Database) -> None:
    """Create the stage on which new fingerprints wait until all are there."""
    columns = [
        f"{name} {kind}{' NOT NULL' if required else ''}"
        for _, name, kind, required, _, _ in db.execute("PRAGMA table_info(fingerprints)")
        if name not in ("arrival", "sha256")
    ]
    db.execute(_STAGED + ",\n  ".join(columns) + "\n)")


_STAGED = """
CREATE TABLE staged_fingerprints (
  -- what `tracer reindex` has made so far; all take the place of the old ones in one transaction
  sha256 TEXT PRIMARY KEY REFERENCES videos(sha256) ON DELETE CASCADE,
  facts TEXT NOT NULL,         -- JSON: what the file says of itself, the columns of videos
  -- what follows are the columns of fingerprints
  """
