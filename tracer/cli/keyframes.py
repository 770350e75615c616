"""``tracer keyframes``: a video's keyframes as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracer.cli.options import IndexOption, index_path


def command(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="A file, or a video of the index by any name.")
    ],
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="The folder to write.")],
    index: IndexOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also frames that look alike.")] = False,
) -> None:
    """Write a video's keyframes as pictures and a contact sheet, for reverse image search.

    Frames that look alike are left out. Each picture is named by its time in the video.

    Example: tracer keyframes suspicious.mp4 --output frames
    """
    from contextlib import nullcontext

    from tracer.index.store import Index
    from tracer.pipeline.picking import keyframes
    from tracer.report import contact_sheet, wording
    from tracer.settings import DEFAULT

    path = index_path(index)
    with Index.open(path) if path.exists() else nullcontext() as opened:
        kept = keyframes(opened, video, DEFAULT, every=every)
    written = contact_sheet.write(kept.path, kept.times, output)
    pictures = wording.count(len(written.pictures), "keyframe")
    typer.echo(f"{pictures} in {output}, all on {written.sheet}")
