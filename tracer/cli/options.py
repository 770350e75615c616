"""Options that all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        metavar="FILE",
        envvar="TRACER_INDEX",
        help="The index, one SQLite file (default: tracer.db in the user's data directory).",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="JSON Lines on standard output and nothing else.")
]


def index_path(given: Path | None) -> Path:
    """Return the index file that a command works on."""
    from tracer.index.location import default_path

    return given if given is not None else default_path()
