"""What is named becomes a list of regular files, and nothing leads out of a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tracer.collect.media_files import gather
from tracer.errors import SourceError, UsageError


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "clips"
    (folder / "sub").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name in (
        "b.mp4",
        "a.MKV",
        "sub/c.webm",
        ".hidden/d.mp4",
        ".e.mp4",
        "notes.txt",
        "cover.jpg",
        "f.mp4.part",
        "名字 with\nnewline.mp4",
    ):
        (folder / name).write_bytes(b"x")
    return folder


def names(inputs, folder):
    return [os.path.relpath(path, folder) for path in inputs.files]


def test_a_folder_is_searched_in_order(folder):
    inputs = gather([str(folder)])
    assert names(inputs, folder) == ["a.MKV", "b.mp4", "名字 with\nnewline.mp4", "sub/c.webm"]
    assert inputs.refused == ()


def test_what_is_named_is_taken_whatever_its_name_and_only_once(folder):
    named = [str(folder / "notes.txt"), str(folder / "b.mp4"), str(folder / "sub" / ".." / "b.mp4")]
    assert names(gather(named), folder) == ["notes.txt", "b.mp4"]


def test_a_list_names_paths_and_addresses(folder, tmp_path, monkeypatch):
    listed = folder / "list.txt"
    listed.write_text("﻿# a comment\nb.mp4\n\n  https://example.org/1  \nnone.mp4\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    inputs = gather([f"@{listed}"])
    assert names(inputs, folder) == ["b.mp4"]
    assert inputs.urls == ("https://example.org/1",)
    (missing,) = inputs.refused
    assert missing.subject == "none.mp4"
    assert str(listed) in missing.reason


@pytest.mark.parametrize("name", ["none.mp4", "@none.txt", "nowhere/none.mp4", ""])
def test_what_does_not_exist_is_told_at_once(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError):
        gather(["b.mp4", name])


def test_nothing_at_all_is_told(tmp_path):
    with pytest.raises(SourceError, match="no video files in this folder"):
        gather([str(tmp_path)])
    with pytest.raises(SourceError, match="nothing to take in"):
        gather([])


def test_links_do_not_lead_out_of_a_folder(folder, tmp_path):
    outside = tmp_path / "secret.mp4"
    outside.write_bytes(b"x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "g.mp4").write_bytes(b"x")
    (folder / "out.mp4").symlink_to(outside)
    (folder / "in.mp4").symlink_to(folder / "b.mp4")
    (folder / "others").symlink_to(tmp_path / "other")
    (folder / "loop").symlink_to(folder)
    (folder / "broken.mp4").symlink_to(folder / "gone.mp4")
    inputs = gather([str(folder)])
    assert [name for name in names(inputs, folder) if "g" in name or "out" in name] == []
    assert "in.mp4" in names(inputs, folder)
    told = {Path(one.subject).name: one.reason for one in inputs.refused}
    assert set(told) == {"out.mp4", "broken.mp4"}
    assert "leads out" in told["out.mp4"]
    # Named by hand it is meant.
    assert gather([str(folder / "out.mp4")]).files == (str(folder / "out.mp4"),)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFO in folders")
def test_what_never_ends_is_refused(folder):
    os.mkfifo(folder / "pipe.mp4")
    (refused,) = gather([str(folder)]).refused
    assert refused.reason == "is not a regular file"
    for endless in (str(folder / "pipe.mp4"), "/dev/zero"):
        with pytest.raises(SourceError, match="not a regular file"):
            gather([endless])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux allows any bytes")
def test_a_name_that_is_no_text_is_refused(folder):
    (folder / os.fsdecode(b"\xff\xfe.mp4")).write_bytes(b"x")
    (refused,) = gather([str(folder)]).refused
    assert "not valid UTF-8" in refused.reason
    refused.subject.encode()  # it can be printed and stored
