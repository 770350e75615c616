"""Times hidden in ids: what a platform's own machines wrote into the number of a post.

Formulas and tolerances were measured against the test cases that yt-dlp's extractors carry (an id
and the time that the platform states): `tests/trace/test_ids.py` measures them again. YouTube,
Facebook, Telegram, Kuaishou and Bilibili ids tell no time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracer.model import Account, Instant
from tracer.settings import DEFAULT, TraceSettings
from tracer.trace import platforms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOO_LATE = 4102444800.0  # 2100-01-01: a number that reads as later is no time at all

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BASE32SORT = "234567abcdefghijklmnopqrstuvwxyz"

_X_EPOCH_MS = 1288834974657  # snowflake epoch, X's own source
_X_LAST_SEQUENTIAL = 29700859247  # ids up to here were counted, not timed (2010-11-04)
_WEIBO_EPOCH = 515483463  # seconds; bid and mid of four posts checked
_INSTAGRAM_EPOCH_MS = 1314220021721  # "Sharding & IDs at Instagram"
_SHORTCODE = 11  # base64 digits of a public shortcode; a private one carries a key behind them


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of id carries a time: the formula and the tolerance's name in the settings."""

    seconds: Callable[[str], float | None]  # the id as given -> unix seconds
    tolerance: str  # field of TraceSettings: (seconds before, seconds after) the id's own time
    source: str = "post_id"


def _digits(raw: str, least: int = 1, most: int = 20) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and least <= len(raw) <= most else None


def _x_snowflake(raw: str) -> float | None:
    """Read X's snowflake (posts and media)."""
    number = _digits(raw)
    if number is None or number <= _X_LAST_SEQUENTIAL:
        return None
    return ((number >> 22) + _X_EPOCH_MS) / 1000


def _bytedance(raw: str) -> float | None:
    """Read the item id of Douyin, TikTok, Ixigua and Toutiao: its upper 32 bits are seconds."""
    number = _digits(raw, 18, 20)
    return None if number is None else float(number >> 32)


def weibo_mid(raw: str) -> int | None:
    """Return the number of a Weibo post from itself or from its short form (base 62, "bid")."""
    number = _digits(raw, 16, 16)
    if number is not None:
        return number
    if not re.fullmatch(r"[0-9A-Za-z]{9}", raw):
        return None
    # From the right: four digits of base 62 for each seven digits of the number.
    groups = (raw[:1], raw[1:5], raw[5:9])
    parts = [_positional(group, _BASE62) for group in groups]
    return int(f"{parts[0]}{parts[1]:07d}{parts[2]:07d}")


def weibo_bid(mid: int) -> str:
    """Return the short form of a Weibo post's number.

    >>> weibo_bid(4910815147462302)
    'N4xlMvjhI'
    """
    text, out = str(mid), ""
    while text:
        text, group = text[:-7], text[-7:]
        short = _in_base(int(group), _BASE62)
        out = (short.rjust(4, "0") if text else short) + out
    return out


def _weibo(raw: str) -> float | None:
    mid = weibo_mid(raw)
    return None if mid is None else float((mid >> 22) + _WEIBO_EPOCH)


def _instagram(raw: str) -> float | None:
    """Read the shortcode of an Instagram or Threads address, or the number that it stands for."""
    number = _digits(raw, 16, 20)
    if number is None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{9,}", raw):
            return None
        number = _positional(raw[:_SHORTCODE], _BASE64URL)
    return ((number >> 23) + _INSTAGRAM_EPOCH_MS) / 1000


def _mastodon(raw: str) -> float | None:
    number = _digits(raw, 17, 19)
    return None if number is None else (number >> 16) / 1000


def _linkedin(raw: str) -> float | None:
    number = _digits(raw, 19, 19)
    return None if number is None else (number >> 22) / 1000


def _bluesky(raw: str) -> float | None:
    """Read Bluesky's record key; the client sets it, so it can lie."""
    if not re.fullmatch(r"[234567a-j][234567a-z]{12}", raw):
        return None
    return (_positional(raw, _BASE32SORT) >> 10) / 1e6


