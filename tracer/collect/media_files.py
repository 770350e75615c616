"""What a user names -> the files to take in: files, folders, lists, addresses."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from tracer.errors import SourceError, UsageError
from tracer.model import Unchecked
from tracer.settings import DEFAULT, CollectSettings

STAGE = "collect"
LIST_MARK = "@"

# Containers that carry films; pictures in a folder are covers and screenshots, never taken unasked.
# fmt: off
MEDIA_SUFFIXES = frozenset((
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".m2ts",
    ".m2v", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf",
    ".ogv", ".rm", ".rmvb", ".ts", ".vob", ".webm", ".wmv",
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is to be taken in, and what was named but can't be."""

    files: tuple[str, ...]  # absolute paths, each once, in the order named; folders sorted
    urls: tuple[str, ...]
    refused: tuple[Unchecked, ...]
    names: tuple[tuple[str, str], ...] = ()  # (absolute path, as it was given), where they differ


def gather(named: Sequence[str], settings: CollectSettings = DEFAULT.collect) -> Inputs:
    """Expand files, folders, ``@lists`` and addresses.

    Raises :class:`UsageError` where something named does not exist, before anything is done, and
    :class:`SourceError` where nothing at all is left to take in.
    """
    inputs = _inputs(list(_expanded(named, settings)))
    if not (inputs.files or inputs.urls):
        first = inputs.refused[0] if inputs.refused else None
        raise SourceError(
            f"{first.subject}: {first.reason}" if first else "nothing to take in was named"
        )
    return inputs


def in_folder(folder: Path) -> Inputs:
    """Return what lies in a folder and below, which may be nothing.

    Raises :class:`SourceError` where it can't be read.
    """
    return _inputs(list(_in_folder(folder)))


def _inputs(found: Sequence[_Found]) -> Inputs:
    return Inputs(
        files=tuple(dict.fromkeys(one.path for one in found if isinstance(one, _File))),
        urls=tuple(dict.fromkeys(one for one in found if isinstance(one, str))),
        refused=tuple(one for one in found if isinstance(one, Unchecked)),
        names=tuple((one.path, one.given) for one in found if _renamed(one)),
    )


def is_url(name: str) -> bool:
    """Return whether a name is a web address."""
    return name.lower().startswith(("http://", "https://"))


def absolute(path: str | Path) -> str:
    """Return an absolute path without ``..``; links are kept, a sidecar lies beside the link."""
    return os.path.abspath(path)  # noqa: PTH100  Path.resolve would follow links


@dataclass(frozen=True, slots=True)
class _File:
    path: str  # absolute
    given: str


_Found = _File | str | Unchecked


def _renamed(found: _Found) -> TypeGuard[_File]:
    return isinstance(found, _File) and found.given != found.path


def _expanded(named: Sequence[str], settings: CollectSettings) -> Iterator[_Found]:
    for name in named:
        if name.startswith(LIST_MARK):
            yield from _listed(Path(name[len(LIST_MARK) :]), settings)
        elif is_url(name):
            yield name
        elif not os.path.lexists(name):
            raise UsageError(f"{name}: no such file or folder")
        else:
            yield from _at(Path(name))


def _listed(path: Path, settings: CollectSettings) -> Iterator[_Found]:
    """Yield what a list names, one a line; a path is relative to here or else to the list."""
    try:
        size = path.stat().st_size
        if size > settings.list_bytes:
            raise UsageError(f"{path}: the list is larger than {settings.list_bytes} bytes")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: the list can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the list is not UTF-8 text") from error
    for line in lines:
        name = line.strip()
        if not name or name.startswith("#"):
            continue
        if is_url(name):
            yield name
            continue
        beside = path.parent / name
        there = Path(name) if os.path.lexists(name) else beside
        if os.path.lexists(there):
            yield from _at(there)
        else:
            yield Unchecked(name, STAGE, f"no such file or folder (named in {path})")


def _at(path: Path) -> Iterator[_Found]:
    """Yield what lies at a path that a user named: it is taken whatever its suffix."""
    if path.is_dir():
        found = list(_in_folder(path))
        yield from found
        if not found:
            yield Unchecked(
                str(path), STAGE, "no video files in this folder (searched with its subfolders)"
            )
    else:
        yield _file(path)


def _in_folder(folder: Path) -> Iterator[_Found]:
    """Yield a folder's media, sorted, with its subfolders; hidden ones and links out stay out."""
    root = folder.resolve()
    for parent, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith(".") or path.suffix.lower() not in MEDIA_SUFFIXES:
                continue
            if path.is_symlink() and not _target(path).is_relative_to(root):
                yield Unchecked(str(path), STAGE, "is a link that leads out of the folder")
            else:
                yield _file(path)


def _target(path: Path) -> Path:
    """Return where a link leads; itself where it leads in a circle."""
    return Path(os.path.realpath(path))


def _refuse_folder(error: OSError) -> None:
    raise SourceError(f"{error.filename}: the folder can't be read ({error.strerror})") from error


def _file(path: Path) -> _File | Unchecked:
    """Return a regular file; a FIFO or device would never end."""
    name = absolute(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        return Unchecked(shown, STAGE, "the name is not valid UTF-8; rename the file")
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Unchecked(str(path), STAGE, f"can't be read ({error.strerror})")
    if not stat.S_ISREG(mode):
        return Unchecked(str(path), STAGE, "is not a regular file")
    return _File(name, str(path))
