"""Two tracks beside each other: added, removed, replaced, or the same through a bad copy."""

from __future__ import annotations

import pytest

from tracer.compare.tracks import lettered, side_by_side
from tracer.index.turned import turned
from tracer.model import IDENTITY, Edit, Match, Segment, TextLine, TextTrack
from tracer.settings import DEFAULT

SETTINGS = DEFAULT.text
ENGLISH = ("She left home in winter.", "Nobody believed her.", "She is walking south.")
CHINESE = ("她在冬天离开了家", "没有人相信她", "她还在往南走")
BOX = (0.2, 0.8, 0.8, 0.92)


def track(*texts, shift=0.0, kind="subtitle", box=BOX):
    return TextTrack(
        "reader",
        tuple(
            TextLine(
                3.0 * at + shift, 3.0 * at + 2.8 + shift, box, text,
                "en" if text.isascii() else "zh", kind, 0.97,
            )
            for at, text in enumerate(texts)
        ),
    )  # fmt: skip


def match(*edits, start=0.0, length=9.0, speed=1.0):
    segment = Segment(0.0, length, start, start + length * speed, speed, 0.98)
    return Match("q", "m", 0.98, "match", (segment,), IDENTITY, edits=edits)


def subtitles(found):
    return [edit for edit in found.edits if edit.kind == "subtitles"]


@pytest.mark.parametrize(
    ("query", "other", "change", "side", "language"),
    [
        (track(*ENGLISH), track(), "added", "query", "en"),
        (track(), track(*CHINESE), "removed", "match", "zh"),
        (track(*ENGLISH), track(*CHINESE), "replaced", "query", "en"),
    ],
)
def test_what_was_done_to_the_subtitles(query, other, change, side, language):
    (edit,) = subtitles(lettered(match(), query, other, SETTINGS))
    assert (edit.change, edit.side, edit.detail["language"]) == (change, side, language)
    assert edit.detail["lines"] == 3
    assert edit.detail["box"] == list(BOX)
    assert edit.detail.get("replaced_language") == ("zh" if change == "replaced" else None)


def test_the_same_lines_are_no_edit_whatever_the_pixels_say():
    blurred = track("She left hone in winter.", "Nobody bel1eved her", "She is walking south.")
    pixels = Edit("subtitles", "query", 0.7, {"box": list(BOX)}, "added")
    found = lettered(match(pixels), blurred, track(*ENGLISH), SETTINGS)
    assert subtitles(found) == []
    assert [pair.relation for pair in found.text.pairs] == ["same"] * 3


@pytest.mark.parametrize(
    ("words", "seen", "told"),
    [
        ("SAM", False, False),  # on a toy
        ("SAM", True, True),
        ("She left home in winter.", False, True),
        ("我们很自由了", False, True),
    ],
)
def test_a_few_letters_that_the_pixels_do_not_show_are_no_subtitles(words, seen, told):
    pixels = [Edit("subtitles", "match", 0.7, {"box": list(BOX)}, "removed")] if seen else []
    found = lettered(match(*pixels), track(), track(words), SETTINGS)
    assert bool(subtitles(found)) == told
    assert [pair.relation for pair in found.text.pairs] == ["match_only"]


@pytest.mark.parametrize(
    ("alike", "seen", "told"),
    [
        (0.9, False, False),  # a title that one of two readers missed
        (0.2, False, True),
        (None, False, True),  # in a bar that the other does not have
        (0.9, True, True),  # the pictures show lines: they are not asked again
    ],
)
def test_lines_that_both_show_are_no_subtitles_whoever_read_them(alike, seen, told):
    pixels = [Edit("subtitles", "query", 0.7, {"box": list(BOX)}, "added")] if seen else []
    found = lettered(match(*pixels), track(*ENGLISH), track(), SETTINGS, lambda *_: alike)
    assert bool(subtitles(found)) == told
    assert [pair.relation for pair in found.text.pairs] == ["query_only"] * 3


def test_the_films_are_not_asked_where_the_tracks_agree():
    """Of thousands of copies with the same subtitles each pair would cost two films."""

    def beneath(line, of_query):
        raise AssertionError(line)

    misread = track(*ENGLISH[:2], "Shc iz vvalkimg soulh")
    found = lettered(match(), track(*ENGLISH), misread, SETTINGS, beneath)
    assert [pair.relation for pair in found.text.pairs] == ["same", "same", "changed"]
    assert subtitles(found) == []


