"""The chain as a picture: layers from sources to copies, laid out here and drawn by a template.

Hidden parents are nodes of their own; links without a direction have no arrow and move nobody down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from tracer.index.turned import seen_from
from tracer.model import Chain, Derivation
from tracer.report import edits
from tracer.report.groups import MOST_NODES, Group
from tracer.report.records import sorted_links

WIDTH, HEIGHT = 194, 64  # pixels of a node
GAP_X, GAP_Y = 20, 76
MARGIN = 10
STEP = WIDTH + GAP_X
# Pixels below a node where its links turn sideways: apart, so that no line hides another.
BUSES = {"told": 22, "undetermined": 30, "hidden": 15}
ROW = 5  # nodes side by side; a fuller layer goes on in a second row


@dataclass(frozen=True, slots=True)
class Node:
    """One video, a group of alike copies (``size`` > 1) or a hidden parent (``hidden``)."""

    key: str  # SHA-256 of the video drawn, or the hidden parent's id
    x: float
    y: float
    size: int
    hidden: bool
    earliest: bool
    branch: bool = False  # stands for a whole branch, not for copies alike


@dataclass(frozen=True, slots=True)
class Edge:
    """One link as a path; ``words`` say what was edited."""

    path: str
    kind: str  # told, undetermined, hidden
    words: str
    x: float  # of the words
    y: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template draws, in pixels."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int  # videos that are not drawn because there are too many


def drawing(chain: Chain, groups: Mapping[str, Group]) -> Drawing:
    """Return the layout of a chain."""
    graph, links = _graph(chain, groups)
    layers = [sorted(layer) for layer in nx.topological_generations(graph)]
    shown = _places(graph, layers, chain.earliest.sha256)
    hidden = {parent.id for parent in chain.hidden}
    sizes = {group.first: len(group.members) for group in groups.values()}
    branches = {group.first for group in groups.values() if group.branch}
    nodes = tuple(
        Node(
            key,
            x,
            y,
            sizes.get(key, 1),
            key in hidden,
            key == chain.earliest.sha256,
            key in branches,
        )
        for key, (x, y) in shown.items()
    )
    edges = [
        _edge(shown[a], shown[b], "hidden", "", 0.5)
        for a, b in sorted(graph.edges)
        if graph.edges[a, b].get("hidden") and a in shown and b in shown
    ]
    for (a, b), link in links.items():
        if a in shown and b in shown:
            kind = "told" if link.direction == "told" else "undetermined"
            edges.append(_edge(shown[a], shown[b], kind, _words(link), link.confidence))
    drawn = sum(node.size for node in nodes if not node.hidden)
    return Drawing(
        max((x for x, _ in shown.values()), default=0) + WIDTH + MARGIN,
        max((y for _, y in shown.values()), default=0) + HEIGHT + MARGIN,
        nodes,
        tuple(edges),
        len(chain.videos) - drawn,
    )


def _graph(
    chain: Chain, groups: Mapping[str, Group]
) -> tuple[nx.DiGraph, dict[tuple[str, str], Derivation]]:
    """Return what decides about layers, and the links to draw."""
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({group.first for group in groups.values()}))
    sources: dict[str, set[str]] = {}
    links: dict[tuple[str, str], Derivation] = {}
    for link in sorted_links(chain.links):
        ends = (link.source, link.derived)
        if any(end not in groups or groups[end].first != end for end in ends):
            continue  # the group's first member stands for this one
        links[ends] = link
        if link.direction == "told":
            graph.add_edge(*ends)
            sources.setdefault(link.derived, set()).add(link.source)
    for parent in sorted(chain.hidden, key=lambda hidden: hidden.id):
        children = sorted({groups[child].first for child in parent.children if child in groups})
        common = set.intersection(*(sources.get(child, set()) for child in children))
        for child in children:
            graph.add_edge(parent.id, child, hidden=True)
            for ancestor in common:  # the hidden one stands between them
                links.pop((ancestor, child), None)
        for ancestor in sorted(common):
            graph.add_edge(ancestor, parent.id, hidden=True)
    return graph, links


def _places(
    graph: nx.DiGraph, layers: list[list[str]], earliest: str | None
) -> dict[str, tuple[float, float]]:
    """Return the upper left corner of each node: children below the middle of their parents."""
    order: dict[str, float] = {}
    rows: list[list[str]] = []
    drawn = 0
    for layer in layers:

        def wish(key: str) -> tuple[float, bool, str]:
            above = [order[parent] for parent in graph.predecessors(key) if parent in order]
            return (sum(above) / len(above) if above else 0.5, key != earliest, key)

        ranked = sorted(layer, key=wish)[: MOST_NODES - drawn]
        drawn += len(ranked)
        for number, key in enumerate(ranked):
            order[key] = (number + 0.5) / len(ranked)
        rows += [ranked[start : start + ROW] for start in range(0, len(ranked), ROW)]
    widest = max((len(row) for row in rows), default=0)
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        wishes = []
        for column, key in enumerate(row):
            above = [places[parent][0] for parent in graph.predecessors(key) if parent in places]
            centred = MARGIN + ((widest - len(row)) / 2 + column) * STEP
            wishes.append(sum(above) / len(above) if above else centred)
        for key, x in zip(row, _spread(wishes, MARGIN + (widest - 1) * STEP), strict=True):
            places[key] = (x, MARGIN + number * (HEIGHT + GAP_Y))
    return places


def _spread(wishes: list[float], last: float) -> list[float]:
    """Return places near the wished ones, in the same order, a step apart and on the sheet."""
    groups: list[tuple[float, int]] = []  # (left end, how many) of runs that touch
    for wish in wishes:
        start, size = wish, 1
        while groups and groups[-1][0] + groups[-1][1] * STEP > start:
            left, many = groups.pop()
            # Siblings share one wish: the run is centred on what its members want on average.
            start = (left * many + (start - many * STEP) * size) / (many + size)
            size += many
        groups.append((start, size))
    places = [left + number * STEP for left, size in groups for number in range(size)]
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], last - (len(places) - 1 - number) * STEP)
    for number, place in enumerate(places):
        places[number] = max(place, MARGIN + number * STEP)
    return places


def _edge(
    a: tuple[float, float], b: tuple[float, float], kind: str, words: str, confidence: float
) -> Edge:
    if a[1] == b[1]:  # neighbours: from side to side, or in a bow over those between
        left, right = sorted((a, b))
        x0, x1, y = left[0] + WIDTH, right[0], left[1] + HEIGHT / 2
        if x1 - x0 <= GAP_X:
            path = f"M{x0:.0f} {y:.0f}H{x1:.0f}"
        else:
            x0, x1, y = left[0] + WIDTH * 0.75, right[0] + WIDTH * 0.25, left[1] + HEIGHT
            path = f"M{x0:.0f} {y:.0f}C{x0:.0f} {y + 46:.0f} {x1:.0f} {y + 46:.0f} {x1:.0f} {y:.0f}"
        return Edge(path, kind, "", (x0 + x1) / 2, y, confidence)
    upper, lower = (a, b) if a[1] < b[1] else (b, a)
    x0, y0 = upper[0] + WIDTH / 2, upper[1] + HEIGHT
    x1, y1 = lower[0] + WIDTH / 2, lower[1] - (7 if kind == "told" else 0)
    path = _elbow(x0, y0, x1, y1, y0 + BUSES[kind])
    return Edge(path, kind, words, x1, lower[1] - 21, confidence)


def _elbow(x0: float, y0: float, x1: float, y1: float, across: float) -> str:
    """Return a path down, across and down again, its corners rounded."""
    if abs(x1 - x0) < 1:
        return f"M{x0:.0f} {y0:.0f}V{y1:.0f}"
    corner = min(8.0, abs(x1 - x0) / 2)
    step = corner if x1 > x0 else -corner
    return (
        f"M{x0:.0f} {y0:.0f}V{across - corner:.0f}"
        f"Q{x0:.0f} {across:.0f} {x0 + step:.0f} {across:.0f}"
        f"H{x1 - step:.0f}Q{x1:.0f} {across:.0f} {x1:.0f} {across + corner:.0f}V{y1:.0f}"
    )


def _words(link: Derivation) -> str:
    """Return the one or two edits that a reader would name first."""
    found = seen_from(link.match, link.derived).edits
    told = [
        edit
        for edit in edits.telling_first(found)
        if edit.kind not in ("reencode", "resize", "frame_rate")
    ]
    if not told:
        return "re-encoded" if found else ""
    more = f" +{len(told) - 1}" if len(told) > 1 else ""
    return edits.short(told[0]) + more
