"""``tracer search``: where are these words burned in, or stand in a title or post?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.index.text_search import Hit


def command(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="A line, or part of one.")],
    index: IndexOption = None,
    most: Annotated[
        int, typer.Option("--most", min=1, metavar="N", help="Places shown at most.")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """Find every video, moment and post where a line is burned in or stands in a title or text.

    Part of a line is enough, also of Chinese without spaces; letters that were misread are
    forgiven, the very words come first. Exit status 1: some videos were not read yet (tracer text).

    Example: tracer search "我们很自由"
    """
    from tracer.index.store import Index
    from tracer.report import wording

    with Index.open(index_path(index)) as opened:
        hits = opened.search(words, most)
        unread = opened.unread()
        names = {hit.sha256: wording.label(opened.video(hit.sha256)) for hit in hits if hit.sha256}
    if as_json:
        for hit in hits:
            typer.echo(json.dumps(_record(hit), ensure_ascii=False))
    else:
        for hit in hits:
            typer.echo(_sentence(hit, names.get(hit.sha256, "")))
        if not hits:
            typer.echo(f"Nothing in this index says {words!r}.")
    if unread:
        count = wording.count(len(unread), "video was", "videos were")
        typer.echo(f"Not checked: {count} not read yet: tracer text", err=True)
        raise typer.Exit(1)


def _record(hit: Hit) -> dict[str, Any]:
    from tracer.report.subtitles import line_record

    return {
        "schema": "tracer/search/1",
        "sha256": hit.sha256 or None,
        "where": hit.where,
        "text": hit.text,
        "score": hit.score,
        "line": line_record(hit.line) if hit.line is not None else None,
        "platform": hit.platform or None,
        "url": hit.url or None,
        "post_id": hit.post_id or None,
    }


def _sentence(hit: Hit, name: str) -> str:
    from tracer.report import wording

    text = wording.plain(" / ".join(hit.text.splitlines()))
    near = "" if hit.score == 1 else f" (near miss, {hit.score:.2f})"
    if hit.line is not None:
        at = f"{wording.clock(hit.line.start)} to {wording.clock(hit.line.end)}"
        return f"{name}, {at}, {hit.line.kind}: {text}{near}"
    where = wording.plain(hit.url or hit.post_id or "a post without an address")
    owner = name or "media not in this index"
    part = "title" if hit.where == "title" else "text"
    return f"{owner}, {part} of {wording.platform(hit.platform)} {where}: {text}{near}"
