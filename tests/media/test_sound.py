"""Sound by ffmpeg, on files that ffmpeg makes here."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from tracer.fingerprint.take import take
from tracer.media import sound
from tracer.media.ffmpeg import binary
from tracer.media.probe import probe
from tracer.settings import DEFAULT

GREY = ("-f", "lavfi", "-i", "color=gray:s=64x36:r=5:d=8")
# Chords that wander: something to hear, the same in every run.
MUSIC = "0.3*sin(2*PI*t*(220+110*floor(mod(t*3,4))))+0.2*sin(2*PI*t*(330+55*floor(mod(t*2,5))))"


def tone(expression: str, seconds: float = 8.0, rate: int = 44100) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"aevalsrc='{expression}':s={rate}:d={seconds}")


def make(path, *arguments: str):
    command = [binary(), "-v", "error", "-y", *arguments, "-c:v", "libx264", "-threads", "1"]
    subprocess.run([*command, str(path)], check=True)
    return path


def differ(a, b) -> float:
    size = min(len(a), len(b))
    return float(np.bitwise_count(a[:size] ^ b[:size]).mean()) / 32


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    return make(tmp_path_factory.mktemp("sound") / "music.mp4", *GREY, *tone(MUSIC))


def test_items_cover_the_sound(music):
    heard = sound.sound_of(music)
    assert heard.damage == ""
    assert heard.items.dtype == np.uint32
    assert len(heard.items) == pytest.approx((8.0 - sound.SPAN) / sound.HOP, abs=3)


def test_no_track_is_none_and_silence_is_silent(tmp_path):
    assert sound.sound_of(make(tmp_path / "none.mp4", *GREY)).items is None
    silent = sound.sound_of(make(tmp_path / "silent.mp4", *GREY, *tone("0"))).items
    assert len(silent) > 30
    assert (silent == sound.SILENT).all()


def test_a_sound_shorter_than_an_item_has_none(tmp_path):
    short = make(tmp_path / "short.mp4", *GREY, *tone(MUSIC, 2.0))
    assert len(sound.sound_of(short).items) == 0


def test_low_rate_and_clipping_keep_the_items(tmp_path, music):
    items = sound.sound_of(music).items
    low = make(tmp_path / "low.mp4", "-i", str(music), "-ar", "8000", "-ac", "1")
    loud = make(tmp_path / "loud.mp4", "-i", str(music), "-af", "volume=20dB")
    assert differ(items, sound.sound_of(low).items) < DEFAULT.sound.same_error
    assert differ(items, sound.sound_of(loud).items) < DEFAULT.sound.same_error


def test_of_several_tracks_the_default_is_taken(tmp_path, music):
    two = ("-i", str(music), *tone("0"), "-map", "0:v", "-map", "1:a", "-map", "0:a")
    first = make(
        tmp_path / "first.mkv", *two, "-disposition:a:0", "default", "-disposition:a:1", "0"
    )
    second = make(
        tmp_path / "second.mkv", *two, "-disposition:a:0", "0", "-disposition:a:1", "default"
    )
    assert (sound.sound_of(first).items == sound.SILENT).all()
    assert differ(sound.sound_of(second).items, sound.sound_of(music).items) < 0.1


def test_a_hole_in_the_track_keeps_what_follows_in_place(tmp_path, music):
    items = sound.sound_of(music).items
    late = make(tmp_path / "late.mkv", *GREY, "-itsoffset", "2", "-i", str(music), "-map", "0:v",
                "-map", "1:a", "-t", "8")  # fmt: skip
    shifted = sound.sound_of(late).items
    steps = round(2 / sound.HOP)
    assert differ(items[: len(shifted) - steps], shifted[steps:]) < 0.2


def test_a_sound_played_again_at_its_own_speed_is_itself(music):
    items = sound.sound_of(music).items
    faster, same, slower = sound.shifted(music, (1.25, 1.0, 0.8), 8.0)
    assert differ(items, same) < 0.05
    assert len(faster) < len(items) < len(slower)


def test_playing_at_the_other_speed_undoes_a_change_of_speed(tmp_path, music):
    fast = make(tmp_path / "fast.mp4", "-i", str(music), "-af",
                "asetrate=44100*1.2,aresample=44100")  # fmt: skip
    items = sound.sound_of(music).items
    (undone,) = sound.shifted(fast, (1 / 1.2,), 8.0 / 1.2)
    assert differ(items, undone) < 0.1


def test_damaged_sound_is_told_and_the_picture_is_kept(tmp_path, music):
    whole = make(tmp_path / "whole.mkv", "-i", str(music), "-c:a", "aac")
    bad = make(tmp_path / "bad.mkv", "-i", str(whole), "-bsf:a", "noise=amount=1")
    fingerprint = take(bad, probe(bad, "0" * 64), DEFAULT)
    assert [part.stage for part in fingerprint.unchecked] == [sound.STAGE]
    assert len(fingerprint.miniature) > 10


def test_a_fingerprint_carries_its_sound(music):
    fingerprint = take(music, probe(music, "0" * 64), DEFAULT)
    assert np.array_equal(fingerprint.sound, sound.sound_of(music).items)
    assert fingerprint.unchecked == ()


def test_samples_lie_on_the_clock_of_the_picture(tmp_path):
    # The picture begins half a second after the sound, and its clock with it.
    picture = ("-itsoffset", "0.5", "-f", "lavfi", "-i", "color=gray:s=64x36:r=25:d=3.5")
    beep = tone("if(between(t,2,2.5),0.5*sin(2*PI*440*t),0)", 4.0)
    path = make(tmp_path / "beep.mkv", *picture, *beep, "-c:a", "flac")
    samples = sound.samples_between(path, 1.0, 3.0, 8000)
    loud = np.nonzero(np.abs(samples) > 0.05)[0] / 8000 + 1.0
    assert len(samples) == pytest.approx(16000, abs=100)
    assert (loud[0], loud[-1]) == pytest.approx((1.5, 2.0), abs=0.03)
    mute = make(tmp_path / "mute.mp4", *GREY)
    assert sound.samples_between(mute, 0.0, 1.0, 8000) is None
