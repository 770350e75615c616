"""WACZ, a web archive in one file: which pages were captured, and when.

A capture is an upper bound: what it shows was there by then. It says nothing of the time before,
and nothing of who posted what; the post's own id and the page's own words do that. Only the list of
pages is read (``pages/*.jsonl``, https://specs.webrecorder.net/wacz/1.1.1/), never what was
captured.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracer.collect import claims
from tracer.collect.archives.four_cat import platform_of
from tracer.collect.archives.items import (
    ROW,
    Found,
    Item,
    Kind,
    Options,
    Refused,
    part,
    text,
)  # fmt: skip
from tracer.errors import SourceError
from tracer.model import Instant, Post

NAME = "wacz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield a post for each captured page of a known platform; other pages are only counted."""
    try:
        with zipfile.ZipFile(file) as opened:
            lists = sorted(
                name
                for name in opened.namelist()
                if name.startswith("pages/") and name.endswith(".jsonl")
            )
            if not lists:
                raise SourceError(f"{file}: holds no list of pages; is it a WACZ?")
            for name in lists:
                yield from _pages(file, opened, name, options)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise SourceError(f"{file}: can't be read as a WACZ ({error})") from error


def _pages(file: Path, opened: zipfile.ZipFile, name: str, options: Options) -> Iterator[Item]:
    most = options.settings.collect.line_bytes
    with opened.open(name) as pages:
        number = 0
        while line := pages.readline(most + 1):
            number += 1
            if len(line) > most:
                raise SourceError(f"{file}: line {number} of {name} is longer than {most} bytes")
            if not line.strip():
                continue
            try:
                page = json.loads(line)
                if number == 1 and text(part(page, "format")):
                    continue  # the list's own header
                yield ROW
                found = _post(file.name, page, options.platform)
            except (ValueError, RecursionError) as error:
                yield Refused(str(file), f"line {number} of {name}: {str(error)[:120]}")
                continue
            if found is not None:
                yield found


def _post(archive: str, page: Any, named: str) -> Found | None:
    url, moment = text(part(page, "url")), text(part(page, "ts"))
    if not url or not moment:
        raise ValueError("the page has no url or no ts")
    platform = named or platform_of(url)
    if not platform:
        return None
    captured = claims.stated(moment, "archive")
    bound = Instant(_EPOCH, captured.latest, "archive", f"wacz:{archive} {moment}", captured.zone)
    post = Post(
        platform,
        url=url,
        claims=(bound,),
        collector=NAME,
        title=text(part(page, "title")),
        origin=NAME,
    )
    return Found(post)


KIND = Kind(
    NAME, "a WACZ: when pages were captured, as upper bounds", read, (".wacz",), ("platform",)
)
