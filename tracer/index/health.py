"""Whether an index file is whole, what it holds, and what each part of it costs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_FEATURES = ("feature_times", "feature_counts", "feature_places", "descriptors")
_HASHES = ("hash_times", "hash_rectangle", "phash", "dhash", "quality", "phash256", "dhash256")
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hashes": ("fingerprints", _HASHES),
    "features": ("fingerprints", _FEATURES),
    "films": ("fingerprints", ("film", "film_times")),
    "colour": ("fingerprints", ("tint_times", "tints")),
    "sound": ("fingerprints", ("sound",)),
}
"""What an index is made of: name -> (table, columns); the rest is told as a whole."""

_COUNTED = (
    "videos", "files", "posts", "accounts", "waiting_posts", "matches", "reviews", "log",
    "unchecked",
)  # fmt: skip
_SHOWN = 5  # complaints of SQLite that are repeated


@dataclass(frozen=True, slots=True)
class Health:
    """What SQLite says of a file, and what it holds."""

    complaints: tuple[str, ...]  # of the integrity check; none where the file is whole
    orphans: int  # rows that refer to something that is not there
    counts: dict[str, int]
    algorithms: dict[str, int]  # videos by the algorithm of their fingerprint
    settings: dict[str, int]  # videos by the settings that it was made with


def health(connection: sqlite3.Connection, quick: bool = False) -> Health:
    """Check the whole file; ``quick`` leaves out whether the indices agree with their tables."""
    pragma = "quick_check" if quick else "integrity_check"
    told = [row[0] for row in connection.execute(f"PRAGMA {pragma}({_SHOWN})").fetchall()]
    orphans = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    return Health(
        complaints=() if told == ["ok"] else tuple(told),
        orphans=orphans,
        counts={
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in _COUNTED
        },
        algorithms=_by(connection, "algorithm"),
        settings=_by(connection, "settings"),
    )


def _by(connection: sqlite3.Connection, column: str) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT {column} AS value, count(*) AS number FROM fingerprints GROUP BY {column}"
        f" ORDER BY {column}"
    )
    return {row["value"]: row["number"] for row in rows}


def costs(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the bytes that each part of the index takes; "other" is all that is not named.

    Reads the lengths alone, not the contents; pages that are free count as "free".
    """
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = connection.execute("PRAGMA page_count").fetchone()[0] * size
    free = connection.execute("PRAGMA freelist_count").fetchone()[0] * size
    named = {
        name: connection.execute(
            f"SELECT coalesce(sum({' + '.join(f'coalesce(length({one}), 0)' for one in columns)}),"
            f" 0) FROM {table}"
        ).fetchone()[0]
        for name, (table, columns) in PARTS.items()
    }
    return {**named, "other": whole - free - sum(named.values()), "free": free}
