"""What is known of platforms: their names, who runs them, since when they exist.

Who runs a platform decides whether two claims of time are independent: Douyin and TikTok are two
names and one hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: its name, the company behind it, the first day it can hold a post of."""

    name: str
    operator: str
    since: datetime | None  # first public day, or the first of the month or year that is known
    aliases: tuple[str, ...] = ()


def _day(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


# Launch days: the companies' own accounts as commonly printed, set to the first of the month or
# year where no day is. They only serve to name claims that are impossible, so early is safe.
# TikTok holds the clips of musical.ly (April 2014), which it took over.
PLATFORMS: dict[str, Platform] = {
    platform.name: platform
    for platform in (
        Platform("twitter", "x", _day(2006, 3, 21), ("x", "x.com", "twitter.com")),
        Platform("youtube", "google", _day(2005, 2, 14), ("youtu.be", "yt")),
        Platform("douyin", "bytedance", _day(2016, 9), ("抖音", "iesdouyin")),
        Platform("tiktok", "bytedance", _day(2014, 4), ("tiktokvm", "musical.ly")),
        Platform("ixigua", "bytedance", _day(2016, 5), ("xigua", "西瓜视频")),
        Platform("toutiao", "bytedance", _day(2012, 8), ("今日头条",)),
        Platform("weibo", "sina", _day(2009, 8, 14), ("微博", "sina_weibo", "weibovideo")),
        Platform("instagram", "meta", _day(2010, 10, 6), ("instagramios", "ig")),
        Platform("threads", "meta", _day(2023, 7, 5)),
        Platform("facebook", "meta", _day(2004, 2, 4), ("fb", "facebookreel")),
        Platform("bluesky", "bluesky", _day(2022, 11), ("bsky",)),
        Platform("mastodon", "mastodon", _day(2016, 3)),
        Platform("truth", "truth", _day(2022, 2), ("truthsocial", "truth_social")),
        Platform("linkedin", "microsoft", _day(2003, 5, 5), ("linkedinevents",)),
        Platform("xiaohongshu", "xingin", _day(2013, 6), ("小红书", "xhs", "rednote")),
        Platform("bilibili", "bilibili", _day(2009, 6, 26), ("哔哩哔哩", "b站")),
        Platform("kuaishou", "kuaishou", _day(2011, 3), ("快手",)),
        Platform("telegram", "telegram", _day(2013, 8, 14), ("telegramembed",)),
        Platform("vk", "vk", _day(2006, 10), ("vkontakte",)),
        Platform("rumble", "rumble", _day(2013, 10)),
        Platform("youku", "alibaba", _day(2006, 6), ("优酷",)),
        Platform("pomegranate_cloud", "xinjiang_daily", None, ("石榴云", "shiliuyun")),
        Platform("xinjiang_daily", "xinjiang_daily", None, ("新疆日报", "xjdaily")),
    )
}

_NAMES = {alias: name for name, known in PLATFORMS.items() for alias in (name, *known.aliases)}


def canonical(name: str) -> str:
    """Return the one name of a platform: ``"X"`` and ``"Twitter"`` are both ``"twitter"``."""
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return _NAMES.get(plain, plain)


def operator(name: str) -> str:
    """Return who runs a platform; a platform that is not in the table runs itself."""
    plain = canonical(name)
    known = PLATFORMS.get(plain)
    return known.operator if known else plain


def since(name: str) -> datetime | None:
    """Return the first day that a platform can hold a post of, None where it is not known."""
    known = PLATFORMS.get(canonical(name))
    return known.since if known else None
