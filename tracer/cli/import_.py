"""``tracer import``: read an archive of posts."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.collect.archives.items import Options
    from tracer.pipeline.importing import Imported


_FILES = 30  # of an archive that are named with their rows


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Which kind; 'list' names them all.")],
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="The archive: a file or a folder.")
    ] = None,
    index: IndexOption = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="csv: which column holds a field."),
    ] = None,
    platform: Annotated[
        str, typer.Option("--platform", metavar="NAME", help="csv, 4cat: where the posts are from.")
    ] = "",
    expect: Annotated[
        int | None,
        typer.Option("--expect", min=0, metavar="N", help="How many rows of posts there must be."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read an archive of posts, row by row; what was read before costs nothing and changes nothing.

    Posts are kept without their media, and given to a video when its file is taken in. Exit
    status 1: some rows could not be read, or there are more or fewer than expected.

    Example: tracer import twitter-io --expect 31269 CNHU_0621/
    """
    from tracer.errors import UsageError
    from tracer.index.store import Index
    from tracer.pipeline.importing import import_archive

    if kind == "list":
        _list()
        return
    if path is None:
        raise UsageError("name the archive: tracer import KIND PATH")
    options = _options(mapped or [], platform)
    with Index.open(index_path(index), "write") as opened:
        told = import_archive(opened, kind, path, options, _show if sys.stderr.isatty() else _quiet)
    for one in told.failed:
        typer.echo(f"{_line(one.subject)}: {_line(one.reason)}", err=True)
    wrong = expect is not None and told.post_rows != expect
    if as_json:
        record = {"schema": "tracer/import/1", "kind": kind, **asdict(told), "expected": expect}
        record["unchecked"] = record.pop("failed")
        record["files"] = record["files"][:_FILES]
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        if len(told.files) > 1:
            for file in told.files[:_FILES]:
                typer.echo(f"{_line(file.path)}: {file.rows:,} rows")
        typer.echo(_sentence(told))
    if wrong:
        typer.echo(f"{path}: {told.post_rows} rows of posts, {expect} were expected", err=True)
    if told.failed and told.refused >= told.rows:
        raise typer.Exit(3)
    if told.failed or wrong:
        raise typer.Exit(1)


def _list() -> None:
    from tracer.collect.archives import KINDS

    for kind in KINDS.values():
        typer.echo(f"{kind.name:<16} {kind.line}")


def _options(mapped: list[str], platform: str) -> Options:
    from tracer.collect.archives.items import Options
    from tracer.errors import UsageError

    columns = {}
    for one in mapped:
        field, equals, column = one.partition("=")
        if not (field and equals and column):
            raise UsageError(f"--map {one}: write FIELD=COLUMN, such as post_id=id")
        columns[field.strip()] = column.strip()
    return Options(columns=columns, platform=platform.strip())


def _sentence(told: Imported) -> str:
    parts = [
        f"{told.posts:,} posts",
        f"{told.accounts:,} accounts",
        f"{told.new:,} new",
        f"{told.changed:,} changed",
        f"{told.refused:,} refused",
    ]
    found = f" {told.matched:,} found their media in the index." if told.matched else ""
    return f"Read {told.rows:,} rows: {', '.join(parts)}.{found}"


def _show(rows: int) -> None:
    print(f"\r{rows:,} rows", end="", file=sys.stderr, flush=True)


def _quiet(rows: int) -> None:
    pass


def _line(text: str) -> str:
    return " ".join(text.split())
