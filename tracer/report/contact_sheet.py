"""A video's keyframes as pictures and one sheet with their times, for reverse image search by hand.

The pictures are named by their time, so that a find leads back to its second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tracer.media.frames import pictures_at
from tracer.report.wording import clock

SIDE = 1280  # pixels of a keyframe's longer side: search engines scale down to less
QUALITY = 90  # of JPEG
TILE = 240  # pixels of a tile's width on the sheet
COLUMNS = 5
SHEET_TILES = 60  # more keyframes than this are spread evenly
BATCH = 16  # pictures held in memory at once
_GAP, _CAPTION, _INK, _PAPER = 12, 22, (40, 44, 48), (252, 251, 248)

Tile = tuple[float, npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Keyframes:
    """What was written."""

    pictures: tuple[Path, ...]
    sheet: Path


def write(path: Path, times: Sequence[float], output: Path) -> Keyframes:
    """Write the frames at ``times`` (seconds) and ``contact-sheet.jpg`` into a folder.

    Raises :class:`~tracer.errors.MediaError` where the video can't be decoded.
    """
    output.mkdir(parents=True, exist_ok=True)
    wanted = sorted(set(times))
    on_sheet = set(_spread(wanted))
    written: list[Path] = []
    tiles: list[Tile] = []
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for time, picture in zip(batch, pictures_at(path, batch, SIDE), strict=True):
            written.append(_save(output / f"{file_name(time)}.jpg", picture))
            if time in on_sheet:
                tiles.append((time, _tile(picture)))
    sheet = output / "contact-sheet.jpg"
    _sheet(tiles).save(sheet, quality=QUALITY)
    return Keyframes(tuple(written), sheet)


def file_name(time: float) -> str:
    """Return a name that sorts by time and may stand in any file system: ``0h00m12.250s``."""
    milliseconds = round(time * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60}h{minutes % 60:02d}m{rest / 1000:06.3f}s"


def _spread(times: Sequence[float]) -> list[float]:
    if len(times) <= SHEET_TILES:
        return list(times)
    places = np.linspace(0, len(times) - 1, SHEET_TILES).round().astype(int)
    return [times[place] for place in places]


def _save(path: Path, picture: npt.NDArray[np.uint8]) -> Path:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} can't be encoded")
    path.write_bytes(data.tobytes())  # cv2.imwrite fails silently, also on a full disk
    return path


def _tile(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height = max(1, round(picture.shape[0] * TILE / picture.shape[1]))
    small = cv2.resize(picture, (TILE, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, :, ::-1], dtype=np.uint8)


def _sheet(tiles: Sequence[Tile]) -> Image.Image:
    """Return the tiles in rows, each with its time below."""
    columns = min(COLUMNS, max(1, len(tiles)))
    tallest = max((tile.shape[0] for _, tile in tiles), default=1)
    rows = -(-len(tiles) // columns)
    step_x, step_y = TILE + _GAP, tallest + _CAPTION + _GAP
    sheet = Image.new("RGB", (columns * step_x + _GAP, rows * step_y + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for number, (time, tile) in enumerate(tiles):
        x = _GAP + number % columns * step_x
        y = _GAP + number // columns * step_y
        sheet.paste(Image.fromarray(tile), (x, y))
        draw.text((x, y + tallest + 3), clock(time, tenths=True), fill=_INK, font=font)
    return sheet
