"""``tracer subtitles``: what is burned into one video."""

from __future__ import annotations

from typing import Annotated

import typer

from tracer.cli.options import IndexOption, index_path


def command(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="A path, a URL or the head of a SHA-256.")
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="srt, vtt or json.")
    ] = "srt",
    index: IndexOption = None,
) -> None:
    """Print the subtitles burned into one video of the index, with their times.

    json also has marks, titles and letters that can't be read, with their boxes. Exit status 1:
    the video was not read yet (tracer text), or parts of it can't be read.

    Example: tracer subtitles clips/interview.mp4 > interview.srt
    """
    from tracer.errors import UsageError
    from tracer.index.store import Index
    from tracer.pipeline.reading import NOT_READ
    from tracer.report import subtitles

    if format not in subtitles.FORMATS:
        raise UsageError(f"no format {format!r}; there are: {', '.join(subtitles.FORMATS)}")
    with Index.open(index_path(index)) as opened:
        sha256 = opened.find(video)
        track = opened.text(sha256)
    if track is None:
        typer.echo(f"Not checked: {video}: {NOT_READ}", err=True)
        raise typer.Exit(1)
    typer.echo(subtitles.written(sha256, track, format), nl=format == "json")
    for one in track.unchecked:
        typer.echo(f"Not checked: {one.subject} ({one.stage}): {one.reason}", err=True)
    if track.unchecked:
        raise typer.Exit(1)
