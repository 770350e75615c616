"""Addresses through yt-dlp's real code against a real local server."""

from __future__ import annotations

import gc
import gzip
import json
import socket
import threading
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.collect.server import redirect, send, serving, status
from tracer.collect import sidecars
from tracer.collect.urls import Arrived, Wanted, fetch, file_of, media_folder
from tracer.errors import SourceError, UsageError
from tracer.settings import DEFAULT, CollectSettings, Settings

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # yt-dlp's own
    # It leaves answers with an error's status to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ANY = Wanted(any_site=True)
QUICK = Settings(collect=CollectSettings(network_backoff=0.0, network_timeout=5.0))
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"


@pytest.fixture(scope="module", autouse=True)
def swept():
    """Let the garbage collector close what yt-dlp left open, before other tests meet it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture(scope="module")
def film(fixtures):
    return (fixtures / "clips" / "dog.mp4").read_bytes()


@pytest.fixture
def site(film):
    with serving() as served:
        served.pages["/dog.mp4"] = film
        yield served


@pytest.fixture
def index(tmp_path):
    return tmp_path / "case.db"


def got(url, index, wanted=ANY, settings=QUICK):
    return fetch(url, index, settings, wanted)


def reason(fetched):
    (failed,) = fetched.failed
    assert "\n" not in failed.reason
    return failed.reason


def stored(index):
    """Names of the files in the media folder, but for metadata."""
    found = [one for one in media_folder(index).rglob("*") if one.is_file()]
    return [one.name for one in found if one.suffix not in (".json", ".txt")]


# --- what comes -----------------------------------------------------------------------------------


def test_a_file_comes_as_it_was_served_with_its_info(site, index, film):
    (path,) = got(f"{site.url}/dog.mp4", index).files
    assert media_folder(index) in Path(path).parents
    assert Path(path).read_bytes() == film
    (info,) = [beside for beside in sidecars.beside(Path(path)) if beside.exists()]
    (post,) = sidecars.read(info)
    assert post.url == f"{site.url}/dog.mp4"
    assert post.published is None  # only the age of the server's file
    assert post.collected is not None
    assert json.loads(info.read_text())["original_url"] == f"{site.url}/dog.mp4"


def test_what_came_is_not_fetched_again(site, index):
    first = got(f"{site.url}/dog.mp4", index)
    before = len(site.asked)
    assert got(f"{site.url}/dog.mp4", index) == first
    films = [line for line in site.asked[before:] if line.startswith("GET /dog.mp4")]
    assert len(films) <= 1  # the look at what it is; not the download
    Path(first.files[0]).unlink()
    assert got(f"{site.url}/dog.mp4", index) == first


def test_two_addresses_that_end_alike_are_two_files(site, index):
    first = got(f"{site.url}/dog.mp4?a", index)
    second = got(f"{site.url}/dog.mp4?b", index)
    assert first.files != second.files


MASTER = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=320x180,CODECS="avc1.4d401f,mp4a.40.2"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720,CODECS="avc1.4d401f"
high.m3u8
"""


def test_the_best_picture_comes_and_the_best_that_has_sound_each_as_it_is(site, index, film):
    site.pages["/master.m3u8"] = MASTER
    for name in ("low", "high"):
        site.pages[f"/{name}.m3u8"] = HLS.format(f"{name}.ts")
        site.pages[f"/{name}.ts"] = film + name.encode()
    files = got(f"{site.url}/master.m3u8", index).files
    served = {Path(path).read_bytes().removeprefix(film) for path in files}
    assert served == {b"low", b"high"}
    assert all(any(one.exists() for one in sidecars.beside(Path(path))) for path in files)


def test_a_limit_of_height_is_kept_and_the_smallest_taken_where_all_are_larger(site, index, film):
    test_the_best_picture_comes_and_the_best_that_has_sound_each_as_it_is(site, index, film)
    for height, name in ((360, b"low"), (100, b"low")):
        other = index.with_name(f"{height}.db")
        (path,) = got(f"{site.url}/master.m3u8", other, replace(ANY, max_height=height)).files
        assert Path(path).read_bytes().removeprefix(film) == name


def test_hls_comes_as_its_segments_were_served(site, index, film):
    site.pages["/live.m3u8"] = HLS.format("one.ts")
    site.pages["/one.ts"] = film
    (path,) = got(f"{site.url}/live.m3u8", index).files
    assert Path(path).read_bytes() == film


def test_a_page_with_two_films_gives_two_files_and_names_the_one_that_fails(site, index):
    site.pages["/page"] = "".join(
        f'<video><source src="/{name}.mp4" type="video/mp4"></video>' for name in ("dog", "gone")
    )
    fetched = got(f"{site.url}/page", index)
    assert len(fetched.files) == 1
    assert reason(fetched).startswith("gone: ")


