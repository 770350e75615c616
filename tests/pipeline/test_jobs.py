"""The jobs on real clips: a work with its copy, and two strangers."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

import tracer
from tracer import pipeline
from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.model import Unchecked
from tracer.report import FORMATS, material, records
from tracer.settings import DEFAULT
from tracer.trace.times import dated

CLIPS = ("city", "city-logo", "dog", "rolling-ball")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, fixtures):
    folder = tmp_path_factory.mktemp("clips")
    for name in CLIPS:
        for path in (fixtures / "clips").glob(f"{name}.*"):
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory, folder):
    with Index.open(tmp_path_factory.mktemp("index") / "tracer.db", "write") as opened:
        pipeline.take_in(opened, [str(folder)], read_text=False)
        pipeline.match_inside(opened)
        yield opened


def named(index, folder, *names):
    return {index.find(str(folder / f"{name}.mp4")) for name in names}


def test_every_pair_is_decided_once(index, folder):
    pairs = {frozenset((one.query_sha256, one.sha256)) for one in index.all_matches()}
    assert pairs == {frozenset(named(index, folder, "city", "city-logo"))}
    events = []
    assert pipeline.match_inside(index, on_progress=lambda *event: events.append(event)) == 0
    assert events == []


def test_other_weighing_of_times_and_directions_compares_nothing_anew(index):
    weighed = replace(DEFAULT, trace=replace(DEFAULT.trace, verdict_floor=0.9, time_slack=1.0))
    assert weighed.digest() != DEFAULT.digest()
    assert pipeline.match_inside(index, weighed) == 0
    for other in (
        replace(DEFAULT, index=replace(DEFAULT.index, clear_score=0.9)),
        replace(DEFAULT, match=replace(DEFAULT.match, through_most=1)),
    ):
        assert len(index.unmatched(other.matching_digest())) == len(CLIPS)


def test_taking_in_and_comparing_log_one_state_of_settings(folder, tmp_path):
    with Index.open(tmp_path / "logged.db", "write") as logged:
        for name in ("city", "dog"):
            pipeline.take_in(logged, [str(folder / f"{name}.mp4")], read_text=False)
            pipeline.match_inside(logged)
        changes = [one for one in logged.log() if one.action == "settings_changed"]
    assert [one.object for one in changes] == [DEFAULT.digest()]


def test_matches_do_not_depend_on_who_came_first(index, folder, tmp_path):
    with Index.open(tmp_path / "other.db", "write") as other:
        for names in (("city-logo", "dog"), ("rolling-ball", "city")):
            pipeline.take_in(
                other, [str(folder / f"{name}.mp4") for name in names], read_text=False
            )
            pipeline.match_inside(other)
        assert other.all_matches() == index.all_matches()


def test_a_check_of_an_indexed_copy_names_the_others(index, folder):
    answer = pipeline.check(index, str(folder / "city-logo.mp4"))
    assert {match.sha256 for match in answer.findings.matches} == named(index, folder, "city")
    assert answer.query is not None
    stored = index.video(answer.query.sha256)
    assert answer.query_posts == dated(stored).posts
    assert [post.url for post in answer.query_posts] == [post.url for post in stored.posts]
    assert answer.earliest is not None
    assert answer.earliest.sha256 in named(index, folder, "city")
    assert "arliest known to this index" in answer.statement
    shown = {video.video.sha256 for video in answer.matched}
    assert shown >= named(index, folder, "city")
    assert [one.subject for one in answer.unchecked if one.stage != "text"] == []
    assert {one.stage for one in answer.unchecked} == {"text"}  # put off here: it is said


def test_answers_come_in_the_order_asked_also_for_what_can_not_be_read(index, folder, tmp_path):
    broken, empty = tmp_path / "broken.mp4", tmp_path / "empty.mp4"
    broken.write_bytes(b"no film")
    empty.touch()
    names = [str(empty), str(folder / "dog.mp4"), str(broken), str(folder / "city.mp4")]
    answers = list(pipeline.check_all(index, names))
    assert [answer.path for answer in answers] == names
    assert [answer.query is not None for answer in answers] == [False, True, False, True]
    assert answers[0].unchecked == (Unchecked(str(empty), "read", "the file is empty"),)
    assert answers[2].findings.matches == ()
    assert answers[2].unchecked[0].subject == str(broken)


def test_a_stranger_matches_nothing_and_the_answer_says_what_was_searched(index, fixtures):
    answer = pipeline.check(index, str(fixtures / "queries" / "unrelated.mp4"))
    assert answer.findings.matches == ()
    assert answer.earliest is None
    assert "No match among the 4 videos" in answer.statement


def test_a_missing_query_is_told_at_once(index, folder):
    with pytest.raises(UsageError, match="no such file"):
        list(pipeline.check_all(index, [str(folder / "dog.mp4"), "nowhere.mp4"]))


def test_an_empty_index_finds_nothing(tmp_path, folder):
    with Index.open(tmp_path / "empty.db", "write") as empty:
        answer = pipeline.check(empty, str(folder / "dog.mp4"))
        assert answer.findings.matches == ()
        assert "empty" in answer.statement
        assert pipeline.families(empty, alone=True) == []


def test_a_chain_is_the_whole_family(index, folder):
    chain = pipeline.chain(index, str(folder / "city-logo.mp4"))
    assert {video.video.sha256 for video in chain.videos} == named(
        index, folder, "city", "city-logo"
    )
    (link,) = chain.links
    assert {link.source, link.derived} == named(index, folder, "city", "city-logo")
    assert chain.earliest.sha256 in named(index, folder, "city")


def test_families_with_and_without_those_that_are_alone(index, folder):
    (family,) = pipeline.families(index)
    members = {video.video.sha256 for video in family.videos}
    assert members == named(index, folder, "city", "city-logo")
    assert {(one.subject, one.stage) for one in family.unchecked} == {(m, "text") for m in members}
    everything = pipeline.families(index, alone=True)
    assert len(everything) == 3
    assert sum(len(family.videos) for family in everything) == len(CLIPS)
    assert not any(one.unchecked for one in everything if len(one.videos) == 1)


def test_explain_takes_indexed_videos_and_files(index, folder, fixtures):
    told = pipeline.explain(index, str(folder / "city.mp4"), str(folder / "city-logo.mp4"))
    assert told.outcome == "match"
    assert told.found is not None
    stranger = str(fixtures / "queries" / "unrelated.mp4")
    told = pipeline.explain(index, str(folder / "city.mp4"), stranger)
    assert told.outcome == "none"
    assert told.failed
    with pytest.raises(UsageError):
        pipeline.explain(index, "nowhere.mp4", stranger)


def test_fingerprints_of_another_version_are_named_and_not_compared(index, folder, tmp_path):
    path = tmp_path / "copy.db"
    with Index.open(path, "write") as copy:
        pipeline.take_in(copy, [str(folder)], read_text=False)
        with copy.transaction():
            copy._connection.execute(
                "UPDATE fingerprints SET algorithm = 'older' WHERE sha256 = ?",
                tuple(named(copy, folder, "city")),
            )
        answer = pipeline.check(copy, str(folder / "city-logo.mp4"))
        assert answer.findings.matches == ()
        (gap,) = (one for one in answer.unchecked if one.stage != "text")
        assert "1 video" in gap.reason


def test_the_python_interface_in_five_lines(tmp_path, folder, fixtures):
    with tracer.Tracer(tmp_path / "case.db") as case:
        taken = case.index(folder / "city.mp4", folder / "city-logo.mp4", text=False)
        answer = case.check(folder / "city.mp4")
        chain = case.chain(folder / "city.mp4")
        assert (taken.new, len(answer.findings.matches), len(chain.links)) == (2, 1, 1)
        assert len(case.families()) == 1
        assert case.explain(folder / "city.mp4", folder / "city-logo.mp4").outcome == "match"


def test_a_query_with_a_post_beside_it_is_read_only_when_indexed(index, folder, tmp_path):
    shutil.copy(folder / "dog.mp4", tmp_path / "q.mp4")
    (tmp_path / "q.post.json").write_text(json.dumps({"platform": "weibo"}))
    answer = pipeline.check(index, str(tmp_path / "q.mp4"))
    assert {post.platform for post in answer.query_posts} == {"pomegranate_cloud"}


def test_paths_are_shown_as_they_were_given(tmp_path, folder, monkeypatch):
    shutil.copytree(folder, tmp_path / "clips")
    (tmp_path / "clips" / "broken.mp4").write_text("no video")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    told = []
    with Index.open(tmp_path / "tracer.db", "write") as opened:
        pipeline.take_in(opened, ["../clips"], on_event=told.append)
        subject = opened.find("../clips/city.mp4")
        chain = pipeline.chain(opened, subject)
        page = FORMATS["html"].write(chain, tmp_path / "page.html", material.of_index(opened))
        record = records.chain(chain)
        assert opened.file_at_hand(subject) == tmp_path / "clips" / "city.mp4"
    assert {event.subject for event in told if event.kind == "failed"} == {"../clips/broken.mp4"}
    assert {video["path"] for video in record["videos"]} == {
        "../clips/city.mp4",
        "../clips/city-logo.mp4",
    }
    assert "(../clips/city.mp4)" in record["earliest"]["statement"]
    assert str(tmp_path) not in json.dumps(record)
    assert str(tmp_path) not in page.read_text(encoding="utf-8")
