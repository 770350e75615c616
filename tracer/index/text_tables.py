"""The tables of what is written in the videos, and the full-text search, as a migration.

Triggers keep the search in step with lines, titles and texts, whoever writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def texts(db: Database) -> None:
    """Create the lines of text and the search; take in the posts that are there already."""
    for statement in (_READ, _LINES, _SEARCH, *_TRIGGERS):
        db.execute(statement)
    db.table("text_lines").create_index(["sha256"])
    for column, number in _PLACES:
        db.execute(
            f"INSERT INTO text_search (rowid, text) SELECT id * 4 + {number}, {column}"
            f" FROM posts WHERE {column} <> ''"
        )


_PLACES = (("title", 1), ("text", 2))  # what a rowid of `text_search` leaves when divided by 4

_READ = """
CREATE TABLE text_read (
  -- which videos were read, and by what
  sha256 TEXT PRIMARY KEY REFERENCES videos(sha256) ON DELETE CASCADE,
  reader TEXT NOT NULL,        -- name and version of the models, digest of the settings
  unchecked TEXT NOT NULL,     -- JSON: what could not be read, and why
  finished TEXT NOT NULL       -- RFC 3339 UTC
) WITHOUT ROWID"""

_LINES = """
CREATE TABLE text_lines (
  -- letters in the picture while they stand there; rows below one another are one line
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL REFERENCES text_read(sha256) ON DELETE CASCADE,
  start_time REAL NOT NULL,    -- seconds
  end_time REAL NOT NULL,
  x0 REAL NOT NULL,            -- fractions of the displayed frame
  y0 REAL NOT NULL,
  x1 REAL NOT NULL,
  y1 REAL NOT NULL,
  text TEXT NOT NULL,          -- '' where it can't be read
  language TEXT NOT NULL,      -- ISO 639-1, 'und' where it is not known
  kind TEXT NOT NULL,          -- subtitle, karaoke, mark, title, caption, ticker, scene, ...
  confidence REAL NOT NULL,    -- the reader's, 0 to 1
  mirrored INTEGER NOT NULL    -- 1 where it reads only in the mirror image
)"""

_SEARCH = """
CREATE VIRTUAL TABLE text_search
  -- lines, titles and texts by three letters in a row: text_search MATCH 'word'; a rowid is 4 times
  -- the id of the line or post, and 0 for a line, 1 for a title, 2 for a post's text; rows of one
  -- line are joined as one writes the language, so that words over a break are found
USING fts5(text, tokenize = 'trigram')"""

_JOINED = "replace(new.text, char(10), CASE new.language WHEN 'zh' THEN '' ELSE ' ' END)"

_TRIGGERS = (
    f"""
CREATE TRIGGER text_lines_added AFTER INSERT ON text_lines WHEN new.text <> '' BEGIN
  INSERT INTO text_search (rowid, text) VALUES (new.id * 4, {_JOINED});
END""",
    """
CREATE TRIGGER text_lines_removed AFTER DELETE ON text_lines BEGIN
  DELETE FROM text_search WHERE rowid = old.id * 4;
END""",
    *(
        f"""
CREATE TRIGGER posts_{column}_added AFTER INSERT ON posts WHEN new.{column} <> '' BEGIN
  INSERT INTO text_search (rowid, text) VALUES (new.id * 4 + {number}, new.{column});
END"""
        for column, number in _PLACES
    ),
    *(
        f"""
CREATE TRIGGER posts_{column}_changed AFTER UPDATE OF {column} ON posts BEGIN
  DELETE FROM text_search WHERE rowid = old.id * 4 + {number};
  INSERT INTO text_search (rowid, text)
    SELECT new.id * 4 + {number}, new.{column} WHERE new.{column} <> '';
END"""
        for column, number in _PLACES
    ),
    """
CREATE TRIGGER posts_removed AFTER DELETE ON posts BEGIN
  DELETE FROM text_search WHERE rowid IN (old.id * 4 + 1, old.id * 4 + 2);
END""",
)
