"""Files that moved: their paths in every table that names them, with an entry in the log each."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass

from tracer.index import custody


@dataclass(frozen=True, slots=True)
class Lain:
    """Where a video lay, as far as the index knows."""

    path: str
    sha256: str
    size: int
    mtime_ns: int


def lying_under(connection: sqlite3.Connection, old: str, after: str, most: int) -> list[Lain]:
    """Return files at or under a path, sorted, behind ``after``."""
    rows = connection.execute(
        "SELECT path, sha256, size, mtime_ns FROM files WHERE replaced IS NULL AND path > :after"
        " AND (path = :old OR substr(path, 1, length(:folder)) = :folder)"
        " ORDER BY path LIMIT :most",
        {"after": after, "old": old, "folder": _folder(old), "most": most},
    ).fetchall()
    return [Lain(row["path"], row["sha256"], row["size"], row["mtime_ns"]) for row in rows]


def move(connection: sqlite3.Connection, file: Lain, path: str, mtime_ns: int) -> None:
    """Note that a file lies elsewhere now."""
    connection.execute(
        "DELETE FROM files WHERE path = ? AND sha256 = ?", (path, file.sha256)
    )  # known there already: the two rows become one
    connection.execute(
        "UPDATE files SET path = ?, mtime_ns = ? WHERE path = ? AND sha256 = ?",
        (path, mtime_ns, file.path, file.sha256),
    )
    connection.execute("DELETE FROM given_names WHERE path = ?", (file.path,))
    _rename(connection, file.path, path)
    custody.append(connection, "file_moved", path, file.sha256, {"from": file.path})


def sidecars_under(connection: sqlite3.Connection, old: str) -> list[Lain]:
    """Return the sidecars at or under a path, sorted."""
    rows = connection.execute(
        "SELECT path, sha256, size, mtime_ns FROM sidecars"
        " WHERE path = :old OR substr(path, 1, length(:folder)) = :folder ORDER BY path",
        {"old": old, "folder": _folder(old)},
    ).fetchall()
    return [Lain(row["path"], row["sha256"], row["size"], row["mtime_ns"]) for row in rows]


def move_sidecar(connection: sqlite3.Connection, file: Lain, path: str, mtime_ns: int) -> None:
    """Note that a sidecar lies elsewhere now; what it stated stays its own."""
    connection.execute("DELETE FROM sidecars WHERE path = ? AND sha256 = ?", (path, file.sha256))
    connection.execute(
        "UPDATE sidecars SET path = ?, mtime_ns = ? WHERE path = ? AND sha256 = ?",
        (path, mtime_ns, file.path, file.sha256),
    )
    connection.execute(
        "UPDATE posts SET stated_by = ? WHERE stated_by = ? AND sha256 = ?",
        (path, file.path, file.sha256),
    )
    _rename(connection, file.path, path)
    params = {"from": file.path, "video": file.sha256}
    custody.append(connection, "sidecar_moved", path, "", params)


def _rename(connection: sqlite3.Connection, before: str, after: str) -> None:
    """Rename what could not be read of a file, and its work; what stands there already counts."""
    connection.execute(
        "UPDATE OR IGNORE unchecked SET subject = ? WHERE subject = ?", (after, before)
    )
    connection.execute(
        "UPDATE OR IGNORE queue SET name = ? WHERE name = ? AND kind = 'file'"
        " AND state <> 'claimed'",
        (after, before),
    )
    connection.execute("DELETE FROM unchecked WHERE subject = ?", (before,))
    connection.execute(
        "DELETE FROM queue WHERE name = ? AND kind = 'file' AND state <> 'claimed'", (before,)
    )


def _folder(path: str) -> str:
    return path.rstrip(os.sep) + os.sep
