"""The table of the names that files were given by, as a migration.

A path that was typed is shown as it was typed: an absolute one would tell everybody who gets a
report how its author's machine is laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def given_names(db: Database) -> None:
    """Create the names that files were given by."""
    db.execute(_GIVEN)


_GIVEN = """
CREATE TABLE given_names (
  -- how a file was named when it was taken in, where that was not its absolute path
  path TEXT PRIMARY KEY,       -- absolute, as in files
  name TEXT NOT NULL           -- as it was given
) WITHOUT ROWID"""
