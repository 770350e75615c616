"""Claims of time: what each says of a post, whose hand it comes from, what cannot all be true.

A claim plays one of four roles. *Publication*: when the post was made (its id, the platform's
metadata, a sidecar, a page). *Upload*: when the medium was stored (a media id), before the post.
*Bound*: it was there by then (an archive's capture, the collection). *Aside*: kept and shown, but
ranks nothing: an HTTP Last-Modified is a server's file date, a container's creation time is
rewritten by every platform and set at will by any editor, an id scheme may be unverified.

Claims that cannot all be true are never averaged: they become contradictions, and what ranks is
the claim that the platform's machines minted (the post's id), or else the whole span they cover.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from tracer.model import Contradiction, IndexedVideo, Instant, Post, Video
from tracer.settings import DEFAULT, TraceSettings
from tracer.trace import ids, platforms, urls
from tracer.trace.ids import EPOCH

Order = Literal["before", "after", "overlapping"]
Role = Literal["publication", "upload", "bound", "aside"]

# A source that is not listed is a publication claim by the platform of its post.
ROLES: dict[str, Role] = {
    "media_id": "upload",
    "archive": "bound",
    "collected": "bound",
    "container": "aside",
    "http-last-modified": "aside",
    "post_id_unverified": "aside",
    "account_id": "aside",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """All that is claimed of the time of one post, and what follows from it."""

    post: Post
    published: Instant | None  # when the post was made
    existed: Instant | None  # when its video is first seen to exist: the upload or the post
    claims: tuple[Instant, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def dated(self) -> bool:
        """Tell whether more than the day of collection is known."""
        return self.existed is not None and self.existed.source != "collected"


def order(first: Instant, second: Instant) -> Order:
    """Compare two intervals: they are ordered only where they do not touch."""
    if first.latest < second.earliest:
        return "before"
    return "after" if second.latest < first.earliest else "overlapping"


def role(claim: Instant) -> Role:
    """Return what a claim is about, by its source."""
    return ROLES.get(claim.source, "publication")


def hand(claim: Instant, post: Post) -> str:
    """Return who is behind a claim; empty where it corroborates nothing.

    A post's id, the platform's metadata and a sidecar that copied it are one hand: the platform's
    operator. An archive is a hand of its own. The collection is the investigator's own word.
    """
    kind = role(claim)
    if kind == "aside" or claim.source == "collected":
        return ""
    if kind == "bound":
        return f"archive:{urls.archive_of(claim.raw) or claim.raw}"
    return f"platform:{platforms.operator(post.platform)}" if post.platform else "unnamed"


def claims(
    post: Post, video: Video | None = None, settings: TraceSettings = DEFAULT.trace
) -> tuple[Instant, ...]:
    """Return every claim of time of one post, each once, in a fixed order."""
    address = urls.read(post.url)
    found: list[Instant | None] = [*post.claims]
    # The best claim may be one of these made narrower by the others: it is not one more.
    stated = {(claim.source, claim.raw) for claim in post.claims}
    if post.published is not None and (post.published.source, post.published.raw) not in stated:
        found.append(post.published)
    for post_id in (post.post_id, address.post_id):
        found.append(ids.instant_of_id(post.platform or address.platform, post_id, settings))
    for media_id in (post.media_id, address.media_id):
        found.append(ids.instant_of_media_id(post.platform or address.platform, media_id, settings))
    found += address.captured
    if post.collected is not None:
        found.append(_bound_by(post.collected))
    if video is not None and video.created:
        found.append(_container(video.created))
    each = {(c.source, c.raw, c.earliest, c.latest): c for c in found if c is not None}
    return tuple(sorted(each.values(), key=lambda c: (c.latest, c.earliest, c.source, c.raw)))


def timing(
    post: Post, video: Video | None = None, settings: TraceSettings = DEFAULT.trace
) -> Timing:
    """Weigh a post's claims: drop the impossible, intersect the rest, name what disagrees."""
    every = claims(post, video, settings)
    sha256 = video.sha256 if video else ""
    possible, contradictions = _without_impossible(post, every, sha256, settings)
    bounds = [claim for claim in every if role(claim) == "bound"]
    agreed = combine(possible, sha256, post, settings)
    if isinstance(agreed, Contradiction):
        contradictions.append(agreed)
        agreed = _span(possible)
    published = _within(agreed, bounds, post)
    uploads = [claim for claim in possible if role(claim) == "upload"]
    existed = min([*uploads, *([published] if published else [])], key=_by_then, default=None)
    return Timing(post, published, existed, every, tuple(contradictions))


