"""What yt-dlp wrote of a download -> posts.

Its fields are not what they seem: see the platforms' traps at each rule below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tracer.collect import claims
from tracer.model import Account, Instant, Post
from tracer.settings import DEFAULT, Settings

_SOURCE = "platform"

# yt-dlp takes the HTTP Last-Modified of the file for the time where no extractor knows the site.
_WITHOUT_SITE = frozenset({"generic", "html5mediaembed"})

# Extractors' names begin with their platform's; the rest tells a kind of page.
_PLATFORMS = {
    "twitter": "twitter",
    "youtube": "youtube",
    "douyin": "douyin",
    "tiktok": "tiktok",
    "facebook": "facebook",
    "bilibili": "bilibili",
    "weibo": "weibo",
    "ixigua": "ixigua",
    "toutiao": "toutiao",
    "cctv": "cctv",
    "cgtn": "cgtn",
    "instagram": "instagram",
    "telegram": "telegram",
    "xiaohongshu": "xiaohongshu",
    "pomegranate": "pomegranate_cloud",
}

# Its times have no zone and yt-dlp reads them as UTC; they are most likely Beijing's.
_BEIJING_READ_AS_UTC = frozenset({"cctv"})
_BEIJING = timedelta(hours=8)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_BEIJING_PAGES = "pomegranate"  # our own extractor: its days are Beijing's

_STATUS = re.compile(r"(?:twitter|x)\.com/(?P<handle>[^/]+)/status(?:es)?/(?P<id>\d+)")
_NO_HANDLES = frozenset({"i", "statuses", "web"})
_TWITTER_EPOCH = 1288834974657  # milliseconds; a status id's upper bits count from here
_FIRST_TIMED_STATUS = 29700859247  # ids up to here are no snowflakes


def posts(info: Any, origin: str, settings: Settings = DEFAULT) -> tuple[Post, ...]:
    """Return the posts that an info JSON states: one, or two for a retweet.

    Raises ``ValueError`` where it does not describe a single video.
    """
    if not isinstance(info, Mapping):
        raise ValueError("is not a JSON object")
    if info.get("_type", "video") != "video":
        raise ValueError(f"describes a {info['_type']}, not a video")
    extractor = _text(info, "extractor_key") or _text(info, "extractor").partition(":")[0]
    if not extractor:
        raise ValueError("names no extractor; was it written by yt-dlp?")
    platform = _platform(info, extractor.casefold())
    post = Post(
        platform=platform,
        url=_text(info, "webpage_url") or _text(info, "original_url"),
        post_id=_text(info, "id"),
        account=_account(info, platform),
        published=None,
        claims=_claims(info, extractor.casefold()),
        collected=_moment(info.get("epoch")),
        collector=_collector(info),
        title=_text(info, "fulltitle") or _text(info, "title"),
        text=_text(info, "description"),
        origin=origin,
    )
    found = _tweets(info, post, settings) if platform == "twitter" else (post,)
    return tuple(_with_best_claim(one) for one in found)


def _tweets(info: Mapping[str, Any], post: Post, settings: Settings) -> tuple[Post, ...]:
    """Tell apart who posted and who shared.

    On Twitter yt-dlp's ``id`` is the medium's and ``display_id`` the post's. Of a retweet it gives
    the address of the sharing post with the author and time of the shared one.
    """
    address = _STATUS.search(post.url)
    status = _text(info, "display_id") or (address["id"] if address else "")
    told = replace(post, post_id=status, media_id=post.post_id)
    made = _status_time(status)
    shares = [
        claim
        for claim in post.claims
        if made and (made - claim.latest).total_seconds() > settings.trace.retweet_gap
    ]
    if not shares:
        return (told,)
    handle = address["handle"] if address else ""
    sharer = None if handle.casefold() in {"", *_NO_HANDLES} else Account("twitter", handle=handle)
    return (
        replace(told, account=sharer, claims=()),
        replace(post, url="", post_id="", media_id=post.post_id),
    )


def _status_time(status: str) -> datetime | None:
    if not status.isdigit() or int(status) <= _FIRST_TIMED_STATUS:
        return None
    return _moment(((int(status) >> 22) + _TWITTER_EPOCH) / 1000)


def _claims(info: Mapping[str, Any], extractor: str) -> tuple[Instant, ...]:
    if extractor in _WITHOUT_SITE:
        seconds = _number(info, "timestamp")
        return () if seconds is None else (claims.exact(seconds, claims.HTTP_LAST_MODIFIED),)
    seconds = _number(info, "timestamp")
    if seconds is None:  # Toutiao has this one alone
        seconds = _number(info, "release_timestamp")
    found: list[Instant] = []
    if seconds is not None:
        exact = claims.exact(seconds, _SOURCE)
        if extractor in _BEIJING_READ_AS_UTC:
            exact = Instant(exact.earliest - _BEIJING, exact.latest, _SOURCE, exact.raw)
        elif extractor == _BEIJING_PAGES and seconds % 60 == 0:  # its pages leave seconds out
            exact = Instant(exact.earliest, exact.latest + _MINUTE, _SOURCE, exact.raw, exact.zone)
        found.append(exact)
    day = _text(info, "upload_date")
    # yt-dlp derives the day from the timestamp; only a day that differs says something more.
    if day and (seconds is None or day != datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d")):
        its_day = claims.platform_day(day, _SOURCE)
        if extractor == _BEIJING_PAGES:
            start = its_day.earliest - _BEIJING
            its_day = Instant(start, start + _DAY, _SOURCE, day, "+08:00")
        found.append(its_day)
    return tuple(found)


def _platform(info: Mapping[str, Any], extractor: str) -> str:
    if extractor in _WITHOUT_SITE:
        return _text(info, "webpage_url_domain") or extractor
    return next(
        (name for start, name in _PLATFORMS.items() if extractor.startswith(start)), extractor
    )


def _account(info: Mapping[str, Any], platform: str) -> Account | None:
    name = _text(info, "uploader") or _text(info, "channel")
    address = _text(info, "uploader_url") or _text(info, "channel_url")
    uploader, channel = _text(info, "uploader_id"), _text(info, "channel_id")
    if platform in ("twitter", "youtube"):  # the uploader's id is the handle, the channel's lasts
        account = Account(platform, channel, uploader.removeprefix("@"), name, address)
    elif platform in ("douyin", "tiktok"):
        # `uploader` is the handle, `channel` the name; only the channel's address leads anywhere.
        address = _text(info, "channel_url") or address
        account = Account(platform, uploader, name, _text(info, "channel") or name, address)
    else:
        account = Account(platform, uploader or channel, "", name, address)
    return None if account == Account(platform) else account


def _collector(info: Mapping[str, Any]) -> str:
    version = info.get("_version")
    number = version.get("version") if isinstance(version, Mapping) else None
    return f"yt-dlp {number}" if number else "yt-dlp"


def _moment(seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _number(info: Mapping[str, Any], name: str) -> float | None:
    value = info.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name}: {value!r} is not a number")
    return value


def _text(info: Mapping[str, Any], name: str) -> str:
    value = info.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name}: {value!r} is not a text")
    return str(value).strip()


def _with_best_claim(post: Post) -> Post:
    return replace(post, published=claims.best(post.claims))
