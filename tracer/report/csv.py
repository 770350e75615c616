"""A chain as a folder of tables for a spreadsheet: videos, posts, links, segments.

UTF-8 with a byte order mark: without one, Excel reads UTF-8 as the local code page and breaks every
name that is not English; pandas, R and LibreOffice skip it. No cell can run as a formula: text that
begins like one gets an apostrophe in front (titles and names come from strangers). Numbers stay
numbers; what is not known is an empty cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tracer.model import Chain
from tracer.report import records, wording
from tracer.report.material import Material

# Full-width forms too: some versions of Excel turn them into the ASCII signs on import.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

VIDEOS = [
    "sha256",
    "path",
    "duration",
    "width",
    "height",
    "frame_rate",
    "codec",
    "sound_codec",
    "size",
    "earliest",
]
POSTS = [
    "sha256",
    "platform",
    "url",
    "post_id",
    "media_id",
    "account_id",
    "account_handle",
    "account_name",
    "published_earliest",
    "published_latest",
    "published_source",
    "published_raw",
    "published_zone",
    "collected",
    "collector",
    "title",
    "text",
    "origin",
]
LINKS = [
    "source",
    "derived",
    "direction",
    "confidence",
    "score",
    "verdict",
    "sound",
    "edits",
    "evidence",
]
SEGMENTS = [
    "source",
    "derived",
    "source_start",
    "source_end",
    "derived_start",
    "derived_end",
    "speed",
    "score",
]


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the tables into a folder, which is made where it does not exist."""
    record = records.chain(chain)
    output.mkdir(parents=True, exist_ok=True)
    earliest = chain.earliest.sha256
    _table(
        output / "videos.csv",
        VIDEOS,
        (
            [*(video[name] for name in VIDEOS[:-1]), "yes" if video["sha256"] == earliest else ""]
            for video in record["videos"]
        ),
    )
    _table(
        output / "posts.csv",
        POSTS,
        (_post(video["sha256"], post) for video in record["videos"] for post in video["posts"]),
    )
    _table(output / "links.csv", LINKS, (_link(link) for link in record["links"]))
    _table(
        output / "segments.csv",
        SEGMENTS,
        (_segment(link, segment) for link in record["links"] for segment in link["segments"]),
    )
    return output


def cell(value: Any) -> str | int | float:
    """Return a value that no spreadsheet runs as a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value).replace("\0", "")
    # Blanks in front do not help: some programs strip them before they look.
    dangerous = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if dangerous else text


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def _post(sha256: str, post: records.Record) -> list[Any]:
    account = post["account"] or {}
    published = post["published"] or {}
    return [
        sha256,
        *(post[name] for name in ("platform", "url", "post_id", "media_id")),
        *(account.get(name) for name in ("id", "handle", "name")),
        *(published.get(name) for name in ("earliest", "latest", "source", "raw", "zone")),
        *(post[name] for name in ("collected", "collector", "title", "text", "origin")),
    ]


def _link(link: records.Record) -> list[Any]:
    return [
        *(link[name] for name in LINKS[:6]),
        link["sound"]["verdict"],
        " ".join(edit["kind"] for edit in link["edits"]),
        "; ".join(wording.plain(cue["detail"]) for cue in link["evidence"]),
    ]


def _segment(link: records.Record, segment: records.Record) -> list[Any]:
    """Return one row; in a link, "query" is the derived video and "match" the source."""
    return [
        link["source"],
        link["derived"],
        segment["match_start"],
        segment["match_end"],
        segment["query_start"],
        segment["query_end"],
        segment["speed"],
        segment["score"],
    ]