def combine(
    every: Sequence[Instant],
    sha256: str = "",
    post: Post | None = None,
    settings: TraceSettings = DEFAULT.trace,
) -> Instant | Contradiction | None:
    """Intersect the publication claims of one post; None without any.

    A time that was read off a screen has no seconds, hence `time_slack`; where claims miss one
    another by less, the id's own time stands.
    """
    published = [claim for claim in every if role(claim) == "publication"]
    if not published:
        return None
    start = max(claim.earliest for claim in published)
    end = min(claim.latest for claim in published)
    if start <= end:
        tightest = min(published, key=lambda c: (c.latest - c.earliest, c.source, c.raw))
        return replace(tightest, earliest=start, latest=end)
    if start - end <= timedelta(seconds=settings.time_slack):
        return _preferred(published)
    return _disagreement(published, sha256, post, settings)


def first_appearance(video: IndexedVideo, settings: TraceSettings = DEFAULT.trace) -> Timing | None:
    """Return the earliest post of a video: the one by which it is first known to have existed."""
    known = [t for t in timings(video, settings) if t.existed is not None]
    return min(known, key=lambda t: (not t.dated, *_by_then(t.existed)), default=None)


def timings(video: IndexedVideo, settings: TraceSettings = DEFAULT.trace) -> tuple[Timing, ...]:
    """Weigh every post of a video, in the order given."""
    return tuple(timing(post, video.video, settings) for post in video.posts)


def dated(video: IndexedVideo, settings: TraceSettings = DEFAULT.trace) -> IndexedVideo:
    """Return a video whose posts carry all that is known of their times, also from their ids.

    `published` of each is what its claims agree on, `claims` holds every one; doing it again
    changes nothing. Whoever shows a post shows then what the chain ranks by.
    """
    posts = tuple(
        replace(each.post, published=each.published, claims=each.claims)
        for each in timings(video, settings)
    )
    return replace(video, posts=posts)


def hands(video: IndexedVideo, settings: TraceSettings = DEFAULT.trace) -> frozenset[str]:
    """Return the independent hands whose claims bear out a video's first appearance.

    A claim that was set aside as impossible, or that disagrees with another, bears out nothing.
    """
    found: set[str] = set()
    for each in timings(video, settings):
        doubted = {claim for contradiction in each.contradictions for claim in contradiction.claims}
        found |= {hand(claim, each.post) for claim in each.claims if claim not in doubted}
    return frozenset(found - {""})


