"""``tracer chain``: the provenance chain of one video."""

from __future__ import annotations

from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="A path, a URL or the head of a SHA-256.")
    ],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Show who was first with a video of the index, and what derives from what.

    Example: tracer chain clips/interview.mp4
    """
    from rich.console import Console

    from tracer import pipeline
    from tracer.index.store import Index
    from tracer.report import records, text
    from tracer.settings import DEFAULT

    with Index.open(index_path(index), "write") as opened:
        found = pipeline.chain(opened, video, DEFAULT)
        state = opened.state()
    if json:
        typer.echo(records.line(records.chain(found)))
    else:
        text.chain(found, Console(), state)
    if found.unchecked:
        raise typer.Exit(1)
