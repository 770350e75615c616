"""What a terminal and a pipe get."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from tests.report import story
from tracer.model import SceneMatch, Unchecked
from tracer.report import text


def printed(show, *arguments, width: int | None = None) -> str:
    """Return what is written; to a terminal of that width, or to a pipe."""
    file = io.StringIO()
    show(
        arguments[0],
        Console(file=file, width=width, force_terminal=width is not None),
        *arguments[1:],
    )
    return file.getvalue()


def test_an_answer_reads_as_sentences():
    told = printed(text.check, story.matched())
    assert "0:00 to 0:12 of the query shows 0:02 to 0:14 of it." in told
    assert "English subtitles added at the bottom; cropped by 8 %" in told
    assert "same sound." in told
    assert "The query derives from it" in told
    assert "Earliest known to this index" in told
    assert "[stated]" in told
    assert "Not checked: sound of f6f6f6f6f6f6: no sound track." in told
    assert "Searched: 1,204 videos, 20.1 hours" in told


def test_no_match_says_what_was_searched_and_where_the_nearest_failed():
    told = printed(text.check, story.unmatched())
    assert "Nothing in this index matches." in told
    assert "Searched: 1,204 videos, 20.1 hours, as of 2026-11-22 01:00 UTC." in told
    assert "failed at alignment: 2 moments agree, 3 are needed." in told
    assert told.index("0.31") < told.index("0.21")


def test_a_statement_is_told_once_and_first():
    answer = replace(story.matched(), statement=story.EARLIEST.statement)
    told = printed(text.check, answer)
    assert told.count(story.EARLIEST.statement) == 1
    assert told.splitlines()[1].startswith("Earliest known to this index")


def test_what_could_not_be_read_is_no_negative_answer():
    told = printed(text.check, story.unreadable())
    assert "could not be checked" in told
    assert "No match" not in told


def test_a_pipe_gets_no_escape_sequence_and_no_broken_sentence():
    for told in (printed(text.check, story.matched()), printed(text.chain, story.CHAIN)):
        assert "\x1b" not in told
        assert "\u202e" not in told
    told = printed(text.check, story.matched())
    assert any(
        "Posted on Pomegranate Cloud" in line and "stated" in line for line in told.splitlines()
    )


def test_a_file_name_is_no_markup():
    answer = replace(story.unmatched(), path="[bold red]x[/bold red].mp4")
    assert "[bold red]x[/bold red].mp4" in printed(text.check, answer)


@pytest.mark.parametrize("width", [30, 48, 100])
def test_no_line_is_wider_than_the_terminal(width):
    import re

    for told in (
        printed(text.check, story.matched(), width=width),
        printed(text.chain, story.CHAIN, story.STATE, width=width),
        printed(text.explain, story.PAIR, width=width),
    ):
        from rich.cells import cell_len

        bare = re.sub(r"\x1b\[[0-9;]*m", "", told)
        assert max(cell_len(line) for line in bare.splitlines()) <= width


def test_a_chain_puts_contradictions_before_everything_else_but_the_statement():
    told = printed(text.chain, story.CHAIN, story.STATE)
    assert told.startswith("Earliest known to this index")
    assert told.index("Contradiction") < told.index("Posts in the order")
    assert "Undetermined: pomegranate.mp4 and" in told
    assert "a common source of" in told
    assert "is not in this index" in told


def test_a_viral_family_is_summed_up():
    told = printed(text.chain, story.many(500), story.STATE)
    assert len(told.splitlines()) < 60
    assert "488 more copies" in told


def test_the_same_sound_says_of_the_pictures_what_is_known():
    answer = story.unmatched()
    assert "Same sound; the pictures were not found to match: " in printed(text.check, answer)
    looked_at = SceneMatch(story.ALONE, 0.6, "same room and camera, other moments")
    answer = replace(answer, findings=replace(answer.findings, same_scene=(looked_at,)))
    assert "Same sound, other moments in the pictures: " in printed(text.check, answer)
    untold = replace(looked_at, detail="same room and camera", other_moments=False)
    answer = replace(answer, findings=replace(answer.findings, same_scene=(untold,)))
    assert "Same sound; the pictures were not found to match: " in printed(text.check, answer)


def test_families_whose_text_was_not_read_say_so():
    steps = tuple(Unchecked(one, "text", "was not read yet") for one in (story.ALONE, story.DOUYIN))
    told = printed(text.families, [replace(story.FAMILY, unchecked=steps)], story.STATE)
    assert "Not checked: 2 videos, text: was not read yet." in told
    assert "Not checked" not in printed(text.families, [story.FAMILY], story.STATE)


def test_families_and_explanations():
    told = printed(text.families, [story.FAMILY], story.STATE)
    assert "6 videos on Douyin, Pomegranate Cloud, YouTube" in told
    assert "1 family in 1,204 videos" in told
    told = printed(text.explain, story.PAIR_APART)
    assert "A and B do not match." in told
    assert "failed at this step: alignment" in told


@pytest.mark.parametrize(
    "told",
    [
        printed(text.check, story.matched()),
        printed(text.chain, story.CHAIN, story.STATE),
        printed(text.families, [story.FAMILY], story.STATE),
    ],
)
def test_nothing_is_called_the_original(told):
    assert "original" not in told.lower()
