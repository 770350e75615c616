"""Which stream carries the picture, and what is refused with a reason."""

from __future__ import annotations

import cv2
import ffmpeg
import numpy as np
import pytest

from tracer.errors import MediaError
from tracer.media.digest import sha256_of
from tracer.media.frames import DecodeLog, sampled_frames
from tracer.media.probe import probe
from tracer.settings import MediaSettings

from ..films import encode, number_of, numbered, run

NAME = "0" * 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two films and a picture to put together: 2 s of 64x48, 2 s of 96x64, 320x320."""
    folder = tmp_path_factory.mktemp("parts")
    encode(folder / "small.mkv", numbered(50))
    encode(folder / "large.mkv", numbered(50, (96, 64))[::-1])
    cv2.imwrite(str(folder / "cover.png"), np.full((320, 320, 3), 150, np.uint8))
    return folder


def join(target, *sources, **output):
    streams = [ffmpeg.input(str(source))["v"] for source in sources]
    run(ffmpeg.output(*streams, str(target), c="copy", **output))
    return target


def first_number(path):
    return number_of(next(sampled_frames(path, DecodeLog())).luma)


def test_cover_art_as_the_first_stream_is_not_the_picture(tmp_path, folder):
    path = join(
        tmp_path / "song.m4v", folder / "cover.png", folder / "small.mkv",
        **{"disposition:v:0": "attached_pic"},
    )  # fmt: skip
    video = probe(path, NAME)
    assert (video.width, video.height, video.codec) == (64, 48, "h264")
    assert video.duration == pytest.approx(2.0, abs=0.05)
    assert first_number(path) == 0


def test_of_several_streams_the_largest_is_taken(tmp_path, folder):
    path = join(
        tmp_path / "two.mkv", folder / "small.mkv", folder / "large.mkv",
        default_mode="passthrough", **{"disposition:v:0": "0", "disposition:v:1": "0"},
    )  # fmt: skip
    assert probe(path, NAME).width == 96
    assert first_number(path) == 49


def test_of_several_streams_the_one_flagged_as_default_goes_before_the_largest(tmp_path, folder):
    path = join(
        tmp_path / "two.mkv", folder / "large.mkv", folder / "small.mkv",
        default_mode="passthrough", **{"disposition:v:0": "0", "disposition:v:1": "default"},
    )  # fmt: skip
    assert probe(path, NAME).width == 64
    assert first_number(path) == 0


def test_sound_alone_is_refused(tmp_path):
    path = tmp_path / "song.m4a"
    run(ffmpeg.input("sine=d=1", format="lavfi").output(str(path)))
    with pytest.raises(MediaError, match=r"song\.m4a: sound but no picture"):
        probe(path, NAME)


def test_sound_with_cover_art_is_refused(tmp_path, folder):
    path = tmp_path / "song.m4a"
    sound = ffmpeg.input("sine=d=1", format="lavfi")["a"]
    cover = ffmpeg.input(str(folder / "cover.png"))["v"]
    run(
        ffmpeg.output(sound, cover, str(path), vcodec="copy", **{"disposition:v:0": "attached_pic"})
    )
    with pytest.raises(MediaError, match="sound but no picture"):
        probe(path, NAME)


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsmall.ts\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.mp4", b"", "the file is empty"),
        ("letter.mp4", b"Dear Sir or Madam,\n" * 50, "not a readable video"),
        ("noise.mkv", np.random.default_rng(1).bytes(5000), "not a readable video"),
        ("list.m3u8", PLAYLIST.encode(), "playlist|not a readable video"),
        ("list.ffconcat", b"ffconcat version 1.0\nfile small.mkv\n", "playlist|not a readable"),
    ],
)
def test_what_is_not_a_video_is_refused_by_name(tmp_path, folder, name, content, reason):
    (tmp_path / "small.mkv").write_bytes((folder / "small.mkv").read_bytes())
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MediaError, match=reason) as caught:
        probe(path, NAME)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    for read in (sha256_of, lambda path: probe(path, NAME)):
        with pytest.raises(MediaError, match=r"gone\.mp4: can't be read"):
            read(tmp_path / "gone.mp4")


def test_a_picture_over_the_limit_is_refused_before_it_is_decoded(folder):
    with pytest.raises(MediaError, match="64x48 is over the limit of 3071 pixels"):
        probe(folder / "small.mkv", NAME, MediaSettings(max_pixels=64 * 48 - 1))
    assert probe(folder / "small.mkv", NAME, MediaSettings(max_pixels=64 * 48)).width == 64


def test_a_still_image_has_no_duration(folder):
    video = probe(folder / "cover.png", NAME)
    assert video.still
    assert video.duration == 0
    assert (video.width, video.height) == (320, 320)


def test_what_the_container_says_is_kept(tmp_path, folder):
    path = tmp_path / "told.mp4"
    run(
        ffmpeg.input(str(folder / "small.mkv")).output(
            str(path), c="copy", metadata="creation_time=2021-01-23T11:15:00Z"
        )
    )
    video = probe(path, NAME)
    assert video.created.startswith("2021-01-23T11:15:00")
    assert (video.frame_rate, video.codec, video.sound_codec) == (25.0, "h264", "")
    assert video.size == path.stat().st_size
    assert not video.still


def test_a_file_is_named_by_its_bytes(folder):
    import hashlib

    path = folder / "small.mkv"
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
