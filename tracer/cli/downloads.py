"""Options of the commands that download: what of an address is wanted, and how."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tracer.collect.urls import Wanted

AnySite = Annotated[
    bool,
    typer.Option("--any-site", help="Download from any site, not only the known platforms."),
]
MaxHeight = Annotated[
    int | None,
    typer.Option("--max-height", min=1, metavar="PIXELS", help="Download no larger picture."),
]
Cookies = Annotated[
    Path | None,
    typer.Option("--cookies", metavar="FILE", help="A cookies.txt; it is read, never written."),
]
Browser = Annotated[
    str,
    typer.Option(
        "--cookies-from-browser", metavar="NAME[:PROFILE]", help="Read a browser's cookies."
    ),
]
LimitRate = Annotated[
    str,
    typer.Option("--limit-rate", metavar="RATE", help="Bytes a second at most, such as 500K."),
]
Sleep = Annotated[
    float,
    typer.Option("--sleep", min=0.0, metavar="SECONDS", help="Wait before each request."),
]
ShareHost = Annotated[
    list[str] | None,
    typer.Option(
        "--share-host", metavar="HOST", help="A further host of Pomegranate Cloud's share pages."
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host", metavar="HOST[:PORT]", help="A server in your own network to fetch from."
    ),
]

_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}


def rate(text: str) -> float | None:
    """Return bytes a second; None for none. Raises :class:`UsageError` for what is no rate.

    >>> rate("1.5M")
    1500000.0
    """
    from tracer.errors import UsageError

    if not text:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?(?:/s)?", text.strip(), re.IGNORECASE)
    if found is None or not float(found[1]):
        raise UsageError(f"--limit-rate {text}: write bytes a second, such as 500K or 2M")
    return float(found[1]) * _UNITS[found[2].upper()]


def share_hosts(named: list[str] | None) -> tuple[str, ...]:
    """Return the hosts named here and in ``share-hosts.txt`` of the user's data directory."""
    from tracer.errors import UsageError
    from tracer.index.location import data_directory

    path = data_directory() / "share-hosts.txt"
    try:
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the list of hosts can't be read ({error})") from error
    listed = [line.partition("#")[0].strip() for line in lines]
    return tuple(dict.fromkeys([*(named or []), *filter(None, listed)]))


def wanted(
    any_site: bool,
    max_height: int | None,
    cookies: Path | None,
    browser: str,
    limit_rate: str,
    sleep: float,
    hosts: tuple[list[str] | None, list[str] | None],
) -> Wanted:
    """Return the options as one; ``hosts`` are those of share pages and those allowed."""
    from tracer.collect.urls import Wanted
    from tracer.errors import UsageError

    if cookies is not None and not cookies.is_file():
        raise UsageError(f"{cookies}: no such file of cookies")
    return Wanted(
        any_site=any_site,
        max_height=max_height,
        cookies=cookies,
        browser=browser,
        limit_rate=rate(limit_rate),
        sleep=sleep,
        share_hosts=share_hosts(hosts[0]),
        allow_hosts=tuple(hosts[1] or ()),
    )
