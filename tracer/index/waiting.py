"""Posts that wait for their media: stored as an archive states them, given to videos later."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path, PurePath

from tracer.collect.claims import best, in_order
from tracer.index import posts
from tracer.index.instants import from_text, now, to_text
from tracer.model import Account, Instant, Post

_TELLING = 8  # characters of a file name that are enough to tell it: "video.mp4" lies everywhere
_NUMBER = re.compile(r"(?<!\d)\d{15,20}(?!\d)")  # ids of posts and media on most platforms
_LEADING = re.compile(r"(\d{5,20})[-_]")  # archives of Twitter: <post>-<media>.mp4
_BRACKETED = re.compile(r"\[([\w-]{6,40})\]$")  # yt-dlp: title [id].mp4

_COLUMNS = (
    "platform", "identity", "origin", "post_id", "url", "media_id", "account", "claims",
    "collected", "collector", "title", "text", "archive", "added",
)  # fmt: skip
_SAID = tuple(name for name in _COLUMNS[3:] if name not in ("archive", "added"))
_STORE = (
    f"INSERT INTO waiting_posts ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (platform, identity, origin) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _SAID)}"
    f" WHERE ({', '.join(_SAID)}) IS NOT ({', '.join(f'excluded.{name}' for name in _SAID)})"
)
_STORE_MEDIA = (
    "INSERT OR IGNORE INTO waiting_media SELECT id, ? FROM waiting_posts"
    " WHERE platform = ? AND identity = ? AND origin = ?"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A post as an archive states it, and the names of the files that are its media."""

    post: Post
    media: tuple[str, ...] = ()
    hashed: bool = False  # the account's id is a hash
    created: str = ""  # when the account was made, as the archive states it with the post


@dataclass(frozen=True, slots=True)
class AccountStated:
    """What an archive says of an account beside its posts."""

    account: Account
    hashed: bool = False
    created: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What storing has brought."""

    new: int = 0
    changed: int = 0


class Keeper:
    """Stores one archive's posts and accounts; remembers the accounts it has met lately."""

    _REMEMBERED = 50_000

    def __init__(self, connection: sqlite3.Connection, archive: str) -> None:
        """Store into ``connection`` what ``archive`` states."""
        self._connection = connection
        self._archive = archive
        self._accounts: dict[Account, int] = {}

    def keep(self, stated: Sequence[Stated]) -> Kept:
        """Store posts; what the same importer says anew counts more than before.

        One statement for all of them: SQLite is called once a batch and not once a post.
        """
        instant = now()
        seen: dict[int, posts.Seen] = {}
        rows = []
        for one in stated:
            number = self._account(one.post.account)
            rows.append(self._values(one, number, instant))
            if number is not None:
                before = seen.get(number)
                seen[number] = posts.widened(before, one.post.published, one.hashed, one.created)
        # In the order of the index's trees each of their pages is touched once a batch. The sort is
        # stable: of a post that is stated twice, the later statement comes last.
        rows.sort(key=_key)
        highest, changes = self._highest("waiting_posts"), self._connection.total_changes
        self._connection.executemany(_STORE, rows)
        # A new post has the next free number, one that is known keeps its own.
        new = self._highest("waiting_posts") - highest
        changed = self._connection.total_changes - changes - new
        named = [
            (name, one.post.platform, posts.identity(one.post), one.post.origin)
            for one in stated
            for name in one.media
        ]
        self._connection.executemany(_STORE_MEDIA, named)
        posts.note_seen(self._connection, seen)
        return Kept(new, changed)

    def keep_accounts(self, stated: Iterable[AccountStated]) -> Kept:
        """Store accounts and what is said of them."""
        new = changed = 0
        for one in stated:
            before = self._highest("accounts")
            number = self._account(one.account)
            new += self._highest("accounts") - before
            changed += self._connection.execute(
                "UPDATE accounts SET hashed = max(hashed, :hashed),"
                " created = coalesce(nullif(:created, ''), created) WHERE id = :id"
                " AND (hashed < :hashed OR (:created <> '' AND created IS NOT :created))",
                {"hashed": one.hashed, "created": one.created, "id": number},
            ).rowcount
        return Kept(new, changed)

    def _highest(self, table: str) -> int:
        row = self._connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
        return int(row[0])

    def _account(self, account: Account | None) -> int | None:
        if account is None:
            return None
        number = self._accounts.get(account)
        if number is None:
            number = posts.account_number(self._connection, account)
            if number is None:
                return None
            if len(self._accounts) >= self._REMEMBERED:
                self._accounts.clear()
            self._accounts[account] = number
        return number

    def _values(self, stated: Stated, account: int | None, instant: str) -> tuple[object, ...]:
        post = stated.post
        return (
            post.platform,
            posts.identity(post),
            post.origin,
            post.post_id,
            post.url,
            post.media_id,
            account,
            _claims(post.claims),
            to_text(post.collected) if post.collected else None,
            post.collector,
            post.title,
            post.text,
            self._archive,
            instant,
        )


def _key(row: tuple[object, ...]) -> tuple[str, str]:
    return str(row[0]), str(row[1])


