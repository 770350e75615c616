"""Saved answers of the Xinjiang Daily app: ``getArticle`` as JSON, or a HAR of the traffic.

The fields are those that one public scraper of ``webapi/api/getArticle`` reads. Whether the app
that is now called Pomegranate Cloud still answers in this form is not known.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tracer.collect import claims
from tracer.collect.archives.items import (
    ROW,
    Found,
    Item,
    Kind,
    Options,
    Refused,
    account,
    files,
    part,
    published,
    text,
)  # fmt: skip
from tracer.collect.archives.lines import opened
from tracer.collect.chinese_time import beijing
from tracer.errors import SourceError

NAME = "pomegranate"
PLATFORM = "pomegranate_cloud"


def read(path: Path, options: Options) -> Iterator[Item]:
    """Yield the articles with a film of each answer; other traffic in a HAR is passed over."""
    for file in files(path, ".json", ".har"):
        for answer, url, collected in _answers(_json(file, options.settings.collect.sidecar_bytes)):
            yield ROW
            try:
                yield _article(answer, url, collected)
            except (ValueError, OverflowError) as error:
                yield Refused(str(file), str(error))


def _json(path: Path, most_bytes: int) -> Any:
    with opened(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise SourceError(f"{path}: is larger than {most_bytes} bytes")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: is not JSON ({str(error)[:80]})") from error


def _answers(content: Any) -> Iterator[tuple[Mapping[str, Any], str, datetime | None]]:
    """Yield each answer that is an article, with its address and when it was captured."""
    entries = part(content, "log", "entries")
    if not isinstance(entries, list):
        listed = content if isinstance(content, list) else [content]
        for one in listed:
            yield (one if isinstance(one, Mapping) else {}), "", None
        return
    for entry in entries:
        body = _body(part(entry, "response", "content"))
        if isinstance(body, Mapping) and ("videos" in body or "fileID" in body):
            started = text(part(entry, "startedDateTime"))
            moment = claims.stated(started, "collected").latest if started else None
            yield body, text(part(entry, "request", "url")), moment


def _body(content: Any) -> Any:
    words = text(part(content, "text"))
    try:
        if part(content, "encoding") == "base64":
            words = base64.b64decode(words).decode("utf-8-sig")
        return json.loads(words) if words.startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None


def _article(answer: Mapping[str, Any], url: str, collected: datetime | None) -> Found:
    number = text(answer.get("fileID")) or text(answer.get("fileId"))
    asked = parse_qs(urlsplit(url).query)
    number = number or next(iter(asked.get("aid", ())), "")
    if not number:
        raise ValueError("names no fileID; is it an answer of getArticle?")
    films = [text(part(one, "url")) for one in answer.get("videos") or ()]
    author = text(answer.get("author")) or text(answer.get("source"))
    written = text(answer.get("publishTime"))
    facts = {
        "platform": PLATFORM,
        "url": text(answer.get("shareUrl")) or text(answer.get("url")) or url,
        "post_id": number,
        "account": account(PLATFORM, name=author),
        "collected": collected,
        "collector": "app capture",
        "title": text(answer.get("title")),
        "text": text(answer.get("content")),
        "origin": NAME,
    }
    names = {urlsplit(film).path.rpartition("/")[2] for film in films}
    when = beijing(written, "platform") if written else None
    return Found(published(facts, when), tuple(sorted(names - {""})))


KIND = Kind(NAME, "saved answers of the Xinjiang Daily app: getArticle JSON or HAR", read)
