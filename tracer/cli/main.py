"""The command ``tracer``: a table of commands, and the one place where errors become exit statuses.

A command's module is imported when that command is called, so that ``tracer --help`` stays quick.
Each module ``tracer.cli.<name>`` has a function ``command`` with typer's annotations; a command
that could not check something ends with ``raise typer.Exit(1)``.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
import typer.main

from tracer.errors import TracerError

COMMANDS: dict[str, tuple[str, str]] = {
    "index": ("index", "Take in files, folders, lists and URLs."),
    "import": ("import_", "Read an archive of posts: Twitter's, Zeeschuimer, 4CAT, CSV, ..."),
    "check": ("check", "Where does each of these videos or pictures come from?"),
    "chain": ("chain", "The provenance chain of one video of the index."),
    "families": ("families", "Every family of videos that share footage."),
    "explain": ("explain", "Why two videos do or do not match, step by step."),
    "export": ("export", "A chain as a file: HTML, JSON, CSV, PROV, GEXF, a bundle."),
    "subtitles": ("subtitles", "What is burned into one video: SubRip, WebVTT, JSON."),
    "search": ("search", "Where is this line burned in, or stands in a title or post?"),
    "text": ("text", "Read what is written in the videos, where that was put off."),
    "verify": ("verify", "Check a bundle: every byte, and all that can be computed again."),
    "review": ("review", "Confirm or reject that two videos match; list what was decided."),
    "log": ("log", "The chain of custody: show it, check it, have it stamped."),
    "keyframes": ("keyframes", "A video's keyframes as pictures, for reverse image search."),
    "accounts": ("accounts", "Who posted: the accounts of posts and archives."),
    "status": ("status", "What the index holds, what is under way, what could not be read."),
    "retry": ("retry", "Try again what failed, all of it or by reason or place."),
    "reindex": ("reindex", "Make fingerprints of an older version or other settings anew."),
    "merge": ("merge", "Take in all that another index holds."),
    "relocate": ("relocate", "Files of the index that lie elsewhere now."),
    "forget": ("forget", "Take a video out of the index."),
    "doctor": ("doctor", "What works here, what does not, and what to do about it."),
    "demo": ("demo", "The bundled example from index to report."),
}
"""Name of the command -> (module in ``tracer.cli``, its line in ``tracer --help``)."""

INTERRUPTED = 130  # 128 + SIGINT, as shells report it
USAGE = 2
OUTSIDE = 3


class LazyCommands(typer.core.TyperGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command's module and return its command; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, line = COMMANDS[cmd_name]
        holder = typer.Typer(add_completion=False, rich_markup_mode=None)
        function = importlib.import_module(f"tracer.cli.{module}").command
        holder.command(name=cmd_name, short_help=line)(function)
        return typer.main.get_command(holder)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the table without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = typer.Typer(
    name="tracer",
    cls=LazyCommands,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tracer {version('video-tracer')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the trace of an error."),
) -> None:
    """Find where a video comes from: who had it first, and what was done to it on the way."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; errors become one line on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = words[: words.index("--")] if "--" in words else words
    debug = "--debug" in options
    if debug:  # accepted anywhere: one adds it to the call that has just failed
        words.remove("--debug")
    try:
        outcome = typer.main.get_command(app).main(
            args=words, prog_name="tracer", standalone_mode=False
        )
        sys.stdout.flush()
    except BaseException as error:
        if debug:
            traceback.print_exc()
        return _exit_status(error)
    if outcome == INTERRUPTED:
        return _exit_status(KeyboardInterrupt())
    return outcome if isinstance(outcome, int) else 0


def _exit_status(error: BaseException) -> int:
    """Say in one line on stderr what went wrong and return the exit status of `formats.md`."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else OUTSIDE
    if isinstance(error, TracerError):
        return _say(str(error), error.exit_status)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return _say("stopped; what was finished is kept.", INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        # The reader of our output has gone (`| head`); nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, OSError):
        what = "no space left on the disk" if error.errno == errno.ENOSPC else error.strerror
        where = f": {error.filename}" if error.filename else ""
        advice = "; free some and run again" if error.errno == errno.ENOSPC else ""
        return _say(f"{what or error}{where}{advice}", OUTSIDE)
    if hasattr(error, "format_message"):  # typer's own complaint about an argument
        return _say(f"{error.format_message()} Try 'tracer --help'.", USAGE)
    return _say(f"internal error: {error!r}. Run again with --debug for the trace.", OUTSIDE)


def _say(message: str, status: int) -> int:
    """Write one line to stderr, whatever the message holds."""
    print(f"tracer: {' '.join(message.split())}", file=sys.stderr)
    return status


def run() -> None:
    """Entry point of the console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
