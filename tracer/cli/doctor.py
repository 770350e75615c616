"""``tracer doctor``: what works here, what does not, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    index: IndexOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the slower half of the index's check.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at versions, decoders, the disk and the index, and say what to do.

    Ends with 0 where all works, with 1 where something could not be looked at, with 3 where
    something is broken. Nothing is changed.

    Example: tracer doctor --index case.db
    """
    from tracer.pipeline.health import examine

    states = set()
    for check in examine(index_path(index), quick):
        states.add(check.state)
        if as_json:
            record = {"schema": "tracer/doctor/1", **asdict(check)}
            typer.echo(json.dumps(record, ensure_ascii=False))
        else:
            typer.echo(f"{check.name}: {check.state}. {check.detail}")
            if check.advice:
                typer.echo(f"    {check.advice}")
    if "broken" in states:
        raise typer.Exit(3)
    if "unchecked" in states:
        raise typer.Exit(1)
