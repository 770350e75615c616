"""Edits in words: what was done to which of the two videos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from tracer.model import Edit
from tracer.report.wording import clock, listed, plain, shortened, speed

_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "ug": "Uyghur",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
TELLING = (
    "compilation",
    "subtitles",
    "overlay",
    "picture_in_picture",
    "reframe",
    "crop",
    "mirror",
    "rotate",
    "letterbox",
    "speed",
    "trim",
    "color",
    "sound_replaced",
    "sound_removed",
    "frame_rate",
    "resize",
    "reencode",
)
_LEAST_SHOWN = 0.05  # seconds; less would be worded as 0.0
_SURE = 0.6  # below this an edit is worded as a possibility


class Phrase(NamedTuple):
    """One edit, said of the video in question ("cropped by 8 %") and of the other one."""

    done: str
    tail: str  # follows the name of the video that carries the edit: "is cropped by 8 %"


def phrases(edits: Iterable[Edit], match: str = "the match") -> list[str]:
    """Return each edit in words, the most telling first; ``match`` names the other video.

    What may be of either side (size, coding, frame rate) is said once for all of it.
    """
    ordered = telling_first(edits)
    either = [one for one in ordered if one.side == "unknown" and one.kind != "mirror"]
    if len(either) < 2:
        return [phrase(edit, match) for edit in ordered]
    told = [phrase(edit, match) for edit in ordered if edit not in either]
    done = [_perhaps(KINDS[edit.kind](edit.detail).done, edit) for edit in either]
    return [*told, f"{listed(done)}, nothing tells on which side"]


def telling_first(edits: Iterable[Edit]) -> list[Edit]:
    """Return what a reader wants to know first: lettering and picture before coding."""
    return sorted(edits, key=lambda edit: (TELLING.index(edit.kind), -edit.confidence))


def phrase(edit: Edit, match: str = "the match") -> str:
    """Return one edit in words, as said of the query; ``match`` names the other video."""
    said = KINDS[edit.kind](edit.detail)
    if edit.kind == "subtitles":
        said = _subtitles(edit)
    if edit.side == "query":
        words = said.done
    elif edit.side == "match":
        words = f"{match} {said.tail}"
    elif edit.kind == "mirror":
        words = "one is the other's mirror image, nothing tells which"
    else:
        words = f"one of the two {said.tail}, nothing tells which"
    return _perhaps(words, edit)


def _perhaps(words: str, edit: Edit) -> str:
    return f"perhaps {words}" if edit.confidence < _SURE else words


def short(edit: Edit) -> str:
    """Return one edit in at most three words, for a drawing."""
    if edit.kind == "subtitles":
        code = edit.detail.get("language")
        name = f"{language(code)} subtitles" if isinstance(code, str) and code else "subtitles"
        return f"{name} {edit.change}" if edit.change != "added" else name
    return edit.kind.replace("_", " ")


def language(code: str) -> str:
    """Return the English name of a language code."""
    return _LANGUAGES.get(code.lower().split("-")[0], plain(code))


def place(box: Sequence[float]) -> str:
    """Return where in the frame a box lies."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    row = "top" if down < 0.35 else "bottom" if down > 0.65 else ""
    column = "left" if across < 0.35 else "right" if across > 0.65 else ""
    if row and column:
        return f"at the {row} {column}"
    if row:
        return f"at the {row}"
    return f"on the {column}" if column else "in the middle"


