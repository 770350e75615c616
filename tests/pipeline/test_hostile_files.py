"""Files that somebody made to do harm: nothing but the file itself is read, each is named."""

from __future__ import annotations

import os
import socket
import struct
import threading
import zlib
from pathlib import Path

import pytest

from tests.benchmarks import damage
from tests.pipeline import tiny
from tracer.cli.main import main
from tracer.index.store import Index
from tracer.pipeline.taking_in import take_in

NAMES = (
    "line\nbreak.mp4",
    "turned \u202e4pm.mp4",
    "emoji \U0001f98a.mp4",
    "escape \x1b[31m.mp4",
    "-i.mp4",
    "%03d.mp4",
    "[ab]*?.mp4",
    "'; DROP TABLE videos; --.mp4",
    "file:x.mp4",
    "concat:a|b.mp4",
    "石榴云.mp4",
    " .mp4",
)


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "index" / "case.db", "write") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    return folder


def test_any_name_comes_in_and_comes_out(index, folder):
    for seed, name in enumerate(NAMES):
        tiny.film(folder / "plain.mp4", seed, 0.5).rename(folder / name)
    taken = take_in(index, [str(folder)], jobs=1, read_text=False)
    assert (taken.new, taken.failed) == (len(NAMES), ())
    known = {path for one in index.videos() for path in one.paths}
    assert known == {str(folder / name) for name in NAMES}
    for name in NAMES:
        assert index.find(str(folder / name))


def test_a_hostile_name_steers_no_terminal(folder, tmp_path, capsys):
    (folder / NAMES[0]).write_bytes(b"none")
    (folder / NAMES[1]).write_bytes(b"none!")
    (folder / NAMES[3]).write_bytes(b"none!!")
    path = str(tmp_path / "case.db")
    assert main(["index", "--index", path, "--no-text", str(folder)]) == 3
    main(["status", "--index", path])
    told = capsys.readouterr()
    for text in (told.out, told.err):
        assert not {"\u202e", "\x1b"} & set(text)
        assert sum("break.mp4" in line for line in text.splitlines()) == 1
        assert any("line break.mp4" in line for line in text.splitlines())


def test_links_out_pipes_and_devices_are_named_and_never_opened(index, folder, tmp_path):
    secret = tiny.film(tmp_path / "secret.mp4", 1)
    tiny.film(folder / "good.mp4", 2)
    (folder / "link.mp4").symlink_to(secret)
    (folder / "up.mp4").symlink_to("../secret.mp4")
    (folder / "device.mp4").symlink_to("/dev/zero")
    (folder / "loop.mp4").symlink_to("loop.mp4")
    os.mkfifo(folder / "pipe.mp4")
    taken = take_in(index, [str(folder)], jobs=1, read_text=False)
    assert taken.new == 1
    reasons = {Path(one.subject).name: one.reason for one in taken.failed}
    assert set(reasons) == {"link.mp4", "up.mp4", "device.mp4", "loop.mp4", "pipe.mp4"}
    assert all("leads out" in reasons[name] for name in ("link.mp4", "up.mp4", "device.mp4"))
    assert "levels of symbolic links" in reasons["loop.mp4"]
    assert reasons["pipe.mp4"] == "is not a regular file"


def test_what_became_a_pipe_or_folder_after_it_was_named(index, folder):
    films = tiny.films(folder, 3)
    index.queue.put("file", [str(path) for path in films])
    for path in films[:2]:
        path.unlink()
    os.mkfifo(films[0])
    films[1].mkdir()
    taken = take_in(index, jobs=1, read_text=False)
    assert (taken.new, len(taken.failed)) == (1, 2)


@pytest.fixture
def listener():
    """A server that notes who asks."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)

        def listen():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                asked.append(connection.recv(1000))
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked


PLAYLISTS = {
    "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
    "hls-bom.ts": "\ufeff\n#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n",
    "concat.mp4": "ffconcat version 1.0\nfile {target}\n",
    "dash.mp4": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
    "<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "stream.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
}


@pytest.mark.parametrize("where", ["pipe", "network"])
def test_what_names_other_files_is_refused_before_it_looks_at_any(
    index, folder, tmp_path, listener, where
):
    """A named pipe would hang whoever opens it; the server notes whoever asks."""
    port, asked = listener
    os.mkfifo(folder / "secret")
    target = "secret" if where == "pipe" else f"http://127.0.0.1:{port}/secret.ts"
    for name, content in PLAYLISTS.items():
        (folder / name).write_text(content.format(target=target), encoding="utf-8")
    named = [str(folder / name) for name in PLAYLISTS]
    taken = take_in(index, named, jobs=1, read_text=False)
    assert taken.new == 0
    assert {Path(one.subject).name for one in taken.failed} == set(PLAYLISTS)
    for one in taken.failed:
        assert "a playlist" in one.reason
    assert asked == []


def test_a_name_with_a_pattern_is_one_picture(tmp_path):
    import cv2
    import numpy as np

    from tracer.media.digest import sha256_of
    from tracer.media.probe import probe

    for name, side in (("a%d.png", 40), ("a1.png", 60), ("b[12].png", 40), ("b1.png", 60)):
        cv2.imwrite(str(tmp_path / name), np.zeros((side, side), np.uint8))
    for name in ("a%d.png", "b[12].png"):
        path = tmp_path / name
        assert probe(path, sha256_of(path)).width == 40


def bomb(path, side):
    """Write a PNG of side x side black pixels: a few kilobytes that unpack to gigabytes."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    packer = zlib.compressobj(9)
    row = bytes(side + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_an_image_bomb_is_refused(index, tmp_path):
    picture = tmp_path / "bomb.png"
    bomb(picture, 12_000)
    taken = take_in(index, [str(picture)], jobs=1, read_text=False)
    assert taken.new == 0
    assert "over the limit" in taken.failed[0].reason


def test_damaged_files_cost_only_themselves(tmp_path):
    """A small sample of what tests/benchmarks/damage.py does ten thousand times."""
    told = [
        (path.name, damage.verdict(path, failure), failure)
        for path, failure, _ in damage.outcomes(tmp_path, 20, seed=1, jobs=1)
    ]
    assert len(told) == 20
    assert {verdict for _, verdict, _ in told} == {"read", "named"}, told
    assert damage.children() == 0
