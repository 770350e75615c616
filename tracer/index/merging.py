"""Two indexes -> one: what the other holds and this one lacks, in one transaction, nothing lost.

Where both know something, this index's word stays, and what it leaves empty is filled in. Videos
are the same where their SHA-256 is. The other's pairs keep their matches; between the two, every
video that is new here is still to be compared.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass

from tracer.index import arrays, custody, merged_logs, posts, waiting
from tracer.index.instants import from_text, now

OTHER = "other"  # the schema that the other index is attached as


@dataclass(frozen=True, slots=True)
class Merged:
    """What came in that this index did not hold."""

    videos: int
    files: int
    posts: int
    claims: int
    accounts: int
    sidecars: int
    waiting_posts: int
    reviews: int
    matches: int
    log_entries: int  # of the other's custody log, kept beside ours
    given: int  # posts of archives that found their media by it


def merge(connection: sqlite3.Connection, origin: str) -> Merged:
    """Take in the attached index ``other``; to be called inside a transaction."""
    before = connection.execute("SELECT count(*) FROM merged_log").fetchone()[0]
    heads = merged_logs.adopt(connection, OTHER, origin)
    entries = connection.execute("SELECT count(*) FROM merged_log").fetchone()[0] - before
    new = _videos(connection, origin)
    files = _files(connection)
    accounts = _accounts(connection)
    new_posts, claims = _posts(connection)
    sidecars = _copy(connection, "sidecars")
    stated = _waiting(connection)
    _texts(connection)
    _copy(connection, "unchecked")
    _copy(connection, "given_names")
    _copy(connection, "meta", "WHERE key <> 'changed'")
    _queue(connection)
    told = Merged(
        videos=len(new),
        files=files,
        posts=new_posts,
        claims=claims,
        accounts=accounts,
        sidecars=sidecars,
        waiting_posts=stated,
        reviews=_reviews(connection),
        matches=_matches(connection),
        log_entries=entries,
        given=_give(connection) if new or stated else 0,
    )
    if any(asdict(told).values()):
        params = {**asdict(told), "heads": [str(head) for head in heads]}
        custody.append(connection, "index_merged", origin, "", params)
    return told


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def _copy(connection: sqlite3.Connection, table: str, where: str = "") -> int:
    """Copy the rows that this index has no row for under the same key; return how many."""
    names = ", ".join(_columns(connection, table))
    return connection.execute(
        f"INSERT OR IGNORE INTO main.{table} ({names}) SELECT {names} FROM {OTHER}.{table} {where}"
    ).rowcount


def _videos(connection: sqlite3.Connection, origin: str) -> list[str]:
    """Take in videos with their fingerprints, in the other's order of arrival."""
    new = [
        row["sha256"]
        for row in connection.execute(
            f"SELECT sha256 FROM {OTHER}.videos LEFT JOIN {OTHER}.fingerprints USING (sha256)"
            " WHERE sha256 NOT IN (SELECT sha256 FROM main.videos) ORDER BY arrival, sha256"
        ).fetchall()
    ]
    _copy(connection, "videos")
    names = ", ".join(one for one in _columns(connection, "fingerprints") if one != "arrival")
    for sha256 in new:
        connection.execute(
            f"INSERT INTO main.fingerprints ({names})"
            f" SELECT {names} FROM {OTHER}.fingerprints WHERE sha256 = ?",
            (sha256,),
        )
        row = connection.execute(
            "SELECT * FROM main.fingerprints WHERE sha256 = ?", (sha256,)
        ).fetchone()
        params = {"merged_from": origin}
        if row is not None:
            params |= {
                "algorithm": row["algorithm"],
                "settings": row["settings"],
                "fingerprint": arrays.digest(arrays.from_row(row)),
            }
        custody.append(connection, "video_added", sha256, sha256, params)
    return new


def _files(connection: sqlite3.Connection) -> int:
    """Take in where videos lie; of two that claim the same path now, the later one does."""
    copied = _copy(connection, "files")
    connection.execute(
        "UPDATE main.files AS mine SET replaced = ? WHERE replaced IS NULL AND EXISTS ("
        "SELECT 1 FROM main.files AS theirs WHERE theirs.path = mine.path"
        " AND theirs.replaced IS NULL"
        " AND (theirs.added, theirs.sha256) > (mine.added, mine.sha256))",
        (now(),),
    )
    return copied


