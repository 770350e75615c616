"""The report's sentences: times, posts, edits and directions in words, the same in every format.

"Query" and "match" are named by whoever asks: in a link of a chain they are the copy and its
source. No time goes out without its source and its uncertainty, and nothing says "original".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from tracer.model import (
    Clue,
    Direction,
    Earliest,
    IndexedVideo,
    IndexState,
    Instant,
    Match,
    Post,
    Review,
    SceneMatch,
    Segment,
    SoundMatch,
    Unchecked,
)
from tracer.text.marks import SOURCES
from tracer.trace import platforms

SHORT = 12  # hex digits that name a video to a person
_OPEN_ENDED = timedelta(days=3650)  # a claim wider than this says only "no later than"
_NARROW = timedelta(minutes=2)  # claims up to this wide read as "± n s"

_PLATFORMS = {
    "pomegranate_cloud": "Pomegranate Cloud",
    "douyin": "Douyin",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "twitter": "Twitter (X)",
    "threads": "Threads",
    "xiaohongshu": "Xiaohongshu",
    "xinjiang_daily": "Xinjiang Daily",
    "youku": "Youku",
    "rumble": "Rumble",
    "weibo": "Weibo",
    "ixigua": "Ixigua",
    "toutiao": "Toutiao",
    "bilibili": "Bilibili",
    "kuaishou": "Kuaishou",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "telegram": "Telegram",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "linkedin": "LinkedIn",
    "truth": "Truth Social",
    "vk": "VK",
}
_SOURCES = {
    "post_id": "read from the post's id",
    "media_id": "read from the upload's id",
    "platform": "stated by the platform",
    "sidecar": "from the sidecar file",
    "page": "stated on the page",
    "archive": "an archive's capture",
    "container": "creation time in the file",
    "collected": "when it was collected",
    "http-last-modified": "the server's date of the file, which ranks nothing",
    "post_id_unverified": "read from an id whose scheme is unverified",
    "account_id": "read from the account's id",
}
_SOUNDS = {
    "same": "same sound",
    "different": "other sound",
    "partial": "the sound is partly the same",
    "absent": "no sound to compare",
    "unchecked": "sound not checked",
}


# --- text of unknown origin -------------------------------------------------------------------


def plain(text: str) -> str:
    """Return text that can't steer a terminal or turn a line around: controls become spaces.

    Titles, names and paths come from strangers: escape sequences, line breaks and the characters
    that override the direction of writing go; letters of every script stay.
    """
    return "".join(
        character
        if character == "\u200d" or unicodedata.category(character)[0] != "C"
        else " " * (character in "\t\n\r\x0b\x0c\x85")
        for character in text
    ).strip()


def shortened(text: str, limit: int) -> str:
    """Return clean text of at most ``limit`` characters, cut in the middle so that both ends show.

    The ends of a file name tell versions apart.
    """
    text = plain(text)
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head]}…{text[-(limit - 1 - head) :]}"


# --- names ------------------------------------------------------------------------------------


def platform(name: str) -> str:
    """Return a platform's name as people write it."""
    return _PLATFORMS.get(platforms.canonical(name), plain(name).replace("_", " "))


def account(post: Post) -> str:
    """Return who posted in words, or nothing where that is not known."""
    if post.account is None:
        return ""
    known = post.account
    handle = f"@{known.handle.lstrip('@')}" if known.handle else ""
    return shortened(known.name or handle or known.id, 60)


def label(video: IndexedVideo) -> str:
    """Return a short name for a video: its file, else a post of it, else its SHA-256."""
    if video.paths:
        return shortened(PurePath(video.shown[0]).name or video.shown[0], 60)
    if video.posts:
        first = video.posts[0]
        return shortened(" ".join(filter(None, (platform(first.platform), first.post_id))), 60)
    return f"video {video.video.sha256[:SHORT]}"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 video``, ``1,204 videos``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


# --- times ------------------------------------------------------------------------------------


def clock(seconds: float, tenths: bool = False) -> str:
    """Return a time in a video as m:ss, with tenths where they matter."""
    if tenths:
        whole = round(max(0.0, seconds) * 10)
        rest = f"{whole // 10 % 60:02d}.{whole % 10}"
        minutes = whole // 600
    else:
        whole = round(max(0.0, seconds))
        rest = f"{whole % 60:02d}"
        minutes = whole // 60
    return f"{minutes // 60}:{minutes % 60:02d}:{rest}" if minutes >= 60 else f"{minutes}:{rest}"


