"""Any CSV file: the user says which column holds which field of a post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from tracer.collect import claims
from tracer.collect.archives.four_cat import platform_of
from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    account,
    is_hash,
    published,
    seconds,
)  # fmt: skip
from tracer.collect.archives.lines import Cells, Table, each_row
from tracer.errors import UsageError
from tracer.model import Instant

NAME = "csv"
FIELDS = (
    "platform", "post_id", "url", "media_id", "account_id", "account_handle", "account_name",
    "account_url", "published", "collected", "title", "text", "file",
)  # fmt: skip


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a table."""
    columns = options.columns
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise UsageError(f"--map {unknown[0]}: no such field; there are {', '.join(FIELDS)}")
    if not {"post_id", "url", "file"} & set(columns):
        raise UsageError("say what tells a post: --map post_id=COLUMN, url=COLUMN or file=COLUMN")
    table = Table(file, options.settings.collect.line_bytes)
    table.need(*columns.values())
    yield from each_row(table, partial(_post, columns, options.platform, file.parent))


def _post(columns: Mapping[str, str], platform: str, folder: Path, cells: Cells) -> Found:
    said = {name: cells[columns[name]] if name in columns else "" for name in FIELDS}
    where = said["platform"] or platform or platform_of(said["url"])
    if not where:
        raise ValueError("names no platform: --platform or --map platform=COLUMN")
    if not (said["post_id"] or said["url"] or said["file"]):
        raise ValueError("has neither id nor address nor file")
    collected = _time(said["collected"], "collected")
    facts = {
        "platform": where,
        **{name: said[name] for name in ("post_id", "url", "media_id", "title", "text")},
        "account": account(
            where,
            **{name: said[f"account_{name}"] for name in ("id", "handle", "name", "url")},
        ),
        "collected": collected.latest if collected else None,
        "origin": NAME,
    }
    named = said["file"]
    media = (named, str((folder / named).absolute())) if named else ()
    when = _time(said["published"], "sidecar")
    return Found(published(facts, when), media, is_hash(said["account_id"]))


def _time(value: str, source: str) -> Instant | None:
    if value.isdigit():
        return seconds(value, source)
    return claims.stated(value, source) if value else None


KIND = Kind(NAME, "any CSV, with --map FIELD=COLUMN", read, (".csv", ".tsv"), ("map", "platform"))
