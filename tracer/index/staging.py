"""Fingerprints made anew: they wait on a stage and replace the old ones all at once.

Until then every answer rests on the old ones, whole. With the change the stored matches stay as
they are, marked as those of other settings, until each video is compared again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container
from dataclasses import asdict

from tracer.index import arrays, custody
from tracer.model import Fingerprint, Video

_FACTS = (
    "duration", "width", "height", "frame_rate", "codec", "container", "rotation", "sound_codec",
    "created", "still",
)  # fmt: skip
_BEFORE = "before reindexing"  # what stands for the settings of matches that are to be made again


def outdated(connection: sqlite3.Connection, algorithm: str, alike: Container[str]) -> list[str]:
    """Return the videos whose fingerprint is to be made anew, in order of arrival.

    ``alike`` are the digests of settings that make the same fingerprints as those of today.
    """
    rows = connection.execute(
        "SELECT sha256, algorithm, settings FROM fingerprints ORDER BY arrival"
    )
    return [
        row["sha256"]
        for row in rows
        if row["algorithm"] != algorithm or row["settings"] not in alike
    ]


def staged(connection: sqlite3.Connection, algorithm: str, alike: Container[str]) -> set[str]:
    """Return the videos whose new fingerprint waits; what other versions staged is thrown away."""
    rows = connection.execute(
        "SELECT sha256, algorithm, settings FROM staged_fingerprints"
    ).fetchall()
    kept = set()
    for row in rows:
        if row["algorithm"] == algorithm and row["settings"] in alike:
            kept.add(row["sha256"])
        else:
            connection.execute("DELETE FROM staged_fingerprints WHERE sha256 = ?", (row["sha256"],))
    return kept


def stage(
    connection: sqlite3.Connection, video: Video, fingerprint: Fingerprint, settings: str
) -> None:
    """Let a new fingerprint wait."""
    facts = {name: value for name, value in asdict(video).items() if name in _FACTS}
    row = {
        **arrays.to_row(fingerprint),
        "settings": settings,
        "facts": json.dumps(facts, ensure_ascii=False),
    }
    connection.execute(
        f"INSERT OR REPLACE INTO staged_fingerprints ({', '.join(row)})"
        f" VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )


def exchange(connection: sqlite3.Connection) -> int:
    """Put all that waits in its place; return how many videos it were.

    A new fingerprint has a new number of arrival: what was derived from the old one is no more.
    """
    columns = [
        row["name"]
        for row in connection.execute("PRAGMA table_info(staged_fingerprints)")
        if row["name"] != "facts"
    ]
    names = ", ".join(columns)
    rows = connection.execute(
        "SELECT staged_fingerprints.sha256, facts FROM staged_fingerprints"
        " LEFT JOIN fingerprints USING (sha256) ORDER BY fingerprints.arrival"
    ).fetchall()
    for row in rows:
        sha256 = row["sha256"]
        facts = json.loads(row["facts"])
        connection.execute("DELETE FROM fingerprints WHERE sha256 = ?", (sha256,))
        connection.execute(
            f"INSERT INTO fingerprints ({names}) SELECT {names} FROM staged_fingerprints"
            " WHERE sha256 = ?",
            (sha256,),
        )
        connection.execute(
            f"UPDATE videos SET {', '.join(f'{name} = :{name}' for name in facts)}"
            " WHERE sha256 = :sha256",
            {**facts, "sha256": sha256},
        )
        connection.execute("DELETE FROM matched WHERE sha256 = ?", (sha256,))
        connection.execute(
            "UPDATE matches SET settings = ? WHERE a = ? OR b = ?", (_BEFORE, sha256, sha256)
        )
        _note(connection, sha256)
    connection.execute("DELETE FROM staged_fingerprints")
    connection.execute("DELETE FROM queue WHERE kind = 'reindex' AND state = 'done'")
    return len(rows)


def _note(connection: sqlite3.Connection, sha256: str) -> None:
    row = connection.execute("SELECT * FROM fingerprints WHERE sha256 = ?", (sha256,)).fetchone()
    params = {
        "algorithm": row["algorithm"],
        "settings": row["settings"],
        "fingerprint": arrays.digest(arrays.from_row(row)),
    }
    custody.append(connection, "video_reindexed", sha256, sha256, params)


# --- what settings make the same fingerprints ---------------------------------------------------


def keep_settings(connection: sqlite3.Connection, digest: str, stated: str) -> None:
    """Keep what a digest of settings stands for, as JSON."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (f"settings {digest}", stated))


def kept_settings(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what the digests of settings stand for, as far as it was kept."""
    rows = connection.execute("SELECT key, value FROM meta WHERE key LIKE 'settings %'")
    return {row["key"].removeprefix("settings "): row["value"] for row in rows}
