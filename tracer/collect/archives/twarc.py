"""Tweets as twarc stores them: v1.1 statuses, v2 pages, and v2 tweets that were flattened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracer.collect.archives.documents import each_object
from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    account,
    in_utc,
    part,
    published,
    text,
)  # fmt: skip
from tracer.model import Account, Instant

NAME = "twarc"
_V1_TIME = "%a %b %d %H:%M:%S %z %Y"
_FILM = ("video", "animated_gif")


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the tweets of a file or of a folder's files."""
    yield from each_object(file, options.settings.collect.line_bytes, _line)


def _line(line: dict[str, Any]) -> Iterator[Item]:
    if "id_str" in line:
        yield status(line, NAME, "twarc", None)
        if isinstance(line.get("retweeted_status"), Mapping):
            yield status(line["retweeted_status"], NAME, "twarc", None)
    elif isinstance(line.get("data"), list):
        includes = line.get("includes")
        for tweet in [*line["data"], *(part(includes, "tweets") or [])]:
            yield _v2(tweet, _by(includes, "users", "id"), _by(includes, "media", "media_key"))
    elif "id" in line:
        media = part(line, "attachments", "media") or []
        yield _v2(line, {}, {text(part(one, "media_key")): one for one in media})
    else:
        raise ValueError("has neither id_str nor data nor id; is it a tweet?")


def status(
    tweet: Mapping[str, Any], origin: str, collector: str, collected: datetime | None
) -> Found:
    """Return a v1.1 status. Raises ``ValueError`` where it has no id or an impossible time."""
    number = text(tweet.get("id_str"))
    user = tweet.get("user")
    handle = text(part(user, "screen_name"))
    media = part(tweet, "extended_entities", "media") or part(tweet, "entities", "media") or []
    if not media:
        media = part(tweet, "retweeted_status", "extended_entities", "media") or []
    made = text(tweet.get("created_at"))
    when = datetime.strptime(made, _V1_TIME).astimezone(UTC) if made else None
    return _found(
        number,
        _who(text(part(user, "id_str")), handle, text(part(user, "name"))),
        text(tweet.get("full_text")) or text(tweet.get("text")),
        Instant(when, when, "platform", made, "+0000") if when else None,
        _media_id([(text(part(one, "type")), text(part(one, "id_str"))) for one in media]),
        (origin, collector, collected),
    )


def _v2(tweet: Mapping[str, Any], users: Mapping[str, Any], media: Mapping[str, Any]) -> Found:
    user = tweet.get("author") or users.get(text(tweet.get("author_id"))) or {}
    keys = [text(key) for key in part(tweet, "attachments", "media_keys") or []]
    uploads = [(text(part(media.get(key), "type")), key.rpartition("_")[2]) for key in keys]
    who = _who(text(tweet.get("author_id")), text(part(user, "username")), text(part(user, "name")))
    return _found(
        text(tweet.get("id")),
        who,
        text(tweet.get("text")),
        in_utc(text(tweet.get("created_at"))),
        _media_id(uploads),
        (NAME, "twarc", None),
    )


def _found(
    number: str,
    who: Account | None,
    words: str,
    when: Instant | None,
    media_id: str,
    source: tuple[str, str, datetime | None],
) -> Found:
    if not number.isdigit():
        raise ValueError(f"the tweet's id {number[:40]!r} is not a number")
    origin, collector, collected = source
    facts = {
        "platform": "twitter",
        "url": f"https://twitter.com/{(who and who.handle) or 'i/web'}/status/{number}",
        "post_id": number,
        "media_id": media_id,
        "account": who,
        "collected": collected,
        "collector": collector,
        "text": words,
        "origin": origin,
    }
    return Found(published(facts, when))


def _who(number: str, handle: str, name: str) -> Account | None:
    url = f"https://twitter.com/{handle}" if handle else ""
    return account("twitter", id=number, handle=handle, name=name, url=url)


def _media_id(uploads: list[tuple[str, str]]) -> str:
    """Return the id of the first film, else of the first medium."""
    films = [number for kind, number in uploads if kind in _FILM]
    return next(iter([*films, *(number for _, number in uploads)]), "")


def _by(includes: Any, name: str, key: str) -> dict[str, Any]:
    return {text(part(one, key)): one for one in part(includes, name) or []}


KIND = Kind(
    NAME,
    "tweets from twarc or twarc2: JSON Lines, v1.1 or v2",
    read,
    (".jsonl", ".json", ".ndjson"),
)
