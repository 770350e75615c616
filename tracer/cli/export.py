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
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="html, json, csv, prov, graphml, gexf, mediareview, stix, misp, srt, bundle.",
        ),
    ],
    index: IndexOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Where to (default: chain-<sha256>...)."),
    ] = None,
    with_media: Annotated[
        bool, typer.Option("--with-media", help="bundle: take the videos themselves along.")
    ] = False,
) -> None:
    """Write the chain of one video as a file or folder and print its path.

    A bundle (a folder, or a zip where --output ends in .zip) holds all that the chain rests on, for
    somebody else to check with: tracer verify BUNDLE

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
        subject = opened.find(video)
        known = material.of_index(opened, DEFAULT, subject, with_media)
        name = f"chain-{subject[:12]}{FORMATS[format].suffix}"
        written = FORMATS[format].write(found, output or Path(name), known)
        if format == "bundle":
            typer.echo(f"Head of the custody log, to keep elsewhere: {opened.log_head()}", err=True)
    typer.echo(written)
    if found.unchecked:
        raise typer.Exit(1)
