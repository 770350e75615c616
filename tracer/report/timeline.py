"""Posts on a common axis of time, each with the interval in which it may have been published.

A claim is drawn as wide as it is uncertain. An upper bound alone is open to the left. A gap that
would squeeze everything else into a corner is cut out of the axis and marked as a break.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tracer.model import IndexedVideo, Instant, Post
from tracer.report import wording
from tracer.report.records import posts_in_order

ALL_ROWS = 40  # up to this many posts are drawn one by one
ROWS = 20  # of more posts, the first ones are, and the others counted over time
_BINS = 60
_BREAK = 8.0  # percent of the axis that stands for a gap that was cut out
_LONG = 0.55  # share of the axis above which a gap is cut out
_ASIDE = ("collected", "container", "http-last-modified")  # told in words, not drawn
_APART = 9.0  # percent of the axis that a label takes: "15 Jan 12:00" on half a page
_OPEN = timedelta(days=3650)  # a claim wider than this is an upper bound only
_STEPS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360, 720)),
    *(timedelta(days=days) for days in (1, 2, 7, 14, 31, 92, 183, 366, 731, 1827, 3653)),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One claim of time, in percent of the axis."""

    start: float
    width: float
    open: bool  # an upper bound only: nothing says how much earlier
    main: bool  # the post's best claim; the others are drawn thinner
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One post with its bars."""

    post: Post
    video: IndexedVideo
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis."""

    at: float  # percent
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that the template draws."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    breaks: tuple[float, ...]  # percent of the middle of each gap that was cut out
    more: int  # posts that have no row of their own
    histogram: tuple[float, ...]  # share of the fullest bin, of the posts without a row
    span: str  # first and last moment in words
    years: str


def timeline(videos: Iterable[IndexedVideo]) -> Timeline:
    """Return the posts of all videos on one axis."""
    owned = posts_in_order(videos)
    spans = [
        (claim.latest if _open(claim) else claim.earliest, claim.latest)
        for post, _ in owned
        for claim in _claims(post)
    ]
    axis = Axis(spans)
    shown = len(owned) if len(owned) <= ALL_ROWS else ROWS
    rows = tuple(Row(post, video, _bars(post, axis)) for post, video in owned[:shown])
    rest = [post.published.earliest for post, _ in owned[shown:] if post.published]
    bins = [0] * _BINS
    for moment in rest:
        bins[min(_BINS - 1, int(axis.at(moment) / 100 * _BINS))] += 1
    fullest = max(bins, default=0)
    return Timeline(
        rows,
        axis.ticks(),
        axis.breaks,
        len(owned) - len(rows),
        tuple(count / fullest for count in bins) if fullest else (),
        f"{wording.moment(min(spans)[0])} to {wording.moment(max(s[1] for s in spans))}"
        if spans
        else "",
        _years(spans),
    )


