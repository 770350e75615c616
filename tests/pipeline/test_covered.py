"""A band of one colour over the foot of a copy tells nothing false of who came first."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.media.ffmpeg import binary


@pytest.mark.parametrize("colour", ["black", "white"])
def test_a_band_took_no_subtitles_away(colour: str, fixtures: Path, tmp_path: Path) -> None:
    source, query = fixtures / "clips" / "city.mp4", tmp_path / "covered.mp4"
    band = f"drawbox=x=0:y=ih*0.8:w=iw:h=ih*0.2:color={colour}:t=fill"
    words = [binary(), "-v", "error", "-i", source, "-t", 6, "-vf", band, "-crf", 26, query]
    subprocess.run([str(word) for word in words], check=True)
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(source)], jobs=1, read_text=False)
        (answer,) = pipeline.check_all(index, [str(query)], read_text=False)

    (found,) = answer.findings.matches
    assert found.verdict == "match"
    assert "subtitles" not in {edit.kind for edit in found.edits}
    assert "match_from_query" not in {cue.favours for cue in found.derivation.evidence}
    assert found.derivation.verdict != "match_from_query"
