"""The decisions on the fixtures: who matches whom, which seconds, and who does not."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import ffmpeg
import numpy as np
import pytest

from tracer.fingerprint.take import take, take_query
from tracer.match import explain_pair, find
from tracer.match.find import verdict_of
from tracer.match.score import FEATURES, GATES, score
from tracer.match.searched import from_fingerprints
from tracer.media.digest import sha256_of
from tracer.media.probe import probe
from tracer.settings import DEFAULT

from ..films import blobs, encode, run, textured
from .test_registration import picture

_TRUTH = json.loads(
    (Path(__file__).resolve().parents[2] / "fixtures" / "truth.json").read_text("utf-8")
)
FOUND = [name for name, clip in _TRUTH["clips"].items() if clip["parents"]]
FOUND += [name for name, clip in _TRUTH["queries"].items() if clip["expected"] == "match"]
SECOND = 1.0  # by which both ends of a segment may err


def ends_of(found):
    return np.array([found.query_start, found.query_end, found.match_start, found.match_end])


def true_ends(stated):
    names = ("clip_start", "clip_end", "source_start", "source_end")
    return np.array([stated[name] for name in names], float)


# --- who matches whom, and which seconds ---------------------------------------------------------


@pytest.mark.parametrize("name", FOUND)
def test_a_variant_finds_its_source_and_the_right_seconds(clips, name):
    matches = {clips.names[match.sha256]: match for match in clips.findings(name).matches}
    assert set(matches) == clips.works(name)
    for source, match in matches.items():
        assert match.verdict == "match"
        assert match.query_sha256 == clips.video(name).sha256
        stated = [one for one in clips.entries[name]["segments"] if one["source"] == source]
        for one in stated:
            true = true_ends(one)
            error = [np.abs(ends_of(found) - true).max() for found in match.segments]
            nearest = match.segments[int(np.argmin(error))]
            assert min(error) <= SECOND, (ends_of(nearest), true)
            assert nearest.speed == pytest.approx(one["speed"], rel=0.04)


@pytest.mark.parametrize("name", FOUND)
def test_no_seconds_are_claimed_that_are_not_shared(clips, name):
    """Every segment lies within a true one and on its line, to a second."""
    for match in clips.findings(name).matches:
        source = clips.names[match.sha256]
        stated = [one for one in clips.entries[name]["segments"] if one["source"] == source]
        for found in match.segments:
            assert any(on_true_line(found, one) for one in stated), found


def on_true_line(found, stated):
    start, end, there, _ = true_ends(stated)
    q0, q1, m0, m1 = ends_of(found)
    inside = q0 >= start - SECOND and q1 <= end + SECOND
    errors = (m0 - (there + stated["speed"] * (q0 - start)),
              m1 - (there + stated["speed"] * (q1 - start)))  # fmt: skip
    return inside and max(map(abs, errors)) <= SECOND


MIRRORED = {"sintel-twitter", "wanna-mirror"}


@pytest.mark.parametrize("name", FOUND)
def test_the_mirror_image_is_told_from_the_picture(clips, name):
    for match in clips.findings(name).matches:
        assert match.transform.mirrored == (name in MIRRORED)


def test_a_screenshot_names_the_video_and_the_second(clips):
    (match,) = clips.findings("screenshot").matches
    assert clips.names[match.sha256] == "sintel"
    (moment,) = match.segments
    stated = clips.entries["screenshot"]["second"]
    assert moment.match_start == moment.match_end == pytest.approx(stated, abs=0.5)
    assert moment.query_start == moment.query_end == 0


def test_a_mirrored_screenshot_does_so_too(clips, tmp_path):
    image = cv2.imread(str(clips.path("screenshot")))
    path = tmp_path / "mirrored.png"
    cv2.imwrite(str(path), np.ascontiguousarray(image[:, ::-1]))
    (match,) = find(asked(path), clips.index(), DEFAULT).matches
    assert clips.names[match.sha256] == "sintel"
    assert match.transform.mirrored
    assert match.segments[0].match_start == pytest.approx(23.0, abs=0.5)


def test_an_unrelated_video_matches_nothing(clips):
    found = clips.findings("unrelated")
    assert found.matches == ()
    assert found.same_scene == ()
    assert all(miss.failed and miss.detail for miss in found.nearest)


def test_no_two_originals_match_and_none_matches_itself(clips):
    for name in clips.originals:
        found = find(clips.stored(name), clips.index(), DEFAULT)
        assert found.matches == ()
        assert found.same_scene == ()
        assert clips.video(name).sha256 not in {miss.sha256 for miss in found.nearest}


@pytest.mark.parametrize("name", ["city-letterbox", "compilation", "dog-small", "screenshot"])
def test_the_order_of_the_index_changes_nothing(clips, name):
    index = from_fingerprints([clips.stored(each) for each in reversed(clips.originals)])
    assert find(clips.asked(name), index, DEFAULT) == clips.findings(name)


# --- why -----------------------------------------------------------------------------------------


def explained(clips, name, other, videos=1):
    pair = (clips.video(name), clips.asked(name)), (clips.video(other), clips.stored(other))
    return explain_pair(*pair, DEFAULT, videos)


def test_a_match_is_explained_step_by_step(clips):
    report = explained(clips, "city-logo", "city")
    names = [reason.name for reason in report.reasons]
    steps = ["query_frames", "match_frames", "hash_hits", "feature_votes", "transform"]
    assert names[: len(steps)] == steps
    assert {"frames_alike", "line_1", "score", *FEATURES} <= set(names)
    assert all(reason.detail for reason in report.reasons)
    assert (report.outcome, report.failed) == ("match", "")
    assert report.found.segments == clips.findings("city-logo").matches[0].segments
    assert report.score == report.found.score
    assert (report.query.sha256, report.match.sha256) == (
        clips.video("city-logo").sha256,
        clips.video("city").sha256,
    )


def test_a_failure_names_the_step(clips):
    for name, other in (("unrelated", "dog"), ("unrelated", "city"), ("city-logo", "rolling-ball")):
        report = explained(clips, name, other)
        assert report.outcome == "none"
        assert report.failed in {"candidates", "verification", "alignment", "score"}
        assert report.found is None
        assert report.score < 0.5
        assert any(not reason.passed for reason in report.reasons) or report.failed == "score"


MATCHING = DEFAULT.match

# --- the score -----------------------------------------------------------------------------------

SURE = {"motion": 3.0, "strong": 3.0, "moments": 2.5, "held": 1.4, "appearance": 3.0,
        "agreed": 1.0, "contrast": 2.5, "inliers": 2.5, "unity": 1.0, "natural": 1.0,
        "distinct": 3.0, "looks": 0.97}  # fmt: skip


def test_a_score_falls_with_the_number_of_videos_searched(clips):
    counts = (1, 100, 1000, 100_000, 10_000_000)
    scores = [score(SURE, videos, MATCHING) for videos in counts]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < scores[0]
    few, many = (explained(clips, "dog-small", "dog", videos).score for videos in (1, 1_000_000))
    assert many < few


def test_a_score_rises_with_each_of_its_parts_and_keeps_its_bounds():
    for name in FEATURES:
        less = score(SURE | {name: 0.5 * SURE[name]}, 1, MATCHING)
        assert 0 <= less <= score(SURE, 1, MATCHING) <= 1
    assert score(dict.fromkeys((*FEATURES, *GATES), 0.0), 1, MATCHING) < 0.01
    assert score(SURE | {"moments": 0.0}, 1, MATCHING) == 0


@pytest.mark.parametrize("value", [0.0, 0.49])
def test_a_low_score_has_no_verdict(value):
    assert verdict_of(value) is None


def test_verdicts_are_ordered():
    assert verdict_of(1.0) == "match"
    known = [verdict_of(value) for value in np.linspace(0, 1, 101)]
    assert known == sorted(known, key=[None, "possible", "match"].index)


# --- no match by accident ------------------------------------------------------------------------


def asked(path):
    return take_query(path, probe(path, sha256_of(path)), DEFAULT)


def stored(path):
    return take(path, probe(path, sha256_of(path)), DEFAULT)


def captioned(seed):
    """A drawn picture under a channel's caption and logo."""
    image = cv2.resize(picture(seed), (320, 180), interpolation=cv2.INTER_AREA)
    for thick, level in ((4, 0), (1, 255)):
        place = (20, 165)
        cv2.putText(
            image, "LIVE FROM THE SQUARE", place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, level, thick
        )
    cv2.rectangle(image, (270, 8), (312, 28), 230, -1)
    return image


