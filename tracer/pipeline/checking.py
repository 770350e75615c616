"""Queries -> the answers that ``tracer check`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tracer.pipeline.working import Reading, Ready, begun
from tracer.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from tracer.collect.urls import Wanted
    from tracer.index.store import Index
    from tracer.model import Answer

_LOOKING = "tracer.pipeline.looking"


def check_all(
    index: Index,
    names: Sequence[str],
    settings: Settings = DEFAULT,
    *,
    read_text: bool = True,
    wanted: Wanted | None = None,
    reading: Reading | None = None,
) -> Iterator[Answer]:
    """Yield the answer to each query, in the order asked; the tables are built once.

    Whoever has begun to start workers passes them as ``reading``.

    1. Fingerprint the queries, each in a worker that can be killed.
    2. Find what each shares footage with, each candidate looked at in a worker; what a reviewer
       rejected is no match.
    3. Read what is written in the query, unless that is put off, and lay it beside the match's.
    4. Name the earliest post known of what was matched.
    """
    with ExitStack() as opened:
        reading = reading or opened.enter_context(Reading(settings))
        from tracer.pipeline.searching import read_queries, search_tables

        pool = reading.pool()
        queries = begun(read_queries(pool, index, names, settings, wanted))
        # What answers is loaded while the first query is decoded, here and in a second worker: a
        # second saved on each call.
        from tracer.pipeline.answering import answered

        looker = begun(pool.run([Ready(_LOOKING)]))
        tables = search_tables(index, settings)
        for query in queries:
            yield answered(index, tables, query, settings, pool, read_text=read_text)
        for _ in looker:
            pass


def check(index: Index, path: str, settings: Settings = DEFAULT) -> Answer:
    """Return the answer to one query: a video or a still image, in the index or not."""
    return next(check_all(index, [path], settings))