class Axis:
    """Maps moments to percent, linear between breaks."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        self._pieces: list[tuple[datetime, datetime, float, float]] = []
        self.breaks: tuple[float, ...] = ()
        if not spans:
            return
        runs = _runs(spans)
        padding = max(timedelta(minutes=10), sum((e - s for s, e in runs), timedelta()) * 0.04)
        padded = [(start - padding, end + padding) for start, end in runs]
        total = sum((end - start for start, end in padded), timedelta())
        room = 100.0 - _BREAK * (len(padded) - 1)
        at = 0.0
        breaks = []
        for number, (start, end) in enumerate(padded):
            if number:
                breaks.append(at + _BREAK / 2)
                at += _BREAK
            width = room * ((end - start) / total)
            self._pieces.append((start, end, at, at + width))
            at += width
        self.breaks = tuple(breaks)

    def at(self, moment: datetime) -> float:
        """Return where a moment lies, in percent; what lies outside is drawn at the edge."""
        if not self._pieces:
            return 0.0
        number = max(0, bisect_right([piece[0] for piece in self._pieces], moment) - 1)
        start, end, left, right = self._pieces[number]
        share = min(1.0, max(0.0, (moment - start) / (end - start)))
        return left + (right - left) * share

    def ticks(self) -> tuple[Tick, ...]:
        """Return marks at round moments, about seven at most over the whole axis."""
        found: list[Tick] = []
        for start, end, left, right in self._pieces:
            wanted = max(1, round(7 * (right - left) / 100))
            step = next((s for s in _STEPS if (end - start) / s <= wanted + 1), _STEPS[-1])
            moment = _round_up(start, step)
            named = False  # an hour alone does not say of which day, after a gap least of all
            while moment <= end:
                at, label = self.at(moment), _tick_label(moment, step)
                if at < 97 and (not found or at - found[-1].at >= _APART):
                    hour = ":" in label and not named
                    label = f"{moment.day} {moment:%b} {label}" if hour else label
                    found.append(Tick(at, label))
                    named = True
                moment = _round_up(moment + step * 0.6, step)
        return tuple(found)


def _open(claim: Instant) -> bool:
    return claim.latest - claim.earliest >= _OPEN


def _claims(post: Post) -> list[Instant]:
    """Return the claims to draw, the best first; the time of collection where there is no other."""
    main = [post.published] if post.published else []
    others = [
        claim for claim in post.claims if claim != post.published and claim.source not in _ASIDE
    ]
    if not main and not others and post.collected is not None:
        early = post.collected - 2 * _OPEN
        return [Instant(early, post.collected, "collected", "")]
    return main + others


def _bars(post: Post, axis: Axis) -> tuple[Bar, ...]:
    bars = []
    for number, claim in enumerate(_claims(post)):
        end = axis.at(claim.latest)
        start = 0.0 if _open(claim) else axis.at(claim.earliest)
        bars.append(
            Bar(
                round(start, 3),
                round(max(0.0, end - start), 3),
                _open(claim),
                number == 0,
                wording.claim(claim),
            )
        )
    return tuple(bars)


def _runs(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return stretches of time to draw, cut at gaps that take more than their share."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    runs = [(merged[0][0], merged[-1][1])]
    gaps = sorted(((b[0] - a[1], a[1], b[0]) for a, b in pairwise(merged)), reverse=True)
    cut: list[tuple[datetime, datetime]] = []
    left = runs[0][1] - runs[0][0]
    for gap, before, after in gaps[:2]:
        if len(merged) > 2 and gap > left * _LONG:
            cut.append((before, after))
            left -= gap
    for before, after in sorted(cut):
        start, end = runs.pop()
        runs += [(start, before), (after, end)]
    return runs


def _round_up(moment: datetime, step: timedelta) -> datetime:
    """Return the next round moment: a month's first, a midnight, a full hour."""
    utc = moment.astimezone(UTC)
    if step >= timedelta(days=28):
        months = max(1, round(step.days / 30.5))
        year, month = utc.year, utc.month
        first = utc.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        if months >= 12:
            years = round(months / 12)
            year = -(-(year + (utc > first)) // years) * years
            return first.replace(year=year)
        index = year * 12 + month - 1
        if utc > first.replace(month=month):
            index += 1
        index = -(-index // months) * months
        return first.replace(year=index // 12, month=index % 12 + 1)
    epoch = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday, so that weeks begin where people think
    return epoch + -(-(utc - epoch) // step) * step


def _tick_label(moment: datetime, step: timedelta) -> str:
    if step >= timedelta(days=366):
        return f"{moment:%Y}"
    if step >= timedelta(days=28):
        return f"{moment:%b %Y}"
    day = f"{moment.day} {moment:%b}"
    return (
        day if step >= timedelta(days=1) or moment.hour == 0 == moment.minute else f"{moment:%H:%M}"
    )


def _years(spans: Sequence[tuple[datetime, datetime]]) -> str:
    if not spans:
        return ""
    first, last = min(spans)[0].year, max(end for _, end in spans).year
    return str(first) if first == last else f"{first} to {last}"
