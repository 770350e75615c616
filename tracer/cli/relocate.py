"""``tracer relocate``: files that moved."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The file or folder as it was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Where it is now.")],
    index: IndexOption = None,
    rehash: Annotated[
        bool,
        typer.Option("--rehash", help="Compare all bytes, also where size and time are the same."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Note that files of the index lie elsewhere now, without reading them in again.

    Example: tracer relocate --index case.db /mnt/old-disk/clips /data/clips
    """
    from tracer.index.store import Index
    from tracer.pipeline.relocating import relocate

    with Index.open(index_path(index), "write") as opened:
        told = relocate(opened, old, new, rehash)
    if as_json:
        record = {
            "schema": "tracer/relocate/1",
            "files": told.files,
            "sidecars": told.sidecars,
            "unchecked": [asdict(one) for one in told.failed],
        }
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        for one in told.failed:
            typer.echo(f"{one.subject}: {one.reason}", err=True)
        ending = f", {len(told.failed)} left as they were, named above" if told.failed else ""
        typer.echo(f"Relocated: {told.files} files and {told.sidecars} sidecars{ending}.")
    if told.failed:
        raise typer.Exit(1 if told.files else 3)
