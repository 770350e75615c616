"""Clips that lie whole in a longer query: beside each other they are its parts, alone they may not.

The city and the rolling ball, one after the other, coded hard: each is whole in the query.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.media.ffmpeg import binary

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
def answer(fixtures, tmp_path_factory):
    """What is said of a query with one of its parts in the index, and with both."""
    folder = tmp_path_factory.mktemp("parts")
    query = put_together(fixtures, folder / "both.mp4")

    def asked(*names):
        with Index.open(folder / f"{len(names)}.db", "write") as index:
            clips = [str(fixtures / "clips" / f"{name}.mp4") for name in names]
            pipeline.take_in(index, clips, read_text=False)
            pipeline.match_inside(index)
            return pipeline.check(index, str(query)).findings.matches

    return asked


def test_whole_clips_one_after_the_other_are_parts_of_a_compilation(answer):
    found = answer(*PARTS)
    assert len(found) == len(PARTS)
    for match in found:
        kinds = {(edit.kind, edit.side) for edit in match.edits}
        assert ("compilation", "query") in kinds
        assert ("trim", "match") not in kinds
        assert match.derivation.verdict != "match_from_query"


def test_one_of_them_alone_may_be_an_excerpt(answer):
    (match,) = answer(PARTS[0])
    assert not any(edit.kind == "compilation" for edit in match.edits)