@pytest.fixture
def feed(site):
    site.pages["/feed"] = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
        + "".join(
            f"<item><title>{n}</title><link>{site.url}/{n}.mp4</link></item>" for n in ("dog", "b")
        )
        + "</channel></rss>"
    )
    return f"{site.url}/feed"


def test_a_list_goes_on_past_an_entry_that_fails(site, index, film, feed):
    first = got(feed, index)
    assert len(first.files) == 1
    assert [one.subject for one in first.failed] == [f"{site.url}/b.mp4"]
    assert first.failed[0].reason.startswith("gone: ")
    site.pages["/b.mp4"] = film
    before = len(site.asked)
    second = got(feed, index)
    assert len(second.files) == 2
    assert set(first.files) < set(second.files)
    assert not second.failed
    assert sum(line.startswith("GET /dog.mp4") for line in site.asked[before:]) <= 1


def test_the_index_tries_a_list_again_for_what_is_missing(site, index, film, feed):
    from tracer.index.store import Index
    from tracer.pipeline.taking_in import take_in

    with Index.open(index, "write") as opened:
        first = take_in(opened, [feed], QUICK, jobs=1, wanted=ANY)
        assert first.new == 1
        assert {one.subject for one in first.failed} == {feed, f"{site.url}/b.mp4"}
        site.pages["/b.mp4"] = film + b" "  # other bytes: another video
        opened.queue.retry()
        second = take_in(opened, [], QUICK, jobs=1)  # with what was wanted the first time
        assert (second.new, second.failed) == (1, ())
        assert opened.unchecked() == []


def test_progress_is_told(site, index, film):
    heard: list[Arrived] = []
    fetch(f"{site.url}/dog.mp4", index, QUICK, ANY, heard.append)
    assert heard[-1].done == heard[-1].total == len(film)


# --- what was broken off --------------------------------------------------------------------------


def test_a_broken_download_goes_on_where_it_ended(site, index, film):
    half = len(film) // 2
    ranges = []

    def breaks_once(request):
        asked = request.headers.get("Range", "")
        ranges.append(asked)
        if request.command == "GET" and not asked and len(ranges) > 1:
            request.send_response(200)
            request.send_header("Content-Type", "video/mp4")
            request.send_header("Content-Length", str(len(film)))
            request.end_headers()
            request.wfile.write(film[:half])
            request.close_connection = True
            return
        send(request, film)

    site.pages["/dog.mp4"] = breaks_once
    once = replace(QUICK, collect=replace(QUICK.collect, network_retries=0))
    broken = got(f"{site.url}/dog.mp4", index, settings=once)
    assert broken.files == ()
    assert reason(broken).startswith("network: ")
    assert stored(index)[0].endswith(".part")
    (path,) = got(f"{site.url}/dog.mp4", index, settings=once).files
    assert Path(path).read_bytes() == film
    assert f"bytes={half}-" in ranges


