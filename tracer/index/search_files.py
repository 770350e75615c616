"""The search files beside an index: what makes searching fast, and may be thrown away at any time.

``case.db.search/`` holds segments, each a folder of numpy arrays that are mapped into memory, and
``segments.json``, which names those that count. Nothing in it is a source: it is made from the
index file, checked against it whenever it is opened, and made again, without a word, where it is
missing, damaged, from another version, or from another index.

* Segments are only ever added, in order of arrival; small ones at the end are joined with what is
  new, so that there are few. Videos that have left the index are passed over.
* A segment is written under another name and renamed; then ``segments.json`` is replaced by a
  rename. Two processes may do so at once: who comes later takes what is there, or replaces all.
* Few videos are not worth a file, and where nothing can be written all is held in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tracer.index.segment import (
    VERSION,
    Entry,
    Segment,
    from_arrays,
    in_segments,
    to_arrays,
)
from tracer.settings import IndexSettings

_MANIFEST = "segments.json"
_SAMPLE = 1 << 12  # bytes at the start, the middle and the end of a file that are checked
_TRIES = 3  # a process that joins segments takes away those that another is about to open
_ABANDONED = 86_400.0  # seconds after which what nobody names any more is removed

Ints = npt.NDArray[np.int64]


class Source(Protocol):
    """What segments are made from: an index file that is open."""

    path: Path

    def arrivals(self) -> tuple[Ints, npt.NDArray[np.uint8]]:
        """Return all arrivals, increasing, and the SHA-256 of each, uint8 (n, 32)."""

    def origin(self) -> str:
        """Return what tells this index from any other that ever lay at its path."""

    def entries(self, after: int, up_to: int, algorithm: str) -> Iterator[Entry]:
        """Yield what arrived in (after, up_to] and was made by this algorithm."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A segment as ``segments.json`` names it."""

    name: str
    first: int  # arrivals, both included
    last: int
    features: int
    files: dict[str, list[int]]  # array -> size in bytes, checksum of three samples


@dataclass(frozen=True, slots=True, eq=False)
class SearchedIndex:
    """The segments of an index, and which of their videos are to be passed over."""

    segments: tuple[Segment, ...]
    gone: Ints  # ordinals of videos that the index no longer holds, or not yet is asked for
    others: int  # videos that were fingerprinted by another algorithm


def folder_of(path: Path) -> Path:
    """Return where the search files of an index lie."""
    return path.with_name(f"{path.name}.search")


def searched_index(
    source: Source, algorithm: str, settings: IndexSettings, up_to: int | None = None
) -> SearchedIndex:
    """Return the segments of an index, from its files as far as they hold, brought up to date.

    With ``up_to``, only videos that had arrived by then are told of.
    """
    arrivals, digests = source.arrivals()
    files = _Files(folder_of(source.path), f"{VERSION} {algorithm}", source.origin(), settings)
    kept = _still_true(files.opened(), arrivals, digests)
    last = kept[-1][0].last if kept else 0
    new = int((arrivals > last).sum())
    if new >= settings.search_tail:
        kept = files.extended(kept, new, source, algorithm, int(arrivals[-1]))
        last = kept[-1][0].last if kept else 0
    segments = [segment for _, segment in kept]
    if len(arrivals) and last < arrivals[-1]:
        tail = source.entries(last, int(arrivals[-1]), algorithm)
        segments += [one for one, _ in in_segments(tail, settings.search_features)]
    held = np.concatenate([np.empty(0, np.int64), *(one.arrival for one in segments)])
    there = np.isin(held, arrivals)
    if up_to is not None:
        there &= held <= up_to
    seen = arrivals if up_to is None else arrivals[arrivals <= up_to]
    return SearchedIndex(tuple(segments), np.nonzero(~there)[0], len(seen) - int(there.sum()))


_Kept = list[tuple[_Listed, Segment]]


def _still_true(kept: _Kept, arrivals: Ints, digests: npt.NDArray[np.uint8]) -> _Kept:
    """Return the segments up to the first that tells of another index, or mostly of what left."""
    true: _Kept = []
    for listed, segment in kept:
        place = np.searchsorted(arrivals, segment.arrival)
        place[place == len(arrivals)] = 0
        there = arrivals[place] == segment.arrival if len(arrivals) else np.zeros(len(place), bool)
        same = bool((digests[place[there]] == segment.sha256[there]).all())
        if not same or 2 * int(there.sum()) < len(segment):
            break
        true.append((listed, segment))
    return true


