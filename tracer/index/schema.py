"""The tables of the index, as numbered migrations.

The file is a public format: ``sqlite3 tracer.db .schema`` shows each table with what its columns
mean. A migration is never edited once released; a change is a new function at the end of the list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tracer.index.compact_tables import compact_features
from tracer.index.custody_tables import custody
from tracer.index.given_tables import given_names
from tracer.index.merged_tables import merged_logs
from tracer.index.queue_tables import work_queue
from tracer.index.staging_tables import staging
from tracer.index.text_tables import texts
from tracer.index.tint_tables import tints
from tracer.index.waiting_tables import waiting

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x54524352  # "TRCR": how SQLite's header names a file of ours

Migration = Callable[["Database"], None]


def m001_initial(db: Database) -> None:
    """Create videos, where they lie and were posted, fingerprints, matches and what failed."""
    for statement in (_META, *_VIDEOS, *_POSTS, _FINGERPRINTS, *_MATCHES, _UNCHECKED):
        db.execute(statement)
    db.table("files").create_index(["sha256"])
    db.table("posts").create_index(["url"])
    db.table("posts").create_index(["post_id"])
    db.table("claims").create_index(["post"])
    db.table("fingerprints").create_index(["settings"])
    db.table("matches").create_index(["b"])


MIGRATIONS: tuple[Migration, ...] = (
    m001_initial,
    custody,
    waiting,
    work_queue,
    texts,
    merged_logs,
    given_names,
    staging,
    compact_features,
    tints,
)


def number_of(connection: sqlite3.Connection) -> int:
    """Return the schema number that the file says it has; 0 for a file without tables."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Run what is missing, all in one transaction: the file has the old schema or the new one."""
    from sqlite_utils import Database  # costs a third of a second: only where there is work

    database = Database(connection, execute_plugins=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in migrations[number_of(connection) :]:
            migration(database)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


_META = """
CREATE TABLE meta (
  -- facts about the index itself; `changed` is the instant of its last change
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
)"""

_VIDEOS = (
    """
CREATE TABLE videos (
  -- one row for each file content; the same bytes posted twice are one video
  sha256 TEXT PRIMARY KEY,     -- of the file's bytes, 64 lower-case hex digits
  size INTEGER NOT NULL,       -- bytes
  duration REAL NOT NULL,      -- seconds
  width INTEGER NOT NULL,      -- displayed pixels: rotation and pixel aspect applied
  height INTEGER NOT NULL,
  frame_rate REAL NOT NULL,    -- average frames a second
  codec TEXT NOT NULL,
  container TEXT NOT NULL,
  rotation INTEGER NOT NULL,   -- degrees clockwise, as flagged by the container
  sound_codec TEXT NOT NULL,   -- '' where there is no sound track
  created TEXT NOT NULL,       -- creation time as the container states it
  still INTEGER NOT NULL,      -- 1 for a still image
  added TEXT NOT NULL          -- instant of taking in, RFC 3339 UTC
)""",
    """
CREATE TABLE files (
  -- where each video lies; the same bytes under two paths are two rows
  path TEXT NOT NULL,          -- absolute
  sha256 TEXT NOT NULL REFERENCES videos(sha256),
  size INTEGER NOT NULL,       -- bytes
  mtime_ns INTEGER NOT NULL,   -- time of last change, nanoseconds since 1970
  added TEXT NOT NULL,
  replaced TEXT,               -- instant since which other bytes are known to lie there, or NULL
  PRIMARY KEY (path, sha256)
) WITHOUT ROWID""",
)

_POSTS = (
    """
CREATE TABLE accounts (
  -- who posted, as it was stated: an id that lasts, a handle that may change, a name
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  account_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  UNIQUE (platform, account_id, handle, name, url)
)""",
    """
CREATE TABLE posts (
  -- one appearance of a video on a platform; its times are in `claims`
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL REFERENCES videos(sha256),
  platform TEXT NOT NULL,
  post_id TEXT NOT NULL,
  url TEXT NOT NULL,
  media_id TEXT NOT NULL,      -- the platform's id of the upload, where it differs
  account INTEGER REFERENCES accounts(id),
  collected TEXT,              -- instant of collection, the earliest known
  collector TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  origin TEXT NOT NULL,        -- what stated the post first: a sidecar's name, an importer
  stated_by TEXT NOT NULL,     -- path of the sidecar that stated it first, or ''
  identity TEXT NOT NULL,      -- what tells it from other posts: its id, url, or all it says
  added TEXT NOT NULL,
  UNIQUE (sha256, platform, identity)
)""",
    """
CREATE TABLE claims (
  -- one row for each claim of when a post was published: never a time without its source
  post INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  earliest TEXT NOT NULL,      -- RFC 3339 UTC; the claim covers earliest to latest
  latest TEXT NOT NULL,
  source TEXT NOT NULL,        -- platform, sidecar, http-last-modified, ...
  raw TEXT NOT NULL,           -- the value as it was given
  zone TEXT NOT NULL,          -- the zone as it was given, '' where none was
  origin TEXT NOT NULL,        -- what stated it
  UNIQUE (post, earliest, latest, source, raw, zone, origin)
)""",
    """
CREATE TABLE sidecars (
  -- the metadata files that were read, so that an unchanged one costs a look-up
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES videos(sha256),  -- the video it belongs to
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  PRIMARY KEY (path, sha256)
) WITHOUT ROWID""",
)

# The small columns stand first: SQLite reads a row's pages in order and stops after the last
# column asked for, so that reading all hashes does not read the features behind them.
_FINGERPRINTS = """
CREATE TABLE fingerprints (
  -- what matching knows of a video; arrays are little-endian, without header
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival; never given twice
  sha256 TEXT NOT NULL UNIQUE REFERENCES videos(sha256),
  algorithm TEXT NOT NULL,     -- name and version of every part
  settings TEXT NOT NULL,      -- digest of the settings it was made with
  duration REAL NOT NULL,      -- seconds
  aspect REAL NOT NULL,        -- displayed width / height
  layout TEXT NOT NULL,        -- JSON: which rectangles carry the picture
  unchecked TEXT NOT NULL,     -- JSON: parts that could not be made, and why
  hash_times BLOB NOT NULL,    -- float64 (n), seconds
  hash_rectangle BLOB NOT NULL,  -- uint8 (n): 0 whole frame, 1 picture, 2... others
  phash BLOB NOT NULL,         -- uint64 (n)
  dhash BLOB NOT NULL,         -- uint64 (n)
  quality BLOB NOT NULL,       -- uint8 (n), 0 flat to 100 rich
  phash256 BLOB NOT NULL,      -- uint8 (n, 32)
  dhash256 BLOB NOT NULL,      -- uint8 (n, 32)
  sound BLOB,                  -- uint32, chromaprint items; NULL without sound
  feature_times BLOB NOT NULL, -- float64 (k), seconds of the frames with features
  feature_frame BLOB NOT NULL, -- uint16 (m), which of the k frames
  feature_octave BLOB NOT NULL,  -- uint8 (m)
  feature_xy BLOB NOT NULL,    -- uint16 (m, 2), 1/65535 of width and height
  descriptors BLOB NOT NULL,   -- uint8 (m, 32), ORB
  film_times BLOB NOT NULL,    -- float64 (f), seconds
  film_width INTEGER NOT NULL, -- pixels
  film_height INTEGER NOT NULL,
  film BLOB NOT NULL           -- the video as a tiny grey film
)"""

_MATCHES = (
    """
CREATE TABLE matches (
  -- two videos of the index that share footage; `a` is the smaller SHA-256, told as the query
  id INTEGER PRIMARY KEY,
  a TEXT NOT NULL REFERENCES videos(sha256),
  b TEXT NOT NULL REFERENCES videos(sha256),
  score REAL NOT NULL,
  verdict TEXT NOT NULL,       -- match or possible
  details TEXT NOT NULL,       -- JSON: transform, reasons, edits, sound, derivation
  settings TEXT NOT NULL,      -- digest of the settings it was made with
  UNIQUE (a, b)
)""",
    """
CREATE TABLE segments (
  -- which seconds of a are which seconds of b
  match INTEGER NOT NULL REFERENCES matches(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  a_start REAL NOT NULL,
  a_end REAL NOT NULL,
  b_start REAL NOT NULL,
  b_end REAL NOT NULL,
  speed REAL NOT NULL,         -- seconds of b for each second of a
  score REAL NOT NULL,
  PRIMARY KEY (match, ordinal)
) WITHOUT ROWID""",
    """
CREATE TABLE matched (
  -- videos that have been compared with all that were in the index at that time
  sha256 TEXT PRIMARY KEY REFERENCES videos(sha256),
  settings TEXT NOT NULL,
  partners INTEGER NOT NULL,   -- how many others it was compared with
  finished TEXT NOT NULL
)""",
)

_UNCHECKED = """
CREATE TABLE unchecked (
  -- what could not be checked, and why: it must never read as "nothing found"
  subject TEXT NOT NULL,       -- a path or a SHA-256
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  noted TEXT NOT NULL,
  PRIMARY KEY (subject, stage)
) WITHOUT ROWID"""
