"""An address -> media files with yt-dlp's metadata beside them. yt-dlp lives here.

The profile is safe: only known sites (or, asked for, any), no configuration, plugin, cache, netrc
or program of the user's machine, no ``file:`` addresses, and the bytes as they were served: one
file, never merged, remuxed or touched.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from tracer.errors import ExternalError, SourceError
from tracer.settings import DEFAULT, Settings

MEDIA_ENDING = ".media"  # the folder beside the index that downloads lie in

# The platforms that investigators meet; yt-dlp knows many more (`any_site`).
SITES = (
    "twitter.*",
    "youtube.*",
    "douyin",
    "tiktok.*",
    "vm.tiktok",
    "facebook.*",
    "bilibili.*",
    "weibo.*",
    "ixigua",
    "toutiao",
    "cctv",
    "cgtn",
    "instagram.*",
    "telegram.*",
    "xiaohongshu",
)

_NETWORK = (
    r"timed? out|refused|resolve|unreachable|connection|network|HTTP Error 5\d\d|remote end"
    r"|incompleteread|bytes read"
)
_REASONS = (
    (r"unsupported url|is not a valid url", "no video that yt-dlp knows how to find"),
    (r"no suitable extractor", "not one of the known platforms; --any-site widens the search"),
    (_NETWORK, "the network or the server failed; try again later"),
    (r"private video|is private|protected", "the post is private"),
    (r"cookies|login|log in|sign in|authenticat", "the platform asks for a browser's cookies"),
    (r"geo.?restrict|not available (in|from) your", "blocked in this region"),
    (
        r"HTTP Error (404|410)|removed|deleted|no longer|(video|post) .*unavailable|suspended",
        "the post is gone",
    ),
    (r"unable to extract|keyerror", "yt-dlp no longer reads this site; update it"),
)


def media_folder(index: Path) -> Path:
    """Return the folder that an index's downloads lie in."""
    return index.with_name(index.name + MEDIA_ENDING)


def fetch(
    url: str, index: Path, settings: Settings = DEFAULT, any_site: bool = False
) -> tuple[str, ...]:
    """Download an address into the index's media folder and return the files, absolute.

    Each file has yt-dlp's ``.info.json`` beside it. Raises :class:`SourceError` with one line
    where the address leads to nothing that could be downloaded.
    """
    os.environ["YTDLP_NO_PLUGINS"] = "1"  # packages anywhere on the path would load themselves
    import yt_dlp

    from tracer.collect import pomegranate  # it is one of yt-dlp's extractors

    heard = _Listener()
    try:
        with yt_dlp.YoutubeDL(_profile(url, index, settings, any_site, heard)) as downloader:
            pomegranate.register(downloader, settings.collect.share_hosts)
            info = downloader.extract_info(url, download=True)
            found = tuple(_files(downloader, info))
    except yt_dlp.utils.YoutubeDLError as error:
        raise _translation(url, str(error)) from error
    except OSError as error:
        raise ExternalError(f"{url}: can't be stored ({error.strerror})") from error
    if not found:
        raise _translation(url, heard.last or "nothing to download was found there")
    return found


def _profile(
    url: str, index: Path, settings: Settings, any_site: bool, heard: _Listener
) -> dict[str, Any]:
    mine = settings.collect
    return {
        "allowed_extractors": ["default"] if any_site else list(SITES),
        "enable_file_urls": False,
        "nocheckcertificate": False,
        "cachedir": False,
        "usenetrc": False,
        "external_downloader": None,
        "fixup": "never",
        "updatetime": False,
        "overwrites": False,
        "format": f"b[height<={mine.max_height}]/b/bv*[height<={mine.max_height}]/bv*",
        # A folder for each address: sites without an extractor give many files the same id.
        "paths": {"home": str(media_folder(index).absolute() / _digest(url))},
        "outtmpl": {"default": "%(extractor_key)s-%(id).80B.%(ext)s"},
        "restrictfilenames": True,
        "writeinfojson": True,
        "clean_infojson": True,
        "allow_playlist_files": False,
        "ignoreerrors": "only_download",
        "socket_timeout": mine.network_timeout,
        "retries": mine.network_retries,
        "extractor_retries": mine.network_retries,
        "quiet": True,
        "noprogress": True,
        "no_color": True,
        "logger": heard,
    }


class _Listener:
    """Keeps what yt-dlp has to say: the last error explains why nothing came of it."""

    def __init__(self) -> None:
        self.last = ""

    def debug(self, message: str) -> None:
        pass

    info = warning = debug

    def error(self, message: str) -> None:
        self.last = _plain(message)


def _files(downloader: Any, info: Any) -> list[str]:
    """Return the files of a video or of each entry of a playlist."""
    if not isinstance(info, dict):
        return []
    if "entries" in info:
        return [path for entry in info["entries"] or () for path in _files(downloader, entry)]
    stored = [one["filepath"] for one in info.get("requested_downloads") or () if "filepath" in one]
    return [str(Path(path).absolute()) for path in stored if Path(path).is_file()]


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode(errors="replace")).hexdigest()[:16]


def _translation(url: str, words: str) -> SourceError:
    message = _plain(words)
    for pattern, reason in _REASONS:
        if re.search(pattern, message, re.IGNORECASE):
            return SourceError(f"{url}: {reason} ({message})")
    return SourceError(f"{url}: {message}")


def _plain(message: str) -> str:
    """Return yt-dlp's message in one line, without its advice on reporting bugs."""
    line = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", message).split())
    line = line.removeprefix("ERROR: ").partition("; please report this issue")[0]
    return line.partition(" (caused by")[0]
