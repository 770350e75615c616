"""``tracer merge``: two indexes into one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tracer.cli.index import take_in_and_match
from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    other: Annotated[
        Path, typer.Argument(metavar="OTHER.DB", help="The index to take in; it stays as it is.")
    ],
    index: IndexOption = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes (default: the cores)."),
    ] = None,
    match: Annotated[
        bool,
        typer.Option("--match/--no-match", help="Compare what is new with all others at the end."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Take in all that another index holds: videos, posts, decisions, its custody log.

    Where both know something, this index's word stays. The other's log is kept beside ours, entry
    by entry, and `tracer log verify` checks it too. It may be repeated.

    Example: tracer merge --index case.db colleague.db
    """
    from tracer.index.store import Index

    with Index.open(index_path(index), "write") as opened:
        merged = opened.merge(other)
        if match:
            take_in_and_match(opened, jobs=jobs, match=True, take=False)
    if as_json:
        typer.echo(json.dumps({"schema": "tracer/merge/1", **asdict(merged)}))
        return
    typer.echo(
        f"Merged: {merged.videos} videos, {merged.posts} posts, {merged.accounts} accounts,"
        f" {merged.waiting_posts} posts that wait for their media, {merged.reviews} decisions,"
        f" {merged.matches} matches; {merged.log_entries} entries of its log are kept."
    )
