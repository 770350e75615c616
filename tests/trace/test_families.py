"""Families without drift, and compilations that link them."""

from __future__ import annotations

import random

import pytest

from tracer.model import Edit
from tracer.trace import families

from .cases import edit, match, sha


def names(*members: str) -> frozenset[str]:
    return frozenset(sha(member) for member in members)


def test_versions_that_match_are_one_family() -> None:
    assert families.group([match("b", "a"), match("c", "a"), match("c", "b")]) == [
        names("a", "b", "c")
    ]


def test_a_possible_match_makes_no_family() -> None:
    assert families.group([match("b", "a", verdict="possible")]) == []


def test_two_that_share_nothing_are_not_joined_through_a_third() -> None:
    # b holds a's seconds first and c's seconds after; a and c have nothing in common.
    found = families.group(
        [
            match("b", "a", spans=[(0.0, 10.0, 0.0, 10.0)]),
            match("a2", "a"),
            match("b", "c", spans=[(20.0, 30.0, 0.0, 10.0)]),
        ]
    )
    assert not any({sha("a"), sha("c")} <= family for family in found)


def test_a_heavy_edit_that_only_its_parent_matches_belongs() -> None:
    # c no longer matches a, but the seconds of b that it holds are seconds of a.
    found = families.group([match("b", "a"), match("d", "a"), match("c", "b")])
    assert found == [names("a", "b", "c", "d")]


def test_two_excerpts_of_one_video_are_one_family() -> None:
    found = families.group(
        [
            match("b", "a", edit("trim"), spans=[(0.0, 10.0, 0.0, 10.0)]),
            match("c", "a", edit("trim"), spans=[(0.0, 10.0, 20.0, 30.0)]),
        ],
        {sha("a"): 30.0, sha("b"): 10.0, sha("c"): 10.0},
    )
    assert found == [names("a", "b", "c")]


