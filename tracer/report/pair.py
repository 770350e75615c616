"""Two videos beside each other: segments on both timelines, matched moments, edits, evidence.

``left`` and ``right`` are the two columns of the page: source and copy in a chain, query and match
in an answer. Percentages are of the wider timeline, so that a short excerpt looks short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.model import (
    Derivation,
    Direction,
    Edit,
    Evidence,
    Match,
    Reason,
    Segment,
    TextComparison,
    TextLine,
    Video,
)
from tracer.report import edits, wording

MOMENTS = (0.15, 0.5, 0.85)  # of a segment: away from its ends, which are known least exactly
SEGMENTS_PICTURED = 3
SEGMENTS_LISTED = 12
LINES_SHOWN = 60
_SAME_SCALE = 0.08  # a video shorter than this share of the other is drawn to its own scale


Percents = tuple[float, float, float, float]  # left, top, width and height of a box in a frame


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two videos."""

    sha256: str
    name: str
    role: str
    duration: float
    lane: float  # percent that its timeline takes
    marks: tuple[
        tuple[float, float, float, float, str], ...
    ]  # left, top, width, height in %; words


@dataclass(frozen=True, slots=True)
class Part:
    """One segment with its moments to show: seconds of the left and of the right video."""

    left: tuple[float, float]
    right: tuple[float, float]
    left_bar: tuple[float, float]  # start and width in percent
    right_bar: tuple[float, float]
    ribbon: str  # points of the polygon between the bars, in a box of 100 x 100
    speed: str
    score: float
    moments: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """One piece of evidence in words."""

    name: str
    weight: float
    stance: str
    detail: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """One row of the two tracks of subtitles."""

    time: float  # seconds of the left video, of the right one where only that has the line
    left: str
    right: str
    relation: str  # same, changed, left, right


