"""``tracer check``: where does each of these come from?"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tracer.cli import downloads
from tracer.cli.options import IndexOption, JsonOption, index_path


def command(
    queries: Annotated[
        list[str], typer.Argument(metavar="PATH_OR_URL...", help="Videos or still images.")
    ],
    index: IndexOption = None,
    json: JsonOption = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.html", help="Also write the answers as one page."),
    ] = None,
    text_read: Annotated[
        bool,
        typer.Option("--text/--no-text", help="Read what is written in the queries."),
    ] = True,
    any_site: downloads.AnySite = False,
    max_height: downloads.MaxHeight = None,
    cookies: downloads.Cookies = None,
    browser: downloads.Browser = "",
    limit_rate: downloads.LimitRate = "",
    sleep: downloads.Sleep = 0.0,
    share_host: downloads.ShareHost = None,
    allow_host: downloads.AllowHost = None,
) -> None:
    """Say where each of these videos or pictures comes from, as far as this index knows.

    Exit status 1: some input or step could not be checked; it is named.

    Example: tracer check --report answer.html suspicious.mp4
    """
    from tracer.pipeline.working import Reading
    from tracer.settings import DEFAULT

    answers = []
    with Reading(DEFAULT) as reading, ExitStack() as stack:
        from rich.console import Console

        from tracer import pipeline
        from tracer.index.store import Index
        from tracer.report import records, text

        wanted = downloads.wanted(
            any_site, max_height, cookies, browser, limit_rate, sleep, (share_host, allow_host)
        )
        opened = stack.enter_context(Index.open(index_path(index)))
        for answer in pipeline.check_all(
            opened, queries, DEFAULT, read_text=text_read, wanted=wanted, reading=reading
        ):
            answers.append(answer)
            if json:
                typer.echo(records.line(records.check(answer)))
            else:
                text.check(answer, Console())
                typer.echo()
        if report is not None:
            from tracer.report import html, material

            html.write_answers(answers, report, material.of_index(opened))
            typer.echo(f"Report: {report}", err=True)
    if any(answer.unchecked for answer in answers):
        raise typer.Exit(1 if any(answer.query for answer in answers) else 3)