def _accounts(connection: sqlite3.Connection) -> int:
    """Take in accounts and note which of ours each of theirs is."""
    names = ", ".join(one for one in _columns(connection, "accounts") if one != "id")
    copied = connection.execute(
        f"INSERT OR IGNORE INTO main.accounts ({names}) SELECT {names} FROM {OTHER}.accounts"
        " ORDER BY id"
    ).rowcount
    connection.execute("DROP TABLE IF EXISTS temp.account_of")
    connection.execute(
        "CREATE TEMP TABLE account_of AS SELECT theirs.id AS theirs, mine.id AS mine"
        f" FROM {OTHER}.accounts AS theirs JOIN main.accounts AS mine"
        " USING (platform, account_id, handle, name, url)"
    )
    connection.execute("CREATE UNIQUE INDEX temp.account_of_theirs ON account_of (theirs)")
    connection.execute(
        "UPDATE main.accounts AS mine SET hashed = max(mine.hashed, theirs.hashed),"
        " created = coalesce(mine.created, theirs.created),"
        " first_seen = min(coalesce(mine.first_seen, theirs.first_seen),"
        "  coalesce(theirs.first_seen, mine.first_seen)),"
        " last_seen = max(coalesce(mine.last_seen, theirs.last_seen),"
        "  coalesce(theirs.last_seen, mine.last_seen))"
        f" FROM {OTHER}.accounts AS theirs JOIN account_of ON account_of.theirs = theirs.id"
        " WHERE account_of.mine = mine.id"
    )
    return copied


def _posts(connection: sqlite3.Connection) -> tuple[int, int]:
    """Take in posts and what they claim of their times; return how many of each are new."""
    connection.execute("DROP TABLE IF EXISTS temp.post_of")
    connection.execute("CREATE TEMP TABLE post_of (theirs INTEGER PRIMARY KEY, mine INTEGER)")
    names = [one for one in _columns(connection, "posts") if one != "id"]
    new = 0
    rows = connection.execute(
        f"SELECT posts.*, account_of.mine AS ours FROM {OTHER}.posts"
        " LEFT JOIN account_of ON account_of.theirs = posts.account ORDER BY posts.id"
    )
    for row in rows.fetchall():
        values = {**{name: row[name] for name in names}, "account": row["ours"]}
        mine = posts.known(connection, values)
        if mine is None:
            cursor = connection.execute(
                f"INSERT INTO main.posts ({', '.join(names)})"
                f" VALUES ({', '.join(f':{name}' for name in names)})",
                values,
            )
            mine = int(cursor.lastrowid or 0)
            new += 1
        else:
            _fill(connection, mine, values)
        connection.execute("INSERT INTO temp.post_of VALUES (?, ?)", (row["id"], mine))
    claims = connection.execute(
        "INSERT OR IGNORE INTO main.claims (post, earliest, latest, source, raw, zone, origin)"
        f" SELECT mine, earliest, latest, source, raw, zone, origin FROM {OTHER}.claims"
        " JOIN temp.post_of ON theirs = post ORDER BY claims.rowid"
    ).rowcount
    return new, claims


def _fill(connection: sqlite3.Connection, mine: int, values: dict[str, object]) -> None:
    """Fill in what a post of ours leaves empty; the earliest collection counts."""
    row = connection.execute("SELECT * FROM main.posts WHERE id = ?", (mine,)).fetchone()
    filled = {
        name: values[name]
        for name in (*posts.FILLED, "account", "stated_by")
        if values[name] and not row[name]
    }
    collected = values["collected"]
    if isinstance(collected, str) and (
        row["collected"] is None or from_text(collected) < from_text(row["collected"])
    ):
        filled["collected"] = collected
    if filled.get("post_id"):
        filled["identity"] = filled["post_id"]
    if filled:
        columns = ", ".join(f"{name} = ?" for name in filled)
        connection.execute(
            f"UPDATE OR IGNORE main.posts SET {columns} WHERE id = ?", (*filled.values(), mine)
        )


