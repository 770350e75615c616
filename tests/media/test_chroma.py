"""The colour of sampled frames, on clips whose halves have one colour each."""

from __future__ import annotations

import ffmpeg
import numpy as np
import pytest

from tracer.fingerprint.take import take, take_query
from tracer.media.frames import DecodeLog, sampled_frames
from tracer.media.probe import probe
from tracer.model import TINT_CELLS
from tracer.settings import DEFAULT

from ..films import run

RED, BLUE = (90, 240), (240, 110)  # U, V


def halves(path, **output):
    """A red half at the left and a blue one at the right, for three seconds."""
    red = ffmpeg.input("color=0xff0000:s=64x64:r=10", f="lavfi", t=3)
    blue = ffmpeg.input("color=0x0000ff:s=64x64:r=10", f="lavfi", t=3)
    both = ffmpeg.filter([red, blue], "hstack")
    run(both.output(str(path), **{"vcodec": "libx264", "crf": 4, "pix_fmt": "yuv420p"} | output))
    return path


def colours(path):
    """Mean (U, V) of the left and of the right half of the first frame."""
    frame = next(sampled_frames(path, DecodeLog()))
    planes = frame.chroma(8, 8).astype(float)
    return [tuple(side.mean(axis=(1, 2)).round()) for side in (planes[:, :, :4], planes[:, :, 4:])]


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"pix_fmt": "yuv444p"},
        {"pix_fmt": "yuv420p10le"},
        {"vcodec": "ffv1", "pix_fmt": "bgr0"},
        {"vcodec": "mjpeg", "pix_fmt": "yuvj422p", "q": 2},
    ],
)
def test_each_half_has_its_colour_whatever_the_pixel_format(tmp_path, output):
    left, right = colours(halves(tmp_path / "clip.mkv", **output))
    assert left == pytest.approx(RED, abs=3)
    assert right == pytest.approx(BLUE, abs=3)


def test_a_grey_video_has_none(tmp_path):
    path = halves(tmp_path / "grey.mkv", vcodec="ffv1", pix_fmt="gray")
    assert colours(path) == [(128, 128), (128, 128)]


def test_colour_is_turned_as_the_picture_is_displayed(tmp_path):
    flat = halves(tmp_path / "flat.mp4")
    path = tmp_path / "turned.mp4"
    run(ffmpeg.input(str(flat), display_rotation=180).output(str(path), c="copy"))
    left, right = colours(path)
    assert left == pytest.approx(BLUE, abs=12)
    assert right == pytest.approx(RED, abs=12)


def test_a_fingerprint_keeps_four_frames_of_a_short_clip_and_a_query_more(tmp_path):
    path = halves(tmp_path / "clip.mp4")
    video = probe(path, "0" * 64)
    stored, asked = take(path, video, DEFAULT).tints, take_query(path, video, DEFAULT).tints
    assert stored.planes.shape == (4, 2, TINT_CELLS, TINT_CELLS)
    assert stored.timestamps == pytest.approx([0, 0.75, 1.5, 2.25], abs=0.26)
    assert asked.planes.shape[1:] == (2, 32, 32)
    assert len(asked.timestamps) >= 11
    assert np.all(np.diff(asked.timestamps) > 0)
    assert stored.planes[0, :, :, 0].mean(axis=1) == pytest.approx(RED, abs=12)
