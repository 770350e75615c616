"""TikTok's Research API: its answers as stored, or one video a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracer.collect.archives.documents import each_object
from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    account,
    part,
    published,
    seconds,
    text,
)  # fmt: skip

NAME = "tiktok-research"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the videos of an answer as stored, or of lines that are each a video or an answer."""
    ways = (("data", "videos"), ("videos",))
    yield from each_object(file, options.settings.collect.line_bytes, _line, ways)


def _line(line: dict[str, Any]) -> Iterator[Item]:
    videos = part(line, "data", "videos") or line.get("videos")
    for one in videos if isinstance(videos, list) else [line]:
        yield _video(one)


def _video(one: Any) -> Found:
    number, handle = text(part(one, "id")), text(part(one, "username"))
    if not number:
        raise ValueError("has no id")
    facts = {
        "platform": "tiktok",
        "url": f"https://www.tiktok.com/@{handle}/video/{number}",
        "post_id": number,
        "account": account(
            "tiktok", handle=handle, url=f"https://www.tiktok.com/@{handle}" if handle else ""
        ),
        "collector": "TikTok Research API",
        "text": text(part(one, "video_description")),
        "origin": NAME,
    }
    return Found(published(facts, seconds(part(one, "create_time"))))


KIND = Kind(
    NAME, "TikTok's Research API, one answer or video a line", read, (".jsonl", ".ndjson", ".json")
)