@dataclass(frozen=True, slots=True)
class Tracks:
    """What is burned into both, line beside line."""

    left: str  # its languages
    right: str
    rows: tuple[Spoken, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Pair:
    """All that the template shows of two videos."""

    anchor: str
    left: Side
    right: Side
    verdict: str
    told: bool  # whether the direction is told
    confidence: float
    score: float
    summary: str
    parts: tuple[Part, ...]
    more_parts: int
    own_scale: bool
    edits: tuple[str, ...]
    sound: str
    sound_detail: str
    evidence: tuple[Cue, ...]
    reasons: tuple[Reason, ...]
    tracks: Tracks | None = None

    def times(self) -> Iterator[tuple[str, float]]:
        """Yield every (video, second) of which a picture is wanted."""
        for part in self.parts:
            for left, right in part.moments:
                yield self.left.sha256, left
                yield self.right.sha256, right


def of_link(
    link: Derivation,
    match: Match,
    evidence: Sequence[Evidence],
    videos: tuple[Video, Video],
    names: tuple[str, str],
    anchor: str,
) -> Pair:
    """Return a link of a chain; ``match`` is seen from the derived video, the source is left."""
    told = link.direction == "told"
    roles = ("source", "copy") if told else ("one", "the other")
    found = match.edits
    source, derived = (f"the {roles[0]}", f"the {roles[1]}") if told else names
    return Pair(
        anchor,
        *_sides(videos, names, roles, found, query_left=False),
        verdict=(
            f"derived, {wording.strength(link.confidence)} ({link.confidence:.2f})"
            if told
            else "direction undetermined"
        )
        + _decided(match),
        told=told,
        confidence=link.confidence,
        score=match.score,
        summary=wording.segments(match.segments, derived, source, limit=3),
        parts=_parts(match.segments, videos, query_left=False),
        more_parts=max(0, len(match.segments) - SEGMENTS_LISTED),
        own_scale=_own_scale(videos),
        edits=tuple(edits.phrases(found, source)),
        sound=wording.sound(match.sound),
        sound_detail=wording.plain(match.sound.detail),
        evidence=_cues(evidence, "query_from_match" if told else None),
        reasons=match.reasons,
        tracks=_tracks(match.text, query_left=False),
    )


def of_match(
    match: Match, videos: tuple[Video, Video], names: tuple[str, str], anchor: str
) -> Pair:
    """Return a match of an answer; the query is left."""
    verdict = "match" if match.verdict == "match" else "possible match"
    direction = match.derivation
    told = direction.verdict in ("query_from_match", "match_from_query")
    return Pair(
        anchor,
        *_sides(videos, names, ("query", "match"), match.edits, query_left=True),
        verdict=f"{verdict}, score {match.score:.2f}{_decided(match)}",
        told=told,
        confidence=direction.confidence,
        score=match.score,
        summary=(
            f"{wording.segments(match.segments, 'the query', 'the match', limit=3)}. "
            f"{wording.capital(wording.direction(direction.verdict, 'the query', 'the match'))}"
        ),
        parts=_parts(match.segments, videos, query_left=True),
        more_parts=max(0, len(match.segments) - SEGMENTS_LISTED),
        own_scale=_own_scale(videos),
        edits=tuple(edits.phrases(match.edits)),
        sound=wording.sound(match.sound),
        sound_detail=wording.plain(match.sound.detail),
        evidence=_cues(direction.evidence, direction.verdict if told else None),
        reasons=match.reasons,
        tracks=_tracks(match.text, query_left=True),
    )


def _decided(match: Match) -> str:
    """Return who confirmed the match, if anybody did."""
    return f"; {wording.reviewed(match.review)}" if match.review else ""


def _sides(
    videos: tuple[Video, Video],
    names: tuple[str, str],
    roles: tuple[str, str],
    found: Sequence[Edit],
    *,
    query_left: bool,
) -> tuple[Side, Side]:
    """Return both sides; the first video is the left one."""
    lengths = [max(video.duration, 0.001) for video in videos]
    longest = max(lengths)
    lanes = [100.0 if _own_scale(videos) else 100 * length / longest for length in lengths]
    carriers = ("query", "match") if query_left else ("match", "query")
    left, right = (
        Side(video.sha256, name, role, video.duration, round(lane, 3), _marks(found, carrier))
        for video, name, role, lane, carrier in zip(
            videos, names, roles, lanes, carriers, strict=True
        )
    )
    return left, right


def _marks(
    found: Sequence[Edit], carrier: str
) -> tuple[tuple[float, float, float, float, str], ...]:
    """Return the boxes to outline in one video: a crop's lies in the video that was not cropped."""
    marks = []
    for edit in found:
        box = edits.box_of(edit.detail)
        if box is None or edit.side == "unknown":
            continue
        where = edit.side
        if edit.kind == "crop":
            where = "match" if edit.side == "query" else "query"
        if where == carrier:
            x0, y0, x1, y1 = (round(100 * value, 2) for value in box)
            words = "kept by the crop" if edit.kind == "crop" else edits.short(edit)
            marks.append((x0, y0, round(x1 - x0, 2), round(y1 - y0, 2), words))
    return tuple(marks)


def _own_scale(videos: tuple[Video, Video]) -> bool:
    lengths = sorted(video.duration for video in videos)
    return lengths[0] < _SAME_SCALE * lengths[1]


def _parts(
    segments: Sequence[Segment], videos: tuple[Video, Video], *, query_left: bool
) -> tuple[Part, ...]:
    ordered = sorted(segments, key=lambda segment: (segment.query_start, segment.match_start))
    pictured = sorted(ordered, key=lambda segment: segment.query_start - segment.query_end)[
        :SEGMENTS_PICTURED
    ]  # the longest ones
    scales = [max(videos[0].duration, 0.001), max(videos[1].duration, 0.001)]
    if not _own_scale(videos):
        scales = [max(scales), max(scales)]
    parts = []
    for segment in ordered[:SEGMENTS_LISTED]:
        query = (segment.query_start, segment.query_end)
        match = (segment.match_start, segment.match_end)
        left, right = (query, match) if query_left else (match, query)
        bars = [
            (100 * start / scale, 100 * (end - start) / scale)
            for (start, end), scale in zip((left, right), scales, strict=True)
        ]
        (a, wide), (b, broad) = bars
        moments = (
            tuple(
                (
                    round(left[0] + share * (left[1] - left[0]), 3),
                    round(right[0] + share * (right[1] - right[0]), 3),
                )
                for share in MOMENTS
            )
            if segment in pictured
            else ()
        )
        parts.append(
            Part(
                left,
                right,
                (round(a, 3), round(wide, 3)),
                (round(b, 3), round(broad, 3)),
                f"{a:.2f},0 {a + wide:.2f},0 {b + broad:.2f},100 {b:.2f},100",
                "" if abs(segment.speed - 1) < 0.01 else wording.speed(segment.speed),
                segment.score,
                moments,
            )
        )
    return tuple(parts)


def _tracks(text: TextComparison | None, *, query_left: bool) -> Tracks | None:
    """Return both tracks for the two columns; None where neither has a line."""
    if text is None or not text.pairs:
        return None
    rows = []
    for pair in text.pairs[:LINES_SHOWN]:
        left, right = (pair.query, pair.match) if query_left else (pair.match, pair.query)
        first = left or right
        assert first is not None
        only = "left" if right is None else "right"
        relation = only if pair.relation.endswith("_only") else pair.relation
        rows.append(Spoken(first.start, _said(left), _said(right), relation))
    query, match = (_languages(codes) for codes in (text.query_languages, text.match_languages))
    left_words, right_words = (query, match) if query_left else (match, query)
    return Tracks(left_words, right_words, tuple(rows), max(0, len(text.pairs) - LINES_SHOWN))


def _languages(codes: Sequence[str]) -> str:
    return wording.listed(edits.language(code) for code in codes if code != "und") or "unknown"


def _said(line: TextLine | None) -> str:
    return wording.plain(" / ".join(line.text.splitlines())) if line is not None else ""


def _cues(evidence: Sequence[Evidence], told: Direction | None) -> tuple[Cue, ...]:
    ordered = sorted(evidence, key=lambda cue: (-cue.weight, cue.cue, cue.detail))
    return tuple(
        Cue(
            wording.plain(cue.cue).replace("_", " "),
            cue.weight,
            _stance(cue.favours, told),
            wording.plain(cue.detail),
        )
        for cue in ordered
    )


def _stance(favours: Direction, told: Direction | None) -> str:
    if told is not None and favours == told:
        return "for this direction"
    if told is not None and favours in ("query_from_match", "match_from_query"):
        return "against this direction"
    return {
        "query_from_match": "for the one way",
        "match_from_query": "for the other way",
        "siblings": "for a common source",
        "same": "for no difference",
        "undetermined": "for neither way",
    }[favours]
