"""Sentences: no time without its uncertainty and source, no character that steers a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index import builders as make
from tests.report import story
from tracer.model import Edit, Instant, Segment, Unchecked
from tracer.report import edits, wording


@given(st.text())
def test_plain_text_holds_nothing_that_steers(text):
    told = wording.plain(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in told)
    assert not set(told) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_letters_of_every_script_stay():
    for text in ("石榴云测试", "الأرشيف", "ئۇيغۇرچە", "👨\u200d👩\u200d👧 naïve"):
        assert wording.plain(text) == text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "1:00:00"), (7384.4, "2:03:04")],
)
def test_a_clock(seconds, words):
    assert wording.clock(seconds) == words


def test_a_clock_with_tenths_carries_over():
    assert wording.clock(59.96, tenths=True) == "1:00.0"
    assert wording.clock(0.04, tenths=True) == "0:00.0"


def _claim(width: timedelta, source: str = "post_id", zone: str = "") -> Instant:
    start = datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
    return Instant(start, start + width, source, "raw", zone)


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (timedelta(0), "no uncertainty stated"),
        (timedelta(seconds=1), "±\u00a00.5\u00a0s"),
        (timedelta(minutes=30), "some time within 30 minutes"),
        (timedelta(hours=50), "some time within 50 hours"),
        (timedelta(days=9), "some time within 9 days"),
        (timedelta(days=20000), "an upper bound only"),
    ],
)
def test_every_claim_says_how_far_it_may_be_off(width, words):
    assert words in wording.claim(_claim(width))


def test_a_claim_names_its_source_and_the_zone_it_was_given_in():
    assert "read from the post's id" in wording.claim(_claim(timedelta(0)))
    assert "given at +08:00" in wording.claim(_claim(timedelta(0), zone="+08:00"))
    assert "odd source" in wording.claim(_claim(timedelta(0), source="odd_source"))


def test_a_post_without_a_time_says_so():
    assert "no time stated; collected" in wording.published(story.VIDEOS[3].posts[0])
    assert wording.published(replace(story.FIRST_POST, published=None, collected=None)) == (
        "no time known"
    )


def test_a_long_name_keeps_both_ends():
    told = wording.shortened("start" + "x" * 100 + "end.mp4", 20)
    assert len(told) == 20
    assert told.startswith("start")
    assert told.endswith("end.mp4")


def test_what_was_searched_is_told_also_when_it_is_nothing():
    assert wording.searched(replace(story.STATE, videos=0)) == "an empty index"
    assert wording.searched(story.STATE) == ("1,204 videos, 20.1 hours, as of 2026-11-22 01:00 UTC")


def test_many_segments_are_summed_up():
    many = [Segment(n, n + 1, n, n + 1, 1.0, 0.9) for n in range(20)]
    assert wording.segments(many).endswith("and 14 more segments")


def test_not_checked_never_reads_as_nothing_found():
    told = wording.not_checked(Unchecked("a.mp4", "sound", "no sound track."))
    assert told == "sound of a.mp4: no sound track"


# --- edits ---


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (story.SUBTITLES, "English subtitles added at the bottom"),
        (story.CROP, "cropped by 8 %"),
        (story.MIRROR, "one is the other's mirror image, nothing tells which"),
        (story.LOGO, "perhaps the match carries a logo at the top right"),
        (Edit("crop", "match", 0.9, {"box": [0, 0, 0.5, 1]}), "the match is cropped by 50 %"),
        (Edit("speed", "query", 0.9, {"speed": 1.25}), "played 1.25 times faster"),
        (
            Edit("color", "match", 0.9, {"grey": "match"}),
            "the match has lost its colours",
        ),
        (Edit("color", "query", 0.9, {"from_grey": {"query": 9.0, "match": 6}}), "colours changed"),
        (
            Edit("subtitles", "match", 0.9, {"language": "zh"}, "removed"),
            "the match has Chinese subtitles",
        ),
        (
            Edit(
                "subtitles",
                "query",
                0.9,
                {"language": "en", "replaced_language": "zh"},
                "replaced",
            ),
            "other subtitles, English instead of Chinese ones",
        ),
    ],
)
def test_an_edit_in_words(edit, words):
    assert edits.phrase(edit) == words


def test_what_may_be_of_either_side_is_said_once():
    size = Edit("resize", "unknown", 0.9, {"match": [640, 360], "query": [480, 270]})
    rate = Edit("frame_rate", "unknown", 0.9, {"match": 24.0, "query": 30.0})
    coded = Edit("reencode", "unknown", 0.9, {})
    assert edits.phrases([coded, story.CROP, rate, size, story.MIRROR]) == [
        "cropped by 8 %",
        "one is the other's mirror image, nothing tells which",
        "frame rate changed (24 to 30 a second), scaled from 640×360 to 480×270 and re-encoded, "
        "nothing tells on which side",
    ]
    assert edits.phrases([coded]) == ["one of the two is re-encoded, nothing tells which"]


def test_another_video_on_top_is_no_logo():
    face = Edit("overlay", "match", 0.9, {"what": "another video", "box": [0.6, 0.0, 1.0, 0.3]})
    assert edits.phrase(face) == "the match carries another video at the top right"


@pytest.mark.parametrize("kind", list(edits.KINDS))
@pytest.mark.parametrize("side", ["query", "match", "unknown"])
@pytest.mark.parametrize("detail", [{}, {"box": "nonsense"}, {"box": [0.1, 0.2, 0.9, 0.8]}])
def test_every_edit_has_words_whatever_its_detail_holds(kind, side, detail):
    change = "added" if kind == "subtitles" else None
    assert edits.phrase(Edit(kind, side, 0.9, detail, change)).strip()
    assert edits.short(Edit(kind, side, 0.9, detail, change)).strip()


def test_every_edit_kind_of_the_model_has_a_rank():
    assert set(edits.TELLING) == set(edits.KINDS)


def test_what_is_only_possible_may_show_the_same_footage() -> None:
    sure = make.match("q", "a")
    unsure = replace(make.match("q", "b"), verdict="possible")
    assert wording.sharing([sure]) == "1 video shows the same footage"
    assert wording.sharing([unsure]) == "1 video may show the same footage"
    assert wording.sharing([sure, unsure, unsure]) == "1 video shows the same footage, 2 more may"