def moment(when: datetime) -> str:
    """Return a moment in UTC, seconds only where there are any."""
    utc = when.astimezone(UTC)
    return utc.strftime("%Y-%m-%d %H:%M:%S UTC" if utc.second else "%Y-%m-%d %H:%M UTC")


def source(claim: Instant) -> str:
    """Return where a claim of time comes from, in words."""
    return _SOURCES.get(claim.source, plain(claim.source).replace("_", " "))


def uncertainty(claim: Instant) -> str:
    """Return how far a claim of time may be off."""
    width = claim.latest - claim.earliest
    if width >= _OPEN_ENDED:
        return "an upper bound only"
    if width == timedelta(0):
        return "no uncertainty stated"
    if width <= _NARROW:
        return f"±\u00a0{width.total_seconds() / 2:.3g}\u00a0s"
    return f"some time within {_duration(width)}"


def span(claim: Instant) -> str:
    """Return the moment or interval that is claimed, without its source."""
    width = claim.latest - claim.earliest
    if width >= _OPEN_ENDED:
        return f"no later than {moment(claim.latest)}"
    if width <= _NARROW:
        return moment(claim.earliest + width / 2)
    return f"between {moment(claim.earliest).removesuffix(' UTC')} and {moment(claim.latest)}"


def claim(claim: Instant) -> str:
    """Return a claim of time as it may be printed anywhere: moment, uncertainty, source, zone."""
    zone = f", given at {plain(claim.zone)}" if claim.zone not in ("", "Z", "+00:00") else ""
    return f"{span(claim)} ({source(claim)}{zone}; {uncertainty(claim)})"


def published(post: Post) -> str:
    """Return when a post says that it was published, or what is known instead."""
    if post.published is not None:
        return claim(post.published)
    if post.collected is not None:
        return f"no time stated; collected {moment(post.collected)}, so no later"
    return "no time known"


def day(post: Post) -> str:
    """Return the day of a post for a drawing, hedged where it is uncertain by more than a day."""
    claimed = post.published
    if claimed is None:
        return f"by {post.collected:%Y-%m-%d}" if post.collected else "no time known"
    width = claimed.latest - claimed.earliest
    if width >= _OPEN_ENDED:
        return f"by {claimed.latest:%Y-%m-%d}"
    middle = (claimed.earliest + width / 2).astimezone(UTC)
    return f"{'about ' if width > timedelta(days=1) else ''}{middle:%Y-%m-%d}"


def headline(known: Earliest, video: IndexedVideo | None) -> str:
    """Return who was first in one line; its time never stands without :func:`basis` below it."""
    if known.sha256 is None:
        return "Nothing in this index tells who was first"
    if known.post is None:
        name = label(video) if video is not None else f"video {known.sha256[:SHORT]}"
        return f"Earliest known to this index: {name}"
    where = platform(known.post.platform)
    when = span(known.post.published) if known.post.published else "at a time not known"
    return f"Earliest known to this index: {where}, {when}"


def basis(known: Earliest) -> str:
    """Return what the headline's time rests on: source, uncertainty, and who posted."""
    if known.post is None:
        return ""
    who = account(known.post)
    by = f"Posted by “{who}”. " if who else ""
    if known.post.published is None:
        return f"{by}{capital(published(known.post))}."
    told = claim(known.post.published)[len(span(known.post.published)) :].strip(" ()")
    return f"{by}Time {told}."


def posted(post: Post) -> str:
    """Return one post as a sentence without its full stop."""
    who = account(post)
    return f"{platform(post.platform)}{f', “{who}”' if who else ''}: {published(post)}"


def _duration(width: timedelta) -> str:
    hours = width.total_seconds() / 3600
    if hours < 2:
        return f"{width.total_seconds() / 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


# --- what was searched ------------------------------------------------------------------------


def searched(state: IndexState) -> str:
    """Return what a negative answer rests on: videos, hours and the state's date."""
    if state.videos == 0:
        return "an empty index"
    as_of = f", as of {moment(state.as_of)}" if state.as_of else ""
    return f"{count(state.videos, 'video')}, {hours(state.hours)}{as_of}"


def hours(amount: float) -> str:
    """Return an amount of video in hours or minutes."""
    return f"{amount:,.1f} hours" if amount >= 1 else count(round(amount * 60), "minute")


def not_checked(step: Unchecked) -> str:
    """Return one thing that was not checked as a sentence without its full stop."""
    subject = step.subject[:SHORT] if _is_sha256(step.subject) else plain(step.subject)
    where = f"{plain(step.stage)} of {subject}" if subject else plain(step.stage)
    return f"{where}: {plain(step.reason)}".rstrip(".")


