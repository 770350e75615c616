"""Judging answers, and floors, on a made-up case."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import floors
from .answers import Answers
from .clips import Work, same_scene
from .matcher import Answer, Found
from .metrics import Stretch
from .queries import Case
from .scoring import Scores, judge, score
from .truth import Part, Query, Span


def work(name: str, family: str = "", lookalike: str = "") -> Work:
    return Work(name, Path(name), 10.0, name, family, lookalike, "tune", False)


INDEX = [work("a"), work("a2"), work("b", lookalike="take:x"), work("c"), work("d")]


def query(name: str = "q", edit: str = "mirror", source: str = "a") -> Query:
    part = Part(source, (Span(0.0, 5.0, 2.0, 7.0),))
    return Query(
        name, edit, f"{name}.mp4", 1, 5.0, (part,), ("a2",), ("b",), (), (), ("short",)
    )  # fmt: skip


def found(name: str, value: float, verdict: str = "match") -> Found:
    return Found(Path(name), value, verdict, (Stretch(0.0, 5.0, 2.0, 7.0),))


def scored(*answers: Answer) -> Scores:
    queries = [query(f"q{number}") for number in range(len(answers))]
    case = Case("tune", INDEX, queries, "")
    named = {f"q{number}": answer for number, answer in enumerate(answers)}
    return score(case, named, dict.fromkeys(named, 0.1))


def test_the_source_is_needed_and_its_family_counts_for_nothing():
    answer = Answer((found("a", 0.9), found("a2", 0.8), found("b", 0.3, ""), found("c", 0.2, "")))
    case = Case("tune", INDEX, [query()], "")
    relations = {pair.ref: pair.relation for pair in judge(case, query(), answer)}
    assert relations == {"a": "needed", "a2": "also", "b": "same_scene", "c": "unrelated"}


def test_a_perfect_answer_has_perfect_figures():
    result = scored(Answer((found("a", 0.9), found("a2", 0.95)), same_scene=(Path("b"),)))
    assert result.rows["mirror"].recall == 1.0
    assert result.groups["plain"].recall_zero_false == 1.0
    assert result.groups["short"].pairs == 1
    assert result.overall["pair_micro_ap"] == 1.0
    assert result.overall["segment_ap"] == pytest.approx(1.0)
    assert result.overall["vcsl_f"] == pytest.approx(1.0)
    assert result.overall["boundary_p95"] == 0.0
    assert result.overall["unrelated_pairs"] == 3
    assert result.overall["false_match_bound"] == 1.0
    assert result.overall["same_scene_precision"] == 1.0
    assert result.overall["same_scene_recall_all_edits"] == 1.0


def test_a_missed_source_and_a_false_match_are_both_counted():
    result = scored(Answer((found("c", 0.9),)), Answer((found("a", 0.8),)))
    row = result.rows["mirror"]
    assert (row.pairs, row.matched, row.false) == (2, 1, 1)
    assert row.recall_zero_false == 0.0
    assert result.overall["false_matches"] == 1
    assert result.overall["precision_at_possible"] == 0.5
    assert [pair.ref for pair in result.false] == ["c"]


def test_a_match_of_the_same_scene_is_a_false_match():
    result = scored(Answer((found("a", 0.9), found("b", 0.7))))
    assert result.overall["false_matches_same_scene"] == 1


def test_a_match_at_other_seconds_is_misplaced():
    wrong = Found(Path("a"), 0.9, "match", (Stretch(0.0, 5.0, 8.0, 9.0),))
    result = scored(Answer((wrong,)))
    assert result.rows["mirror"].misplaced == 1


def test_halves_of_a_take_are_one_scene_and_members_of_a_family_are_not():
    half = work("x#a", lookalike="take:x")
    assert same_scene(half, work("x#b", lookalike="take:x")) == "required"
    assert same_scene(half, half) == "no"
    assert same_scene(work("f", lookalike="face_close_up"), half) == "no"
    heads = [work(name, lookalike="grid_blue_backdrop") for name in "gh"]
    assert same_scene(*heads) == "allowed"


def test_a_floor_holds_until_a_regression_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "PATH", tmp_path / "floors.json")
    good = scored(Answer((found("a", 0.9),), same_scene=(Path("b"),)))
    bad = scored(Answer((found("c", 0.9),)))
    assert floors.update("tune", "clips-1", good, allow_regression=False) == []
    assert floors.check("tune", "clips-1", good) == []
    assert any("false_matches" in line for line in floors.check("tune", "clips-1", bad))
    assert any("other clips" in line for line in floors.check("tune", "clips-2", good))
    assert floors.update("tune", "clips-1", bad, allow_regression=False) != []
    assert floors.check("tune", "clips-1", good) == []
    assert floors.update("tune", "clips-1", bad, allow_regression=True) == []
    assert floors.check("tune", "clips-1", bad) == []


# --- answers kept --------------------------------------------------------------------------------


def test_answers_of_a_broken_run_are_kept_and_those_on_another_basis_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACER_BENCH_CACHE", str(tmp_path))
    answer = Answer((found("a", 0.9),), (Path("b"),), ("decode: cut off",), 3)
    first = Answers("tracer", "tune", {"version": "1"}, resume=False)
    first.add("q0", "q0.mp4", answer, 1.5)
    first.add("q1", "q1.mp4", answer, 1.5)
    path = tmp_path / "runs" / "tracer-tune.answers.jsonl"
    path.write_text(path.read_text("utf-8")[:-40], "utf-8")  # broken off while it wrote
    again = Answers("tracer", "tune", {"version": "1"}, resume=True)
    assert again.get("q0", "q0.mp4") == (answer, 1.5)
    assert again.get("q0", "another.mp4") is None
    assert again.get("q1", "q1.mp4") is None
    assert Answers("tracer", "tune", {"version": "2"}, resume=True).get("q0", "q0.mp4") is None
