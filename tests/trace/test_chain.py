"""Chains: direct links, compilations, hidden parents, false times, and what always holds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.index.turned import turned
from tracer.model import Chain, IndexedVideo, Match, Post
from tracer.trace import chain

from . import simulated
from .cases import edit, match, post, sha, video


def links(found: Chain) -> set[tuple[str, str]]:
    return {(link.source.rstrip("0"), link.derived.rstrip("0")) for link in found.links}


def undated(*names: str) -> list[IndexedVideo]:
    return [video(name) for name in names]


STAIRS = [
    match("b", "a", edit("overlay")),
    match("c", "b", edit("subtitles")),
    match("c", "a", edit("overlay"), edit("subtitles")),
]


def test_links_are_direct_derivations() -> None:
    found = chain.build(undated("a", "b", "c"), STAIRS)
    assert links(found) == {("a", "b"), ("b", "c")}
    assert {link.direction for link in found.links} == {"told"}


def test_a_link_is_read_with_the_derived_version_as_the_query() -> None:
    found = chain.build(undated("a", "b", "c"), [turned(each) for each in STAIRS])
    for link in found.links:
        assert (link.match.query_sha256, link.match.sha256) == (link.derived, link.source)
        assert link.evidence[0].favours == "query_from_match"
        assert "derived version" in link.evidence[0].detail


def test_without_evidence_the_link_is_there_and_its_direction_is_not_told() -> None:
    found = chain.build(undated("a", "b"), [match("b", "a")])
    assert [link.direction for link in found.links] == ["undetermined"]


def test_time_tells_a_direction_where_content_does_not() -> None:
    videos = [video("a", post(at="2021-01-24T00:00")), video("b", post(at="2021-01-23T00:00"))]
    found = chain.build(videos, [match("b", "a")])
    assert links(found) == {("b", "a")}
    assert found.links[0].direction == "told"


def test_a_compilation_has_a_parent_for_each_work() -> None:
    found = chain.build(
        undated("a", "b", "c", "d"),
        [
            match("c", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
            match("c", "b", edit("compilation"), spans=[(10.0, 20.0, 5.0, 15.0)]),
            match("d", "a", edit("overlay")),
            match("d", "c", edit("overlay"), edit("compilation", "match"), spans=[(0, 10, 0, 10)]),
        ],
    )
    assert links(found) == {("a", "c"), ("b", "c"), ("a", "d")}


def test_a_part_that_lies_whole_in_a_compilation_is_no_excerpt_of_it() -> None:
    found = chain.build(
        [video("a", duration=10.0), video("b", duration=15.0), video("c", duration=20.0)],
        [
            match("c", "a", edit("trim", "match"), spans=[(0.0, 10.0, 0.0, 10.0)]),
            match("c", "b", edit("compilation"), spans=[(10.0, 20.0, 5.0, 15.0)]),
        ],
    )
    assert links(found) == {("a", "c"), ("b", "c")}
    assert {link.direction for link in found.links} == {"told"}
    assert all("excerpt" not in one.cue for link in found.links for one in link.evidence)


def test_a_copy_of_a_compilation_has_one_parent() -> None:
    parts = [(0.0, 10.0, 0.0, 10.0)], [(10.0, 20.0, 5.0, 15.0)]
    found = chain.build(
        undated("a", "b", "c", "d"),
        [
            match("c", "a", edit("compilation"), spans=parts[0]),
            match("c", "b", edit("compilation"), spans=parts[1]),
            match("d", "a", edit("compilation"), edit("overlay"), spans=parts[0]),
            match("d", "b", edit("compilation"), edit("overlay"), spans=parts[1]),
            match("d", "c", edit("overlay"), spans=[(0.0, 20.0, 0.0, 20.0)]),
        ],
    )
    assert links(found) == {("a", "c"), ("b", "c"), ("c", "d")}


def test_siblings_without_a_listed_parent_have_a_hidden_one() -> None:
    videos = undated("a", "b")
    found = chain.build(
        videos,
        [match("b", "a", *(edit(k, s) for k in ("overlay", "crop") for s in ("query", "match")))],
    )
    assert links(found) == set()
    (parent,) = found.hidden
    assert parent.id == "h1"
    assert set(parent.children) == {sha("a"), sha("b")}
    assert parent.evidence
    assert found.earliest.sha256 is None
    assert found.earliest.grade == "unknown"


def test_what_two_children_share_and_their_parent_lacks_is_a_hidden_parent() -> None:
    box = (0.02, 0.02, 0.2, 0.1)
    found = chain.build(
        undated("a", "b", "c"),
        [
            match("b", "a", edit("overlay", box=box), edit("subtitles", language="en")),
            match("c", "a", edit("overlay", box=box), edit("crop")),
            match("c", "b", edit("crop"), edit("subtitles", "match", language="en")),
        ],
    )
    assert links(found) == {("a", "b"), ("a", "c")}  # the nearest listed ancestor
    (parent,) = found.hidden
    assert set(parent.children) == {sha("b"), sha("c")}
    assert "overlay" in parent.evidence[0].detail


def test_other_letters_in_the_same_place_are_no_edit_that_two_children_share() -> None:
    box = (0.1, 0.8, 0.9, 0.95)
    found = chain.build(
        undated("a", "b", "c"),
        [
            match("b", "a", edit("subtitles", box=box, language="en")),
            match("c", "a", edit("subtitles", box=box, language="en")),
            match("c", "b", edit("subtitles", box=box, language="en", change="replaced")),
        ],
    )
    assert links(found) == {("a", "b"), ("a", "c")}
    assert found.hidden == ()


def test_siblings_of_a_listed_parent_need_no_hidden_one() -> None:
    found = chain.build(
        undated("a", "b", "c"),
        [
            match("b", "a", edit("overlay", box=(0.0, 0.0, 0.1, 0.1))),
            match("c", "a", edit("subtitles")),
            match("c", "b", edit("subtitles"), edit("overlay", "match", box=(0.0, 0.0, 0.1, 0.1))),
        ],
    )
    assert links(found) == {("a", "b"), ("a", "c")}
    assert found.hidden == ()


def test_content_decides_against_a_lone_time_and_names_it() -> None:
    videos = [
        video("a", post(at="2021-01-23T00:00")),
        video("b", post("douyin", "2020-12-01T00:00")),
        video("c", post("youtube", "2021-01-25T00:00")),
    ]
    found = chain.build(videos, STAIRS)
    assert links(found) == {("a", "b"), ("b", "c")}
    assert found.earliest.sha256 == sha("a")
    (named,) = found.contradictions
    assert (named.kind, named.sha256) == ("time-against-content", sha("b"))
    assert "contradicts the time" in found.earliest.statement


def test_siblings_bring_down_no_claim_of_time() -> None:
    videos = [
        video("b", post("douyin", "2021-01-23T00:00")),
        video("c", post("youtube", "2021-01-24T00:00")),
    ]
    # Both carry something: b more of it, and yet b may be older.
    marks = [edit("overlay"), edit("crop"), edit("frame_rate"), edit("subtitles", "match")]
    found = chain.build(videos, [match("b", "c", *marks)])
    assert found.contradictions == ()
    assert {link.direction for link in found.links} <= {"undetermined"}


def test_a_source_with_a_late_false_time_is_the_one_named() -> None:
    videos = [
        video("a", post(at="2021-06-01T00:00")),
        video("b", post("douyin", "2021-01-24T00:00")),
        video("c", post("youtube", "2021-01-25T00:00")),
    ]
    found = chain.build(videos, STAIRS)
    assert found.earliest.sha256 == sha("a")
    assert found.earliest.grade == "inferred"
    assert [each.sha256 for each in found.contradictions] == [sha("a")]


def test_one_upload_used_twice_is_the_strongest_link() -> None:
    media = "717462543795523584"
    found = chain.build(
        [video("a", Post("twitter", media_id=media)), video("b", Post("x", media_id=media))],
        [match("b", "a")],
    )
    assert found.links[0].evidence[0].cue == "same_upload"
    assert found.contradictions == ()


def test_possible_matches_make_no_link_and_are_said_to_be_left_out() -> None:
    found = chain.build(undated("a", "b"), [match("b", "a", verdict="possible")])
    assert found.links == ()
    assert found.unchecked[0].stage == "chain"


def test_a_video_alone_is_a_chain_of_one() -> None:
    found = chain.build([video("a", post(at="2021-01-23T00:00"))], [])
    assert (found.links, found.hidden, found.contradictions) == ((), (), ())
    assert found.earliest.sha256 == sha("a")
    assert found.earliest.grade == "stated"


def test_no_videos_are_an_empty_chain() -> None:
    found = chain.build([], [])
    assert found.earliest.grade == "unknown"


def test_the_subject_of_another_work_keeps_its_own_earliest() -> None:
    videos = [
        video("a", post(at="2021-02-01T00:00"), duration=30.0),
        video("b", post(at="2020-01-01T00:00"), duration=30.0),
        video("c", post(at="2021-03-01T00:00"), duration=20.0),
    ]
    matches = [
        match("c", "a", edit("compilation"), spans=[(0.0, 10.0, 0.0, 10.0)]),
        match("c", "b", edit("compilation"), spans=[(10.0, 20.0, 5.0, 15.0)]),
    ]
    assert chain.build(videos, matches, subject=sha("a")).earliest.sha256 == sha("a")
    assert chain.build(videos, matches, subject=sha("c")).earliest.sha256 == sha("b")


def test_a_familys_id_is_its_earliest_members() -> None:
    videos = [video("a", post(at="2021-01-23T00:00")), *undated("b", "c")]
    found = chain.family(videos, STAIRS)
    assert found.id == sha("a")[:16]
    assert found.platforms == ("pomegranate_cloud",)


# --- what always holds -----------------------------------------------------------------------

NOISES = st.builds(
    simulated.Noise,
    missed=st.floats(0.0, 0.8),
    made_up=st.floats(0.0, 0.8),
    sideless=st.floats(0.0, 0.5),
    swapped=st.floats(0.0, 0.5),
    unmatched=st.floats(0.0, 0.5),
)


def simulated_family(
    seed: int, size: int, noise: simulated.Noise
) -> tuple[list[IndexedVideo], list[Match]]:
    rng = random.Random(seed)
    tree = simulated.grow(rng, size)
    return simulated.videos(rng, tree, timed=rng.random() < 0.5), simulated.matches(
        rng, tree, noise
    )


def reshuffled(
    seed: int, videos: Sequence[IndexedVideo], matches: Sequence[Match]
) -> tuple[list[IndexedVideo], list[Match]]:
    rng = random.Random(seed)
    asked = [turned(each) if rng.random() < 0.5 else each for each in matches]
    return rng.sample(videos, len(videos)), rng.sample(asked, len(asked))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 9), NOISES)
def test_links_never_form_a_cycle_and_stay_among_the_listed(
    seed: int, size: int, noise: simulated.Noise
) -> None:
    videos, matches = simulated_family(seed, size, noise)
    found = chain.build(videos, matches)
    graph = nx.DiGraph((link.source, link.derived) for link in found.links)
    assert nx.is_directed_acyclic_graph(graph)
    listed = {each.video.sha256 for each in found.videos}
    assert set(graph) <= listed
    for parent in found.hidden:
        assert set(parent.children) <= listed
        assert len(parent.children) > 1
        assert parent.id not in listed


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8), NOISES)
def test_the_chain_does_not_depend_on_the_order_of_arrival_or_of_asking(
    seed: int, size: int, noise: simulated.Noise
) -> None:
    videos, matches = simulated_family(seed, size, noise)
    once = chain.build(videos, matches)
    again = chain.build(*reshuffled(seed, videos, matches))
    assert links(again) == links(once)
    assert again.earliest == once.earliest
    assert [each.children for each in again.hidden] == [each.children for each in once.hidden]
    assert again.contradictions == once.contradictions
    for one, other in zip(once.links, again.links, strict=True):
        assert other.confidence == pytest.approx(one.confidence)
