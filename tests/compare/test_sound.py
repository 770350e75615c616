"""Sounds laid over each other, on the narration of a bundled clip."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.compare.played_again import played_again
from tracer.compare.same_sound import Sounds, counted, same_sound
from tracer.compare.sound import not_at_hand, sound_edits, sound_of
from tracer.index.sound_search import SoundHits, SoundTable
from tracer.media import sound
from tracer.media.ffmpeg import binary
from tracer.model import Fingerprint, FrameHashes, Layout, LocalFeatures, Miniature, Segment
from tracer.settings import DEFAULT

SETTINGS = DEFAULT.sound
SECONDS = 20.0


def bare(items, duration: float = SECONDS, name: str = "q") -> Fingerprint:
    """A fingerprint with nothing but sound."""
    none, byte = np.empty(0), np.empty(0, np.uint8)
    word, short = np.empty(0, np.uint64), np.empty(0, np.uint16)
    return Fingerprint(
        sha256=name,
        algorithm="",
        duration=duration,
        aspect=1.0,
        layout=Layout(),
        hashes=FrameHashes(none, byte, word, word, byte, byte, byte),
        features=LocalFeatures(none, short, short, byte, byte),
        miniature=Miniature(none, 16, 16, b""),
        sound=items,
    )


def over(start: float = 0.0, speed: float = 1.0, seconds: float = SECONDS) -> tuple[Segment, ...]:
    return (Segment(0.0, seconds, start, start + speed * seconds, speed, 1.0),)


@pytest.fixture(scope="module")
def changed(tmp_path_factory, fixtures):
    """Make (or take) a changed copy of twenty seconds of narration."""
    folder = tmp_path_factory.mktemp("changed")
    clip, other = (fixtures / "clips" / f"{name}.mp4" for name in ("wanna", "sintel"))

    @cache
    def make(filters: str = "anull", bitrate: str = "64k"):
        path = folder / f"{abs(hash((filters, bitrate)))}.mp4"
        graph = f"[0:a]{filters}[a]" if "[1:a]" not in filters else filters
        command = [binary(), "-v", "error", "-y", "-t", str(SECONDS), "-i", str(clip)]
        command += ["-ss", "8", "-t", str(SECONDS), "-i", str(other)]
        command += ["-filter_complex", graph, "-map", "0:v", "-map", "[a]", "-s", "64x36"]
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"]
        subprocess.run([*command, "-b:a", bitrate, str(path)], check=True)
        return path, bare(sound.sound_of(path).items)

    return make


def test_re_encoded_sound_is_the_same(changed):
    _, clip = changed()
    _, poor = changed("volume=0.3,aresample=8000", "16k")
    told = sound_of(over(), poor, clip, SETTINGS)
    assert told.verdict == "same"
    assert abs(told.offset) < 0.1
    assert sound_edits(told, over(), poor, clip, SETTINGS) == ()


def test_other_speech_is_different_and_an_edit_without_a_side(changed):
    _, clip = changed()
    _, dubbed = changed("[1:a]anull[a]")
    told = sound_of(over(), dubbed, clip, SETTINGS)
    assert told.verdict == "different"
    (edit,) = sound_edits(told, over(), dubbed, clip, SETTINGS)
    assert (edit.kind, edit.side) == ("sound_replaced", "unknown")


def test_half_of_another_sound_is_partial(changed):
    _, clip = changed()
    half = "[0:a]atrim=0:10[x];[1:a]atrim=0:10[y];[x][y]concat=n=2:v=0:a=1[a]"
    _, mixed = changed(half)
    assert sound_of(over(), mixed, clip, SETTINGS).verdict == "partial"


def test_muted_sound_is_absent_and_was_removed_from_the_silent_side(changed):
    _, clip = changed()
    _, muted = changed("volume=0")
    told = sound_of(over(), muted, clip, SETTINGS)
    assert told.verdict == "absent"
    (edit,) = sound_edits(told, over(), muted, clip, SETTINGS)
    assert (edit.kind, edit.side) == ("sound_removed", "query")
    (back,) = sound_edits(told, over(), clip, muted, SETTINGS)
    assert (back.kind, back.side) == ("sound_removed", "match")


def test_no_track_is_absent_and_damage_is_unchecked(changed):
    _, clip = changed()
    assert sound_of(over(), bare(None), clip, SETTINGS).verdict == "absent"
    damaged = replace(bare(None), unchecked=(sound_damage(),))
    told = sound_of(over(), damaged, clip, SETTINGS)
    assert told.verdict == "unchecked"
    assert "damaged" in told.detail


def sound_damage():
    from tracer.model import Unchecked

    return Unchecked("q.mp4", sound.STAGE, "40 packets of the sound are damaged")


def test_silence_on_both_sides_says_nothing(changed):
    _, muted = changed("volume=0")
    told = sound_of(over(), muted, muted, SETTINGS)
    assert told.verdict == "absent"
    assert sound_edits(told, over(), muted, muted, SETTINGS) == ()


def test_too_short_is_unchecked():
    short = bare(np.empty(0, np.uint32), 2.0)
    assert sound_of(over(seconds=2.0), short, short, SETTINGS).verdict == "unchecked"


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_a_change_of_speed_that_keeps_the_pitch(changed, speed):
    _, clip = changed()
    _, played = changed(f"atempo={speed}")
    segments = over(speed=speed, seconds=SECONDS / max(1.0, speed))
    told = sound_of(segments, played, clip, SETTINGS)
    assert told.verdict == "same"
    assert abs(told.offset) < 0.2


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_a_change_of_speed_and_pitch_needs_the_file(changed, speed):
    _, clip = changed()
    path, played = changed(f"aresample=44100,asetrate={round(44100 * speed)},aresample=44100")
    segments = over(speed=speed, seconds=SECONDS / max(1.0, speed))
    assert sound_of(segments, played, clip, SETTINGS, not_at_hand).verdict == "unchecked"
    told = sound_of(segments, played, clip, SETTINGS, played_again(path, played, DEFAULT.media))
    assert told.verdict == "same"
    assert abs(told.offset) < 0.2


def test_sound_that_lies_off_the_picture_is_told(changed):
    _, clip = changed()
    _, late = changed("adelay=delays=300:all=1")
    told = sound_of(over(), late, clip, SETTINGS)
    assert told.verdict == "same"
    assert told.offset == pytest.approx(-0.3, abs=0.1)


def table(*fingerprints: Fingerprint) -> Sounds:
    entries = [(n, one.sound) for n, one in enumerate(fingerprints) if one.sound is not None]
    held = {one.sha256: one.sound for one in fingerprints}
    return Sounds(SoundTable.of(entries, sound.SILENT), tuple(held), held.get)


def test_the_same_sound_is_found_without_the_picture(changed):
    indexed = [replace(changed(filters)[1], sha256=name) for name, filters in (
        ("clip", "anull"), ("other", "[1:a]anull[a]"), ("silent", "volume=0"))]  # fmt: skip
    _, cut = changed("atrim=start=4,asetpts=PTS-STARTPTS,volume=0.5")
    (found,) = same_sound(cut, table(*indexed), set(), SETTINGS)
    assert found.sha256 == "clip"
    (segment,) = found.segments
    assert segment.match_start - segment.query_start == pytest.approx(4.0, abs=0.2)
    assert segment.speed == 1.0
    assert same_sound(cut, table(*indexed), {"clip"}, SETTINGS) == ()


def test_a_hum_is_no_shared_sound(changed):
    _, hum = changed("aeval='0.3*sin(2*PI*100*t)':c=same")
    _, louder = changed("aeval='0.6*sin(2*PI*100*t)':c=same")
    assert same_sound(hum, table(replace(louder, sha256="other")), set(), SETTINGS) == ()


def test_a_search_finds_every_item_within_one_bit_of_its_key():
    dice = np.random.default_rng(5)
    items = dice.integers(2**32, size=300, dtype=np.uint32)
    near = items ^ (np.uint32(1) << dice.integers(12, 32, size=300).astype(np.uint32))
    hits = SoundTable.of([(7, items)], sound.SILENT).hits(near, longest=100)
    naive = {
        (q, i)
        for q in range(300)
        for i in range(300)
        if int(near[q] >> 12 ^ items[i] >> 12).bit_count() <= 1
    }
    assert set(zip(hits.query.tolist(), hits.item.tolist(), strict=True)) == naive
    assert set(hits.video.tolist()) == {7}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3), st.integers(0, 5)), max_size=60),
    st.integers(1, 4),
)
def test_votes_are_counted_as_one_by_one(voted, least):
    video, cell, item = (np.array([row[k] for row in voted], np.int64) for k in range(3))
    naive = Counter((one[0], one[1]) for one in set(voted))
    known = sorted((*line, count) for line, count in naive.items() if count >= least)
    count, videos, cells = counted(SoundHits(item, video, item), cell, least)
    assert list(zip(videos.tolist(), cells.tolist(), count.tolist(), strict=True)) == known
