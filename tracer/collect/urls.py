"""An address -> media files with yt-dlp's metadata beside them. yt-dlp lives here.

The profile is safe: only known sites (or, asked for, any), no configuration, plugin, cache, netrc
or program of the user's machine, nothing but the web, and the bytes as they were served: never
merged, remuxed or touched. Where a site serves the best picture without its sound, the best file
that has both comes as well, each as it is.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.collect import addresses, sidecars
from tracer.errors import ExternalError, SourceError, UsageError
from tracer.model import Post, Unchecked
from tracer.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from tracer.collect.failures import Failure
    from tracer.collect.network import Guard

MEDIA_ENDING = ".media"  # the folder beside the index that downloads lie in
STAGE = "download"
_DONE = "downloaded.txt"  # of an address's folder: yt-dlp's name of a video and its files, by tabs
_UNFINISHED = frozenset((".part", ".ytdl", ".temp", ".json", ".txt"))

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

# What yt-dlp fetches itself; all else it would leave to ffmpeg, rtmpdump or a player.
_PROTOCOLS = frozenset(("http", "https", "m3u8", "m3u8_native", "http_dash_segments"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user says beside the address."""

    any_site: bool = False
    max_height: int | None = None  # pixels of the shorter side; None = the best there is
    cookies: Path | None = None  # Netscape's cookies.txt; it is read and never written
    browser: str = ""  # NAME or NAME:PROFILE, whose cookies are read
    limit_rate: float | None = None  # bytes a second
    sleep: float = 0.0  # seconds before each request and each download
    share_hosts: tuple[str, ...] = ()  # further hosts of Pomegranate Cloud's share pages
    allow_hosts: tuple[str, ...] = ()  # servers that are not public and may be asked all the same

    def told(self) -> dict[str, Any]:
        """Return what differs from the defaults, in JSON's terms."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
            if value != getattr(Wanted(), name)
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Wanted:
        """Return what :meth:`told` has told; other names are left aside."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in told.items() if name in known}
        for name in ("share_hosts", "allow_hosts"):
            values[name] = tuple(values.get(name, ()))
        if values.get("cookies"):
            values["cookies"] = Path(values["cookies"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far a download has come."""

    name: str
    done: int  # bytes
    total: int | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address led to."""

    url: str  # in its plain form
    files: tuple[str, ...] = ()  # absolute, sorted
    posts: tuple[Post, ...] = ()  # known by their metadata alone: their media did not come
    failed: tuple[Unchecked, ...] = ()  # the address, or single entries of a list


def media_folder(index: Path) -> Path:
    """Return the folder that an index's downloads lie in."""
    return index.with_name(index.name + MEDIA_ENDING)


def file_of(
    url: str, index: Path, settings: Settings = DEFAULT, wanted: Wanted | None = None
) -> str:
    """Download an address into the index's media folder and return its (first) file.

    Raises :class:`SourceError` with one line where it leads to nothing that could be downloaded.
    """
    fetched = fetch(url, index, settings, wanted)
    if fetched.files:
        return fetched.files[0]
    raise SourceError(f"{url}: {fetched.failed[0].reason}")


def fetch(
    url: str,
    index: Path,
    settings: Settings = DEFAULT,
    wanted: Wanted | None = None,
    on_progress: Callable[[Arrived], None] = lambda arrived: None,
) -> Fetched:
    """Download what an address leads to: a video, or each one of a list or channel.

    Each file has yt-dlp's ``.info.json`` beside it. What came before is not fetched again; what
    was broken off goes on where it ended. Without any file, ``failed`` is never empty. Raises
    :class:`UsageError` for cookies that can't be read and :class:`ExternalError` for a full disk.
    """
    os.environ["YTDLP_NO_PLUGINS"] = "1"  # packages anywhere on the path would load themselves
    from tracer.collect import failures, network

    asked = wanted or Wanted()
    mine = settings.collect
    guard = network.Guard.of([url], asked.allow_hosts)
    follow = network.follower(guard, mine.network_timeout)
    try:
        address = addresses.resolved(url, mine.short_hosts, follow)
    except OSError as error:
        broken = failures.failure(url, f"the shortened address can't be followed ({error})", error)
        return Fetched(url, failed=(Unchecked(url, STAGE, broken.reason),))
    folder = media_folder(index).absolute() / _digest(address.url)
    done = _Done(folder)
    try:
        found = _run(address.url, folder, settings, asked, guard, done, on_progress)
    except OSError as error:
        raise ExternalError(f"{url}: can't be stored ({error.strerror})") from error
    files = done.files()
    if not files and not found:
        found = [failures.failure(address.url, "no video was found there")]
    bare = _bare(folder, settings)
    if not files and not bare and address.post_id:
        bare = (Post(address.platform, address.url, address.post_id, origin="url"),)
    # The user knows the address as it was given.
    failed = tuple(
        Unchecked(url if one.url in ("", address.url) else one.url, STAGE, one.reason)
        for one in found
    )
    return Fetched(address.url, files, bare, failed)


def _run(
    url: str,
    folder: Path,
    settings: Settings,
    wanted: Wanted,
    guard: Guard,
    done: _Done,
    on_progress: Callable[[Arrived], None],
) -> list[Failure]:
    """Let yt-dlp download and return what failed."""
    from yt_dlp.cookies import CookieLoadError
    from yt_dlp.postprocessor.ffmpeg import FFmpegPostProcessor
    from yt_dlp.utils import YoutubeDLError

    from tracer.collect import failures, pomegranate  # it is one of yt-dlp's extractors
    from tracer.collect.downloader import Downloader

    profile = _profile(folder, settings, wanted, done, on_progress)
    profile |= _cookies(wanted)
    # ffmpeg would fetch by itself, past the guard: neither the profile's nor the path's is found.
    nowhere = FFmpegPostProcessor._ffmpeg_location.set(profile["ffmpeg_location"])
    try:
        page_bytes = settings.collect.page_bytes
        with Downloader(profile, guard, page_bytes, done.record) as downloader:
            hosts = (*settings.collect.share_hosts, *wanted.share_hosts)
            pomegranate.register(downloader, hosts)
            try:
                downloader.extract_info(url, download=True)
            except CookieLoadError as error:
                said = failures.plain(str(error.__context__ or error))
                raise UsageError(f"the cookies can't be read: {said}") from error
            except YoutubeDLError as error:
                downloader.troubles.append((url, str(error), error))
            each = {one.url: one for one in map(failures.failure_of, downloader.troubles)}
            return list(each.values())
    finally:
        FFmpegPostProcessor._ffmpeg_location.reset(nowhere)


def _profile(
    folder: Path,
    settings: Settings,
    wanted: Wanted,
    done: _Done,
    on_progress: Callable[[Arrived], None],
) -> dict[str, Any]:
    mine = settings.collect
    pause = {
        "sleep_interval": wanted.sleep,
        "max_sleep_interval": wanted.sleep,
        "sleep_interval_requests": wanted.sleep,
    }

    def wait(n: int) -> float:
        return min(mine.network_backoff * 2.0**n, mine.network_longest_wait)

    return {
        "allowed_extractors": ["default"] if wanted.any_site else list(SITES),
        "enable_file_urls": False,
        "nocheckcertificate": False,
        "cachedir": False,
        "usenetrc": False,
        "external_downloader": "native",
        "hls_prefer_native": True,
        "ffmpeg_location": str(folder / "no-ffmpeg"),
        "fixup": "never",
        "updatetime": False,
        "overwrites": False,
        "format": functools.partial(_formats, wanted.max_height),
        # A folder for each address: sites without an extractor give many files the same id.
        "paths": {"home": str(folder)},
        "outtmpl": {"default": "%(extractor_key)s-%(id).80B%(format_id&.f{}|)s.%(ext)s"},
        "restrictfilenames": True,
        "writeinfojson": True,
        "clean_infojson": True,
        "allow_playlist_files": False,
        "ignoreerrors": "only_download",
        "ignore_no_formats_error": True,  # what is known of a dead post is kept
        "download_archive": done.known(),
        "post_hooks": [done.arrived],
        "progress_hooks": [functools.partial(_progress, on_progress, mine.download_bytes)],
        "socket_timeout": mine.network_timeout,
        "retries": mine.network_retries,
        "fragment_retries": mine.network_retries,
        "skip_unavailable_fragments": False,  # a film with holes is not what was served
        "extractor_retries": mine.network_retries,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), wait),
        "ratelimit": wanted.limit_rate,
        **(pause if wanted.sleep else {}),
        "quiet": True,
        "noprogress": True,
        "no_color": True,
        "logger": _Silent(),
    }


