"""Two tracks of text over the matched seconds -> line beside line, and what was done to subtitles.

What was read is stronger evidence than what differs in the pixels: lines that change on one side
alone are subtitles put on there, lines that say the same on both are none, and letters that stay
are an overlay. Where a side was not read, the pixels' word stands. What is written in both and read
in one alone is found where the pixels show no subtitles: both look alike there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tracer.model import (
    Box,
    Edit,
    Match,
    Segment,
    Side,
    TextComparison,
    TextLine,
    TextPair,
    TextTrack,
)
from tracer.settings import TextSettings
from tracer.text.lines import shared_area
from tracer.text.marks import platform_of
from tracer.text.spelling import alike

Change = Literal["added", "removed", "replaced"]

Beneath = Callable[[TextLine, bool], float | None]
"""How alike both videos look where and while a line of the query (or else of the match) is shown,
-1 to 1; None where it can't be told."""

_STAYING = ("mark", "caption", "title")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line within the matched seconds, on the query's clock."""

    line: TextLine
    start: float
    end: float


def lettered(
    match: Match,
    query: TextTrack | None,
    other: TextTrack | None,
    settings: TextSettings,
    beneath: Beneath | None = None,
) -> Match:
    """Return a match with both tracks side by side and its edits as the text tells them.

    ``beneath`` is asked only of lines that the pictures show no subtitles for.
    """
    if query is None or other is None:
        return match
    text = side_by_side(match.segments, query, other, settings)
    borne_out, changed = text, _change(text, settings)
    if changed is not None and not any(edit.kind == "subtitles" for edit in match.edits):
        borne_out = _borne_out(_of_the_picture(text, match.edits), beneath, settings)
        changed = _change(borne_out, settings)
    edits = _without_lettering(match.edits, text, changed, settings)
    edits = [edit for edit in edits if _has_letters(edit, match.segments, query, other)]
    if changed is not None:
        edits.append(_subtitles(match.edits, borne_out, changed))
    staying = _staying(match.segments, query, other, settings)
    # In a few seconds a subtitle need not give way to the next.
    long = sum(one.query_end - one.query_start for one in match.segments)
    stays = ("overlay", "subtitles") if long >= settings.staying_seconds else ("overlay",)
    edits = [_told(edit, staying) if edit.kind in stays else edit for edit in edits]
    return replace(match, edits=tuple(edits), text=text)


def side_by_side(
    segments: Sequence[Segment], query: TextTrack, other: TextTrack, settings: TextSettings
) -> TextComparison:
    """Return the subtitles of the matched seconds, line beside line in the query's order."""
    asked = _shown(query.lines, segments, of_query=True)
    known = _shown(other.lines, segments, of_query=False)
    left, right = set(range(len(asked))), set(range(len(known)))
    found: list[tuple[float, TextPair]] = []
    for same in (True, False):
        for _, at, beside in _candidates(asked, known, same, settings):
            if at in left and beside in right:
                left.discard(at)
                right.discard(beside)
                pair = TextPair(asked[at].line, known[beside].line, "same" if same else "changed")
                found.append((asked[at].start, pair))
    found += [(asked[at].start, TextPair(asked[at].line, None, "query_only")) for at in left]
    found += [(known[at].start, TextPair(None, known[at].line, "match_only")) for at in right]
    pairs = tuple(pair for _, pair in sorted(found, key=lambda one: (one[0], str(one[1]))))
    return TextComparison(
        languages([one.line for one in asked]), languages([one.line for one in known]), pairs
    )


def languages(lines: Iterable[TextLine]) -> tuple[str, ...]:
    """Return the languages of lines, that of most letters first; "und" where none is known."""
    letters: Counter[str] = Counter()
    for line in lines:
        # A Chinese character says about as much as two Latin letters.
        letters[line.language] += len(line.text) * (2 if line.language in ("zh", "ja") else 1)
    known = {code: count for code, count in letters.items() if code != "und"} or letters
    return tuple(sorted(known, key=lambda code: (-known[code], code)))


def _shown(
    lines: Iterable[TextLine], segments: Sequence[Segment], *, of_query: bool
) -> list[_Shown]:
    """Return the subtitles within the matched seconds, each once, on the query's clock."""
    shown = []
    for line in lines:
        if line.kind != "subtitle":
            continue
        best: _Shown | None = None
        for one in segments:
            start, end = (
                (one.query_start, one.query_end) if of_query else (one.match_start, one.match_end)
            )
            low, high = max(line.start, start), min(line.end, end)
            # A line that only reaches into the matched seconds says nothing of them.
            if high - low < min(0.5 * (line.end - line.start), 1.0):
                continue
            if not of_query:
                low, high = (
                    one.query_start + (time - one.match_start) / one.speed for time in (low, high)
                )
            if best is None or high - low > best.end - best.start:
                best = _Shown(line, low, high)
        if best is not None:
            shown.append(best)
    return shown


