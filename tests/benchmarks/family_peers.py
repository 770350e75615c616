"""What a chain is measured against: three ways to order versions that need no cue of direction.

All three take the versions of a family as given and compare them by one plain symmetric distance:
the mean squared difference of their stored films, scaled to one size, at the same share of time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import numpy.typing as npt

from .family_trees import Tree
from .provenance_metrics import Graph

if TYPE_CHECKING:
    from .families import Case

Floats = npt.NDArray[np.float64]
_SIZE = (64, 36)
_MOMENTS = 16

Peer = Callable[["Case", Tree, Random], tuple[Graph, str]]


@lru_cache(maxsize=512)
def _film(path: Path) -> Floats:
    """A few frames, grey and small, at even shares of the length."""
    with av.open(str(path)) as container:
        frames = [
            cv2.resize(frame.to_ndarray(format="gray"), _SIZE, interpolation=cv2.INTER_AREA)
            for frame in container.decode(video=0)
        ]
    rows = np.linspace(0, len(frames) - 1, _MOMENTS).round().astype(int)
    return np.stack([frames[row] for row in rows]).astype(np.float64)


def _distances(tree: Tree) -> Floats:
    films = [_film(one.path) for one in tree.versions]
    return np.array([[float(((a - b) ** 2).mean()) for b in films] for a in films])


def kruskal(case: Case, tree: Tree, dice: Random) -> tuple[Graph, str]:
    """Join trees by their nearest versions; the version joined from another tree was its root.

    Oriented Kruskal (Dias 2010): an edge from a to b is taken where b is the root of its tree and a
    lies in another. With a symmetric distance, which of the two is first listed decides.
    """
    far = _distances(tree)
    order = list(range(len(tree.versions)))
    dice.shuffle(order)
    pairs = sorted(
        (far[a, b], x, y) for x, a in enumerate(order) for y, b in enumerate(order) if a != b
    )
    root_of = {row: row for row in order}
    links = []
    for _, x, y in pairs:
        a, b = order[x], order[y]
        if root_of[a] != root_of[b] and root_of[b] == b:
            links.append((a, b))
            joined = root_of[a]
            root_of = {row: joined if root == b else root for row, root in root_of.items()}
    (root,) = set(root_of.values())
    return _graph(tree, links), tree.versions[root].sha256


def largest(case: Case, tree: Tree, dice: Random) -> tuple[Graph, str]:
    """The highest resolution is the oldest; each other derives from the nearest that is higher."""
    sizes = []
    for one in tree.versions:
        video = case.videos[one.sha256].video
        sizes.append((-video.width * video.height, -video.size / max(video.duration, 1e-3)))
    return _by_rank(tree, sorted(range(len(sizes)), key=lambda row: sizes[row]))


def earliest_file(case: Case, tree: Tree, dice: Random) -> tuple[Graph, str]:
    """The earliest file time is the oldest: it tells when a file was collected, in any order."""
    order = list(range(len(tree.versions)))
    dice.shuffle(order)
    return _by_rank(tree, order)


def _by_rank(tree: Tree, order: Sequence[int]) -> tuple[Graph, str]:
    far = _distances(tree)
    links = []
    for place, row in enumerate(order[1:], start=1):
        links.append((min(order[:place], key=lambda one: far[one, row]), row))
    return _graph(tree, links), tree.versions[order[0]].sha256


def _graph(tree: Tree, links: Sequence[tuple[int, int]]) -> Graph:
    names = [one.sha256 for one in tree.versions]
    return Graph.of(names, ((names[a], names[b]) for a, b in links))


PEERS: dict[str, Peer] = {
    "oriented Kruskal, symmetric": kruskal,
    "highest resolution is oldest": largest,
    "earliest file time": earliest_file,
}