def test_a_failing_server_is_asked_again_and_waited_for(site, index, film, monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    left = [2]

    def recovers(request):
        if request.command == "GET" and left[0] and "Range" not in request.headers:
            left[0] -= 1
            return status(503)(request)
        return send(request, film)

    site.pages["/live.m3u8"] = HLS.format("one.ts")
    site.pages["/one.ts"] = recovers
    waits = replace(QUICK, collect=replace(QUICK.collect, network_backoff=3.0))
    (path,) = got(f"{site.url}/live.m3u8", index, settings=waits).files
    assert Path(path).read_bytes() == film
    assert slept == [3.0, 6.0]


def test_a_server_that_falls_silent_is_given_up(site, index):
    done = threading.Event()

    def silent(request):
        done.wait(10)

    site.pages["/dog.mp4"] = silent
    brief = replace(QUICK.collect, network_timeout=0.2, network_retries=0)
    told = reason(got(f"{site.url}/dog.mp4", index, settings=replace(QUICK, collect=brief)))
    done.set()
    assert told.startswith("network: ")
    assert "try again" in told


def test_a_large_film_is_broken_off(site, index, film):
    small = replace(QUICK, collect=replace(QUICK.collect, download_bytes=10_000))
    told = reason(got(f"{site.url}/dog.mp4", index, settings=small))
    gc.collect()  # yt-dlp leaves its file to the garbage collector
    assert told.startswith("refused: is larger than 10000 bytes")


def test_a_stream_without_end_is_broken_off(site, index, film):
    """It says neither how long it is nor ever stops: a camera, or somebody who means harm."""
    gone = threading.Event()

    def answer(request):
        request.send_response(200)
        request.send_header("Content-Type", "video/mp4")
        request.end_headers()
        with suppress(OSError):  # until whoever listens hangs up
            while request.command != "HEAD":
                request.wfile.write(film)
        if request.command != "HEAD":
            gone.set()

    site.pages["/live.mp4"] = answer
    small = replace(QUICK, collect=replace(QUICK.collect, download_bytes=4_000_000))
    told = reason(got(f"{site.url}/live.mp4", index, settings=small))
    gc.collect()  # yt-dlp leaves its file to the garbage collector
    assert told.startswith("refused: is larger than 4000000 bytes")
    assert gone.wait(30)


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_without_end_is_not_read(site, index, packed):
    page = b"<html>" + b" " * 3_000_000

    def answer(request):
        body = gzip.compress(page) if packed else page
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        if packed:
            request.send_header("Content-Encoding", "gzip")
        request.end_headers()
        request.wfile.write(body)

    site.pages["/page"] = answer
    small = replace(QUICK, collect=replace(QUICK.collect, page_bytes=1_000_000))
    told = reason(got(f"{site.url}/page", index, settings=small))
    assert "is larger than 1000000 bytes" in told


# --- what fails, and why --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (None, "gone: "),
        (status(410), "gone: "),
        (status(401), "needs cookies: "),
        (status(429), "network: "),
        (status(451), "blocked by region: "),
        (status(503), "network: "),
        ("<p>nothing</p>", "no video: "),
    ],
)
def test_a_failure_says_which_it_is_and_what_to_do(site, index, page, words):
    if page is not None:
        site.pages["/clip"] = page
    once = replace(QUICK, collect=replace(QUICK.collect, network_retries=0))
    fetched = got(f"{site.url}/clip", index, settings=once)
    assert fetched.files == ()
    assert fetched.failed[0].subject == f"{site.url}/clip"
    assert reason(fetched).startswith(words)
    assert stored(index) == []
    with pytest.raises(SourceError, match=words):
        file_of(f"{site.url}/clip", index, once, ANY)


def test_a_site_that_was_not_asked_for_is_not_read(site, index):
    told = reason(fetch(f"{site.url}/dog.mp4", index, QUICK))
    assert told.startswith("unknown site: ")
    assert "--any-site" in told
    assert site.asked == []


# --- what nobody asked for ------------------------------------------------------------------------


@pytest.fixture
def inside():
    """A second server, which stands for one in the user's own network."""
    with serving() as served:
        served.pages["/secret.mp4"] = b"secret"
        yield served


