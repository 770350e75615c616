"""A match seen from its other side: who asked is nothing that a link should depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from tracer.model import (
    Direction,
    DirectionVerdict,
    Edit,
    Evidence,
    Match,
    Segment,
    Side,
    SoundMatch,
    TextComparison,
    TextPair,
    Transform,
)

Change = Literal["added", "removed", "replaced"]
_SIDES: dict[Side, Side] = {"query": "match", "match": "query", "unknown": "unknown"}
_DIRECTIONS: dict[Direction, Direction] = {
    "query_from_match": "match_from_query",
    "match_from_query": "query_from_match",
    "siblings": "siblings",
    "same": "same",
    "undetermined": "undetermined",
}


def seen_from(match: Match, sha256: str) -> Match:
    """Return the match with the named video as its query."""
    return match if match.query_sha256 == sha256 else turned(match)


def turned(match: Match) -> Match:
    """Return the same finding with query and match exchanged; turning twice gives it back."""
    return replace(
        match,
        query_sha256=match.sha256,
        sha256=match.query_sha256,
        segments=tuple(sorted(map(_segment, match.segments), key=lambda s: s.query_start)),
        transform=_inverse(match.transform),
        edits=tuple(map(_edit, match.edits)),
        sound=_sound(match.sound),
        text=_text(match.text),
        derivation=DirectionVerdict(
            _DIRECTIONS[match.derivation.verdict],
            match.derivation.confidence,
            evidence_turned(match.derivation.evidence),
        ),
    )


def evidence_turned(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return evidence as read from the other video."""
    return tuple(map(_evidence, evidence))


def _segment(segment: Segment) -> Segment:
    return Segment(
        query_start=segment.match_start,
        query_end=segment.match_end,
        match_start=segment.query_start,
        match_end=segment.query_end,
        speed=1.0 / segment.speed if segment.speed else segment.speed,
        score=segment.score,
    )


def _edit(edit: Edit) -> Edit:
    if edit.kind == "subtitles" and edit.change == "replaced":
        detail = dict(edit.detail)
        if "language" in detail and "replaced_language" in detail:
            detail["language"], detail["replaced_language"] = (
                detail["replaced_language"],
                detail["language"],
            )
        if detail.get("cover") in ("query", "match"):  # whose lettering covers the other's
            detail["cover"] = "match" if detail["cover"] == "query" else "query"
        return replace(edit, detail=detail)
    side, detail = _SIDES[edit.side], _detail(edit.detail)
    if edit.kind == "subtitles" and edit.change is not None:
        change: Change = "added" if side == "query" else "removed"
        return replace(edit, side=side, detail=detail, change=change)
    return replace(edit, side=side, detail=detail)


def _detail(detail: dict[str, Any]) -> dict[str, Any]:
    """Exchange what a detail says of the query and of the match, one level deep."""
    told: dict[str, Any] = {
        key: _detail(value) if isinstance(value, dict) else value for key, value in detail.items()
    }
    if "query" in told and "match" in told:
        told["query"], told["match"] = told["match"], told["query"]
    speed = told.get("speed")
    if isinstance(speed, float) and speed > 0:
        told["speed"] = round(1.0 / speed, 3)
    if told.get("grey") in ("query", "match"):
        told["grey"] = "match" if told["grey"] == "query" else "query"
    if "hue" in told:
        told["hue"] = -told["hue"]
    return told


_RELATIONS: dict[str, Literal["same", "changed", "query_only", "match_only"]] = {
    "same": "same",
    "changed": "changed",
    "query_only": "match_only",
    "match_only": "query_only",
}


def _text(text: TextComparison | None) -> TextComparison | None:
    if text is None:
        return None
    pairs = tuple(TextPair(one.match, one.query, _RELATIONS[one.relation]) for one in text.pairs)
    return TextComparison(text.match_languages, text.query_languages, pairs)


def _sound(sound: SoundMatch) -> SoundMatch:
    return sound if sound.offset is None else replace(sound, offset=-sound.offset)


def _evidence(evidence: Evidence) -> Evidence:
    return replace(evidence, favours=_DIRECTIONS[evidence.favours])


def _inverse(transform: Transform) -> Transform:
    """Return the affine map the other way; a mirror is a flip of x before the map."""
    a, b, tx, c, d, ty = transform.matrix
    determinant = a * d - b * c
    if abs(determinant) < 1e-9:
        return transform
    inverse = np.linalg.inv(np.array([[a, b, tx], [c, d, ty], [0.0, 0.0, 1.0]]))
    if transform.mirrored:
        # match -> query is M·F; back is F·M⁻¹, written again as (F·M⁻¹·F)·F.
        flip = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        inverse = flip @ inverse @ flip
    values = tuple(float(value) for value in inverse[:2].ravel())
    return Transform(
        (values[0], values[1], values[2], values[3], values[4], values[5]), transform.mirrored
    )