def _formats(most: int | None, found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the best picture and, where it comes without its sound, the best that has both.

    None is ever merged with another: each is kept as it was served. Where every picture is larger
    than it may be, the smallest is taken. yt-dlp lists formats from the worst to the best.
    """
    pictures = [
        one
        for one in found["formats"]
        if one.get("protocol") in _PROTOCOLS and one.get("vcodec") != "none"
    ]
    if most is not None:
        small = [one for one in pictures if _shorter_side(one) <= most]
        pictures = small or pictures[:1]
    if not pictures:
        return
    yield pictures[-1]
    if pictures[-1].get("acodec") == "none":
        yield from [one for one in pictures if one.get("acodec") != "none"][-1:]


def _shorter_side(found: Mapping[str, Any]) -> int:
    return min(found.get("height") or 0, found.get("width") or found.get("height") or 0)


def _cookies(wanted: Wanted) -> dict[str, Any]:
    """Return where yt-dlp finds cookies."""
    found: dict[str, Any] = {}
    if wanted.cookies is not None:
        try:
            wanted.cookies.open("rb").close()
        except OSError as error:
            raise UsageError(
                f"{wanted.cookies}: the cookies can't be read ({error.strerror})"
            ) from error
        found["cookiefile"] = str(wanted.cookies)
    if wanted.browser:
        name, _, profile = wanted.browser.partition(":")
        found["cookiesfrombrowser"] = (name.casefold(), profile or None, None, None)
    return found


class _Silent:
    """Takes what yt-dlp has to say; its errors are kept by the downloader."""

    def debug(self, message: str) -> None:
        pass

    info = warning = error = debug


class _Done:
    """The videos of one address that have come, written down as each one does.

    yt-dlp skips what is written here, unless a file of it is no longer there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / _DONE
        self._arrived: list[str] = []  # names of the files of the video that is under way

    def known(self) -> set[str]:
        """Return yt-dlp's names of the videos whose files are all there."""
        try:
            lines = self._list.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return set()
        each = [line.split("\t") for line in lines]
        return {
            name
            for name, *files in each
            if files and all((self._folder / one).is_file() for one in files)
        }

    def arrived(self, path: str) -> None:
        """Note a file that is whole."""
        self._arrived.append(Path(path).name)

    def record(self, name: str) -> None:
        """Write down a video with the files that came of it."""
        if self._arrived:
            with self._list.open("a", encoding="utf-8") as file:
                file.write("\t".join([name, *self._arrived]) + "\n")
        self._arrived = []

    def files(self) -> tuple[str, ...]:
        """Return every file that is whole, sorted; what is not whole has another name."""
        return tuple(
            str(path.with_name(name))
            for path, name in sorted(
                (info, name) for info in _infos(self._folder) for name in _media(info)
            )
        )


def _infos(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.info.json")) if folder.is_dir() else []


def _media(info: Path) -> list[str]:
    """Return the names of the files that an info JSON is about."""
    stem = info.name.removesuffix(".info.json")
    return [
        one.name
        for one in info.parent.glob(glob.escape(stem) + ".*")
        if one.stem == stem and one.suffix not in _UNFINISHED and one.is_file()
    ]


def _bare(folder: Path, settings: Settings) -> tuple[Post, ...]:
    """Return the posts of which only the metadata came."""
    infos = _infos(folder)
    there = {_post_part(info) for info in infos if _media(info)}
    posts: list[Post] = []
    for info in infos:
        if _post_part(info) in there:
            continue
        there.add(_post_part(info))
        with contextlib.suppress(SourceError):  # an info JSON that tells of a list, or of nothing
            posts += sidecars.read(info, settings)
    return tuple(posts)


def _post_part(info: Path) -> str:
    """Return the part of a name that is the same for all formats of one video."""
    return info.name.removesuffix(".info.json").rpartition(".f")[0] or info.name


def _progress(tell: Callable[[Arrived], None], most: int, status: dict[str, Any]) -> None:
    from tracer.collect.network import RefusedError

    done = int(status.get("downloaded_bytes") or 0)
    if done > most:
        raise RefusedError(f"is larger than {most} bytes: broken off; raise collect.download_bytes")
    total = status.get("total_bytes") or status.get("total_bytes_estimate")
    if status.get("status") == "downloading":
        tell(Arrived(Path(str(status.get("filename"))).name, done, int(total) if total else None))


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode(errors="replace")).hexdigest()[:16]
