"""Tables that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import story
from tracer.report import FORMATS
from tracer.report.csv import cell
from tracer.report.material import Material

MATERIAL = Material(story.STATE)


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n 'a1＝＋－＠"), max_size=6))
def test_no_cell_can_run_as_a_formula(text):
    told = cell(text)
    assert (
        not str(told).lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    )
    assert str(told).removeprefix("'") == text or str(told) == text


def test_numbers_stay_numbers():
    assert cell(-0.5) == -0.5
    assert cell(None) == ""


@pytest.fixture
def folder(tmp_path):
    return FORMATS["csv"].write(story.CHAIN, tmp_path / "tables", MATERIAL)


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_four_tables_that_hang_together(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "links.csv",
        "posts.csv",
        "segments.csv",
        "videos.csv",
    ]
    videos = {row["sha256"] for row in _rows(folder / "videos.csv")}
    assert len(videos) == len(story.VIDEOS)
    assert {row["sha256"] for row in _rows(folder / "posts.csv")} <= videos
    links = {(row["source"], row["derived"]) for row in _rows(folder / "links.csv")}
    assert {(row["source"], row["derived"]) for row in _rows(folder / "segments.csv")} == links


def test_excel_reads_it_as_utf8_and_hostile_titles_are_text(folder):
    assert (folder / "posts.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    posts = {row["platform"]: row for row in _rows(folder / "posts.csv")}
    assert posts["pomegranate_cloud"]["account_name"] == "石榴云测试"
    assert posts["youtube"]["title"] == "'=1+1"
    assert posts["pomegranate_cloud"]["published_earliest"] == "2021-01-23T11:15:00Z"


def test_segments_are_named_by_source_and_derived(folder):
    row = next(row for row in _rows(folder / "segments.csv") if row["derived"] == story.YOUTUBE)
    assert (row["derived_start"], row["source_start"]) == ("2.0", "0.0")