@pytest.mark.parametrize("way", ["redirect", "source", "segment", "playlist"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f.1"]
)
def test_a_page_can_not_have_the_users_own_network_fetched(site, inside, index, way, host):
    port = inside.url.rpartition(":")[2]
    target = f"http://{host}:{port}/secret.mp4"
    site.pages["/clip"] = {
        "redirect": redirect(target),
        "source": f'<video src="{target}"></video>',
        "segment": HLS.format(target),
        "playlist": f'<video><source src="{target}.m3u8"></video>',
    }[way]
    name = "/clip"
    if way == "segment":
        site.pages["/clip.m3u8"] = site.pages.pop("/clip")
        name = "/clip.m3u8"
    fetched = got(f"{site.url}{name}", index)
    assert fetched.files == ()
    assert inside.asked == []
    assert fetched.failed


@pytest.mark.parametrize("proxy", [False, True])
def test_a_public_name_that_resolves_to_the_users_own_network_is_refused(
    inside, index, monkeypatch, proxy
):
    resolve = socket.getaddrinfo

    def rebound(host, *args, **more):
        return resolve("127.0.0.1" if host == "evil.example" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    port = inside.url.rpartition(":")[2]
    if proxy:  # one that the user has set is asked; what it may be asked for stays guarded
        monkeypatch.setenv("http_proxy", inside.url)
        got("http://evil.example/a.mp4", index)
        assert inside.asked
        inside.asked.clear()
        inside.pages["http://evil.example/b"] = redirect("http://192.168.1.1/admin")
        told = reason(got("http://evil.example/b", index))
        assert [line for line in inside.asked if "192.168" in line] == []
    else:
        told = reason(got(f"http://evil.example:{port}/secret.mp4", index))
        assert inside.asked == []
    assert told.startswith("refused: leads to ")


def test_the_reason_for_a_refusal_is_named(site, inside, index):
    site.pages["/clip"] = redirect(f"{inside.url}/secret.mp4")
    told = reason(got(f"{site.url}/clip", index))
    assert told.startswith("refused: leads to 127.0.0.1, which is no public address")
    assert "--allow-host" in told


def test_a_local_server_that_the_user_names_is_asked(site, inside, index, film):
    inside.pages["/secret.mp4"] = film
    site.pages["/clip"] = redirect(f"{inside.url}/secret.mp4")
    allowed = replace(ANY, allow_hosts=(inside.url.removeprefix("http://"),))
    assert len(got(f"{site.url}/clip", index, allowed).files) == 1


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/a", "gopher://a/"])
def test_nothing_but_the_web_is_followed(site, index, target):
    site.pages["/clip"] = redirect(target)
    told = reason(got(f"{site.url}/clip", index))
    assert told.startswith("refused: leads to a ")
    site.pages["/clip.m3u8"] = HLS.format(target)
    fetched = got(f"{site.url}/clip.m3u8", index)
    assert fetched.files == ()


def test_a_local_file_is_no_address(index, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    assert got((tmp_path / "a.mp4").as_uri(), index).files == ()


def test_streams_that_another_program_would_fetch_are_not_taken(site, index):
    site.pages["/clip"] = '<video src="rtmp://127.0.0.1/live/a"></video>'
    assert got(f"{site.url}/clip", index).files == ()


# --- cookies --------------------------------------------------------------------------------------


def test_cookies_are_sent_and_neither_written_back_nor_kept(site, index, film, tmp_path):
    def wants_cookie(request):
        if "session=s3cret" not in request.headers.get("Cookie", ""):
            return status(401)(request)
        return send(request, film)

    site.pages["/dog.mp4"] = wants_cookie
    url = f"{site.url}/dog.mp4"
    assert reason(got(url, index)).startswith("needs cookies: ")
    jar = tmp_path / "cookies.txt"
    written = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts3cret\n"
    jar.write_text(written)
    (path,) = got(url, index, replace(ANY, cookies=jar)).files
    assert Path(path).read_bytes() == film
    assert jar.read_text() == written
    for kept in media_folder(index).rglob("*.json"):
        assert "s3cret" not in kept.read_text()


def test_cookies_that_can_not_be_read_are_named_before_anything_is_asked(site, index, tmp_path):
    jar = tmp_path / "cookies.txt"
    with pytest.raises(UsageError, match="can't be read"):
        got(f"{site.url}/dog.mp4", index, replace(ANY, cookies=jar))
    jar.write_text("{not cookies}")
    with pytest.raises(UsageError, match="can't be read"):
        got(f"{site.url}/dog.mp4", index, replace(ANY, cookies=jar))
    assert site.asked == []


# --- shortened addresses --------------------------------------------------------------------------


def test_a_shortened_address_is_asked_where_it_leads_and_no_further(site, index):
    site.pages["/J8abc/"] = redirect(
        "https://www.iesdouyin.com/share/video/6961737553342991651/?region=CN"
    )
    shorteners = replace(QUICK.collect, short_hosts=("127.0.0.1",))
    # The page that it leads to is not to be asked for here: no site is allowed.
    fetched = fetch(
        f"{site.url}/J8abc/", index, replace(QUICK, collect=shorteners), Wanted(), lambda _: None
    )
    assert fetched.url == "https://www.douyin.com/video/6961737553342991651"
    assert site.paths() == ["/J8abc/"]
    (post,) = fetched.posts  # what the address itself tells is kept
    assert (post.platform, post.post_id) == ("douyin", "6961737553342991651")
    assert fetched.failed[0].subject == f"{site.url}/J8abc/"


def test_a_shortener_does_not_lead_inside(site, inside, index):
    site.pages["/a"] = redirect(f"{inside.url}/secret.mp4")
    shorteners = replace(QUICK.collect, short_hosts=("127.0.0.1",))
    settings = replace(QUICK, collect=shorteners)
    told = reason(fetch(f"{site.url}/a", index, settings, ANY))
    assert told.startswith("refused: ")
    assert inside.asked == []


# --- into the index -------------------------------------------------------------------------------


def test_an_address_is_taken_into_the_index(site, index):
    from tracer.index.store import Index
    from tracer.pipeline.taking_in import take_in

    with Index.open(index, "write") as opened:
        taken = take_in(opened, [f"{site.url}/dog.mp4", f"{site.url}/none.mp4"], QUICK, wanted=ANY)
        assert (taken.new, taken.posts) == (1, 1)
        assert [(one.subject, one.stage) for one in taken.failed] == [
            (f"{site.url}/none.mp4", "download")
        ]
        assert opened.find(f"{site.url}/dog.mp4")
        info = next(media_folder(index).rglob("*.info.json"))
        assert json.loads(info.read_text())["extractor_key"] == "Generic"


def test_the_defaults_keep_the_network_shut():
    assert DEFAULT.collect.network_backoff > 0
    assert Wanted().allow_hosts == ()
