"""Frames over time -> Layout: which rectangle(s) of the frame carry the picture.

Three classical cues over some hundred frames, after the winner of the 2023 Video Similarity
Challenge, whose largest single gain came from them: rows and columns that stay one colour (bars),
edges that persist while the picture moves (borders of panels and insets), and how much each pixel
changes over time.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tracer.fingerprint.logos import logos_of
from tracer.fingerprint.seams import panels_of
from tracer.model import WHOLE, Box, Layout
from tracer.settings import LayoutSettings

Pictures = npt.NDArray[np.uint8]  # (f, h, w)
Profile = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Span:
    """Half-open range of rows or columns that carries the picture."""

    start: int
    end: int


def analyse(pictures: Pictures, settings: LayoutSettings) -> Layout:
    """Return the layout of a video from frames spread over it, uint8 (f, h, w) at miniature
    size."""
    if len(pictures) == 0:
        return Layout()
    informative = pictures[pictures.std(axis=(1, 2)) >= settings.informative_deviation]
    if len(informative) == 0:
        return Layout()
    height, width = informative.shape[1:]
    rows, columns = _without_bars(informative, settings)
    kind = "full" if rows == _Span(0, height) and columns == _Span(0, width) else "letterbox"
    picture = _box(rows, columns, height, width)
    others: tuple[Box, ...] = ()
    if kind == "full":
        kind, picture, others = _composed(informative, settings)
    return Layout(
        picture=picture,
        kind=kind,
        others=others,
        text_bands=_text_bands(informative, settings),
        static_overlays=logos_of(informative, settings),
    )


def _composed(pictures: Pictures, settings: LayoutSettings) -> tuple[str, Box, tuple[Box, ...]]:
    """Return (kind, main picture, further pictures) of a frame that no bars surround."""
    panel = _between_soft_panels(pictures, settings)
    if panel is not None:
        return "reframe", panel, ()
    inset = _moving_rectangle(pictures, settings)
    if inset is not None:
        return "inset", inset, ()
    panels = panels_of(pictures, settings)
    return ("split", WHOLE, panels) if panels else ("full", WHOLE, ())


def _box(rows: _Span, columns: _Span, height: int, width: int) -> Box:
    return (
        round(columns.start / width, 4),
        round(rows.start / height, 4),
        round(columns.end / width, 4),
        round(rows.end / height, 4),
    )


# --- bars ----------------------------------------------------------------------------------------


def _without_bars(pictures: Pictures, settings: LayoutSettings) -> tuple[_Span, _Span]:
    """Return the rows and columns inside bars that *every* informative frame shows.

    A bar is one colour in space and time; letters inside it (subtitles in a letterbox) leave most
    of its pixels that colour. A dark scene is not a bar: the next frame shows something there.
    """
    return _bar_span(pictures, settings), _bar_span(pictures.transpose(0, 2, 1), settings)


def _bar_span(pictures: Pictures, settings: LayoutSettings) -> _Span:
    """Return the rows between the bars at the top and the bottom of (f, h, w)."""
    height = pictures.shape[1]
    lines = _line_strength(pictures, settings)
    top = _bar_height(pictures, lines, settings)
    bottom = _bar_height(pictures[:, ::-1], lines[::-1], settings)
    if top + bottom > height * settings.bar_most:
        return _Span(0, height)
    return _Span(top, height - bottom)


def _bar_height(pictures: Pictures, lines: Profile, settings: LayoutSettings) -> int:
    """Return the rows of the bar at the top, 0 where there is none.

    A plain wall is one colour too, but no straight line divides it from what stands before it.
    """
    height = pictures.shape[1]
    # The colour of a bar is the median of its outermost row over the whole video.
    level = float(np.median(pictures[:, 0]))
    flat = _flat_rows(pictures, level, settings)
    if flat.all():
        return 0
    rows = int(np.argmin(flat))
    if rows == 0 or rows < height * settings.bar_least:
        return 0
    if _on_line(lines, rows, settings):
        return rows
    # Wide letters in a bar leave less of their rows its colour, but do not reach its ends, and
    # beyond them it goes on.
    side = max(1, round(pictures.shape[2] * settings.bar_ends))
    ends = np.concatenate([pictures[:, :, :side], pictures[:, :, -side:]], axis=2)
    bar = flat | _flat_rows(ends, level, settings)
    reach = min(height if bar.all() else int(np.argmin(bar)), int(height * settings.bar_lettered))
    beyond = [end for start, end in _runs(flat[:reach]) if start and end < height]
    return max((end for end in beyond if _on_line(lines, end, settings)), default=0)


def _on_line(lines: Profile, rows: int, settings: LayoutSettings) -> bool:
    """Tell whether a straight edge lies where ``rows`` end.

    After scaling, the row in which bar and picture meet is a mixture: look at both of its edges.
    """
    near = lines[max(0, rows - 2) : rows + 2]
    return len(near) > 0 and float(near.max()) >= settings.line_share


def _flat_rows(pictures: Pictures, level: float, settings: LayoutSettings) -> npt.NDArray[np.bool_]:
    """Return (h,): rows that are one colour near ``level`` in all but a few frames."""
    near = np.abs(pictures.astype(np.int16) - round(level)) <= settings.bar_tolerance
    share = near.mean(axis=2)  # (f, h)
    held: npt.NDArray[np.bool_] = (share >= settings.bar_share).mean(axis=0) >= settings.bar_frames
    return held


def _line_strength(pictures: Pictures, settings: LayoutSettings) -> Profile:
    """Return (h - 1,): how much of the width a straight horizontal edge takes, in a bright frame.

    A letterboxed film has dark scenes in which its bars have no visible edge, hence a high
    percentile over the frames and not the mean.
    """
    step = np.abs(np.diff(pictures.astype(np.int16), axis=1)) >= settings.line_step
    share = step.mean(axis=2)  # (f, h - 1)
    strength: Profile = np.percentile(share, settings.line_percentile, axis=0).astype(np.float32)
    return strength


# --- blurred or filled panels
# -----------------------------------------------------------------------


def _between_soft_panels(pictures: Pictures, settings: LayoutSettings) -> Box | None:
    """Return the sharp picture between two soft panels (9:16 with a blurred background), if any."""
    height, width = pictures.shape[1:]
    found = _sharp_span(pictures, settings)
    if found is not None:
        return _box(found, _Span(0, width), height, width)
    found = _sharp_span(pictures.transpose(0, 2, 1), settings)
    if found is not None:
        return _box(_Span(0, height), found, height, width)
    return None


def _sharp_span(pictures: Pictures, settings: LayoutSettings) -> _Span | None:
    """Return the rows of (f, h, w) between two straight edges outside which the picture is soft."""
    height = pictures.shape[1]
    sample = pictures.astype(np.float32)
    # Fine detail along the rows (a second difference cancels soft gradients), as a median over
    # time, so that letters which come and go on a panel do not make it sharp.
    detail = np.abs(sample[:, :, 2:] - 2 * sample[:, :, 1:-1] + sample[:, :, :-2]).mean(axis=2)
    profile: Profile = np.median(detail, axis=0)
    lines = _line_strength(pictures, settings)
    least = max(2, round(height * settings.panel_least))
    best: tuple[float, _Span] | None = None
    for top in _peaks(lines[: height // 2], settings):
        for bottom in [height // 2 + at for at in _peaks(lines[height // 2 :], settings)]:
            span = _Span(top + 1, bottom + 1)
            if span.start < least or height - span.end < least:
                continue
            if span.end - span.start < height * settings.panel_picture:
                continue
            inside = float(np.mean(profile[span.start : span.end]))
            outside = max(
                float(np.mean(profile[: max(1, span.start - 1)])),
                float(np.mean(profile[min(height - 1, span.end + 1) :])),
            )
            if inside < settings.panel_detail or outside > settings.panel_ratio * inside:
                continue
            strength = float(lines[top] + lines[bottom])
            if best is None or strength > best[0]:
                best = (strength, span)
    return best[1] if best is not None else None


def _peaks(lines: Profile, settings: LayoutSettings) -> list[int]:
    """Return the positions of the strongest straight edges, at most four."""
    at = np.nonzero(lines >= settings.line_share)[0]
    return [int(i) for i in at[np.argsort(-lines[at])][:4]]


# --- a moving rectangle on a still canvas
# -------------------------------------------------------------


def _moving_rectangle(pictures: Pictures, settings: LayoutSettings) -> Box | None:
    """Return the rectangle that moves while all around it stands still, if it is one.

    A clip between the bars and buttons of an app, an inset over a still picture.
    """
    if len(pictures) < settings.moving_frames:
        return None
    height, width = pictures.shape[1:]
    deviation = pictures.astype(np.float32).std(axis=0)
    moving = (deviation > settings.moving_deviation).astype(np.uint8)
    # Single pixels (compression noise, a clock in the status bar) do not make a picture.
    moving = cv2.morphologyEx(moving, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(moving)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, w, h, area = (int(value) for value in stats[largest])
    share = w * h / (width * height)
    filled = area / (w * h)
    outside = (int(moving.sum()) - area) / max(1, width * height - w * h)
    if not settings.moving_least <= share <= settings.moving_most:
        return None
    if filled < settings.moving_filled or outside > settings.moving_outside:
        return None
    if not _has_borders(pictures, _Span(y, y + h), _Span(x, x + w), settings):
        return None  # a person before a still wall moves too, but not in a box with edges
    return _box(_Span(y, y + h), _Span(x, x + w), height, width)


def _has_borders(pictures: Pictures, rows: _Span, columns: _Span, settings: LayoutSettings) -> bool:
    """Tell whether persistent straight edges run along every side that is not the frame's own."""
    sample = pictures.astype(np.float32)
    height, width = sample.shape[1:]
    down = np.abs(np.diff(sample, axis=1)).mean(axis=0)
    across = np.abs(np.diff(sample, axis=2)).mean(axis=0)
    sides = []
    for at in (rows.start, rows.end):
        if 2 < at < height - 2:
            near = down[max(0, at - 2) : at + 2, columns.start : columns.end]
            sides.append(float(np.median(near.max(axis=0))))
    for at in (columns.start, columns.end):
        if 2 < at < width - 2:
            near = across[rows.start : rows.end, max(0, at - 2) : at + 2]
            sides.append(float(np.median(near.max(axis=1))))
    return bool(sides) and min(sides) >= settings.moving_border


