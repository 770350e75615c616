"""What reading an archive yields, and what a kind of archive is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracer.collect import claims
from tracer.errors import UsageError
from tracer.model import Account, Instant, Post
from tracer.settings import DEFAULT, Settings

_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=")


@dataclass(frozen=True, slots=True)
class Found:
    """A post, the names of the files that are its media, and whether its account is hidden."""

    post: Post
    media: tuple[str, ...] = ()
    hashed: bool = False
    created: str = ""  # when the account was made, as the row states it


@dataclass(frozen=True, slots=True)
class Who:
    """An account that is stated by itself."""

    account: Account
    hashed: bool = False
    created: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be read, and where it stands."""

    subject: str  # the file
    reason: str  # begins with the line where there is one


@dataclass(frozen=True, slots=True)
class Row:
    """One row has been read; the number of these is what can be checked."""


ROW = Row()
Item = Found | Who | Refused | Row


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says beside the archive's path."""

    columns: Mapping[str, str] = field(default_factory=dict)  # field of a post -> column
    platform: str = ""
    settings: Settings = DEFAULT


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of archive: its name, and what reads one of its files."""

    name: str
    line: str  # for the help
    read: Callable[[Path, Options], Iterator[Item]]
    suffixes: tuple[str, ...]  # of the files that are read where a folder is named
    takes: tuple[str, ...] = ()  # names of the options that it understands
    small: bool = False  # many files of one row each

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return the archive's files: the one named, or those of a folder, sorted.

        What lies in the folder under a link that leads out of it is left aside.
        """
        if not path.is_dir():
            return (path,)
        root = path.resolve()
        found = sorted(
            one
            for one in path.rglob("*")
            if one.name.lower().endswith(self.suffixes)
            and not one.name.startswith(".")
            and one.is_file()
            and (not one.is_symlink() or one.resolve().is_relative_to(root))
        )
        if not found:
            raise UsageError(f"{path}: no {' or '.join(self.suffixes)} file in this folder")
        return tuple(found)

    def items(self, path: Path, options: Options) -> Iterator[Item]:
        """Yield what all files of an archive state."""
        for file in self.files(path):
            yield from self.read(file, options)


def is_hash(text: str) -> bool:
    """Return whether an account's id was hidden by its platform behind a hash."""
    return _HASH.fullmatch(text) is not None


def published(post: Mapping[str, Any], *times: Instant | None) -> Post:
    """Return a post with its claims of time; the narrowest is its best."""
    if len(times) == 1:  # as good as always: nothing to order and nothing to choose
        only = times[0]
        if only is None or only.source == claims.HTTP_LAST_MODIFIED:
            return Post(**post, claims=() if only is None else (only,))
        return Post(**post, published=only, claims=(only,))
    known = claims.in_order(one for one in times if one is not None)
    return Post(**post, published=claims.best(known), claims=known)


def account(platform: str, **facts: str) -> Account | None:
    """Return an account, None where nothing is said of it."""
    made = Account(platform, **facts)
    return made if made != Account(platform) else None


def seconds(value: Any, source: str = "platform") -> Instant | None:
    """Return the instant of a Unix time in seconds or milliseconds, None for none.

    Raises ``ValueError`` for what is no such time.
    """
    if value in (None, "", 0, "0"):
        return None
    try:
        number = float(value)
        moment = datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    except (TypeError, OverflowError, OSError) as error:
        raise ValueError(f"{value!r} is not a Unix time") from error
    return Instant(moment, moment, source, str(value), "Z")


def in_utc(value: str, source: str = "platform") -> Instant | None:
    """Return the instant of a time that is written without its zone, which is UTC."""
    text = value.strip()
    if not text:
        return None
    has_zone = _ZONE.search(text, 10)
    read = claims.stated(text if has_zone or len(text) <= 10 else f"{text}Z", source)
    return Instant(read.earliest, read.latest, source, value, read.zone)


def text(value: Any) -> str:
    """Return a cell or a JSON value as text; nothing for what is neither text nor number."""
    if type(value) is str:  # nearly always
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def part(value: Any, *steps: str | int) -> Any:
    """Return what lies deeper in a JSON value, None where the way ends."""
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