class _Files:
    """The folder of one index's search files."""

    def __init__(self, folder: Path, key: str, origin: str, settings: IndexSettings) -> None:
        self._folder = folder
        self._head = {"version": key, "origin": origin}
        self._settings = settings

    def opened(self) -> _Kept:
        """Return the segments that are whole, up to the first that is not."""
        for _ in range(_TRIES):
            listed = self._listed()
            kept: _Kept = []
            for one in listed:
                segment = self._mapped(one)
                if segment is None:
                    break
                kept.append((one, segment))
            if len(kept) == len(listed) or listed == self._listed():
                return kept
        return []

    def extended(self, kept: _Kept, new: int, source: Source, algorithm: str, last: int) -> _Kept:
        """Write what has arrived since; small segments at the end are made anew with it."""
        before, kept = kept, list(kept)
        while kept and len(kept[-1][1]) <= 2 * new and self._small(kept[-1][0]):
            new += len(kept.pop()[1])
        after = kept[-1][0].last if kept else 0
        added: _Kept = []
        try:
            self._folder.mkdir(exist_ok=True)
            entries = source.entries(after, last, algorithm)
            for segment, final in in_segments(entries, self._settings.search_features):
                first = added[-1][0].last if added else after
                until = last if final else int(segment.arrival[-1])
                added.append(self._written(segment, first + 1, until))
                del segment  # it is mapped now
            return self._agreed([*kept, *added]) if added else before
        except OSError:  # nothing may be written here, or the disk is full: memory serves
            for listed, _ in added:
                shutil.rmtree(self._folder / listed.name, ignore_errors=True)
            return before

    def _small(self, listed: _Listed) -> bool:
        return 2 * listed.features <= self._settings.search_features

    def _agreed(self, mine: _Kept) -> _Kept:
        """Let these segments count, unless another process has meanwhile covered as much."""
        before = self._listed()
        names = {listed.name for listed, _ in mine}
        if before and before[-1].last >= mine[-1][0].last and names - {one.name for one in before}:
            theirs = self.opened()
            if theirs and theirs[-1][0].last >= mine[-1][0].last:
                for name in names - {one.name for one in before}:
                    shutil.rmtree(self._folder / name, ignore_errors=True)
                return theirs
        told = {**self._head, "segments": [asdict(listed) for listed, _ in mine]}
        unfinished = self._folder / f".{_MANIFEST}.{os.getpid()}.{secrets.token_hex(4)}"
        unfinished.write_text(json.dumps(told, indent=1), "utf-8")
        unfinished.replace(self._folder / _MANIFEST)
        for one in before:
            if one.name not in names:
                shutil.rmtree(self._folder / one.name, ignore_errors=True)
        self._sweep(names)
        return mine

    def _sweep(self, named: set[str]) -> None:
        """Remove what processes have left that were ended while they wrote."""
        for left in self._folder.iterdir():
            if left.name in named or left.name == _MANIFEST:
                continue
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _listed(self) -> list[_Listed]:
        """Return the segments that count; none where the list is of no use."""
        try:
            told = json.loads((self._folder / _MANIFEST).read_text("utf-8"))
            if {name: told[name] for name in self._head} != self._head:
                return []
            listed = [_Listed(**one) for one in told["segments"]]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        follows = [one.last for one in listed[:-1]] == [one.first - 1 for one in listed[1:]]
        return listed if follows else []

    def _written(self, segment: Segment, first: int, last: int) -> tuple[_Listed, Segment]:
        """Write a segment under another name, move it in, and map it."""
        name = f"{first}-{last}-{secrets.token_hex(4)}"
        unfinished = self._folder / f".{name}.{os.getpid()}"
        unfinished.mkdir()
        try:
            for array, values in to_arrays(segment).items():
                np.save(unfinished / f"{array}.npy", values)
            unfinished.rename(self._folder / name)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        place = self._folder / name
        files = {array: list(_seen(place / f"{array}.npy")) for array in to_arrays(segment)}
        listed = _Listed(name, first, last, len(segment.words.posting), files)
        return listed, self._mapped(listed) or segment

    def _mapped(self, listed: _Listed) -> Segment | None:
        """Map a segment's arrays; None where one is missing or is not what was written."""
        folder = self._folder / listed.name
        arrays: dict[str, Any] = {}
        try:
            for array, seen in listed.files.items():
                path = folder / f"{array}.npy"
                if list(_seen(path)) != seen:
                    return None
                arrays[array] = np.asarray(_mapped(path))
            return from_arrays(arrays)
        except (OSError, ValueError, KeyError, EOFError):
            return None


def _mapped(path: Path) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return values


def _seen(path: Path) -> tuple[int, int]:
    """Return a file's size and a checksum of its start, middle and end."""
    size = path.stat().st_size
    told = 0
    with path.open("rb") as file:
        for place in (0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE)):
            file.seek(place)
            told = zlib.crc32(file.read(_SAMPLE), told)
    return size, told
