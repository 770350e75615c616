"""Clips that lie whole in a longer query: beside each other they are its parts, alone they may not.

The city and the rolling ball, one after the other, coded hard: each is whole in the query.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.media.ffmpeg import binary
from tracer.media.probe import probe
from tracer.model import IDENTITY, Edit, Match, Segment
from tracer.pipeline.parts import told_together
from tracer.settings import DEFAULT

PARTS = ("rolling-ball", "city")


def put_together(fixtures: Path, out: Path) -> Path:
    """Write the parts one after the other, whole, at one size and rate."""
    fit = "fps=25,scale=320:180,setsar=1,format=yuv420p"
    words: list[str] = []
    for name in PARTS:
        words += ["-i", str(fixtures / "clips" / f"{name}.mp4")]
    words += ["-filter_complex", f"[0:v]{fit}[a];[1:v]{fit}[b];[a][b]concat=n=2[v]"]
    words += ["-map", "[v]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "34", str(out)]
    subprocess.run([binary(), "-v", "error", *words], check=True)
    return out


@pytest.fixture(scope="module")
def query(fixtures, tmp_path_factory):
    """Both parts in one film."""
    return put_together(fixtures, tmp_path_factory.mktemp("query") / "both.mp4")


def asked(query: Path, clips: list[Path], index: Path):
    """What is said of a query when the index holds some clips."""
    with Index.open(index, "write") as opened:
        pipeline.take_in(opened, [str(clip) for clip in clips], read_text=False)
        pipeline.match_inside(opened)
        return pipeline.check(opened, str(query))


def test_whole_clips_one_after_the_other_are_parts_of_a_compilation(query, fixtures, tmp_path):
    # Copies without their posts: no claim of time tells who was first.
    clips = [Path(shutil.copy(fixtures / "clips" / f"{name}.mp4", tmp_path)) for name in PARTS]
    answer = asked(query, clips, tmp_path / "case.db")
    assert "2 videos that were not found to match one another" in answer.statement
    found = answer.findings.matches
    assert len(found) == len(PARTS)
    for match in found:
        kinds = {(edit.kind, edit.side) for edit in match.edits}
        assert ("compilation", "query") in kinds
        assert ("trim", "match") not in kinds
        assert match.derivation.verdict != "match_from_query"

    # Cuts at the ends of a part are the compilation's, whichever side its pair had laid them to.
    one, other = found
    laid_there = replace(one, edits=(Edit("compilation", "match", 0.8, {}),))
    video = probe(query, "q" * 64)
    videos = {sha256: replace(video, sha256=sha256) for sha256 in (one.sha256, other.sha256)}
    pair = [replace(each, query_sha256=video.sha256) for each in (laid_there, other)]
    told, _ = told_together(pair, video, videos, (), DEFAULT)
    assert [(edit.kind, edit.side) for edit in told.edits] == [("compilation", "query")]


def test_a_possible_match_beside_a_part_is_a_part_too(query):
    """One pair alone tells that clips were put together, the other that its clip was cut out."""
    video = probe(query, "q" * 64)
    videos = {name * 64: replace(video, sha256=name * 64, duration=9.0) for name in "ab"}

    def pair(sha256, start, edit, verdict):
        segment = Segment(start, start + 8.0, 0.5, 8.5, 1.0, 0.95)
        return Match(video.sha256, sha256, 0.95, verdict, (segment,), IDENTITY, edits=(edit,))

    part = pair("a" * 64, 0.0, Edit("compilation", "query", 0.8, {}), "match")
    beside = pair("b" * 64, 8.2, Edit("trim", "match", 0.9, {}), "possible")
    told = told_together([part, beside], video, videos, (), DEFAULT)
    assert [edit.kind for one in told for edit in one.edits] == ["compilation", "compilation"]

    # Of a sure match a possible one decides nothing.
    unsure = replace(part, verdict="possible")
    told = told_together([unsure, replace(beside, verdict="match")], video, videos, (), DEFAULT)
    assert [edit.kind for edit in told[1].edits] == ["trim"]

    # What lies at the same seconds, or shares footage with the part, is a version of it.
    over = pair("b" * 64, 1.0, Edit("trim", "match", 0.9, {}), "possible")
    told = told_together([part, over], video, videos, (), DEFAULT)
    assert [edit.kind for edit in told[1].edits] == ["trim"]
    akin = replace(part, query_sha256="b" * 64, edits=())
    told = told_together([part, beside], video, videos, (akin,), DEFAULT)
    assert [edit.kind for edit in told[1].edits] == ["trim"]


def test_one_of_them_alone_may_be_an_excerpt(query, fixtures, tmp_path):
    clip = fixtures / "clips" / f"{PARTS[0]}.mp4"
    (match,) = asked(query, [clip], tmp_path / "case.db").findings.matches
    assert not any(edit.kind == "compilation" for edit in match.edits)


def test_the_halves_of_a_video_that_was_cut_apart_are_no_parts(fixtures, tmp_path):
    """The whole is coded worse than they are, as in a compilation; but no cut parts them."""
    film = fixtures / "clips" / "rolling-ball.mp4"
    halves = []
    for number, start in enumerate((0.0, 5.0)):
        half = tmp_path / f"{number}.mp4"
        words = ["-ss", str(start), "-t", "5", "-i", str(film), "-an", "-crf", "20", str(half)]
        subprocess.run([binary(), "-v", "error", *words], check=True)
        halves.append(half)
    whole = tmp_path / "whole.mp4"
    words = ["-i", str(film), "-an", "-vf", "scale=320:240", "-crf", "34", str(whole)]
    subprocess.run([binary(), "-v", "error", *words], check=True)
    found = asked(whole, halves, tmp_path / "case.db").findings.matches
    assert len(found) == len(halves)
    for match in found:
        assert not any(edit.kind == "compilation" for edit in match.edits)