COMPILED = [
    match("b", "a"),
    match("e", "d"),
    match("c", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
    match("c", "d", edit("compilation"), spans=[(10.0, 20.0, 0.0, 10.0)]),
    match("f", "c"),
    match("f", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
]


def test_a_compilation_links_families_and_does_not_merge_them() -> None:
    assert families.group(COMPILED) == [names("a", "b", "c", "f"), names("c", "d", "e", "f")]


def test_a_compilation_is_known_by_its_seconds_where_no_edit_names_it() -> None:
    plain = [
        match("c", "a", spans=[(0.0, 10.0, 0.0, 10.0)]),
        match("c", "b", spans=[(10.0, 20.0, 0.0, 10.0)]),
    ]
    lengths = {sha("a"): 30.0, sha("b"): 30.0, sha("c"): 20.0}
    assert families.group(plain, lengths) == [names("a", "c"), names("b", "c")]


def test_an_excerpt_that_was_taken_for_a_compilation_merges_nothing() -> None:
    # x is ten seconds of a, cut out at two cuts; seen beside the compilation c alone it looks like
    # one that holds parts of c. y is a version of a whose pair with c tells no compilation.
    doubtful = [
        *COMPILED,
        match("x", "a", edit("trim"), spans=[(0.0, 10.0, 0.0, 10.0)]),
        match("x", "c", edit("compilation"), spans=[(0.0, 4.0, 0.0, 4.0), (6.0, 9.0, 6.0, 9.0)]),
        match("y", "a"),
        match("c", "y", spans=[(0.0, 10.0, 0.0, 10.0)]),
    ]
    lengths = {sha("a"): 30.0, sha("d"): 30.0, sha("c"): 20.0, sha("x"): 10.0, sha("y"): 30.0}
    assert families.group(doubtful, lengths) == [
        names("a", "b", "c", "f", "x", "y"),
        names("c", "d", "e", "f"),
    ]


def test_the_family_of_a_compilation_is_all_that_it_is_made_of() -> None:
    assert families.family_of(sha("c"), COMPILED) == names("a", "b", "c", "d", "e", "f")


def test_the_family_of_a_source_holds_the_compilation_and_what_it_is_made_of() -> None:
    assert families.family_of(sha("b"), COMPILED) == names("a", "b", "c", "d", "f")


def test_a_video_without_a_match_is_its_own_family() -> None:
    assert families.family_of(sha("e"), []) == names("e")


def test_families_do_not_depend_on_the_order_of_arrival() -> None:
    once = families.group(COMPILED)
    for seed in range(10):
        shuffled = COMPILED[:]
        random.Random(seed).shuffle(shuffled)
        assert families.group(shuffled) == once


def test_a_part_that_was_trimmed_at_the_compilations_end_is_a_part_too() -> None:
    parts = [
        match("c", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
        match("c", "b", edit("trim"), spans=[(10.0, 20.0, 5.0, 15.0)]),
        match("e", "b"),
    ]
    lengths = {sha("c"): 20.0, sha("a"): 30.0, sha("b"): 15.0, sha("e"): 15.0}
    assert [sorted(one) for one in families.group(parts, lengths)] == [
        [sha("a"), sha("c")],
        [sha("b"), sha("c"), sha("e")],
    ]


HALVES = [(0.0, 10.0, 0.0, 10.0)], [(10.0, 20.0, 0.0, 10.0)]
LENGTHS = {sha("c"): 20.0, sha("a"): 10.0, sha("b"): 10.0, sha("d"): 20.0}


def test_whole_parts_that_lack_what_the_whole_carries_were_put_together() -> None:
    made = [
        match("c", "a", edit("trim", "match"), edit("letterbox"), spans=HALVES[0]),
        match("c", "b", edit("trim", "match"), edit("letterbox"), spans=HALVES[1]),
        match("d", "c", edit("crop"), spans=[(0.0, 20.0, 0.0, 20.0)]),
        match("d", "a", edit("crop"), edit("crop", "match"), spans=HALVES[0]),
        match("d", "b", edit("crop"), edit("crop", "match"), spans=HALVES[1]),
    ]
    parts = families.compilations(families.verified(made), LENGTHS)
    # d is a version of c whose bars are no longer seen.
    assert parts == {sha("c"): names("a", "b"), sha("d"): names("a", "b")}


@pytest.mark.parametrize(
    "edits",
    [
        (),  # a video that somebody cut into halves
        (edit("overlay", "match"),),  # halves that carry a mark
        (edit("letterbox"), edit("overlay", "match")),  # both made of what is not here
    ],
)
def test_halves_that_lack_nothing_make_no_compilation(edits: tuple[Edit, ...]) -> None:
    cut = [
        match("c", "a", edit("trim", "match"), *edits, spans=HALVES[0]),
        match("c", "b", edit("trim", "match"), *edits, spans=HALVES[1]),
    ]
    assert families.compilations(families.verified(cut), LENGTHS) == {}


def test_two_excerpts_that_leave_much_of_it_make_no_compilation() -> None:
    cut = [
        match("c", "a", edit("trim", "match"), edit("letterbox"), spans=HALVES[0]),
        match("c", "b", edit("trim", "match"), edit("letterbox"), spans=HALVES[1]),
    ]
    assert families.compilations(families.verified(cut), {**LENGTHS, sha("c"): 30.0}) == {}


def test_a_copy_that_matches_the_compilation_alone_makes_it_no_excerpt() -> None:
    made = [
        match("c", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
        match("c", "b", edit("compilation"), spans=[(10.0, 20.0, 5.0, 15.0)]),
        match("d", "c", edit("crop"), spans=[(0.0, 20.0, 0.0, 20.0)]),
    ]
    lengths = {sha("c"): 20.0, sha("d"): 20.0, sha("a"): 30.0, sha("b"): 15.0}
    assert [sorted(one) for one in families.group(made, lengths)] == [
        [sha("a"), sha("c"), sha("d")],
        [sha("b"), sha("c"), sha("d")],
    ]
