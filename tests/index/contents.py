"""All that an index holds, to be compared with another: without numbers and instants of our own."""

from __future__ import annotations

import sqlite3
from contextlib import closing

QUERIES = {
    "videos": "SELECT sha256, size, duration, width, height, codec FROM videos",
    "fingerprints": "SELECT sha256, algorithm, settings, layout, phash, dhash, descriptors, film,"
    " sound FROM fingerprints",
    "files": "SELECT path, sha256, size, mtime_ns, replaced IS NULL FROM files",
    "posts": "SELECT p.sha256, p.platform, p.identity, p.url, p.text, p.origin, p.stated_by,"
    " a.account_id, a.handle FROM posts p LEFT JOIN accounts a ON a.id = p.account",
    "claims": "SELECT sha256, identity, earliest, latest, source, raw, c.origin"
    " FROM claims c JOIN posts ON posts.id = post",
    "accounts": "SELECT platform, account_id, handle, name, url, hashed, created, first_seen,"
    " last_seen FROM accounts",
    "sidecars": "SELECT * FROM sidecars",
    "waiting": "SELECT w.platform, identity, origin, text, claims, a.account_id, m.name"
    " FROM waiting_posts w JOIN accounts a ON a.id = w.account"
    " LEFT JOIN waiting_media m ON m.post = w.id",
    "reviews": "SELECT a, b, decision, reviewer, decided, note FROM reviews",
    "matches": "SELECT a, b, matches.score, details, settings, a_start, b_end FROM matches"
    " JOIN segments ON match = matches.id",
    "text": "SELECT t.sha256, t.text, s.text, reader FROM text_lines t JOIN text_read"
    " USING (sha256) JOIN text_search s ON s.rowid = t.id * 4",
    "unchecked": "SELECT subject, stage, reason FROM unchecked",
    "queue": "SELECT kind, name, options,"
    " CASE state WHEN 'claimed' THEN 'waiting' ELSE state END FROM queue",
}


def dump(path):
    """Every row of what counts, sorted, by table."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(map(repr, connection.execute(query))) for name, query in QUERIES.items()
        }


def noted(path):
    """What the custody log says, without order and instants."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT action, object, sha256, params FROM log"
        return sorted(map(repr, connection.execute(query)))