def test_of_lines_that_differ_those_count_that_the_pictures_bear_out():
    def beneath(line, of_query):
        return 0.9 if line.text == ENGLISH[1] else 0.1

    (edit,) = subtitles(lettered(match(), track(*ENGLISH), track(), SETTINGS, beneath))
    assert edit.detail["lines"] == 2


@pytest.mark.parametrize(("inset", "told"), [((0.0, 0.0, 1.0, 0.5), False), (BOX, True)])
def test_the_lines_of_the_video_around_an_inset_are_not_its_own(inset, told):
    around = Edit("picture_in_picture", "query", 0.85, {"box": list(inset)})
    found = lettered(match(around), track(*ENGLISH), track(), SETTINGS)
    assert bool(subtitles(found)) == told


@pytest.mark.parametrize(("length", "kind"), [(3.0, "subtitles"), (9.0, "overlay")])
def test_a_line_of_three_seconds_may_be_a_subtitle(length, kind):
    stays = TextTrack("reader", (TextLine(0.0, 9.0, BOX, "before winter", "en", "caption", 0.98),))
    pixels = Edit("subtitles", "query", 0.7, {"box": list(BOX)}, "added")
    (edit,) = lettered(match(pixels, length=length), stays, track(), SETTINGS).edits
    assert edit.kind == kind


@pytest.mark.parametrize(
    ("kind", "box", "told"),
    [
        (None, BOX, False),
        ("unreadable", BOX, True),  # of a script that the reader does not know
        ("scene", BOX, True),
        ("unreadable", (0.2, 0.1, 0.8, 0.2), False),
    ],
)
def test_subtitles_stand_where_the_reader_saw_letters(kind, box, told):
    pixels = Edit("subtitles", "query", 0.7, {"box": list(BOX)}, "added")
    seen = track() if kind is None else track("", "", kind=kind, box=box)
    assert bool(subtitles(lettered(match(pixels), seen, track(), SETTINGS))) == told
    assert subtitles(lettered(match(pixels), None, track(), SETTINGS)) == [pixels]


def test_lines_are_laid_side_by_side_over_cut_and_speed():
    other = track(*ENGLISH, shift=10.0)
    text = side_by_side(match(start=10.0).segments, track(*CHINESE), other, SETTINGS)
    assert [(p.query.text, p.match.text) for p in text.pairs] == list(
        zip(CHINESE, ENGLISH, strict=True)
    )
    assert (text.query_languages, text.match_languages) == (("zh",), ("en",))


def test_lines_outside_the_matched_seconds_say_nothing():
    far = track(*ENGLISH, shift=50.0)
    assert subtitles(lettered(match(), far, track(), SETTINGS)) == []


def test_without_a_track_the_pixels_word_stands():
    pixels = Edit("subtitles", "query", 0.7, {"box": list(BOX)}, "added")
    found = lettered(match(pixels), None, track(*ENGLISH), SETTINGS)
    assert (found.edits, found.text) == ((pixels,), None)


def test_a_band_from_edge_to_edge_keeps_the_box_of_the_pixels():
    pixels = Edit("subtitles", "query", 0.7, {"box": [0.0, 0.78, 1.0, 1.0]}, "added")
    (edit,) = subtitles(lettered(match(pixels), track(*ENGLISH), track(), SETTINGS))
    assert edit.detail["box"] == [0.0, 0.78, 1.0, 1.0]
    assert edit.confidence > 0.9


def test_letters_that_stay_are_an_overlay_with_what_they_say():
    box = (0.03, 0.05, 0.3, 0.1)
    stays = TextTrack("reader", (TextLine(0.0, 9.0, box, "抖音号：niu2021", "zh", "mark", 0.98),))
    pixels = Edit("subtitles", "query", 0.7, {"box": list(box)}, "added")
    (edit,) = lettered(match(pixels), stays, track(), SETTINGS).edits
    assert (edit.kind, edit.side, edit.change) == ("overlay", "query", None)
    assert (edit.detail["text"], edit.detail["platform"]) == ("抖音号：niu2021", "douyin")


def test_seen_from_the_other_side_it_says_the_same():
    found = lettered(match(), track(*ENGLISH), track(*CHINESE), SETTINGS)
    back = turned(found)
    assert [edit.detail["language"] for edit in subtitles(back)] == ["zh"]
    assert back.text.query_languages == ("zh",)
    assert turned(back).text == found.text
