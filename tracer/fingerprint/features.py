"""Picture -> ORB features, spread over octaves and over the picture.

Text and sharp logos would take most of the strongest corners, so the picture is cut into cells and
each cell gives its best. Features are spread over octaves because only those of the coarse ones are
found again in a picture that is shown smaller (inset, letterbox, 9:16).
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from tracer.fingerprint.descriptors import SIZE, compact
from tracer.model import PLACES, FloatArray, LocalFeatures

OCTAVES = 8
SCALE = 1.2  # OpenCV's default step between octaves: 8 of them span a factor of 3.6
_FAST = 7  # grey levels; low, so that dim pictures give features too
_CELLS = (6, 4)  # cells across the longer and the shorter side
_BEHIND = 16  # pictures that may wait for the other thread; some 0.3 MB each

Features = tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
"""Of one picture: xy in 1/PLACES (n, 2), octaves (n,), 128-bit descriptors (n, 16)."""


@dataclass(slots=True)
class FeatureCollector:
    """Collect the features of one frame after the other into a :class:`LocalFeatures`.

    With an ``executor`` they are taken in its thread, while whoever adds the frames goes on; what
    is collected is the same.
    """

    count: int  # features kept a frame
    executor: Executor | None = None
    timestamps: list[float] = field(default_factory=list)
    _taken: list[Future[Features]] = field(default_factory=list)

    def add(self, time: float, picture: npt.NDArray[np.uint8]) -> None:
        """Take the features of a grey picture (h, w) shown at ``time`` seconds.

        The picture must not change afterwards where there is an executor.
        """
        self.timestamps.append(time)
        if self.executor is None:
            taken: Future[Features] = Future()
            taken.set_result(extract(picture, self.count))
        else:
            taken = self.executor.submit(extract, picture, self.count)
        self._taken.append(taken)
        self._taken[-_BEHIND:][0].result()

    def collected(self) -> LocalFeatures:
        """Return all that was added."""
        if not self.timestamps:
            return empty()
        xy, octave, descriptors = zip(*(one.result() for one in self._taken), strict=True)
        counts = [len(each) for each in xy]
        return LocalFeatures(
            timestamps=np.array(self.timestamps, np.float64),
            frame=np.repeat(np.arange(len(counts), dtype=np.uint16), counts),
            xy=np.concatenate(xy),
            octave=np.concatenate(octave),
            descriptors=np.concatenate(descriptors),
        )


def empty() -> LocalFeatures:
    """Return no features."""
    none: FloatArray = np.empty(0, np.float64)
    return LocalFeatures(
        none,
        np.empty(0, np.uint16),
        np.empty((0, 2), np.uint16),
        np.empty(0, np.uint8),
        np.empty((0, SIZE), np.uint8),
    )


def extract(picture: npt.NDArray[np.uint8], count: int) -> Features:
    """Return (xy in 1/PLACES, octaves, 128-bit descriptors) of at most ``count`` features."""
    orb = cv2.ORB.create(
        nfeatures=3 * count, scaleFactor=SCALE, nlevels=OCTAVES, fastThreshold=_FAST
    )
    points, descriptors = orb.detectAndCompute(picture, None)
    if descriptors is None or not len(points):
        return np.empty((0, 2), np.uint16), np.empty(0, np.uint8), np.empty((0, SIZE), np.uint8)
    height, width = picture.shape
    xy = np.array([point.pt for point in points], np.float64) / (width, height)
    octave = np.array([point.octave for point in points], np.uint8)
    response = np.array([point.response for point in points])
    kept = _spread(xy, octave, response, count, wide=width >= height)
    scaled = np.rint(np.clip(xy[kept], 0, 1) * PLACES).astype(np.uint16)
    return scaled, octave[kept], compact(np.asarray(descriptors, np.uint8)[kept])


def _spread(
    xy: FloatArray,
    octave: npt.NDArray[np.uint8],
    response: FloatArray,
    count: int,
    *,
    wide: bool,
) -> npt.NDArray[np.intp]:
    """Choose ``count`` features: in turns, the best left of each cell and pair of octaves."""
    across, down = _CELLS if wide else _CELLS[::-1]
    column = np.minimum((xy[:, 0] * across).astype(int), across - 1)
    row = np.minimum((xy[:, 1] * down).astype(int), down - 1)
    cell = (row * across + column) * (OCTAVES // 2) + octave // 2
    by_cell = np.lexsort((-response, cell))
    sorted_cell = cell[by_cell]
    # The rank of each feature within its cell: the first of every cell come first.
    starts = np.searchsorted(sorted_cell, sorted_cell)
    rank = np.arange(len(by_cell)) - starts
    order = by_cell[np.lexsort((-response[by_cell], rank))]
    return np.sort(order[:count])