def _xiaohongshu(raw: str) -> float | None:
    return float(int(raw[:8], 16)) if re.fullmatch(r"[0-9a-f]{24}", raw) else None


POST_SCHEMES: dict[str, Scheme] = {
    "twitter": Scheme(_x_snowflake, "x_id_tolerance"),
    "douyin": Scheme(_bytedance, "bytedance_id_tolerance"),
    "tiktok": Scheme(_bytedance, "bytedance_id_tolerance"),
    "ixigua": Scheme(_bytedance, "toutiao_id_tolerance"),
    "toutiao": Scheme(_bytedance, "toutiao_id_tolerance"),
    "weibo": Scheme(_weibo, "weibo_id_tolerance"),
    "instagram": Scheme(_instagram, "instagram_id_tolerance"),
    "threads": Scheme(_instagram, "instagram_id_tolerance"),
    "mastodon": Scheme(_mastodon, "mastodon_id_tolerance"),
    "truth": Scheme(_mastodon, "mastodon_id_tolerance"),
    "linkedin": Scheme(_linkedin, "linkedin_id_tolerance"),
    "bluesky": Scheme(_bluesky, "bluesky_id_tolerance"),
    "xiaohongshu": Scheme(_xiaohongshu, "xiaohongshu_id_tolerance", "post_id_unverified"),
}

MEDIA_SCHEMES: dict[str, Scheme] = {
    "twitter": Scheme(_x_snowflake, "x_id_tolerance", "media_id"),
}

ACCOUNT_SCHEMES: dict[str, Scheme] = {
    # Only the long ids carry a time; older ones were counted up.
    "tiktok": Scheme(
        lambda raw: _bytedance(raw) if len(raw) == 19 else None,
        "account_id_tolerance",
        "account_id",
    ),
    "twitter": Scheme(
        lambda raw: _x_snowflake(raw) if len(raw) >= 18 else None,
        "account_id_tolerance",
        "account_id",
    ),
}


def instant_of_id(
    platform: str, post_id: str, settings: TraceSettings = DEFAULT.trace
) -> Instant | None:
    """Return when a post was published as its id tells, None where it tells nothing.

    >>> instant_of_id("x", "643211948184596480").earliest.isoformat(timespec="seconds")
    '2015-09-13T23:57:32+00:00'
    """
    return _read(POST_SCHEMES, platform, post_id, settings)


def instant_of_media_id(
    platform: str, media_id: str, settings: TraceSettings = DEFAULT.trace
) -> Instant | None:
    """Return when a medium was uploaded as its id tells: before the post that shows it."""
    return _read(MEDIA_SCHEMES, platform, media_id, settings)


def account_created(account: Account, settings: TraceSettings = DEFAULT.trace) -> Instant | None:
    """Return when an account was made as its id tells (long X and TikTok ids only)."""
    return _read(ACCOUNT_SCHEMES, account.platform, account.id, settings)


def _read(
    schemes: dict[str, Scheme], platform: str, raw: str, settings: TraceSettings
) -> Instant | None:
    name = platforms.canonical(platform)
    scheme = schemes.get(name)
    seconds = scheme.seconds(raw.strip()) if scheme and raw else None
    if scheme is None or seconds is None or seconds >= _TOO_LATE:
        return None
    moment = EPOCH + timedelta(seconds=seconds)
    opened = platforms.since(name)
    if opened is not None and moment < opened:
        return None  # some other number that was put in the id's place
    before, after = getattr(settings, scheme.tolerance)
    return Instant(
        earliest=moment - timedelta(seconds=before),
        latest=moment + timedelta(seconds=after),
        source=scheme.source,
        raw=raw.strip(),
    )


def _positional(text: str, alphabet: str) -> int:
    number = 0
    for sign in text:
        number = number * len(alphabet) + alphabet.index(sign)
    return number


def _in_base(number: int, alphabet: str) -> str:
    out = ""
    while number or not out:
        number, digit = divmod(number, len(alphabet))
        out = alphabet[digit] + out
    return out
