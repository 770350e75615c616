"""Rows of letters, read -> lines of text: what is one line joined, what is noise left out.

1. One row that was lost for a moment (a flash, a cut) is one row.
2. Rows tell what they are by how they behave (:mod:`tracer.text.kinds`).
3. Rows below one another that come and go together are one line of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracer.model import Box, TextKind, TextLine
from tracer.settings import TextSettings
from tracer.text.engine import Reading
from tracer.text.kinds import Behaviour, Scene, kinds
from tracer.text.languages import UNKNOWN, language_of
from tracer.text.spelling import alike

_LETTERS = 2  # letters that a line has at least; a lone Chinese character counts
_TALLER = 2.2  # heights of the lower of two rows of one line that the other takes at most


@dataclass(frozen=True, slots=True)
class Row:
    """One row of letters, read."""

    behaviour: Behaviour
    reading: Reading
    mirrored: bool
    clear: bool  # surely letters, whatever they say


def lines_of(rows: Sequence[Row], scene: Scene, settings: TextSettings) -> list[TextLine]:
    """Return the lines of text that rows make, by start, end and place."""
    joined = rejoined(rows, settings)
    read = [row for row in joined if row.reading.confidence >= settings.readable]
    told = _of_one_line(read, kinds([row.behaviour for row in read], scene, settings), settings)
    made = [_line(row, kind, settings) for row, kind in zip(read, told, strict=True)]
    lines = [line for line in made if line is not None]
    unread = (row for row in joined if row.reading.confidence < settings.readable)
    lines += [_unreadable(row) for row in unread if _surely_letters(row, settings)]
    return stacked(lines, settings)


def _of_one_line(
    rows: Sequence[Row], told: Sequence[TextKind], settings: TextSettings
) -> list[TextKind]:
    """Let rows that come and go with a subtitle, right above or below it, be part of it.

    Of a line in two rows often only one has others before and after it in its band.
    """
    kinds_now = list(told)
    for _ in range(2):  # three rows at most
        for at, row in enumerate(rows):
            if kinds_now[at] in ("scene", "title", "caption") and row.behaviour.level:
                beside = (
                    one
                    for one, kind in zip(rows, kinds_now, strict=True)
                    if kind == "subtitle" and one.mirrored == row.mirrored
                )
                if any(_above_or_below(row.behaviour, one.behaviour, settings) for one in beside):
                    kinds_now[at] = "subtitle"
    return kinds_now


def _above_or_below(a: Behaviour, b: Behaviour, settings: TextSettings) -> bool:
    if a.moved >= settings.moves:
        return False
    upper, lower = sorted((a, b), key=lambda one: one.box[1])
    high = sorted(one.box[3] - one.box[1] for one in (upper, lower))
    ends = max(abs(a.start - b.start), abs(a.end - b.end))
    return _near(upper.box, lower.box, high[0], high[1], ends, settings)


def rejoined(rows: Sequence[Row], settings: TextSettings) -> list[Row]:
    """Join what is one row, lost for a moment; the surest reading speaks for it."""
    ordered = sorted(rows, key=lambda row: (row.behaviour.start, row.behaviour.box))
    joined: list[Row] = []
    for row in ordered:
        for at in range(len(joined) - 1, -1, -1):
            if _continues(joined[at], row, settings):
                joined[at] = _both(joined[at], row)
                break
        else:
            joined.append(row)
    return joined


def _continues(a: Row, b: Row, settings: TextSettings) -> bool:
    gap = b.behaviour.start - a.behaviour.end
    if gap > settings.join_gap or a.mirrored != b.mirrored:
        return False
    shared = shared_area(a.behaviour.box, b.behaviour.box)
    return shared >= 0.5 and alike(a.reading.text, b.reading.text) >= settings.same_line


def _both(a: Row, b: Row) -> Row:
    best = max(a, b, key=lambda row: row.reading.confidence)
    one, other = a.behaviour, b.behaviour
    behaviour = replace(
        best.behaviour,
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        around=max(one.around, other.around),
    )
    return replace(best, behaviour=behaviour, clear=a.clear or b.clear)


def shared_area(a: Box, b: Box) -> float:
    """Return the shared area as a share of the smaller box."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return wide * high / least if wide > 0 and high > 0 and least > 0 else 0.0


