"""Addresses as people share them come to the one that yt-dlp reads."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.collect import addresses
from tracer.settings import DEFAULT

DOUYIN = "https://www.douyin.com/video/6961737553342991651"
SHORT = DEFAULT.collect.short_hosts

FORMS = [
    ("https://www.douyin.com/video/6961737553342991651?previous_page=web_code_link", DOUYIN),
    ("https://www.douyin.com/note/6961737553342991651", DOUYIN),
    ("https://www.douyin.com/user/MS4wLjABAAAA?modal_id=6961737553342991651", DOUYIN),
    ("https://www.douyin.com/discover?modal_id=6961737553342991651&type=general", DOUYIN),
    ("https://www.iesdouyin.com/share/video/6961737553342991651/?region=CN&mid=1", DOUYIN),
    ("https://m.douyin.com/share/note/6961737553342991651", DOUYIN),
    (
        "https://www.tiktok.com/@a.b/photo/6742501081818877190?lang=en",
        "https://www.tiktok.com/@a.b/video/6742501081818877190",
    ),
    (
        "https://m.tiktok.com/v/6742501081818877190.html?u_code=1",
        "https://www.tiktok.com/@/video/6742501081818877190",
    ),
    (
        "https://mobile.twitter.com/a/status/643211948184596480?s=20&t=x",
        "https://twitter.com/a/status/643211948184596480",
    ),
    (
        "https://x.com/i/status/643211948184596480",
        "https://twitter.com/i/web/status/643211948184596480",
    ),
    (
        "https://vxtwitter.com/a/status/643211948184596480/video/2",
        "https://twitter.com/a/status/643211948184596480/video/2",
    ),
    ("https://youtu.be/dQw4w9WgXcQ?si=abc&t=3", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    (
        "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "https://m.weibo.cn/2066652961/4189191225395228?wm=1",
        "https://m.weibo.cn/status/4189191225395228",
    ),
    (
        "https://m.weibo.cn/detail/4189191225395228",
        "https://m.weibo.cn/status/4189191225395228",
    ),
    (
        "https://weibo.com/7827771738/N4xlMvjhI?from=page#comment",
        "https://weibo.com/7827771738/N4xlMvjhI",
    ),
    (
        "https://video.weibo.com/show?fid=1034:4797699866951785",
        "https://weibo.com/tv/show/1034:4797699866951785",
    ),
    (
        "https://m.bilibili.com/video/BV13x41117TL?p=2&share_source=copy",
        "https://www.bilibili.com/video/BV13x41117TL?p=2",
    ),
    ("https://b23.tv/BV13x41117TL", "https://www.bilibili.com/video/BV13x41117TL"),
    (
        "https://m.ixigua.com/video/6996881461559165471?wid_try=1",
        "https://www.ixigua.com/6996881461559165471?",
    ),
    (
        "https://m.toutiao.com/video/7505382061495176511/",
        "https://www.toutiao.com/video/7505382061495176511/",
    ),
    (
        "https://www.instagram.com/reel/Chunk8-jurw/?igsh=1",
        "https://www.instagram.com/p/Chunk8-jurw/",
    ),
    ("https://t.me/s/europa_press/613", "https://t.me/europa_press/613"),
    (
        "https://www.xiaohongshu.com/discovery/item/6411cf99000000001300b6d9?xsec_token=A&app=1",
        "https://www.xiaohongshu.com/explore/6411cf99000000001300b6d9?xsec_token=A",
    ),
    (
        "https://m.facebook.com/watch/?v=647537299265662&ref=sharing",
        "https://www.facebook.com/watch/?v=647537299265662",
    ),
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2FdQw4w9WgXcQ%3Ffbclid%3D1&h=x",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    ),
]


@pytest.mark.parametrize(("shared", "plain"), FORMS)
def test_every_form_of_sharing_has_one_plain_form(shared, plain):
    found = addresses.canonical(shared)
    assert found.url == plain
    assert found.platform
    assert found.post_id in plain
    assert addresses.canonical(found.url) == found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_yt_dlp_has_an_extractor_for_each_plain_form():
    from yt_dlp.extractor import list_extractor_classes

    of_sites = [one for one in list_extractor_classes() if one.ie_key() != "Generic"]
    for plain in {plain for _, plain in FORMS}:
        assert [one for one in of_sites if one.suitable(plain)], plain


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@cgtn/videos",
        "https://www.youtube.com/playlist?list=PL1",
        "https://space.bilibili.com/3985676/video",
        "https://weibo.com/u/2066652961?tabtype=video",
        "https://x.com/i/broadcasts/1OwxWwQOPlNxQ",
        "https://www.douyin.com/user/MS4wLjABAAAA",
        "https://notdouyin.com/video/6961737553342991651",
        "https://douyin.com.evil.example/video/6961737553342991651",
        "http://127.0.0.1:8000/video/6961737553342991651",
        "https://[bad",
        "file:///etc/hostname",
    ],
)
def test_what_names_no_post_stays_as_it_is(url):
    assert addresses.canonical(url) == addresses.Address(url)
    assert not addresses.shortened(url, SHORT)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text() | st.from_regex(r"https?://(www\.)?(douyin|x|weibo)\.com/\S*", fullmatch=True))
def test_whatever_is_written_is_read_without_harm(text):
    once = addresses.canonical(text)
    assert addresses.canonical(once.url).post_id == once.post_id
    addresses.shortened(text, SHORT)


@pytest.mark.parametrize(
    "url",
    [
        "https://v.douyin.com/J8abcDE/",
        "https://t.co/AbCdEf",
        "https://vm.tiktok.com/ZMabc/",
        "https://www.tiktok.com/t/ZTabc/",
        "https://b23.tv/abc1234",
        "https://t.cn/A6abc",
        "https://m.toutiao.com/is/abc/",
        "https://www.facebook.com/share/v/abc/",
    ],
)
def test_shortened_addresses_are_known_as_such(url):
    assert addresses.shortened(url, SHORT)


def test_hops_are_followed_until_one_names_a_post():
    hops = {
        "https://t.co/a": "https://v.douyin.com/b/",
        "https://v.douyin.com/b/": "https://www.iesdouyin.com/share/video/6961737553342991651/",
    }
    assert addresses.resolved("https://t.co/a", SHORT, hops.__getitem__).url == DOUYIN
    circle = {"https://t.co/a": "https://t.cn/b", "https://t.cn/b": "https://t.co/a"}
    assert not addresses.resolved("https://t.co/a", SHORT, circle.__getitem__).post_id
    assert addresses.resolved("https://t.co/a", SHORT, lambda url: "").url == "https://t.co/a"
