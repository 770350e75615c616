"""Words -> where they are burned in or stand in a title or post, near misses included.

1. Candidates: what holds the words, or shares three letters in a row with them (a trigram index);
   for words too short for that, what shares two, by looking through all.
2. Each is compared letter by letter: a reader that took one letter for another is forgiven.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tracer.index.texts import line_of
from tracer.model import TextLine
from tracer.text.spelling import distance_inside

Where = Literal["line", "title", "post"]

_PLACES: tuple[Where, ...] = ("line", "title", "post")
_TRIGRAM = 3
_WRONG = 0.3  # of the letters that may be others: one in four characters, three in ten letters
_CANDIDATES = 2000  # compared letter by letter; the index names the most alike first
_SHORT = 8  # letters up to which pairs of letters are looked for as well


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where words stand."""

    sha256: str
    where: Where
    text: str
    score: float  # 1 for the very words, less by each letter that differs
    line: TextLine | None = None  # where it is burned in
    post: int | None = None  # the row of the post whose title or text it is
    platform: str = ""
    url: str = ""
    post_id: str = ""


def search(connection: sqlite3.Connection, words: str, most: int) -> list[Hit]:
    """Return where words stand, the very words first, at most ``most`` places."""
    wanted = folded(words)
    if not wanted:
        return []
    scored = []
    for rowid in _candidates(connection, words, wanted):
        row = connection.execute(
            "SELECT text FROM text_search WHERE rowid = ?", (rowid,)
        ).fetchone()
        if row is None:
            continue
        wrong = distance_inside(wanted, folded(row["text"]))
        if wrong <= int(_WRONG * len(wanted)):
            scored.append((wrong, rowid))
    hits = [
        hit
        for wrong, rowid in sorted(scored)
        for hit in _hits(connection, rowid, round(1 - wrong / len(wanted), 3))
    ]
    hits += _waiting(connection, words)
    return sorted(hits, key=_order)[:most]


def folded(text: str) -> str:
    """Return text as it is compared: one form of each letter, no case, no blanks, no marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _candidates(connection: sqlite3.Connection, words: str, wanted: str) -> list[int]:
    spoken = " ".join(unicodedata.normalize("NFKC", words).split())
    found = dict.fromkeys(_containing(connection, [spoken, wanted]))
    trigrams = _pieces(spoken, _TRIGRAM)
    if trigrams:
        quoted = " OR ".join('"' + piece.replace('"', '""') + '"' for piece in trigrams)
        rows = connection.execute(
            "SELECT rowid FROM text_search WHERE text_search MATCH ? ORDER BY rank LIMIT ?",
            (quoted, _CANDIDATES),
        )
        found.update(dict.fromkeys(row["rowid"] for row in rows))
    if len(wanted) <= _SHORT and len(wanted) > 2:
        found.update(dict.fromkeys(_containing(connection, _pieces(wanted, 2))))
    return list(found)[: 2 * _CANDIDATES]


def _containing(connection: sqlite3.Connection, pieces: list[str]) -> Iterator[int]:
    """Yield what holds one of some pieces; three letters or more are looked up, fewer read for."""
    for piece in dict.fromkeys(pieces):
        escaped = piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        # The trigram index answers nothing to less than three letters: pass it by for those.
        looked_up = len(piece) >= _TRIGRAM and escaped == piece
        like = "text LIKE ?" if looked_up else "+text LIKE ? ESCAPE '\\'"
        rows = connection.execute(
            f"SELECT rowid FROM text_search WHERE {like} LIMIT ?", (f"%{escaped}%", _CANDIDATES)
        )
        yield from (row["rowid"] for row in rows)


def _pieces(text: str, length: int) -> list[str]:
    return list(dict.fromkeys(text[at : at + length] for at in range(len(text) - length + 1)))


def _hits(connection: sqlite3.Connection, rowid: int, score: float) -> Iterator[Hit]:
    number, place = divmod(rowid, 4)
    where = _PLACES[place]
    if where == "line":
        row = connection.execute("SELECT * FROM text_lines WHERE id = ?", (number,)).fetchone()
        if row is not None:
            yield Hit(row["sha256"], where, row["text"], score, line=line_of(row))
        return
    row = connection.execute("SELECT * FROM posts WHERE id = ?", (number,)).fetchone()
    if row is not None:
        text = row["title"] if where == "title" else row["text"]
        yield Hit(
            row["sha256"],
            where,
            text,
            score,
            post=number,
            platform=row["platform"],
            url=row["url"],
            post_id=row["post_id"],
        )


def _waiting(connection: sqlite3.Connection, words: str) -> Iterator[Hit]:
    """Yield posts that archives state and whose media is not in the index, by the very words."""
    like = f"%{' '.join(words.split())}%"
    rows = connection.execute(
        "SELECT * FROM waiting_posts WHERE sha256 IS NULL AND (title LIKE ? OR text LIKE ?)"
        " ORDER BY id LIMIT ?",
        (like, like, _CANDIDATES),
    )
    for row in rows:
        in_title = folded(words) in folded(row["title"])
        yield Hit(
            "",
            "title" if in_title else "post",
            row["title"] if in_title else row["text"],
            1.0,
            platform=row["platform"],
            url=row["url"],
            post_id=row["post_id"],
        )


def _order(hit: Hit) -> tuple[float, str, float, str, str, int]:
    start = hit.line.start if hit.line is not None else -1.0
    return (-hit.score, hit.sha256 or "~", start, hit.where, hit.url or hit.post_id, hit.post or 0)
