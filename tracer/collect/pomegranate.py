"""Pomegranate Cloud (石榴云) and its paper's sites: an extractor of our own for their share pages.

No page of the app itself is known for certain, so it goes by what pages commonly say, surest first:
JSON-LD, Open Graph, the page's ``<video>``, addresses of films in its scripts. Times are Beijing's;
the server's Last-Modified is never asked. Hosts are given, since the app's own is not known.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import ExtractorError, clean_html

from tracer.collect.chinese_time import beijing

_SCRIPT = re.compile(
    r"<script[^>]+type=[\"']?application/ld\+json[\"']?[^>]*>(.*?)</script>", re.DOTALL | re.I
)
_INLINE = re.compile(r"https?:\\?/\\?/[^\"'<>\s]+?\.(?:mp4|m3u8)(?:\?[^\"'<>\s]*)?", re.IGNORECASE)
_DATED = re.compile(
    r"(?:publishTime|publish_time|pubtime|article:published_time|PubDate)\W{1,12}(?:content=\W)?"
    r"(?P<time>[12][^\"'<>]{7,30})",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"20\d\d\s*[年-]\s*\d{1,2}\s*[月-]\s*\d{1,2}\s*日?\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?"
)
_SOURCE = re.compile(r"来源\s*[:：]\s*(?:<[^>]+>\s*)*([^\s<|]{2,40})")
_BARE_IN_PATH = re.compile(r"/t(20\d{6})_\d+")
_ID = re.compile(r"(\d+)(?=[^\d/]*$)")


class PomegranateIE(InfoExtractor):  # type: ignore[misc]
    """Reads share pages on a list of hosts; yt-dlp calls it."""

    IE_NAME = "pomegranate"
    IE_DESC = "石榴云 Pomegranate Cloud, 新疆日报 and 天山网"
    _VALID_URL = r"(?!)"  # hosts are given to each instance
    _HOSTS: tuple[str, ...] = ()

    @classmethod
    def suitable(cls, url: str) -> bool:
        """Return whether an address lies on one of the hosts."""
        return on_one_of(url, cls._HOSTS)

    @classmethod
    def ie_key(cls) -> str:
        """Return the name that yt-dlp files this extractor under."""
        return "Pomegranate"

    def _real_extract(self, url: str) -> dict[str, Any]:
        number = page_id(url)
        page = self._download_webpage(url, number)
        told = next(_films(page), {})
        meta = partial(self._html_search_meta, html=page)
        media = told.get("contentUrl") or meta(("og:video:secure_url", "og:video:url", "og:video"))
        formats = self._formats(urljoin(url, media), number) if media else self._on_page(url, page)
        if not formats:
            raise ExtractorError("no film was found on this page", expected=True, video_id=number)
        author = told.get("author") or told.get("publisher")
        name = author.get("name") if isinstance(author, Mapping) else author
        title = told.get("name") or meta("og:title") or self._html_extract_title(page, default="")
        when = _time(
            [told.get("uploadDate"), told.get("datePublished"), meta("article:published_time")],
            page,
            url,
        )
        source = _SOURCE.search(page)
        return {
            "id": number,
            "title": clean_html(title) or number,
            "description": clean_html(told.get("description") or meta("og:description")),
            "uploader": clean_html(name or meta("author")) or (source[1] if source else None),
            "formats": formats,
            **when,
        }

    def _formats(self, media: str, number: str) -> list[dict[str, Any]]:
        if urlsplit(media).scheme not in ("http", "https"):
            return []
        if urlsplit(media).path.lower().endswith(".m3u8"):
            found: list[dict[str, Any]] = self._extract_m3u8_formats(media, number, "mp4")
            return found
        return [{"url": media, "ext": "mp4"}]

    def _on_page(self, url: str, page: str) -> list[dict[str, Any]]:
        for entry in self._parse_html5_media_entries(url, page, page_id(url)):
            formats: list[dict[str, Any]] = entry.get("formats") or []
            films = [
                one
                for one in formats
                if one.get("vcodec") != "none" and urlsplit(one["url"]).scheme in ("http", "https")
            ]
            if films:
                return films
        inline = _INLINE.search(page)
        media = html.unescape(inline[0].replace("\\/", "/")) if inline else ""
        return self._formats(media, page_id(url)) if media else []


def register(downloader: Any, hosts: Iterable[str]) -> None:
    """Put the extractor for these hosts before those of yt-dlp; plugins stay off."""
    mine = type("PomegranateIE", (PomegranateIE,), {"_HOSTS": tuple(hosts)})
    known = dict(downloader._ies)
    downloader._ies.clear()
    downloader.add_info_extractor(mine())
    downloader._ies.update(known)


def on_one_of(url: str, hosts: Iterable[str]) -> bool:
    """Return whether an address lies on one of these hosts; ``*.`` takes those below it as well.

    >>> on_one_of("https://www.ts.cn/a", ["*.ts.cn"]), on_one_of("https://ats.cn/", ["*.ts.cn"])
    (True, False)
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").casefold()
    if parts.scheme not in ("http", "https") or not host:
        return False
    for named in hosts:
        plain = named.casefold().removeprefix("*.")
        if host == plain or (named.startswith("*.") and host.endswith(f".{plain}")):
            return True
    return False


def page_id(url: str) -> str:
    """Return a page's id: ``fileID`` or ``aid`` where it is asked for, else its last number."""
    parts = urlsplit(url)
    asked = {name.casefold(): value[0] for name, value in parse_qs(parts.query).items()}
    number = asked.get("fileid") or asked.get("aid")
    found = _ID.search(parts.path)
    return number or (found[1] if found else parts.path.strip("/").replace("/", "-") or "page")


def _films(page: str) -> Iterator[dict[str, Any]]:
    """Yield the VideoObjects of a page's JSON-LD, however deep."""
    for script in _SCRIPT.finditer(page):
        try:
            waiting = [json.loads(script[1].strip())]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                kinds = value.get("@type")
                if "VideoObject" in (kinds if isinstance(kinds, list) else [kinds]):
                    yield value
                waiting += [one for one in value.values() if isinstance(one, dict | list)]


def _time(stated: list[Any], page: str, url: str) -> dict[str, Any]:
    """Return what yt-dlp calls a time: a timestamp, or the day alone where no more is said."""
    dated, shown = _DATED.search(page), _SHOWN.search(page)
    in_path = _BARE_IN_PATH.search(urlsplit(url).path)
    day = in_path[1] if in_path else ""
    written = [
        *stated,
        dated["time"] if dated else None,
        shown[0] if shown else None,
        f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else None,
    ]
    days = []
    for text in written:
        try:
            moment = beijing(str(text), "page") if text else None
        except ValueError:
            continue
        if moment is None:
            continue
        if (moment.latest - moment.earliest).total_seconds() <= 60:
            return {"timestamp": int(moment.earliest.timestamp())}
        days.append(re.sub(r"\D", "", f"{moment.latest:%Y%m%d}"))
    return {"upload_date": days[0]} if days else {}