# --- text
# ----------------------------------------------------------------------------------------------


def _text_bands(pictures: Pictures, settings: LayoutSettings) -> tuple[Box, ...]:
    """Return bands of rows where dense, strong vertical strokes come and go: burned-in lines."""
    if len(pictures) < settings.moving_frames:
        return ()
    height, width = pictures.shape[1:]
    sample = pictures.astype(np.int16)
    strokes = np.abs(np.diff(sample, axis=2)) >= settings.text_stroke  # (f, h, w - 1)
    density = strokes.mean(axis=2)  # (f, h)
    usual = np.median(density, axis=0)
    peak = np.percentile(density, 90, axis=0)
    rows = (peak >= settings.text_density) & (peak - usual >= settings.text_change)
    bands = []
    for start, end in _runs(rows):
        if settings.text_least <= (end - start) / height <= settings.text_most:
            across = strokes[:, start:end].mean(axis=(0, 1))
            where = np.nonzero(across >= settings.text_density / 4)[0]
            if len(where):
                bands.append(_box(_Span(start, end), _Span(where[0], where[-1] + 2), height, width))
    return tuple(bands)


def _runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the half-open runs of true values."""
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def is_whole(box: Box) -> bool:
    """Tell whether a box is the whole frame."""
    return box == WHOLE
