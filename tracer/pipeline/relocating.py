"""Files that moved -> their new paths in the index, each held against its bytes.

1. Take what the index knows under the old path.  2. Look at the same place under the new one: the
same size and time of change will do; another time costs the SHA-256.  3. Note the new path, a
batch a transaction. What is not there, or is something else, keeps its old path and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracer.collect.media_files import absolute
from tracer.errors import MediaError, UsageError
from tracer.index.moving import Lain
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import Unchecked

STAGE = "relocate"
_BATCH = 500  # files a transaction


@dataclass(slots=True)
class Relocated:
    """What has moved."""

    files: int = 0
    sidecars: int = 0
    failed: list[Unchecked] = field(default_factory=list)  # by path as it was


def relocate(
    index: Index,
    old: str,
    new: str,
    rehash: bool = False,
    on_progress: Callable[[int], None] = lambda files: None,
) -> Relocated:
    """Note that what lay at or under ``old`` lies at or under ``new`` now; safe to repeat.

    ``rehash`` reads every file, whatever its size and time say. Raises :class:`UsageError` where
    the index knows nothing under ``old`` or there is nothing at ``new``.
    """
    before, after = absolute(old), absolute(new)
    if not Path(after).exists():
        raise UsageError(f"{new}: no such file or folder")
    told = Relocated()
    seen = ""
    while batch := index.files_under(before, seen, _BATCH):
        moves = [(one, _found(one, before, after, rehash, told)) for one in batch]
        with index.transaction():
            for one, stamp in moves:
                if stamp is not None:
                    index.move_file(one, *stamp)
                    told.files += 1
            index.keep_names(_names(moves, new, after))
        seen = batch[-1].path
        on_progress(told.files)
    if not seen:
        raise UsageError(f"{old}: the index knows no file there")
    _move_sidecars(index, before, after, told)
    return told


def _found(
    file: Lain, before: str, after: str, rehash: bool, told: Relocated
) -> tuple[str, int] | None:
    """Return where a file lies now and its time of change; None, with a note, where it does not."""
    path = after + file.path[len(before) :]
    try:
        status = Path(path).stat()
        if status.st_size != file.size:
            raise MediaError(f"{path} has {status.st_size} bytes, not {file.size}")
        trusted = status.st_mtime_ns == file.mtime_ns and not rehash
        if not trusted and sha256_of(Path(path)) != file.sha256:
            raise MediaError(f"{path} holds other bytes of the same size")
    except OSError as error:
        told.failed.append(Unchecked(file.path, STAGE, f"{path}: {error.strerror}"))
    except MediaError as error:
        told.failed.append(Unchecked(file.path, STAGE, str(error)))
    else:
        return path, status.st_mtime_ns
    return None


def _names(
    moves: Sequence[tuple[Lain, tuple[str, int] | None]], new: str, after: str
) -> list[tuple[str, str]]:
    """Return how the new paths are to be shown: beginning with what was typed."""
    paths = [stamp[0] for _, stamp in moves if stamp is not None]
    typed = new.rstrip("/\\")
    return [(path, typed + path[len(after) :]) for path in paths if typed != after]


def _move_sidecars(index: Index, before: str, after: str, told: Relocated) -> None:
    """Move the sidecars that lie beside; one that has changed is read by the next `index`."""
    with index.transaction():
        for one in index.sidecars_under(before):
            path = Path(after + one.path[len(before) :])
            try:
                status = path.stat()
            except OSError:
                continue  # what it stated stays
            same = (status.st_size, status.st_mtime_ns) == (one.size, one.mtime_ns)
            index.move_sidecar(one, str(path), status.st_mtime_ns if same else -1)
            told.sidecars += 1
