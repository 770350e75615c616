"""Addresses through yt-dlp's real code against a real local server."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tracer.collect import sidecars
from tracer.collect.urls import fetch, media_folder
from tracer.errors import SourceError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # yt-dlp's own


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path.startswith("/to-file"):
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif self.path.startswith("/broken"):
            self.send_error(503)
        else:
            super().do_GET()


@pytest.fixture
def site(fixtures):
    """The fixtures behind a web server."""
    handler = partial(Quiet, directory=str(fixtures / "clips"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def index(tmp_path):
    return tmp_path / "case.db"


def test_a_file_comes_as_it_was_served_with_its_info(site, index, fixtures):
    (path,) = fetch(f"{site}/dog.mp4", index, any_site=True)
    assert media_folder(index) in Path(path).parents
    assert Path(path).read_bytes() == (fixtures / "clips" / "dog.mp4").read_bytes()
    (info,) = [beside for beside in sidecars.beside(Path(path)) if beside.exists()]
    (post,) = sidecars.read(info)
    assert post.url == f"{site}/dog.mp4"
    assert post.published is None  # only the age of the server's file
    assert post.collected is not None
    assert fetch(f"{site}/dog.mp4", index, any_site=True) == (path,)


def test_two_addresses_that_end_alike_are_two_files(site, index):
    first = fetch(f"{site}/dog.mp4?a", index, any_site=True)
    second = fetch(f"{site}/dog.mp4?b", index, any_site=True)
    assert first != second


@pytest.mark.parametrize(
    ("path", "any_site", "words"),
    [
        ("/dog.mp4", False, "--any-site"),
        ("/gone.mp4", True, "gone"),
        ("/truth.html", True, "gone"),
        ("/to-file/a.mp4", True, ""),
        ("/broken.mp4", True, "try again"),
    ],
)
def test_what_does_not_come_is_told_in_one_line(site, index, path, any_site, words):
    url = site + path
    with pytest.raises(SourceError) as caught:
        fetch(url, index, any_site=any_site)
    message = str(caught.value)
    assert message.startswith(f"{url}: ")
    assert words in message
    assert "\n" not in message
    stored = [one for one in media_folder(index).rglob("*") if one.is_file()]
    assert [one for one in stored if one.suffix != ".json"] == []


def test_a_local_file_is_no_address(index, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    with pytest.raises(SourceError):
        fetch((tmp_path / "a.mp4").as_uri(), index, any_site=True)


def test_an_address_is_taken_into_the_index(site, index):
    from tracer.index.store import Index
    from tracer.pipeline.taking_in import take_in

    with Index.open(index, "write") as opened:
        taken = take_in(opened, [f"{site}/dog.mp4", f"{site}/none.mp4"], any_site=True)
        assert (taken.new, taken.posts) == (1, 1)
        assert [(one.subject, one.stage) for one in taken.failed] == [
            (f"{site}/none.mp4", "download")
        ]
        assert opened.find(f"{site}/dog.mp4")
        info = next(media_folder(index).rglob("*.info.json"))
        assert json.loads(info.read_text())["extractor_key"] == "Generic"
