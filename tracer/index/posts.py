"""Posts, their accounts and their claims of time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tracer.collect.claims import best, in_order
from tracer.index import custody
from tracer.index.instants import from_text, now, to_text
from tracer.model import Account, Instant, Post

FILLED = ("post_id", "url", "media_id", "collector", "title", "text")


def add_posts(
    connection: sqlite3.Connection, sha256: str, posts: Sequence[Post], stated_by: str = ""
) -> int:
    """Store posts of a video and return how many are new.

    A post that is known is completed, its claims of the same origin are replaced by the new ones.
    What the sidecar ``stated_by`` said before and no longer says goes: its author corrected it.
    """
    new = 0
    kept: set[int] = set()
    for post in posts:
        number = known(
            connection,
            {
                "sha256": sha256,
                "platform": post.platform,
                "identity": identity(post),
                "url": post.url,
                "post_id": post.post_id,
            },
        )
        is_new = number is None
        if number is None:
            number = _insert(connection, sha256, post, stated_by)
            new += 1
            changed = _told(post)
        else:
            changed = _complete(connection, number, post)
        changed |= _store_claims(connection, number, post)
        account = account_number(connection, post.account)
        if account is not None:
            note_seen(connection, {account: widened(None, post.published)})
        if changed:
            action = "post_added" if is_new else "post_changed"
            said_by = {"origin": post.origin, "stated_by": stated_by}
            custody.append(connection, action, _name(post), sha256, {**changed, **said_by})
        kept.add(number)
    if stated_by:
        for row in connection.execute(
            "SELECT id, platform, identity, text FROM posts WHERE sha256 = ? AND stated_by = ?",
            (sha256, stated_by),
        ).fetchall():
            if row["id"] not in kept:
                connection.execute("DELETE FROM posts WHERE id = ?", (row["id"],))
                gone = f"{row['platform']}:{row['identity']}"
                params = {"text": row["text"], "stated_by": stated_by}
                custody.append(connection, "post_removed", gone, sha256, params)
    return new


def _name(post: Post) -> str:
    return f"{post.platform}:{identity(post)}"


def _told(post: Post) -> dict[str, Any]:
    """Return what a new post says, for the log."""
    facts = {name: getattr(post, name) for name in (*FILLED, "origin")}
    account = post.account
    facts["account"] = [account.id, account.handle, account.name, account.url] if account else None
    facts["collected"] = to_text(post.collected) if post.collected else None
    return {name: value for name, value in facts.items() if value}


def identity(post: Post) -> str:
    """Return what tells a post from the others of its platform: id, else address, else all."""
    if post.post_id:
        return post.post_id
    if post.url:
        return post.url
    account = post.account
    return json.dumps(
        [
            [account.id, account.handle, account.name] if account else [],
            post.published.raw if post.published else "",
            post.text,
        ],
        ensure_ascii=False,
    )


def known(connection: sqlite3.Connection, post: Mapping[str, Any]) -> int | None:
    """Return the row of the same post: the same id, or the same address where one has no id.

    ``post`` holds the columns sha256, platform, identity, url and post_id.
    """
    row = connection.execute(
        "SELECT id FROM main.posts WHERE sha256 = :sha256 AND platform = :platform AND ("
        " identity = :identity OR (:url <> '' AND url = :url AND (post_id = '' OR :post_id = ''))"
        ") ORDER BY identity = :identity DESC, id",
        post,
    ).fetchone()
    return None if row is None else int(row["id"])


def _insert(connection: sqlite3.Connection, sha256: str, post: Post, stated_by: str) -> int:
    cursor = connection.execute(
        "INSERT INTO posts (sha256, platform, post_id, url, media_id, account, collected,"
        " collector, title, text, origin, stated_by, identity, added)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            sha256,
            post.platform,
            post.post_id,
            post.url,
            post.media_id,
            account_number(connection, post.account),
            to_text(post.collected) if post.collected else None,
            post.collector,
            post.title,
            post.text,
            post.origin,
            stated_by,
            identity(post),
            now(),
        ),
    )
    return int(cursor.lastrowid or 0)


def _complete(connection: sqlite3.Connection, number: int, post: Post) -> dict[str, Any]:
    """Fill what a known post lacks; what the same origin says anew counts more than before.

    Return what was changed, each with what stood there before.
    """
    row = connection.execute("SELECT * FROM posts WHERE id = ?", (number,)).fetchone()
    said_anew = row["origin"] == post.origin
    values = {
        name: getattr(post, name)
        for name in FILLED
        if getattr(post, name) and (said_anew or not row[name])
    }
    account = account_number(connection, post.account)
    if account is not None and (said_anew or row["account"] is None):
        values["account"] = account
    collected = to_text(post.collected) if post.collected else None
    if collected and (
        row["collected"] is None or from_text(collected) < from_text(row["collected"])
    ):
        values["collected"] = collected
    if values.get("post_id"):
        values["identity"] = values["post_id"]
    changed = {name: value for name, value in values.items() if row[name] != value}
    if changed:
        columns = ", ".join(f"{name} = ?" for name in changed)
        connection.execute(
            f"UPDATE OR IGNORE posts SET {columns} WHERE id = ?", (*changed.values(), number)
        )
    return {name: [row[name], value] for name, value in changed.items()}


def account_number(connection: sqlite3.Connection, account: Account | None) -> int | None:
    """Store an account as it was stated and return its row; None for no account."""
    if account is None:
        return None
    values = (account.platform, account.id, account.handle, account.name, account.url)
    connection.execute(
        "INSERT OR IGNORE INTO accounts (platform, account_id, handle, name, url)"
        " VALUES (?, ?, ?, ?, ?)",
        values,
    )
    row = connection.execute(
        "SELECT id FROM accounts WHERE platform = ? AND account_id = ? AND handle = ?"
        " AND name = ? AND url = ?",
        values,
    ).fetchone()
    return int(row["id"])


Seen = tuple[datetime | None, datetime | None, bool, str]
"""First and last publication known of an account, whether its id is a hash, when it was made."""


def widened(
    before: Seen | None, published: Instant | None, hashed: bool = False, created: str = ""
) -> Seen:
    """Return what is known of an account after one more of its posts."""
    first, last, was_hashed, made = before or (None, None, False, "")
    if published is not None:
        at = published.earliest
        first, last = min(first or at, at), max(last or at, at)
    return first, last, hashed or was_hashed, created or made


def note_seen(connection: sqlite3.Connection, seen: Mapping[int, Seen]) -> None:
    """Store what posts tell of their accounts; nothing is written where nothing is new."""
    connection.executemany(
        _SEEN,
        [
            {
                "id": number,
                "first": to_text(first) if first else "",
                "last": to_text(last) if last else "",
                "hashed": hashed,
                "created": created,
            }
            for number, (first, last, hashed, created) in seen.items()
        ],
    )


_SEEN = (
    "UPDATE accounts SET hashed = max(hashed, :hashed),"
    " created = CASE WHEN :created = '' THEN created ELSE coalesce(created, :created) END,"
    " first_seen = CASE WHEN :first = '' THEN first_seen"
    "  WHEN first_seen IS NULL OR first_seen > :first THEN :first ELSE first_seen END,"
    " last_seen = CASE WHEN :last = '' THEN last_seen"
    "  WHEN last_seen IS NULL OR last_seen < :last THEN :last ELSE last_seen END"
    " WHERE id = :id AND (hashed < :hashed OR (:created <> '' AND created IS NULL)"
    "  OR (:first <> '' AND (first_seen IS NULL OR first_seen > :first OR last_seen < :last)))"
)


def _store_claims(connection: sqlite3.Connection, number: int, post: Post) -> dict[str, Any]:
    """Store what a post claims of its time; return the claims that went and that came."""
    claims = set(post.claims) | ({post.published} if post.published else set())
    stated = {
        (to_text(one.earliest), to_text(one.latest), one.source, one.raw, one.zone)
        for one in claims
    }
    stored = {
        tuple(row)
        for row in connection.execute(
            "SELECT earliest, latest, source, raw, zone FROM claims WHERE post = ? AND origin = ?",
            (number, post.origin),
        )
    }
    for gone in stored - stated:
        connection.execute(
            "DELETE FROM claims WHERE post = ? AND origin = ? AND earliest = ? AND latest = ?"
            " AND source = ? AND raw = ? AND zone = ?",
            (number, post.origin, *gone),
        )
    for fresh in sorted(stated - stored):
        connection.execute(
            "INSERT INTO claims (post, origin, earliest, latest, source, raw, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, post.origin, *fresh),
        )
    lists = {"claims_gone": sorted(stored - stated), "claims": sorted(stated - stored)}
    return {name: claims for name, claims in lists.items() if claims}


_SELECT_POSTS = (
    "SELECT posts.*, accounts.platform AS account_platform, accounts.account_id, accounts.handle,"
    " accounts.name, accounts.url AS account_url"
    " FROM posts LEFT JOIN accounts ON accounts.id = posts.account"
)


def posts_of(connection: sqlite3.Connection, sha256: str) -> tuple[Post, ...]:
    """Return a video's posts, the earliest claim first."""
    rows = connection.execute(f"{_SELECT_POSTS} WHERE sha256 = ?", (sha256,)).fetchall()
    return _sorted(_post(row, _claims_of(connection, row["id"])) for row in rows)


