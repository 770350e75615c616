"""``tracer text``: read what is written in the videos, where that was put off."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.pipeline.reading import ReadProgress


def command(
    videos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VIDEO...",
            help="Videos of the index (default: all that were not read).",
            show_default=False,
        ),
    ] = None,
    index: IndexOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Videos read at once (default: the cores)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read what is written in the pictures: subtitles, marks, credits, titles.

    Each video is read once, when it is taken in or here; it may be broken off and goes on where it
    was. Exit status 1: some videos could not be read; they are named.

    Example: tracer text --index case.db
    """
    from rich.console import Console

    from tracer.index.store import Index
    from tracer.pipeline.reading import read_texts

    console = Console(stderr=True, highlight=False, soft_wrap=True)

    def show(event: ReadProgress) -> None:
        if event.reason:
            console.print(f"{event.subject}: {event.reason}", markup=False, style="yellow")
        elif sys.stderr.isatty():
            console.print(f"read {event.done} of {event.total}: {event.subject}", markup=False)

    with Index.open(index_path(index), "write") as opened:
        read = read_texts(opened, videos or (), jobs=jobs, on_event=show)
    if as_json:
        record = {
            "schema": "tracer/text/1",
            "videos": read.videos,
            "lines": read.lines,
            "seconds_of_video": round(read.seconds_of_video, 3),
            "unchecked": [asdict(one) for one in read.failed],
        }
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        missed = f", {len(read.failed)} not read, named above" if read.failed else ""
        minutes = read.seconds_of_video / 60
        typer.echo(f"Read: {read.videos} videos ({minutes:.1f} min), {read.lines} lines{missed}.")
    if read.failed:
        raise typer.Exit(1)
