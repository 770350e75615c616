"""What a download may connect to: public web servers, and local ones that the user has named.

A page decides where yt-dlp goes next: by a redirect, by the addresses in it, by what a name
resolves to. Here every connection is looked at when it is made, after its name was resolved, so
that no page can have the user's router, a service on this machine or a cloud's metadata fetched.
yt-dlp's other ways out (ffmpeg, other request handlers, FTP) stay shut.
"""

from __future__ import annotations

import functools
import http.client
import io
import ipaddress
import socket
import urllib.request
import urllib.response
import zlib
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

from yt_dlp.networking import _helper, _urllib
from yt_dlp.networking.exceptions import RequestError

WEB = ("http", "https")
_PART = 1 << 16  # bytes read at once
_HOP_BYTES = 1 << 20  # of a shortener's own page, of which only the head counts
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_INSIDE = "which is no public address: not fetched; if it is yours, name it with --allow-host"


class RefusedError(OSError):
    """A connection that nobody asked for."""


class Guard:
    """Knows which servers may be connected to."""

    def __init__(self, named: Iterable[str]) -> None:
        """Let public servers through and these: ``host`` or ``host:port``."""
        self._named = {one.casefold() for one in named}

    @classmethod
    def of(cls, urls: Iterable[str], hosts: Iterable[str] = ()) -> Guard:
        """Return a guard that knows the servers that a user's own addresses name.

        Only what is plainly local counts as named: whoever types the name of a public site has not
        asked for whatever that name is made to resolve to.
        """
        servers = filter(None, map(_server, urls))
        return cls([*hosts, *(f"{host}:{port}" for host, port in servers if _is_local(host))])

    def trusting(self, proxies: Iterable[str]) -> Guard:
        """Return a guard that also lets these proxies be connected to."""
        servers = filter(None, map(_server, proxies))
        return Guard([*self._named, *(f"{host}:{port}" for host, port in servers)])

    def connect(
        self, address: tuple[str, int], timeout: Any, source: Any = None, **more: Any
    ) -> socket.socket:
        """Connect as yt-dlp does, but only where it may."""
        host, port = address
        if self._is_named(host, port):
            return _connected(address, timeout, source, **more)
        make = more.pop("_create_socket_func", _helper._socket_connect)

        def checked(resolved: Any, *rest: Any) -> socket.socket:
            number = ipaddress.ip_address(str(resolved[4][0]).partition("%")[0])
            if not _is_public(number):
                raise RefusedError(f"leads to {number}, {_INSIDE}")
            made: socket.socket = make(resolved, *rest)
            return made

        return _connected(address, timeout, source, _create_socket_func=checked, **more)

    def check(self, url: str) -> None:
        """Refuse an address that is not of the web, or that a proxy would fetch from inside."""
        parts = urlsplit(url)
        if parts.scheme not in WEB:
            raise RefusedError(f"leads to a {parts.scheme or 'nameless'}: address: not fetched")
        host, port = _server(url) or ("", 0)
        if not host or (_is_local(host) and not self._is_named(host, port)):
            raise RefusedError(f"leads to {host or 'no server'}, {_INSIDE}")

    def _is_named(self, host: str, port: int) -> bool:
        name = host.casefold()
        return name in self._named or f"{name}:{port}" in self._named


def handler_for(guard: Guard, page_bytes: int) -> type[Any]:
    """Return yt-dlp's request handler with this guard at its door; there is to be no other.

    A page of more than ``page_bytes`` is not read: what is to be large is read in parts.
    """

    class GuardedRH(_urllib.UrllibRH):  # type: ignore[misc]  # yt-dlp asks for the ending
        _SUPPORTED_URL_SCHEMES = (*WEB, "data")

        def _create_instance(
            self, proxies: Any, cookiejar: Any, legacy_ssl_support: Any = None
        ) -> urllib.request.OpenerDirector:
            guarded = guard.trusting(value for value in proxies.values() if value)
            context = self._make_sslcontext(legacy_ssl_support=legacy_ssl_support)
            door = _Door(guarded, context, self.source_address, page_bytes)
            opener = _opener(door, proxies)
            opener.add_handler(urllib.request.HTTPCookieProcessor(cookiejar))
            opener.add_handler(_Redirects(guarded))
            return opener

        def _prepare_headers(self, _: Any, headers: Any) -> None:
            _helper.add_accept_encoding_header(headers, ["gzip", "deflate"])

        def _send(self, request: Any) -> Any:
            return _Page(super()._send(request), page_bytes)

    return GuardedRH


