"""Text that was put off is said to be, read later, and changes the answers."""

from __future__ import annotations

import shutil

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.pipeline.reading import read_texts
from tracer.settings import DEFAULT

NAMES = ("dog.mp4", "dog-small.mp4")


@pytest.fixture
def folder(tmp_path, fixtures):
    (tmp_path / "clips").mkdir()
    for name in NAMES:
        shutil.copy(fixtures / "clips" / name, tmp_path / "clips")
    return tmp_path / "clips"


@pytest.fixture
def index(tmp_path, folder):
    with Index.open(tmp_path / "index.db", "write") as opened:
        pipeline.take_in(opened, [str(folder)], read_text=False)
        yield opened


def test_what_was_put_off_is_said_and_read_later(index, folder):
    assert len(index.unread()) == 2
    events = []
    read = read_texts(index, on_event=events.append)
    assert (read.videos, read.lines, read.failed) == (2, 0, ())
    assert sorted(event.done for event in events) == [1, 2]
    assert index.unread() == []
    assert read_texts(index).videos == 0  # once is enough
    assert {entry.action for entry in index.log()} >= {"text_read"}


def test_a_video_without_a_file_is_named_and_the_rest_is_read(index, folder):
    (folder / "dog.mp4").unlink()
    read = read_texts(index)
    assert read.videos == 1
    (gone,) = read.failed
    assert "no file of this video is at hand" in gone.reason
    assert len(index.unread()) == 1


def test_only_what_is_named_is_read(index, folder):
    assert read_texts(index, [str(folder / "dog-small.mp4")]).videos == 1
    assert len(index.unread()) == 1


def test_a_query_that_was_not_read_says_so(index, folder):
    query = str(folder / "dog.mp4")
    put_off = next(pipeline.check_all(index, [query], DEFAULT, read_text=False))
    assert any("--no-text" in one.reason for one in put_off.unchecked)
