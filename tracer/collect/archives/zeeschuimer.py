"""Zeeschuimer's NDJSON: what a browser was shown, as the platform's own answers.

Two envelopes occur: Zeeschuimer's own, with the answer under ``data``, and 4CAT's, with the
envelope under ``__import_meta``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tracer.collect.archives.bytedance import video
from tracer.collect.archives.documents import each_object
from tracer.collect.archives.items import Item, Kind, Options, part, seconds, text
from tracer.collect.archives.twarc import status as tweet

NAME = "zeeschuimer"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a file or of a folder's files."""
    yield from each_object(file, options.settings.collect.line_bytes, _captured)


def _captured(line: dict[str, Any]) -> Iterator[Item]:
    inner = line.get("data")
    envelope = line if isinstance(inner, Mapping) else line.get("__import_meta")
    data = dict(inner) if isinstance(inner, Mapping) else line
    if not isinstance(envelope, Mapping):
        raise ValueError("has neither data nor __import_meta; is it Zeeschuimer's?")
    moment = seconds(envelope.get("timestamp_collected"), "collected")
    collected = moment.latest if moment else None
    platform = _platform(envelope)
    if platform in ("douyin", "tiktok"):
        yield video(data, platform, collected, "Zeeschuimer", NAME)
    elif platform == "twitter":
        yield _tweet(data, collected)
    else:
        raise ValueError(f"posts of {platform or 'an unnamed platform'} can't be read yet")


def _platform(envelope: Mapping[str, Any]) -> str:
    named = text(envelope.get("source_platform")) or text(envelope.get("source_platform_url"))
    known = {"douyin": "douyin", "tiktok": "tiktok", "twitter": "twitter", "x.com": "twitter"}
    return next((name for sign, name in known.items() if sign in named.casefold()), named[:60])


def _tweet(data: Mapping[str, Any], collected: datetime | None) -> Item:
    """Return a tweet as the site's own answers have it: the status lies under ``legacy``."""
    user = part(data, "core", "user_results", "result")
    status = {
        **(part(data, "legacy") or {}),
        "id_str": text(data.get("rest_id")) or text(part(data, "legacy", "id_str")),
        "user": {
            **(part(user, "legacy") or {}),
            **(part(user, "core") or {}),
            "id_str": text(part(user, "rest_id")),
        },
    }
    return tweet(status, NAME, "Zeeschuimer", collected)


KIND = Kind(NAME, "Zeeschuimer's NDJSON (Douyin, TikTok, X)", read, (".ndjson", ".jsonl"))
