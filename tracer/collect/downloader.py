"""yt-dlp's downloader, held to what was asked of it.

It connects through a guard, keeps each trouble with the entry it befell, and writes no session's
cookie into the metadata that is kept.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import DownloadError

from tracer.collect.failures import NO_FORMATS, Trouble, tells
from tracer.collect.network import WEB, Guard, handler_for

_SECRET = frozenset({"cookies", "cookie", "authorization"})


class Downloader(YoutubeDL):  # type: ignore[misc]
    """A ``YoutubeDL`` whose errors stay with the entry that they are about."""

    def __init__(
        self,
        params: Mapping[str, Any],
        guard: Guard,
        page_bytes: int,
        record: Callable[[str], None],
    ) -> None:
        """Take yt-dlp's parameters, what connections may do, and who notes what is whole."""
        self._page_bytes = page_bytes
        self._guard = guard
        self._record = record
        self._warned: dict[str, str] = {}  # address -> why there is no video, where that was told
        self._at: list[str] = []  # addresses of the entries being worked on, innermost last
        self.troubles: list[Trouble] = []
        self._refused: list[HTTPError] = []  # each holds its connection open
        super().__init__(dict(params))

    @functools.cached_property
    def _request_director(self) -> Any:
        return self.build_request_director([handler_for(self._guard, self._page_bytes)])

    def save_cookies(self) -> None:
        """Leave the user's cookies as they are: yt-dlp would write what it met into their file."""

    def process_ie_result(
        self, ie_result: Any, download: bool = True, extra_info: Any = None
    ) -> Any:
        """Work on a result as yt-dlp does, remembering where it is from."""
        self._at.append(_address(ie_result) or (self._at[-1] if self._at else ""))
        try:
            return super().process_ie_result(ie_result, download, extra_info)
        finally:
            self._at.pop()

    def urlopen(self, req: Any) -> Any:
        """Open an address as yt-dlp does, remembering what was answered with an error."""
        try:
            return super().urlopen(req)
        except HTTPError as error:
            self._refused.append(error)
            raise

    def close(self) -> None:
        """Close as yt-dlp does, and the connections of all that was answered with an error."""
        for error in self._refused:
            error.close()
        super().close()

    def extract_info(self, url: str, *args: Any, **more: Any) -> Any:
        """Extract as yt-dlp does, remembering the address."""
        self._at.append(url)
        try:
            return super().extract_info(url, *args, **more)
        finally:
            self._at.pop()

    def trouble(self, message: Any = None, tb: Any = None, is_error: bool = True) -> None:
        """Keep an error; it ends the entry that it is about and no other."""
        if is_error:
            error = sys.exception()
            if isinstance(error, DownloadError) and error.exc_info:
                error = error.exc_info[1]
            at = self._at[-1] if self._at else ""
            words = str(message or error)
            if NO_FORMATS in words:
                words = self._warned.get(at, words)
            self.troubles.append(Trouble(at, words, error))
        super().trouble(message, tb, is_error)

    def report_warning(self, message: str, *args: Any, **more: Any) -> None:
        """Keep what a warning tells of a post without formats: the error will not repeat it."""
        if self._at and tells(message):
            self._warned[self._at[-1]] = message
        super().report_warning(message, *args, **more)

    def record_download_archive(self, info_dict: Any) -> None:
        """Note that all files of a video are whole."""
        super().record_download_archive(info_dict)
        self._record(self._make_archive_id(info_dict))

    @staticmethod
    def sanitize_info(info_dict: Any, remove_private_keys: bool = False) -> Any:
        """Return metadata as it is written: with the address that was asked, without secrets."""
        asked = info_dict.get("original_url") if isinstance(info_dict, Mapping) else None
        plain = YoutubeDL.sanitize_info(info_dict, remove_private_keys)
        if isinstance(plain, dict) and isinstance(asked, str):
            plain["original_url"] = asked
        return _without_secrets(plain)


def _address(result: Mapping[str, Any]) -> str:
    """Return the address of what a result is about: a page rather than a file on a server."""
    names = ["webpage_url", "original_url", "url"]
    if result.get("_type") in ("url", "url_transparent"):
        names.reverse()
    for name in names:
        found = result.get(name)
        if isinstance(found, str) and re.match(rf"(?:{'|'.join(WEB)})://", found):
            return found
    return ""


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_secrets(inner)
            for name, inner in value.items()
            if str(name).casefold() not in _SECRET
        }
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value
