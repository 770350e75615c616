"""Alike copies as one: a viral video has hundreds, and no reader wants hundreds of pictures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tracer.model import Chain, Derivation

FAMILY_DRAWN_WHOLE = 12  # up to this many videos nothing is put together
SMALLEST_GROUP = 3
MOST_NODES = 48


@dataclass(frozen=True, slots=True)
class Group:
    """Videos that hang on the same video by the same kind of link; the first stands for all."""

    members: tuple[str, ...]  # SHA-256, the surest link first

    @property
    def first(self) -> str:
        """Return the member that is drawn."""
        return self.members[0]


def grouped(chain: Chain) -> dict[str, Group]:
    """Return the group of every video; most hold one video.

    Only ends of the chain are put together: videos with a single link, without a hidden parent or a
    contradiction, that are not the earliest.
    """
    shas = sorted(video.video.sha256 for video in chain.videos)
    alone = {sha256: Group((sha256,)) for sha256 in shas}
    if len(shas) <= FAMILY_DRAWN_WHOLE:
        return alone
    groups = alone
    for coarse in (False, True):
        groups = alone | _ends(chain, coarse)
        if len({group.first for group in groups.values()}) <= MOST_NODES:
            break
    return groups


def _ends(chain: Chain, coarse: bool) -> dict[str, Group]:
    kept = {chain.earliest.sha256}
    kept |= {child for parent in chain.hidden for child in parent.children}
    kept |= {found.sha256 for found in chain.contradictions}
    links: dict[str, list[Derivation]] = defaultdict(list)
    for link in chain.links:
        links[link.source].append(link)
        links[link.derived].append(link)
    alike: dict[tuple[object, ...], list[tuple[float, str]]] = defaultdict(list)
    for sha256, own in links.items():
        link = own[0]
        if len(own) != 1 or sha256 in kept:
            continue
        if link.direction == "told" and sha256 == link.source:
            continue  # a source is no copy
        other = link.source if sha256 == link.derived else link.derived
        if len(links[other]) == 1 and other not in kept and sha256 < other:
            continue  # a family of two hangs on one of them
        kinds = () if coarse else tuple(sorted({edit.kind for edit in link.match.edits}))
        alike[(other, link.direction, kinds)].append((-link.confidence, sha256))
    found = {}
    for members in alike.values():
        if len(members) >= SMALLEST_GROUP:
            group = Group(tuple(sha256 for _, sha256 in sorted(members)))
            found.update(dict.fromkeys(group.members, group))
    return found
