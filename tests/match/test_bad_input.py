"""Copies in every odd kind of file are found, with their seconds; what can't be read says why."""

from __future__ import annotations

import ffmpeg
import numpy as np
import pytest

from tracer.errors import MediaError
from tracer.fingerprint.take import take, take_query
from tracer.match import find
from tracer.match.searched import from_fingerprints
from tracer.media.digest import sha256_of
from tracer.media.ffmpeg import binary
from tracer.media.probe import probe
from tracer.settings import DEFAULT

from ..films import encode, run

SOURCE = "city"
QUICK = {"preset": "ultrafast", "crf": 23, "threads": 1}


def source(clips):
    return ffmpeg.input(str(clips.path(SOURCE)))


def asked(path):
    return take_query(path, probe(path, sha256_of(path)), DEFAULT)


def written(path, *streams, **options):
    run(ffmpeg.output(*streams, str(path), **(QUICK | options)))
    return path


def one_frame_a_second(clips, folder):
    return written(folder / "slow.mp4", source(clips).video.filter("fps", 1))


def variable_frame_rate(clips, folder):
    """Every third second keeps a frame in five, as a phone does in the dark."""
    kept = source(clips).video.filter("select", "if(lt(mod(t,3),1),not(mod(n,5)),1)")
    return written(folder / "variable.mkv", kept, fps_mode="vfr")


def turned_by_its_metadata(clips, folder):
    """Stored upright, to be shown as it was: the picture turned, and a flag that turns it back."""
    plain = written(folder / "plain.mp4", source(clips).video.filter("transpose", 1))
    path = folder / "turned.mp4"
    command = ["-display_rotation:v:0", "90", "-i", str(plain), "-c", "copy", str(path)]
    _ffmpeg(command)
    return path


def _ffmpeg(arguments):
    import subprocess

    subprocess.run([binary(), "-v", "error", "-y", *arguments], check=True, timeout=120)


def interlaced(clips, folder):
    return written(
        folder / "interlaced.mpg",
        source(clips).video.filter("tinterlace", mode="interleave_top"),
        vcodec="mpeg2video", qscale=4, flags="+ildct+ilme",
    )  # fmt: skip


def high_dynamic_range(clips, folder):
    return written(
        folder / "hdr.mkv", source(clips).video, vcodec="libx265", pix_fmt="yuv420p10le",
        color_primaries="bt2020", color_trc="smpte2084", colorspace="bt2020nc",
        **{"x265-params": "log-level=error:pools=1"},
    )  # fmt: skip


def broken_in_the_middle(clips, folder):
    path = written(folder / "broken.ts", source(clips).video, g=25)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 188 * 188
    data[middle : middle + 188 * 8] = b"\0" * (188 * 8)
    path.write_bytes(data)
    return path


def second_of_two_streams(clips, folder):
    small = ffmpeg.input("testsrc=size=64x48:rate=5:duration=4", f="lavfi").video
    return written(folder / "two.mkv", small, source(clips).video)


def behind_cover_art(clips, folder):
    cover = folder / "cover.png"
    run(ffmpeg.input("testsrc=size=320x320", f="lavfi").output(str(cover), vframes=1))
    path = folder / "cover.mp4"
    maps = ["-map", "1:v", "-map", "0:v", "-c", "copy", "-disposition:v:0", "attached_pic"]
    _ffmpeg(["-i", str(clips.path(SOURCE)), "-i", str(cover), *maps, str(path)])
    return path


def four_k(clips, folder):
    large = source(clips).video.filter("trim", duration=5).filter("scale", 3840, 2160)
    return written(folder / "4k.mp4", large)


ODD = [
    one_frame_a_second, variable_frame_rate, turned_by_its_metadata, interlaced,
    high_dynamic_range, broken_in_the_middle, second_of_two_streams, behind_cover_art,
    pytest.param(four_k, marks=pytest.mark.slow),
]  # fmt: skip


@pytest.mark.parametrize("made", ODD, ids=lambda made: made.__name__)
def test_a_copy_in_an_odd_file_is_found_and_nothing_else(clips, tmp_path, made):
    path = made(clips, tmp_path)
    (match,) = find(asked(path), clips.index(), DEFAULT).matches
    assert clips.names[match.sha256] == SOURCE
    assert match.verdict == "match"
    for found in match.segments:
        expected = found.query_start, found.query_end
        assert (found.match_start, found.match_end) == pytest.approx(expected, abs=0.4)


@pytest.mark.slow
def test_three_hours_are_fingerprinted_in_bounded_memory_and_a_piece_of_them_is_found(
    clips, tmp_path
):
    """An hour and a half of a test card, the clip, and as much again."""
    import resource

    card = ffmpeg.input("testsrc2=size=320x180:rate=2:duration=5400", f="lavfi").video
    clip = source(clips).video.filter("scale", 320, 180).filter("fps", 10).filter("setsar", 1)
    card = card.filter("setsar", 1).filter("format", "yuv420p").split()
    joined = ffmpeg.concat(card[0], clip.filter("format", "yuv420p"), card[1])
    path = written(tmp_path / "long.mp4", joined, fps_mode="vfr")
    long = take(path, probe(path, sha256_of(path)), DEFAULT)
    assert long.duration > 3 * 3600
    (match,) = find(clips.asked(SOURCE), from_fingerprints([long]), DEFAULT).matches
    assert match.verdict == "match"
    assert match.segments[0].match_start == pytest.approx(5400, abs=2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3_000_000  # kB


def test_half_a_file_is_refused_with_a_reason(clips, tmp_path):
    path = tmp_path / "half.mp4"
    whole = clips.path(SOURCE).read_bytes()
    path.write_bytes(whole[: len(whole) // 2][:1000])
    with pytest.raises(MediaError) as error:
        probe(path, "0" * 64)
    assert "half.mp4" in str(error.value)


def test_pictures_of_noise_match_neither_each_other_nor_anything(clips, tmp_path):
    noise = np.random.default_rng(5).integers(0, 256, (2, 40, 120, 160), dtype=np.uint8)
    one, other = (encode(tmp_path / f"{i}.mp4", noise[i], rate=5) for i in (0, 1))
    stored = take(other, probe(other, sha256_of(other)), DEFAULT)
    index = from_fingerprints([stored, *(clips.stored(name) for name in clips.originals)])
    found = find(asked(one), index, DEFAULT)
    assert (found.matches, found.same_scene) == ((), ())
