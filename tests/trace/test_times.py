"""Claims of time: intervals, hands, contradictions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model import Account, Contradiction, Instant, Post
from tracer.trace import times

from .cases import claim, post, video, when

TWEET = "643211948184596480"  # 2015-09-13 23:57:33 UTC


def kinds(found: times.Timing) -> list[str]:
    return [contradiction.kind for contradiction in found.contradictions]


def test_a_post_id_and_the_platforms_word_are_one_hand() -> None:
    made = Post("twitter", post_id=TWEET, published=claim("2015-09-13T23:57:33"))
    found = times.timing(made)
    assert {times.hand(each, made) for each in found.claims} == {"platform:x"}
    assert kinds(found) == []
    assert found.published is not None
    assert found.published.earliest == when("2015-09-13T23:57:33")


def test_two_platforms_of_one_company_are_one_hand() -> None:
    shown = video("a", post("douyin", "2021-01-24T00:00"), post("tiktok", "2021-01-25T00:00"))
    assert times.hands(shown) == {"platform:bytedance"}


def test_an_archive_is_a_hand_of_its_own_and_a_collector_is_none() -> None:
    url = "https://web.archive.org/web/20210124120000/https://example.com/v"
    made = post(at="2021-01-23T11:15", url=url, collected=when("2021-03-01T00:00"))
    assert times.hands(video("a", made)) == {"platform:xinjiang_daily", "archive:web.archive.org"}


def test_the_collection_bounds_the_publication() -> None:
    found = times.timing(post(collected=when("2021-03-01T00:00")))
    assert found.published is not None
    assert found.published.latest == when("2021-03-01T00:00")
    assert not found.dated


def test_a_claim_after_the_collection_is_set_aside_and_named() -> None:
    found = times.timing(post(at="2021-04-01T00:00", collected=when("2021-03-01T00:00")))
    assert kinds(found) == ["after-collected"]
    assert found.published is not None
    assert found.published.latest == when("2021-03-01T00:00")


def test_a_claim_after_an_archive_has_it_is_named() -> None:
    url = "https://web.archive.org/web/20210124120000/https://example.com/v"
    assert kinds(times.timing(post(at="2021-02-01T00:00", url=url))) == ["after-archived"]


def test_a_claim_before_the_platform_existed_is_named() -> None:
    assert kinds(times.timing(post("douyin", "2012-01-01T00:00"))) == ["before-platform-existed"]


def test_a_claim_before_the_account_existed_is_named() -> None:
    account = Account("tiktok", "7046664115636405250")  # made 2021-12-28
    found = times.timing(post("tiktok", "2021-01-01T00:00", account=account))
    assert kinds(found) == ["before-account-existed"]


def test_a_retweet_is_named_and_ranks_by_the_status_id() -> None:
    stated = claim("2015-09-12T20:00")
    found = times.timing(Post("twitter", post_id=TWEET, published=stated))
    assert kinds(found) == ["retweet"]
    assert found.published is not None
    assert found.published.source == "post_id"


def test_claims_that_do_not_overlap_are_named_and_never_averaged() -> None:
    made = post(at="2021-01-23T00:00", claims=(claim("2021-02-23T00:00", "page"),))
    found = times.timing(made)
    assert kinds(found) == ["times-disagree"]
    assert found.published is not None
    assert (found.published.earliest, found.published.latest) == (
        when("2021-01-23T00:00"),
        when("2021-02-23T00:00"),
    )


def test_a_time_read_off_a_screen_has_no_seconds() -> None:
    found = times.timing(Post("twitter", post_id=TWEET, published=claim("2015-09-13T23:57")))
    assert kinds(found) == []
    assert found.published is not None
    assert found.published.source == "post_id"


def test_last_modified_and_container_are_kept_and_rank_nothing() -> None:
    modified = claim("2010-01-01T00:00", "http-last-modified")
    shown = video("a", post("youtube", claims=(modified,)), created="2009-01-01T00:00:00Z")
    (found,) = times.timings(shown)
    assert {each.source for each in found.claims} == {"http-last-modified", "container"}
    assert found.published is None
    assert times.first_appearance(shown) is None
    assert times.hands(shown) == frozenset()


def test_a_container_without_a_zone_may_be_any() -> None:
    (found,) = times.timings(video("a", post(), created="2021-01-01T12:00:00"))
    (container,) = found.claims
    assert container.latest - container.earliest == timedelta(hours=26)


def test_a_stored_medium_existed_before_the_post_that_shows_it() -> None:
    made = Post("twitter", post_id="719944021058060289", media_id="717462543795523584")
    found = times.timing(made)
    assert kinds(found) == []
    assert found.published is not None
    assert found.existed is not None
    assert found.existed.source == "media_id"
    assert found.existed.latest < found.published.earliest


def test_of_several_posts_the_earliest_counts() -> None:
    shown = video("a", post("youtube", "2021-01-25T00:00"), post("weibo", "2021-01-24T00:00"))
    first = times.first_appearance(shown)
    assert first is not None
    assert first.post.platform == "weibo"


def test_a_dated_post_goes_before_one_that_is_only_collected() -> None:
    shown = video(
        "a", post("weibo", collected=when("2021-01-01T00:00")), post("youtube", "2021-02-01T00:00")
    )
    first = times.first_appearance(shown)
    assert first is not None
    assert first.post.platform == "youtube"


def test_one_upload_in_two_posts_is_a_link() -> None:
    one = video("a", Post("twitter", media_id="717462543795523584"))
    other = video("b", Post("X", media_id="717462543795523584"))
    alone = video("c", Post("twitter", media_id="643211870443208704"))
    shared = times.same_uploads([other, alone, one])
    assert shared == {
        ("twitter", "717462543795523584"): (one.video.sha256, other.video.sha256),
    }


def spans() -> st.SearchStrategy[Instant]:
    start = when("2021-01-01T00:00")
    return st.builds(
        lambda begin, length: Instant(
            start + timedelta(hours=begin), start + timedelta(hours=begin + length), "page", "x"
        ),
        st.integers(0, 200),
        st.integers(0, 50),
    )


@given(spans(), spans())
def test_order_is_the_other_way_round_from_the_other_side(one: Instant, other: Instant) -> None:
    turned = {"before": "after", "after": "before", "overlapping": "overlapping"}
    assert times.order(other, one) == turned[times.order(one, other)]


@given(st.lists(spans(), min_size=1, max_size=5))
def test_what_claims_make_together_lies_within_each_or_is_a_contradiction(
    found: list[Instant],
) -> None:
    together = times.combine(found)
    again = times.combine(list(reversed(found)))
    meet = max(each.earliest for each in found) <= min(each.latest for each in found)
    if meet:
        assert isinstance(together, Instant)
        assert together == again
        assert all(each.earliest <= together.earliest for each in found)
        assert all(together.latest <= each.latest for each in found)
    else:
        # An hour is the least that two of these spans miss one another by: more than the slack.
        assert isinstance(together, Contradiction)
        assert isinstance(again, Contradiction)
        assert set(together.claims) == set(found)


@pytest.mark.parametrize("source", sorted(times.ROLES))
def test_every_listed_source_has_a_role_other_than_publication(source: str) -> None:
    assert times.role(claim("2021-01-01T00:00", source)) != "publication"


def test_a_day_that_was_typed_and_an_id_are_shown_as_what_they_agree_on() -> None:
    day = Instant(when("2015-09-12T10:00"), when("2015-09-14T12:00"), "sidecar", "2015-09-13")
    (told,) = times.dated(video("a", Post("twitter", post_id=TWEET, published=day))).posts
    assert told.published is not None
    assert (told.published.source, told.published.earliest.date()) == (
        "post_id",
        when("2015-09-13T00:00").date(),
    )
    assert {each.source for each in told.claims} == {"sidecar", "post_id"}


@given(
    st.sampled_from(["", TWEET]),
    st.lists(st.tuples(st.integers(1, 28), st.integers(0, 60)), max_size=3),
    st.booleans(),
)
def test_dating_a_post_again_changes_nothing(post_id, days, collected) -> None:
    found = [
        Instant(when(f"2015-09-{day:02d}T00:00"), when(f"2015-09-{day:02d}T00:00")
                + timedelta(hours=hours), "sidecar", f"{day} {hours}")
        for day, hours in days
    ]  # fmt: skip
    stated = Post(
        "twitter",
        post_id=post_id,
        published=found[0] if found else None,
        claims=tuple(found),
        collected=when("2015-10-01T00:00") if collected else None,
    )
    once = times.dated(video("a", stated))
    assert times.dated(once) == once
    before = [(t.published, t.existed) for t in times.timings(video("a", stated))]
    assert [(t.published, t.existed) for t in times.timings(once)] == before
