"""``tracer reindex``: fingerprints made anew with this version and these settings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tracer.cli.index import Bar, take_in_and_match
from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    index: IndexOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is made with this version and settings.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Files decoded at once (default: the cores)."
        ),
    ] = None,
    match: Annotated[
        bool,
        typer.Option("--match/--no-match", help="Compare what is new with all others at the end."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Make the fingerprints of an older version or of other settings anew.

    It may be broken off and goes on where it was. Until all are made, answers rest on the old
    ones. What no file is at hand for keeps its own and is named.

    Example: tracer reindex --index case.db
    """
    from tracer.index.store import Index
    from tracer.pipeline.reindexing import reindex

    with Index.open(index_path(index), "write") as opened:
        with Bar() as bar:
            told = reindex(opened, jobs=jobs, everything=everything, on_progress=bar.reindexed)
        if match and told.replaced:
            take_in_and_match(opened, jobs=jobs, match=True, take=False)
    if as_json:
        record = {
            "schema": "tracer/reindex/1",
            "made": told.made,
            "replaced": told.replaced,
            "unchecked": [asdict(one) for one in told.failed],
        }
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        for one in told.failed:
            typer.echo(f"{one.subject}: {one.reason}", err=True)
        ending = f"; {len(told.failed)} keep their old one, named above" if told.failed else ""
        typer.echo(f"Reindexed: {told.made} made, {told.replaced} replaced{ending}.")
    if told.failed:
        raise typer.Exit(1 if told.made or told.replaced else 3)