def same_uploads(videos: Iterable[IndexedVideo]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return which videos carry the same (platform, media id): one upload, used twice.

    No contradiction but a link, and the strongest one there is.
    """
    carriers: dict[tuple[str, str], set[str]] = {}
    for video in videos:
        for post in video.posts:
            media_id = post.media_id or urls.read(post.url).media_id
            if media_id:
                key = (platforms.canonical(post.platform), media_id)
                carriers.setdefault(key, set()).add(video.video.sha256)
    return {key: tuple(sorted(found)) for key, found in carriers.items() if len(found) > 1}


def _by_then(claim: Instant | None) -> tuple[datetime, datetime]:
    """Rank by when something is known to have happened at the latest."""
    assert claim is not None
    return claim.latest, claim.earliest


def _bound_by(moment: datetime) -> Instant:
    return Instant(EPOCH, moment, "collected", moment.isoformat())


def _container(raw: str) -> Instant | None:
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None  # the raw value stays with the video
    if moment.tzinfo is None:
        # Without a zone it may be any: from UTC+14 to UTC-12.
        bare = moment.replace(tzinfo=EPOCH.tzinfo)
        return Instant(
            bare - timedelta(hours=14), bare + timedelta(hours=12), "container", raw, zone=""
        )
    return Instant(moment, moment, "container", raw)


def _without_impossible(
    post: Post, every: Sequence[Instant], sha256: str, settings: TraceSettings
) -> tuple[list[Instant], list[Contradiction]]:
    """Set aside the claims that something firmer rules out, each with its contradiction."""
    contradictions: list[Contradiction] = []
    possible: list[Instant] = []
    opened = platforms.since(post.platform)
    account = ids.account_created(post.account, settings) if post.account else None
    bounds = sorted((c for c in every if role(c) == "bound"), key=_by_then)
    for claim in every:
        if role(claim) not in ("publication", "upload"):
            continue
        kind, detail = "", ""
        against: tuple[Instant, ...] = ()
        if opened is not None and claim.latest < opened:
            kind = "before-platform-existed"
            detail = f"{post.platform} opened on {opened.date()}; the claim lies before it"
        elif account is not None and claim.latest < account.earliest:
            kind, against = "before-account-existed", (account,)
            detail = f"the account was made on {account.earliest.date()}, as its id tells"
        elif bounds and claim.earliest > bounds[0].latest:
            kind = "after-collected" if bounds[0].source == "collected" else "after-archived"
            against = (bounds[0],)
            detail = f"it was already there by {bounds[0].latest.isoformat()}"
        if kind:
            contradictions.append(Contradiction(kind, sha256, post, (claim, *against), detail))
        else:
            possible.append(claim)
    return possible, contradictions


def _disagreement(
    published: Sequence[Instant], sha256: str, post: Post | None, settings: TraceSettings
) -> Contradiction:
    by_id = [claim for claim in published if claim.source == "post_id"]
    others = [claim for claim in published if claim.source != "post_id"]
    shared = (
        post is not None
        and platforms.canonical(post.platform) == "twitter"
        and by_id
        and others
        and min(c.earliest for c in by_id) - max(c.latest for c in others)
        > timedelta(seconds=settings.retweet_gap)
    )
    kind = "retweet" if shared else "times-disagree"
    detail = (
        "the stated time is that of another, earlier post that this one shares on"
        if shared
        else "the claims of time of this post do not overlap: "
        + ", ".join(f"{c.source} {c.earliest.isoformat()}" for c in published)
    )
    return Contradiction(kind, sha256, post, tuple(published), detail)


def _preferred(published: Sequence[Instant]) -> Instant:
    """Prefer what the platform's machines minted; of several ids, the latest (the sharing post)."""
    minted = [claim for claim in published if claim.source == "post_id"]
    return max(minted or published, key=lambda c: (c.latest, c.earliest, c.source, c.raw))


def _span(published: Sequence[Instant]) -> Instant | None:
    """Return what ranks where claims disagree: the post's id, or the whole span they cover."""
    stated = [claim for claim in published if role(claim) == "publication"]
    if any(claim.source == "post_id" for claim in stated):
        return _preferred(stated)
    if not stated:
        return None
    first = min(stated, key=lambda c: (c.earliest, c.latest, c.source, c.raw))
    return replace(first, latest=max(claim.latest for claim in stated))


def _within(agreed: Instant | None, bounds: Sequence[Instant], post: Post) -> Instant | None:
    """Cut an interval at the tightest bound; without one, the bound itself is all that is known."""
    if not bounds:
        return agreed
    tightest = min(bounds, key=_by_then)
    if agreed is None:
        return replace(tightest, earliest=platforms.since(post.platform) or EPOCH)
    return replace(agreed, latest=min(agreed.latest, tightest.latest))
