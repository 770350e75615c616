"""A tone curve and two sides' colour -> color: what was moved, and who lost some of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.compare.differing import Differing
from tracer.compare.registered import Registered, evenly
from tracer.compare.tints import Recoloured
from tracer.model import Edit, FloatArray, Side
from tracer.settings import CompareSettings


def color_edit(
    pair: Registered, differs: Differing, tint: Recoloured | None, settings: CompareSettings
) -> Edit | None:
    """Return the change of tones or colour that goes beyond what coding does; None without one.

    ``tint`` is None where no colour was compared; the tones alone tell then.
    """
    tones = _tones_edit(pair, differs, tint, settings)
    if tint is None or not tint.is_edit(settings):
        return tones
    sure = min(1.0, tint.moved / (3 * settings.tint_least))
    detail: dict[str, object] = {
        "from_grey": {"query": round(tint.query, 1), "match": round(tint.match, 1)}
    }
    if abs(tint.turned) >= settings.tint_turned:
        detail["hue"] = round(tint.turned)
    side, confidence = tint.lost_by(settings), round(0.6 + 0.35 * sure, 2)
    if side != "unknown":
        detail["grey"] = side
    if tones is None:
        return Edit("color", side, confidence, detail)
    side = tones.side if side == "unknown" else side
    return Edit("color", side, max(confidence, tones.confidence), {**tones.detail, **detail})


def _tones_edit(
    pair: Registered, differs: Differing, tint: Recoloured | None, settings: CompareSettings
) -> Edit | None:
    few = evenly(len(pair.here), settings.median_moments)
    levels = pair.frames[pair.here[few]][:, pair.shown]
    if not levels.size:
        return None
    low, high = np.percentile(levels, [3, 97])
    if high - low < settings.color_spread:
        return None
    count = np.bincount(np.clip(levels.reshape(-1), 0, 255).astype(int), minlength=256)
    count[: int(low)] = count[int(high) + 1 :] = 0
    shift = differs.tones - np.arange(256)
    moved = float((np.abs(shift) * count).sum() / max(1, count.sum()))
    beside = tint is not None and tint.is_edit(settings)
    least = settings.color_beside if beside else settings.color_least
    if moved < least or _is_range(differs.tones, count, settings):
        return None
    gain, offset = _line(differs.tones, count)
    detail = {
        "moved": round(moved, 1),
        "gain": round(gain, 3),
        "offset": round(offset, 1),
        "gamma": round(_gamma(differs.tones, int(low), int(high)), 2),
    }
    sure = min(1.0, moved / (3 * settings.color_least))
    side = _clipped(differs.tones, float(low), float(high), settings)
    return Edit("color", side, round(0.6 + 0.35 * sure, 2), detail)


def _is_range(tones: FloatArray, count: npt.NDArray[np.intp], settings: CompareSettings) -> bool:
    """Tell whether one film has full-range levels and the other video levels, as coders convert."""
    levels = np.arange(256)
    for curve in (16.0 + levels * 219.0 / 255.0, (levels - 16.0) * 255.0 / 219.0):
        off = float((np.abs(tones - curve) * count).sum() / max(1, count.sum()))
        if off < settings.color_range:
            return True
    return False


def _line(tones: FloatArray, count: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Return the straight line nearest to the curve where there are tones."""
    gain, offset = np.polyfit(np.arange(256), tones, 1, w=np.sqrt(count))
    return float(gain), float(offset)


def _gamma(tones: FloatArray, low: int, high: int) -> float:
    """Return by what power the middle moved, ends apart."""
    span = max(1e-3, float(tones[high] - tones[low]))
    middle = float(np.clip((tones[(low + high) // 2] - tones[low]) / span, 0.02, 0.98))
    return float(np.log(0.5) / np.log(middle))


def _clipped(tones: FloatArray, low: float, high: float, settings: CompareSettings) -> Side:
    """Return the side that lost tones at an end: many tones of the other became one there."""
    reach = max(4, int((high - low) / 8))
    body = float(tones[int(high)] - tones[int(low)]) / max(1.0, high - low)
    for end, sign in ((int(low), 1), (int(high), -1)):
        other = int(np.clip(end + sign * reach, 0, 255))
        slope = abs(float(tones[other] - tones[end])) / reach
        if slope < settings.clip_slope * body:
            return "query"
        if body < settings.clip_slope * slope:
            return "match"
    return "unknown"
