"""Large text files, line by line: no line is held that is longer than it may be.

A row that can't be read is refused by its line number and the rest goes on; a line without end and
a table without its columns end the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tracer.collect.archives.items import ROW, Item, Refused
from tracer.errors import SourceError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def numbered(path: Path, most_bytes: int) -> Iterator[tuple[int, str]]:
    """Yield (number, line) with what is no UTF-8 left as surrogates.

    Raises :class:`SourceError` where the file is empty, is UTF-16 or has a line too long.
    """
    with opened(path) as file:
        if file.peek(2)[:2] in _UTF16:  # type: ignore[attr-defined]
            raise SourceError(f"{path}: is UTF-16 text; save it as UTF-8")
        number = 0
        while line := file.readline(most_bytes + 1):
            number += 1
            if len(line) > most_bytes:
                raise SourceError(f"{path}: line {number} is longer than {most_bytes} bytes")
            text = line.decode("utf-8", "surrogateescape")
            yield number, text.removeprefix("\ufeff") if number == 1 else text
        if not number:
            raise SourceError(f"{path}: the file is empty")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file; what goes wrong is one line."""
    try:
        if not path.is_file():
            raise SourceError(f"{path}: is not a regular file")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror})") from error


def fault(line: str) -> str:
    """Return why a line is no proper text, "" where it is."""
    if "\0" in line:
        return "holds a NUL byte"
    try:
        line.encode()
    except UnicodeEncodeError:
        return "is not UTF-8 text"
    return ""


def objects(path: Path, most_bytes: int) -> Iterator[tuple[int, dict[str, Any]] | Refused]:
    """Yield (line, object) of JSON Lines."""
    for number, line in numbered(path, most_bytes):
        if not line.strip():
            continue
        wrong = fault(line)
        if not wrong:
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                wrong = f"is not JSON ({str(error)[:80]})"
            else:
                if isinstance(value, dict):
                    yield number, value
                    continue
                wrong = "is not a JSON object"
        yield Refused(str(path), f"line {number} {wrong}")


def each_row(table: Table, made: Callable[[Cells], Item]) -> Iterator[Item]:
    """Yield what is made of each row of a table; what can't be made is refused."""
    for row in table.rows():
        yield ROW
        if isinstance(row, Refused):
            yield row
            continue
        number, cells = row
        try:
            yield made(cells)
        except (ValueError, OverflowError, OSError) as error:
            yield Refused(str(table.path), f"line {number}: {' '.join(str(error).split())}")


class Table:
    """A CSV file whose columns are found by name; names are compared without case and blanks."""

    def __init__(self, path: Path, most_bytes: int, delimiter: str = "") -> None:
        """Open a table and read its header."""
        self.path = path
        self._most = most_bytes
        self._delimiter = delimiter
        self.header = next(self._records())[1]
        self._places: dict[str, int] = {}
        self._twice: set[str] = set()
        for place, name in enumerate(self.header):
            plain = _plain(name)
            if plain in self._places:
                self._twice.add(plain)
            self._places.setdefault(plain, place)

    def has(self, *names: str) -> bool:
        """Return whether the table has all these columns."""
        return all(_plain(name) in self._places for name in names)

    def need(self, *names: str) -> None:
        """Raise :class:`SourceError` where one of these columns is missing."""
        missing = [name for name in names if not self.has(name)]
        if missing:
            shown = ", ".join(self.header[:12])
            raise SourceError(
                f"{self.path}: has no column {', '.join(missing)}; its columns are {shown[:300]}"
                f"{', ...' if len(self.header) > 12 else ''}"
            )
        for name in names:
            if _plain(name) in self._twice:
                raise SourceError(f"{self.path}: has two columns {name}")

    def rows(self) -> Iterator[tuple[int, Cells] | Refused]:
        """Yield (line, cells) of each row; a row with too few or too many cells is refused."""
        records = self._records()
        next(records)
        for number, cells in records:
            if not cells:
                continue
            wrong = fault("".join(cells))
            if not wrong and len(cells) != len(self.header):
                wrong = f"has {len(cells)} cells, the header {len(self.header)}"
            if wrong:
                yield Refused(str(self.path), f"line {number} {wrong}")
            else:
                yield number, Cells(self._places, cells)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        # A quote that never closes would gather the rest of the file in one cell.
        csv.field_size_limit(self._most)
        lines = numbered(self.path, self._most)
        reader: Any = None
        first = 1
        try:
            for number, line in lines:
                reader = csv.reader(
                    _with_first(line, lines), delimiter=self._delimiter or _delimiter(line)
                )
                for cells in reader:
                    yield first, cells
                    first = number + reader.line_num
        except csv.Error as error:
            raise SourceError(
                f"{self.path}: line {first} begins a record that can't be read ({error})"
            ) from error


class Cells:
    """One row, by column name."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        """Wrap a row's cells."""
        self._places = places
        self._cells = cells

    def __getitem__(self, name: str) -> str:
        """Return a cell without the blanks around it; "" where there is no such column."""
        place = self._places.get(name)
        if place is None:
            place = self._places.get(_plain(name))
        return "" if place is None else self._cells[place].strip()

    def first(self, *names: str) -> str:
        """Return the first of these columns that says something."""
        return next((value for name in names if (value := self[name])), "")


def _with_first(line: str, rest: Iterator[tuple[int, str]]) -> Iterator[str]:
    yield line
    for _, following in rest:
        yield following


def _delimiter(header: str) -> str:
    """Return what separates a header's names: most often a comma."""
    return max(",;\t", key=header.count)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
