"""Two small networks: one finds letters in a picture, one reads a line of them.

The models (PP-OCR, Apache-2.0) lie in the wheel of rapidocr and run in onnxruntime, offline. They
are run here without rapidocr's own code, whose import alone takes a second and a half of every
worker; the tests hold what is found and read against rapidocr itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tracer.errors import ExternalError
from tracer.settings import TextSettings

Gray = npt.NDArray[np.uint8]  # (h, w)

_STRIDE = 32  # the finder's input is a multiple of this
_READ_STEP = 8  # the reader gives one letter for each 8 pixels
_LEAST = 3.0  # pixels; a smaller place is noise


@dataclass(frozen=True, slots=True)
class Found:
    """A place with letters, in pixels of the picture that was searched."""

    box: tuple[float, float, float, float]
    score: float  # mean probability, 0 to 1
    tilt: float = 0.0  # degrees off the horizontal


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says, and how sure the reader is."""

    text: str
    confidence: float


def name() -> str:
    """Return the name and version of what reads."""
    return f"rapidocr-{version('rapidocr')} ({', '.join(sorted(p.stem for p in _models()))})"


class Engine:
    """Both networks, loaded once a process; each runs on one thread."""

    def __init__(self) -> None:
        """Load the models; a quarter of a second.

        Raises :class:`ExternalError` where they are missing.
        """
        finder, reader = _models()
        self._finder = _session(finder)
        self._reader = _session(reader)
        described = self._reader.get_modelmeta().custom_metadata_map
        # The first place is "nothing new here", the last one a space.
        self._letters = ["", *described["character"].splitlines(), " "]

    def find(self, picture: Gray, side: int, settings: TextSettings) -> list[Found]:
        """Return the places with letters, from the top; the picture is scaled to ``side`` first."""
        height, width = picture.shape
        scale = min(1.0, side / max(height, width))
        size = (_rounded(width * scale), _rounded(height * scale))
        scaled = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        likely = self._finder.run(None, {self._finder.get_inputs()[0].name: _input(scaled)})[0]
        found = _places(likely[0, 0], settings)
        fx, fy = width / size[0], height / size[1]
        placed = [
            Found(
                (one.box[0] * fx, one.box[1] * fy, one.box[2] * fx, one.box[3] * fy),
                one.score,
                one.tilt,
            )
            for one in found
        ]
        return sorted(placed, key=lambda one: (one.box[1], one.box[0]))

    def read(self, line: Gray, settings: TextSettings) -> Reading:
        """Read one line of letters, cut out close around them."""
        height, width = line.shape
        if height < _LEAST or width < _LEAST:
            return Reading("", 0.0)
        wide = min(settings.widest, max(_READ_STEP, round(width * settings.height / height)))
        scaled = cv2.resize(line, (wide, settings.height), interpolation=cv2.INTER_LINEAR)
        padded = np.full((settings.height, -(-wide // _READ_STEP) * _READ_STEP), 128, np.uint8)
        padded[:, :wide] = scaled
        likely = self._reader.run(None, {self._reader.get_inputs()[0].name: _input(padded)})[0][0]
        best = likely.argmax(axis=1)
        new = best != 0
        new[1:] &= best[1:] != best[:-1]
        if not new.any():
            return Reading("", 0.0)
        text = "".join(self._letters[at] for at in best[new])
        return Reading(text.strip(), round(float(likely.max(axis=1)[new].mean()), 4))


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return this process's engine."""
    return Engine()


@lru_cache(maxsize=1)
def _models() -> tuple[Path, Path]:
    """Return the files of the finder and the reader."""
    try:
        import rapidocr  # loads nothing of its own until it is asked for
    except ImportError:
        folders: list[str] = []
    else:
        folders = list(rapidocr.__path__)
    for folder in folders:
        finders = sorted(Path(folder, "models").glob("*_det_*.onnx"))
        readers = sorted(Path(folder, "models").glob("*_rec_*.onnx"))
        if finders and readers:
            return finders[-1], readers[-1]
    raise ExternalError("the models that read text are missing: pip install 'rapidocr>=3.10'")


def _session(model: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # as many processes as cores, as for decoding
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _rounded(pixels: float) -> int:
    return max(_STRIDE, round(pixels / _STRIDE) * _STRIDE)


def _input(picture: Gray) -> npt.NDArray[np.float32]:
    """Return a grey picture as the networks take it: float32 (1, 3, h, w), -1 to 1."""
    plane = picture.astype(np.float32) / 127.5 - 1.0
    return np.ascontiguousarray(np.broadcast_to(plane, (1, 3, *plane.shape)))


def _places(likely: npt.NDArray[np.float32], settings: TextSettings) -> list[Found]:
    """Return the places where letters are likely (h, w), widened to what the letters take."""
    height, width = likely.shape
    mask = cv2.dilate((likely > settings.pixel).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        _, (a, b), angle = rectangle = cv2.minAreaRect(contour)
        if min(a, b) < _LEAST:
            continue
        x, y, w, h = cv2.boundingRect(contour)
        inside = np.zeros((h, w), np.uint8)
        corners = cv2.boxPoints(rectangle) - (x, y)
        cv2.fillPoly(inside, [corners.astype(np.int32)], 1)
        score = float(cv2.mean(likely[y : y + h, x : x + w], inside)[0])
        if score < settings.found:
            continue
        wider = a * b * settings.unclip / (2 * (a + b))
        box = (
            max(0.0, x - wider),
            max(0.0, y - wider),
            min(float(width), x + w + wider),
            min(float(height), y + h + wider),
        )
        tilt = abs(angle) % 90
        found.append(Found(box, score, min(tilt, 90 - tilt)))
    return found
