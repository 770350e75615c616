"""How near a chain comes to the truth: root, edges, ancestry, and NIST's three similarities.

SimNO = 2|V n V'| / (|V| + |V'|) over nodes, SimLO the same over directed links, SimNLO over both
together (MediFor's node and link overlap). Root, edges and ancestry are those of the phylogeny
literature (Dias 2010): the right root, the share of videos with their true parents, and the
overlap of all (ancestor, descendant) pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Link = tuple[Node, Node]  # (source, derived)


@dataclass(frozen=True, slots=True)
class Graph:
    """A provenance graph: its nodes, and its links read source -> derived."""

    nodes: frozenset[str]
    links: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, nodes: Iterable[str], links: Iterable[tuple[str, str]]) -> Graph:
        """Make a graph; a link's ends are nodes too."""
        pairs = frozenset(links)
        return cls(frozenset(nodes) | {end for pair in pairs for end in pair}, pairs)


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one family, each from 0 to 1."""

    root: float
    edges: float
    ancestry: float
    sim_no: float
    sim_lo: float
    sim_nlo: float


def overlap(truth: Collection[Hashable], found: Collection[Hashable]) -> float:
    """Return 2|A n B| / (|A| + |B|); two empty sets are the same."""
    first, second = set(truth), set(found)
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 1.0


def sim_no(truth: Graph, found: Graph) -> float:
    """Return the overlap of the nodes."""
    return overlap(truth.nodes, found.nodes)


def sim_lo(truth: Graph, found: Graph) -> float:
    """Return the overlap of the directed links."""
    return overlap(truth.links, found.links)


def sim_nlo(truth: Graph, found: Graph) -> float:
    """Return the overlap of nodes and directed links together."""
    return overlap({*truth.nodes, *truth.links}, {*found.nodes, *found.links})


def ancestry(links: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return all (ancestor, descendant) pairs of a graph without cycles."""
    above: dict[str, set[str]] = {}
    for source, derived in links:
        above.setdefault(derived, set()).add(source)
    pairs: set[tuple[str, str]] = set()
    for node in above:
        edge, seen = set(above[node]), set[str]()
        while edge:
            seen |= edge
            edge = {parent for one in edge for parent in above.get(one, ())} - seen
        pairs |= {(ancestor, node) for ancestor in seen}
    return pairs


def parents(graph: Graph) -> dict[str, frozenset[str]]:
    """Return the parents of every node; roots have none."""
    above: dict[str, set[str]] = {node: set() for node in graph.nodes}
    for source, derived in graph.links:
        above[derived].add(source)
    return {node: frozenset(found) for node, found in above.items()}


def edges(truth: Graph, found: Graph) -> float:
    """Return the share of the true links that were found, direction included."""
    return len(truth.links & found.links) / len(truth.links) if truth.links else 1.0


def scores(truth: Graph, found: Graph, true_roots: Set[str], found_root: str | None) -> Scores:
    """Compare a chain with the truth; any of the true roots counts as the root."""
    return Scores(
        root=float(found_root in true_roots),
        edges=edges(truth, found),
        ancestry=overlap(ancestry(truth.links), ancestry(found.links)),
        sim_no=sim_no(truth, found),
        sim_lo=sim_lo(truth, found),
        sim_nlo=sim_nlo(truth, found),
    )


def mean(rows: Iterable[Scores]) -> Mapping[str, float]:
    """Return the mean of each figure over several families."""
    listed = list(rows)
    names = Scores.__slots__
    return {
        name: sum(getattr(row, name) for row in listed) / len(listed) if listed else 0.0
        for name in names
    }
