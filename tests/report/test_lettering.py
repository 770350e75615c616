"""Both tracks of a match and what marks point to, in JSON, on a terminal, on a page."""

from __future__ import annotations

import io
from dataclasses import replace

import jsonschema
import pytest
from rich.console import Console

from tests.report import story
from tracer.model import Clue, TextComparison, TextLine, TextPair
from tracer.report import html, records, text
from tracer.report.material import Material

ENGLISH = TextLine(
    3.0, 5.5, (0.2, 0.8, 0.8, 0.9), "She left\nhome & <b>ran</b>", "en", "subtitle", 0.9
)
CHINESE = TextLine(3.0, 5.4, (0.2, 0.8, 0.8, 0.9), "她离开了家", "zh", "subtitle", 0.9)
ALONE = TextLine(8.0, 9.0, (0.2, 0.8, 0.8, 0.9), story.HOSTILE, "und", "subtitle", 0.9)
COMPARED = TextComparison(
    ("en",),
    ("zh",),
    (TextPair(ENGLISH, CHINESE, "changed"), TextPair(None, ALONE, "match_only")),
)
CLUE = Clue(
    "douyin", "niu2021", "https://www.douyin.com/search/niu2021?type=user", "抖音号：niu2021",
    "frame", 4.25, (0.03, 0.05, 0.3, 0.1), story.POMEGRANATE,
)  # fmt: skip


@pytest.fixture
def answer():
    told = story.matched()
    first, *rest = told.findings.matches
    findings = replace(told.findings, matches=(replace(first, text=COMPARED), *rest))
    return replace(told, findings=findings, clues=(CLUE,))


def test_an_answer_with_text_holds_to_its_schema(answer):
    record = records.check(answer)
    jsonschema.validate(record, records.schema("check"))
    (clue,) = record["clues"]
    assert (clue["source"], clue["account"], clue["time"]) == ("douyin", "niu2021", 4.25)
    told = next(match["text"] for match in record["matches"] if match["text"])
    assert [line["relation"] for line in told["lines"]] == ["changed", "match_only"]
    assert told["lines"][0]["query"]["text"] == ENGLISH.text


def test_a_chain_with_text_holds_to_its_schema():
    links = [replace(link, match=replace(link.match, text=COMPARED)) for link in story.CHAIN.links]
    record = records.chain(replace(story.CHAIN, links=tuple(links), clues=(CLUE,)))
    jsonschema.validate(record, records.schema("chain"))
    assert record["clues"]


def test_a_terminal_names_what_marks_point_to(answer):
    out = io.StringIO()
    text.check(answer, Console(file=out, width=120))
    assert "Points to" in out.getvalue()
    assert "Douyin, account niu2021" in out.getvalue()
    assert "in the picture at 0:04.2" in out.getvalue()


def test_a_page_shows_both_tracks_and_escapes_what_they_say(answer):
    page = html.render_answers([answer], Material(story.STATE))
    assert "Burned-in subtitles, line by line" in page
    assert "她离开了家" in page
    assert "She left / home &amp; &lt;b&gt;ran&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "Where marks and credits point" in page
