"""The doctor finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.index import builders as make
from tracer.cli.main import main
from tracer.index.store import Index
from tracer.media import ffmpeg
from tracer.pipeline.health import examine
from tracer.settings import DEFAULT


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "case.db"
    with Index.open(path, "write") as index:
        for name in ("a", "b"):
            index.add(make.video(name), make.fingerprint(name), DEFAULT.digest())
            index.add_file(make.sha(name), f"/clips/{name}.mp4", 1000, 1)
    return path


def found(path):
    return {check.name: check for check in examine(path)}


def change(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_what_is_well_is_said_to_be(path):
    before = path.read_bytes()
    checks = found(path)
    assert path.read_bytes() == before
    for name in ("versions", "picture", "ffmpeg", "opencv", "text", "index", "log of custody"):
        assert checks[name].state == "ok", checks[name]
    assert "h264" in checks["picture"].detail
    assert "2 videos" in checks["index"].detail
    assert "another version" in checks["fingerprints"].detail  # made by the tests


def test_status_and_json(path, capsys):
    assert main(["doctor", "--index", str(path), "--json", "--quick"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["schema"] for line in lines} == {"tracer/doctor/1"}
    change(path, "DROP TRIGGER log_no_update", "UPDATE log SET actor = 'x' WHERE seq = 2")
    assert main(["doctor", "--index", str(path)]) == 3
    assert "log of custody: broken. entry 2 was changed" in capsys.readouterr().out


def test_rows_that_refer_to_nothing(path):
    change(path, "PRAGMA foreign_keys = OFF", "DELETE FROM videos")
    assert found(path)["index"].state == "broken"


def test_a_damaged_file(path):
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    path.write_bytes(content)
    told = found(path)["index"]
    assert told.state == "broken"
    assert "restore" in told.advice


def test_an_index_that_is_not_there_yet(tmp_path):
    assert found(tmp_path / "none" / "case.db")["index"].state == "advice"


def test_settings_that_are_mixed(path):
    from tracer.fingerprint.take import ALGORITHM

    change(
        path,
        f"UPDATE fingerprints SET algorithm = '{ALGORITHM}'",
        "UPDATE fingerprints SET settings = 'old' WHERE arrival = 1",
    )
    told = found(path)["fingerprints"]
    assert "old (1)" in told.detail
    assert "tracer reindex" in told.advice


def test_what_waits_and_what_failed(path):
    with Index.open(path, "write") as index:
        index.queue.put("file", ["/a.mp4", "/b.mp4"])
        index.queue.failed(index.queue.take(1)[0])
        checks = found(path)
        assert "1 files wait" in checks["queue"].detail
        assert "1 files failed" in checks["failed"].detail


@pytest.fixture
def no_ffmpeg(monkeypatch):
    monkeypatch.setenv("TRACER_FFMPEG", "no-such-program")
    ffmpeg.binary.cache_clear()
    yield
    ffmpeg.binary.cache_clear()


def test_no_ffmpeg(path, no_ffmpeg):
    told = found(path)["ffmpeg"]
    assert told.state == "broken"
    assert "TRACER_FFMPEG" in told.detail


def test_two_packages_that_bring_opencv(path, tmp_path, monkeypatch):
    other = tmp_path / "packages" / "opencv_python-4.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: opencv-python\nVersion: 4.0\n")
    (other / "top_level.txt").write_text("cv2\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(other.parent)])
    told = found(path)["opencv"]
    assert told.state == "advice"
    assert "pip uninstall opencv-python" in told.advice
