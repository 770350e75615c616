"""Films of a second and a few kilobytes, for tests in which many files come in."""

from __future__ import annotations

import av
import numpy as np

SIDE = (64, 48)
RATE = 8


def film(path, seed, seconds=1.0):
    """Write a film of moving noise that no other seed has; return its path."""
    random = np.random.default_rng(seed)
    width, height = SIDE
    scene = random.integers(256, size=(height // 4, width, 3), dtype=np.uint8).repeat(4, axis=0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height = SIDE
        for number in range(round(seconds * RATE)):
            picture = np.roll(scene, 3 * number, axis=1)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def films(folder, count):
    """Write so many films into a folder that is made; return their paths."""
    folder.mkdir(exist_ok=True)
    return [film(folder / f"{seed:03}.mp4", seed) for seed in range(count)]
