"""The page: self-contained, safe with any text, the same bytes each time, and of a size to mail."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.index import builders as make
from tests.report import story
from tracer.model import Answer, Chain, IndexedVideo
from tracer.report import FORMATS, html
from tracer.report.material import Material

MATERIAL = Material(story.STATE, algorithm="tracer-1 (test)")
VOID = {"meta", "img", "br", "line", "rect", "path", "circle", "polygon", "image"}


class Page(HTMLParser):
    """What of a page the tests ask about; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        known = {name: value or "" for name, value in attrs}
        self.tags.append((tag, known))
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if "id" in known:
            self.ids.append(known["id"])
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


def chain_page(chain: Chain = story.CHAIN) -> str:
    return html.render_chain(chain, MATERIAL)


def answer_page(*answers: Answer) -> str:
    return html.render_answers(answers, MATERIAL)


PAGES = {
    "chain": lambda: chain_page(),
    "empty": lambda: chain_page(story.EMPTY_CHAIN),
    "many": lambda: chain_page(story.many(60)),
    "answers": lambda: answer_page(story.matched(), story.unmatched(), story.unreadable()),
}


@pytest.fixture(params=PAGES, name="text")
def _text(request) -> str:
    return PAGES[request.param]()


def test_a_page_nests_and_needs_nothing_from_elsewhere(text):
    page = Page(text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object")]
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/webp;base64,")
        if tag == "image":
            assert attributes["href"].startswith("data:image/webp;base64,")
        if tag == "a":
            assert attributes["href"].startswith(("https://", "http://", "#"))
    assert "url(http" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_a_page_has_a_language_headings_in_order_and_unique_names(text):
    page = Page(text)
    assert dict(page.tags)["html"]["lang"] == "en"
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(page.headings))
    assert len(page.ids) == len(set(page.ids))


def test_every_picture_has_a_text_instead(text):
    for tag, attributes in Page(text).tags:
        if tag == "img":
            assert attributes["alt"].strip()
        if attributes.get("role") == "img":
            assert attributes.get("aria-label") or attributes.get("aria-labelledby")


def test_the_same_input_gives_the_same_bytes(text):
    assert text in [make() for make in PAGES.values()]


def test_nothing_is_called_the_original(text):
    assert "original" not in Page(text).text.split("}\n}")[-1].lower()


def test_text_of_strangers_stays_text():
    text = chain_page()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert "\u202e" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://[", "ftp://a/b"]
)
def test_only_web_addresses_become_links(url):
    assert html.safe_url(url) == ""
    chain = replace(
        story.EMPTY_CHAIN,
        videos=(replace(story.VIDEOS[0], posts=(replace(story.FIRST_POST, url=url),)),),
    )
    assert 'rel="noreferrer nofollow"' not in chain_page(chain)


def test_the_statement_comes_first_then_contradictions_then_what_was_not_checked():
    text = Page(chain_page()).text
    order = [
        "Earliest known to this index: Pomegranate Cloud, 2021-01-23 11:15 UTC",
        "Contradictions",
        "Not checked",
        "When it was posted",
        "What derives from what",
        "The links, one by one",
        "The files",
        "How this was made",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_hashes_settings_and_versions_stand_on_the_page():
    text = Page(chain_page()).text
    assert story.POMEGRANATE in text
    assert story.STATE.settings in text
    assert "video-tracer" in text


def test_no_match_is_told_with_what_was_searched():
    text = Page(answer_page(story.unmatched())).text
    assert "No match among 1,204 videos, 20.1 hours, as of 2026-11-22 01:00 UTC." in text
    assert "Failed at: alignment" in text


def test_a_viral_family_is_grouped_and_every_copy_can_still_be_found():
    text = chain_page(story.many(2000))
    page = Page(text)
    assert len(text) < 1_000_000
    assert len([tag for tag, _ in page.tags if tag == "img"]) < 20
    assert len([tag for tag, _ in page.tags if tag == "article"]) == 1
    assert "1,999 more copies are linked in the same way" in page.text
    assert all(f"{number:064x}"[-6:] in page.text for number in range(1, 2001))


def test_a_viral_family_of_copies_of_copies_is_grouped_by_branches():
    chain = story.spread(2000)
    text = chain_page(chain)
    page = Page(text)
    assert len(text) < 1_500_000
    assert len([tag for tag, _ in page.tags if tag == "img"]) < 20
    assert len([tag for tag, _ in page.tags if tag == "article"]) <= 40
    assert "more in its branch" in page.text
    assert all(video.video.sha256[:12] in text for video in chain.videos)


# --- pictures, from real clips ---


def _clip(fixtures: Path, name: str, sha256: str | None = None) -> IndexedVideo:
    from tracer.media.digest import sha256_of
    from tracer.media.probe import probe

    path = fixtures / "clips" / name
    known = sha256 or sha256_of(path)
    return IndexedVideo(probe(path, known), (str(path),), (story.FIRST_POST,))


@pytest.fixture(scope="module")
def clips(fixtures) -> tuple[IndexedVideo, IndexedVideo]:
    return _clip(fixtures, "sintel.mp4"), _clip(fixtures, "sintel-youtube-english.mp4")


def _two(first: IndexedVideo, second: IndexedVideo) -> Chain:
    a, b = first.video.sha256, second.video.sha256
    found = story.match(b, a, story.SUBTITLES, shift=11.0, length=20.0)
    return Chain(
        (first, second),
        (story.link(a, b, found),),
        (),
        replace(story.EARLIEST, sha256=a),
    )


def test_frames_of_both_videos_stand_side_by_side_and_fit_in_a_mail(clips, tmp_path):
    written = FORMATS["html"].write(_two(*clips), tmp_path / "report.html", MATERIAL)
    text = written.read_text("utf-8")
    page = Page(text)
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 1 + 6  # the poster, and three pairs
    assert {picture["alt"] for picture in pictures} >= {"source at 0:14.0", "copy at 0:03.0"}
    assert "its SHA-256 checked again" in page.text
    assert len(text) < 500_000


def test_a_file_that_changed_is_never_shown_as_the_video(clips, fixtures, tmp_path):
    first, second = clips
    moved = tmp_path / "sintel.mp4"
    moved.write_bytes((fixtures / "clips" / "city.mp4").read_bytes())
    text = Page(chain_page(_two(replace(first, paths=(str(moved),)), second))).text
    assert "media not at hand" in text
    assert "another one now" in text


def test_the_stored_film_stands_in_for_missing_media(clips, tmp_path):
    from tracer.fingerprint.take import take
    from tracer.settings import DEFAULT

    first, second = clips
    taken = take(Path(first.paths[0]), first.video, DEFAULT)
    gone = replace(first, paths=(str(tmp_path / "gone.mp4"),))
    material = replace(
        MATERIAL, fingerprint=lambda sha256: taken if sha256 == first.video.sha256 else None
    )
    text = html.render_chain(_two(gone, second), material)
    page = Page(text)
    assert len([tag for tag, _ in page.tags if tag == "img"]) == 7
    assert "the small grey film that the index keeps" in page.text


def test_a_possible_match_is_not_called_the_same_footage():
    found = replace(make.match("99", "a"), verdict="possible", sha256=story.VIDEOS[0].video.sha256)
    unsure = replace(story.answer(found), earliest=None)
    text = Page(answer_page(unsure)).text
    assert "1 video may show the same footage; nothing tells who was first." in text
    assert "shows the same footage" not in text
