"""A chain -> everything that its page shows, in order, capped so that it can be mailed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracer.index.turned import evidence_turned, seen_from
from tracer.model import (
    Chain,
    Contradiction,
    Derivation,
    Earliest,
    HiddenParent,
    IndexedVideo,
    IndexState,
    Post,
    Unchecked,
)
from tracer.report import material as materials
from tracer.report import wording
from tracer.report.drawing import Drawing, drawing
from tracer.report.groups import Group, grouped
from tracer.report.material import Material
from tracer.report.outline import outline
from tracer.report.pair import Pair, of_link
from tracer.report.pictures import Film, film
from tracer.report.records import sorted_posts
from tracer.report.timeline import Timeline, timeline

LINKS_PICTURED = 12
LINKS_SHOWN = 40
VIDEOS_SHOWN = 400
UNCHECKED_SHOWN = 30

GRADES = {
    "corroborated": "Corroborated: two independent sources agree.",
    "stated": "Stated: it rests on one source of time.",
    "inferred": "Inferred: no time is known, content alone decides.",
    "unknown": "Unknown: nothing tells who was first.",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A link that is shown, with the alike copies that it stands for."""

    pair: Pair
    pictured: bool
    members: tuple[IndexedVideo, ...]  # alike copies, the one shown left out


@dataclass(frozen=True, slots=True)
class ChainPage:
    """All that the template shows."""

    title: str
    earliest: Earliest
    grade: str
    first: IndexedVideo | None
    state: IndexState
    size: int
    contradictions: tuple[Contradiction, ...]
    unchecked: tuple[str, ...]
    timeline: Timeline
    drawing: Drawing
    hidden: tuple[tuple[HiddenParent, tuple[str, ...]], ...]
    links: tuple[Bundle, ...]
    more_links: int
    videos: tuple[IndexedVideo, ...]
    more_videos: int
    names: Mapping[str, str]
    anchors: Mapping[str, str]
    first_posts: Mapping[str, Post]  # the earliest one of each video
    dates: Mapping[str, str]  # the day of that post, hedged where it is uncertain
    poster_times: Mapping[str, float]
    searched: str
    films: Mapping[str, Film]
    algorithm: str
    versions: tuple[tuple[str, str], ...]


def chain_page(chain: Chain, material: Material) -> ChainPage:
    """Collect what a chain's page shows, the pictures included."""
    videos = {video.video.sha256: video for video in chain.videos}
    names = {sha256: wording.label(video) for sha256, video in videos.items()}
    groups = grouped(chain)
    order = _reading_order(chain)
    shown = sorted(
        (link for link in chain.links if _stands_for_itself(link, groups)),
        key=lambda link: (
            link.direction != "told",
            order.get(link.derived, 0),
            link.source,
            link.derived,
        ),
    )
    bundles = [
        Bundle(
            _pair(link, videos, names, f"link-{number}"),
            number <= LINKS_PICTURED,
            tuple(videos[member] for member in _others(link, groups)),
        )
        for number, link in enumerate(shown[:LINKS_SHOWN], 1)
    ]
    posts = {
        sha256: sorted_posts(video.posts)[0] for sha256, video in videos.items() if video.posts
    }
    picture = drawing(chain, groups)
    listed = sorted(
        chain.videos, key=lambda video: (order.get(video.video.sha256, 0), video.video.sha256)
    )
    return ChainPage(
        title=_title(chain, names),
        earliest=chain.earliest,
        grade=GRADES[chain.earliest.grade],
        first=videos.get(chain.earliest.sha256 or ""),
        state=material.state,
        size=len(chain.videos),
        contradictions=chain.contradictions,
        unchecked=not_checked(chain.unchecked),
        timeline=timeline(chain.videos),
        drawing=picture,
        hidden=tuple(
            (parent, tuple(names.get(child, child) for child in sorted(parent.children)))
            for parent in sorted(chain.hidden, key=lambda hidden: hidden.id)
        ),
        links=tuple(bundles),
        more_links=len(shown) - len(bundles),
        videos=tuple(listed[:VIDEOS_SHOWN]),
        more_videos=max(0, len(listed) - VIDEOS_SHOWN),
        names=names,
        anchors={bundle.pair.right.sha256: bundle.pair.anchor for bundle in reversed(bundles)},
        first_posts=posts,
        dates={sha256: wording.day(post) for sha256, post in posts.items()},
        poster_times={sha256: poster_time(video) for sha256, video in videos.items()},
        searched=wording.searched(material.state),
        films=films(videos, _wanted(videos, bundles, picture), material),
        algorithm=material.algorithm,
        versions=materials.versions(),
    )


