"""The processes that work on an index: who they are, and whether they still live.

A claim of a process that has ended is free at once. Where nothing can be told of a process (it ran
on another machine, or in a container of its own), its claims are free when it has been silent for
longer than any single file may take.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tracer.index.instants import from_text, now


@dataclass(frozen=True, slots=True)
class RunState:
    """One process at work, as it last told."""

    begun: datetime
    beat: datetime
    done: int
    failed: int
    seconds: float  # of video taken in
    alive: bool


def begin(connection: sqlite3.Connection) -> int:
    """Note this process as one that works; return its number."""
    instant = now()
    cursor = connection.execute(
        "INSERT INTO runs (process, machine, begun, beat) VALUES (?, ?, ?, ?)",
        (_process(os.getpid()), _machine(), instant, instant),
    )
    return int(cursor.lastrowid or 0)


def known(connection: sqlite3.Connection, run: int) -> bool:
    """Return whether a run is on the list: others may have taken it for dead."""
    return connection.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone() is not None


def beat(
    connection: sqlite3.Connection, run: int, done: int = 0, failed: int = 0, seconds: float = 0.0
) -> None:
    """Note that a run is alive and what it has finished."""
    connection.execute(
        "UPDATE runs SET beat = ?, done = done + ?, failed = failed + ?, seconds = seconds + ?"
        " WHERE id = ?",
        (now(), done, failed, seconds, run),
    )


def end(connection: sqlite3.Connection, run: int) -> None:
    """Take a run off the list; what it had claimed waits again."""
    connection.execute(
        "UPDATE queue SET state = 'waiting', run = NULL WHERE run = ? AND state = 'claimed'", (run,)
    )
    connection.execute("DELETE FROM runs WHERE id = ?", (run,))


def end_dead(connection: sqlite3.Connection, patience: float) -> int:
    """Take the runs off the list whose processes have ended; return how many it were."""
    dead = [row["id"] for row in connection.execute("SELECT * FROM runs") if _dead(row, patience)]
    for number in dead:
        end(connection, number)
    return len(dead)


def states(connection: sqlite3.Connection, patience: float) -> list[RunState]:
    """Return the runs that have not ended tidily, in the order begun."""
    rows = connection.execute("SELECT * FROM runs ORDER BY id").fetchall()
    return [
        RunState(
            begun=from_text(row["begun"]),
            beat=from_text(row["beat"]),
            done=row["done"],
            failed=row["failed"],
            seconds=row["seconds"],
            alive=not _dead(row, patience),
        )
        for row in rows
    ]


def _dead(row: sqlite3.Row, patience: float) -> bool:
    if row["machine"] == _machine():
        known = _process_is_gone(row["process"])
        if known is not None:
            return known
    return datetime.now(UTC) - from_text(row["beat"]) > timedelta(seconds=patience)


def _process_is_gone(process: str) -> bool | None:
    """Return whether a process has ended; None where this system can't tell."""
    number = int(process.partition(":")[0])
    if os.name != "posix":  # elsewhere signal 0 would end it
        return None
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _process(number) != process


def _process(number: int) -> str:
    """Return a process's number and the time it started, in the kernel's ticks, where told."""
    try:
        # The name, in brackets, may hold anything; the 20th field behind it is the start.
        fields = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2]
        state, *rest = fields.split()
    except OSError:
        return f"{number}:"
    return f"{number}:{'ended' if state == 'Z' else rest[18]}"


@cache
def _machine() -> str:
    """Return what tells this machine, since it was started, and its space of process numbers."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