def _candidates(
    asked: Sequence[_Shown], known: Sequence[_Shown], same: bool, settings: TextSettings
) -> list[tuple[float, int, int]]:
    """Return the pairs of lines that are shown together, best first; ``same``: that say one."""
    pairs = []
    for at, one in enumerate(asked):
        for beside, other in enumerate(known):
            together = min(one.end, other.end) - max(one.start, other.start)
            shortest = max(0.1, min(one.end - one.start, other.end - other.start))
            if together < 0.3 * shortest:
                continue
            likeness = alike(_letters(one.line.text), _letters(other.line.text))
            if not same:
                pairs.append((-together, at, beside))
            elif likeness >= settings.same_text:
                pairs.append((-likeness, at, beside))
    return sorted(pairs)


def _letters(text: str) -> str:
    """Return what is compared of a text: its letters, without case, blanks and marks."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _change(text: TextComparison, settings: TextSettings) -> Change | None:
    """Return what was done to the query's subtitles; None where both carry the same or none."""
    count = Counter(pair.relation for pair in text.pairs)
    query = count["same"] + count["changed"] + count["query_only"]
    other = count["same"] + count["changed"] + count["match_only"]
    if count["same"] >= settings.same_share * max(query, other):
        return None
    if count["changed"] or (count["query_only"] and count["match_only"]):
        return "replaced"
    return "added" if query > other else "removed"


def _of_the_picture(text: TextComparison, edits: Sequence[Edit]) -> TextComparison:
    """Return the comparison without lines of the video that an inset lies in."""
    insets = {edit.side: _box(edit) for edit in edits if edit.kind == "picture_in_picture"}

    def lies_beside(line: TextLine | None, side: Side) -> bool:
        box = insets.get(side)
        return line is not None and box is not None and shared_area(line.box, box) < _OF_LETTERS

    kept = [
        pair
        for pair in text.pairs
        if not lies_beside(pair.query, "query") and not lies_beside(pair.match, "match")
    ]
    return replace(text, pairs=tuple(kept))


def _borne_out(
    text: TextComparison, beneath: Beneath | None, settings: TextSettings
) -> TextComparison:
    """Return the comparison with those lines alone that differ though the pictures show none.

    A few letters may be of the scene, and what looks alike in both is written in both.
    """
    kept = [pair for pair in text.pairs if pair.relation == "same"]
    differing = [pair for pair in text.pairs if pair.relation != "same"]
    if beneath is not None and differing:
        differing = [pair for pair in differing if not _is_in_both(pair, beneath, settings)]
    lines = [one for pair in differing for one in (pair.query, pair.match) if one is not None]
    letters = "".join(_letters(line.text) for line in lines)
    # A Chinese character says as much as two letters.
    if sum(1 + (letter >= "\u2e80") for letter in letters) < settings.unseen_letters:
        return replace(text, pairs=())
    return replace(text, pairs=tuple(pair for pair in text.pairs if pair in kept + differing))


def _is_in_both(pair: TextPair, beneath: Beneath, settings: TextSettings) -> bool:
    found = [beneath(pair.query, True)] if pair.query is not None else []
    found += [beneath(pair.match, False)] if pair.match is not None else []
    known = [value for value in found if value is not None]
    return bool(known) and min(known) >= settings.written_alike


def _subtitles(edits: Sequence[Edit], text: TextComparison, change: Change) -> Edit:
    """Return the edit of the subtitles; the pixels' box where it is a band from edge to edge."""
    on_match = change == "removed"
    pairs = text.pairs
    lines = [one for one in ((p.match if on_match else p.query) for p in pairs) if one is not None]
    side: Literal["query", "match"] = "match" if on_match else "query"
    box = _around([line.box for line in lines])
    seen = [one for one in edits if one.kind == "subtitles" and one.side == side]
    detail: dict[str, object] = {}
    for edit in seen:
        band = _box(edit)
        if band is not None and band[2] - band[0] >= 0.95 and shared_area(band, box) >= 0.7:
            box = band
        if "cover" in edit.detail:
            detail["cover"] = edit.detail["cover"]
    detail |= {"box": [round(value, 4) for value in box], "lines": len(lines)}
    spoken, former = text.query_languages, text.match_languages
    if on_match:
        spoken, former = former, ()
    if spoken and spoken[0] != "und":
        detail["language"] = spoken[0]
    if change == "replaced" and former and former[0] != "und":
        detail["replaced_language"] = former[0]
    sure = min(line.confidence for line in lines)
    agreed = any(one.change == change for one in seen)
    confidence = round(min(0.98, (0.97 if agreed else 0.9) * (0.5 + 0.5 * sure)), 2)
    return Edit("subtitles", side, confidence, detail, change)


