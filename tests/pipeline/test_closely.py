"""A copy that the index leaves open is told with the indexed file itself, where it is at hand."""

from __future__ import annotations

import json
import shutil

import pytest

from tracer import pipeline
from tracer.cli.main import main
from tracer.fingerprint.take import take, take_closely, take_query
from tracer.index.store import Index
from tracer.match import explain_pair
from tracer.media.digest import sha256_of
from tracer.media.frames import DecodeLog, sampled_frames
from tracer.media.probe import probe
from tracer.settings import DEFAULT

from ..films import ffmpeg_of

SECONDS = 42


@pytest.fixture(scope="module")
def film(tmp_path_factory, fixtures):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    shutil.copy(fixtures / "clips" / "wanna.mp4", path)
    return path


@pytest.fixture(scope="module")
def strip(tmp_path_factory, film):
    """A third of the width, coarsely coded: too little of it for what the index keeps."""
    path = tmp_path_factory.mktemp("strip") / "strip.mp4"
    ffmpeg_of(film, path, "-vf", "crop=iw*0.3:ih,scale=200:-2", "-crf", 32, "-an")
    return path


@pytest.fixture
def index(tmp_path, film):
    path = tmp_path / "case.db"
    with Index.open(path, "write") as opened:
        pipeline.take_in(opened, [str(film)], jobs=1, read_text=False)
    return path


def fingerprinted(path, how):
    video = probe(path, sha256_of(path), DEFAULT.media)
    return video, how(path, video, DEFAULT)


def test_a_strip_of_a_film_is_told_with_the_film_at_hand(index, film, strip):
    with Index.open(index) as opened:
        (found,) = pipeline.check(opened, str(strip)).findings.matches
        report = pipeline.explain(opened, str(strip), str(film))
    stored = explain_pair(fingerprinted(strip, take_query), fingerprinted(film, take), DEFAULT)
    assert stored.outcome != "match"  # else this shows nothing: choose a narrower strip
    assert found.verdict == "match"
    assert report.outcome == "match"
    (segment,) = found.segments
    assert segment.query_end == pytest.approx(SECONDS, abs=1)


def test_without_the_film_the_answer_says_so(index, film, strip, capsys):
    away = film.with_suffix(".away")
    film.rename(away)
    try:
        status = main(["check", "--index", str(index), "--json", "--no-text", str(strip)])
    finally:
        away.rename(film)
    answer = json.loads(capsys.readouterr().out)
    assert status in (0, 1)
    assert not [one for one in answer["matches"] if one["verdict"] == "match"]
    assert "not at hand for a closer look" in json.dumps(answer)


def test_a_span_of_a_file_gives_the_frames_of_the_whole(film):
    whole = [frame.time for frame in sampled_frames(film, DecodeLog())]
    part = [frame.time for frame in sampled_frames(film, DecodeLog(), span=(5.0, 8.0))]
    # Which frames nothing refers to, and so are passed over, depends on where decoding begins.
    assert part == pytest.approx([time for time in whole if 4.99 < time <= 8.0], abs=0.05)


def test_a_closer_look_keeps_the_sound_that_is_stored(film):
    video, stored = fingerprinted(film, take)
    closer = take_closely(film, video, stored, DEFAULT, (5.0, 8.0))
    assert closer.sound is stored.sound
    assert closer.mirrored is None
    assert closer.duration == stored.duration
    assert closer.miniature.timestamps[0] > 4.9
    assert closer.miniature.timestamps[-1] <= 8.0
    assert len(closer.miniature.timestamps) > 2.5 * 3 / DEFAULT.match.sampling_gap


def test_what_shares_its_sound_is_looked_at_closely_too(tmp_path, fixtures):
    film, copy = fixtures / "clips" / "sintel.mp4", tmp_path / "copy.mp4"
    narrow = "crop=iw*0.25:ih*0.45,scale=200:330"  # squeezed as well: no feature is left in common
    ffmpeg_of(film, copy, "-t", 15, "-vf", narrow, "-crf", 32, "-c:a", "copy")
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(film)], jobs=1, read_text=False)
        findings = pipeline.check(index, str(copy)).findings
    (found,) = findings.matches
    assert found.verdict == "match"
    assert found.sound.verdict == "same"
    assert findings.same_sound == ()
    (segment,) = found.segments
    assert (segment.query_start, segment.match_start) == pytest.approx((0.0, 0.0), abs=1)
