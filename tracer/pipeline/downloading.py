"""An address -> files to take in; what is known of posts whose media did not come is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tracer.collect.urls import STAGE, Arrived, Fetched, Wanted, fetch
from tracer.index.store import Index
from tracer.index.waiting import Stated
from tracer.settings import Settings


def download(
    index: Index,
    url: str,
    settings: Settings,
    wanted: Wanted | None = None,
    on_progress: Callable[[Arrived], None] = lambda arrived: None,
) -> Fetched:
    """Download what an address leads to, beside the index; posts without media wait in it.

    Raises :class:`UsageError` for cookies that can't be read and :class:`ExternalError` for a full
    disk. What else goes wrong stands under ``failed``.
    """
    fetched = fetch(url, index.path, settings, wanted, on_progress)
    if fetched.posts:
        index.keep_waiting([Stated(post) for post in fetched.posts], fetched.url)
    mark = f" (an entry of {url})"
    failed = tuple(
        one if one.subject == url else replace(one, reason=one.reason + mark)
        for one in fetched.failed
    )
    still = {one.subject for one in failed}
    for before in index.unchecked():
        if before.stage == STAGE and before.reason.endswith(mark) and before.subject not in still:
            index.clear_unchecked(before.subject, STAGE)
    return replace(fetched, failed=failed)