def _without_lettering(
    edits: Sequence[Edit], text: TextComparison, change: Change | None, settings: TextSettings
) -> list[Edit]:
    """Return the edits without those that the text tells better."""
    places = {
        "query": [pair.query.box for pair in text.pairs if pair.query is not None],
        "match": [pair.match.box for pair in text.pairs if pair.match is not None],
    }
    kept = []
    for edit in edits:
        box = _box(edit)
        if edit.kind == "subtitles" and (change is not None or text.pairs):
            continue
        if edit.kind == "overlay" and change is not None and box is not None:
            lines = places.get(edit.side, [])
            inside = sum(shared_area(box, line) >= 0.5 for line in lines)
            if lines and inside >= settings.same_share * len(lines) and len(lines) > 1:
                continue
        kept.append(edit)
    return kept


_OF_LETTERS = 0.3
"""Share of the smaller box that a line and a place of letters have in common. A choice: a band is
told a few cells off."""


def _has_letters(
    edit: Edit, segments: Sequence[Segment], query: TextTrack, other: TextTrack
) -> bool:
    """Tell whether the reader saw letters, of whatever script, where subtitles were told."""
    box = _box(edit)
    if edit.kind != "subtitles" or box is None or edit.side == "unknown" or "lines" in edit.detail:
        return True
    lines = query.lines if edit.side == "query" else other.lines
    return any(
        shared_area(line.box, box) >= _OF_LETTERS
        and _share(line, segments, of_query=edit.side == "query")
        for line in lines
    )


def _staying(
    segments: Sequence[Segment], query: TextTrack, other: TextTrack, settings: TextSettings
) -> dict[str, list[TextLine]]:
    """Return what stays in the picture of one side for most of the matched seconds, and is not
    written on the other."""
    written = {
        "query": [line for line in query.lines if line.text],
        "match": [line for line in other.lines if line.text],
    }
    found: dict[str, list[TextLine]] = {}
    for side, beside in (("query", "match"), ("match", "query")):
        found[side] = [
            line
            for line in written[side]
            if line.kind in _STAYING
            and _share(line, segments, of_query=side == "query") >= 0.5
            and not any(
                alike(_letters(line.text), _letters(one.text)) >= settings.same_text
                for one in written[beside]
            )
        ]
    return found


def _share(line: TextLine, segments: Sequence[Segment], *, of_query: bool) -> float:
    """Return the share of the matched seconds in which a line is shown."""
    shown = whole = 0.0
    for one in segments:
        start, end = (
            (one.query_start, one.query_end) if of_query else (one.match_start, one.match_end)
        )
        whole += end - start
        shown += max(0.0, min(line.end, end) - max(line.start, start))
    return shown / whole if whole > 0 else 0.0


def _told(edit: Edit, staying: dict[str, list[TextLine]]) -> Edit:
    """Return an overlay with what it says; subtitles that never change are an overlay."""
    box = _box(edit)
    if box is None or edit.side == "unknown":
        return edit
    lines = [line for line in staying[edit.side] if shared_area(line.box, box) >= 0.5]
    if not lines or (edit.kind == "subtitles" and edit.change is None):
        return edit
    if edit.kind == "subtitles" and "lines" in edit.detail:
        return edit  # it was read: these are lines beside it
    said = " ".join(line.text.replace("\n", " ") for line in lines)
    detail = {**edit.detail, "text": said}
    named = platform_of(said)
    if named is not None:
        detail["platform"] = named
    detail.pop("cover", None)
    return Edit("overlay", edit.side, edit.confidence, detail)


def _box(edit: Edit) -> Box | None:
    box = edit.detail.get("box")
    if not isinstance(box, (list, tuple)) or len(box) != 4:
        return None
    x0, y0, x1, y1 = (float(value) for value in box)
    return (x0, y0, x1, y1)


def _around(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
