"""A folder that fills -> the files in it that have come to rest.

A file that is still being copied has a size that changes. One is handed out when two looks in a row
have found it, and the sidecars beside it, with the same size and time of change; and again when any
of these has changed since.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tracer.collect import media_files, sidecars
from tracer.collect.media_files import Inputs
from tracer.errors import UsageError
from tracer.model import Unchecked

Stamp = tuple[tuple[str, int, int], ...]  # (path, bytes, nanoseconds) of a file and its sidecars


class Watch:
    """Folders that are looked at again and again."""

    def __init__(self, folders: Sequence[str | Path]) -> None:
        """Begin to watch; raises :class:`UsageError` where one is no folder."""
        for folder in folders:
            if not Path(folder).is_dir():
                raise UsageError(f"{folder}: no such folder to watch")
        self._folders = [Path(folder) for folder in folders]
        self._seen: dict[str, Stamp] = {}  # at the last look
        self._handed_out: dict[str, Stamp] = {}
        self._refused: set[Unchecked] = set()

    def look(self) -> Inputs:
        """Return what has come to rest since the last look, and what is newly refused."""
        files: list[str] = []
        refused: list[Unchecked] = []
        names: list[tuple[str, str]] = []
        seen: dict[str, Stamp] = {}
        for folder in self._folders:
            found = media_files.in_folder(folder)
            refused += [one for one in found.refused if one not in self._refused]
            names += found.names
            for path in found.files:
                stamp = _stamp(path)
                seen[path] = stamp
                if stamp == self._seen.get(path) and stamp != self._handed_out.get(path):
                    files.append(path)
                    self._handed_out[path] = stamp
        self._refused |= set(refused)
        self._seen = seen
        fresh = frozenset(files)
        return Inputs(
            tuple(files), (), tuple(refused), tuple(one for one in names if one[0] in fresh)
        )


def _stamp(path: str) -> Stamp:
    stamps = []
    for one in (Path(path), *sidecars.beside(Path(path))):
        try:
            status = os.stat(one)  # noqa: PTH116
        except OSError:
            continue  # it is not there, or gone again
        stamps.append((str(one), status.st_size, status.st_mtime_ns))
    return tuple(stamps)
