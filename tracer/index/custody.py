"""The custody log: every entry carries the hash of the one before.

An entry's hash is the SHA-256 of its other fields as canonical JSON: keys sorted, no blanks, ASCII
with escapes. Whoever changes, removes, inserts or reorders entries breaks the chain at that place.
Whoever writes the whole rest of the chain anew, or cuts it off at the end, leaves a chain that
holds in itself: that is found only by a head (number and hash of the last entry) that was kept
elsewhere, as every bundle and every time stamp keeps one.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.metadata import version
from typing import Any

from tracer.index.instants import now

FIRST = "0" * 64  # what the first entry has for the hash of the one before


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    seq: int
    ts_utc: str
    actor: str
    action: str
    object: str
    sha256: str
    params: Mapping[str, Any]
    tool: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """The place of an entry that is not shown: enough to see that the chain goes on."""

    seq: int
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's number and hash; to be kept where the log is not."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what ``str`` wrote; raises :class:`ValueError` for anything else."""
        number, _, digest = text.strip().partition(":")
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError(f"{text.strip()[:80]!r} is not a head: NUMBER:HASH")
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class Break:
    """A place at which the chain does not hold."""

    seq: int
    reason: str


# --- writing ------------------------------------------------------------------------------------


def append(
    connection: sqlite3.Connection,
    action: str,
    object: str,
    sha256: str = "",
    params: Mapping[str, Any] | None = None,
    actor: str = "",
) -> None:
    """Add an entry, in the transaction of the change that it tells of."""
    last = head(connection)
    plain: dict[str, Any] = json.loads(canonical(params or {}).decode())
    bare = Entry(
        seq=last.seq + 1,
        ts_utc=now(),
        actor=actor or operator(),
        action=action,
        object=object,
        sha256=sha256,
        params=plain,
        tool=_tool(),
        prev_hash=last.hash,
        hash="",
    )
    connection.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            bare.seq,
            bare.ts_utc,
            bare.actor,
            bare.action,
            bare.object,
            bare.sha256,
            canonical(plain).decode(),
            bare.tool,
            bare.prev_hash,
            digest(bare),
        ),
    )


def origin(connection: sqlite3.Connection) -> str:
    """Return the hash of the first entry, which tells this log from any other; '' without one."""
    row = connection.execute("SELECT hash FROM log ORDER BY seq LIMIT 1").fetchone()
    return str(row["hash"]) if row else ""


def note_settings(connection: sqlite3.Connection, settings_digest: str) -> None:
    """Add an entry where work goes on with other settings than before."""
    row = connection.execute(
        "SELECT object FROM log WHERE action = 'settings_changed' ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    before = row["object"] if row else ""
    if before != settings_digest:
        append(connection, "settings_changed", settings_digest, params={"before": before})


def operator() -> str:
    """Return who runs the program: ``TRACER_ACTOR``, else the name of the system's user."""
    named = os.environ.get("TRACER_ACTOR", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user has no name
        return "unknown"


@cache
def _tool() -> str:
    return f"video-tracer {version('video-tracer')}"


# --- reading ------------------------------------------------------------------------------------


def head(connection: sqlite3.Connection) -> Head:
    """Return the last entry's number and hash; number 0 for an empty log."""
    row = connection.execute("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(row["seq"], row["hash"]) if row else Head(0, FIRST)


def entries(connection: sqlite3.Connection, merged: int | None = None) -> Iterator[Entry]:
    """Yield the log in its order, or that of an index that was merged into this one."""
    columns = ", ".join(field.name for field in fields(Entry))
    query = f"SELECT {columns} FROM log ORDER BY seq"
    if merged is not None:
        query = f"SELECT {columns} FROM merged_log WHERE log = {merged:d} ORDER BY seq"
    for row in connection.execute(query):
        yield Entry(**{**dict(row), "params": _params(row["params"])})


def _params(text: str) -> dict[str, Any]:
    """Return an entry's parameters; in another spelling than ours, somebody has been at them."""
    try:
        params: dict[str, Any] = json.loads(text)
        if canonical(params).decode() == text:
            return params
    except (ValueError, TypeError):
        pass
    return {"not as written": text}  # the hash will tell


def highest_given(connection: sqlite3.Connection) -> int:
    """Return the highest number that SQLite remembers to have given to an entry."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone()
    return int(row["seq"]) if row else 0


def canonical(value: Any) -> bytes:
    """Return the one spelling of a JSON value that hashes are taken of."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def statement(entry: Entry) -> bytes:
    """Return the bytes of an entry that its hash is taken of."""
    said = asdict(entry)
    del said["hash"]
    return canonical(said)


def digest(entry: Entry) -> str:
    """Return the hash that belongs to an entry."""
    return hashlib.sha256(statement(entry)).hexdigest()


def check(
    chain: Iterable[Entry | Withheld], known: Iterable[Head] = (), highest: int = 0
) -> list[Break]:
    """Return every place at which the log does not hold; none where it is whole.

    ``known`` are heads from elsewhere, which must be found in it; ``highest`` is the highest number
    known to have been given.
    """
    found: list[Break] = []
    before = Head(0, FIRST)
    wanted = {one.seq: one for one in known}
    for entry in chain:
        found += _breaks(entry, before)
        expected = wanted.pop(entry.seq, None)
        if expected is not None and expected.hash != entry.hash:
            found.append(Break(entry.seq, "is another one than the head that was kept elsewhere"))
        before = Head(entry.seq, entry.hash)
    for missing in sorted(wanted.values(), key=lambda one: one.seq):
        if missing != Head(0, FIRST):
            found.append(Break(missing.seq, "is missing, and a head kept elsewhere names it"))
    if highest > before.seq:
        found.append(
            Break(before.seq + 1, f"and what follows up to {highest} were cut off at the end")
        )
    return found


def _breaks(entry: Entry | Withheld, before: Head) -> Iterator[Break]:
    """Yield what is wrong with one entry after the one before it."""
    if entry.seq != before.seq + 1:
        yield Break(before.seq + 1, f"is missing or out of order: entry {entry.seq} follows")
    elif entry.prev_hash != before.hash:
        yield Break(entry.seq, "does not continue the entry before it")
    if isinstance(entry, Entry) and digest(entry) != entry.hash:
        yield Break(entry.seq, "was changed: its hash is not that of its fields")
