"""The work queue: what is to be done, who does it, what came of it; all in the index file.

Work is put in in bulk, claimed by a run a few at a time, and settled in the very transaction that
stores its result: nothing is done twice that was stored, nothing is lost that was put in. Several
processes may work on one index; each takes what nobody has claimed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from tracer.index import file, runs
from tracer.index.instants import now
from tracer.index.runs import RunState

Kind = Literal["file", "address", "reindex"]
TAKING_IN: tuple[Kind, ...] = ("file", "address")


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to be done."""

    number: int
    kind: Kind
    name: str  # absolute path, address or SHA-256
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """One thing that failed, and why."""

    kind: Kind
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """How much is done and left."""

    done: int = 0
    waiting: int = 0
    claimed: int = 0
    failed: int = 0
    runs: tuple[RunState, ...] = ()


class _Transaction(Protocol):
    def __call__(self, noted: bool = True) -> AbstractContextManager[None]: ...


class Queue:
    """The queue of an open index; each method that writes is one transaction or part of one."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        transaction: _Transaction,
        patience: float,
    ) -> None:
        """Use an index's connection; ``patience`` = seconds, see ``settings.index``."""
        self._path = path
        self._connection = connection
        self._transaction = transaction
        self._patience = patience
        self._run: int | None = None

    # --- putting in ---

    def begin_naming(self) -> None:
        """Forget what was named before in this process, and give back what it still claims."""
        self.end()  # where the disk was full, it could not be given back at the time
        with file.translated(self._path):
            self._connection.execute(
                "CREATE TEMP TABLE IF NOT EXISTS named (name TEXT PRIMARY KEY) WITHOUT ROWID"
            )
            self._connection.execute("DELETE FROM temp.named")

    def first_named(self, names: Sequence[str]) -> list[str]:
        """Return those that were not named before in this process, in order, each once."""
        with file.translated(self._path):
            self._connection.execute("BEGIN")  # of the temporary table alone: nobody waits for it
            fresh = [
                name
                for name in names
                if self._connection.execute(
                    "INSERT OR IGNORE INTO temp.named VALUES (?)", (name,)
                ).rowcount
            ]
            self._connection.execute("COMMIT")
        return fresh

    def put(
        self, kind: Kind, names: Iterable[str], options: Mapping[str, Any] | None = None
    ) -> None:
        """Let work wait for whoever takes it; what somebody is doing already is left to them."""
        said = json.dumps(options or {}, sort_keys=True)
        instant = now()
        with self._transaction(noted=False):
            self._connection.executemany(
                "INSERT INTO queue (kind, name, options, state, queued) VALUES (?, ?, ?, 'waiting',"
                " ?) ON CONFLICT (kind, name) DO UPDATE SET state = 'waiting', run = NULL,"
                " options = excluded.options, queued = excluded.queued, finished = NULL,"
                " size = NULL, mtime_ns = NULL WHERE state IN ('done', 'failed')",
                ((kind, name, said, instant) for name in names),
            )

    def failure_of(self, path: str, size: int, mtime_ns: int) -> str | None:
        """Return why a file's content failed before; None where it has changed or never did."""
        with file.translated(self._path):
            row = self._connection.execute(
                "SELECT reason FROM queue JOIN unchecked ON subject = name AND stage = 'read'"
                " WHERE kind = 'file' AND name = ? AND state = 'failed' AND size = ?"
                " AND mtime_ns = ?",
                (path, size, mtime_ns),
            ).fetchone()
        return None if row is None else str(row["reason"])

    def retry(self, wanted: Sequence[str] = (), reason: str = "") -> int:
        """Let what failed wait again; return how much.

        ``wanted`` are names or folders they lie in, ``reason`` is a part of why they failed; both
        left out mean all.
        """
        numbers = [
            number
            for number, one in self._failed()
            if (not wanted or any(_within(one.name, name) for name in wanted))
            and reason.casefold() in one.reason.casefold()
        ]
        with self._transaction(noted=False):
            self._connection.executemany(
                "UPDATE queue SET state = 'waiting', run = NULL, finished = NULL, size = NULL,"
                " mtime_ns = NULL WHERE id = ? AND state = 'failed'",
                ((number,) for number in numbers),
            )
        return len(numbers)

    # --- working off ---

    def take(
        self, most: int, kinds: Sequence[Kind] = TAKING_IN, only_named: bool = False
    ) -> list[Work]:
        """Claim some of what waits, in the order put in; nothing where nothing waits.

        ``only_named`` leaves aside what was not named in this process.
        """
        if not self._free(kinds, only_named):
            self._take_over()
            if not self._free(kinds, only_named):
                return []
        with self._transaction(noted=False):
            if self._run is None or not runs.known(self._connection, self._run):
                runs.end_dead(self._connection, self._patience)
                self._run = runs.begin(self._connection)
            rows = self._connection.execute(
                "UPDATE queue SET state = 'claimed', run = ? WHERE id IN"
                f" (SELECT id FROM queue WHERE {_condition(kinds, only_named)}"
                " ORDER BY id LIMIT ?) RETURNING id, kind, name, options",
                (self._run, *kinds, most),
            ).fetchall()
            runs.beat(self._connection, self._run)
        return sorted((_work(row) for row in rows), key=lambda one: one.number)

    def done(self, work: Iterable[Work], seconds: float = 0.0) -> None:
        """Settle work that is done; to be called in the transaction that stores its result."""
        instant = now()
        with self._transaction(noted=False):
            settled = [
                self._connection.execute(
                    "UPDATE queue SET state = 'done', run = NULL, finished = ? WHERE id = ?",
                    (instant, one.number),
                ).rowcount
                for one in work
            ]
            if self._run is not None:
                runs.beat(self._connection, self._run, done=sum(settled), seconds=seconds)

    def failed(self, work: Work, size: int | None = None, mtime_ns: int | None = None) -> None:
        """Settle work that failed; with a stamp, the file's content is what failed."""
        with self._transaction(noted=False):
            self._connection.execute(
                "UPDATE queue SET state = 'failed', run = NULL, finished = ?, size = ?,"
                " mtime_ns = ? WHERE id = ?",
                (now(), size, mtime_ns, work.number),
            )
            if self._run is not None:
                runs.beat(self._connection, self._run, failed=1)

    def end(self) -> None:
        """Give back what this process has claimed and take it off the list."""
        if self._run is None:
            return
        with self._transaction(noted=False):
            runs.end(self._connection, self._run)
        self._run = None

    # --- reading ---

    def waiting(self, kinds: Sequence[Kind] = TAKING_IN, only_named: bool = False) -> int:
        """Return how much waits to be taken."""
        with file.translated(self._path):
            row = self._connection.execute(
                f"SELECT count(*) FROM queue WHERE {_condition(kinds, only_named)}", tuple(kinds)
            ).fetchone()
            return int(row[0])

    def unsettled(self, kind: Kind) -> int:
        """Return how much of a kind waits or is under way, here or in another process."""
        with file.translated(self._path):
            row = self._connection.execute(
                "SELECT count(*) FROM queue WHERE kind = ? AND state IN ('waiting', 'claimed')",
                (kind,),
            ).fetchone()
            return int(row[0])

    def state(self) -> QueueState:
        """Return how much is done and left, and who is at work."""
        with file.translated(self._path):
            counts: dict[str, int] = {
                row["state"]: row["number"]
                for row in self._connection.execute(
                    "SELECT state, count(*) AS number FROM queue GROUP BY state"
                )
            }
            return QueueState(
                done=counts.get("done", 0),
                waiting=counts.get("waiting", 0),
                claimed=counts.get("claimed", 0),
                failed=counts.get("failed", 0),
                runs=tuple(runs.states(self._connection, self._patience)),
            )

    def failures(self) -> list[Failed]:
        """Return what failed and why, by name."""
        return sorted((one for _, one in self._failed()), key=lambda one: (one.name, one.kind))

    def _failed(self) -> list[tuple[int, Failed]]:
        with file.translated(self._path):
            rows = self._connection.execute(
                "SELECT id, kind, name, coalesce(reason, '') AS reason FROM queue"
                " LEFT JOIN unchecked ON subject = name AND stage = CASE kind"
                " WHEN 'file' THEN 'read' WHEN 'address' THEN 'download' ELSE kind END"
                " WHERE state = 'failed'"
            ).fetchall()
        return [(row["id"], Failed(row["kind"], row["name"], row["reason"])) for row in rows]

    def _free(self, kinds: Sequence[Kind], only_named: bool) -> bool:
        with file.translated(self._path):
            row = self._connection.execute(
                f"SELECT 1 FROM queue WHERE {_condition(kinds, only_named)} LIMIT 1", tuple(kinds)
            ).fetchone()
            return row is not None

    def _take_over(self) -> None:
        """Free what dead runs have claimed."""
        with file.translated(self._path):
            states = runs.states(self._connection, self._patience)
        if not all(one.alive for one in states):
            with self._transaction(noted=False):
                runs.end_dead(self._connection, self._patience)


def _condition(kinds: Sequence[Kind], only_named: bool) -> str:
    named = " AND name IN (SELECT name FROM temp.named)" if only_named else ""
    return f"state = 'waiting' AND kind IN ({', '.join('?' * len(kinds))}){named}"


def _work(row: sqlite3.Row) -> Work:
    return Work(row["id"], row["kind"], row["name"], json.loads(row["options"]))


def _within(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(wanted.rstrip("/\\") + "/")
