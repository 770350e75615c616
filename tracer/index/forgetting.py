"""Taking a video out of the index again, with all that was kept of it; the log says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.index import custody


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went with a video."""

    sha256: str
    paths: tuple[str, ...]  # where it lies still: no file is ever deleted
    posts: tuple[str, ...]  # platform and identity of each
    matches: int
    reviews: int  # decisions that stay: what people decided only grows


def forget(connection: sqlite3.Connection, sha256: str, reason: str) -> Forgotten:
    """Remove a video with its files, posts, fingerprint and matches; say in the log that it went.

    What hangs on it in tables of later versions goes too. An archive's posts wait again. Entries of
    the log and decisions of reviewers stay.
    """
    told = _told(connection, sha256)
    accounts = _column(
        connection, "SELECT DISTINCT account FROM posts WHERE sha256 = ? AND account > 0", sha256
    )
    _remove_traces(connection, sha256, told.paths)
    for table, column in _children(connection):
        connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (sha256,))
    connection.execute("DELETE FROM videos WHERE sha256 = ?", (sha256,))
    for account in accounts:
        connection.execute(
            "DELETE FROM accounts WHERE id = :id"
            " AND NOT EXISTS (SELECT 1 FROM posts WHERE account = :id)"
            " AND NOT EXISTS (SELECT 1 FROM waiting_posts WHERE account = :id)",
            {"id": account},
        )
    # The search keeps what was deleted from it until its parts are put together anew.
    connection.execute("INSERT INTO text_search (text_search) VALUES ('optimize')")
    params = {
        "reason": reason,
        "files": len(told.paths),
        "posts": list(told.posts),
        "matches": told.matches,
    }
    custody.append(connection, "video_forgotten", sha256, sha256, params)
    return told


def _told(connection: sqlite3.Connection, sha256: str) -> Forgotten:
    posts = connection.execute(
        "SELECT platform, identity FROM posts WHERE sha256 = ? ORDER BY platform, identity",
        (sha256,),
    ).fetchall()
    pair = {"sha256": sha256}
    (matches,) = connection.execute(
        "SELECT count(*) FROM matches WHERE a = :sha256 OR b = :sha256", pair
    ).fetchone()
    (reviews,) = connection.execute(
        "SELECT count(*) FROM reviews WHERE a = :sha256 OR b = :sha256", pair
    ).fetchone()
    return Forgotten(
        sha256=sha256,
        paths=tuple(
            str(path)
            for path in _column(
                connection,
                "SELECT path FROM files WHERE sha256 = ? AND replaced IS NULL ORDER BY path",
                sha256,
            )
        ),
        posts=tuple(f"{row['platform']}:{row['identity']}" for row in posts),
        matches=matches,
        reviews=reviews,
    )


def _remove_traces(connection: sqlite3.Connection, sha256: str, paths: Sequence[str]) -> None:
    """Remove what names the video without a reference that SQLite knows of."""
    sidecars = _column(connection, "SELECT path FROM sidecars WHERE sha256 = ?", sha256)
    for subject in (sha256, *paths, *sidecars):
        connection.execute("DELETE FROM unchecked WHERE subject = ?", (subject,))
        connection.execute("DELETE FROM given_names WHERE path = ?", (subject,))
        connection.execute("DELETE FROM queue WHERE name = ? AND state <> 'claimed'", (subject,))
    connection.execute(
        "DELETE FROM unchecked WHERE stage = 'match' AND instr(subject, ?) > 0", (sha256,)
    )
    connection.execute("UPDATE waiting_posts SET sha256 = NULL WHERE sha256 = ?", (sha256,))


def _children(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return each table and column that refers to a video."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [
        (table["name"], key["from"])
        for table in tables
        for key in connection.execute(f'PRAGMA foreign_key_list("{table["name"]}")').fetchall()
        if key["table"] == "videos"
    ]


def _column(connection: sqlite3.Connection, query: str, sha256: str) -> list[object]:
    return [row[0] for row in connection.execute(query, (sha256,)).fetchall()]
