"""``tracer demo``: the bundled example from index to report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

QUERY = "reshare.mp4"


def command(
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="The folder to write into.")
    ] = Path("tracer-demo"),
) -> None:
    """Take in the bundled clips, check one against them and write the reports; offline.

    Example: tracer demo --output tracer-demo
    """
    from rich.console import Console

    from tracer import pipeline
    from tracer.index.store import Index
    from tracer.report import FORMATS, html, material, text
    from tracer.settings import DEFAULT

    bundled = _bundled()
    output.mkdir(parents=True, exist_ok=True)
    with Index.open(output / "demo.db", "write") as index:
        taken = pipeline.take_in(index, [str(bundled / "clips")])
        pipeline.match_inside(index)  # what the clips have in common also helps the check
        typer.echo(f"1. Took in {taken.files} clips and their posts: {output / 'demo.db'}")
        answer = pipeline.check(index, str(bundled / "queries" / QUERY), DEFAULT)
        typer.echo(f"2. Checked {QUERY}, which is not among them:\n")
        text.check(answer, Console())
        known = material.of_index(index)
        page = html.write_answers([answer], output / "answer.html", known)
        typer.echo(f"\n3. Wrote the answer as a page: {page}")
        if answer.earliest is not None and answer.earliest.sha256 is not None:
            chain = pipeline.chain(index, answer.earliest.sha256, DEFAULT)
            written = FORMATS["html"].write(chain, output / "report.html", known)
            typer.echo(f"4. Wrote the provenance report: {written}")


def _bundled() -> Path:
    """Return the example's folder: in the package once installed, else in the checkout."""
    import tracer
    from tracer.errors import ExternalError

    package = Path(tracer.__file__).parent
    for folder in (package / "fixtures", package.parent / "fixtures"):
        if (folder / "truth.json").is_file():
            here = Path.cwd()  # named as one would type it: reports show paths as they were given
            return folder.relative_to(here) if folder.is_relative_to(here) else folder
    raise ExternalError("the demo's clips are missing from this installation; install it again")
