"""The speed that two sounds name, with the pitch kept and moved."""

from __future__ import annotations

from pathlib import Path

import ffmpeg
import pytest

from tests.films import run
from tracer.compare.heard import Heard, heard
from tracer.model import Segment
from tracer.settings import DEFAULT

LENGTH = 2.8  # seconds


def copy_of(
    source: Path, path: Path, played: float, moved: bool = False, start: float = 10.0
) -> Path:
    """Some seconds of a clip, picture and sound played at another speed."""
    cut = ffmpeg.input(str(source), ss=start, t=LENGTH)
    sound = cut.audio.filter("aresample", 44100)
    if moved:
        sound = sound.filter("asetrate", round(44100 * played)).filter("aresample", 44100)
    else:
        sound = sound.filter("atempo", played)
    shown = cut.video.filter("setpts", f"PTS/{played}")
    run(ffmpeg.output(shown, sound, str(path), preset="ultrafast", threads=1))
    return path


def asked(path: Path, source: Path, played: float, near: float) -> Heard | None:
    """What is heard at a line of speed 1 through the middle, as short clips are first found."""
    half, middle = LENGTH / played / 2, 10.0 + LENGTH / 2
    line = Segment(0.0, 2 * half, middle - half, middle + half, 1.0, 0.9)
    return heard(line, (path, source), near, DEFAULT.compare)


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("played", [1.05, 0.9])
@pytest.mark.parametrize("off", [0.98, 1.015])
def test_sound_names_the_speed_whatever_became_of_its_pitch(
    tmp_path: Path, fixtures: Path, played: float, moved: bool, off: float
) -> None:
    source = fixtures / "clips" / "wanna.mp4"
    path = copy_of(source, tmp_path / "copy.mp4", played, moved)
    found = asked(path, source, played, played * off)
    assert found is not None
    assert found.stands(DEFAULT.compare)
    assert found.speed == pytest.approx(played, abs=0.008)


@pytest.mark.parametrize("near", [0.95, 1.04, 1.1])
def test_sound_at_its_own_speed_names_no_other(tmp_path: Path, fixtures: Path, near: float) -> None:
    source = fixtures / "clips" / "wanna.mp4"
    path = copy_of(source, tmp_path / "copy.mp4", 1.0)
    found = asked(path, source, 1.0, near)
    assert found is None or not found.stands(DEFAULT.compare) or abs(found.speed - 1.0) < 0.02


def test_another_sound_and_no_sound_name_nothing(tmp_path: Path, fixtures: Path) -> None:
    source = fixtures / "clips" / "wanna.mp4"
    other = copy_of(source, tmp_path / "other.mp4", 1.05, start=25.0)
    found = asked(other, source, 1.05, 1.05)
    assert found is None or not found.stands(DEFAULT.compare)
    mute = tmp_path / "mute.mp4"
    run(ffmpeg.input(str(source), t=4).video.output(str(mute), vcodec="copy"))
    assert asked(mute, source, 1.05, 1.05) is None
    assert asked(tmp_path / "gone.mp4", source, 1.05, 1.05) is None
