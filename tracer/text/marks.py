"""What was read in the frames or stands in a post -> pointers to where a video comes from.

A platform's mark, an account's id, a newspaper's credit: each points to a source that may not be in
the index. A lone common word is no mark: names that are words of the language count only where a
mark would stand, or beside an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model import Clue, Post, TextLine


@dataclass(frozen=True, slots=True)
class _Sign:
    """How one source signs."""

    source: str  # a platform or a publisher
    pattern: re.Pattern[str]
    common: bool = False  # also a word of the language: counts only where a mark stands


def _signs() -> tuple[_Sign, ...]:
    rows: tuple[tuple[str, str, bool], ...] = (
        ("douyin", r"抖音|Douyin|\bdou\s?yin\b|Shakyin", True),
        ("tiktok", r"Tik\s?Tok", True),
        ("kuaishou", r"快手|Kuaishou|\bKwai\b", True),
        ("ixigua", r"西瓜视频|\bixigua\b", False),
        ("weibo", r"微博|\bWeibo\b|weibo\.com", True),
        ("bilibili", r"哔哩哔哩|bilibili", False),
        ("xiaohongshu", r"小红书|\bREDnote\b|Xiaohongshu", True),
        ("pomegranate_cloud", r"石榴云|Pomegranate\s?Cloud|Shi\s?liu\s?yun|Shihua\s?Yun", False),
        ("xinjiang_daily", r"新疆日报|Xinjiang\s?Daily", False),
        ("tianshan_net", r"天山网|Tianshan\s?net\b", False),
        ("cctv", r"央视(?:网|新闻|频)|\bCCTV(?:-?\d{1,2})?\b|CCTV\.com", True),
        ("cgtn", r"\bCGTN\b", True),
    )
    return tuple(_Sign(name, re.compile(words, re.IGNORECASE), word) for name, words, word in rows)


SIGNS = _signs()
SOURCES = {
    "douyin": "Douyin",
    "tiktok": "TikTok",
    "kuaishou": "Kuaishou",
    "ixigua": "Xigua Video",
    "weibo": "Weibo",
    "bilibili": "Bilibili",
    "xiaohongshu": "Xiaohongshu",
    "pomegranate_cloud": "Pomegranate Cloud",
    "xinjiang_daily": "Xinjiang Daily",
    "tianshan_net": "Tianshan Net",
    "cctv": "CCTV",
    "cgtn": "CGTN",
}

# Ids that name their platform. A reader often drops the colon or reads it in the other width.
_NAMED_IDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("douyin", re.compile(r"抖音(?:号|ID|id)\s*[:：.]?\s*([A-Za-z0-9_.-]{4,30})")),
    ("kuaishou", re.compile(r"快手(?:号|ID|id)\s*[:：.]?\s*([A-Za-z0-9_-]{4,30})")),
    ("xiaohongshu", re.compile(r"小红书(?:号|ID|id)\s*[:：.]?\s*([A-Za-z0-9_-]{4,30})")),
    ("ixigua", re.compile(r"西瓜(?:视频)?(?:号|ID|id)?\s*[:：@]\s*([^\s:：@]{2,30})")),
    ("tiktok", re.compile(r"tiktok\.com/@([A-Za-z0-9_.]{2,24})", re.IGNORECASE)),
    ("weibo", re.compile(r"weibo\.com/(?:u/)?([A-Za-z0-9]{4,30})", re.IGNORECASE)),
    ("bilibili", re.compile(r"(?:space\.bilibili\.com/|\bUID\s*[:：]\s*)(\d{3,16})")),
)
_AT = re.compile(r"(?<![\w.])@\s?([A-Za-z0-9_.]{3,24})(?![\w.]*\.\w)")
_AT_NAME = re.compile(r"@\s?([\w·・-]{2,20})")  # Weibo's: any letters
_LINKS = {
    "douyin": "https://www.douyin.com/search/{}?type=user",  # the id in the mark is not the address
    "tiktok": "https://www.tiktok.com/@{}",
    "kuaishou": "https://www.kuaishou.com/search/author?searchKey={}",
    "weibo": "https://weibo.com/n/{}",
    "bilibili": "https://space.bilibili.com/{}",
    "xiaohongshu": "https://www.xiaohongshu.com/search_result?keyword={}&type=54",
}
_SURE = 0.8  # of the reader: a badly read mark is no pointer


def platform_of(text: str) -> str | None:
    """Return the source that a mark names, the most particular first; None where it names none."""
    for sign in sorted(SIGNS, key=lambda one: one.common):
        if sign.pattern.search(text):
            return sign.source
    return None


def clues_of(lines: Sequence[TextLine], sha256: str = "") -> tuple[Clue, ...]:
    """Return what the frames of a video point to, each once, by the time it is first seen."""
    found: dict[tuple[str, str], Clue] = {}
    marked = _platforms_marked(lines)
    for line in sorted(lines, key=lambda one: (one.start, one.box)):
        if line.confidence < _SURE or not line.text:
            continue
        text = " ".join(line.text.split())
        for source, account in _named(text, _stands_as_mark(line, text), marked):
            key = (source, account.casefold())
            if key not in found:
                found[key] = Clue(
                    source=source,
                    account=account,
                    url=link(source, account),
                    text=text,
                    where="frame",
                    time=line.start,
                    box=line.box,
                    sha256=sha256,
                )
    return tuple(_particular(found.values()))


def clues_of_posts(posts: Iterable[Post], sha256: str = "") -> tuple[Clue, ...]:
    """Return what titles and texts of posts point to, apart from the platform they stand on."""
    found: dict[tuple[str, str], Clue] = {}
    for post in posts:
        for text in (post.title, post.text):
            for source, account in _named(text, False, frozenset()):
                if source == post.platform and not account:
                    continue  # a post on Douyin that says Douyin points nowhere
                key = (source, account.casefold())
                found.setdefault(
                    key,
                    Clue(
                        source=source,
                        account=account,
                        url=link(source, account),
                        text=" ".join(text.split())[:200],
                        where="post",
                        sha256=sha256,
                    ),
                )
    return tuple(_particular(found.values()))


def link(source: str, account: str) -> str:
    """Return where an account can be followed; empty where nothing is known."""
    from urllib.parse import quote

    form = _LINKS.get(source)
    return form.format(quote(account)) if form and account else ""


def _named(text: str, as_mark: bool, marked: frozenset[str]) -> list[tuple[str, str]]:
    """Return (source, account) pairs that a text names; the account may be empty."""
    found: list[tuple[str, str]] = []
    for source, pattern in _NAMED_IDS:
        found += [(source, one.rstrip(".")) for one in pattern.findall(text)]
    signed = [
        sign.source for sign in SIGNS if (as_mark or not sign.common) and sign.pattern.search(text)
    ]
    named = {source for source, _ in found}
    at = _AT.search(text)
    owner = next((one for one in ("tiktok", "douyin", "weibo") if one in (*signed, *marked)), None)
    if as_mark and owner is not None and owner not in named:
        name = at or (_AT_NAME.search(text) if owner == "weibo" else None)
        if name is not None:
            found.append((owner, name[1]))
            named.add(owner)
    found += [(source, "") for source in signed if source not in named]
    return found


def _platforms_marked(lines: Iterable[TextLine]) -> frozenset[str]:
    """Return the platforms whose mark stands anywhere: an @name beside it is its account."""
    return frozenset(
        sign.source
        for line in lines
        if line.text and _stands_as_mark(line, line.text)
        for sign in SIGNS
        if sign.pattern.search(line.text)
    )


def _stands_as_mark(line: TextLine, text: str) -> bool:
    """Tell whether a line stands where marks do: it stays, or is short and near an edge."""
    if line.kind == "mark":
        return True
    x0, y0, x1, y1 = line.box
    near_edge = min(x0, 1 - x1) <= 0.12 or min(y0, 1 - y1) <= 0.08
    return line.kind != "subtitle" and len(text) <= 40 and near_edge and x1 - x0 <= 0.5


def _particular(clues: Iterable[Clue]) -> list[Clue]:
    """Leave out a bare platform where one of its accounts is named in the same place."""
    known = list(clues)
    named = {clue.source for clue in known if clue.account}
    kept = [clue for clue in known if clue.account or clue.source not in named]
    return sorted(kept, key=lambda one: (one.time or 0.0, one.source, one.account))
