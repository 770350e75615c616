"""The speed of a match: on what is stored, on every frame of both files, and over a zoom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import ffmpeg
import numpy as np
import pytest

from tests.compare import scenes
from tests.compare.scenes import fingerprint, matched, video
from tests.films import encode, number_of, numbered, run
from tracer.compare import changed
from tracer.compare.every_frame import every_frame
from tracer.fingerprint.take import take, take_query
from tracer.match import explain_pair
from tracer.match.searched import film_of
from tracer.match.strips import Film
from tracer.media.digest import sha256_of
from tracer.media.probe import probe
from tracer.model import Fingerprint, Match, Segment, Transform, Video
from tracer.settings import DEFAULT

Subject = tuple[Video, Fingerprint]


def read(path: Path, *, fresh: bool = False) -> Subject:
    known = probe(path, sha256_of(path))
    return known, (take_query if fresh else take)(path, known, DEFAULT)


def speeds(
    match: Match, query: Subject, other: Subject, files: tuple[Path, Path] | None
) -> list[float]:
    """The speeds that are told of a match."""
    films = film_of(query[1]), film_of(other[1])
    seen = (query[1], other[1], films, query[0], other[0], DEFAULT, files)
    return [edit.detail["speed"] for edit in changed(match, *seen).edits if edit.kind == "speed"]


@pytest.mark.parametrize("name", ["rolling-ball", "wanna-band"])
@pytest.mark.parametrize("played", [1.0, 1.05, 0.95])
def test_files_tell_the_speed_of_three_seconds(
    tmp_path: Path, fixtures: Path, name: str, played: float
) -> None:
    source, path = fixtures / "clips" / f"{name}.mp4", tmp_path / "copy.mp4"
    cut = ffmpeg.input(str(source), ss=0.5, t=2.6).video.filter("setpts", f"PTS/{played}")
    cut = cut.filter("fps", probe(source, "0" * 64).frame_rate).filter("scale", 320, -2)
    run(cut.output(str(path), vcodec="libx264", crf=30, preset="veryfast", threads=1))
    query, other = read(path, fresh=True), read(source)
    match = explain_pair(query, other, DEFAULT).found
    assert match is not None
    told = speeds(match, query, other, (path, source))
    assert told == ([] if played == 1.0 else [pytest.approx(played, abs=0.015)])


def test_what_is_stored_tells_it_where_a_file_is_gone(tmp_path: Path, fixtures: Path) -> None:
    copy = fixtures / "clips" / "wanna-fast.mp4"
    origin = fixtures / "clips" / "wanna-band.mp4"
    query, other = read(copy, fresh=True), read(origin)
    match = explain_pair(query, other, DEFAULT).found
    assert match is not None
    stored = speeds(match, query, other, None)
    assert len(stored) == 1
    assert speeds(match, query, other, (tmp_path / "gone.mp4", origin)) == stored
    assert speeds(match, query, other, (copy, origin)) == [pytest.approx(stored[0], abs=0.01)]


def test_every_frame_of_a_part_is_read(tmp_path: Path) -> None:
    paths = [encode(tmp_path / f"{name}.mp4", numbered(100), g=40, bf=2) for name in "ab"]
    settings = replace(DEFAULT.compare, every_frame_seconds=1.2, every_frame_more=0.4)
    whole = Segment(1.0, 3.0, 0.5, 2.5, 1.0, 0.9)
    read = every_frame(whole, paths, settings)
    assert read is not None
    part, (query, other) = read
    ends = (part.query_start, part.query_end, part.match_start, part.match_end)
    assert ends == pytest.approx((1.4, 2.6, 0.9, 2.1))
    assert [number_of(one) for one in query.pictures] == list(range(25, 76))
    assert [number_of(one) for one in other.pictures] == list(range(23, 53))
    assert np.allclose(query.times, np.arange(25, 76) / 25)
    assert every_frame(whole, [paths[0], tmp_path / "gone.mp4"], settings) is None


def zoomed(times: np.ndarray, enlarged: float = 1.0) -> Film:
    """A picture that a camera moves towards and away from again, about the fifth second."""
    ground = np.random.default_rng(5).uniform(0, 255, (144, 256)).astype(np.float32)
    ground = cv2.GaussianBlur(ground, (0, 0), 3)
    ground = (ground - ground.mean()) / ground.std() * 45 + 125
    pictures = []
    for time in times.tolist():
        zoom = (1.0 + 0.5 * np.exp(-(((time - 5.0) / 3.0) ** 2))) * enlarged
        matrix = np.array([[zoom, 0.0, 64 - 128 * zoom], [0.0, zoom, 36 - 72 * zoom]])
        pictures.append(cv2.warpAffine(ground, matrix, (128, 72)))
    return Film(times, scenes.coded(np.stack(pictures), 5))


@pytest.mark.parametrize("played", [1.0, 0.92])
@pytest.mark.parametrize("scale", [1.06, 1.03])
def test_a_zoom_is_no_change_of_speed(played: float, scale: float) -> None:
    """A picture a little too large, at a speed of its own, fits a zoom nearly as well."""
    other = zoomed(np.arange(0.0, 10.0, 0.25))
    shown = zoomed(5.0 + (np.arange(0.0, 9.9, 1 / 12) - 5.0) * played, 1.06)
    query = Film(np.arange(0.0, 9.9, 1 / 12), shown.pictures)
    match = matched(query=(0.5, 9.5), match=(5 - 4.5 * 0.92, 5 + 4.5 * 0.92))
    middle = 0.5 - 0.5 * scale
    match = replace(match, transform=Transform((scale, 0.0, middle, 0.0, scale, middle)))
    told = changed(
        match,
        fingerprint("q", query),
        fingerprint("m", other),
        (query, other),
        video("q", query),
        video("m", other),
        DEFAULT,
    )
    found = [edit.detail["speed"] for edit in told.edits if edit.kind == "speed"]
    assert found == ([] if played == 1.0 else [pytest.approx(played, abs=0.03)])
