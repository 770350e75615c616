"""The metrics of provenance graphs, on graphs small enough to count by hand."""

from __future__ import annotations

import pytest

from .provenance_metrics import Graph, ancestry, edges, overlap, parents, scores, sim_lo, sim_nlo

STAIRS = Graph.of("abc", [("a", "b"), ("b", "c")])
STAR = Graph.of("abc", [("a", "b"), ("a", "c")])


def test_the_overlap_of_sets_is_twice_the_common_part() -> None:
    assert overlap({1, 2, 3}, {2, 3, 4, 5}) == pytest.approx(4 / 7)
    assert overlap((), ()) == 1.0
    assert overlap({1}, ()) == 0.0


def test_links_are_directed() -> None:
    turned = Graph.of("abc", [("b", "a"), ("b", "c")])
    assert sim_lo(STAIRS, turned) == 0.5
    assert sim_lo(STAIRS, STAIRS) == 1.0


def test_nodes_and_links_together() -> None:
    assert sim_nlo(STAIRS, STAR) == pytest.approx(2 * (3 + 1) / (5 + 5))
    missing = Graph.of("ab", [("a", "b")])
    assert sim_nlo(STAIRS, missing) == pytest.approx(2 * (2 + 1) / (5 + 3))


def test_ancestry_is_the_closure_of_the_links() -> None:
    assert ancestry(STAIRS.links) == {("a", "b"), ("b", "c"), ("a", "c")}
    assert parents(STAIRS) == {"a": frozenset(), "b": frozenset("a"), "c": frozenset("b")}


def test_all_figures_of_one_family() -> None:
    found = scores(STAIRS, STAR, {"a"}, "a")
    assert (found.root, found.edges, found.sim_no) == (1.0, 0.5, 1.0)
    assert found.ancestry == pytest.approx(2 * 2 / (3 + 2))
    assert scores(STAIRS, STAR, {"a"}, None).root == 0.0
    assert edges(Graph.of("a", []), STAR) == 1.0
