"""Records hold to their schemas, whoever asked and in whatever order things arrived."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import jsonschema
import pytest

from tests.report import story
from tracer.index.turned import turned
from tracer.report import records


@pytest.mark.parametrize("answer", [story.matched(), story.unmatched(), story.unreadable()])
def test_an_answer_holds_to_its_schema(answer):
    jsonschema.validate(records.check(answer), records.schema("check"))


@pytest.mark.parametrize("chain", [story.CHAIN, story.EMPTY_CHAIN, story.many(30)])
def test_a_chain_holds_to_its_schema(chain):
    jsonschema.validate(records.chain(chain), records.schema("chain"))


def test_families_and_explanations_hold_to_their_schemas():
    unread = replace(story.FAMILY, unchecked=story.UNCHECKED)
    for family in (story.FAMILY, unread):
        jsonschema.validate(records.family(family), records.schema("family"))
    for pair in (story.PAIR, story.PAIR_APART):
        jsonschema.validate(records.explain(pair), records.schema("explain"))


@pytest.mark.parametrize("name", ["check", "chain", "family", "explain"])
def test_a_schema_refuses_what_it_should(name):
    schema = records.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": f"tracer/{name}/2"}, schema)


def test_subtitles_without_a_change_break_the_schema():
    record = records.check(story.matched())
    del next(e for e in record["matches"][0]["edits"] if e["kind"] == "subtitles")["change"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, records.schema("check"))


def test_a_record_is_one_line_and_survives_a_path_that_is_not_utf8():
    answer = replace(story.matched(), path="broken-\udcff\n.mp4")
    line = records.line(records.check(answer))
    assert "\n" not in line
    line.encode("utf-8")
    assert json.loads(line)["query"]["path"] == "broken-\\udcff\n.mp4" or "udcff" in line


def test_a_link_reads_the_same_whichever_way_it_was_compared():
    flipped = tuple(
        replace(link, match=turned(link.match), evidence=turned(link.match).derivation.evidence)
        for link in story.LINKS
    )
    assert records.chain(story.CHAIN) == records.chain(replace(story.CHAIN, links=flipped))


def test_in_a_link_the_query_is_the_derived_video():
    links = {link["derived"]: link for link in records.chain(story.CHAIN)["links"]}
    youtube = links[story.YOUTUBE]
    assert youtube["edits"][0]["side"] == "query"
    assert youtube["segments"][0]["query_start"] == 2.0
    assert youtube["evidence"][0]["favours"] == "query_from_match"


def test_the_order_of_arrival_leaves_no_trace():
    shuffled = random.Random(1)
    videos, links = list(story.CHAIN.videos), list(story.CHAIN.links)
    shuffled.shuffle(videos)
    shuffled.shuffle(links)
    other = replace(story.CHAIN, videos=tuple(videos), links=tuple(links))
    assert records.line(records.chain(other)) == records.line(records.chain(story.CHAIN))


def test_matches_come_with_the_highest_score_first():
    low, high = (replace(story.matched().findings.matches[0], score=s) for s in (0.6, 0.9))
    scores = [match["score"] for match in records.check(story.answer(low, high))["matches"]]
    assert scores == [0.9, 0.6]


def test_numbers_are_rounded_and_times_are_utc():
    answer = story.matched()
    match = replace(
        answer.findings.matches[0],
        score=0.123456789,
        segments=(replace(answer.findings.matches[0].segments[0], query_end=12.34567),),
    )
    record = records.check(story.answer(match))["matches"][0]
    assert record["score"] == 0.1235
    assert record["segments"][0]["query_end"] == 12.346
    assert record["posts"][0]["published"]["earliest"] == "2021-01-23T11:15:00Z"
    assert record["posts"][0]["published"]["raw"] == "2021-01-23T19:15:00+08:00"


def test_a_query_that_failed_still_has_its_object():
    record = records.check(story.unreadable())
    assert record["matches"] == []
    assert record["query"] == {
        "path": "q.txt",
        "sha256": None,
        "duration": None,
        "width": None,
        "height": None,
        "frame_rate": None,
        "still": None,
        "posts": [],
    }
    assert record["unchecked"][0]["stage"] == "probe"
