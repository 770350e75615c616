"""An address as people share it -> the one that yt-dlp reads, with what it names.

The same clip has many addresses: of a share sheet, a note, a window over a page, a phone's site, a
shortener. yt-dlp reads Douyin under one form alone; and one download should not become two because
two people copied two addresses. Nothing is asked of any network here: a shortened address only
says so (:func:`shortened`), and :mod:`tracer.collect.network` asks where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

_WEIBO_OBJECT = r"(?P<post>\d+:(?:\d+|\w{32}))"


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its plain form; platform and post id where it names a post."""

    url: str
    platform: str = ""
    post_id: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a post's address: its hosts, its path, and how it is written plainly."""

    platform: str
    hosts: re.Pattern[str]
    path: re.Pattern[str]
    plain: str  # filled with the path's groups; {query} is what `keep` leaves of the query
    keep: tuple[str, ...] = ()


def _form(platform: str, hosts: str, path: str, plain: str, *keep: str) -> _Form:
    return _Form(
        platform,
        re.compile(rf"(?:[\w-]+\.)*(?:{hosts})", re.ASCII),
        re.compile(path, re.ASCII),
        plain,
        keep,
    )


# The first form that fits is taken. A path is matched from its start.
_FORMS = (
    _form(
        "douyin",
        r"(?:ies)?douyin\.com",
        r"/(?:share/)?(?:video|note|slides)/(?P<post>\d+)",
        "https://www.douyin.com/video/{post}",
    ),
    _form(
        "tiktok",
        r"tiktokv?\.com",
        r"/@(?P<who>[\w.-]*)/(?:video|photo)/(?P<post>\d+)",
        "https://www.tiktok.com/@{who}/video/{post}",
    ),
    _form(
        "tiktok",
        r"tiktokv?\.com",
        r"/(?:share/video/|embed/(?:v\d/)?|v/|i18n/share/video/)(?P<post>\d+)",
        "https://www.tiktok.com/@/video/{post}",
    ),
    _form(
        "twitter",
        r"(?:twitter|x|fxtwitter|vxtwitter|fixupx|fixvx)\.com",
        r"/i/(?:web/|videos/tweet/)?(?:status/)?(?P<post>\d+)(?P<part>/video/\d+)?",
        "https://twitter.com/i/web/status/{post}{part}",
    ),
    _form(
        "twitter",
        r"(?:twitter|x|fxtwitter|vxtwitter|fixupx|fixvx)\.com",
        r"/(?P<who>\w+)/status(?:es)?/(?P<post>\d+)(?P<part>/video/\d+)?",
        "https://twitter.com/{who}/status/{post}{part}",
    ),
    _form(
        "youtube",
        r"youtu\.be",
        r"/(?P<post>[\w-]{11})(?![\w-])",
        "https://www.youtube.com/watch?v={post}",
    ),
    _form(
        "youtube",
        r"youtube(?:-nocookie)?\.com",
        r"/(?:shorts|live|embed|v|e)/(?P<post>[\w-]{11})(?![\w-])",
        "https://www.youtube.com/watch?v={post}",
    ),
    _form(
        "weibo",
        r"weibo\.(?:cn|com)",
        r"/(?:status|detail|statuses)/(?P<post>\w+)",
        "https://m.weibo.cn/status/{post}",
    ),
    _form(
        "weibo",
        r"weibo\.com",
        rf"/tv/(?:show|v)/{_WEIBO_OBJECT}",
        "https://weibo.com/tv/show/{post}",
    ),
    _form(
        "weibo",
        r"m\.weibo\.cn",
        r"/(?:\d+)/(?P<post>\w+)",
        "https://m.weibo.cn/status/{post}",
    ),
    _form(
        "weibo",
        r"weibo\.com",
        r"/(?P<who>\d+)/(?P<post>[A-Za-z0-9]{9,16})(?![A-Za-z0-9])",
        "https://weibo.com/{who}/{post}",
    ),
    _form(
        "bilibili",
        r"(?:bilibili\.com|b23\.tv)",
        r"/(?:s/)?(?:video/)?(?P<post>(?:BV|bv)\w{10}|(?:av|AV)\d+)",
        "https://www.bilibili.com/video/{post}{query}",
        "p",
    ),
    _form(
        "ixigua",
        r"ixigua\.com",
        r"/(?:i|video/)?(?P<post>\d{15,})",
        "https://www.ixigua.com/{post}?",  # yt-dlp's pattern asks for something after the id
    ),
    _form(
        "toutiao",
        r"toutiao\.com",
        r"/(?:video/|[aiw]|group/|article/)(?P<post>\d{15,})",
        "https://www.toutiao.com/video/{post}/",
    ),
    _form(
        "instagram",
        r"instagram\.com",
        r"/(?:[\w.]+/)?(?:p|tv|reels?)/(?P<post>[\w-]+)",
        "https://www.instagram.com/p/{post}/",
    ),
    _form(
        "telegram",
        r"(?:t|telegram)\.me",
        r"/(?:s/)?(?P<who>[A-Za-z]\w+)/(?P<post>\d+)",
        "https://t.me/{who}/{post}",
    ),
    _form(
        "xiaohongshu",
        r"xiaohongshu\.com",
        r"/(?:explore|discovery/item)/(?P<post>[0-9a-f]{24})",
        "https://www.xiaohongshu.com/explore/{post}{query}",
        "xsec_token",  # without it the site shows nothing
        "xsec_source",
    ),
    _form(
        "facebook",
        r"(?:facebook|fb)\.com",
        r"/reel/(?P<post>\d+)",
        "https://www.facebook.com/reel/{post}",
    ),
)

