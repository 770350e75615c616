"""A bundle as a folder or a zip: the same input gives the same bytes, and any change is found.

The manifest names every file with its SHA-256 in the form that ``sha256sum -c`` reads. A zip is
written without compression and without a clock, so that it can be written again from its own
contents and compared byte by byte: the bytes between the files are checked too.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, cast

from tracer.errors import UsageError

MANIFEST = "manifest-sha256.txt"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._/-]*)\n")
_BLOCK = 1 << 20
_LARGE = 1 << 30  # bytes from which on a zip entry is written in the long form
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip knows
# What the zip reader raises on broken input, all of which means: not what was written.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    OverflowError,
)


class Sink(Protocol):
    """Where the files of a bundle go."""

    def put(self, name: str, size: int, source: IO[bytes]) -> None:
        """Store one file."""


class BundleWriter:
    """Adds files to a sink and keeps the manifest."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._sums: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add a file's bytes."""
        self._sums[name] = hashlib.sha256(data).hexdigest()
        self._sink.put(name, len(data), io.BytesIO(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it lies on the disk."""
        with path.open("rb") as file:
            self._sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._sink.put(name, path.stat().st_size, file)

    def finish(self) -> str:
        """Write the manifest and return its own SHA-256."""
        text = manifest_text(self._sums).encode()
        self._sink.put(MANIFEST, len(text), io.BytesIO(text))
        return hashlib.sha256(text).hexdigest()


def manifest_text(sums: dict[str, str]) -> str:
    """Return the manifest's one spelling: sorted by name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


@contextmanager
def written(output: Path) -> Iterator[BundleWriter]:
    """Write a bundle: a zip where the name ends in .zip, else a folder.

    It appears under its name when it is whole. Raises :class:`UsageError` where a folder of that
    name holds something already.
    """
    unfinished = output.with_name(f".{output.name}.unfinished")
    if output.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
                yield BundleWriter(_ZipSink(archive))
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)
        return
    if output.exists() and not (output.is_dir() and not any(output.iterdir())):
        raise UsageError(f"{output}: exists already; a bundle is written into a folder of its own")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        yield BundleWriter(_FolderSink(unfinished))
        if output.exists():
            output.rmdir()
        unfinished.replace(output)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


class _FolderSink:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, size: int, source: IO[bytes]) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(source, file, _BLOCK)


class _ZipSink:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def put(self, name: str, size: int, source: IO[bytes]) -> None:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.create_system = 3  # Unix, also where it is written on another system
        entry.external_attr = 0o100644 << 16
        with self._archive.open(entry, "w", force_zip64=size > _LARGE) as file:
            shutil.copyfileobj(source, file, _BLOCK)


# --- reading --------------------------------------------------------------------------------------


class BundleReader(Protocol):
    """A bundle that is there."""

    def names(self) -> list[str]:
        """Return the names of all files; a name that stands there twice comes twice."""

    def open(self, name: str) -> IO[bytes]:
        """Open one file."""

    def repacked(self) -> str:
        """Say how the container differs from the one that was written; empty where it does not."""


@contextmanager
def opened(path: Path) -> Iterator[BundleReader]:
    """Open a bundle; raises :class:`UsageError` where there is none."""
    if path.is_dir():
        yield _FolderReader(path)
        return
    if not path.is_file():
        raise UsageError(f"{path}: no bundle here; give the folder or zip of an export")
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise BrokenBundleError(f"can't be opened as a zip ({error})") from error
    with archive:
        yield _ZipReader(path, archive)


class BrokenBundleError(ValueError):
    """What should be a zip is none: a result of a verification, not an error of the call."""


def read(reader: BundleReader, name: str) -> bytes:
    """Return the bytes of one file."""
    with reader.open(name) as file:
        return file.read()


class _FolderReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        found = []
        for path in self._folder.rglob("*"):
            if path.is_symlink() or not path.is_dir():
                found.append(path.relative_to(self._folder).as_posix())
        return sorted(found)

    def open(self, name: str) -> IO[bytes]:
        path = self._folder / name
        if path.is_symlink() or not path.is_file():
            raise ValueError(f"{name}: is not a regular file")
        return path.open("rb")

    def repacked(self) -> str:
        return ""


class _ZipReader:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive

    def names(self) -> list[str]:
        return [entry.filename for entry in self._archive.infolist()]

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)

    def repacked(self) -> str:
        """Write the zip again from its own contents, onto its own bytes."""
        size = self._path.stat().st_size
        try:
            with self._path.open("rb") as file:
                compared = _Compared(file)
                with zipfile.ZipFile(cast("IO[bytes]", compared), "w", zipfile.ZIP_STORED) as again:
                    sink = _ZipSink(again)
                    for entry in self._archive.infolist():
                        with self._archive.open(entry) as source:
                            sink.put(entry.filename, entry.file_size, source)
        except BROKEN as error:
            return f"can't be read to its end ({error})"
        if compared.end != size:
            return f"has {size} bytes, {compared.end} were written"
        if compared.differing:
            return f"differs from what was written at byte {min(compared.differing)}"
        return ""


class _Compared(io.RawIOBase):
    """A file to write to that stores nothing and notes where another one differs."""

    def __init__(self, original: IO[bytes]) -> None:
        self._original = original
        self._position = 0
        self.end = 0
        self.differing: set[int] = set()  # where a write began that did not meet the same bytes

    def write(self, data: object) -> int:
        new = bytes(cast("bytes", data))
        self._original.seek(self._position)
        # A header is written twice, the second time with its sums: the last word counts.
        if self._original.read(len(new)) == new:
            self.differing.discard(self._position)
        elif new:
            self.differing.add(self._position)
        self._position += len(new)
        self.end = max(self.end, self._position)
        return len(new)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = (0, self._position, self.end)[whence] + offset
        return self._position


def problems(reader: BundleReader) -> Iterator[str]:
    """Yield what is not as it was written: changed, missing and added files, and the container."""
    names = reader.names()
    try:
        text = read(reader, MANIFEST).decode("ascii")
    except BROKEN as error:
        yield f"{MANIFEST} can't be read ({error})"
        return
    sums = {name: digest for digest, name in _LINE.findall(text)}
    if text != manifest_text(sums):
        yield f"{MANIFEST} was changed: it is not as it is written"
    doubled = sorted({name for name in names if names.count(name) > 1})
    for name in doubled:
        yield f"{name}: stands there more than once"
    for name in sorted(set(names) - set(sums) - {MANIFEST}):
        yield f"{name!r}: was added, the manifest does not name it"
    for name in sorted(sums):
        yield from _problem(reader, name, sums[name], names)
    repacked = "" if doubled else reader.repacked()
    if repacked:
        yield f"the zip itself {repacked}"


def _problem(reader: BundleReader, name: str, digest: str, names: list[str]) -> Iterator[str]:
    if name not in names:
        yield f"{name}: is missing"
        return
    try:
        with reader.open(name) as file:
            found = _digest(file.read)
    except BROKEN as error:
        yield f"{name}: was changed, it can't be read ({error})"
        return
    if found != digest:
        yield f"{name}: was changed"


def _digest(read_some: Callable[[int], bytes]) -> str:
    told = hashlib.sha256()
    while block := read_some(_BLOCK):
        told.update(block)
    return told.hexdigest()