def _waiting(connection: sqlite3.Connection) -> int:
    """Take in the posts that wait for their media, with the names of it."""
    names = [one for one in _columns(connection, "waiting_posts") if one not in ("id", "account")]
    copied = connection.execute(
        f"INSERT OR IGNORE INTO main.waiting_posts ({', '.join(names)}, account)"
        f" SELECT {', '.join(names)}, account_of.mine FROM {OTHER}.waiting_posts"
        " LEFT JOIN account_of ON account_of.theirs = account ORDER BY waiting_posts.id"
    ).rowcount
    connection.execute(
        "INSERT OR IGNORE INTO main.waiting_media (post, name) SELECT mine.id, media.name"
        f" FROM {OTHER}.waiting_media AS media"
        f" JOIN {OTHER}.waiting_posts AS theirs ON theirs.id = media.post"
        " JOIN main.waiting_posts AS mine USING (platform, identity, origin)"
    )
    return copied


def _texts(connection: sqlite3.Connection) -> None:
    """Take in what is written in the videos that were read there and not here."""
    wanted = (
        f"WHERE sha256 IN (SELECT sha256 FROM {OTHER}.text_read"
        " WHERE sha256 NOT IN (SELECT sha256 FROM main.text_read))"
    )
    connection.execute("PRAGMA defer_foreign_keys = ON")  # the lines come before what they are of
    names = ", ".join(one for one in _columns(connection, "text_lines") if one != "id")
    connection.execute(
        f"INSERT INTO main.text_lines ({names})"
        f" SELECT {names} FROM {OTHER}.text_lines {wanted} ORDER BY id"
    )
    _copy(connection, "text_read", wanted)


def _queue(connection: sqlite3.Connection) -> None:
    """Take in what is still to be done there, and what failed; who was at it is not at it here."""
    names = ", ".join(
        one for one in _columns(connection, "queue") if one not in ("id", "state", "run")
    )
    connection.execute(
        f"INSERT OR IGNORE INTO main.queue ({names}, state) SELECT {names},"
        f" CASE state WHEN 'claimed' THEN 'waiting' ELSE state END FROM {OTHER}.queue ORDER BY id"
    )


def _reviews(connection: sqlite3.Connection) -> int:
    names = "a, b, decision, reviewer, decided, note"
    return connection.execute(
        f"INSERT INTO main.reviews ({names}) SELECT {names} FROM {OTHER}.reviews"
        f" WHERE ({names}) NOT IN (SELECT {names} FROM main.reviews) ORDER BY id"
    ).rowcount


def _matches(connection: sqlite3.Connection) -> int:
    """Take in the matches of pairs that have none here."""
    names = ", ".join(one for one in _columns(connection, "matches") if one != "id")
    last = connection.execute("SELECT coalesce(max(id), 0) FROM main.matches").fetchone()[0]
    copied = connection.execute(
        f"INSERT OR IGNORE INTO main.matches ({names}) SELECT {names} FROM {OTHER}.matches"
        " ORDER BY id"
    ).rowcount
    rest = [one for one in _columns(connection, "segments") if one != "match"]
    connection.execute(
        f"INSERT INTO main.segments (match, {', '.join(rest)})"
        f" SELECT mine.id, {', '.join(f'theirs.{name}' for name in rest)}"
        f" FROM {OTHER}.segments AS theirs JOIN {OTHER}.matches AS pair ON pair.id = theirs.match"
        " JOIN main.matches AS mine ON (mine.a, mine.b) = (pair.a, pair.b) WHERE mine.id > ?",
        (last,),
    )
    return copied


def _give(connection: sqlite3.Connection) -> int:
    """Give posts that wait on one side to videos of the other."""
    paths: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT videos.sha256, path FROM main.videos LEFT JOIN main.files"
        " ON files.sha256 = videos.sha256 AND replaced IS NULL ORDER BY videos.sha256, path"
    ).fetchall():
        known = paths.setdefault(row["sha256"], [])
        if row["path"] is not None:
            known.append(row["path"])
    return sum(waiting.give(connection, sha256, known) for sha256, known in paths.items())
