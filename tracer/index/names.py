"""What a user calls a video -> its SHA-256."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tracer.collect.media_files import absolute
from tracer.errors import UsageError
from tracer.index import videos
from tracer.media.digest import sha256_of

_PREFIX = re.compile(r"[0-9a-fA-F]{4,64}")
_SHOWN = 12  # digits of a SHA-256 in a message


def find(connection: sqlite3.Connection, name: str) -> str:
    """Return the video that a path, an address, a post's id or a SHA-256 prefix names.

    Raises :class:`UsageError` where it names none or several.
    """
    for found in (
        _by_path(connection, name),
        _by_post(connection, name),
        _by_prefix(connection, name),
    ):
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(sha256[:_SHOWN] for sha256 in found[:5])
            raise UsageError(
                f"{name}: names {len(found)} videos of the index ({shown}"
                f"{', ...' if len(found) > 5 else ''}); name one by more digits of its SHA-256"
            )
    raise UsageError(
        f"{name}: no video of this index has that path, address, post id or SHA-256; "
        "take it in with: tracer index"
    )


def _by_path(connection: sqlite3.Connection, name: str) -> list[str]:
    path = Path(name)
    if path.is_file():  # what lies there now counts, not what once did
        status = path.stat()
        known = videos.known_file(connection, absolute(name), status.st_size, status.st_mtime_ns)
        sha256 = known or sha256_of(path)
        return [sha256] if videos.has(connection, sha256) else []
    rows = connection.execute(
        "SELECT DISTINCT sha256 FROM files WHERE path IN (?, ?) AND replaced IS NULL",
        (name, absolute(name)),
    )
    return [row["sha256"] for row in rows]


def _by_post(connection: sqlite3.Connection, name: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT sha256 FROM posts WHERE (url = :name OR post_id = :name) AND :name <> ''"
        " ORDER BY sha256",
        {"name": name},
    )
    return [row["sha256"] for row in rows]


def _by_prefix(connection: sqlite3.Connection, name: str) -> list[str]:
    if not _PREFIX.fullmatch(name):
        return []
    prefix = name.lower()
    rows = connection.execute(
        "SELECT sha256 FROM videos WHERE sha256 >= ? AND sha256 < ? ORDER BY sha256",
        (prefix, prefix + "g"),
    )
    return [row["sha256"] for row in rows]
