"""Match -> how its sound compares, apart from the picture, and what was done to it.

1. Over the matched seconds, lay one sound over the other along the picture's line.
2. Played faster or slower with its pitch, a sound has other items: take the query's again as if it
   were played at the other's speed. The same with a few pitches, where the sounds differ.
3. Judge each moment; the shares of the moments make the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tracer.compare.laid_over import Laid, best_lag, contrast
from tracer.media.sound import HOP, SILENT, SPAN, STAGE, Items
from tracer.model import Edit, Fingerprint, Segment, SoundMatch, SoundVerdict
from tracer.settings import SoundSettings

Again = Callable[[Sequence[float]], Sequence[Items]]
"""Factors -> the query's items as if it were played that much faster; none if its file is gone."""

_RAGGED = 1.0  # seconds by which the sound may end before the picture: many files' does
_NAMES = {"query": "the query", "match": "the match"}


def not_at_hand(factors: Sequence[float]) -> Sequence[Items]:
    """Take no sound again: for a query whose file is not at hand."""
    return ()


def sound_of(
    segments: Sequence[Segment],
    query: Fingerprint,
    match: Fingerprint,
    settings: SoundSettings,
    again: Again = not_at_hand,
) -> SoundMatch:
    """Compare the sound of the matched seconds; the picture only says which seconds those are."""
    told = _incomparable(query, match)
    if told is not None:
        return told
    own, other = whole(query), whole(match)
    heard = _listen(segments, own, other, settings)
    if not heard.parts:
        return SoundMatch("unchecked", detail=f"less than {SPAN + HOP:.1f} s of sound to compare")
    silent = [name for name in _NAMES if heard.silent(name) >= settings.silent_share]
    if silent:
        what = "both are" if len(silent) == 2 else f"{_NAMES[silent[0]]} is"
        return SoundMatch("absent", detail=f"{what} silent over the matched seconds")
    if heard.alike < settings.same_share:
        heard = _as_played(heard, segments, other, settings, again)
        if heard.alike <= settings.other_share and _pitch_may_have_moved(segments, settings, again):
            detail = "played at another speed; telling its sound needs the query's file"
            return SoundMatch("unchecked", detail=detail)
    return _judged(heard, settings)


def sound_edits(
    sound: SoundMatch,
    segments: Sequence[Segment],
    query: Fingerprint,
    match: Fingerprint,
    settings: SoundSettings,
) -> tuple[Edit, ...]:
    """Return what was done to the sound; nothing in two sounds says which was there first."""
    if sound.verdict in ("different", "partial"):
        replaced = round(1.0 - sound.score, 3)
        confidence = 0.95 if sound.verdict == "different" else 0.6
        return (Edit("sound_replaced", "unknown", confidence, {"share": replaced}),)
    if sound.verdict != "absent":
        return ()
    query_heard = _heard_share(query, [(s.query_start, s.query_end) for s in segments])
    match_heard = _heard_share(match, [(s.match_start, s.match_end) for s in segments])
    if query_heard <= 1.0 - settings.silent_share and match_heard >= settings.heard_share:
        track = "no sound track" if query.sound is None else "silent"
        return (Edit("sound_removed", "query", 0.95, {"left": track}),)
    if match_heard <= 1.0 - settings.silent_share and query_heard >= settings.heard_share:
        track = "no sound track" if match.sound is None else "silent"
        return (Edit("sound_removed", "match", 0.95, {"left": track}),)
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One segment's sound."""

    segment: Segment
    lag: float  # seconds that the sound lies off the picture's line
    laid: Laid


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What the sounds of all segments say."""

    parts: tuple[_Part, ...]
    factor: float  # how much faster the query had to be played for this
    moments: int  # where at least one has sound
    alike: float  # share of these where both agree
    error: float  # share of bits that differ where both have sound
    contrast: float  # by how much less than at other places

    def silent(self, name: str) -> float:
        """Return the share of the matched seconds in which one of the two is silent."""
        laid = [part.laid for part in self.parts]
        silent = [one.query_silent if name == "query" else one.match_silent for one in laid]
        return float(np.concatenate(silent).mean())


def _listen(
    segments: Sequence[Segment],
    query: Items,
    match: Items,
    settings: SoundSettings,
    factor: float = 1.0,
) -> _Heard:
    """Lay the sounds over each other, segment by segment."""
    parts = []
    for one in segments:
        offset = one.match_start - one.speed * one.query_start
        span = (one.query_start, one.query_end)
        lag, laid = best_lag(query, match, one.speed, offset, span, settings, factor)
        if len(laid):
            parts.append(_Part(one, lag, laid))
    if not parts:
        return _Heard((), factor, 0, 0.0, 0.5, 0.0)
    main = max(parts, key=lambda part: len(part.laid))
    line, span = main.segment, (main.segment.query_start, main.segment.query_end)
    offset = line.match_start - line.speed * line.query_start + main.lag
    clear = 0.0
    if int(main.laid.heard.sum()) >= settings.contrast_moments:
        clear = contrast(query, match, line.speed, offset, span, settings, factor)
    needed = settings.contrast_least if factor == 1.0 else settings.contrast_pitch
    limit = settings.clear_error if clear >= needed else settings.same_error
    some = np.concatenate([~(p.laid.query_silent & p.laid.match_silent) for p in parts])
    alike = np.concatenate([p.laid.alike(settings, limit) for p in parts])
    heard = np.concatenate([p.laid.heard for p in parts])
    differ = np.concatenate([p.laid.differ for p in parts])
    return _Heard(
        tuple(parts),
        factor,
        int(some.sum()),
        float(alike[some].mean()) if some.any() else 0.0,
        float(differ[heard].mean()) if heard.any() else 0.5,
        clear,
    )


def _as_played(
    plain: _Heard,
    segments: Sequence[Segment],
    match: Items,
    settings: SoundSettings,
    again: Again,
) -> _Heard:
    """Take the query's sound again at other pitches; return what agrees best."""
    best, speed = plain, _speed(segments)
    if abs(speed - 1.0) > settings.speed_moved:
        best = _tried(best, [1.0 / speed], segments, match, settings, again)
    # Several pitches are several chances to agree by accident: only where there is enough to hear.
    enough = settings.pitch_moments <= plain.moments <= settings.pitch_moments_most
    if best.alike < settings.pitch_below and enough:
        best = _tried(best, settings.pitches, segments, match, settings, again)
    return best


