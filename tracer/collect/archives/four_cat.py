"""4CAT's CSV exports, of any of its data sources.

Its ``timestamp`` is written in the server's own zone; ``unix_timestamp`` is exact and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tracer.collect import claims
from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    account,
    published,
    seconds,
)  # fmt: skip
from tracer.collect.archives.lines import Cells, Table, each_row
from tracer.errors import UsageError

NAME = "4cat"

_URLS = ("post_url", "tiktok_url", "tweet_url", "url", "link")
_HOSTS = {
    "douyin.com": "douyin", "iesdouyin.com": "douyin", "tiktok.com": "tiktok",
    "twitter.com": "twitter", "x.com": "twitter", "youtube.com": "youtube", "youtu.be": "youtube",
    "instagram.com": "instagram", "t.me": "telegram", "weibo.com": "weibo", "weibo.cn": "weibo",
    "bilibili.com": "bilibili", "facebook.com": "facebook", "xiaohongshu.com": "xiaohongshu",
}  # fmt: skip


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a table or of a folder's tables."""
    table = Table(file, options.settings.collect.line_bytes)
    table.need("id", "body", "timestamp")
    yield from each_row(table, partial(_post, options.platform))


def _post(named: str, cells: Cells) -> Found:
    url = cells.first(*_URLS)
    platform = named or platform_of(url)
    if not platform:
        raise UsageError("4CAT's table names no platform: say it with --platform")
    exact = seconds(cells["unix_timestamp"])
    written = cells["timestamp"]
    when = exact or (claims.stated(written, "platform") if written else None)
    facts = {
        "platform": platform,
        "url": url,
        "post_id": cells["id"],
        "account": account(
            platform,
            id=cells.first("author_user_id", "author_id"),
            handle=cells.first("author_handle", "author_username", "author"),
            name=cells.first("author_nickname", "author_fullname", "author_name", "author_full"),
            url=cells.first("author_profile_url", "author_url"),
        ),
        "collector": "4CAT",
        "title": cells["subject"],
        "text": cells["body"],
        "origin": NAME,
    }
    return Found(published(facts, when))


def platform_of(url: str) -> str:
    """Return the platform that an address leads to, "" where it is none of ours."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return next(
        (name for end, name in _HOSTS.items() if re.search(rf"(^|\.){re.escape(end)}$", host)), ""
    )


KIND = Kind(NAME, "4CAT's CSV exports", read, (".csv",), ("platform",))
