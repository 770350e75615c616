"""The custody logs of merged indexes: kept beside ours, each a chain of its own.

A log can't be spliced into another without breaking its hashes. So the other's entries stay as they
are, and our own log notes the head up to which they were taken over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tracer.index import custody
from tracer.index.custody import Break, Head
from tracer.index.instants import now

_COLUMNS = "seq, ts_utc, actor, action, object, sha256, params, tool, prev_hash, hash"


def adopt(connection: sqlite3.Connection, schema: str, origin: str) -> list[Head]:
    """Take over the logs of an attached index; return the heads that are held now.

    What is held already is not stored again: an earlier state of the same log is continued.
    """
    heads = [_adopt_one(connection, f"SELECT {_COLUMNS} FROM {schema}.log", (), origin)]
    for row in connection.execute(
        f"SELECT id, origin FROM {schema}.merged_logs ORDER BY id"
    ).fetchall():
        entries = f"SELECT {_COLUMNS} FROM {schema}.merged_log WHERE log = ?"
        heads.append(_adopt_one(connection, entries, (row["id"],), row["origin"]))
    return sorted({one for one in heads if one.seq}, key=str)


def _adopt_one(
    connection: sqlite3.Connection, entries: str, values: tuple[int, ...], origin: str
) -> Head:
    last = connection.execute(f"{entries} ORDER BY seq DESC LIMIT 1", values).fetchone()
    if last is None:
        return Head(0, custody.FIRST)
    head = Head(last["seq"], last["hash"])
    if _holds(connection, head):
        return head
    number, held = _continued(connection, entries, values)
    if number is None:
        cursor = connection.execute(
            "INSERT INTO merged_logs (origin, added) VALUES (?, ?)", (origin, now())
        )
        number = int(cursor.lastrowid or 0)
    connection.execute(
        f"INSERT INTO merged_log (log, {_COLUMNS}) SELECT ?, {_COLUMNS} FROM ({entries})"
        " WHERE seq > ? ORDER BY seq",
        (number, *values, held),
    )
    return head


def _holds(connection: sqlite3.Connection, head: Head) -> bool:
    """Return whether a chain that is held already reaches a head."""
    pair = (head.seq, head.hash)
    for table in ("log", "merged_log"):
        query = f"SELECT 1 FROM main.{table} WHERE seq = ? AND hash = ?"
        if connection.execute(query, pair).fetchone():
            return True
    return False


def _continued(
    connection: sqlite3.Connection, entries: str, values: tuple[int, ...]
) -> tuple[int | None, int]:
    """Return the log held already that these entries go on from, and how far it is held."""
    for row in connection.execute("SELECT id FROM main.merged_logs ORDER BY id").fetchall():
        last = connection.execute(
            "SELECT seq, hash FROM main.merged_log WHERE log = ? ORDER BY seq DESC LIMIT 1",
            (row["id"],),
        ).fetchone()
        same = connection.execute(
            f"SELECT 1 FROM ({entries}) WHERE seq = ? AND hash = ?",
            (*values, last["seq"], last["hash"]),
        ).fetchone()
        if same:
            return int(row["id"]), int(last["seq"])
    return None, 0


def check(connection: sqlite3.Connection) -> Iterator[Break]:
    """Yield every place at which a merged log does not hold, or is not the one our log names."""
    reached: set[str] = set()
    for row in connection.execute("SELECT id, origin FROM merged_logs ORDER BY id").fetchall():
        entries = list(custody.entries(connection, row["id"]))
        reached |= {str(Head(one.seq, one.hash)) for one in entries}
        for found in custody.check(entries):
            yield Break(found.seq, f"{found.reason} (of the log merged from {row['origin']})")
    own = {str(Head(one.seq, one.hash)) for one in custody.entries(connection)}
    for entry in custody.entries(connection):
        if entry.action == "index_merged":
            for head in entry.params.get("heads", []):
                if head not in reached | own:
                    yield Break(entry.seq, f"names the head {head}, which no merged log reaches")
