"""Letters over real footage, frame by frame, as the reader meets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tracer.media.frames import DecodeLog, SampledFrame, sampled_frames
from tracer.media.probe import probe
from tracer.settings import DEFAULT
from tracer.text.reading import Reader

Draw = Callable[[ImageDraw.ImageDraw, float], None]


def font(size, name=""):
    """A font that comes with Pillow, or a named one of the system (OSError where it is not)."""
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)


def read(path, draw, seconds=7.5):
    """Read the first seconds of a clip with something drawn over each frame."""
    video = probe(path, "0" * 64)
    video = replace(video, duration=min(video.duration, seconds))
    reader = Reader(video, path.name, DEFAULT.text)
    for frame in sampled_frames(path, DecodeLog()):
        if frame.time > seconds:
            break
        picture = Image.fromarray(np.array(frame.luma))
        draw(ImageDraw.Draw(picture), frame.time)
        reader.see(SampledFrame(frame.time, np.asarray(picture), 0))
    return reader.track()


def outlined(pen, at, text, size=24, fill=255, anchor="md"):
    pen.text(at, text, font=font(size), fill=fill, anchor=anchor, stroke_width=2, stroke_fill=0)
