"""Local features in half the room, as a migration.

Of a feature's descriptor the bits that count are kept; its place and octave are one number, and its
frame follows from how many features each frame has. What was there is kept in the new form, under
the name of the algorithm that made it, until `tracer reindex` makes it anew.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np

from tracer.fingerprint.descriptors import compact
from tracer.index.arrays import counts_of, places_of
from tracer.model import PLACES

if TYPE_CHECKING:
    from sqlite_utils import Database


def compact_features(db: Database) -> None:
    """Make the tables of fingerprints anew, and take their rows over one by one."""
    connection = db.conn
    _replaced(connection, "fingerprints", _FINGERPRINTS)
    columns = [
        f"{name} {kind}{' NOT NULL' if required else ''}"
        for _, name, kind, required, _, _ in connection.execute("PRAGMA table_info(fingerprints)")
        if name not in ("arrival", "sha256")
    ]
    _replaced(connection, "staged_fingerprints", _STAGED + ",\n  ".join(columns) + "\n)")
    db.table("fingerprints").create_index(["settings"])


def _replaced(connection: sqlite3.Connection, table: str, definition: str) -> None:
    old = f"old_{table}"
    connection.execute(f"ALTER TABLE {table} RENAME TO {old}")
    connection.execute(definition)
    connection.row_factory, before = sqlite3.Row, connection.row_factory
    try:
        for row in connection.execute(f"SELECT * FROM {old} ORDER BY rowid"):
            new = _compacted(dict(row))
            connection.execute(
                f"INSERT INTO {table} ({', '.join(new)}) VALUES ({', '.join('?' * len(new))})",
                list(new.values()),
            )
    finally:
        connection.row_factory = before
    # An order of arrival is never given twice, not even that of a video that was forgotten.
    if connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = ?", (old,)).fetchone():
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        connection.execute(
            "INSERT INTO sqlite_sequence SELECT ?, seq FROM sqlite_sequence WHERE name = ?",
            (table, old),
        )
    connection.execute(f"DROP TABLE {old}")


def _compacted(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in the new form."""
    frame = np.frombuffer(row.pop("feature_frame"), "<u2")
    xy = np.frombuffer(row.pop("feature_xy"), "<u2").reshape(-1, 2)
    octave = np.frombuffer(row.pop("feature_octave"), "u1")
    descriptors = np.frombuffer(row["descriptors"], "u1").reshape(-1, 32)
    order = np.argsort(frame, kind="stable")
    places = np.rint(xy[order] * (PLACES / _OLD_PLACES)).astype(np.uint16)
    frames = len(row["feature_times"]) // 8
    return {
        **row,
        "feature_counts": counts_of(frame[order], frames).astype("<u2").tobytes(),
        "feature_places": places_of(places, octave[order]).astype("<u4").tobytes(),
        "descriptors": compact(descriptors[order]).tobytes(),
    }


_OLD_PLACES = 65535

_STAGED = """
CREATE TABLE staged_fingerprints (
  -- what `tracer reindex` has made so far; all take the place of the old ones in one transaction
  sha256 TEXT PRIMARY KEY REFERENCES videos(sha256) ON DELETE CASCADE,
  facts TEXT NOT NULL,         -- JSON: what the file says of itself, the columns of videos
  -- what follows are the columns of fingerprints
  """

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
  feature_counts BLOB NOT NULL,  -- uint16 (k), features of each of these frames, in order
  feature_places BLOB NOT NULL,  -- uint32 (m): x, y in 1/16383 of width, height (14 bits each, x
                               -- lowest), octave (4 bits)
  descriptors BLOB NOT NULL,   -- uint8 (m, 16), 128 of ORB's 256 bits
  film_times BLOB NOT NULL,    -- float64 (f), seconds
  film_width INTEGER NOT NULL, -- pixels
  film_height INTEGER NOT NULL,
  film BLOB NOT NULL           -- the video as a tiny grey film
)"""
