"""A JSON document of any size -> the members of one of its arrays, one at a time.

A saved answer or a HAR is one JSON value that may have gigabytes. What lies around the array that
is asked for is passed over, and no member is held that is longer than it may be: such a one is
passed over as well and named by its number.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from tracer.collect.archives.items import ROW, Item, Refused
from tracer.collect.archives.lines import objects, opened
from tracer.errors import SourceError

_LIST: tuple[tuple[str, ...], ...] = ((),)
_CHUNK = 1 << 18  # bytes
_BLANK = re.compile(r"[ \t\r\n]*")
_TELLING = re.compile(r'["{}\[\],]')
_IN_STRING = re.compile(r'["\\]')

TOO_LONG = object()
"""Stands for a member that was passed over."""


def members(path: Path, ways: Sequence[Sequence[str]], most: int) -> Iterator[tuple[int, Any]]:
    """Yield (number, value) of an array's members, counted from 1.

    ``ways`` are the keys that lead to the array; the first one met is taken. An empty way is the
    document itself, which is its only member where it is no array. A member of more than ``most``
    characters is :data:`TOO_LONG`. Raises :class:`SourceError` where the document is broken.
    """
    inner = [tuple(way) for way in ways if way]
    with opened(path) as file:
        scanner = _Scanner(path, file, most)
        if scanner.peek() == "[":
            yield from scanner.array()
            return
        if inner and scanner.peek() == "{" and scanner.descend(inner):
            yield from scanner.array()
            return
    if len(inner) < len(ways):
        with opened(path) as file:
            yield 1, _Scanner(path, file, most).value()


def each_object(
    path: Path,
    most: int,
    made: Callable[[dict[str, Any]], Iterator[Item]],
    ways: Sequence[Sequence[str]] = _LIST,
) -> Iterator[Item]:
    """Yield what is made of each object of JSON Lines, or of a document's members.

    What can't be made is refused by its line or its number.
    """
    rows: Iterator[tuple[str, Any] | Refused] = (
        _of_lines(path, most) if _in_lines(path, most) else _of_document(path, most, ways)
    )
    for row in rows:
        yield ROW
        if isinstance(row, Refused):
            yield row
            continue
        place, value = row
        try:
            yield from made(value)
        except (ValueError, OverflowError, OSError) as error:
            yield Refused(str(path), f"{place}: {' '.join(str(error).split())}")


def _of_lines(path: Path, most: int) -> Iterator[tuple[str, Any] | Refused]:
    for row in objects(path, most):
        yield row if isinstance(row, Refused) else (f"line {row[0]}", row[1])


def _of_document(
    path: Path, most: int, ways: Sequence[Sequence[str]]
) -> Iterator[tuple[str, Any] | Refused]:
    for number, value in members(path, [*ways, ()], most):
        place = f"member {number}"
        if isinstance(value, dict):
            yield place, value
        else:
            wrong = f"is longer than {most} bytes" if value is TOO_LONG else "is not a JSON object"
            yield Refused(str(path), f"{place} {wrong}")


def _in_lines(path: Path, most: int) -> bool:
    """Return whether a file is JSON Lines: its first line is an object, or is broken in itself."""
    with opened(path) as file:
        line = file.readline(most + 1)
        while line and not line.strip(b" \t\r\n\xef\xbb\xbf"):
            line = file.readline(most + 1)
    text = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")) or len(line) > most:
        return not text.startswith(("{", "[")) or "\n" in text
    try:
        return isinstance(json.loads(text), dict)
    except RecursionError:
        return True
    except ValueError as error:
        # Cut off at its end, it goes on in the next line.
        return getattr(error, "pos", 0) < len(text) - 1 and not text.endswith(",")


class _Scanner:
    """Reads a document from its start to its end, holding what one value needs."""

    def __init__(self, path: Path, file: BinaryIO, most: int) -> None:
        self._path = path
        self._file = file
        self._most = most
        self._text = ""
        self._at = 0
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._json = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no blank, "" at the end."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def array(self) -> Iterator[tuple[int, Any]]:
        """Yield the members of the array that begins here."""
        self._take("[")
        number = 0
        if self.peek() == "]":
            return
        while True:
            number += 1
            yield number, self.value()
            if self.peek() != ",":
                break
            self._take(",")
        self._take("]")

    def descend(self, ways: list[tuple[str, ...]]) -> bool:
        """Go to the array that one of these ways leads to; False where none does."""
        self._take("{")
        while self.peek() == '"':
            key = self.value()
            self._take(":")
            onward = [way[1:] for way in ways if way[0] == key]
            if () in onward and self.peek() == "[":
                return True
            if self.peek() == "{" and (deeper := [way for way in onward if way]):
                if self.descend(deeper):
                    return True
            else:
                self._pass_over()
            if self.peek() == ",":
                self._take(",")
        self._take("}")
        return False

    def value(self) -> Any:
        """Return the value that begins here; :data:`TOO_LONG` for one that is too long to hold."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._broken("is nested too deeply") from None
            except ValueError as error:
                if len(self._text) - self._at > self._most:
                    self._pass_over()
                    return TOO_LONG
                if not self._more():
                    raise self._broken(f"is not JSON ({str(error)[:80]})") from error
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._at = end
            return value

    def _pass_over(self) -> None:
        """Pass over the value that begins here without holding it."""
        depth = 0
        self.peek()
        while True:
            sign = self._next(_TELLING)
            if depth == 0 and sign in ",]}":
                self._at -= 1
                return  # behind a number, true, false or null
            if sign == '"':
                while self._next(_IN_STRING) == "\\":
                    if self._at == len(self._text):
                        self._more()
                    self._at += 1  # what is escaped ends no string
            depth += (sign in "{[") - (sign in "}]")
            if depth == 0:
                return

    def _next(self, signs: re.Pattern[str]) -> str:
        """Go behind the next of some signs and return it."""
        while True:
            found = signs.search(self._text, self._at)
            if found is not None:
                self._at = found.end()
                return found[0]
            self._at = len(self._text)
            if not self._more():
                raise self._broken("ends in the middle")

    def _take(self, sign: str) -> None:
        if self.peek() != sign:
            raise self._broken(f"is not JSON (no {sign} where there should be one)")
        self._at += 1

    def _more(self) -> bool:
        """Read on; what lies behind is dropped. Twice as much as is held, as it is parsed anew."""
        held = len(self._text) - self._at
        content = self._file.read(max(_CHUNK, held))
        try:
            fresh = self._decode(content, not content)
        except UnicodeDecodeError as error:
            raise self._broken("is not UTF-8 text") from error
        self._text = self._text[self._at :] + fresh
        self._at = 0
        return bool(content)

    def _broken(self, reason: str) -> SourceError:
        return SourceError(f"{self._path}: {reason}")
