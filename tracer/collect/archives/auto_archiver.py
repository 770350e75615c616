"""Bellingcat's auto-archiver: its table has Python's own spelling of what it found."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from tracer.collect import claims
from tracer.collect.archives.four_cat import platform_of
from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    part,
    published,
    text,
)  # fmt: skip
from tracer.collect.archives.lines import Cells, Table, each_row
from tracer.model import Instant

NAME = "auto-archiver"
_SHA256 = re.compile(r"(?:sha-?256:)?[0-9a-f]{64}", re.IGNORECASE)
_MOST = 1 << 20  # characters: Python's parser is slow and deep


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a table."""
    table = Table(file, options.settings.collect.line_bytes)
    table.need("status", "metadata", "media")
    yield from each_row(table, _post)


def _post(cells: Cells) -> Found:
    about, media = _literal(cells["metadata"]), _literal(cells["media"])
    url = text(part(about, "url"))
    if not url:
        raise ValueError("its metadata names no url")
    stored = _moment(part(about, "_processed_at"), "collected")
    facts = {
        "platform": platform_of(url) or "web",
        "url": url,
        "collected": stored.latest if stored else None,
        "collector": "auto-archiver",
        "title": text(part(about, "title")),
        "text": text(part(about, "content")),
        "origin": NAME,
    }
    listed = media if isinstance(media, list) else [media]
    names = [PurePosixPath(text(part(one, "filename"))).name for one in listed]
    names += [PurePosixPath(text(part(one, "_key"))).name for one in listed]
    # What was stored is named by its SHA-256 too: a file with these bytes is the post's.
    hashes = (text(part(one, "hash")) or text(part(one, "properties", "hash")) for one in listed)
    names += [digest[-64:].casefold() for digest in hashes if _SHA256.fullmatch(digest)]
    when = _moment(part(about, "timestamp"), "platform")
    return Found(published(facts, when), tuple(sorted({name for name in names if name})))


def _moment(value: Any, source: str) -> Instant | None:
    if isinstance(value, datetime):
        value = value.isoformat()
    return claims.stated(text(value), source) if text(value) else None


def _literal(cell: str) -> Any:
    """Return what Python's spelling of a value says; it is read, never run."""
    if len(cell) > _MOST:
        raise ValueError(f"holds a cell of {len(cell)} characters")
    try:
        return ast.literal_eval(cell or "{}")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError("its metadata or media is not a Python literal") from error


KIND = Kind(NAME, "Bellingcat's auto-archiver: the table of its csv_db", read, (".csv",))