def _line(row: Row, kind: TextKind, settings: TextSettings) -> TextLine | None:
    """Return a row as a line; None where it is noise."""
    text = row.reading.text
    letters = [letter for letter in text if letter.isalnum()]
    if len(letters) < _LETTERS:
        lone = len(letters) == 1 and language_of(letters[0]) == "zh"
        if not lone or row.reading.confidence < settings.sure:
            return None
    if row.reading.confidence < settings.doubtful and len(letters) < 3 * _LETTERS:
        return None
    return _told(row, text, kind, row.mirrored)


def _surely_letters(row: Row, settings: TextSettings) -> bool:
    """Tell whether what can't be read is surely laid-over letters: wide, level, long enough."""
    one = row.behaviour
    wide = (one.box[2] - one.box[0]) >= 3 * (one.box[3] - one.box[1])
    stands = one.moved < settings.moves and one.end - one.start >= settings.unread_shown
    return row.clear and wide and stands and one.level


def _unreadable(row: Row) -> TextLine:
    return _told(row, "", "unreadable", False)


def _told(row: Row, text: str, kind: TextKind, mirrored: bool) -> TextLine:
    one = row.behaviour
    x0, y0, x1, y1 = (round(value, 4) for value in one.box)
    return TextLine(
        start=round(one.start, 3),
        end=round(one.end, 3),
        box=(x0, y0, x1, y1),
        text=text,
        language=language_of(text) if text else UNKNOWN,
        kind=kind,
        confidence=round(row.reading.confidence, 3),
        mirrored=mirrored,
    )


def stacked(lines: Sequence[TextLine], settings: TextSettings) -> list[TextLine]:
    """Make one line of rows that stand below one another and come and go together."""
    ordered = sorted(lines, key=lambda line: (line.box[1], line.box[0], line.start, line.end))
    made: list[tuple[TextLine, float]] = []  # with the height of one row
    for line in ordered:
        high = line.box[3] - line.box[1]
        for at, (other, row) in enumerate(made):
            if _stands_below(other, line, min(row, high), max(row, high), settings):
                made[at] = (_stack(other, line), min(row, high))
                break
        else:
            made.append((line, high))
    return sorted((line for line, _ in made), key=lambda line: (line.start, line.end, line.box))


def _stands_below(
    a: TextLine, b: TextLine, low: float, high: float, settings: TextSettings
) -> bool:
    if a.kind != b.kind or a.kind in ("scene", "ticker", "mark") or a.mirrored != b.mirrored:
        return False
    ends = max(abs(a.start - b.start), abs(a.end - b.end))
    return _near(a.box, b.box, low, high, ends, settings)


def _near(
    upper: Box, lower: Box, low: float, high: float, ends: float, settings: TextSettings
) -> bool:
    """Tell whether two rows stand below one another and come and go together.

    ``low`` and ``high`` are the heights of a row, ``ends`` by how many seconds their ends differ.
    """
    gap = lower[1] - upper[3]
    across = min(upper[2], lower[2]) - max(upper[0], lower[0])
    near = -0.6 * low <= gap <= settings.row_gap * low
    return ends <= settings.together and near and across > 0 and high <= _TALLER * low


def _stack(a: TextLine, b: TextLine) -> TextLine:
    text = f"{a.text}\n{b.text}" if a.text and b.text else a.text or b.text
    box = (
        min(a.box[0], b.box[0]),
        min(a.box[1], b.box[1]),
        max(a.box[2], b.box[2]),
        max(a.box[3], b.box[3]),
    )
    return replace(
        a,
        start=min(a.start, b.start),
        end=max(a.end, b.end),
        box=box,
        text=text,
        language=language_of(text) if text else UNKNOWN,
        confidence=min(a.confidence, b.confidence),
    )