def all_posts(connection: sqlite3.Connection) -> dict[str, tuple[Post, ...]]:
    """Return the posts of all videos that have any."""
    claims: dict[int, list[Instant]] = {}
    for row in connection.execute("SELECT * FROM claims"):
        claims.setdefault(row["post"], []).append(_instant(row))
    posts: dict[str, list[Post]] = {}
    for row in connection.execute(_SELECT_POSTS):
        posts.setdefault(row["sha256"], []).append(_post(row, claims.get(row["id"], [])))
    return {sha256: _sorted(of_video) for sha256, of_video in posts.items()}


def _sorted(posts: Iterator[Post] | list[Post]) -> tuple[Post, ...]:
    return tuple(
        sorted(
            posts,
            key=lambda post: (
                post.published is None,
                to_text(post.published.earliest) if post.published else "",
                post.platform,
                identity(post),
            ),
        )
    )


def _claims_of(connection: sqlite3.Connection, number: int) -> list[Instant]:
    rows = connection.execute("SELECT * FROM claims WHERE post = ?", (number,))
    return [_instant(row) for row in rows]


def _instant(row: sqlite3.Row) -> Instant:
    return Instant(
        earliest=from_text(row["earliest"]),
        latest=from_text(row["latest"]),
        source=row["source"],
        raw=row["raw"],
        zone=row["zone"],
    )


def _post(row: sqlite3.Row, claims: list[Instant]) -> Post:
    account = None
    if row["account"] is not None:
        account = Account(
            platform=row["account_platform"],
            id=row["account_id"],
            handle=row["handle"],
            name=row["name"],
            url=row["account_url"],
        )
    ordered = in_order(claims)
    return Post(
        platform=row["platform"],
        url=row["url"],
        post_id=row["post_id"],
        media_id=row["media_id"],
        account=account,
        published=best(ordered),
        claims=ordered,
        collected=from_text(row["collected"]) if row["collected"] else None,
        collector=row["collector"],
        title=row["title"],
        text=row["text"],
        origin=row["origin"],
    )