def _claims(claims: Sequence[Instant]) -> str:
    """Return claims as JSON. A million posts spend a quarter of their time in the encoder's set-up:
    the strings are encoded one by one instead, to the same text.
    """
    rows = []
    for one in claims:
        earliest = to_text(one.earliest)
        latest = earliest if one.latest == one.earliest else to_text(one.latest)
        cells = (earliest, latest, one.source, one.raw, one.zone)
        rows.append(f"[{', '.join(map(encode_basestring, cells))}]")
    return f"[{', '.join(rows)}]"


def give(connection: sqlite3.Connection, sha256: str, paths: Sequence[str]) -> int:
    """Give a video the posts that wait for it and return how many are new to it.

    A post is the video's where it states the SHA-256, where both have an id, address or upload in
    common, or where the file's name is one that the post states or holds the post's id. A name
    that two posts share names none.
    """
    if connection.execute("SELECT 1 FROM waiting_posts LIMIT 1").fetchone() is None:
        return 0
    found: dict[int, sqlite3.Row] = {}
    of_bytes = connection.execute(_NAMED, {"value": sha256}).fetchall()
    for row in (*of_bytes, *_by_posts(connection, sha256), *_by_names(connection, paths)):
        found[row["id"]] = row
    if not found:
        return 0
    new = posts.add_posts(connection, sha256, [_post(connection, row) for row in found.values()])
    connection.executemany(
        "UPDATE waiting_posts SET sha256 = ? WHERE id = ? AND sha256 IS NOT ?",
        [(sha256, number, sha256) for number in found],
    )
    return new


def give_all(connection: sqlite3.Connection) -> int:
    """Give all videos the posts that wait for them and return how many are new."""
    if connection.execute("SELECT 1 FROM waiting_posts LIMIT 1").fetchone() is None:
        return 0
    paths: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT videos.sha256, path FROM videos LEFT JOIN files ON files.sha256 = videos.sha256"
        " AND files.replaced IS NULL ORDER BY videos.sha256, path"
    ):
        known = paths.setdefault(row["sha256"], [])
        if row["path"] is not None:
            known.append(row["path"])
    return sum(give(connection, sha256, found) for sha256, found in paths.items())


def count(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many posts archives have stated, and how many still wait for their media."""
    row = connection.execute(
        "SELECT count(*) AS stated, count(*) - count(sha256) AS waiting FROM waiting_posts"
    ).fetchone()
    return row["stated"], row["waiting"]


def _by_posts(connection: sqlite3.Connection, sha256: str) -> Iterator[sqlite3.Row]:
    for column in ("post_id", "url", "media_id"):
        same_platform = "" if column == "url" else " AND w.platform = posts.platform"
        yield from connection.execute(
            f"SELECT w.* FROM posts JOIN waiting_posts AS w ON w.{column} = posts.{column}"
            f" AND w.{column} <> ''{same_platform} WHERE posts.sha256 = ?",
            (sha256,),
        ).fetchall()


def _by_names(connection: sqlite3.Connection, paths: Sequence[str]) -> Iterator[sqlite3.Row]:
    for path in paths:
        for query, value in _questions(path):
            rows = connection.execute(query, {"value": value}).fetchall()
            if len({(row["platform"], row["identity"]) for row in rows}) == 1:
                yield from rows


_NAMED = (
    "SELECT w.* FROM waiting_posts AS w JOIN waiting_media AS m ON m.post = w.id"
    " WHERE m.name = :value"
)
_POST_ID = "SELECT * FROM waiting_posts WHERE post_id = :value AND post_id <> ''"
_MEDIA_ID = "SELECT * FROM waiting_posts WHERE media_id = :value AND media_id <> ''"
_TWEET_ID = f"{_POST_ID} AND platform = 'twitter'"


def _questions(path: str) -> Iterator[tuple[str, str]]:
    """Yield what a file's path may tell of its post: a query and its value."""
    name, stem = PurePath(path).name, PurePath(path).stem
    yield _NAMED, path
    if len(stem) >= _TELLING:
        yield _NAMED, name
        yield _NAMED, stem
        yield _POST_ID, stem
    leading = _LEADING.match(name)
    if leading and Path(path).parent.name in ("images", "videos", "media"):
        yield _TWEET_ID, leading[1]
    bracketed = _BRACKETED.search(stem)
    ids = {*_NUMBER.findall(stem), *([bracketed[1]] if bracketed else ())}
    for number in sorted(ids):
        yield _POST_ID, number
        yield _MEDIA_ID, number


def _post(connection: sqlite3.Connection, row: sqlite3.Row) -> Post:
    claims = in_order(
        Instant(from_text(earliest), from_text(latest), source, raw, zone)
        for earliest, latest, source, raw, zone in json.loads(row["claims"])
    )
    account = None
    if row["account"] is not None:
        who = connection.execute(
            "SELECT * FROM accounts WHERE id = ?", (row["account"],)
        ).fetchone()
        account = Account(
            who["platform"], who["account_id"], who["handle"], who["name"], who["url"]
        )
    return Post(
        platform=row["platform"],
        url=row["url"],
        post_id=row["post_id"],
        media_id=row["media_id"],
        account=account,
        published=best(claims),
        claims=claims,
        collected=from_text(row["collected"]) if row["collected"] else None,
        collector=row["collector"],
        title=row["title"],
        text=row["text"],
        origin=row["origin"],
    )
