"""YouTube Data Tools' tables of videos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    account,
    in_utc,
    published,
)  # fmt: skip
from tracer.collect.archives.lines import Cells, Table, each_row

NAME = "ytdt"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the videos of a table or of a folder's tables; YouTube's API tells times in UTC."""
    table = Table(file, options.settings.collect.line_bytes)
    table.need("videoId", "publishedAt")
    yield from each_row(table, _post)


def _post(cells: Cells) -> Found:
    number, channel = cells["videoId"], cells["channelId"]
    if not number:
        raise ValueError("videoId is empty")
    facts = {
        "platform": "youtube",
        "url": f"https://www.youtube.com/watch?v={number}",
        "post_id": number,
        "account": account(
            "youtube",
            id=channel,
            name=cells["channelTitle"],
            url=f"https://www.youtube.com/channel/{channel}" if channel else "",
        ),
        "collector": "YouTube Data Tools",
        "title": cells["videoTitle"],
        "text": cells["videoDescription"],
        "origin": NAME,
    }
    return Found(published(facts, in_utc(cells["publishedAt"])))


KIND = Kind(NAME, "YouTube Data Tools' tables of videos", read, (".csv", ".tab"))
