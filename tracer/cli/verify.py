"""``tracer verify``: what of a bundle holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tracer.cli.options import JsonOption


def command(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="The folder or zip of an export.")
    ],
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head", metavar="NUMBER:HASH", help="A head of its log that you kept elsewhere."
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only files, log and chain; compute no video again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a bundle: every byte, the custody log, and all numbers that can be computed again.

    Needs no index. Exit status 1: something does not hold; it is named.

    Example: tracer verify case.zip
    """
    from tracer.cli.log import heads
    from tracer.report.bundle.verify import verify

    done = verify(bundle, heads(head or []), quick)
    if as_json:
        record = {"schema": "tracer/verify/1", "holds": done.holds, **asdict(done)}
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        words = {"holds": "holds", "fails": "DOES NOT HOLD", "unchecked": "not checked"}
        for check in done.checks:
            typer.echo(f"{check.name}: {words[check.status]}. {check.detail}")
        typer.echo(f"SHA-256 of the manifest: {done.manifest or 'there is none'}")
        typer.echo(f"Head of the custody log: {done.head or 'there is none'}")
    if not done.holds:
        raise typer.Exit(1)
