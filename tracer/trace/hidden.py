"""Parents that the index does not hold: what two siblings share and no listed video has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import networkx as nx

from tracer.model import Box, Edit, EditKind, Evidence, HiddenParent
from tracer.trace.cues import covered, shared, spans
from tracer.trace.relations import Relations

# Edits so particular that two people do not make the same one apart. A change of size, tones, bars
# or frame rate is not: platforms do those to everyone.
_PARTICULAR: tuple[EditKind, ...] = (
    "crop",
    "overlay",
    "subtitles",
    "picture_in_picture",
    "mirror",
    "trim",
    "sound_replaced",
)
_BOXED = frozenset({"crop", "overlay", "subtitles", "picture_in_picture"})


def find(family: Relations, parents: Mapping[str, str]) -> tuple[HiddenParent, ...]:
    """Return the hidden parents that a tree needs, named h1, h2, ... by their first child."""
    found: dict[frozenset[str], Evidence] = {}
    roots = [sha256 for sha256 in family.videos if sha256 not in parents]
    for one, other in combinations(roots, 2):
        if _apart(family, one, other):
            detail = "neither can derive from the other, and no listed video is above both"
            weight = family.weights.siblings_weight(family.siblings(one, other))
            found[frozenset((one, other))] = Evidence(
                "no_listed_parent", "siblings", weight, detail
            )
    children: dict[str, list[str]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    for parent, brood in sorted(children.items()):
        for one, other in _matched(family, brood):
            evidence = _shared_edit(family, one, other, parent)
            if evidence and _apart(family, one, other):
                found[frozenset((one, other))] = evidence
    return _named(found)


def _matched(family: Relations, brood: Iterable[str]) -> Iterable[tuple[str, str]]:
    inside = sorted(brood)
    members = set(inside)
    for one in inside:
        for other in sorted(members & family.neighbours.get(one, {}).keys()):
            if one < other:
                yield one, other


def _apart(family: Relations, one: str, other: str) -> bool:
    """Tell whether content makes two videos siblings."""
    if other not in family.neighbours.get(one, {}):
        return False
    return family.siblings(one, other) >= family.settings.verdict_floor


def _shared_edit(family: Relations, one: str, other: str, parent: str) -> Evidence | None:
    """Return an edit that two children carry alike, that their parent lacks, as evidence."""
    between = {edit.kind for edit in family.match(one, other).edits}
    mine = _carried(family, one, parent)
    for edit in mine:
        if edit.kind in between:
            continue  # other letters in the same place, another crop: each was made apart
        if any(
            _alike(family, edit, theirs, one, other, parent)
            for theirs in _carried(family, other, parent)
        ):
            detail = f"both carry the same {edit.kind.replace('_', ' ')}, which {parent[:12]} lacks"
            weight = family.weights.siblings_weight(family.siblings(one, other))
            return Evidence("shared_edit", "siblings", weight, detail)
    return None


def _carried(family: Relations, child: str, parent: str) -> list[Edit]:
    return [
        edit
        for edit in family.match(child, parent).edits
        if edit.side == "query" and edit.kind in _PARTICULAR and edit.change != "replaced"
    ]


def _alike(family: Relations, mine: Edit, theirs: Edit, one: str, other: str, parent: str) -> bool:
    if mine.kind != theirs.kind:
        return False
    if mine.kind in _BOXED:
        boxes = mine.detail.get("box"), theirs.detail.get("box")
        if boxes[0] is None or boxes[1] is None:
            return False
        same_text = mine.detail.get("language") == theirs.detail.get("language")
        return same_text and overlap(tuple(boxes[0]), tuple(boxes[1])) >= family.settings.same_box
    if mine.kind == "trim":
        first = spans(family.neighbours[parent][one], parent)
        second = spans(family.neighbours[parent][other], parent)
        union = covered((*first, *second))
        return union > 0.0 and shared(first, second) / union >= family.settings.same_span
    if mine.kind == "sound_replaced":
        return family.match(one, other).sound.verdict == "same"
    return True


def overlap(first: Box, second: Box) -> float:
    """Return intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)


def _named(found: Mapping[frozenset[str], Evidence]) -> tuple[HiddenParent, ...]:
    graph = nx.Graph(tuple(sorted(pair)) for pair in found)
    groups = sorted(tuple(sorted(group)) for group in nx.connected_components(graph))
    return tuple(
        HiddenParent(
            id=f"h{number}",
            children=group,
            evidence=tuple(
                sorted(
                    (evidence for pair, evidence in found.items() if pair <= set(group)),
                    key=lambda e: (-e.weight, e.cue, e.detail),
                )
            ),
        )
        for number, group in enumerate(groups, start=1)
    )