# The post's id stands in the query: hosts, names of the field, what it must be, the plain form.
_IN_QUERY: tuple[tuple[str, re.Pattern[str], tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        "douyin",
        re.compile(r"(?:[\w-]+\.)*(?:ies)?douyin\.com"),
        ("modal_id", "aweme_id", "vid", "item_id"),
        re.compile(r"[0-9]{15,20}"),
        "https://www.douyin.com/video/{post}",
    ),
    (
        "youtube",
        re.compile(r"(?:[\w-]+\.)*youtube\.com"),
        ("v",),
        re.compile(r"[\w-]{11}"),
        "https://www.youtube.com/watch?v={post}",
    ),
    (
        "weibo",
        re.compile(r"video\.weibo\.com"),
        ("fid",),
        re.compile(_WEIBO_OBJECT),
        "https://weibo.com/tv/show/{post}",
    ),
    (
        "facebook",
        re.compile(r"(?:[\w-]+\.)*facebook\.com"),
        ("v",),
        re.compile(r"\d{8,}"),
        "https://www.facebook.com/watch/?v={post}",
    ),
)

# Pages that only lead on to the address that stands in their query.
_LEADS_ON: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"l\.instagram\.com"), "/", ("u",)),
    (re.compile(r"www\.youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"www\.google\.[a-z.]+"), "/url", ("url", "q")),
    (re.compile(r"weibo\.cn"), "/sinaurl", ("u", "toasturl")),
)
_DEEPEST = 3  # pages that lead on to one another

# Paths of big sites that are shorteners as well.
_SHORT_PATHS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"(?:www\.)?tiktok\.com"), re.compile(r"/t/\w+")),
    (re.compile(r"(?:www\.|m\.)?facebook\.com"), re.compile(r"/share/(?:[vrp]/)?\w+")),
    (re.compile(r"(?:www\.)?instagram\.com"), re.compile(r"/share/(?:\w+/)?\w+")),
    (re.compile(r"m\.toutiao\.com"), re.compile(r"/is/\w+")),
)


def canonical(url: str) -> Address:
    """Return an address in its plain form; one that is not known stays as it is.

    >>> canonical("https://www.iesdouyin.com/share/video/6961737553342991651/?region=CN").url
    'https://www.douyin.com/video/6961737553342991651'
    """
    address = url.strip()
    for _ in range(_DEEPEST):
        inner = _led_on(address)
        if not inner:
            break
        address = inner
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").casefold()
    except ValueError:  # a bracket without its fellow
        return Address(address)
    if parts.scheme not in ("http", "https"):
        return Address(address)
    return _by_query(host, parts.query) or _by_path(host, parts.path, parts.query, address)


def shortened(url: str, hosts: Iterable[str]) -> bool:
    """Return whether only its server knows where an address leads.

    >>> shortened("https://v.douyin.com/J8abcDE/", ["v.douyin.com"])
    True
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").casefold()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or canonical(url).post_id:
        return False
    if host in {one.casefold() for one in hosts}:
        return parts.path not in ("", "/")
    return any(
        known.fullmatch(host) and path.match(parts.path) is not None for known, path in _SHORT_PATHS
    )


def _by_query(host: str, query: str) -> Address | None:
    asked = parse_qs(query)
    for platform, hosts, names, value, plain in _IN_QUERY:
        if not hosts.fullmatch(host):
            continue
        for name in names:
            for given in asked.get(name, ()):
                if value.fullmatch(given):
                    return Address(plain.format(post=given), platform, given)
    return None


def _by_path(host: str, path: str, query: str, whole: str) -> Address:
    for form in _FORMS:
        found = form.path.match(unquote(path)) if form.hosts.fullmatch(host) else None
        if found is None:
            continue
        groups = {name: value or "" for name, value in found.groupdict().items()}
        kept = [(name, value[0]) for name, value in parse_qs(query).items() if name in form.keep]
        more = "?" + urlencode(kept) if kept else ""
        return Address(form.plain.format(query=more, **groups), form.platform, groups["post"])
    return Address(whole)


def _led_on(url: str) -> str:
    """Return the address that a page only leads on to, "" where it is no such page."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return ""
    for hosts, path, names in _LEADS_ON:
        if hosts.fullmatch(host) and parts.path == path:
            asked = parse_qs(parts.query)
            found = next((asked[name][0] for name in names if name in asked), "")
            return found if found.startswith(("http://", "https://")) else ""
    return ""


Follow = Callable[[str], str]
"""Asks an address's server where it leads; "" where it leads nowhere else."""


def resolved(url: str, hosts: Iterable[str], follow: Follow, most: int = 5) -> Address:
    """Return the plain form of an address, shortened ones followed hop by hop.

    It stops as soon as a hop names a post: the post's own page is not asked for here.
    """
    known = tuple(hosts)
    address = canonical(url)
    for _ in range(most):
        if address.post_id or not shortened(address.url, known):
            break
        onward = follow(address.url)
        if not onward:
            break
        address = canonical(onward)
    return address
