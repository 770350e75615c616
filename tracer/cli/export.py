"""``tracer export``: a chain in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracer.cli.options import IndexOption, index_path


def command(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="A path, a URL or the head of a SHA-256.")
    ],
    format: Annotated[str, typer.Option("--format", metavar="NAME", help="json, html or csv.")],
    index: IndexOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Where to (default: chain-<sha256>...)."),
    ] = None,
) -> None:
    """Write the chain of one video as a file or folder and print its path.

    Example: tracer export --format html --output report.html clips/interview.mp4
    """
    from tracer import pipeline
    from tracer.errors import UsageError
    from tracer.index.store import Index
    from tracer.report import FORMATS, material
    from tracer.settings import DEFAULT

    if format not in FORMATS:
        raise UsageError(f"no format {format!r}; there are: {', '.join(FORMATS)}")
    with Index.open(index_path(index), "write") as opened:
        found = pipeline.chain(opened, video, DEFAULT)
        name = f"chain-{opened.find(video)[:12]}{FORMATS[format].suffix}"
        written = FORMATS[format].write(found, output or Path(name), material.of_index(opened))
    typer.echo(written)
    if found.unchecked:
        raise typer.Exit(1)
