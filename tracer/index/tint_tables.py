"""The colour of videos, as a migration: fingerprints made before have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def tints(db: Database) -> None:
    """Add the columns of colour to the fingerprints, and to those that wait to be exchanged."""
    for table in ("fingerprints", "staged_fingerprints"):
        for column in (_TIMES, _PLANES):
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


_TIMES = "tint_times BLOB /* float64 (t), seconds; NULL where no colour was kept */"
_PLANES = "tints BLOB /* uint8 (t, 2, 8, 8): mean U and V of the cells of the frame, 128 is grey */"
