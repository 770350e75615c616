"""What Douyin's and TikTok's own answers say of a video, in both spellings of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracer.collect.archives.items import Found, account, part, published, seconds, text
from tracer.model import Account

_SITES = {
    "douyin": ("https://www.douyin.com/video/", "https://www.douyin.com/user/"),
    "tiktok": ("https://www.tiktok.com/@", "https://www.tiktok.com/@"),
}


def video(
    data: Mapping[str, Any], platform: str, collected: datetime | None, collector: str, origin: str
) -> Found:
    """Return the post of an item: ``aweme_id`` or ``awemeId`` and what follows from it.

    Raises ``ValueError`` where it has no id.
    """
    number = text(_first(data, "aweme_id", "awemeId", "id", "group_id", "groupId"))
    if not number:
        raise ValueError("has no aweme_id, awemeId or id")
    author = _author(data, platform)
    start = _SITES[platform][0]
    if platform == "tiktok":
        start += f"{author.handle if author else ''}/video/"
    return Found(
        published(
            {
                "platform": platform,
                "url": start + number,
                "post_id": number,
                "media_id": text(part(_first(data, "video"), "vid")),
                "account": author,
                "collected": collected,
                "collector": collector,
                "text": text(_first(data, "desc", "title")),
                "origin": origin,
            },
            seconds(_first(data, "create_time", "createTime")),
        )
    )


def _author(data: Mapping[str, Any], platform: str) -> Account | None:
    author = _first(data, "author", "authorInfo", "author_info")
    if isinstance(author, str):  # some lists give the handle alone
        return account(platform, handle=author, url=_SITES[platform][1] + author)
    if not isinstance(author, Mapping):
        return None
    handle = text(_first(author, "unique_id", "uniqueId", "short_id", "shortId"))
    handle = "" if handle == "0" else handle
    address = text(_first(author, "sec_uid", "secUid")) if platform == "douyin" else handle
    return account(
        platform,
        id=text(_first(author, "uid", "id")),
        handle=handle,
        name=text(_first(author, "nickname")),
        url=_SITES[platform][1] + address if address else "",
    )


def _first(data: Any, *names: str) -> Any:
    """Return the first of these values that says something."""
    if isinstance(data, dict):
        for name in names:
            found = data.get(name)
            if found not in (None, "", 0):
                return found
    return None
