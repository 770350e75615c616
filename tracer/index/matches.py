"""Matches between videos of the index: each pair once, whoever of the two came first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tracer.index.instants import now
from tracer.index.turned import seen_from
from tracer.model import (
    DirectionVerdict,
    Edit,
    Evidence,
    Match,
    Reason,
    Segment,
    SoundMatch,
    Transform,
)


def unmatched(connection: sqlite3.Connection, settings_digest: str) -> list[str]:
    """Return the videos, in order of arrival, that were not compared with the others yet."""
    rows = connection.execute(
        "SELECT fingerprints.sha256 FROM fingerprints LEFT JOIN matched"
        " ON matched.sha256 = fingerprints.sha256 AND matched.settings = ?"
        " WHERE matched.sha256 IS NULL ORDER BY arrival",
        (settings_digest,),
    )
    return [row["sha256"] for row in rows]


def save(
    connection: sqlite3.Connection,
    sha256: str,
    matches: Sequence[Match],
    settings_digest: str,
    partners: int,
) -> None:
    """Store what one video shares with the others, and that it has been compared with them."""
    connection.execute(
        "DELETE FROM matches WHERE (a = ? OR b = ?) AND settings <> ?",
        (sha256, sha256, settings_digest),
    )
    for match in matches:
        if sha256 not in (match.query_sha256, match.sha256) or match.query_sha256 == match.sha256:
            raise ValueError(f"not a match of {sha256} with another video: {match}")
        _save_one(connection, match, settings_digest)
    connection.execute(
        "INSERT OR REPLACE INTO matched VALUES (?, ?, ?, ?)",
        (sha256, settings_digest, partners, now()),
    )


def ask_again(connection: sqlite3.Connection, stage: str, reason: str) -> int:
    """Let videos be compared anew where a comparison of theirs failed; return how many those are.

    Of a pair, ``unchecked`` names both; one of them that asks again is enough.
    """
    rows = connection.execute(
        "SELECT subject FROM unchecked WHERE stage = ? AND instr(lower(reason), lower(?)) > 0",
        (stage, reason),
    ).fetchall()
    for row in rows:
        asks = row["subject"].split()[0]
        connection.execute("DELETE FROM matched WHERE sha256 = ?", (asks,))
        connection.execute(
            "DELETE FROM unchecked WHERE subject = ? AND stage = ?", (row["subject"], stage)
        )
    return len({row["subject"].split()[0] for row in rows})


def matches_of(connection: sqlite3.Connection, sha256: str) -> list[Match]:
    """Return a video's matches, told with it as the query, by SHA-256 of the other."""
    rows = connection.execute("SELECT * FROM matches WHERE a = ? OR b = ?", (sha256, sha256))
    told = [seen_from(_match(row, _segments(connection, row)), sha256) for row in rows.fetchall()]
    return sorted(told, key=lambda match: match.sha256)


def all_matches(connection: sqlite3.Connection) -> Iterator[Match]:
    """Yield every match once, the smaller SHA-256 as the query, in order of both."""
    # Read at once: a family of thousands has tens of thousands of matches.
    segments: dict[int, list[sqlite3.Row]] = {}
    for one in connection.execute("SELECT * FROM segments ORDER BY match, ordinal"):
        segments.setdefault(one["match"], []).append(one)
    for row in connection.execute("SELECT * FROM matches ORDER BY a, b").fetchall():
        # Another process may have stored it since.
        yield _match(row, segments.get(row["id"]) or _segments(connection, row))


def _save_one(connection: sqlite3.Connection, match: Match, settings_digest: str) -> None:
    told = seen_from(match, min(match.query_sha256, match.sha256))
    connection.execute(
        "DELETE FROM matches WHERE a = ? AND b = ?", (told.query_sha256, told.sha256)
    )
    cursor = connection.execute(
        "INSERT INTO matches (a, b, score, verdict, details, settings) VALUES (?, ?, ?, ?, ?, ?)",
        (
            told.query_sha256,
            told.sha256,
            told.score,
            told.verdict,
            _details(told),
            settings_digest,
        ),
    )
    connection.executemany(
        "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                cursor.lastrowid,
                ordinal,
                one.query_start,
                one.query_end,
                one.match_start,
                one.match_end,
                one.speed,
                one.score,
            )
            for ordinal, one in enumerate(told.segments)
        ],
    )


def _details(match: Match) -> str:
    return json.dumps(
        {
            "transform": asdict(match.transform),
            # What is as usual is left out: a large family has thousands of these.
            "reasons": [_without(asdict(one), "passed", True) for one in match.reasons],
            "edits": [_without(asdict(one), "change", None) for one in match.edits],
            "sound": asdict(match.sound),
            "derivation": asdict(match.derivation),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _without(stated: dict[str, Any], name: str, usual: object) -> dict[str, Any]:
    return {key: value for key, value in stated.items() if key != name or value != usual}


def _segments(connection: sqlite3.Connection, row: sqlite3.Row) -> Sequence[sqlite3.Row]:
    return connection.execute(
        "SELECT * FROM segments WHERE match = ? ORDER BY ordinal", (row["id"],)
    ).fetchall()


def _match(row: sqlite3.Row, segments: Sequence[sqlite3.Row]) -> Match:
    details: dict[str, Any] = json.loads(row["details"])
    derivation = details["derivation"]
    return Match(
        query_sha256=row["a"],
        sha256=row["b"],
        score=row["score"],
        verdict=row["verdict"],
        segments=tuple(
            Segment(
                one["a_start"],
                one["a_end"],
                one["b_start"],
                one["b_end"],
                one["speed"],
                one["score"],
            )
            for one in segments
        ),
        transform=_transform(details["transform"]),
        reasons=tuple(Reason(**one) for one in details["reasons"]),
        edits=tuple(Edit(**one) for one in details["edits"]),
        sound=SoundMatch(**details["sound"]),
        derivation=DirectionVerdict(
            derivation["verdict"],
            derivation["confidence"],
            tuple(Evidence(**one) for one in derivation["evidence"]),
        ),
    )


def _transform(stated: dict[str, Any]) -> Transform:
    a, b, tx, c, d, ty = stated["matrix"]
    return Transform((a, b, tx, c, d, ty), stated["mirrored"])
