"""``tracer families``: every family of the index."""

from __future__ import annotations

from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    index: IndexOption = None,
    json: JsonOption = False,
    alone: Annotated[
        bool, typer.Option("--all", help="Also the videos that share footage with no other.")
    ] = False,
) -> None:
    """List every family: videos of the index that share footage.

    Example: tracer families --all
    """
    from rich.console import Console

    from tracer import pipeline
    from tracer.index.store import Index
    from tracer.report import records, text
    from tracer.settings import DEFAULT

    with Index.open(index_path(index), "write") as opened:
        found = pipeline.families(opened, DEFAULT, alone)
        state = opened.state()
    if json:
        for family in found:
            typer.echo(records.line(records.family(family)))
    else:
        text.families(found, Console(), state)
    if any(family.unchecked for family in found):
        raise typer.Exit(1)
