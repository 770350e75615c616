"""`tracer index` as it is called: one line for each trouble, and the right exit status."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3

import pytest

from tracer.cli.main import main
from tracer.index.store import Index
from tracer.settings import DEFAULT


@pytest.fixture
def call(capsys, tmp_path):
    """Run the command line in process; return status, standard output and error."""

    def run(*words):
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case.db"


@pytest.fixture
def clip(tmp_path, fixtures):
    target = tmp_path / "clips" / "dog.mp4"
    target.parent.mkdir()
    shutil.copy(fixtures / "clips" / "dog.mp4", target)
    return target


def one_line(err):
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert err.startswith("tracer: ")
    return err


def test_index_then_status(call, path, clip):
    status, out, err = call("index", "--index", path, clip.parent)
    assert (status, err) == (0, "")
    assert out.startswith("Taken in: 1 new")
    status, out, err = call("index", "--index", path, "--json", clip.parent)
    assert (status, err) == (0, "")
    record = json.loads(out)
    assert (record["schema"], record["new"], record["known"]) == ("tracer/index/1", 0, 1)
    status, out, _ = call("status", "--index", path, "--json")
    assert status == 0
    record = json.loads(out)
    assert record["videos"] == 1
    parts = record["parts"]
    prints = sum(parts[name] for name in ("hashes", "features", "films", "colour", "sound"))
    with Index.open(path) as index:
        minutes = index.state().hours * 60
    assert record["bytes_per_minute"] == round(prints / minutes)
    status, out, _ = call("status", "--index", path)
    assert "1 videos" in out
    assert f"a minute of video: {record['bytes_per_minute'] / 1e3:.0f} kB" in out


def test_the_status_of_an_empty_index_knows_no_minute(call, path):
    Index.open(path, "write").close()
    assert json.loads(call("status", "--index", path, "--json")[1])["bytes_per_minute"] is None
    assert "a minute of video" not in call("status", "--index", path)[1]


def test_the_environment_names_the_index(call, path, clip, monkeypatch):
    monkeypatch.setenv("TRACER_INDEX", str(path))
    assert call("index", clip)[0] == 0
    assert path.exists()


def test_a_missing_path(call, path, clip):
    status, out, err = call("index", "--index", path, clip, clip.parent / "none.mp4")
    assert (status, out) == (2, "")
    assert "none.mp4: no such file or folder" in one_line(err)
    assert not path.exists()


@pytest.mark.parametrize("words", [["--frob"], ["--jobs", "0", "x"], ["--jobs", "many", "x"]])
def test_a_wrong_option(call, path, words):
    status, out, err = call("index", "--index", path, *words)
    assert (status, out) == (2, "")
    one_line(err)


def test_a_folder_without_media(call, path, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("nothing")
    status, _, err = call("index", "--index", path, tmp_path / "notes")
    assert status == 3
    assert "no video files in this folder" in one_line(err)
    assert not path.exists()


def test_an_empty_list(call, path, tmp_path):
    (tmp_path / "list.txt").write_text("# nothing\n\n")
    status, _, err = call("index", "--index", path, f"@{tmp_path / 'list.txt'}")
    assert status == 3
    one_line(err)


@pytest.mark.parametrize("content", [b"", b"dear diary\n" * 50])
def test_what_is_no_video(call, path, clip, content):
    wrong = clip.parent / "wrong.mp4"
    wrong.write_bytes(content)
    status, _, err = call("index", "--index", path, wrong)
    assert status == 3  # no input at all could be read
    assert str(wrong) in err
    status, out, err = call("index", "--index", path, clip.parent, "--json")
    assert status == 1  # done, but one input could not be checked
    assert str(wrong) in err
    assert [one["subject"] for one in json.loads(out)["unchecked"]] == [str(wrong)]
    status, out, _ = call("status", "--index", path)
    assert status == 0
    assert str(wrong) in out


def test_status_counts_the_videos_whose_text_was_not_read(call, path, clip):
    assert call("index", "--no-text", "--index", path, clip)[0] == 0
    assert json.loads(call("status", "--index", path, "--json")[1])["unread"] == 1
    assert "text not read: 1 video; read it with: tracer text" in call("status", "--index", path)[1]


def test_a_broken_sidecar(call, path, clip):
    sidecar = clip.with_name("dog.info.json")
    sidecar.write_text("[1, 2")
    status, _, err = call("index", "--index", path, clip)
    assert status == 1
    assert str(sidecar) in err
    assert "not JSON" in err


def test_an_index_of_a_newer_version(call, path, clip):
    assert call("index", "--index", path, clip)[0] == 0
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for command in (["index", clip], ["status"]):
        status, out, err = call(*command, "--index", path)
        assert (status, out) == (3, "")
        assert "newer version" in one_line(err)
    assert path.read_bytes() == before


def test_an_index_that_is_not_sqlite(call, path, clip):
    path.write_text("a spreadsheet")
    for command in (["index", clip], ["status"]):
        status, out, err = call(*command, "--index", path)
        assert (status, out) == (3, "")
        assert "not SQLite" in one_line(err)
    assert path.read_text() == "a spreadsheet"


def test_an_index_that_is_missing(call, path):
    status, _, err = call("status", "--index", path)
    assert status == 3
    assert "tracer index" in one_line(err)
    assert not path.exists()


def test_an_index_that_can_not_be_written(call, tmp_path, clip):
    (tmp_path / "file").write_text("")
    status, _, err = call("index", "--index", tmp_path / "file" / "case.db", clip)
    assert status == 3
    one_line(err)


def test_without_a_path_the_index_is_made_or_migrated(call, path):
    assert call("index", "--index", path)[0] == 0
    assert json.loads(call("status", "--index", path, "--json")[1])["videos"] == 0


def test_status_while_another_process_works(call, path, clip):
    with Index.open(path, "write") as index:
        index.queue.put("file", [f"/clips/{number}.mp4" for number in range(9)])
        works = index.queue.take(3)
        index.queue.done(works[:1], seconds=30.0)
        index._connection.execute(
            "UPDATE runs SET begun = '2021-01-01T00:00:00Z', beat = '2021-01-01T00:00:10Z'"
        )
        queue = json.loads(call("status", "--index", path, "--json")[1])["queue"]
        assert queue == {
            "done": 1,
            "waiting": 6,
            "in_flight": 2,
            "failed": 0,
            "processes": 1,
            "ended_processes": 0,
            "files_per_second": 0.1,
            "video_seconds_per_second": 3.0,
            "seconds_left": 80,
        }
        told = call("status", "--index", path)[1]
        assert "queue: 1 done, 6 waiting, 2 in flight, 0 failed" in told
        assert "1 at work, 0.10 files a second (3.0x real time), 0:01:20 left" in told
        index.queue.end()
    assert "go on with: tracer index" in call("status", "--index", path)[1]


def test_retry_tries_again_what_is_asked_for(call, path, clip):
    good, wrong = clip.read_bytes(), clip.parent / "wrong.mp4"
    wrong.write_bytes(b"no video" * 9)
    assert call("index", "--index", path, wrong)[0] == 3
    stamp = wrong.stat()
    status, out, err = call("index", "--index", path, wrong)
    assert status == 3
    assert "tracer retry" in out
    assert str(wrong) in err
    wrong.write_bytes(good[: len(b"no video" * 9)])
    os.utime(wrong, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert call("retry", "--index", path, "--reason", "nothing of the kind")[0] == 0
    assert call("retry", "--index", path, clip.parent)[0] == 3
    wrong.write_bytes(good)
    status, out, _ = call("retry", "--index", path, "--json")
    assert (status, json.loads(out)["new"]) == (0, 1)
    assert json.loads(call("status", "--index", path, "--json")[1])["queue"]["failed"] == 0


def test_retry_compares_again_what_could_not_be_compared(call, path, clip):
    moved = clip.with_suffix(".away")
    assert call("index", "--index", path, "--no-match", clip)[0] == 0
    clip.rename(moved)
    assert call("families", "--index", path)[0] in (0, 1)
    with Index.open(path) as index:
        assert [one.stage for one in index.unchecked()] == ["match"]
    moved.rename(clip)
    assert call("retry", "--index", path, "--reason", "nothing of the kind")[0] == 0
    with Index.open(path) as index:
        assert len(index.unchecked()) == 1
    assert call("retry", "--index", path)[0] == 0
    with Index.open(path) as index:
        assert index.unchecked() == []
        assert index.unmatched(DEFAULT.matching_digest()) == []
