"""``tracer log``: the chain of custody."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.index.custody import Head
    from tracer.index.store import Index


class Action(StrEnum):
    """What to do with the log."""

    show = "show"
    verify = "verify"
    stamp = "stamp"


def command(
    action: Annotated[
        Action, typer.Argument(help="Print it, check it, or write a request to stamp its head.")
    ] = Action.show,
    index: IndexOption = None,
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head",
            metavar="NUMBER:HASH",
            help="verify: a head kept elsewhere, or a file that holds one (log-head.txt).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE.tsq", help="stamp: where to write the request."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what came in, from where and when, and every change since; check that nobody touched it.

    A log that was cut off or written anew as a whole holds in itself: keep its head elsewhere (each
    bundle does) and give it with --head. Exit status 1: something was touched.

    Example: tracer log verify --head log-head.txt
    """
    from tracer.index.store import Index

    with Index.open(index_path(index)) as opened:
        if action is Action.verify:
            _verify(opened, heads(head or []), as_json)
        elif action is Action.stamp:
            _stamp(opened, output)
        else:
            _show(opened, as_json)


def heads(given: Iterable[str]) -> tuple[Head, ...]:
    """Return the heads that were given as text or as files that hold one."""
    from tracer.errors import UsageError
    from tracer.index.custody import Head

    found = []
    for text in given:
        path = Path(text)
        try:
            stated = path.read_text("utf-8") if path.is_file() else text
            found.append(Head.parse(stated))
        except (ValueError, OSError) as error:
            raise UsageError(f"{text}: is no head of a log, NUMBER:HASH ({error})") from error
    return tuple(found)


def _show(index: Index, as_json: bool) -> None:
    for entry in index.log():
        if as_json:
            typer.echo(json.dumps(asdict(entry), sort_keys=True))
        else:
            from tracer.report.wording import plain

            told = f"{entry.action} {plain(entry.object)}"
            typer.echo(f"{entry.seq:>6}  {entry.ts_utc}  {plain(entry.actor)}  {told}")
    if not as_json:
        typer.echo(f"Head: {index.log_head()}")


def _verify(index: Index, known: tuple[Head, ...], as_json: bool) -> None:
    broken = index.check_log(known)
    last = index.log_head()
    if as_json:
        record = {"schema": "tracer/log/1", "holds": not broken, "head": str(last)}
        typer.echo(json.dumps({**record, "breaks": [asdict(one) for one in broken]}))
    else:
        for one in broken:
            typer.echo(f"entry {one.seq} {one.reason}")
        told = f"{last.seq} entries" + (f" and {len(known)} heads kept elsewhere" if known else "")
        typer.echo("DOES NOT HOLD" if broken else f"Holds: {told}.")
        typer.echo(f"Head: {last}")
    if broken:
        raise typer.Exit(1)


def _stamp(index: Index, output: Path | None) -> None:
    from tracer.report import stamp

    written = stamp.write(index, output)
    typer.echo(written.request)
    typer.echo(f"Stamps entry {written.head}, whose bytes are in {written.data}", err=True)
    typer.echo(stamp.advice(written), err=True)
