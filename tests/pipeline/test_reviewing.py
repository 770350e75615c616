"""Decisions over matches: what was rejected stays away, what was confirmed counts."""

from __future__ import annotations

import shutil
from dataclasses import replace

import jsonschema
import pytest
from rich.console import Console

from tests.index import builders as make
from tracer import pipeline
from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.model import Findings, NearMiss
from tracer.pipeline.reviewing import review, reviewed, reviewed_findings
from tracer.report import records, text
from tracer.settings import DEFAULT

CLIPS = ("sintel-small.mp4", "sintel-douyin.mp4")


@pytest.fixture(scope="module")
def taken(tmp_path_factory, fixtures):
    """An index of two clips that match, compared already."""
    path = tmp_path_factory.mktemp("taken") / "case.db"
    with Index.open(path, "write") as index:
        pipeline.take_in(
            index, [str(fixtures / "clips" / name) for name in CLIPS], jobs=1, read_text=False
        )
        pipeline.match_inside(index, DEFAULT)
        assert len(index.all_matches()) == 1
    return path


@pytest.fixture
def index(taken, tmp_path):
    path = shutil.copy(taken, tmp_path / "case.db")
    with Index.open(path, "write") as index:
        yield index


@pytest.fixture
def clips(fixtures):
    return [str(fixtures / "clips" / name) for name in CLIPS]


def families(index):
    return [len(family.videos) for family in pipeline.families(index, alone=True)]


def test_a_rejected_pair_is_no_match_any_more_anywhere(index, clips):
    assert families(index) == [2]
    decided = review(index, "reject", *clips, by="R. Viewer", note="other room")
    chain = pipeline.chain(index, clips[0])
    assert (len(chain.videos), chain.links, chain.reviews) == (1, (), (decided,))
    assert families(index) == [1, 1]
    answer = pipeline.check(index, clips[0])
    assert answer.findings.matches == ()
    (miss,) = [one for one in answer.findings.nearest if one.failed == "review"]
    assert miss.sha256 == index.find(clips[1])
    assert miss.detail.startswith("rejected by R. Viewer on ")
    assert miss.detail.endswith(": other room")
    record = records.check(answer)
    jsonschema.validate(record, records.schema("check"))
    assert record["nearest"][0]["review"]["by"] == "R. Viewer"
    assert "failed at review" in printed(text.check, answer)


def test_a_rejection_outlives_comparing_again(index, clips):
    review(index, "reject", *clips)
    shas = index.sha256s()
    index.save_matches(shas[0], index.all_matches(), "other settings", 1)
    pipeline.match_inside(index, DEFAULT)
    assert families(index) == [1, 1]


def test_a_confirmed_pair_is_shown_as_such(index, clips):
    decided = review(index, "confirm", *clips, by="R. Viewer")
    chain = pipeline.chain(index, clips[0])
    assert chain.links[0].match.review == decided
    record = records.chain(chain)
    jsonschema.validate(record, records.schema("chain"))
    assert record["links"][0]["review"]["decision"] == "confirm"
    assert record["reviews"] == [record["links"][0]["review"]]
    assert "confirmed by R. Viewer" in printed(text.chain, chain)


def test_the_last_decision_counts_and_a_note_changes_nothing(index, clips):
    review(index, "reject", *clips)
    review(index, "confirm", *reversed(clips))
    review(index, "note", *clips, note="looked twice")
    assert families(index) == [2]
    assert [one.decision for one in index.reviews()] == ["reject", "confirm", "note"]
    assert [entry.action for entry in index.log()][-3:] == ["review"] * 3
    assert index.check_log() == []


def test_a_file_that_is_not_in_the_index_can_be_decided_about(index, clips, fixtures):
    query = str(fixtures / "queries" / "unrelated.mp4")
    decided = review(index, "reject", query, clips[0])
    assert index.find(clips[0]) in (decided.a, decided.b)


def test_what_is_no_pair_is_refused(index, clips):
    with pytest.raises(UsageError, match="same video"):
        review(index, "reject", clips[0], clips[0])
    with pytest.raises(UsageError, match="needs words"):
        review(index, "note", *clips)
    with pytest.raises(UsageError):
        review(index, "reject", clips[0], "no such thing")
    assert index.reviews() == ()


def test_a_confirmation_makes_a_possible_match_a_sure_one(tmp_path):
    with Index.open(tmp_path / "i.db", "write") as index:
        decided = index.add_review((make.sha("a"), make.sha("b")), "confirm", "R")
    possible = make.match("a", "b", verdict="possible")
    other = make.match("a", "c", verdict="possible")
    kept = reviewed([possible, other], [decided])
    assert [(one.verdict, one.review) for one in kept] == [("match", decided), ("possible", None)]
    miss = NearMiss(make.sha("b"), 0.2, "score", "")
    findings = reviewed_findings(Findings(make.sha("a"), nearest=(miss,)), [decided])
    assert findings.nearest == (replace(miss, review=decided),)


def printed(show, *what):
    console = Console(width=200, force_terminal=False)
    with console.capture() as captured:
        show(*what, console)
    return captured.get()
