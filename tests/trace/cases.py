"""Hand-made videos, posts and matches: small enough to read a case at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tracer.model import (
    IDENTITY,
    Account,
    Edit,
    EditKind,
    IndexedVideo,
    Instant,
    Match,
    Post,
    Segment,
    Side,
    Video,
)


def sha(name: str) -> str:
    """Return a SHA-256 that reads as its name: "a" -> "a000...". Names are hex or become so."""
    plain = name.encode().hex() if set(name) - set("0123456789abcdef") else name
    return plain.ljust(64, "0")


def when(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def claim(text: str, source: str = "platform", until: str | None = None) -> Instant:
    return Instant(when(text), when(until or text), source, text)


def post(platform: str = "pomegranate_cloud", at: str | None = None, **more: Any) -> Post:
    published = claim(at, "sidecar") if at else None
    return Post(platform, published=published, **more)


def video(
    name: str,
    *posts: Post,
    duration: float = 30.0,
    size: int = 1_000_000,
    width: int = 640,
    height: int = 360,
    created: str = "",
) -> IndexedVideo:
    made = Video(sha(name), size, duration, width, height, 25.0, "h264", created=created)
    return IndexedVideo(made, (f"{name}.mp4",), posts)


def edit(kind: EditKind, side: Side = "query", confidence: float = 0.95, **more: Any) -> Edit:
    change = more.pop("change", None)
    if kind == "subtitles" and change is None:
        change = "added" if side == "query" else "removed"
    return Edit(kind, side, confidence, more, change)


def match(
    query: str,
    other: str,
    *edits: Edit,
    spans: Sequence[tuple[float, float, float, float]] = ((0.0, 30.0, 0.0, 30.0),),
    score: float = 0.95,
    verdict: Any = "match",
) -> Match:
    segments = tuple(Segment(*span, speed=1.0, score=score) for span in spans)
    found = (*edits, Edit("reencode", "unknown", 0.9))
    return Match(sha(query), sha(other), score, verdict, segments, IDENTITY, edits=found)


__all__ = ["Account", "claim", "edit", "match", "post", "sha", "video", "when"]
