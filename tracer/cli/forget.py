"""``tracer forget``: take a video out of the index."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="A path, an address or a SHA-256 prefix.")
    ],
    index: IndexOption = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for the log of custody.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Remove a video with its posts, fingerprint and matches; the log keeps that it was there.

    No file is deleted. What people decided about it, and what the log says of it, stays.

    Example: tracer forget --index case.db --reason "not ours to keep" clips/a.mp4
    """
    from tracer.index.store import Index

    with Index.open(index_path(index), "write") as opened:
        gone = opened.forget(opened.find(video), reason)
    if as_json:
        typer.echo(json.dumps({"schema": "tracer/forget/1", **asdict(gone)}, ensure_ascii=False))
        return
    typer.echo(
        f"Forgotten: {gone.sha256[:12]}, with {len(gone.posts)} posts and {gone.matches} matches;"
        " noted in the log."
    )
    for path in gone.paths:
        typer.echo(f"  its file stays: {path}")
