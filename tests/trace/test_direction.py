"""Which of two videos derives from the other, by content."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.index.turned import turned
from tracer.model import Direction, Edit, EditKind, Evidence, Match, Side
from tracer.trace import direction, weights
from tracer.trace.cues import CUES

from .cases import edit, match, sha, video

A, B = video("a").video, video("b").video


def verdict(*edits: Edit) -> Direction:
    return direction.judge(match("b", "a", *edits), B, A).verdict


@pytest.mark.parametrize(
    "kind",
    ["crop", "overlay", "subtitles", "letterbox", "reframe", "picture_in_picture", "trim",
     "compilation"],
)  # fmt: skip
def test_the_side_that_carries_an_edit_is_the_derived_one(kind: EditKind) -> None:
    assert verdict(edit(kind, "query")) == "query_from_match"
    assert verdict(edit(kind, "match")) == "match_from_query"


def test_frames_that_repeat_tell_less_than_frames_that_are_missing() -> None:
    def told(*by: str) -> tuple[Evidence, ...]:
        kinds: tuple[EditKind, ...] = ("frame_rate", "speed")
        paced = [edit(kind, "query", told=each) for kind, each in zip(kinds, by, strict=False)]
        return direction.judge(match("b", "a", *paced), B, A).evidence

    (repeated,), (dropped,) = told("repeated"), told("missing")
    assert (repeated.cue, dropped.cue) == ("repeats", "cadence")
    assert repeated.favours == dropped.favours == "query_from_match"
    assert repeated.weight < dropped.weight / 2
    # Missing frames show in the rate and in the speed: the loss is one.
    assert told("missing", "missing") == (dropped,)


def test_an_edit_on_each_side_makes_siblings() -> None:
    assert verdict(edit("overlay", "query"), edit("crop", "match")) == "siblings"


def test_other_subtitles_on_both_make_siblings_unless_one_covers_the_others() -> None:
    replaced = edit("subtitles", "query", 1.0, change="replaced")
    assert verdict(replaced) == "siblings"
    covered = edit("subtitles", "query", 1.0, change="replaced", cover="query")
    assert verdict(covered) == "query_from_match"


@pytest.mark.parametrize("kind", ["mirror", "speed", "sound_replaced", "rotate", "color"])
def test_an_edit_without_a_side_tells_no_direction(kind: EditKind) -> None:
    assert verdict(edit(kind, "unknown")) == "undetermined"


def test_the_side_without_colours_lost_them() -> None:
    grey = edit("color", "query", 1.0, grey="query", gain=1.1)
    (found,) = direction.judge(match("b", "a", grey), B, A).evidence[:1]
    assert (found.cue, found.favours) == ("tones", "query_from_match")
    assert found.detail.endswith("has lost its colours")


def test_no_difference_beyond_encoding_is_the_same() -> None:
    assert verdict() == "same"
    assert verdict(edit("resize", "query")) == "same"


def test_without_any_edit_compared_nothing_is_called_the_same() -> None:
    bare = replace(match("b", "a"), edits=())
    assert direction.judge(bare, B, A).verdict == "undetermined"


def test_seconds_tell_an_excerpt_where_no_edit_does() -> None:
    short = video("b", duration=10.0, size=333_333).video
    excerpt = replace(match("b", "a", spans=[(0.0, 10.0, 5.0, 15.0)]), edits=())
    assert direction.judge(excerpt, short, A).verdict == "query_from_match"


def test_a_much_coarser_picture_weighs_little() -> None:
    small = video("b", width=320, height=180).video
    found = direction.judge(match("b", "a", edit("resize", "query")), small, A)
    assert [each.cue for each in found.evidence] == ["resolution"]
    assert found.evidence[0].favours == "query_from_match"
    assert found.evidence[0].weight <= weights.load().cues["field_of_view"] / 5


@pytest.mark.parametrize(("width", "size"), [(595, 1_000_000), (640, 990_000)])
def test_a_difference_of_no_weight_is_no_evidence(width: int, size: int) -> None:
    near = video("b", width=width, height=360, size=size).video
    full = video("a", width=640, height=360, size=1_000_000).video
    for each in (
        direction.judge(match("b", "a"), near, full),
        direction.judge(turned(match("b", "a")), full, near),
    ):
        assert all(f"{one.weight:.1f}" != "0.0" for one in each.evidence)
        assert [one.cue for one in each.evidence] == []


def test_the_mark_of_a_platform_adds_to_an_overlay() -> None:
    plain = direction.judge(match("b", "a", edit("overlay")), B, A)
    marked = direction.judge(match("b", "a", edit("overlay", platform="抖音")), B, A)
    assert marked.confidence > plain.confidence
    assert any("douyin" in each.detail for each in marked.evidence)


def test_evidence_that_was_measured_on_the_pixels_is_kept_once() -> None:
    measured = Evidence("blocking_grid", "match_from_query", 3.0, "a foreign grid of blocks")
    found = match("b", "a")
    found = replace(found, derivation=replace(found.derivation, evidence=(measured,)))
    once = direction.judged(found, B, A)
    assert once.derivation.verdict == "match_from_query"
    assert direction.judged(once, B, A) == once


def test_every_cue_has_a_weight_and_every_kind_of_edit_a_step() -> None:
    table = weights.load()
    assert set(table.step) == set(EditKind.__args__)  # type: ignore[attr-defined]
    assert all(weight > 0.0 for weight in table.cues.values())
    assert table.made
    named = {
        each.cue
        for kind in EditKind.__args__  # type: ignore[attr-defined]
        for each in direction.collect(
            match("b", "a", edit(kind, "query", platform="x")), B, A, table
        )
    }
    assert named <= set(table.cues)
    assert len(CUES) == len({cue.__name__ for cue in CUES.values()})


SIDES: st.SearchStrategy[Side] = st.sampled_from(["query", "match", "unknown"])
KINDS: st.SearchStrategy[EditKind] = st.sampled_from(EditKind.__args__)  # type: ignore[attr-defined]


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    kind, side = draw(KINDS), draw(SIDES)
    confidence = draw(st.floats(0.0, 1.0))
    if kind == "subtitles":
        change = draw(st.sampled_from(["added", "removed", "replaced"]))
        sides: dict[str, Side] = {"added": "query", "removed": "match", "replaced": "query"}
        return Edit(kind, sides[change], confidence, {}, change)
    return Edit(kind, side, confidence)


@st.composite
def judged_matches(draw: st.DrawFn) -> Match:
    made = match("b", "a", *draw(st.lists(edits(), max_size=6)))
    starts = draw(st.lists(st.floats(0.0, 20.0), min_size=4, max_size=4))
    length = draw(st.floats(1.0, 10.0))
    segment = replace(
        made.segments[0],
        query_start=starts[0],
        query_end=starts[0] + length,
        match_start=starts[1],
        match_end=starts[1] + length,
    )
    return replace(made, segments=(segment,))


@given(judged_matches(), st.integers(1, 4), st.integers(1, 10**7))
def test_judging_the_other_way_round_gives_the_mirrored_verdict(
    found: Match, scale: int, size: int
) -> None:
    query = video("b", width=320 * scale, height=180 * scale, size=size).video
    forth = direction.judge(found, query, A)
    back = direction.judge(turned(found), A, query)
    mirrored = {"query_from_match": "match_from_query", "match_from_query": "query_from_match"}
    assert back.verdict == mirrored.get(forth.verdict, forth.verdict)
    assert back.confidence == pytest.approx(forth.confidence)
    assert sorted(each.weight for each in back.evidence) == pytest.approx(
        sorted(each.weight for each in forth.evidence)
    )


def test_a_match_is_about_the_videos_that_it_names() -> None:
    assert match("b", "a").query_sha256 == sha("b")


def test_a_loss_of_detail_weighs_by_the_share_of_the_blocks_that_show_it() -> None:
    weight = [
        direction.judge(match("b", "a", edit("reencode", blocks=share)), B, A).evidence[0].weight
        for share in (0.6, 0.7, 0.95)
    ]
    assert weight == sorted(set(weight))
    assert weight[-1] == weights.load().cues["generation"]


def test_a_loss_that_all_blocks_show_speaks_against_siblings() -> None:
    table = weights.load()
    lost = [match("b", "a", edit("reencode", blocks=share)) for share in (0.57, 0.98)]
    odds = [direction.weigh(direction.collect(one, B, A, table), table) for one in lost]
    assert odds[0].siblings > 2 * odds[1].siblings
    assert odds[0].query_from_match < odds[1].query_from_match


def test_edits_of_which_no_side_is_known_make_siblings_likelier() -> None:
    def apart(*edits: Edit) -> float:
        found = direction.collect(match("b", "a", edit("crop"), *edits), B, A, weights.load())
        return direction.weigh(found, weights.load()).siblings

    unsure = [edit(kind, "unknown") for kind in ("mirror", "speed")]
    assert apart() < apart(unsure[0]) == apart(*unsure)
    # What one side is known to carry, or what tells nothing, does not.
    known = direction.collect(
        match("b", "a", edit("mirror"), edit("resize", "unknown")), B, A, weights.load()
    )
    assert "either_side" not in {one.cue for one in known}


def test_a_copy_changed_in_many_ways_at_once_is_still_told_by_what_shows_a_side() -> None:
    """Cropped, mirrored, faster and relit by one hand: no second copy is needed to explain it."""
    either: tuple[EditKind, ...] = ("mirror", "speed", "color")
    hidden = [edit(kind, "unknown") for kind in either]
    assert verdict(edit("crop", "query"), *hidden) == "query_from_match"


def test_sound_that_only_one_has_tells_no_direction() -> None:
    assert verdict(edit("sound_removed", "query")) == "undetermined"


def test_every_weight_says_how_it_was_made_and_how_often_it_was_right() -> None:
    raw = json.loads(files("tracer.trace").joinpath("weights.json").read_text("utf-8"))
    assert raw["version"] >= 2
    assert "fit_weights" in raw["made"]
    for cue, told in raw["cues"].items():
        assert told["weight"] >= 0.0, cue
        measured = {"accuracy", "coverage"} <= set(told)
        assert measured == (told["pairs"] > 0), cue
