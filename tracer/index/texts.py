"""What is written in the videos: lines stored and read back, and which videos were read."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict

from tracer.index import custody
from tracer.index.instants import now
from tracer.model import TextLine, TextTrack, Unchecked


def save(connection: sqlite3.Connection, sha256: str, track: TextTrack) -> None:
    """Store what was read in a video, in the place of what was read before."""
    connection.execute("DELETE FROM text_lines WHERE sha256 = ?", (sha256,))
    unchecked = json.dumps([asdict(one) for one in track.unchecked], ensure_ascii=False)
    connection.execute(
        "INSERT INTO text_read VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
        " reader = excluded.reader, unchecked = excluded.unchecked, finished = excluded.finished",
        (sha256, track.reader, unchecked, now()),
    )
    connection.executemany(
        "INSERT INTO text_lines (sha256, start_time, end_time, x0, y0, x1, y1, text, language,"
        " kind, confidence, mirrored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                sha256,
                line.start,
                line.end,
                *line.box,
                line.text,
                line.language,
                line.kind,
                line.confidence,
                int(line.mirrored),
            )
            for line in track.lines
        ],
    )
    lines = json.dumps([asdict(line) for line in track.lines], sort_keys=True)
    custody.append(
        connection,
        "text_read",
        sha256,
        sha256,
        {
            "reader": track.reader,
            "lines": len(track.lines),
            "digest": hashlib.sha256(lines.encode()).hexdigest(),
        },
    )


def track_of(connection: sqlite3.Connection, sha256: str) -> TextTrack | None:
    """Return what was read in a video; None where it was not read yet."""
    read = connection.execute("SELECT * FROM text_read WHERE sha256 = ?", (sha256,)).fetchone()
    if read is None:
        return None
    rows = connection.execute("SELECT * FROM text_lines WHERE sha256 = ? ORDER BY id", (sha256,))
    unchecked = tuple(Unchecked(**one) for one in json.loads(read["unchecked"]))
    return TextTrack(read["reader"], tuple(map(line_of, rows)), unchecked)


def line_of(row: sqlite3.Row) -> TextLine:
    """Return the line of a row of ``text_lines``."""
    return TextLine(
        start=row["start_time"],
        end=row["end_time"],
        box=(row["x0"], row["y0"], row["x1"], row["y1"]),
        text=row["text"],
        language=row["language"],
        kind=row["kind"],
        confidence=row["confidence"],
        mirrored=bool(row["mirrored"]),
    )


def unread(connection: sqlite3.Connection, reader: str | None = None) -> list[str]:
    """Return the videos that were not read, in order of arrival; with `reader`, not by this one."""
    rows = connection.execute(
        "SELECT fingerprints.sha256 FROM fingerprints LEFT JOIN text_read"
        " ON text_read.sha256 = fingerprints.sha256 AND coalesce(text_read.reader = ?, 1)"
        " WHERE text_read.sha256 IS NULL ORDER BY arrival",
        (reader,),
    )
    return [row["sha256"] for row in rows]
