"""Frames and their times, on files whose frames carry their number as brightness."""

from __future__ import annotations

import ffmpeg
import numpy as np
import pytest

from tracer.errors import MediaError
from tracer.fingerprint.take import take, take_query
from tracer.media.frames import DecodeLog, lumas_between, pictures_at, sampled_frames
from tracer.media.probe import probe
from tracer.settings import DEFAULT, MediaSettings

from ..films import blobs, encode, number_in_color, number_of, numbered, run

GAP = DEFAULT.media.sampling_gap


def sampled(path, settings=DEFAULT.media):
    """Return (times, numbers of the frames, log) of one pass."""
    log = DecodeLog()
    found = [(frame.time, number_of(frame.luma)) for frame in sampled_frames(path, log, settings)]
    times, numbers = zip(*found, strict=True)
    return np.array(times), np.array(numbers), log


def fingerprinted(path):
    return take(path, probe(path, "0" * 64), DEFAULT)


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """Four seconds at 25 frames a second, with B-frames and one keyframe."""
    path = tmp_path_factory.mktemp("media") / "steady.mp4"
    return encode(path, numbered(100), preset="veryfast", bf=3, g=250)


# --- sampling ------------------------------------------------------------------------------------


def test_samples_lie_on_the_grid_and_carry_their_own_times(steady):
    times, numbers, log = sampled(steady)
    assert times[0] == 0
    assert np.all(np.diff(times) > 0)
    # Each is the first frame that is left at or after its place on the grid: no drift.
    assert np.abs(times - GAP * np.arange(len(times))).max() < 0.21
    assert len(times) == pytest.approx(4 / GAP, abs=1)
    assert np.array_equal(numbers, np.rint(times * 25))
    assert log.damaged == 0
    assert log.end == pytest.approx(99 / 25, abs=0.13)  # the last frames may be unreferenced


@pytest.mark.parametrize("gap", [1 / 12, 0.1, 0.5])
def test_any_gap_is_kept_as_well_as_the_frames_allow(steady, gap):
    settings = MediaSettings(sampling_gap=gap, skip_gap=min(0.21, gap))
    times, numbers, _ = sampled(steady, settings)
    assert len(times) == pytest.approx(4 / gap, abs=2)
    assert np.diff(times).max() <= 2 * gap
    assert np.array_equal(numbers, np.rint(times * 25))


def test_a_variable_frame_rate_keeps_its_times(tmp_path):
    # 20 frames a second at first, then one each 0.4 s, then 50 a second.
    moment = "if(lt(N,20),N/20,if(lt(N,30),1+(N-20)*0.4,5+(N-30)/50))"
    path = encode(
        tmp_path / "varying.mp4",
        numbered(80),
        video_filter=f"settb=1/1000,setpts='({moment})*1000'",
        fps_mode="passthrough",
        enc_time_base="1:1000",
    )
    number = np.arange(80)
    true = np.where(
        number < 20,
        number / 20,
        np.where(number < 30, 1 + (number - 20) * 0.4, 5 + (number - 30) / 50),
    )
    times, numbers, _ = sampled(path)
    assert np.abs(times - true[numbers]).max() < 0.002
    # Every slow frame is a sample of its own; the fast ones are thinned out.
    assert set(range(20, 30)) <= set(numbers.tolist())
    assert np.diff(times).max() < 0.41
    assert len(times) == pytest.approx(4 + 10 + 4, abs=2)


def test_one_frame_a_second_gives_every_frame(tmp_path):
    path = encode(tmp_path / "slow.mp4", numbered(10), rate=1)
    times, numbers, _ = sampled(path)
    assert times.tolist() == list(range(10))
    assert numbers.tolist() == list(range(10))
    assert fingerprinted(path).miniature.timestamps.tolist() == list(range(10))


@pytest.mark.parametrize("name", ["late.mkv", "late.ts", "late.mp4"])
def test_times_count_from_the_first_frame_where_the_container_starts_late(tmp_path, name):
    path = encode(tmp_path / name, numbered(50), output_ts_offset=7.5, g=10)
    times, numbers, _ = sampled(path)
    assert times[0] == 0
    assert np.array_equal(numbers, np.rint(times * 25))
    shown = [number_in_color(picture) for picture in pictures_at(path, [0.0, 0.8, 1.6])]
    assert shown == [0, 20, 40]


def test_one_frame_is_a_video_of_one_sample(tmp_path):
    path = encode(tmp_path / "single.mp4", blobs(1, [0.0], (160, 90)))
    times, _, _ = sampled(path)
    assert times.tolist() == [0.0]
    for found in (fingerprinted(path), take_query(path, probe(path, "0" * 64), DEFAULT)):
        assert len(found.miniature) == 1
        assert len(found.hashes) == 1
        assert len(found.features) > 0
        assert found.unchecked == ()


