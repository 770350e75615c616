"""Videos, the files that hold them, and their fingerprints."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from tracer.index import arrays, custody
from tracer.index.instants import now
from tracer.index.segment import Entry
from tracer.model import Fingerprint, Video

Digests = npt.NDArray[np.uint8]


def add(
    connection: sqlite3.Connection, video: Video, fingerprint: Fingerprint, settings_digest: str
) -> bool:
    """Store a video with its fingerprint; return whether it was new."""
    if video.sha256 != fingerprint.sha256:
        raise ValueError(f"fingerprint of {fingerprint.sha256} given for video {video.sha256}")
    cursor = connection.execute(
        "INSERT OR IGNORE INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            video.sha256,
            video.size,
            video.duration,
            video.width,
            video.height,
            video.frame_rate,
            video.codec,
            video.container,
            video.rotation,
            video.sound_codec,
            video.created,
            int(video.still),
            now(),
        ),
    )
    if cursor.rowcount == 0:
        return False
    row = {**arrays.to_row(fingerprint), "settings": settings_digest}
    connection.execute(
        f"INSERT INTO fingerprints ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )
    custody.append(
        connection,
        "video_added",
        video.sha256,
        video.sha256,
        {
            "size": video.size,
            "algorithm": fingerprint.algorithm,
            "settings": settings_digest,
            "fingerprint": arrays.digest(fingerprint),
        },
    )
    return True


def has(connection: sqlite3.Connection, sha256: str) -> bool:
    """Return whether the index holds this content."""
    found = connection.execute("SELECT 1 FROM videos WHERE sha256 = ?", (sha256,)).fetchone()
    return found is not None


def from_row(row: sqlite3.Row) -> Video:
    """Return the video of a row of ``videos``."""
    return Video(
        sha256=row["sha256"],
        size=row["size"],
        duration=row["duration"],
        width=row["width"],
        height=row["height"],
        frame_rate=row["frame_rate"],
        codec=row["codec"],
        container=row["container"],
        rotation=row["rotation"],
        sound_codec=row["sound_codec"],
        created=row["created"],
        still=bool(row["still"]),
    )


def known_file(connection: sqlite3.Connection, path: str, size: int, mtime_ns: int) -> str | None:
    """Return the SHA-256 of a file that has not changed since it was taken in."""
    row = connection.execute(
        "SELECT sha256 FROM files WHERE path = ? AND size = ? AND mtime_ns = ?"
        " AND replaced IS NULL",
        (path, size, mtime_ns),
    ).fetchone()
    return None if row is None else str(row["sha256"])


def add_file(
    connection: sqlite3.Connection, sha256: str, path: str, size: int, mtime_ns: int
) -> bool:
    """Note that a video lies at a path, and that others no longer do; return whether it is new."""
    moment = now()
    known = connection.execute(
        "SELECT 1 FROM files WHERE path = ? AND sha256 = ?", (path, sha256)
    ).fetchone()
    replaced = connection.execute(
        "SELECT sha256 FROM files WHERE path = ? AND sha256 <> ? AND replaced IS NULL",
        (path, sha256),
    ).fetchall()
    connection.execute(
        "UPDATE files SET replaced = ? WHERE path = ? AND sha256 <> ? AND replaced IS NULL",
        (moment, path, sha256),
    )
    if known is None or replaced:
        before = [row["sha256"] for row in replaced]
        action = "file_replaced" if before else "file_added"
        params = {"size": size, "mtime_ns": mtime_ns, **({"before": before} if before else {})}
        custody.append(connection, action, path, sha256, params)
    connection.execute(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (path, sha256)"
        " DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, replaced = NULL",
        (path, sha256, size, mtime_ns, moment),
    )
    return known is None


def keep_names(connection: sqlite3.Connection, names: Iterable[tuple[str, str]]) -> None:
    """Note how paths were given: (absolute path, as it was given)."""
    connection.executemany(
        "INSERT INTO given_names VALUES (?, ?)"
        " ON CONFLICT (path) DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
        names,
    )


def name_of(connection: sqlite3.Connection, path: str) -> str:
    """Return a path as it was given."""
    row = connection.execute("SELECT name FROM given_names WHERE path = ?", (path,)).fetchone()
    return path if row is None else str(row["name"])


def names_of(connection: sqlite3.Connection, paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths as they were given."""
    return tuple(name_of(connection, path) for path in paths)


def paths_of(connection: sqlite3.Connection, sha256: str) -> tuple[str, ...]:
    """Return where a video lies, sorted."""
    rows = connection.execute(
        "SELECT path FROM files WHERE sha256 = ? AND replaced IS NULL ORDER BY path", (sha256,)
    )
    return tuple(row["path"] for row in rows)


def all_paths(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return where all videos lie."""
    paths: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(
        "SELECT sha256, path FROM files WHERE replaced IS NULL ORDER BY path"
    ):
        paths[row["sha256"]] = (*paths.get(row["sha256"], ()), row["path"])
    return paths


def fingerprint_of(connection: sqlite3.Connection, sha256: str) -> Fingerprint | None:
    """Return a video's fingerprint."""
    row = connection.execute("SELECT * FROM fingerprints WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else arrays.from_row(row)


def arrivals(connection: sqlite3.Connection) -> tuple[npt.NDArray[np.int64], Digests]:
    """Return all arrivals, increasing, and the SHA-256 of each, uint8 (n, 32)."""
    # Read from the index of SHA-256s alone: the rows behind them are large.
    rows = connection.execute("SELECT arrival, sha256 FROM fingerprints").fetchall()
    arrival = np.array([row[0] for row in rows], np.int64)
    digests = np.frombuffer(bytes.fromhex("".join(row[1] for row in rows)), np.uint8)
    order = np.argsort(arrival)
    return arrival[order], digests.reshape(-1, 32)[order]


def entries(
    connection: sqlite3.Connection, after: int, up_to: int, algorithm: str
) -> Iterator[Entry]:
    """Yield what is searched of the videos that arrived in (after, up_to], films unread."""
    columns = ", ".join((*arrays.HASH_COLUMNS, *arrays.FEATURE_COLUMNS))
    for row in connection.execute(
        f"SELECT arrival, sha256, sound, {columns} FROM fingerprints"
        " WHERE arrival > ? AND arrival <= ? AND algorithm = ? ORDER BY arrival",
        (after, up_to, algorithm),
    ):
        yield Entry(
            row["arrival"],
            row["sha256"],
            arrays.hashes_from_row(row),
            arrays.features_from_row(row),
            None if row["sound"] is None else arrays.sound_from_row(row),
        )


def sound_of(connection: sqlite3.Connection, sha256: str) -> npt.NDArray[np.uint32] | None:
    """Return a video's sound; None where it has none."""
    row = connection.execute(
        "SELECT sound FROM fingerprints WHERE sha256 = ? AND sound IS NOT NULL", (sha256,)
    ).fetchone()
    return None if row is None else arrays.sound_from_row(row)