def _speed(segments: Sequence[Segment]) -> float:
    """Return the speed of the longest segment."""
    return max(segments, key=lambda one: one.query_end - one.query_start).speed


def _pitch_may_have_moved(
    segments: Sequence[Segment], settings: SoundSettings, again: Again
) -> bool:
    """Tell whether the query's sound would have had to be taken again and could not be."""
    speed = _speed(segments)
    return abs(speed - 1.0) > settings.speed_moved and not again([1.0 / speed])


def _tried(
    best: _Heard,
    factors: Sequence[float],
    segments: Sequence[Segment],
    match: Items,
    settings: SoundSettings,
    again: Again,
) -> _Heard:
    # Nothing comes back where the file is not at hand.
    for factor, items in zip(factors, again(factors), strict=False):
        heard = _listen(segments, items, match, settings, factor)
        if heard.error <= settings.pitch_error and heard.alike > best.alike:
            best = heard
    return best


def _judged(heard: _Heard, settings: SoundSettings) -> SoundMatch:
    """Turn what was heard into a verdict."""
    longest = max(heard.parts, key=lambda part: len(part.laid))
    line = longest.segment
    offset = round(line.match_start - line.speed * line.query_start + longest.lag, 3)
    verdict = _verdict(heard, settings)
    detail = f"{heard.alike:.0%} of {heard.moments} moments agree, bit error {heard.error:.2f}"
    if verdict in ("same", "partial"):
        if abs(longest.lag) > settings.lag_told:
            detail += f"; the sound lies {abs(longest.lag):.2f} s off the picture"
        if heard.factor != 1.0:
            detail += f"; its pitch is {1.0 / heard.factor:.2f} of the other's"
        return SoundMatch(verdict, round(heard.alike, 4), offset, detail)
    return SoundMatch(verdict, round(heard.alike, 4), None, detail)


def _verdict(heard: _Heard, settings: SoundSettings) -> SoundVerdict:
    if heard.moments < settings.few_moments:
        if heard.error <= settings.few_same:
            return "same"
        return "different" if heard.error >= settings.few_other else "unchecked"
    if heard.alike >= settings.same_share:
        return "same"
    # What lies under other sound shows only in that no other place agrees better.
    under = heard.contrast >= settings.contrast_least and heard.factor == 1.0
    return "partial" if heard.alike > settings.other_share or under else "different"


def _incomparable(query: Fingerprint, match: Fingerprint) -> SoundMatch | None:
    """Say what stands in the way of comparing."""
    pair = (("query", query), ("match", match))
    for name, one in pair:
        damage = [part.reason for part in one.unchecked if part.stage == STAGE]
        if one.sound is None and damage:
            return SoundMatch("unchecked", detail=f"{_NAMES[name]}: {damage[0]}")
    without = [_NAMES[name] for name, one in pair if one.sound is None]
    if without:
        verb = "have" if len(without) == 2 else "has"
        return SoundMatch("absent", detail=f"{' and '.join(without)} {verb} no sound track")
    return None


def whole(fingerprint: Fingerprint) -> Items:
    """Return a video's items, silent where its sound ends well before its picture."""
    items = fingerprint.sound if fingerprint.sound is not None else np.empty(0, np.uint32)
    missing = int((fingerprint.duration - SPAN) / HOP) + 1 - len(items)
    if missing * HOP <= _RAGGED:
        return items
    return np.concatenate([items, np.full(missing, SILENT, np.uint32)])


def _heard_share(fingerprint: Fingerprint, spans: Sequence[tuple[float, float]]) -> float:
    """Return the share of some seconds of a video in which it has sound."""
    if fingerprint.sound is None:
        return 0.0
    items = whole(fingerprint)
    middle = np.arange(len(items)) * HOP + SPAN / 2
    inside = np.zeros(len(items), bool)
    for start, end in spans:
        margin = max(0.0, min(SPAN, end - start) / 2 - HOP)
        inside |= (middle >= start + margin) & (middle <= end - margin)
    return float((items[inside] != SILENT).mean()) if inside.any() else 0.5
