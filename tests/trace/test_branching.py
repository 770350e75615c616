"""Optimum branching against networkx and against trying everything."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.trace import branching

Edge = tuple[int, int, float]
ALONE = -8.0


def solved(count: int, edges: Sequence[Edge]) -> tuple[list[int], float]:
    parents, total = branching.best_parents(
        count,
        np.array([edge[0] for edge in edges], dtype=np.int64),
        np.array([edge[1] for edge in edges], dtype=np.int64),
        np.array([edge[2] for edge in edges], dtype=np.float64),
        ALONE,
    )
    return parents.tolist(), total


def tried(count: int, edges: Sequence[Edge]) -> float:
    """Try every choice of parents (the naive twin)."""
    options = [
        [(None, ALONE), *((s, w) for s, t, w in edges if t == node)] for node in range(count)
    ]
    best = -float("inf")
    for choice in itertools.product(*options):
        parents = {node: parent for node, (parent, _) in enumerate(choice) if parent is not None}
        if not has_cycle(parents):
            best = max(best, sum(weight for _, weight in choice))
    return best


def has_cycle(parents: dict[int, int]) -> bool:
    for start in parents:
        node, steps = start, 0
        while node in parents:
            node, steps = parents[node], steps + 1
            if steps > len(parents):
                return True
    return False


@st.composite
def graphs(draw: st.DrawFn, most: int = 5) -> tuple[int, list[Edge]]:
    count = draw(st.integers(1, most))
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    weights = draw(st.lists(st.floats(-6.0, 0.0), min_size=len(kept), max_size=len(kept)))
    return count, [(a, b, w) for (a, b), w in zip(kept, weights, strict=True)]


@given(graphs())
def test_nothing_that_can_be_tried_is_better(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    parents, total = solved(count, edges)
    assert not has_cycle({n: p for n, p in enumerate(parents) if p != branching.NO_PARENT})
    assert total == pytest.approx(tried(count, edges))


@pytest.mark.parametrize("seed", range(5))
def test_networkx_finds_the_same_total(seed: int) -> None:
    rng = random.Random(seed)
    count = 25
    edges = [
        (a, b, rng.uniform(-6.0, 0.0))
        for a in range(count)
        for b in range(count)
        if a != b and rng.random() < 0.4
    ]
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(edges)
    graph.add_weighted_edges_from((count, node, ALONE) for node in range(count))
    tree = nx.maximum_spanning_arborescence(graph)
    oracle = sum(data["weight"] for _, _, data in tree.edges(data=True))
    assert solved(count, edges)[1] == pytest.approx(oracle)


def test_no_nodes_have_no_parents() -> None:
    assert solved(0, []) == ([], 0.0)
