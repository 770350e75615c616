"""Group videos into families, without the drift of A~B~C.

A family has a *representative*: the member that most others match. A video belongs to it where it
matches the representative, or shares seconds with it through one other member (a heavy edit that
only its parent still matches): A~B~C alone, where A and C share nothing, is never enough.

A compilation links families and does not merge them. It is a member of each family that it takes
footage from, as are its own copies; families may therefore overlap, in compilations only. What
comes out depends on the matches alone, never on their order.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from tracer.model import Direction, EditKind, Match, Side
from tracer.settings import DEFAULT, TraceSettings
from tracer.trace.cues import WHOLE, covered, shared, spans

_LAID_ON: frozenset[EditKind] = frozenset(
    {"crop", "overlay", "subtitles", "letterbox", "reframe", "picture_in_picture"}
)

Neighbours = dict[str, dict[str, Match]]  # video -> matched video -> match (either way round)


def group(
    matches: Sequence[Match],
    durations: Mapping[str, float] | None = None,
    settings: TraceSettings = DEFAULT.trace,
) -> list[frozenset[str]]:
    """Return the families of two and more; videos without a match are alone and not listed.

    `durations` (seconds, by SHA-256) let a compilation be known by its seconds alone, where no
    edit names it.
    """
    neighbours = verified(matches)
    made_of = compilations(neighbours, durations or {}, settings)
    stars: list[set[str]] = []
    for component in _components(neighbours, made_of):
        stars += _stars(component, neighbours, made_of, settings)
    return _linked(stars, made_of)


def family_of(
    sha256: str,
    matches: Sequence[Match],
    durations: Mapping[str, float] | None = None,
    settings: TraceSettings = DEFAULT.trace,
) -> frozenset[str]:
    """Return the whole family of one video: itself where it is alone.

    Of a compilation, every family that it is made of; of another video, its own family with the
    compilations in it and what those are directly made of, so that no link hangs in the air.
    """
    families = [each for each in group(matches, durations, settings) if sha256 in each]
    members = frozenset({sha256}).union(*families)
    made_of = compilations(verified(matches), durations or {}, settings)
    sources = (made_of[member] for member in members if member in made_of)
    return members.union(*sources)


def verified(matches: Iterable[Match]) -> Neighbours:
    """Return who matches whom by verdict `match`; one match a pair, whichever way it was asked."""
    found: Neighbours = {}
    ranked = sorted(matches, key=lambda m: (m.score, m.query_sha256, m.sha256))
    for match in ranked:
        if match.verdict == "match" and match.query_sha256 != match.sha256:
            found.setdefault(match.query_sha256, {})[match.sha256] = match
            found.setdefault(match.sha256, {})[match.query_sha256] = match
    return found


def compilations(
    neighbours: Neighbours,
    durations: Mapping[str, float],
    settings: TraceSettings = DEFAULT.trace,
) -> dict[str, frozenset[str]]:
    """Return each compilation with the videos that it takes footage from.

    A pair alone may take an excerpt with cuts at its ends for one; what lies whole and unbroken in
    a video that is none itself was cut out, not put together.
    """
    found: dict[str, set[str]] = {}
    for sha256, others in neighbours.items():
        for other, match in others.items():
            carried = "query" if match.query_sha256 == sha256 else "match"
            if any(e.kind == "compilation" and e.side == carried for e in match.edits):
                found.setdefault(sha256, set()).add(other)
        if sha256 in found:
            found[sha256] |= _beside(sha256, found[sha256], neighbours, settings)
        elif durations:
            parts = _bridged(sha256, neighbours, durations, settings)
            parts = parts or _joined(sha256, neighbours, durations, settings)
            if parts:
                found[sha256] = parts
    for sha256 in sorted(found):
        for other in _copies(sha256, found[sha256], neighbours, durations):
            found[other] = found[sha256] & neighbours[other].keys()
    kept = {
        sha256: parts
        for sha256, parts in sorted(found.items())
        if not any(
            other not in found
            and _unbroken(match, sha256, durations.get(sha256, 0.0))
            and not _unbroken(match, other, durations.get(other, 0.0))  # else it is a copy
            for other, match in neighbours[sha256].items()
        )
    }
    # Versions of a part are parts too, also where no edit of the pair says so.
    return {
        sha256: frozenset(parts)
        | {
            other
            for other in neighbours[sha256]
            if other not in kept and parts & set(neighbours[other])
        }
        for sha256, parts in kept.items()
    }


def _unbroken(match: Match, sha256: str, duration: float) -> bool:
    """Tell whether all of a video is one segment of another."""
    held = spans(match, sha256)
    return len(held) == 1 and 0 < WHOLE * duration <= held[0][1] - held[0][0]


def _beside(
    sha256: str, parts: Collection[str], neighbours: Neighbours, settings: TraceSettings
) -> set[str]:
    """Return what else a compilation holds: strangers to its known parts, at other seconds.

    Of a part that ends with it, a pair alone says that it was trimmed, no more.
    """
    taken = [span for part in parts for span in spans(neighbours[sha256][part], sha256)]
    return {
        other
        for other, match in neighbours[sha256].items()
        if other not in parts
        and not neighbours[other].keys() & set(parts)
        and shared(spans(match, sha256), taken) < settings.bridge_seconds
    }


def _bridged(
    sha256: str,
    neighbours: Neighbours,
    durations: Mapping[str, float],
    settings: TraceSettings,
) -> set[str]:
    """Return the strangers that a video holds parts of, side by side.

    Two excerpts of one video are also strangers side by side; but all of them is in it. Where a
    stranger has seconds of its own, it is no excerpt, and the video holds parts of two works.
    """
    wider: dict[str, list[tuple[float, float]]] = {}
    for other, match in neighbours[sha256].items():
        own = sum(end - start for start, end in spans(match, other))
        if own < WHOLE * durations.get(other, 0.0) and not any(
            edit.kind == "trim" for edit in match.edits
        ):
            wider[other] = spans(match, sha256)
    found: set[str] = set()
    for first, second in combinations(sorted(wider), 2):
        strangers = second not in neighbours[first]
        if strangers and shared(wider[first], wider[second]) < settings.bridge_seconds:
            found |= {first, second}
    return found


def _joined(
    sha256: str,
    neighbours: Neighbours,
    durations: Mapping[str, float],
    settings: TraceSettings,
) -> set[str]:
    """Return the strangers that make up a video side by side, each of them whole.

    The two halves of a video that somebody cut apart are such strangers too. But what was put
    together has been coded since, and its parts have not: it carries something that they lack, or
    lost what they have, and has a cut where each of them ends.
    """
    whole: dict[str, list[tuple[float, float]]] = {}
    for other, match in neighbours[sha256].items():
        if _held_whole(match, other, durations) and _later(match, sha256, settings):
            whole[other] = spans(match, sha256)
    found: set[str] = set()
    for first, second in combinations(sorted(whole), 2):
        strangers = second not in neighbours[first]
        if strangers and shared(whole[first], whole[second]) < settings.bridge_seconds:
            found |= {first, second}
    taken = covered(span for other in found for span in whole[other])
    return found if taken >= WHOLE * durations.get(sha256, math.inf) else set()


def _held_whole(match: Match, sha256: str, durations: Mapping[str, float]) -> bool:
    """Tell whether all of a video is in another, by its seconds or by the edit that says so."""
    own: Side = "query" if match.query_sha256 == sha256 else "match"
    cut = any(edit.kind == "trim" and edit.side == own for edit in match.edits)
    held = covered(spans(match, sha256))
    return cut or 0.0 < WHOLE * durations.get(sha256, 0.0) <= held


def _later(match: Match, sha256: str, settings: TraceSettings) -> bool:
    """Tell whether one of two videos carries something, and the other nothing; seconds aside."""
    own: Side = "query" if match.query_sha256 == sha256 else "match"
    sides = {
        edit.side
        for edit in match.edits
        if (edit.kind in _LAID_ON and edit.change != "replaced")
        or edit.detail.get("told") == "missing"
        or (edit.kind == "reencode" and edit.detail.get("blocks", 0.0) >= settings.loss_sure)
    }
    if sides - {"unknown"}:
        return sides - {"unknown"} == {own}
    at_cuts = any(edit.kind == "trim" and edit.detail.get("cut") for edit in match.edits)
    return at_cuts and _lost(match, own) >= settings.joined_loss


def _lost(match: Match, side: Side) -> float:
    """Return how much the evidence says that a side was made from the other; its seconds aside."""
    mine: Direction = "query_from_match" if side == "query" else "match_from_query"
    told = [
        one.weight if one.favours == mine else -one.weight
        for one in match.derivation.evidence
        if one.cue not in ("excerpt", "compilation") and one.favours != "siblings"
    ]
    return math.fsum(told)


def _copies(
    sha256: str,
    parts: Collection[str],
    neighbours: Neighbours,
    durations: Mapping[str, float],
) -> list[str]:
    """Return the versions of a compilation: all of each is in the other, and parts are in both."""
    found = []
    for other, match in neighbours[sha256].items():
        held = parts & neighbours[other].keys()
        strangers = any(b not in neighbours[a] for a, b in combinations(sorted(held), 2))
        alike = all(
            WHOLE * durations.get(one, math.inf) <= covered(spans(match, one))
            for one in (sha256, other)
        )
        if alike and strangers:
            found.append(other)
    return found


def _components(
    neighbours: Neighbours, made_of: Mapping[str, frozenset[str]]
) -> list[frozenset[str]]:
    """Return the connected videos, links between a compilation and its parts left out."""
    left, components = set(neighbours), []
    while left:
        component, edge = set(), {min(left)}
        while edge:
            component |= edge
            reached = {o for one in edge for o in _kin(one, neighbours, made_of)}
            edge = reached - component
        components.append(frozenset(component))
        left -= component
    return components


def _kin(one: str, neighbours: Neighbours, made_of: Mapping[str, frozenset[str]]) -> set[str]:
    """Return whom a video matches as a version, not as a compilation and its part."""
    nothing: frozenset[str] = frozenset()
    return {
        other
        for other in neighbours[one]
        if other not in made_of.get(one, nothing) and one not in made_of.get(other, nothing)
    }


def _stars(
    component: frozenset[str],
    neighbours: Neighbours,
    made_of: Mapping[str, frozenset[str]],
    settings: TraceSettings,
) -> list[set[str]]:
    """Split a component into stars round the member that most of those left match."""
    kin = {one: _kin(one, neighbours, made_of) for one in component}
    left, stars = set(component), []
    while left:
        centre = min(left, key=lambda one: (-len(kin[one] & left), one))
        star = {centre} | (kin[centre] & left)
        for other in sorted(left - star):
            bridges = kin[other] & kin[centre]
            if any(_bridge(centre, b, other, neighbours, settings) for b in sorted(bridges)):
                star.add(other)
        stars.append(star)
        left -= star
    return stars


def _bridge(
    centre: str, bridge: str, other: str, neighbours: Neighbours, settings: TraceSettings
) -> bool:
    """Tell whether two videos hold the same seconds of a third."""
    first = spans(neighbours[bridge][centre], bridge)
    second = spans(neighbours[bridge][other], bridge)
    return shared(first, second) >= settings.bridge_seconds


def _linked(
    stars: Sequence[set[str]], made_of: Mapping[str, frozenset[str]]
) -> list[frozenset[str]]:
    """Put compilations and their copies into each family that they take from."""
    home = {sha256: place for place, star in enumerate(stars) for sha256 in star}
    guests: dict[int, set[str]] = {}
    dissolved: set[int] = set()
    for compilation, parts in made_of.items():
        own = home[compilation]
        for part in parts:
            if home[part] != own:
                guests.setdefault(home[part], set()).update(stars[own])
                dissolved.add(own)
    families = (
        frozenset(star | guests.get(place, set()))
        for place, star in enumerate(stars)
        if place not in dissolved
    )
    return sorted((each for each in families if len(each) > 1), key=sorted)
