"""Optimum branching: for each node the parent that makes the whole most likely, without cycles.

Chu-Liu and Edmonds on arrays: all cycles of a round are contracted at once, so that 2,000 nodes
take well under a second (networkx's general version is the oracle of the tests).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_PARENT = -1


def best_parents(
    count: int, sources: Ints, targets: Ints, weights: Floats, alone: float
) -> tuple[Ints, float]:
    """Return for each of `count` nodes its parent, or `NO_PARENT`, and the total: the highest.

    Edge i leads from `sources[i]` to `targets[i]` with `weights[i]`; a node without a parent costs
    `alone`. Where edges weigh the same, the one listed first is taken.
    """
    if count == 0:
        return np.zeros(0, dtype=np.int64), 0.0
    root = count
    everyone = np.arange(count, dtype=np.int64)
    heads = np.concatenate((sources.astype(np.int64), np.full(count, root)))
    tails = np.concatenate((targets.astype(np.int64), everyone))
    costs = np.concatenate((weights, np.full(count, alone)))
    chosen = _arborescence(count, root, heads, tails, costs)
    parents = np.full(count, NO_PARENT, dtype=np.int64)
    parents[tails[chosen]] = heads[chosen]
    parents[parents == root] = NO_PARENT
    return parents, float(costs[chosen].sum())


def _arborescence(count: int, root: int, heads: Ints, tails: Ints, weights: Floats) -> Ints:
    """Return the chosen edges (rows of the arrays), one into each of the nodes below `count`."""
    best = _best_in(count, tails, weights)
    cycle_of = _cycles(count, root, heads[best])
    if cycle_of.max() < 0:
        return best
    label, size = _contracted(count, cycle_of)
    names = np.append(label, size)  # the root keeps the last number
    gained = weights - np.where(cycle_of[tails] >= 0, weights[best[tails]], 0.0)
    kept = np.flatnonzero(names[heads] != names[tails])
    inner = _arborescence(size, size, names[heads[kept]], names[tails[kept]], gained[kept])
    entering = kept[inner]
    # A cycle keeps its own edges but for the node at which it is now entered.
    result = best.copy()
    result[tails[entering]] = entering
    return result


def _best_in(count: int, tails: Ints, weights: Floats) -> Ints:
    """Return the heaviest edge into each node, the first listed among equals."""
    heaviest = np.full(count, -np.inf)
    np.maximum.at(heaviest, tails, weights)
    rows = np.flatnonzero(weights == heaviest[tails])[::-1]
    best = np.empty(count, dtype=np.int64)
    best[tails[rows]] = rows  # the last that is written stays: the first listed
    return best


def _cycles(count: int, root: int, parents: Ints) -> Ints:
    """Return the number of the cycle that each node lies on, -1 where it lies on none."""
    cycle_of = np.full(count, -1, dtype=np.int64)
    seen_by = np.full(count, -1, dtype=np.int64)
    found = 0
    for start in range(count):
        node = start
        while node != root and seen_by[node] < 0:
            seen_by[node] = start
            node = int(parents[node])
        if node != root and seen_by[node] == start and cycle_of[node] < 0:
            while cycle_of[node] < 0:
                cycle_of[node] = found
                node = int(parents[node])
            found += 1
    return cycle_of


def _contracted(count: int, cycle_of: Ints) -> tuple[Ints, int]:
    """Return each node's number after every cycle became one node, and how many there are."""
    free = np.flatnonzero(cycle_of < 0)
    label = np.empty(count, dtype=np.int64)
    label[free] = np.arange(len(free))
    on_cycle = cycle_of >= 0
    label[on_cycle] = len(free) + cycle_of[on_cycle]
    return label, len(free) + int(cycle_of.max()) + 1
