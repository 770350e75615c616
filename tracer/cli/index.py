"""``tracer index``: take in files, folders, lists and addresses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracer.cli import downloads
from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.collect.media_files import Inputs
    from tracer.collect.urls import Wanted
    from tracer.collect.watching import Watch
    from tracer.index.store import Index
    from tracer.pipeline.taking_in import Progress, TakenIn


def command(
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH_OR_URL...",
            help="Files, folders, addresses, @list.txt.",
            show_default=False,
        ),
    ] = None,
    index: IndexOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Files decoded at once (default: the cores)."
        ),
    ] = None,
    any_site: downloads.AnySite = False,
    max_height: downloads.MaxHeight = None,
    cookies: downloads.Cookies = None,
    browser: downloads.Browser = "",
    limit_rate: downloads.LimitRate = "",
    sleep: downloads.Sleep = 0.0,
    share_host: downloads.ShareHost = None,
    allow_host: downloads.AllowHost = None,
    rehash: Annotated[
        bool,
        typer.Option("--rehash", help="Read known files again too, whatever their size and time."),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--no-resume", help="Also take in what an earlier run has left waiting."
        ),
    ] = True,
    watch: Annotated[
        list[Path] | None,
        typer.Option(
            "--watch",
            metavar="FOLDER",
            help="Go on taking in what comes into this folder, until stopped.",
        ),
    ] = None,
    match: Annotated[
        bool,
        typer.Option("--match/--no-match", help="Compare what is new with all others at the end."),
    ] = True,
    text: Annotated[
        bool,
        typer.Option("--text/--no-text", help="Read what is written in the pictures."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Take in videos with their posts, so that clips can be checked against them.

    Folders are searched for videos; beside clip.mp4, clip.info.json (yt-dlp) and clip.post.json
    are read. What is known already costs a look-up. What --no-text leaves unread is read by
    `tracer text`. Whatever breaks it off, the next call goes on
    with what was left; without a path it does that alone. Several may work on one index. With
    --watch it goes on until it is stopped; a file is taken in when its size no longer changes.

    Example: tracer index --index case.db downloads/ @more.txt
    """
    from tracer.collect.media_files import gather
    from tracer.collect.watching import Watch
    from tracer.index.store import Index

    wanted = downloads.wanted(
        any_site, max_height, cookies, browser, limit_rate, sleep, (share_host, allow_host)
    )
    inputs = gather(named) if named else None  # a wrong name is told before the index is touched
    watched = Watch(watch) if watch else None
    with Index.open(index_path(index), "write") as opened:
        taking = partial(take_in_and_match, opened, jobs=jobs, match=match, read_text=text)
        taken = taking(inputs, wanted=wanted, rehash=rehash, resume=resume)
        if watched is not None:
            _say(taken, as_json)
            keep_watching(watched, taking, as_json)
    report(taken, as_json)


def keep_watching(
    watched: Watch,
    taking: Callable[[Inputs], TakenIn],
    as_json: bool,
    wait: Callable[[], object] | None = None,
) -> None:
    """Take in what comes to rest in watched folders, look by look, until interrupted."""
    from tracer.settings import DEFAULT

    pause = wait or partial(Event().wait, DEFAULT.collect.watch_interval)
    while True:
        arrived = watched.look()
        if arrived.files or arrived.refused:
            _say(taking(arrived), as_json)
        pause()


def take_in_and_match(
    index: Index,
    inputs: Inputs | None = None,
    *,
    jobs: int | None,
    match: bool,
    wanted: Wanted | None = None,
    rehash: bool = False,
    resume: bool = True,
    read_text: bool = True,
    take: bool = True,
) -> TakenIn:
    """Take in what is named and what waits, and compare what is new; draw a bar the while.

    Without ``take``, what waits is left waiting.
    """
    from tracer import pipeline
    from tracer.settings import DEFAULT

    with Bar() as bar:
        taken = pipeline.TakenIn()
        if take:
            taken = pipeline.take_in(
                index,
                inputs if inputs is not None else (),
                jobs=jobs,
                on_event=bar.show,
                wanted=wanted,
                rehash=rehash,
                resume=resume,
                read_text=read_text,
            )
        if match and index.unmatched(DEFAULT.matching_digest()):
            pipeline.match_inside(index, jobs=jobs, on_progress=bar.compared)
    return taken


def report(taken: TakenIn, as_json: bool) -> None:
    """Print what was taken in and end with the exit status that belongs to it."""
    _say(taken, as_json)
    if taken.failed:
        # Nothing could be read at all: that is not "done, but".
        raise typer.Exit(1 if taken.new or taken.known else 3)


def _say(taken: TakenIn, as_json: bool) -> None:
    told = json.dumps(_record(taken), ensure_ascii=False) if as_json else _sentence(taken)
    typer.echo(told)
    sys.stdout.flush()  # whoever reads a watch's output wants it now


class Bar:
    """Progress on stderr: a bar with rate and time left on a terminal, else only what failed."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._seconds = 0.0

    def __enter__(self) -> Bar:
        self._progress.start()
        self._task = self._progress.add_task("indexing", total=None, rate="")
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, event: Progress) -> None:
        """Draw one event."""
        from tracer.report.wording import plain

        if event.reason:
            told = f"{plain(event.subject)}: {plain(event.reason)}"  # names come from strangers
            self._console.print(told, markup=False, style="yellow")
        self._seconds += event.seconds
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f"{self._seconds / elapsed:.0f}x real time" if elapsed and self._seconds else ""
        rate = event.note or rate
        self._progress.update(self._task, completed=event.done, total=event.total, rate=rate)

    def compared(self, done: int, total: int) -> None:
        """Draw how many videos are compared with all others."""
        self._counted("comparing", done, total)

    def reindexed(self, done: int, total: int) -> None:
        """Draw how many fingerprints are made anew."""
        self._counted("reindexing", done, total)

    def _counted(self, what: str, done: int, total: int) -> None:
        self._progress.update(self._task, description=what, completed=done, total=total, rate="")


def _record(taken: TakenIn) -> dict[str, Any]:
    return {
        "schema": "tracer/index/1",
        "new": taken.new,
        "known": taken.known,
        "files": taken.files,
        "posts": taken.posts,
        "seconds_of_video": round(taken.seconds_of_video, 3),
        "unchecked": [asdict(one) for one in taken.failed],
    }


def _sentence(taken: TakenIn) -> str:
    minutes = taken.seconds_of_video / 60
    parts = [
        f"{taken.new} new ({minutes:.1f} min)",
        f"{taken.known} known",
        f"{taken.posts} new posts",
    ]
    if taken.failed:
        parts.append(f"{len(taken.failed)} not checked, named above")
    if taken.as_before:
        parts.append(
            f"{taken.as_before} of them unchanged since they failed (tracer retry reads them again)"
        )
    return "Taken in: " + ", ".join(parts) + "."
