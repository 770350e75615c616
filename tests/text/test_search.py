"""Words are found where they stand, in Chinese without spaces, and through a misread letter."""

from __future__ import annotations

import pytest

from tests.index import builders as make
from tracer.index.store import Index
from tracer.model import Post, TextLine, TextTrack

LINES = {
    "a": ["悬崖下面的小镇上\n人们还记得她的红头发", "我们很自由"],
    "b": ["Everyone wanted to hold it,\nso we passed it around.", "石榴云/新疆日报"],
}


def line(text: str, start: float = 1.0) -> TextLine:
    language = "en" if text.isascii() else "zh"
    return TextLine(start, start + 2, (0.2, 0.8, 0.8, 0.9), text, language, "subtitle", 0.98)


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "index.db", "write") as opened:
        for name, texts in LINES.items():
            opened.add(make.video(name), make.fingerprint(name), "digest")
            lines = tuple(line(text, 3.0 * at) for at, text in enumerate(texts))
            opened.add_text(make.sha(name), TextTrack("reader 1", lines))
        post = Post(
            "douyin", post_id="7", url="https://x/7", title="旅人的故事", text="100% 自由 a_b"
        )
        opened.add_post(make.sha("b"), post)
        yield opened


@pytest.mark.parametrize(
    ("words", "name", "where"),
    [
        ("我们很自由", "a", "line"),
        ("我们", "a", "line"),  # two letters: shorter than the index's three
        ("镇上人们还记", "a", "line"),  # over a line break
        ("hold it, so we", "b", "line"),
        ("EVERYONE wanted", "b", "line"),
        ("旅人", "b", "title"),
        ("100%", "b", "post"),
        ("a_b", "b", "post"),
    ],
)
def test_the_very_words_come_first(index, words, name, where):
    first = index.search(words)[0]
    assert (first.sha256, first.where, first.score) == (make.sha(name), where, 1.0)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("我们狠自由", "我们很自由"),  # no three letters in a row are left
        ("石榴云/新彊日报", "石榴云/新疆日报"),
        ("Everyone wonted to hold", "Everyone wanted to hold it,\nso we passed it around."),
    ],
)
def test_a_misread_letter_is_forgiven(index, words, text):
    first = index.search(words)[0]
    assert first.text == text
    assert 0.7 <= first.score < 1.0


@pytest.mark.parametrize(
    "words", ["", "  ", "你好世界", "nothing of the sort", '"', "*", "a'b NEAR("]
)
def test_what_stands_nowhere_is_not_found(index, words):
    assert index.search(words) == []


def test_the_search_follows_what_is_read_again_and_posts_that_change(index):
    index.add_text(make.sha("a"), TextTrack("reader 2", (line("别的字幕"),)))
    index.add_post(make.sha("b"), Post("douyin", post_id="7", url="https://x/7", text="完全不同"))
    assert index.search("我们很自由") == []
    assert [hit.text for hit in index.search("别的字幕")] == ["别的字幕"]


def test_an_index_names_what_was_not_read(index):
    index.add(make.video("c"), make.fingerprint("c"), "digest")
    assert index.unread() == [make.sha("c")]
    assert index.unread("reader 1") == [make.sha("c")]
    assert set(index.unread("reader 2")) == {make.sha(name) for name in "abc"}
    assert index.text(make.sha("c")) is None
    assert [one.text for one in index.text(make.sha("a")).lines] == LINES["a"]