def test_interlaced_frames_are_read(tmp_path):
    path = encode(
        tmp_path / "interlaced.mp4", numbered(50, (64, 64)), flags="+ilme+ildct",
        preset="veryfast", **{"x264-params": "interlaced=1"},
    )  # fmt: skip
    times, numbers, log = sampled(path)
    assert np.array_equal(numbers, np.rint(times * 25))
    assert len(times) == pytest.approx(8, abs=1)
    assert log.damaged == 0


def test_ten_bits_and_hdr_give_eight_bit_luma_in_order(tmp_path):
    path = encode(
        tmp_path / "hdr.mp4", numbered(50), pix_fmt="yuv420p10le", color_trc="smpte2084",
        color_primaries="bt2020", colorspace="bt2020nc",
    )  # fmt: skip
    log = DecodeLog()
    frames = list(sampled_frames(path, log))
    assert all(frame.luma.dtype == np.uint8 for frame in frames)
    levels = [float(frame.luma.mean()) for frame in frames]
    assert np.all(np.diff(levels) > 5)
    assert len(frames) == pytest.approx(8, abs=1)


# --- what the viewer sees ------------------------------------------------------------------------


def half_dark(size=(64, 48)):
    """A left half that is dark, a right half that is bright."""
    picture = np.full((30, size[1], size[0]), 220, np.uint8)
    picture[:, :, : size[0] // 2] = 40
    return picture


def turned(path, matrix):
    """Write a display matrix into an MP4's track header, as phones do."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    one, last = 1 << 16, 1 << 30
    a, b, c, d = (value * one for value in matrix)
    values = (a, b, 0, c, d, 0, 0, 0, last)
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
    path.write_bytes(data)
    return path


QUARTERS = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


@pytest.mark.parametrize("rotation", QUARTERS)
def test_a_rotation_flag_is_applied(tmp_path, rotation):
    path = turned(encode(tmp_path / "turned.mp4", half_dark()), QUARTERS[rotation])
    video = probe(path, "0" * 64)
    assert video.rotation == rotation
    assert (video.width, video.height) == ((64, 48) if rotation == 180 else (48, 64))
    frame = next(sampled_frames(path, DecodeLog()))
    small, large = frame.gray(video.width // 2, video.height // 2), pictures_at(path, [0.5])[0]
    for picture in (small, large.mean(axis=2)):
        if rotation == 90:  # clockwise: what was left is above
            dark, bright = picture[: len(picture) // 2 - 2], picture[len(picture) // 2 + 2 :]
        elif rotation == 270:
            dark, bright = picture[len(picture) // 2 + 2 :], picture[: len(picture) // 2 - 2]
        else:
            half = picture.shape[1] // 2
            dark, bright = picture[:, half + 2 :], picture[:, : half - 2]
        assert dark.max() < 60
        assert bright.min() > 200
    assert large.shape[:2] == (video.height, video.width)


@pytest.mark.parametrize(("aspect", "size"), [("2", (128, 48)), ("1/2", (64, 96))])
def test_wide_and_narrow_pixels_are_shown_as_a_player_shows_them(tmp_path, aspect, size):
    path = encode(tmp_path / "stretched.mp4", half_dark(), video_filter=f"setsar={aspect}")
    video = probe(path, "0" * 64)
    assert (video.width, video.height) == size
    (picture,) = pictures_at(path, [0.0])
    assert picture.shape[:2] == size[::-1]
    assert picture[:, : size[0] // 2 - 4].max() < 60


def test_scaling_down_keeps_the_mean_of_each_part():
    from tracer.media.frames import SampledFrame

    random = np.random.default_rng(3)
    luma = random.integers(0, 256, (101, 203), dtype=np.uint8)
    luma[:, 100:] //= 4
    small = SampledFrame(0.0, luma, 0).gray(16, 8)
    assert small.shape == (8, 16)
    assert small[:, :7].mean() == pytest.approx(luma[:, :88].mean(), abs=4)
    assert small[:, 9:].mean() == pytest.approx(luma[:, 114:].mean(), abs=4)


# --- pictures for people -------------------------------------------------------------------------


def test_pictures_at_gives_the_frames_on_display_in_the_order_asked(steady):
    times = [2.0, 0.0, 3.9, 2.0, 1.05, 0.5, 0.519]
    shown = [number_in_color(picture) for picture in pictures_at(steady, times)]
    assert shown == [50, 0, 97, 50, 26, 12, 12]


def test_a_time_after_the_end_gives_the_last_frame(steady):
    before, last, after = pictures_at(steady, [1.0, 100.0, 1e6])
    assert number_in_color(before) == 25
    assert number_in_color(last) == number_in_color(after) == 99


def test_a_picture_is_no_larger_than_asked(steady):
    (picture,) = pictures_at(steady, [1.0], max_side=32)
    assert picture.shape == (24, 32, 3)
    assert picture.dtype == np.uint8


def test_a_sampled_frame_and_a_picture_at_its_time_are_the_same_frame(steady):
    times, numbers, _ = sampled(steady)
    shown = [number_in_color(picture) for picture in pictures_at(steady, times.tolist())]
    assert shown == numbers.tolist()


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("program.mpg", {"vcodec": "mpeg1video", "qscale": 2, "g": 12, "bf": 2}),
        ("program.vob", {"vcodec": "mpeg2video", "qscale": 2, "g": 15, "bf": 2, "f": "vob"}),
        ("transport.ts", {"g": 25, "bf": 3}),
    ],
)
def test_what_a_container_seeks_past_is_shown_all_the_same(tmp_path, name, codec):
    # These have no index of their frames: FFmpeg goes to where it guesses, often too late.
    path = encode(tmp_path / name, numbered(100), **codec)
    times = [0.0, 0.28, 0.6, 1.0, 1.52, 2.04, 3.0, 3.88]
    shown = [number_in_color(picture) for picture in pictures_at(path, times)]
    assert shown == [round(25 * time) for time in times]
    for time in times:
        found, pictures = lumas_between(path, time, time + 0.1)
        assert found[0] == pytest.approx(time, abs=1e-3)
        assert number_of(pictures[0]) == round(25 * time)
        span = (time, time + 0.5)
        first = next(sampled_frames(path, DecodeLog(), span=span))
        assert first.time == pytest.approx(time, abs=0.13)  # frames nothing refers to are left out
        assert number_of(first.luma) == round(25 * first.time)


# --- damage --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """Eight seconds that move, in an MP4 whose index stands in front."""
    path = tmp_path_factory.mktemp("damage") / "moving.mp4"
    pictures = blobs(2, np.arange(120) / 15, (128, 72))
    return encode(path, pictures, rate=15, g=15, movflags="+faststart")


def test_an_undamaged_file_has_nothing_unchecked(moving):
    assert fingerprinted(moving).unchecked == ()


def test_a_short_file_that_was_cut_off_says_so(tmp_path, fixtures):
    whole = fixtures / "clips" / "dog.mp4"  # a second and a half, its header in front
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:30_000])
    assert any("truncated?" in one.reason for one in fingerprinted(cut).unchecked)
    assert fingerprinted(whole).unchecked == ()


def test_a_truncated_file_is_read_as_far_as_it_goes_and_says_so(tmp_path, moving):
    data = moving.read_bytes()
    short = tmp_path / "short.mp4"
    short.write_bytes(data[: len(data) // 2])
    found = fingerprinted(short)
    assert 2 < found.miniature.timestamps[-1] < 6
    assert {one.stage for one in found.unchecked} == {"decode"}
    assert any("truncated?" in one.reason for one in found.unchecked)
    assert all(one.subject == str(short) for one in found.unchecked)


def test_a_damaged_middle_is_passed_over_and_told(tmp_path, moving):
    data = bytearray(moving.read_bytes())
    middle, part = len(data) // 2, len(data) // 20
    data[middle : middle + part] = b"\xff" * part
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(data)
    whole, found = fingerprinted(moving), fingerprinted(bad)
    (told,) = found.unchecked
    assert told.stage == "decode"
    assert "damaged packets, the first near" in told.reason
    # What follows the damage is there, and in its place.
    assert found.miniature.timestamps[-1] == pytest.approx(whole.miniature.timestamps[-1], abs=0.3)
    late = whole.hashes.timestamps > 6
    there = np.isin(found.hashes.timestamps, whole.hashes.timestamps[late])
    mine, its = whole.hashes.phash[late], found.hashes.phash[there]
    assert np.bitwise_count(mine ^ its).max() <= 6


def test_a_file_without_a_decodable_frame_is_refused(tmp_path, moving):
    data = bytearray(moving.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = b"\xff" * (len(data) - at)
    bad = tmp_path / "nothing.mp4"
    bad.write_bytes(data)
    with pytest.raises(MediaError, match=r"nothing\.mp4: no frame could be decoded"):
        list(sampled_frames(bad, DecodeLog()))
    with pytest.raises(MediaError, match=r"nothing\.mp4"):
        probe(bad, "0" * 64)
    with pytest.raises(MediaError, match=r"nothing\.mp4"):
        pictures_at(bad, [0.0])


def test_copying_the_stream_keeps_the_frames(tmp_path, steady):
    """The same packets in another container: the same samples."""
    copy = tmp_path / "copy.mkv"
    run(ffmpeg.input(str(steady)).output(str(copy), c="copy"))
    (times, numbers, _), (others, same, _) = sampled(steady), sampled(copy)
    assert np.abs(times - others).max() < 0.002
    assert numbers.tolist() == same.tolist()
