"""What an address tells: platform, post id, media id, and when an archive captured it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from tracer.model import Instant
from tracer.trace.ids import EPOCH


@dataclass(frozen=True, slots=True)
class Address:
    """What could be read out of an address; empty where nothing could."""

    platform: str = ""
    post_id: str = ""
    media_id: str = ""
    account: str = ""  # handle or number of the account, as the address has it
    captured: tuple[Instant, ...] = ()  # by which archives: upper bounds


# One row a form of address: the platform, and a pattern whose groups name what it holds.
_HOST = r"^(?:https?:)?(?://)?(?:[\w-]+\.)*"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (platform, re.compile(_HOST + pattern, re.ASCII))
    for platform, pattern in (
        ("twitter", r"(?:twitter|x)\.com/i/(?:web/status|status|videos/tweet)/(?P<post>\d+)"),
        ("twitter", r"(?:twitter|x)\.com/(?P<account>\w+)/status(?:es)?/(?P<post>\d+)"),
        (
            "twitter",
            r"twimg\.com/(?:ext_tw_video|amplify_video|tweet_video)(?:_thumb)?/(?P<media>\d+)",
        ),
        ("douyin", r"(?:ies)?douyin\.com/(?:share/)?(?:video|note)/(?P<post>\d+)"),
        ("douyin", r"douyin\.com/.*[?&](?:modal_id|aweme_id|vid)=(?P<post>\d+)"),
        ("tiktok", r"tiktokv?\.com/(?P<account>@[\w.-]+)/(?:video|photo)/(?P<post>\d+)"),
        ("tiktok", r"tiktokv?\.com/(?:share/video|embed(?:/v2)?|v)/(?P<post>\d+)"),
        ("ixigua", r"ixigua\.com/(?:i|video/)?(?P<post>\d{15,})"),
        ("toutiao", r"toutiao\.com/(?:video/|[aiw])(?P<post>\d{15,})"),
        ("weibo", r"weibo\.(?:cn|com)/(?:status|detail|statuses)/(?P<post>\w+)"),
        ("weibo", r"weibo\.(?:cn|com)/(?P<account>\d+)/(?P<post>[A-Za-z0-9]{9})(?![A-Za-z0-9])"),
        ("instagram", r"instagram\.com/(?:[\w.]+/)?(?:p|tv|reels?)/(?P<post>[\w-]+)"),
        ("threads", r"threads\.(?:net|com)/(?P<account>@[\w.]+)/post/(?P<post>[\w-]+)"),
        ("bluesky", r"(?:bsky\.app|bsky\.dev)/profile/(?P<account>[^/]+)/post/(?P<post>\w+)"),
        ("bluesky", r"at://(?P<account>[^/]+)/app\.bsky\.feed\.post/(?P<post>\w+)"),
        (
            "truth",
            r"truthsocial\.com/(?:(?P<account>@\w+)/)?(?:posts|statuses)/(?P<post>\d+)",
        ),
        (
            "linkedin",
            r"linkedin\.com/.*?(?:activity|ugcPost|share)[:-](?P<post>\d{19})",
        ),
        ("linkedin", r"linkedin\.com/events/(?:[\w-]*?)(?P<post>\d{19})"),
        (
            "xiaohongshu",
            r"xiaohongshu\.com/(?:explore|discovery/item)/(?P<post>[0-9a-f]{24})",
        ),
        ("bilibili", r"bilibili\.com/video/(?P<post>(?:BV|av)\w+)"),
        ("youtube", r"youtube\.com/(?:watch\?(?:.*&)?v=|shorts/|embed/)(?P<post>[\w-]{11})"),
        ("youtube", r"youtu\.be/(?P<post>[\w-]{11})"),
        ("facebook", r"facebook\.com/.*?(?:videos/|reel/|[?&]v=)(?:[\w.]+/)?(?P<post>\d{8,})"),
    )
)

# An archive writes the moment of its capture into the address, in UTC, to the second.
_ARCHIVE = re.compile(
    r"^(?:https?:)?//(?P<host>web\.archive\.org|archive\.(?:today|ph|is|li|vn|md|fo))"
    r"/(?:web/)?(?P<moment>\d{14})(?:[a-z]{2}_)?/(?P<inner>.+)$"
)
_ARCHIVE_TODAY = re.compile(r"^archive\.(?:today|ph|is|li|vn|md|fo)$")


def read(url: str) -> Address:
    """Read platform, ids and captures out of an address.

    >>> read("https://www.douyin.com/user/x?modal_id=6961737553342991651").post_id
    '6961737553342991651'
    """
    text = unquote(url.strip())
    archived = _ARCHIVE.match(text)
    if archived:
        inner = read(archived["inner"])
        capture = _captured(archived["host"], archived["moment"], text)
        return replace(inner, captured=(*capture, *inner.captured))
    for platform, form in _FORMS:
        found = form.match(text)
        if found:
            groups = found.groupdict()
            return Address(
                platform=platform,
                post_id=groups.get("post") or "",
                media_id=groups.get("media") or "",
                account=(groups.get("account") or "").lstrip("@"),
            )
    return Address()


def archive_of(raw: str) -> str:
    """Return which archive a capture's raw value names: its host, one name for all mirrors.

    Of WACZ files it is not known who made them: however many there are, they are one hand.
    """
    if raw.startswith("wacz:"):
        return "wacz"
    found = _ARCHIVE.match(raw)
    if not found:
        return ""
    return "archive.today" if _ARCHIVE_TODAY.match(found["host"]) else found["host"]


def _captured(host: str, digits: str, raw: str) -> tuple[Instant, ...]:
    try:
        moment = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return ()  # fourteen digits that are no date: no capture is claimed
    # What was captured was there by then; since when, a capture does not tell.
    end = moment + timedelta(seconds=1)
    return (Instant(earliest=EPOCH, latest=end, source="archive", raw=raw),)
