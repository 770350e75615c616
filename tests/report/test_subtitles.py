"""SubRip and WebVTT hold the lines and their times; JSON holds all that was read."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tracer.model import TextLine, TextTrack
from tracer.report import subtitles

words = st.text(alphabet="ab 很自由<&>-", min_size=1, max_size=8).map(str.strip).filter(bool)
rows = st.lists(words, min_size=1, max_size=2).map("\n".join)
millis = st.integers(0, 3 * 3600 * 1000)
lines = st.builds(
    lambda text, start, length: TextLine(
        start / 1000, (start + length) / 1000, (0.1, 0.8, 0.9, 0.9), text, "zh", "subtitle", 0.9
    ),
    rows,
    millis,
    st.integers(1, 9000),
)


def seconds(clock):
    hours, minutes, rest = clock.replace(",", ".").split(":")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(rest), 3)


def parsed(text):
    """Read SubRip back: number, times, rows, an empty line."""
    cues = []
    for block in re.split(r"\n\n", text.strip("\n")):
        number, times, *said = block.split("\n")
        start, end = times.split(" --> ")
        cues.append((int(number), seconds(start), seconds(end), "\n".join(said)))
    return cues


@given(st.lists(lines, min_size=1, max_size=6))
def test_subrip_gives_back_what_it_was_given(some):
    track = TextTrack("reader", tuple(some))
    shown = subtitles.burned_in(track)
    told = parsed(subtitles.written("f" * 64, track, "srt"))
    assert told == [
        (number, round(one.start, 3), round(one.end, 3), one.text)
        for number, one in enumerate(shown, 1)
    ]
    assert [cue[1] for cue in told] == sorted(cue[1] for cue in told)


def test_webvtt_escapes_what_would_be_markup():
    line = TextLine(61.5, 62, (0.1, 0.8, 0.9, 0.9), "a <b> & c", "en", "subtitle", 0.9)
    text = subtitles.vtt([line])
    assert text.startswith("WEBVTT\n\n00:01:01.500 --> 00:01:02.000\n")
    assert "a &lt;b&gt; &amp; c" in text


def test_only_subtitles_are_printed_and_all_lines_are_in_the_json():
    lines = tuple(
        TextLine(0.0, 4.0, (0.1, 0.1, 0.2, 0.2), text, "und", kind, 0.9)
        for text, kind in (("words", "subtitle"), ("NEWS", "mark"), ("", "unreadable"))
    )
    record = subtitles.record("f" * 64, TextTrack("reader", lines))
    assert [line["kind"] for line in record["lines"]] == ["subtitle", "mark", "unreadable"]
    assert record["lines"][2]["text"] is None
    assert len(subtitles.burned_in(TextTrack("reader", lines))) == 1