def accident(folder, kind, seed):
    """Write one of the videos that carry next to nothing, or nothing of their own."""
    path = folder / f"{kind}-{seed}.mp4"
    if kind == "black":
        return encode(path, np.full((50, 180, 320), 16 + seed % 2, np.uint8), rate=5)
    if kind == "still":  # for a minute
        return encode(path, np.repeat(captioned(seed)[None], 120, axis=0), rate=2)
    if kind == "noise":
        noise = np.random.default_rng(seed).integers(0, 256, (40, 180, 320), dtype=np.uint8)
        return encode(path, noise, rate=5)
    if kind == "single":
        return encode(path, captioned(seed)[None])
    # Other things that move in one room, 200x200.
    room = textured(99, (200, 200))
    return encode(path, blobs(seed, np.arange(60) / 5, (200, 200), 3, room), rate=5)


ACCIDENTS = ["black", "still", "noise", "single", "square"]


@pytest.fixture(scope="module")
def crowd(clips, tmp_path_factory):
    """The originals, and one of each of these."""
    folder = tmp_path_factory.mktemp("crowd")
    others = [stored(accident(folder, kind, 1)) for kind in ACCIDENTS]
    return from_fingerprints([*(clips.stored(name) for name in clips.originals), *others])


@pytest.mark.parametrize("kind", ACCIDENTS)
def test_nothing_matches_by_accident(crowd, tmp_path, kind):
    query = asked(accident(tmp_path, kind, 2))
    found = find(query, crowd, DEFAULT)
    assert found.matches == ()
    if kind in ("black", "noise"):
        assert found.same_scene == ()


