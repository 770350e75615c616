"""``tracer explain``: why two videos do or do not match."""

from __future__ import annotations

from typing import Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    a: Annotated[str, typer.Argument(metavar="A", help="A path, or a video of the index.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Say why two videos do or do not match, step by step.

    Example: tracer explain query.mp4 clips/interview.mp4
    """
    from rich.console import Console

    from tracer import pipeline
    from tracer.index.store import Index
    from tracer.report import records, text
    from tracer.settings import DEFAULT

    with Index.open(index_path(index)) as opened:
        found = pipeline.explain(opened, a, b, DEFAULT)
    if json:
        typer.echo(records.line(records.explain(found)))
    else:
        text.explain(found, Console())
