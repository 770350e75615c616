"""Times in ids, measured on the test cases that yt-dlp's own extractors carry."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model import Account
from tracer.trace import ids, urls

EXTRACTORS = {
    "twitter": "twitter",
    "tiktok": "tiktok",
    "ixigua": "ixigua",
    "toutiao": "toutiao",
    "weibo": "weibo",
    "instagram": "instagram",
    "bluesky": "bluesky",
    "truth": "truth",
    "linkedin": "linkedin",
}

# What an id cannot tell, by name: the stated time is that of another event.
OUTLIERS = {
    "779210622571536384": "broadcast: it began before the post that announces it",
    "1550101959377551360": "broadcast: it began before the post that announces it",
    "3l6oe5mtr2c2j": "quote: the stated time is that of the quoted post",
}


def stated() -> Iterator[tuple[str, str, datetime]]:
    """Give platform, post id and the time that the platform states, from yt-dlp's test cases."""
    for platform, name in EXTRACTORS.items():
        module = importlib.import_module(f"yt_dlp.extractor.{name}")
        for extractor in vars(module).values():
            if not isinstance(extractor, type) or extractor.__module__ != module.__name__:
                continue
            for case in getattr(extractor, "_TESTS", None) or []:
                info = case.get("info_dict", {})
                seconds = info.get("timestamp", info.get("release_timestamp"))
                address = urls.read(case["url"])
                if not isinstance(seconds, int) or not (
                    address.platform or platform in ("tiktok", "weibo")
                ):
                    continue
                post_id = address.post_id or str(info["id"])
                if platform == "weibo":
                    post_id = str(info["id"])
                yield address.platform or platform, post_id, datetime.fromtimestamp(seconds, UTC)


def test_the_test_cases_of_yt_dlp_agree_within_the_tolerances() -> None:
    agreed, missed, silent = [], [], []
    for platform, post_id, moment in stated():
        told = ids.instant_of_id(platform, post_id)
        if told is None:
            silent.append((platform, post_id))
        elif told.earliest <= moment <= told.latest:
            agreed.append((platform, post_id))
        else:
            missed.append((platform, post_id, moment - told.latest))
    assert {post_id for _, post_id, _ in missed} == set(OUTLIERS)
    assert silent == []
    assert len(agreed) >= 55


@pytest.mark.parametrize(
    ("platform", "post_id", "moment"),
    [
        ("X", "643211948184596480", 1442188653.4),
        ("TikTok", "6742501081818877190", 1569860866),
        ("抖音", "6961737553342991651", 1620905835),
        ("weibo", "N4xlMvjhI", 1686312872),
        ("weibo", "4910815147462302", 1686312872),
        ("instagram", "BkfuX9UB-eK", 1530032887),
        ("bluesky", "3l3w4tnezek2e", 1726098823),
        ("truthsocial", "108779000807761862", 1659835827.7),
        ("linkedin", "7084656651378536448", 1689113772.2),
    ],
)
def test_known_ids_tell_their_time(platform: str, post_id: str, moment: float) -> None:
    told = ids.instant_of_id(platform, post_id)
    assert told is not None
    assert (told.source, told.raw) == ("post_id", post_id)
    middle = datetime.fromtimestamp(moment, UTC)
    assert told.earliest - timedelta(seconds=60) <= middle <= told.latest + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("platform", "post_id"),
    [
        ("twitter", "20"),  # counted, not timed
        ("douyin", "20210124-0001"),
        ("douyin", "123456789012345678"),  # reads as 1970: before there was a Douyin
        ("youtube", "dQw4w9WgXcQ"),
        ("pomegranate_cloud", "6961737553342991651"),
        ("bluesky", "3l3w4tnezek2"),
        ("weibo", ""),
        ("twitter", "²³"),
    ],
)
def test_ids_that_tell_nothing_tell_nothing(platform: str, post_id: str) -> None:
    assert ids.instant_of_id(platform, post_id) is None


def test_an_unverified_scheme_says_so() -> None:
    told = ids.instant_of_id("xiaohongshu", "6411cf99000000001300b6d9")
    assert told is not None
    assert told.source == "post_id_unverified"


def test_a_media_id_tells_when_the_medium_was_uploaded() -> None:
    media = ids.instant_of_media_id("twitter", "717462543795523584")
    post = ids.instant_of_id("twitter", "719944021058060289")
    assert media is not None
    assert post is not None
    assert timedelta(days=6) < post.earliest - media.earliest < timedelta(days=7)
    assert media.source == "media_id"


def test_only_long_account_ids_tell_when_the_account_was_made() -> None:
    made = ids.account_created(Account("tiktok", "7046664115636405250"))
    assert made is not None
    assert made.earliest.date().isoformat() == "2021-12-28"
    assert ids.account_created(Account("tiktok", "6742501")) is None
    assert ids.account_created(Account("twitter", "12")) is None


@pytest.mark.parametrize(
    ("mid", "bid"), [(4910815147462302, "N4xlMvjhI"), (4189191225395228, "FBqgOmDxO")]
)
def test_weibo_numbers_and_short_forms_are_the_same(mid: int, bid: str) -> None:
    assert ids.weibo_bid(mid) == bid
    assert ids.weibo_mid(bid) == mid


@given(st.integers(min_value=10**15, max_value=10**16 - 1))
def test_weibo_short_forms_go_there_and_back(mid: int) -> None:
    bid = ids.weibo_bid(mid)
    assert len(bid) != 9 or ids.weibo_mid(bid) == mid


@given(st.sampled_from(sorted(ids.POST_SCHEMES)), st.text(max_size=40))
def test_no_text_breaks_the_reading_of_an_id(platform: str, raw: str) -> None:
    told = ids.instant_of_id(platform, raw)
    assert told is None or told.earliest <= told.latest
