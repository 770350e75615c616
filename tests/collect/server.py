"""A real web server on this machine, whose pages, films and faults a test lays down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What is asked for is answered from `pages`; what was asked for stands in `asked`."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)  # of each request
    url: str = ""

    def paths(self) -> list[str]:
        return [line.split()[1] for line in self.asked]


Page = bytes | str | Callable[[BaseHTTPRequestHandler], None]


def redirect(target: str, status: int = 302) -> Page:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def status(number: int) -> Page:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(number)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def kind_of(path: str) -> str:
    endings = {
        ".mp4": "video/mp4",
        ".m3u8": "application/vnd.apple.mpegurl",
        ".ts": "video/mp2t",
    }
    plain = path.partition("?")[0]
    found = (kind for ending, kind in endings.items() if plain.endswith(ending))
    return next(found, "text/html; charset=utf-8")


def send(request: BaseHTTPRequestHandler, body: bytes, kind: str = "") -> None:
    """Send a body, or the rest of it where that is asked for."""
    asked = request.headers.get("Range", "")
    start = int(asked.removeprefix("bytes=").partition("-")[0] or 0) if asked else 0
    request.send_response(206 if start else 200)
    request.send_header("Content-Type", kind or kind_of(request.path))
    request.send_header("Accept-Ranges", "bytes")
    request.send_header("Content-Length", str(len(body) - start))
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    request.send_header("Last-Modified", "Sun, 22 Nov 2026 05:00:00 GMT")
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body[start:])


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Pages(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            site.asked.append(self.requestline)
            site.headers.append(dict(self.headers))
            page = site.pages.get(self.path)
            if page is None:
                page = site.pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(404)
            elif callable(page):
                page(self)
            else:
                send(self, page.encode() if isinstance(page, str) else page)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a client that went away

    with Server(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
