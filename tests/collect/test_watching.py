"""A watched folder: a file is handed out when it has come to rest, and once."""

from __future__ import annotations

import json
import os

import pytest

from tests.pipeline import tiny
from tracer.cli.index import keep_watching
from tracer.cli.main import main
from tracer.collect.watching import Watch
from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.pipeline.taking_in import take_in


def test_a_file_that_grows_is_left_until_it_rests(tmp_path):
    watch = Watch([tmp_path])
    film = tmp_path / "sub" / "a.mp4"
    film.parent.mkdir()
    for content in (b"a", b"ab", b"abc"):
        film.write_bytes(content)
        assert watch.look().files == ()
    assert watch.look().files == (str(film),)
    assert watch.look().files == ()
    film.write_bytes(b"abcd")
    assert watch.look().files == ()
    assert watch.look().files == (str(film),)


def test_the_same_size_at_another_time_is_no_rest(tmp_path):
    watch = Watch([tmp_path])
    film = tmp_path / "a.mp4"
    film.write_bytes(b"a")
    watch.look()
    os.utime(film, ns=(5, 5))
    assert watch.look().files == ()
    assert watch.look().files == (str(film),)


def test_a_sidecar_that_comes_later_hands_its_film_out_again(tmp_path):
    watch = Watch([tmp_path])
    film = tmp_path / "a.mp4"
    film.write_bytes(b"a")
    assert [bool(watch.look().files) for _ in range(3)] == [False, True, False]
    film.with_suffix(".post.json").write_text("{}")
    assert [bool(watch.look().files) for _ in range(3)] == [False, True, False]


def test_what_is_refused_is_told_once(tmp_path):
    watch = Watch([tmp_path])
    (tmp_path / "a.mp4").symlink_to("/dev/zero")
    assert [len(watch.look().refused) for _ in range(3)] == [1, 0, 0]
    assert watch.look().files == ()


def test_no_folder(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        Watch([tmp_path / "none"])
    assert main(["index", "--index", str(tmp_path / "a.db"), "--watch", str(tmp_path / "no")]) == 2


def test_what_comes_into_the_folder_is_taken_in_until_it_is_stopped(tmp_path, capsys):
    folder = tmp_path / "films"
    folder.mkdir()
    steps = iter(
        (
            lambda: tiny.film(folder / "a.mp4", 1),
            lambda: None,
            lambda: (folder / "b.mp4").write_bytes(b"half a fil"),
            lambda: tiny.film(folder / "b.mp4", 2),
            lambda: None,
        )
    )

    def wait():
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    with Index.open(tmp_path / "case.db", "write") as index:

        def taking(inputs):
            return take_in(index, inputs, jobs=1, read_text=False)

        with pytest.raises(KeyboardInterrupt):
            keep_watching(Watch([folder]), taking, as_json=True, wait=wait)
        assert index.state().videos == 2
        assert index.unchecked() == []
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["new"] for one in told] == [1, 1]
