"""Alike copies as one: a viral video has hundreds, and no reader wants hundreds of pictures.

1. Ends of the chain that hang on the same video by the same edits become one.
2. Where that leaves too many, those that hang on the same video by whatever edits.
3. Where that still does, whole branches: the largest are drawn, what derives from them is one each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.model import Chain, Derivation
from tracer.report.records import sorted_links

FAMILY_DRAWN_WHOLE = 12  # up to this many videos nothing is put together
SMALLEST_GROUP = 3
MOST_NODES = 48


@dataclass(frozen=True, slots=True)
class Group:
    """Videos that hang on one video, in a branch also on one another; the first stands for all."""

    members: tuple[str, ...]  # SHA-256, the surest link first
    branch: bool = False  # the others may derive from the first, and are linked in various ways

    @property
    def first(self) -> str:
        """Return the member that is drawn."""
        return self.members[0]


def grouped(chain: Chain) -> dict[str, Group]:
    """Return the group of every video; most hold one video.

    Never put together: the earliest, and videos with a hidden parent or a contradiction.
    """
    shas = sorted(video.video.sha256 for video in chain.videos)
    alone = {sha256: Group((sha256,)) for sha256 in shas}
    if len(shas) <= FAMILY_DRAWN_WHOLE:
        return alone
    groups = alone
    for coarse in (False, True):
        groups = alone | _ends(chain, coarse)
        if len({group.first for group in groups.values()}) <= MOST_NODES:
            return groups
    return alone | _branches(chain, shas)


def _kept(chain: Chain) -> set[str]:
    """Return the videos that always stand for themselves."""
    kept = {child for parent in chain.hidden for child in parent.children}
    kept |= {found.sha256 for found in chain.contradictions}
    return kept | {chain.earliest.sha256 or ""}


def _branches(chain: Chain, shas: Sequence[str]) -> dict[str, Group]:
    """Keep the videos that most derive from; what hangs below each is one group."""
    source: dict[str, str] = {}
    for link in sorted_links(chain.links):
        if link.direction == "told":
            source.setdefault(link.derived, link.source)  # of several parents, one carries it
    below = dict.fromkeys(shas, 0)
    for sha256 in shas:
        for above in _line(sha256, source):
            below[above] += 1
    special = _kept(chain)
    rank = sorted(shas, key=lambda one: (one not in special, -below[one], one))
    kept = set(rank[: max(len(special), MOST_NODES * 2 // 5)]) | special
    members: dict[str, list[str]] = defaultdict(list)
    for sha256 in shas:
        if sha256 not in kept:
            on = next((above for above in _line(sha256, source) if above in kept), "")
            members[on].append(sha256)
    found = {}
    for on, branch in members.items():
        # The first hangs on the kept one itself, so that the group's link is a link of the chain.
        order = sorted(branch, key=lambda one: (source.get(one, "") != on, -below[one], one))
        found.update(dict.fromkeys(order, Group(tuple(order), branch=len(order) > 1)))
    return found


def _line(sha256: str, source: Mapping[str, str]) -> Iterator[str]:
    """Yield what a video derives from, the nearest first."""
    while sha256 in source:
        sha256 = source[sha256]
        yield sha256


def _ends(chain: Chain, coarse: bool) -> dict[str, Group]:
    kept = _kept(chain)
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
