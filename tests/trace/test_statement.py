"""The statement: its grade by independent hands, and its words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.model import Earliest, IndexState, Post, Unchecked
from tracer.trace import chain

from .cases import claim, edit, match, post, sha, video, when

SATURDAY, SUNDAY, MONDAY = "2021-01-23T11:15", "2021-01-24T09:00", "2021-01-25T18:00"
TWEET = "643211948184596480"  # 2015-09-13 23:57:33 UTC
WAYBACK = "https://web.archive.org/web/20210123180000/https://pomegranate-cloud.example/v"
STATE = IndexState(1204, 20.1, when("2026-11-22T01:00"), "0" * 16)


def earliest(*videos: object, matches: object = ()) -> Earliest:
    return chain.build(list(videos), list(matches)).earliest  # type: ignore[call-overload]


# --- one source: never corroborated ---------------------------------------------------------


@pytest.mark.parametrize(
    "alone",
    [
        post(at=SATURDAY),
        post(at=SATURDAY, collected=when("2021-01-23T12:00")),
        Post("twitter", post_id=TWEET),
        Post("twitter", post_id=TWEET, published=claim("2015-09-13T23:57:33")),
        Post("twitter", post_id=TWEET, media_id="643211870443208704"),
        post(at=SATURDAY, claims=(claim(SATURDAY, "page"), claim(SATURDAY, "http-last-modified"))),
    ],
)
def test_one_hand_is_stated(alone: Post) -> None:
    assert earliest(video("a", alone, created="2021-01-23T11:15:00Z")).grade == "stated"


def test_two_posts_on_one_platform_are_one_hand() -> None:
    shown = video("a", post("douyin", SATURDAY), post("tiktok", SATURDAY))
    assert earliest(shown).grade == "stated"


def test_a_weak_link_does_not_corroborate() -> None:
    found = earliest(
        video("a", post(at=SATURDAY)), video("b", post("douyin", SUNDAY)),
        matches=[match("b", "a")],
    )  # fmt: skip
    assert (found.sha256, found.grade) == (sha("a"), "stated")


def test_a_later_archive_does_not_corroborate_that_it_was_first() -> None:
    first = video("a", post(at=SATURDAY, url=WAYBACK.replace("20210123", "20210301")))
    found = earliest(first, video("b", post("douyin", SUNDAY)), matches=[match("b", "a")])
    assert found.grade == "stated"


# --- two that are independent and agree: always ------------------------------------------------


@pytest.mark.parametrize(
    "posts",
    [
        (post(at=SATURDAY, url=WAYBACK),),
        (post(at=SATURDAY), post("douyin", "2021-01-23T20:00")),
        (post(at=SATURDAY), post("douyin", SATURDAY)),
    ],
)
def test_two_hands_that_agree_corroborate(posts: tuple[Post, ...]) -> None:
    first = video("a", *posts)
    rival = video("b", post("youtube", MONDAY))
    assert earliest(first).grade == "corroborated"
    assert earliest(first, rival, matches=[match("b", "a")]).grade == "corroborated"


def test_a_time_and_decisive_content_corroborate() -> None:
    found = earliest(
        video("a", post(at=SATURDAY)),
        video("b", post("douyin", SUNDAY)),
        matches=[match("b", "a", edit("subtitles"), edit("crop"))],
    )
    assert found.grade == "corroborated"
    assert "what the videos show agree" in found.statement


def test_hands_that_disagree_do_not_corroborate() -> None:
    disagreeing = post(at=SATURDAY, claims=(claim("2021-03-01T00:00", "page"),), url=WAYBACK)
    assert earliest(video("a", disagreeing)).grade == "stated"


# --- content alone, and nothing ----------------------------------------------------------------


def test_content_alone_is_inferred() -> None:
    found = earliest(video("a"), video("b"), matches=[match("b", "a", edit("overlay"))])
    assert (found.sha256, found.post, found.grade) == (sha("a"), None, "inferred")


def test_where_nothing_tells_nobody_is_named() -> None:
    found = earliest(video("a"), video("b"), matches=[match("b", "a")])
    assert (found.sha256, found.post, found.grade) == (None, None, "unknown")


def test_of_several_posts_the_earliest_is_named() -> None:
    found = earliest(video("a", post("youtube", MONDAY), post("douyin", SUNDAY)))
    assert found.post is not None
    assert found.post.platform == "douyin"


# --- the words -----------------------------------------------------------------------------------


def test_the_statement_says_what_it_rests_on_and_what_was_searched() -> None:
    gap = Unchecked("x.mp4", "media", "truncated")
    videos = [video("a", post(at=SATURDAY, url=WAYBACK)), video("b")]
    found = chain.build(videos, [match("b", "a")], STATE, unchecked=[gap])
    said = found.earliest.statement
    assert said.startswith("Earliest known to this index: file a00000000000 (a.mp4), on ")
    for part in (
        "2021-01-23 11:15:00 UTC",
        "corroborated",
        "archive web.archive.org",
        "1204 videos (20.1 hours), as of 2026-11-22 01:00:00 UTC",
        "Not checked: 1",
        "No time is known for 1 of 2 versions",
    ):
        assert part in said
    assert gap in found.unchecked


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([None, SATURDAY, SUNDAY, MONDAY]), min_size=1, max_size=4),
    st.sampled_from(["overlay", "reencode", "mirror"]),
)
def test_no_statement_says_original(times: list[str | None], kind: object) -> None:
    names = "abcd"[: len(times)]
    videos = [video(n, *([post(at=t)] if t else [])) for n, t in zip(names, times, strict=True)]
    matches = [match(n, "a", edit(kind)) for n in names[1:]]  # type: ignore[arg-type]
    found = chain.build(videos, matches, STATE).earliest
    assert "original" not in found.statement.lower()
    assert found.statement.startswith("Earliest known to this index:")
    assert (found.sha256 is None) == (found.grade == "unknown")


def test_a_time_that_is_uncertain_is_stated_as_an_interval() -> None:
    told = earliest(video("a", Post("douyin", post_id="6961737553342991651"))).statement
    assert "published 2021-05-13 11:37:14 UTC to 2021-05-13 11:38:15 UTC (post id)" in told
    exact = earliest(video("a", post(at=SATURDAY))).statement
    assert "published 2021-01-23 11:15:00 UTC (" in exact


# --- several works, put together --------------------------------------------------------------

_PARTS = [[(0.0, 10.0, 0.0, 10.0)], [(10.0, 20.0, 5.0, 15.0)]]


def test_of_two_works_put_together_the_first_of_each_is_named() -> None:
    made = [match("c", "a", edit("compilation"), spans=_PARTS[0])]
    made += [match("c", "b", edit("compilation"), spans=_PARTS[1])]
    made += [match("d", "b", edit("overlay"), edit("crop"))]
    found = earliest(*(video(name) for name in "abcd"), matches=made)
    # Most versions come from b.
    assert (found.sha256, found.grade) == (sha("b"), "inferred")
    assert f"the earliest known is file {sha('a')[:12]} (a.mp4)" in found.statement


def test_a_part_whose_nearer_version_is_the_parent_is_another_work_too() -> None:
    made = [match("c", "a", edit("compilation"), spans=_PARTS[0])]
    made += [match("c", "b", edit("compilation"), spans=_PARTS[1])]
    made += [match("d", "a", edit("overlay"), edit("crop"))]
    # e was not compared with b, of which it is a version.
    made += [match("c", "e", edit("compilation"), edit("crop"), spans=_PARTS[1])]
    found = earliest(*(video(name) for name in "abcde"), matches=made)
    assert (found.sha256, found.grade) == (sha("a"), "inferred")


def test_the_first_is_whoever_is_above_all_the_others() -> None:
    # a and b tell nothing of each other; what the others tell of each of them does.
    made = [match("b", "a", edit("color", "unknown"))]
    made += [match(one, "a", edit("overlay", box=(0.0, 0.0, 0.1, 0.1))) for one in "cde"]
    made += [
        match(one, "b", edit("overlay", box=(0.0, 0.0, 0.1, 0.1)), edit("trim", "match"))
        for one in "cde"
    ]
    found = earliest(*(video(name) for name in "abcde"), matches=made)
    assert (found.sha256, found.grade) == (sha("a"), "inferred")


def test_siblings_without_their_parent_are_no_two_works() -> None:
    apart = [match("b", "a", edit("overlay"), edit("overlay", "match"))]
    found = earliest(video("a"), video("b"), matches=apart)
    assert (found.sha256, found.grade) == (None, "unknown")
    assert "put together" not in found.statement


def test_copies_that_were_not_compared_are_no_two_works() -> None:
    assert earliest(video("a"), video("b")).grade == "unknown"
    dated = earliest(video("a", post(at=SATURDAY)), video("b"))
    assert "put together" not in dated.statement
