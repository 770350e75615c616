"""What differs inside the picture that two videos share: both laid over each other, boxes drawn.

Only where letters or marks were told: bars, crops and insets show in the frames themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tracer.compare.difference import DifferencePicture, difference_pictures
from tracer.errors import TracerError
from tracer.match.searched import film_of
from tracer.match.strips import Film as Strip
from tracer.model import Box, Match
from tracer.report.material import Material
from tracer.report.pair import Percents
from tracer.report.pictures import Film, Picture, encoded

SHOWN = 2  # moments of a pair
INSIDE = frozenset({"overlay", "subtitles"})
_RED = (40.0, 40.0, 225.0)  # BGR
_AROUND = 0.012  # of the picture, between letters and the line around them
_PALE = 0.35  # of the contrast is left of the picture under what differs


@dataclass(frozen=True, slots=True)
class Difference:
    """One moment: both registered pictures, what differs marked on a pale one, and its boxes."""

    query: Picture
    match: Picture
    differs: Picture
    marks: tuple[Percents, ...]


class Differences:
    """Difference pictures of the pairs of one page; the film of each video is decoded once."""

    def __init__(self, material: Material, films: Mapping[str, Film]) -> None:
        self._material = material
        self._films = films
        self._strips: dict[str, Strip | None] = {}

    def of(self, match: Match, query: str, other: str) -> tuple[Difference, ...]:
        """Return the moments of a match that show most of what differs.

        ``query`` and ``other`` are the SHA-256 of its sides. Empty where no letters or marks were
        told, or where the index holds no film of a side.
        """
        if not any(edit.kind in INSIDE for edit in match.edits):
            return ()
        strips = (self._strip(query), self._strip(other))
        if strips[0] is None or strips[1] is None:
            return ()
        paths = (self._path(query), self._path(other))
        settings = self._material.settings
        shown = difference_pictures(match, (strips[0], strips[1]), settings, paths, SHOWN)
        return tuple(_drawn(one) for one in shown if one.boxes)

    def _strip(self, sha256: str) -> Strip | None:
        if sha256 not in self._strips:
            try:
                known = self._material.fingerprint(sha256)
                self._strips[sha256] = film_of(known) if known is not None else None
            except TracerError:  # a damaged film: the page says so beside the frames
                self._strips[sha256] = None
        return self._strips[sha256]

    def _path(self, sha256: str) -> Path | None:
        film = self._films.get(sha256)
        return film.path if film is not None else None


def differences(
    pairs: Iterable[tuple[str, Match, str, str]], material: Material, films: Mapping[str, Film]
) -> dict[str, tuple[Difference, ...]]:
    """Return the difference pictures by the anchor of each pair.

    ``pairs`` are (anchor, match, SHA-256 of its query, SHA-256 of the other).
    """
    drawer = Differences(material, films)
    return {anchor: drawer.of(match, query, other) for anchor, match, query, other in pairs}


def _drawn(one: DifferencePicture) -> Difference:
    marked = _marked(one.query, one.differs)
    return Difference(
        encoded([one.query_time], [one.query])[one.query_time],
        encoded([one.match_time], [one.match])[one.match_time],
        encoded([one.query_time], [marked])[one.query_time],
        tuple(_percents(box) for box in one.boxes),
    )


def _percents(box: Box) -> Percents:
    """Return a box a little wider, so that its line does not lie on the letters."""
    x0, y0 = max(0.0, box[0] - _AROUND), max(0.0, box[1] - _AROUND)
    x1, y1 = min(1.0, box[2] + _AROUND), min(1.0, box[3] + _AROUND)
    left, top, wide, high = (round(100 * value, 2) for value in (x0, y0, x1 - x0, y1 - y0))
    return (left, top, wide, high)


def _marked(
    picture: npt.NDArray[np.uint8], differs: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint8]:
    """Return the picture pale and grey, with what differs in red."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    pale = 255.0 * (1.0 - _PALE) + _PALE * np.asarray(grey, np.float32)
    share = (np.asarray(differs, np.float32) / 255.0)[:, :, None]
    mixed = pale[:, :, None] * (1.0 - share) + np.array(_RED, np.float32) * share
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)
