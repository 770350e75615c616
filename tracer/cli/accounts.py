"""``tracer accounts``: who posted."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.index.accounts import Known


def command(
    index: IndexOption = None,
    platform: Annotated[
        str, typer.Option("--platform", metavar="NAME", help="Only accounts of this platform.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List the accounts that posts and archives name, with the first and last post of each.

    An account is told by its id; its handles and names are those that were ever stated. Where the
    platform has hidden the id behind a hash, it says so.

    Example: tracer accounts --index case.db --platform twitter
    """
    from tracer.index.store import Index

    with Index.open(index_path(index)) as opened:
        for one in opened.accounts():
            if platform and one.platform != platform:
                continue
            record = {"schema": "tracer/account/1", **asdict(one)}
            typer.echo(json.dumps(record, ensure_ascii=False) if as_json else _line(one))


def _line(one: Known) -> str:
    called = " = ".join(_plain(name) for name in (*one.handles, *one.names)) or "without a name"
    number = f"{one.id[:12]}… (hashed)" if one.hashed else _plain(one.id)
    told = [f"{one.platform}: {called}" + (f", id {number}" if number else "")]
    if one.created:
        told.append(f"made {_plain(one.created)}")
    if one.first_seen:
        told.append(f"posts known from {one.first_seen[:10]} to {one.last_seen[:10]}")
    told.append(f"{one.posts} with media, {one.waiting} without")
    return "; ".join(told)


def _plain(words: str) -> str:
    return " ".join(words.split())
