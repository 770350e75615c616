"""``tracer review``: what people decide about pairs of videos."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.model import Review


class Action(StrEnum):
    """What to do."""

    confirm = "confirm"
    reject = "reject"
    note = "note"
    list = "list"


def command(
    action: Annotated[Action, typer.Argument(help="What you decide, or list.")],
    videos: Annotated[
        list[str] | None,
        typer.Argument(metavar="A B", help="Two videos: a path, a URL, the head of a SHA-256."),
    ] = None,
    index: IndexOption = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who decides (default: the user's name).")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Decide about two videos: confirm or reject that they match, or note something about them.

    A rejected pair never comes back as a match, a confirmed one counts as sure; both are shown as
    your decision, with name and time. The last decision about a pair counts, all are kept.

    Example: tracer review reject --by "R. Viewer" --note "other room" a.mp4 b.mp4
    """
    from tracer.errors import UsageError
    from tracer.index.store import Index
    from tracer.pipeline import reviewing

    named = videos or []
    if action is Action.list:
        if len(named) > 1:
            raise UsageError("review list takes one video, or none for all decisions")
        with Index.open(index_path(index)) as opened:
            found = opened.reviews([opened.find(named[0])] if named else None)
    else:
        if len(named) != 2:
            raise UsageError(f"review {action.value} takes two videos: A B")
        with Index.open(index_path(index), "write") as opened:
            decision = cast("reviewing.Decision", action.value)
            found = (reviewing.review(opened, decision, named[0], named[1], by, note),)
    for one in found:
        typer.echo(json.dumps(_record(one), ensure_ascii=False) if as_json else _sentence(one))


def _record(one: Review) -> dict[str, Any]:
    from tracer.report import records

    return {"schema": "tracer/review/1", **records.review(one)}


def _sentence(one: Review) -> str:
    from tracer.report import wording

    return f"{one.a[: wording.SHORT]} and {one.b[: wording.SHORT]}: {wording.reviewed(one)}"