def follower(guard: Guard, timeout: float) -> Callable[[str], str]:
    """Return what asks where one address leads, without going there.

    It answers "" where an address leads nowhere else. Raises ``OSError`` where it can't be asked.
    """
    proxies = urllib.request.getproxies()
    guard = guard.trusting(proxies.values())
    opener = _opener(_Door(guard, None, None, _HOP_BYTES), proxies)
    opener.add_handler(_Stays())

    def follow(url: str) -> str:
        guard.check(url)
        asked = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0"})
        with opener.open(asked, timeout=timeout) as answer:
            if answer.status in (301, 302, 303, 307, 308):
                return str(urljoin(url, answer.headers.get("Location") or ""))
            return ""

    return follow


class _Page(_urllib.UrllibResponseAdapter):  # type: ignore[misc]
    """An answer that is not read whole where it is too large for that."""

    def __init__(self, answer: Any, most: int) -> None:
        super().__init__(answer.fp)
        self._answer = answer  # which closes what it reads from when nobody holds it
        self._most = most

    def read(self, amt: int | None = None) -> bytes:
        """Read so many bytes, or all there are."""
        if amt is not None:
            return bytes(super().read(amt))
        parts: list[bytes] = []
        size = 0
        while part := super().read(_PART):
            parts.append(part)
            size += len(part)
            if size > self._most:
                raise RefusedError(_too_large(self._most))
        return b"".join(parts)


class _Door(_urllib.HTTPHandler):  # type: ignore[misc]
    """Opens web connections through a guard, and unpacks no more than a page may hold."""

    def __init__(self, guard: Guard, context: Any, source_address: Any, most: int) -> None:
        super().__init__(context=context, source_address=source_address)
        self._guard = guard
        self._most = most

    def http_response(self, req: Any, resp: Any) -> Any:
        packed = resp.headers.get("Content-Encoding", "").strip().casefold()
        if packed not in _WINDOWS:
            return resp
        unpack = zlib.decompressobj(_WINDOWS[packed])
        body = unpack.decompress(resp.read(self._most + 1), self._most + 1)
        if len(body) > self._most:
            raise RefusedError(_too_large(self._most))
        opened = urllib.response.addinfourl(io.BytesIO(body), resp.headers, resp.url, resp.code)
        opened.msg = resp.msg  # type: ignore[attr-defined]  # as http.client's answers have it
        return opened

    https_response = http_response

    def http_open(self, req: Any) -> Any:
        return self._through(http.client.HTTPConnection, req)

    def https_open(self, req: Any) -> Any:
        return self._through(http.client.HTTPSConnection, req, context=self._context)

    def _through(self, base: type[Any], req: Any, **more: Any) -> Any:
        self._guard.check(req.get_full_url())
        made = self._make_conn_class(base, req)
        return self.do_open(functools.partial(self._connection, made), req, **more)

    def _connection(self, made: type[Any], *args: Any, **more: Any) -> Any:
        connection = _urllib._create_http_connection(made, self._source_address, *args, **more)
        connection._create_connection = self._guard.connect
        return connection


class _Redirects(_urllib.RedirectHandler):  # type: ignore[misc]
    """Follows redirects as yt-dlp does, but not out of the web."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        self._guard.check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        target = headers.get("Location") or headers.get("URI") or ""
        scheme = urlsplit(target).scheme
        if scheme and scheme not in WEB:  # urllib would say so in words of its own
            raise RefusedError(f"leads to a {scheme}: address: not fetched")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _Stays(urllib.request.HTTPRedirectHandler):
    """Hands a redirect out instead of following it."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener(door: _Door, proxies: Any) -> urllib.request.OpenerDirector:
    """Return an opener for the web alone: neither files nor FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        _urllib.ProxyHandler(proxies),
        door,
        urllib.request.DataHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    opener.addheaders = []
    return opener


def _connected(address: tuple[str, int], timeout: Any, source: Any, **more: Any) -> socket.socket:
    made: socket.socket = _helper.create_connection(address, timeout, source, **more)
    return made


def _too_large(most: int) -> str:
    return f"is larger than {most} bytes, which no page is: not read"


def _server(url: str) -> tuple[str, int] | None:
    """Return the host and port that an address names, None where it names none."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return (parts.hostname.casefold(), port) if parts.hostname else None


def _is_local(host: str) -> bool:
    """Return whether a host is plainly one of the user's own network, whatever it resolves to."""
    try:
        return not _is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if inner is not None:
            return _is_public(inner)
    return number.is_global and not number.is_multicast


def refusal(error: BaseException | None) -> str:
    """Return why a connection was refused, "" where an error has another cause."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, RefusedError):
            return str(error)
        cause = error.cause if isinstance(error, RequestError) else None
        inner = getattr(error, "reason", None)
        error = next(
            (one for one in (cause, inner, error.__cause__, error.__context__)
             if isinstance(one, BaseException)),
            None,
        )  # fmt: skip
    return ""
