"""Made-up films: numbered frames for exact times, moving blobs for matching; and files of them."""

from __future__ import annotations

import subprocess

import cv2
import ffmpeg
import numpy as np

from tracer.media.ffmpeg import binary

_DARKEST, _STEP = 30, 2  # luma of frame 0, and from one frame to the next: up to 100 numbers


def numbered(count, size=(64, 48)):
    """Return pictures, uint8 (count, h, w), that carry their number as their luma."""
    levels = (_DARKEST + _STEP * np.arange(count)).astype(np.uint8)
    return np.repeat(levels, size[0] * size[1]).reshape(count, size[1], size[0])


def number_of(luma):
    """Return the number of a frame from its luma."""
    return round((float(np.mean(luma)) - _DARKEST) / _STEP)


def number_in_color(picture):
    """Return the number of a frame from the picture as displayed (BGR, full range)."""
    return number_of(np.mean(picture) * 219 / 255 + 16)


def raw(pictures, rate=25):
    """Return an ffmpeg-python input of grey pictures, and the bytes that it reads."""
    count, height, width = pictures.shape
    grey = np.full((count, height * width // 2), 128, np.uint8)
    data = np.concatenate([pictures.reshape(count, -1), grey], axis=1).tobytes()
    stream = ffmpeg.input(
        "pipe:", format="rawvideo", pix_fmt="yuv420p", video_size=(width, height), framerate=rate
    )
    return stream, data


def run(stream, data=None):
    """Run what ffmpeg-python built, quietly."""
    stream.global_args("-v", "error", "-threads", "1").overwrite_output().run(
        cmd=binary(), input=data
    )


def ffmpeg_of(source, target, *options):
    """Make one file of another with ffmpeg's own options; return its path."""
    command = [binary(), "-v", "error", "-y", "-i", source, *options, "-threads", "1", target]
    subprocess.run([str(part) for part in command], check=True)
    return target


def encode(path, pictures, rate=25, video_filter=None, **output):
    """Write grey pictures to a file, nearly without loss; return its path."""
    stream, data = raw(pictures, rate)
    if video_filter:
        output["vf"] = video_filter
    options = {"vcodec": "libx264", "preset": "ultrafast", "crf": 4, "threads": 1} | output
    run(stream.output(str(path), **options), data)
    return path


def textured(seed, size=(96, 54), soft=3.0):
    """Return one picture without motion, float32 (h, w) of 60 to 190: noise with soft edges."""
    random = np.random.default_rng([7, seed])
    noise = cv2.GaussianBlur(random.normal(size=size[::-1]).astype(np.float32), (0, 0), soft)
    low, high = noise.min(), noise.max()
    return (60 + 130 * (noise - low) / (high - low)).astype(np.float32)


def blobs(seed, times, size=(96, 54), count=5, background=None):
    """Return pictures, uint8 (n, h, w), at ``times`` of blobs that wander over a background.

    The same seed and time give the same picture, so that a copy is planted by planting its times.
    """
    random = np.random.default_rng([11, seed])
    width, height = size
    base = textured(seed, size) if background is None else background
    pace = random.uniform(0.5, 2.2, (count, 2, 3))  # three turns, so that nothing repeats soon
    phase = random.uniform(0, 2 * np.pi, (count, 2, 3))
    radius = random.uniform(0.06, 0.14, count) * height * 1.6
    level = np.where(random.random(count) < 0.5, 15.0, 240.0)
    y, x = np.mgrid[:height, :width]
    pictures = np.empty((len(times), height, width), np.uint8)
    for i, time in enumerate(times):
        picture = base.copy()
        place = 0.5 + 0.16 * np.sin(pace * time + phase).sum(axis=2)
        for (across, down), r, shade in zip(place, radius, level, strict=True):
            away = (x - across * width) ** 2 + (y - down * height) ** 2
            cover = np.clip(1.5 - away / r**2, 0, 1)
            picture += cover * (shade - picture)
        pictures[i] = np.rint(picture)
    return pictures
