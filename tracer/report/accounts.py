"""Names for accounts, posts and moments that stay the same whoever exports and whenever."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from tracer.model import Account, Chain, IndexState, Post
from tracer.report import records
from tracer.trace.platforms import canonical

_SPACE = uuid.UUID("8b1b9f2e-3d0f-5c55-9d0f-3a1f0c7b5a10")  # any will do, as long as it stays
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def numbered_posts(chain: Chain) -> Iterator[tuple[str, str, Post]]:
    """Yield (name, SHA-256, post) of every post, by video and then by time."""
    for video in sorted(chain.videos, key=lambda video: video.video.sha256):
        for number, post in enumerate(records.sorted_posts(video.posts), 1):
            yield f"{video.video.sha256}-{number}", video.video.sha256, post


def account_name(account: Account) -> str:
    """Return a short name that two posts of one account share: by its id, else its handle or name.

    The platforms' other spellings (twitter, x) count as one.
    """
    known = account.id or account.handle or account.name or account.url
    told = json.dumps([canonical(account.platform), known], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def stable_uuid(*words: str) -> str:
    """Return the same UUID for the same words, today and in ten years."""
    return str(uuid.uuid5(_SPACE, json.dumps(words)))


def moment_of(state: IndexState) -> datetime:
    """Return the instant that an export is as of: the index's last change, never the clock."""
    return state.as_of or NEVER
