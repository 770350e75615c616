"""``tracer retry``: try again what failed."""

from __future__ import annotations

from typing import Annotated

import typer

from tracer.cli.index import report, take_in_and_match
from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH_OR_URL...]",
            help="Only these files, addresses, or what lies in these folders.",
            show_default=False,
        ),
    ] = None,
    index: IndexOption = None,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="WORDS", help="Only what failed for a reason with these."),
    ] = "",
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Files decoded at once (default: the cores)."
        ),
    ] = None,
    match: Annotated[
        bool,
        typer.Option("--match/--no-match", help="Compare what is new with all others at the end."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Try again what could not be read, downloaded or compared.

    Comparisons are of the index as a whole: where places are named, they are left.

    Example: tracer retry --index case.db --reason "no space"
    """
    from tracer.collect.media_files import absolute, is_url
    from tracer.index.store import Index

    wanted = [name if is_url(name) else absolute(name) for name in named or ()]
    with Index.open(index_path(index), "write") as opened:
        opened.queue.retry(wanted, reason)
        if match and not wanted:
            opened.compare_again(reason)
        taken = take_in_and_match(opened, jobs=jobs, match=match)
    report(taken, as_json)