def reviewed(review: Review) -> str:
    """Return who decided what about a pair, and when."""
    verb = {"confirm": "confirmed", "reject": "rejected", "note": "noted"}[review.decision]
    why = f": {shortened(review.note, 300)}" if review.note else ""
    return f"{verb} by {shortened(review.by, 60)} on {review.at.astimezone(UTC):%Y-%m-%d}{why}"


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)


# --- what matches what ------------------------------------------------------------------------


def interval(start: float, end: float) -> str:
    """Return an interval of a video; tenths where it is short."""
    tenths = end - start < 10
    return f"{clock(start, tenths)} to {clock(end, tenths)}"


def segment(part: Segment, query: str = "the query", match: str = "it") -> str:
    """Return which seconds are which as a clause."""
    clause = (
        f"{interval(part.query_start, part.query_end)} of {query} shows "
        f"{interval(part.match_start, part.match_end)} of {match}"
    )
    return clause if abs(part.speed - 1) < 0.01 else f"{clause}, {speed(part.speed)}"


def segments(
    parts: Sequence[Segment], query: str = "the query", match: str = "it", limit: int = 6
) -> str:
    """Return all segments as one sentence without its full stop."""
    ordered = sorted(parts, key=lambda part: (part.query_start, part.match_start))
    shown = [segment(part, query, match) for part in ordered[:limit]]
    if len(ordered) > limit:
        shown.append(f"and {count(len(ordered) - limit, 'more segment')}")
    return "; ".join(shown)


def speed(factor: float) -> str:
    """Return a change of speed in words: ``factor`` match seconds for each query second."""
    if factor >= 1:
        return f"played {factor:.3g} times faster"
    return f"slowed down to {factor * 100:.0f} %"


def sound(found: SoundMatch) -> str:
    """Return how the sound compares."""
    return _SOUNDS[found.verdict]


def sharing(matches: Sequence[Match]) -> str:
    """Return how many videos show the same footage, and how many only may."""
    sure = sum(match.verdict == "match" for match in matches)
    unsure = len(matches) - sure
    if not sure:
        return f"{count(unsure, 'video')} may show the same footage"
    told = f"{count(sure, 'video shows', 'videos show')} the same footage"
    return f"{told}, {unsure} more may" if unsure else told


def same_sound(sha256: str, scenes: Iterable[SceneMatch]) -> str:
    """Return what is known of the pictures of a video that shares the sound.

    They differ for sure only where they were looked at and show other moments.
    """
    if any(scene.sha256 == sha256 and scene.other_moments for scene in scenes):
        return "same sound, other moments in the pictures"
    return "same sound; the pictures were not found to match"


def direction(verdict: Direction, query: str = "the query", match: str = "it") -> str:
    """Return which derives from which, as far as content tells."""
    return {
        "query_from_match": f"{query} derives from {match}",
        "match_from_query": f"{match} derives from {query}",
        "siblings": f"{query} and {match} share a source; neither derives from the other",
        "same": "no difference beyond re-encoding, so content tells no direction",
        "undetermined": "content does not tell which derives from which",
    }[verdict]


def strength(confidence: float) -> str:
    """Return a confidence as a word."""
    return "strong" if confidence >= 0.9 else "fair" if confidence >= 0.7 else "weak"


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list in a sentence: a, b and c."""
    words = list(parts)
    return (
        words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
    )


def reasons_of(match: Match) -> str:
    """Return the evidence of direction, strongest first, as one clause."""
    ordered = sorted(match.derivation.evidence, key=lambda cue: (-cue.weight, cue.cue))
    return "; ".join(plain(cue.detail).rstrip(".") for cue in ordered[:3])


def clue(found: Clue, follow_link: bool = True) -> str:
    """Return what a mark or credit points to, where it stands and what it says."""
    name = SOURCES.get(found.source) or platform(found.source)
    who = f", account {plain(found.account)}" if found.account else ""
    follow = f" ({found.url})" if found.url and follow_link else ""
    where = "in the text of a post"
    if found.where == "frame":
        where = f"in the picture at {clock(found.time or 0.0, tenths=True)}"
    return f"{name}{who}{follow}, {where}: “{shortened(found.text, 60)}”"


def capital(sentence: str) -> str:
    """Return a sentence with a capital at its head."""
    return sentence[:1].upper() + sentence[1:]
