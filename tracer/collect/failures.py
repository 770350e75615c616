"""Why a download brought nothing -> which of a few things it is, and what to do about it.

What yt-dlp raises is asked first, then the server's status, then its extractors' own words, which
are the platforms' or yt-dlp's own (read in yt-dlp 2026.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from yt_dlp.cookies import CookieLoadError
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import (
    ContentTooShortError,
    ExtractorError,
    GeoRestrictedError,
    RegexNotFoundError,
    UnsupportedError,
)  # fmt: skip

from tracer.collect import network
from tracer.errors import SourceError

Kind = Literal[
    "gone", "private", "needs cookies", "blocked by region", "network", "extractor broken",
    "unknown site", "no video", "refused",
]  # fmt: skip

_ADVICE: dict[Kind, str] = {
    "gone": "look for a copy in a web archive; what is known of the post is kept",
    "private": "only an account that may see it can fetch it: --cookies FILE",
    "needs cookies": "log in with a browser and give its cookies: --cookies-from-browser NAME"
    " or --cookies FILE",
    "blocked by region": "fetch it from a network of another country",
    "network": "the network or the server failed: try again later, with --sleep where it was asked"
    " too often",
    "extractor broken": "yt-dlp no longer reads this site: update it (pip install -U yt-dlp)",
    "unknown site": "not one of the known platforms: --any-site widens the search",
    "no video": "yt-dlp found no video there",
    "refused": "",  # said already
}

NO_FORMATS = "No video formats found"
"""How yt-dlp ends where an extractor has only warned of the reason."""

# The first kind of which a pattern fits is the one.
_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("unknown site", (r"no suitable extractor",)),
    (
        "no video",
        (
            r"unsupported url|is not a valid url|no video (could be|was) found|no video formats",
            r"no media found|no film was found|is not a video|there'?s no video",
            r"does not have any video",
        ),
    ),
    (
        "blocked by region",
        (
            r"geo.?(restrict|block)|not (made (this video )?)?available (in|from) your",
            r"IP address is blocked|in your (country|region)",
        ),
    ),
    (
        "private",
        (
            r"private|protected (tweet|account|post)|not authorized to view|members-only",
            r"do(es)? not have permission|supporter.only|available to this channel's members",
        ),
    ),
    (
        "network",
        (r"exceeded the rate limit|blocked by server|rejected by server|too many requests",),
    ),
    (
        "needs cookies",
        (
            r"cookies|log.?in|sign in|authenticat|registered users|age.?(restrict|verif)",
            r"premium members",
        ),
    ),
    (
        "gone",
        (
            r"removed|deleted|no longer|does ?n[o']t exist|not found|terminated|suspended",
            r"(video|post|tweet|content|account|status).{0,40}(un|not )available|unavailable",
            r"不存在|已删除|已被删除|不见了|status code 10204",
        ),
    ),
    (
        "network",
        (
            r"getaddrinfo|urlopen error|resol(ve|ution)",
            r"timed? out|refused|unreachable|connection|network|remote end",
            r"incompleteread|bytes read|unable to download video data|fragment|content too short",
            r"did not get any data|got error: |bytes, expected",
        ),
    ),
    (
        "extractor broken",
        (r"unable to (extract|parse|solve)|keyerror|typeerror|cannot parse|failed to parse",),
    ),
)

_STATUS: dict[int, Kind] = {
    401: "needs cookies",
    403: "needs cookies",
    404: "gone",
    408: "network",
    410: "gone",
    412: "network",  # Bilibili's answer to who asks too often
    425: "network",
    429: "network",
    451: "blocked by region",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What came of an address or of one entry of a list: nothing, and why."""

    url: str
    kind: Kind
    said: str  # yt-dlp's or the server's own words, one line

    @property
    def reason(self) -> str:
        """Return why and what to do, without the address."""
        advice = _ADVICE[self.kind]
        return f"{self.kind}: {self.said}{'; ' if advice else ''}{advice}"

    def error(self) -> SourceError:
        """Return the one line that a user is told."""
        return SourceError(f"{self.url}: {self.reason}")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as yt-dlp reports it: an entry's address, its words, and what it had caught."""

    url: str
    words: str
    error: BaseException | None


def tells(words: str) -> bool:
    """Return whether words say what became of a post."""
    return _by_words(plain(words)) in ("gone", "private", "needs cookies", "blocked by region")


def failure_of(trouble: Trouble) -> Failure:
    """Return what kind of failure a trouble is."""
    return failure(trouble.url, trouble.words, trouble.error)


def failure(url: str, words: str, error: BaseException | None = None) -> Failure:
    """Return which kind of failure this is; ``words`` are yt-dlp's, ``error`` what it caught."""
    said = plain(words)
    refusal = network.refusal(error)
    if refusal:
        return Failure(url, "refused", refusal)
    return Failure(url, _by_type(error) or _by_words(said) or _by_cause(error), said)


def plain(message: str) -> str:
    """Return yt-dlp's message in one line, without its advice on reporting bugs."""
    line = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", message).split())
    line = line.removeprefix("ERROR: ").partition("; please report this issue")[0]
    line = line.partition(" (caused by")[0].partition(" You might want to use a VPN")[0]
    return line.partition(". Use --cookies")[0].rstrip(". ;")


def _by_type(error: BaseException | None) -> Kind | None:
    if isinstance(error, GeoRestrictedError):
        return "blocked by region"
    if isinstance(error, UnsupportedError):
        return "no video"
    if isinstance(error, CookieLoadError):
        return "needs cookies"
    return None


def _by_words(said: str) -> Kind | None:
    # A status that the server gave says more than what yt-dlp makes of it.
    status = re.search(r"HTTP Error (\d{3})", said)
    if status:
        return _of_status(int(status[1]))
    for kind, patterns in _WORDS:
        if any(re.search(pattern, said, re.IGNORECASE) for pattern in patterns):
            return kind
    return None


def _by_cause(error: BaseException | None) -> Kind:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, HTTPError):
            return _of_status(error.status)
        if isinstance(error, TransportError | ContentTooShortError | TimeoutError):
            return "network"
        if isinstance(error, RegexNotFoundError):
            return "extractor broken"
        cause = error.cause if isinstance(error, ExtractorError) else None
        error = cause if isinstance(cause, BaseException) else error.__cause__
    return "extractor broken"


def _of_status(status: int) -> Kind:
    return _STATUS.get(status, "network" if status >= 500 else "extractor broken")