def test_a_tiny_square_copy_is_found(crowd, clips, tmp_path):
    """200x200 is little, but enough where the footage is the same."""
    path = tmp_path / "tiny.mp4"
    source = ffmpeg.input(str(clips.path("city"))).video.filter("scale", 200, 200)
    run(source.filter("setsar", 1).output(str(path), preset="ultrafast", crf=28))
    matches = find(asked(path), crowd, DEFAULT).matches
    assert [clips.names.get(match.sha256) for match in matches] == ["city"]
    assert matches[0].verdict == "match"


def test_an_empty_index_has_nothing(clips):
    found = find(clips.asked("dog-small"), from_fingerprints([]), DEFAULT)
    assert (found.matches, found.same_scene, found.nearest) == ((), (), ())


@pytest.mark.parametrize(
    ("distinct", "verdict"), [(0, None), (1, None), (2, "possible"), (3, "match")]
)
def test_too_few_distinct_moments_are_no_match_however_well_they_agree(distinct, verdict):
    numbers = SURE | {"distinct": float(distinct)}
    assert verdict_of(score(numbers, 1, MATCHING)) == verdict


def test_what_hardly_looks_alike_is_not_even_possible_however_alike_it_moves():
    """Fades and cuts of two films may fall together; their pictures do not."""
    assert verdict_of(score(SURE, 1, MATCHING)) == "match"
    assert verdict_of(score(SURE | {"looks": 0.7}, 1, MATCHING)) is None
