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
from tracer.collect.archives.documents import TOO_LONG, members
from tracer.collect.archives.items import (
    ROW,
    Found,
    Item,
    Kind,
    Options,
    Refused,
    account,
    part,
    published,
    text,
)  # fmt: skip
from tracer.collect.chinese_time import beijing

NAME = "pomegranate"
PLATFORM = "pomegranate_cloud"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the articles with a film of each answer; other traffic in a HAR is passed over."""
    most = options.settings.collect.sidecar_bytes
    for number, member in members(file, [("log", "entries"), ()], most):
        if member is TOO_LONG:  # a film that was captured with the rest
            continue
        answer, url, collected = _answer(member)
        if answer is None:
            continue
        yield ROW
        try:
            yield _article(answer, url, collected)
        except (ValueError, OverflowError) as error:
            yield Refused(str(file), f"member {number}: {error}")


def _answer(member: Any) -> tuple[Mapping[str, Any] | None, str, datetime | None]:
    """Return the answer that a member of a HAR or of a list is, with its address and its time."""
    response = part(member, "response")
    if not isinstance(response, Mapping):
        return (member if isinstance(member, Mapping) else {}), "", None
    body = _body(response.get("content"))
    if not (isinstance(body, Mapping) and ("videos" in body or "fileID" in body)):
        return None, "", None
    started = text(part(member, "startedDateTime"))
    moment = claims.stated(started, "collected").latest if started else None
    return body, text(part(member, "request", "url")), moment


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


KIND = Kind(
    NAME, "saved answers of the Xinjiang Daily app: getArticle JSON or HAR", read, (".json", ".har")
)
