"""A channel's intro, in front of films that have nothing else in common, makes no match."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.media.ffmpeg import binary

INTRO = ("rolling-ball", 1.0, 3.0)
BODIES = (
    ("city", 0.0),
    ("french-gp-1906", 11.0),
    ("french-gp-1906", 2.0),
    ("sintel", 1.0),
    ("sintel", 12.0),
    ("sintel", 24.0),
    ("wanna", 1.0),
    ("wanna", 12.0),
    ("wanna", 24.0),
)
SECONDS = 7.0


def _programme(fixtures: Path, name: str, start: float, out: Path) -> Path:
    """Write the intro and seven seconds of a film, both at one size and rate."""
    clips = fixtures / "clips"
    fit = "fps=25,scale=320:240,setsar=1,format=yuv420p"
    words = ["-ss", INTRO[1], "-t", INTRO[2], "-i", clips / f"{INTRO[0]}.mp4"]
    words += ["-ss", start, "-t", SECONDS, "-i", clips / f"{name}.mp4"]
    words += ["-filter_complex", f"[0:v]{fit}[a];[1:v]{fit}[b];[a][b]concat=n=2[v]"]
    words += ["-map", "[v]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", out]
    subprocess.run([binary(), "-v", "error", *map(str, words)], check=True)
    return out


@pytest.mark.slow
def test_a_shared_intro_makes_no_match(fixtures: Path, tmp_path: Path) -> None:
    films = [
        _programme(fixtures, name, start, tmp_path / f"{number}.mp4")
        for number, (name, start) in enumerate(BODIES)
    ]
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(film) for film in films], read_text=False)
        # Not each pair is found, but each that is has the intro alone in common.
        assert pipeline.families(index) == []
        assert index.all_matches()  # the intro is found; what it is, many films together tell

        answer = pipeline.check(index, str(films[0]))

    assert answer.findings.matches == ()
    told = [miss.detail for miss in answer.findings.nearest]
    assert any("open or close" in one for one in told)
