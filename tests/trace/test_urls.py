"""What addresses tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.trace import urls

from .cases import when

TWEET = "643211948184596480"
AWEME = "6961737553342991651"
NOTE = "6411cf99000000001300b6d9"
ACTIVITY = "7084656651378536448"

FORMS = [
    (f"https://twitter.com/x/status/{TWEET}", "twitter", TWEET),
    (f"https://x.com/i/web/status/{TWEET}?s=20", "twitter", TWEET),
    (f"https://mobile.twitter.com/a/statuses/{TWEET}", "twitter", TWEET),
    (f"https://www.douyin.com/video/{AWEME}", "douyin", AWEME),
    (f"https://www.douyin.com/user/MS4?modal_id={AWEME}", "douyin", AWEME),
    (f"https://www.iesdouyin.com/share/video/{AWEME}/?a=b", "douyin", AWEME),
    (f"https://www.douyin.com/note/{AWEME}", "douyin", AWEME),
    (f"https://www.tiktok.com/@a.b/video/{AWEME}?x=y", "tiktok", AWEME),
    (f"https://www.ixigua.com/{AWEME}", "ixigua", AWEME),
    (f"https://www.toutiao.com/video/{AWEME}/", "toutiao", AWEME),
    ("https://weibo.com/7827771738/N4xlMvjhI", "weibo", "N4xlMvjhI"),
    ("https://m.weibo.cn/status/4189191225395228", "weibo", "4189191225395228"),
    ("https://www.instagram.com/reel/Chunk8-jurw/", "instagram", "Chunk8-jurw"),
    ("https://www.threads.net/@a/post/CuW6-7KyXme", "threads", "CuW6-7KyXme"),
    ("https://bsky.app/profile/a.b/post/3l3w4tnezek2e", "bluesky", "3l3w4tnezek2e"),
    ("https://truthsocial.com/@a/posts/108779000807761862", "truth", "108779000807761862"),
    (f"https://www.linkedin.com/posts/a_b-activity-{ACTIVITY}-x", "linkedin", ACTIVITY),
    (f"https://www.xiaohongshu.com/explore/{NOTE}", "xiaohongshu", NOTE),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "youtube", "dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ", "youtube", "dQw4w9WgXcQ"),
    ("https://www.bilibili.com/video/BV1xx411c7mD", "bilibili", "BV1xx411c7mD"),
]


@pytest.mark.parametrize(("url", "platform", "post_id"), FORMS)
def test_the_post_is_read_out_of_the_address(url: str, platform: str, post_id: str) -> None:
    address = urls.read(url)
    assert (address.platform, address.post_id) == (platform, post_id)


@pytest.mark.parametrize(("url", "platform", "post_id"), FORMS)
def test_an_archived_address_tells_the_same_and_its_capture(
    url: str, platform: str, post_id: str
) -> None:
    address = urls.read(f"https://web.archive.org/web/20210124120000if_/{url}")
    assert (address.platform, address.post_id) == (platform, post_id)
    (capture,) = address.captured
    assert capture.source == "archive"
    assert capture.latest == when("2021-01-24T12:00:01")


def test_the_media_id_is_read_out_of_a_file_address() -> None:
    address = urls.read("https://video.twimg.com/ext_tw_video/643211870443208704/pu/vid/a.mp4")
    assert (address.platform, address.media_id) == ("twitter", "643211870443208704")


@pytest.mark.parametrize(
    "url",
    [
        "https://v.douyin.com/iRNBho5m/",
        "https://example.com/video/6961737553342991651",
        "https://notdouyin.com/video/6961737553342991651",
        "https://web.archive.org/web/20211324129999/https://example.com/",
        "",
    ],
)
def test_other_addresses_tell_nothing(url: str) -> None:
    assert urls.read(url) == urls.Address()


def test_mirrors_of_one_archive_are_one_hand() -> None:
    names = {
        urls.archive_of(f"https://archive.{end}/20210124120000/https://example.com/")
        for end in ("today", "ph", "is")
    }
    assert names == {"archive.today"}


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_an_address(url: str) -> None:
    urls.read(url)