def box_of(detail: dict[str, Any]) -> tuple[float, float, float, float] | None:
    """Return the edit's box where it has a sound one."""
    box = detail.get("box")
    if not isinstance(box, (list, tuple)) or len(box) != 4:
        return None
    x0, y0, x1, y1 = (min(1.0, max(0.0, float(value))) for value in box)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _number(detail: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = detail.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def _where(detail: dict[str, Any]) -> str:
    box = box_of(detail)
    return f" {place(box)}" if box else ""


def _share(detail: dict[str, Any]) -> float | None:
    """Return the share of the frame that the box covers."""
    box = box_of(detail)
    return (box[2] - box[0]) * (box[3] - box[1]) if box else None


def _is(words: str) -> Phrase:
    return Phrase(words, f"is {words}")


def _color(detail: dict[str, Any]) -> Phrase:
    if detail.get("grey") in ("query", "match"):
        return Phrase("colours taken away", "has lost its colours")
    return Phrase("colours changed", "has changed colours")


def _crop(detail: dict[str, Any]) -> Phrase:
    kept = _share(detail)
    if kept is None or kept > 0.995:
        return _is("cropped")
    return _is(f"cropped by {max(1, round((1 - kept) * 100))} %")


def _inset(detail: dict[str, Any]) -> Phrase:
    share = _share(detail)
    size = f", in {share * 100:.0f} % of the frame{_where(detail)}" if share else ""
    return _is(f"set as a picture in a picture{size}")


def _reframe(detail: dict[str, Any]) -> Phrase:
    fill = detail.get("fill") or detail.get("background")
    ground = f"a {plain(str(fill))}" if isinstance(fill, str) else "a blurred or filled"
    return _is(f"reframed to another shape with {ground} background")


def _overlay(detail: dict[str, Any]) -> Phrase:
    what = detail.get("what") or detail.get("type") or "picture or mark"
    text = detail.get("text")
    quoted = f" “{shortened(text, 60)}”" if isinstance(text, str) and text.strip() else ""
    thing = f"{plain(str(what))}{quoted}"
    carries = thing if thing.startswith("another") else f"a {thing}"
    return Phrase(f"{thing} added{_where(detail)}", f"carries {carries}{_where(detail)}")


def _rotate(detail: dict[str, Any]) -> Phrase:
    degrees = _number(detail, "degrees", "angle")
    return _is(f"turned by {degrees:.0f}°" if degrees is not None else "turned")


def _speed(detail: dict[str, Any]) -> Phrase:
    factor = _number(detail, "speed", "factor")
    words = speed(factor) if factor else "played at another speed"
    return Phrase(words, f"is {words}")


def _frame_rate(detail: dict[str, Any]) -> Phrase:
    before, after = _number(detail, "match", "from"), _number(detail, "query", "to")
    rates = f" ({before:.3g} to {after:.3g} a second)" if before and after else ""
    return Phrase(f"frame rate changed{rates}", f"has another frame rate{rates}")


def _resize(detail: dict[str, Any]) -> Phrase:
    before, after = detail.get("match"), detail.get("query")
    sizes = (
        f" from {before[0]}×{before[1]} to {after[0]}×{after[1]}"
        if isinstance(before, (list, tuple))
        and isinstance(after, (list, tuple))
        and len(before) == len(after) == 2
        else ""
    )
    return _is(f"scaled{sizes}")


def _compilation(detail: dict[str, Any]) -> Phrase:
    parts = _number(detail, "parts", "segments", "works")
    words = f"cut together from {parts:.0f} parts" if parts else "cut together with other footage"
    return _is(words)


def _trim(detail: dict[str, Any]) -> Phrase:
    head, tail = _number(detail, "head", "start"), _number(detail, "tail", "end")
    ends = [f"{head:.1f} s at the start"] if head and head >= _LEAST_SHOWN else []
    inside = detail.get("inside", [])
    ends += [f"{end - start:.1f} s in the middle, from {clock(start)} on" for start, end in inside]
    ends += [f"{tail:.1f} s at the end"] if tail and tail >= _LEAST_SHOWN else []
    return _is(f"trimmed{' by ' + ' and '.join(ends) if ends else ''}")


def _subtitles(edit: Edit) -> Phrase:
    detail = edit.detail
    code = detail.get("language")
    name = f"{language(code)} " if isinstance(code, str) and code else ""
    place_words = _where(detail)
    count = _number(detail, "lines")
    if count:
        place_words += f" ({count:.0f} line{'' if count == 1 else 's'})"
    if edit.change == "replaced":
        former = detail.get("replaced_language")
        instead = f" instead of {language(former)} ones" if isinstance(former, str) else ""
        words = f"other subtitles, {name.strip() or 'of another text'}{instead}{place_words}"
        return Phrase(words, f"has {words}")
    return Phrase(f"{name}subtitles added{place_words}", f"has {name}subtitles{place_words}")


KINDS: dict[str, Callable[[dict[str, Any]], Phrase]] = {
    "reencode": lambda _: _is("re-encoded"),
    "resize": _resize,
    "color": _color,
    "letterbox": lambda _: _is("framed by black bars"),
    "crop": _crop,
    "mirror": lambda _: _is("mirrored"),
    "rotate": _rotate,
    "reframe": _reframe,
    "picture_in_picture": _inset,
    "overlay": _overlay,
    "subtitles": lambda _: Phrase("subtitles added", "has subtitles"),
    "speed": _speed,
    "frame_rate": _frame_rate,
    "trim": _trim,
    "compilation": _compilation,
    "sound_replaced": lambda _: Phrase("sound replaced", "has other sound"),
    "sound_removed": lambda _: Phrase("sound removed", "has no sound"),
}
