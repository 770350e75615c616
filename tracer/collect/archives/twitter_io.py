"""Twitter's information-operations archive: tweets, users and, beside them, the media folders.

Older releases have other columns in another order: they are found by name. Ids of tweets are
never hashed; those of accounts with fewer than 5,000 followers are. Media are named
``<account>/images/<tweet>-<key>.jpg``: taken in later, such a file finds its tweet by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracer.collect.archives.items import (
    Found,
    Item,
    Kind,
    Options,
    Who,
    in_utc,
    is_hash,
    published,
)  # fmt: skip
from tracer.collect.archives.lines import Cells, Table, each_row
from tracer.errors import SourceError
from tracer.model import Account

NAME = "twitter-io"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the tweets and accounts of a file or of all CSV files of a folder."""
    table = Table(file, options.settings.collect.line_bytes)
    if table.has("tweetid"):
        table.need("tweetid", "userid", "tweet_time", "tweet_text")
        yield from each_row(table, _tweet)
    elif table.has("userid") or table.has("user_userid"):
        yield from each_row(table, _user)
    else:
        raise SourceError(f"{file}: has neither tweetid nor userid; is it of Twitter's archive?")


def _tweet(cells: Cells) -> Found:
    number, user = cells["tweetid"], cells["userid"]
    if not number.isascii() or not number.isdigit():
        # A spreadsheet has rounded it, or the columns have moved.
        raise ValueError(f"tweetid {number[:40]!r} is not a number")
    hashed = is_hash(user)
    handle = "" if hashed else cells["user_screen_name"]
    return Found(
        published(
            {
                "platform": "twitter",
                "url": f"https://twitter.com/{handle or 'i/web'}/status/{number}",
                "post_id": number,
                "account": _account(user, handle, cells["user_display_name"]),
                "collector": "Twitter Information Operations archive",
                "text": cells["tweet_text"],
                "origin": NAME,
            },
            in_utc(cells["tweet_time"]),
        ),
        hashed=hashed,
        created=cells["account_creation_date"],
    )


def _user(cells: Cells) -> Who:
    user = cells.first("userid", "user_userid")
    if not user:
        raise ValueError("userid is empty")
    handle = cells.first("screen_name", "user_screen_name")
    name = cells.first("display_name", "user_display_name")
    hashed = is_hash(user)
    created = cells.first("account_creation_date", "user_account_creation_date")
    return Who(_account(user, "" if hashed else handle, name), hashed, created)


def _account(user: str, handle: str, name: str) -> Account:
    """Return an account; a hash that stands in the place of its names is no name."""
    url = f"https://twitter.com/{handle}" if handle else ""
    return Account("twitter", user, handle, "" if name == user else name, url)


KIND = Kind(NAME, "Twitter's information-operations archive: a CSV or its folder", read, (".csv",))