def films(
    videos: Mapping[str, IndexedVideo], wanted: Iterable[tuple[str, float]], material: Material
) -> dict[str, Film]:
    """Return the frames of each video, each file opened once."""
    times: dict[str, list[float]] = defaultdict(list)
    for sha256, time in wanted:
        times[sha256].append(time)
    return {sha256: film(videos[sha256], asked, material) for sha256, asked in times.items()}


def not_checked(steps: Iterable[Unchecked]) -> tuple[str, ...]:
    """Return what was not checked as sentences, the same reason for many videos as one."""
    alike: dict[tuple[str, str], list[Unchecked]] = defaultdict(list)
    for step in sorted(set(steps), key=lambda step: (step.stage, step.reason, step.subject)):
        alike[(step.stage, step.reason)].append(step)
    told = []
    for same in alike.values():
        more = f" (and of {len(same) - 1:,} more)" if len(same) > 1 else ""
        told.append(f"{wording.not_checked(same[0])}{more}.")
    rest = len(told) - UNCHECKED_SHOWN
    return (*told[:UNCHECKED_SHOWN], *([f"And {rest:,} more; see the JSON."] if rest > 0 else []))


def poster_time(video: IndexedVideo) -> float:
    """Return the second of the frame that stands for a video: early, past any fade-in."""
    return round(min(2.0, video.video.duration / 3), 3)


def _title(chain: Chain, names: Mapping[str, str]) -> str:
    first = chain.earliest.sha256 or min(names, default="")
    return f"Provenance of {names.get(first, 'a video')}"


def _reading_order(chain: Chain) -> dict[str, int]:
    """Return the place of each video when the chain is read from its source downwards."""
    order: dict[str, int] = {}
    waiting = list(reversed(outline(chain)))
    while waiting:
        branch = waiting.pop()
        order[branch.sha256] = len(order)
        waiting.extend(reversed(branch.children))
    return order


def _stands_for_itself(link: Derivation, groups: Mapping[str, Group]) -> bool:
    return all(end in groups and groups[end].first == end for end in (link.source, link.derived))


def _others(link: Derivation, groups: Mapping[str, Group]) -> tuple[str, ...]:
    """Return the alike copies that a link stands for."""
    return groups[link.derived].members[1:] + groups[link.source].members[1:]


def _pair(
    link: Derivation, videos: Mapping[str, IndexedVideo], names: Mapping[str, str], anchor: str
) -> Pair:
    turned = link.match.query_sha256 != link.derived
    return of_link(
        link,
        seen_from(link.match, link.derived),
        evidence_turned(link.evidence) if turned else link.evidence,
        (videos[link.source].video, videos[link.derived].video),
        (names[link.source], names[link.derived]),
        anchor,
    )


def _wanted(
    videos: Mapping[str, IndexedVideo], bundles: Iterable[Bundle], picture: Drawing
) -> Iterable[tuple[str, float]]:
    """Yield the pictures that the page shows: a poster for each node, moments of some links."""
    for node in picture.nodes:
        if not node.hidden:
            yield node.key, poster_time(videos[node.key])
    for bundle in bundles:
        if bundle.pictured:
            yield from bundle.pair.times()
