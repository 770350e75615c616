"""The tables of posts that wait for their media, and what is known of accounts, as a migration.

An archive states posts whose media lies elsewhere, later or nowhere. They are kept as they were
stated and given to a video when a file is taken in that one of them names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def waiting(db: Database) -> None:
    """Create the waiting posts with the names of their media; widen the accounts."""
    for statement in (_POSTS, _MEDIA):
        db.execute(statement)
    for column in ("post_id", "url", "media_id"):
        db.execute(
            f"CREATE INDEX idx_waiting_posts_{column} ON waiting_posts ({column})"
            f" WHERE {column} <> ''"
        )
    db.table("waiting_media").create_index(["name"])
    for column in _ACCOUNTS:
        db.execute(f"ALTER TABLE accounts ADD COLUMN {column}")


_POSTS = """
CREATE TABLE waiting_posts (
  -- posts that an archive states; each is given to the video whose file it names
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  identity TEXT NOT NULL,      -- what tells it from other posts: its id, url, or all it says
  origin TEXT NOT NULL,        -- the importer that read it; each states its own
  post_id TEXT NOT NULL,
  url TEXT NOT NULL,
  media_id TEXT NOT NULL,
  account INTEGER REFERENCES accounts(id),
  claims TEXT NOT NULL,        -- JSON: [[earliest, latest, source, raw, zone], ...]
  collected TEXT,              -- instant of collection, or NULL
  collector TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  archive TEXT NOT NULL,       -- path of the file that stated it first
  added TEXT NOT NULL,
  sha256 TEXT,                 -- the video that was found for it last, NULL while it waits
  UNIQUE (platform, identity, origin)
)"""

_MEDIA = """
CREATE TABLE waiting_media (
  -- the files that a waiting post says are its media
  post INTEGER NOT NULL REFERENCES waiting_posts(id) ON DELETE CASCADE,
  name TEXT NOT NULL,          -- a path, a file's name with or without suffix, or a SHA-256
  PRIMARY KEY (post, name)
) WITHOUT ROWID"""

_ACCOUNTS = (
    "hashed INTEGER NOT NULL DEFAULT 0",  # 1 where the platform hid the id behind a hash
    "created TEXT",  # instant or day, as stated by an archive
    "first_seen TEXT",  # publication of the first post known, RFC 3339 UTC
    "last_seen TEXT",
)
