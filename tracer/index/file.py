"""The SQLite file itself: making, opening, refusing, backing up; SQLite's errors become ours."""

from __future__ import annotations

import glob
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tracer.errors import (
    ExternalError,
    IndexBusyError,
    IndexFileError,
    IndexVersionError,
    TracerError,
)
from tracer.index import schema
from tracer.settings import DEFAULT, IndexSettings

_MAGIC = b"SQLite format 3\0"
_SIDE_FILES = ("-wal", "-shm", "-journal")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into one line about this index."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(path, error) from error
    except PermissionError as error:
        raise IndexFileError(f"{path}: no permission to write the index here") from error
    except (NotADirectoryError, FileNotFoundError, IsADirectoryError, FileExistsError) as error:
        raise IndexFileError(
            f"{path}: the index can't be written here ({error.strerror}); choose another --index"
        ) from error


def _translation(path: Path, error: sqlite3.Error) -> TracerError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return IndexBusyError(f"{path}: another process is writing to the index; try again later")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")):  # no room for the WAL's index
        return ExternalError(
            f"{path}: no space left on the disk for the index; free some and run again "
            "(what was finished is kept)"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return IndexFileError(f"{path}: no permission to open or write the index here")
    if name.startswith("SQLITE_IOERR"):
        return ExternalError(f"{path}: the disk failed while the index was used ({name})")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return IndexFileError(f"{path}: the index is damaged ({error}); restore a backup")
    return IndexFileError(f"{path}: {error}")


def open_to_read(path: Path, settings: IndexSettings = DEFAULT.index) -> sqlite3.Connection:
    """Open an index that exists without ever changing it; refuse an old, new or foreign file."""
    with translated(path):
        if not path.exists():
            raise IndexFileError(f"{path}: no index here; make one with: {_index_command(path)}")
        _refuse_foreign(path)
        if path.stat().st_size == 0:
            raise IndexFileError(f"{path}: the index is empty; fill it: {_index_command(path)}")
        return _open_as_allowed(path, settings)


def _open_as_allowed(path: Path, settings: IndexSettings) -> sqlite3.Connection:
    """Open for reading with whatever rights there are.

    With the right to write, SQLite can tidy its lock files away when it closes (a connection with
    ``mode=ro`` leaves them behind); ``query_only`` then refuses every change. On a medium that
    nobody may write to there are no lock files to make.
    """
    ways = ["mode=rw", "mode=ro"]
    if not any(path.with_name(path.name + end).exists() for end in _SIDE_FILES):
        ways.append("mode=ro&immutable=1")
    while True:
        way = ways.pop(0)
        try:
            connection = _connect(path, way, settings)
            try:
                connection.execute("PRAGMA query_only = ON")
                _refuse_other_schema(path, connection)
            except BaseException:
                connection.close()
                raise
            return connection
        except sqlite3.OperationalError:
            if not ways:
                raise


def open_to_write(path: Path, settings: IndexSettings = DEFAULT.index) -> sqlite3.Connection:
    """Open an index for writing; make it where there is none, migrate an old one after a backup."""
    with translated(path):
        if path.exists():
            _refuse_foreign(path)
        if not path.exists() or path.stat().st_size == 0:
            _make(path, settings)
        connection = _connect(path, "mode=rw", settings)
        try:
            _refuse_foreign_tables(path, connection)
            number = schema.number_of(connection)
            if number > len(schema.MIGRATIONS):
                raise _too_new(path, number)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")  # per connection; safe with WAL
            # Importing a million posts in no order meets the same pages of its trees again and
            # again: with SQLite's own 2 MB, most of them were read anew.
            connection.execute(f"PRAGMA cache_size = -{settings.cache_kilobytes}")
            if number < len(schema.MIGRATIONS):
                back_up(connection, path, number)
                schema.migrate(connection, schema.MIGRATIONS)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def attached(
    connection: sqlite3.Connection,
    other: Path,
    name: str,
    settings: IndexSettings = DEFAULT.index,
) -> Iterator[None]:
    """Lay another index beside an open one, as a schema of that name, never to be changed."""
    open_to_read(other, settings).close()  # refuses what is missing, foreign, old or new
    ways = ["mode=ro", "mode=ro&immutable=1"]
    while True:
        uri = f"{other.absolute().as_uri()}?{ways.pop(0)}"
        try:
            connection.execute(f"ATTACH ? AS {name}", (uri,))
            break
        except sqlite3.OperationalError as error:
            if not ways:
                raise _translation(other, error) from error
    try:
        yield
    finally:
        connection.execute(f"DETACH {name}")


def back_up(connection: sqlite3.Connection, path: Path, number: int) -> Path:
    """Copy the whole index beside itself before its schema changes; return the copy's path."""
    copy = path.with_name(f"{path.name}.schema-{number}.backup")
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(unfinished)) as target:
            connection.backup(target)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    return copy


def _make(path: Path, settings: IndexSettings) -> None:
    """Make an empty index under another name and move it in: nobody ever meets half an index."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with closing(_connect(unfinished, "mode=rwc", settings)) as connection:
            connection.execute(f"PRAGMA page_size = {settings.page_bytes}")
            # Without a WAL until it is whole: closing one on a full disk says nothing and leaves
            # half a file, while a commit without one fails.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")  # nothing is lost: it is not there yet
            schema.migrate(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        with unfinished.open("rb") as made:
            os.fsync(made.fileno())
        _move_in(unfinished, path)
    finally:
        for end in ("", *_SIDE_FILES):
            unfinished.with_name(unfinished.name + end).unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what processes that were killed while making this index have left."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.new*"):
        number = left.name.removeprefix(f".{path.name}.").partition(".")[0]
        if number.isdigit() and not _runs(int(number)):
            left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    if os.name != "posix":  # elsewhere signal 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _move_in(unfinished: Path, path: Path) -> None:
    """Put a new index in its place unless another process was quicker."""
    if path.exists() and path.stat().st_size == 0:
        unfinished.replace(path)
        return
    try:
        path.hardlink_to(unfinished)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            unfinished.replace(path)


def _connect(path: Path, mode: str, settings: IndexSettings) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=settings.busy_timeout, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _refuse_foreign(path: Path) -> None:
    if not path.is_file():
        raise IndexFileError(f"{path}: is not a file; --index names one SQLite file")
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    if head and head != _MAGIC:
        raise IndexFileError(f"{path}: is not an index (not SQLite); it was left as it is")


def _refuse_foreign_tables(path: Path, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise IndexFileError(
            f"{path}: is a SQLite file, but not an index of tracer; it was left as it is"
        )


def _refuse_other_schema(path: Path, connection: sqlite3.Connection) -> None:
    _refuse_foreign_tables(path, connection)
    number = schema.number_of(connection)
    if number > len(schema.MIGRATIONS):
        raise _too_new(path, number)
    if number < len(schema.MIGRATIONS):
        raise IndexVersionError(
            f"{path}: has the old schema {number}; this version reads "
            f"{len(schema.MIGRATIONS)}. Migrate it (a backup is made) with: "
            f"tracer index --index {path}"
        )


def _too_new(path: Path, number: int) -> IndexVersionError:
    return IndexVersionError(
        f"{path}: has schema {number}, written by a newer version; this one knows up to "
        f"{len(schema.MIGRATIONS)}. Upgrade video-tracer"
    )


def _index_command(path: Path) -> str:
    return f"tracer index --index {path} PATH"
