"""Marks point to their source and account; ordinary words point nowhere."""

from __future__ import annotations

import pytest

from tracer.model import Post, TextLine
from tracer.text.marks import clues_of, clues_of_posts, platform_of


def mark(text, kind="mark", start=0.0, box=(0.03, 0.05, 0.3, 0.09), confidence=0.97):
    return TextLine(start, start + 4, box, text, "zh", kind, confidence)


@pytest.mark.parametrize(
    ("texts", "source", "account"),
    [
        (["抖音", "抖音号：niu_2021"], "douyin", "niu_2021"),
        (["抖音号:abcd.88"], "douyin", "abcd.88"),
        (["TikTok @valley.news"], "tiktok", "valley.news"),
        (["TikTok", "@valley.news"], "tiktok", "valley.news"),
        (["快手号：mumin88"], "kuaishou", "mumin88"),
        (["西瓜视频"], "ixigua", ""),
        (["微博 @山谷里的风"], "weibo", "山谷里的风"),
        (["bilibili"], "bilibili", ""),
        (["石榴云/新疆日报记者"], "pomegranate_cloud", ""),
        (["石榴云/新疆日报记者"], "xinjiang_daily", ""),
        (["天山网-新疆日报"], "tianshan_net", ""),
        (["Pomegranate Cloud"], "pomegranate_cloud", ""),
        (["CCTV-13 新闻"], "cctv", ""),
        (["CGTN"], "cgtn", ""),
    ],
)
def test_a_mark_names_its_source(texts, source, account):
    found = clues_of([mark(text) for text in texts], "f" * 64)
    assert (source, account) in {(clue.source, clue.account) for clue in found}
    assert all(clue.time == 0.0 and clue.box and clue.sha256 for clue in found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我昨天看了抖音", "subtitle"),
        ("I saw it on TikTok", "subtitle"),
        ("write to a@b.example", "mark"),
        ("牧场笔记", "mark"),
        ("FICTION TV", "mark"),
        ("快手快脚", "subtitle"),
        ("@home", "mark"),  # no platform's mark anywhere: whose account?
    ],
)
def test_ordinary_words_point_nowhere(text, kind):
    assert clues_of([mark(text, kind, box=(0.2, 0.85, 0.8, 0.9))]) == ()


def test_what_is_badly_read_points_nowhere():
    assert clues_of([mark("抖音号：abcd12", confidence=0.7)]) == ()


def test_an_account_becomes_a_link():
    (clue,) = clues_of([mark("TikTok @valley.news")])
    assert clue.url == "https://www.tiktok.com/@valley.news"


def test_posts_are_read_too_but_not_for_their_own_platform():
    posts = [Post("douyin", text="看抖音 来源：石榴云"), Post("youtube", title="from CGTN")]
    assert {clue.source for clue in clues_of_posts(posts)} == {"pomegranate_cloud"}
    assert {clue.where for clue in clues_of_posts(posts)} == {"post"}


def test_the_most_particular_name_wins():
    assert platform_of("抖音 石榴云") == "pomegranate_cloud"
    assert platform_of("nothing") is None
