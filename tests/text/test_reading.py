"""What is read, by real networks on real footage: words, times, and what is no subtitle."""

from __future__ import annotations

import json

import pytest

from tests.text.frames import font, outlined, read
from tracer.text.lines import lines_of
from tracer.text.spelling import distance


@pytest.fixture(scope="module")
def city(fixtures):
    return fixtures / "clips" / "city.mp4"  # 640 x 360, 7.6 s, the camera moves throughout


def kinds(track):
    return {line.kind for line in track.lines}


def test_burned_in_chinese_is_read_with_its_times(fixtures):
    told = json.loads((fixtures / "truth.json").read_text("utf-8"))["clips"]["sintel-chinese"]
    cues = next(e for e in told["edits"] if e["kind"] == "subtitles")["detail"]["cues"]
    track = read(fixtures / "clips" / "sintel-chinese.mp4", lambda pen, at: None)
    lines = [line for line in track.lines if line.kind == "subtitle"]
    assert len(lines) == 3
    for line, cue in zip(lines, cues, strict=False):
        assert distance(line.text, cue["text"]) <= 1
        assert line.language == "zh"
        assert abs(line.start - cue["start"]) <= 0.3
    assert abs(lines[1].end - cues[1]["end"]) <= 0.3
    assert track.unchecked == ()


def test_lines_that_change_are_subtitles_and_a_name_that_stays_is_a_mark(city):
    words = ("Nobody asked me anything", "and I did not say a word", "until the very end.")

    def draw(pen, at):
        outlined(pen, (320, 340), words[min(2, int(at / 2.5))])
        outlined(pen, (20, 40), "Valley TV", 20, anchor="lm")

    track = read(city, draw)
    lines = [line for line in track.lines if line.kind == "subtitle"]
    assert [line.text for line in lines] == list(words)
    assert [line.language for line in lines] == ["en"] * 3
    assert [abs(line.start - 2.5 * at) <= 0.3 for at, line in enumerate(lines)] == [True] * 3
    (mark,) = [line for line in track.lines if line.kind == "mark"]
    assert mark.text == "Valley TV"
    assert (mark.start, mark.box[0] < 0.1, mark.box[1] < 0.15) == (0.0, True, True)


def test_a_ticker_is_no_subtitle(city):
    words = "Markets close higher after a quiet week in the valley, officials say +++ "

    def draw(pen, at):
        pen.rectangle((0, 326, 640, 360), fill=20)
        pen.text((640 - 90 * at, 343), words * 2, font=font(22), fill=240, anchor="lm")

    assert "subtitle" not in kinds(read(city, draw))


def test_lines_that_scroll_up_are_no_subtitles(city):
    names = ["Director Ann Example", "Camera Bo Sample", "Sound Cy Specimen", "Thanks to all"]

    def draw(pen, at):
        for row, name in enumerate(names):
            outlined(pen, (320, 380 + 60 * row - 60 * at), name)

    assert "subtitle" not in kinds(read(city, draw))


def test_a_sung_line_is_told_from_a_subtitle(city):
    words = ("Far away across the hills", "someone sings a song for me")

    def draw(pen, at):
        text, part = words[int(at / 3.7) % 2], (at % 3.7) / 3.2
        face = font(26)
        wide = face.getlength(text)
        left = 320 - wide / 2
        outlined(pen, (left, 340), text, 26, 255, "ls")
        sung = text[: round(part * len(text))]
        pen.text((left, 340), sung, font=face, fill=130, anchor="ls")

    track = read(city, draw)
    assert "karaoke" in kinds(track)
    assert "subtitle" not in kinds(track)


def test_a_sign_that_moves_with_the_scene_is_no_subtitle(city):
    def draw(pen, at):
        x = 60 + 55 * at
        pen.rectangle((x - 10, 150, x + 130, 190), fill=60)
        pen.text((x, 170), "BAKERY", font=font(28), fill=230, anchor="lm")

    assert kinds(read(city, draw)) <= {"scene", "ticker"}


def test_mirrored_letters_are_read_and_said_to_be(fixtures):
    track = read(fixtures / "clips" / "sintel-twitter.mp4", lambda pen, at: None, 5.0)
    lines = [line for line in track.lines if line.kind == "subtitle"]
    assert lines
    assert all(line.mirrored for line in lines)
    assert (
        distance(lines[0].text, "Nobody in the valley believed\nthat she would ever come back.") < 4
    )


def test_letters_of_another_script_keep_their_box_and_are_told_of(city):
    try:
        face = font(30, "DejaVuSans-Bold.ttf")
    except OSError:
        pytest.skip("no font with Arabic letters here")

    def draw(pen, at):
        pen.text(
            (320, 340), "بىز بۇ يەردە ئىشلەيمىز دەيدۇ", font=face, fill=255, anchor="ms",
            stroke_width=2, stroke_fill=0,
        )  # fmt: skip

    track = read(city, draw, 4.0)
    (line,) = [line for line in track.lines if line.box[1] > 0.7]
    assert (line.kind, line.text, line.language) == ("unreadable", "", "und")
    assert "can't be read" in track.unchecked[0].reason


def test_nothing_is_read_where_nothing_is_written(city):
    assert read(city, lambda pen, at: None).lines == ()


def test_no_rows_make_no_lines():
    from tracer.settings import DEFAULT
    from tracer.text.kinds import Scene

    assert lines_of([], Scene(10.0, ()), DEFAULT.text) == []
