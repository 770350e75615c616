"""The accounts that posts and archives name, as one row each.

The table ``accounts`` has a row for every spelling that was stated: a handle or a name changes, an
id lasts. Here the rows of one id (or, without an id, of one handle) are one account.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """An account and what is known of it; times are RFC 3339 UTC, "" where none is known."""

    platform: str
    id: str
    handles: tuple[str, ...]
    names: tuple[str, ...]
    urls: tuple[str, ...]
    hashed: bool  # the platform hid the id behind a hash
    created: str  # as an archive states it: an instant or a day
    first_seen: str  # publication of the first and the last post that is known
    last_seen: str
    posts: int  # that have their media in the index
    waiting: int  # that are known without their media


def known(connection: sqlite3.Connection) -> Iterator[Known]:
    """Yield the accounts by platform and id; those without either by what they are called."""
    rows = connection.execute(
        "SELECT accounts.*, coalesce(p.posts, 0) AS posts, coalesce(w.waiting, 0) AS waiting"
        " FROM accounts"
        " LEFT JOIN (SELECT account, count(*) AS posts FROM posts GROUP BY account) AS p"
        "  ON p.account = accounts.id"
        " LEFT JOIN (SELECT account, count(*) AS waiting FROM waiting_posts WHERE sha256 IS NULL"
        "  GROUP BY account) AS w ON w.account = accounts.id"
        " ORDER BY platform, account_id, CASE WHEN account_id = '' THEN handle ELSE '' END,"
        " CASE WHEN account_id = '' AND handle = '' THEN name ELSE '' END, accounts.id"
    )
    same: list[sqlite3.Row] = []
    for row in rows:
        if same and _key(row) != _key(same[0]):
            yield _one(same)
            same = []
        same.append(row)
    if same:
        yield _one(same)


def _key(row: sqlite3.Row) -> tuple[str, str, str]:
    if row["account_id"]:
        return row["platform"], "id", row["account_id"]
    if row["handle"]:
        return row["platform"], "handle", row["handle"]
    return row["platform"], "name", row["name"]


def _one(rows: list[sqlite3.Row]) -> Known:
    def each(column: str) -> list[str]:
        return [row[column] for row in rows if row[column]]

    def all_of(column: str) -> tuple[str, ...]:
        return tuple(sorted(set(each(column))))

    return Known(
        platform=rows[0]["platform"],
        id=rows[0]["account_id"],
        handles=all_of("handle"),
        names=all_of("name"),
        urls=all_of("url"),
        hashed=any(row["hashed"] for row in rows),
        created=min(each("created"), default=""),
        first_seen=min(each("first_seen"), default=""),
        last_seen=max(each("last_seen"), default=""),
        posts=sum(row["posts"] for row in rows),
        waiting=sum(row["waiting"] for row in rows),
    )
