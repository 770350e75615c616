"""Frames for a page, as data URIs: from the file if it is still the same, else from the index.

A file is only shown after its SHA-256 was computed again, so that the pictures in a report are of
the video that the report speaks of. A report outlives the media: the stored miniature film then
stands in, and where there is neither, the page says so.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tracer.errors import TracerError
from tracer.fingerprint.miniature import pictures_of
from tracer.media.digest import sha256_of
from tracer.media.frames import pictures_at
from tracer.model import IndexedVideo
from tracer.report.material import Material

SIDE = 400  # pixels of a picture's longer side: sharp at the width that the page gives it
QUALITY = 70  # of WebP
FROM_FILE = "frames from the file, its SHA-256 checked again"
FROM_FILM = "media not at hand: frames from the small grey film that the index keeps"
NOWHERE = "media not at hand, and the index holds no film of it"
CHANGED = "; the file at its path is another one now"


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame, ready for ``<img src>``."""

    uri: str
    width: int
    height: int
    time: float
    contrast: float  # standard deviation of the brightness: a black frame has 0


@dataclass(frozen=True, slots=True)
class Film:
    """The frames of one video that a page asked for, and where they come from."""

    pictures: Mapping[float, Picture]
    origin: str
    path: Path | None = None  # of the file that was checked, where it is at hand

    @property
    def poster(self) -> Picture | None:
        """Return the picture that shows most; none where there is no picture."""
        return max(self.pictures.values(), key=lambda one: (one.contrast, -one.time), default=None)


def film(video: IndexedVideo, times: Iterable[float], material: Material) -> Film:
    """Return the frames of a video at the given seconds."""
    wanted = sorted(set(times))
    changed = ""
    for path in map(Path, video.paths):
        try:
            if not path.is_file():
                continue
            if path.stat().st_size != video.video.size or sha256_of(path) != video.video.sha256:
                changed = CHANGED
                continue
            shown = pictures_at(path, wanted, SIDE)
        except (TracerError, OSError):
            continue  # the next copy of the file, or the stored film, may still do
        return Film(encoded(wanted, shown), FROM_FILE, path)
    stored = _stored(video, wanted, material)
    return Film(stored, (FROM_FILM if stored else NOWHERE) + changed)


def _stored(
    video: IndexedVideo, times: Sequence[float], material: Material
) -> Mapping[float, Picture]:
    """Return frames of the miniature film; none where there is none or it is damaged."""
    try:
        fingerprint = material.fingerprint(video.video.sha256)
        if fingerprint is None or len(fingerprint.miniature) == 0:
            return {}
        grey = pictures_of(fingerprint.miniature)
    except TracerError:
        return {}
    stamps = list(fingerprint.miniature.timestamps)
    shown = [grey[max(0, bisect_right(stamps, time + 1e-6) - 1)] for time in times]
    return encoded(times, shown)


def encoded(times: Sequence[float], shown: Sequence[npt.NDArray[np.uint8]]) -> dict[float, Picture]:
    """Return pictures (BGR or grey, uint8) by their times, ready for the page."""
    return {
        time: Picture(
            data_uri(picture),
            picture.shape[1],
            picture.shape[0],
            time,
            round(float(picture.std()), 1),
        )
        for time, picture in zip(times, shown, strict=True)
    }


def data_uri(picture: npt.NDArray[np.uint8]) -> str:
    """Return a picture (BGR or grey, uint8) as a WebP data URI."""
    done, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} can't be encoded")
    return f"data:image/webp;base64,{base64.b64encode(data.tobytes()).decode()}"
