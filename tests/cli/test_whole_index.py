"""The commands that concern an index as a whole, as they are called."""

from __future__ import annotations

import json

import pytest

from tests.index import builders as make
from tracer.cli.main import main
from tracer.index.store import Index


@pytest.fixture
def call(capsys):
    def run(*words):
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def path(tmp_path):
    return filled(tmp_path / "case.db", "a")


def filled(path, name):
    with Index.open(path, "write") as index:
        index.add(make.video(name), make.fingerprint(name), "s")
        index.add_file(make.sha(name), f"/clips/{name}.mp4", 1000, 1)
        index.add_post(make.sha(name), make.post(post_id=name))
    return path


def test_forget(call, path):
    status, out, _ = call("forget", "--index", path, "--reason", "not ours", "/clips/a.mp4")
    assert status == 0
    assert "with 1 posts" in out
    assert "its file stays: /clips/a.mp4" in out
    status, _, err = call("forget", "--index", path, "/clips/a.mp4")
    assert (status, err.count("\n")) == (2, 1)


def test_forget_as_json(call, path):
    record = json.loads(call("forget", "--index", path, "--json", make.sha("a"))[1])
    assert (record["schema"], record["sha256"]) == ("tracer/forget/1", make.sha("a"))


def test_merge(call, path, tmp_path):
    other = filled(tmp_path / "other.db", "b")
    status, out, _ = call("merge", "--index", path, "--no-match", other)
    assert status == 0
    assert "1 videos, 1 posts" in out
    record = json.loads(call("merge", "--index", path, "--no-match", "--json", other)[1])
    assert (record["schema"], record["videos"]) == ("tracer/merge/1", 0)
    status, _, err = call("merge", "--index", path, tmp_path / "none.db")
    assert (status, err.count("\n")) == (3, 1)
    assert call("log", "verify", "--index", path)[0] == 0


def test_relocate(call, path, tmp_path):
    status, out, _ = call("relocate", "--index", path, "/clips", tmp_path, "--json")
    assert status == 3  # the file is not there
    assert json.loads(out)["unchecked"][0]["subject"] == "/clips/a.mp4"
    assert call("relocate", "--index", path, "/nowhere", tmp_path)[0] == 2


def test_reindex_without_files_names_each(call, path):
    status, out, err = call("reindex", "--index", path, "--no-match")
    assert status == 3
    assert "no unchanged file at hand" in err
    assert "0 replaced; 1 keep their old one" in out
