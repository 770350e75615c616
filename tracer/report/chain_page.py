"""A chain -> everything that its page shows, in order, capped so that it can be mailed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracer.index.turned import evidence_turned, seen_from
from tracer.model import (
    Chain,
    Clue,
    Contradiction,
    Derivation,
    Earliest,
    HiddenParent,
    IndexedVideo,
    IndexState,
    Post,
    Unchecked,
)
from tracer.report import edits, wording
from tracer.report import material as materials
from tracer.report.differences import Difference, differences
from tracer.report.drawing import Drawing, drawing
from tracer.report.groups import Group, grouped
from tracer.report.material import Material
from tracer.report.outline import Branch, outline
from tracer.report.pair import Pair, of_link
from tracer.report.pictures import Film, film
from tracer.report.records import sorted_posts
from tracer.report.timeline import Timeline, timeline

LINKS_PICTURED = 12
LINKS_SHOWN = 40
LINES_SHOWN = 60
VIDEOS_SHOWN = 400
UNCHECKED_SHOWN = 30

GRADES = {
    "corroborated": "Corroborated: independent evidence agrees.",
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
    branch: bool  # they are a whole branch: linked in various ways


@dataclass(frozen=True, slots=True)
class Line:
    """One video in the list that says what the drawing shows."""

    depth: int
    name: str
    platform: str
    words: str
    first: bool
    more: int  # alike copies that it stands for
    branch: bool  # or the other videos of its branch


@dataclass(frozen=True, slots=True)
class ChainPage:
    """All that the template shows."""

    title: str
    headline: str
    basis: str
    earliest: Earliest
    grade: str
    first: IndexedVideo | None
    state: IndexState
    size: int
    contradictions: tuple[Contradiction, ...]
    clues: tuple[Clue, ...]
    unchecked: tuple[str, ...]
    timeline: Timeline
    drawing: Drawing
    outline: tuple[Line, ...]
    outline_more: int
    hidden: tuple[tuple[HiddenParent, tuple[str, ...]], ...]
    links: tuple[Bundle, ...]
    more_links: int
    unlinked: tuple[IndexedVideo, ...]  # stood for by a video that no link shows
    videos: tuple[IndexedVideo, ...]
    more_videos: int
    names: Mapping[str, str]
    anchors: Mapping[str, str]
    first_posts: Mapping[str, Post]  # the earliest one of each video
    dates: Mapping[str, str]  # the day of that post, hedged where it is uncertain
    films: Mapping[str, Film]
    differences: Mapping[str, tuple[Difference, ...]]  # by the anchor of the pair
    algorithm: str
    versions: tuple[tuple[str, str], ...]


def chain_page(chain: Chain, material: Material) -> ChainPage:
    """Collect what a chain's page shows, the pictures included."""
    videos = {video.video.sha256: video for video in chain.videos}
    names = {sha256: wording.label(video) for sha256, video in videos.items()}
    groups = grouped(chain)
    order = {branch.sha256: place for place, (_, branch) in enumerate(_read_down(chain))}
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
            groups[link.derived].branch,
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
    lines = _outlined(chain, groups, names, posts)
    pictures = films(videos, _wanted(videos, bundles, picture), material)
    laid_over = [
        (bundle.pair.anchor, seen_from(link.match, link.derived), link.derived, link.source)
        for link, bundle in zip(shown, bundles, strict=False)
        if bundle.pictured
    ]
    return ChainPage(
        title=_title(chain, names),
        headline=wording.headline(chain.earliest, videos.get(chain.earliest.sha256 or "")),
        basis=wording.basis(chain.earliest),
        earliest=chain.earliest,
        grade=GRADES[chain.earliest.grade],
        first=videos.get(chain.earliest.sha256 or ""),
        state=material.state,
        size=len(chain.videos),
        contradictions=chain.contradictions,
        clues=chain.clues,
        unchecked=not_checked(chain.unchecked),
        timeline=timeline(chain.videos),
        drawing=picture,
        outline=lines[:LINES_SHOWN],
        outline_more=len(lines) - LINES_SHOWN,
        hidden=tuple(
            (parent, tuple(names.get(child, child) for child in sorted(parent.children)))
            for parent in sorted(chain.hidden, key=lambda hidden: hidden.id)
        ),
        links=tuple(bundles),
        more_links=len(shown) - len(bundles),
        unlinked=_unlinked(groups, bundles, videos),
        videos=tuple(listed[:VIDEOS_SHOWN]),
        more_videos=max(0, len(listed) - VIDEOS_SHOWN),
        names=names,
        anchors={bundle.pair.right.sha256: bundle.pair.anchor for bundle in reversed(bundles)},
        first_posts=posts,
        dates={sha256: wording.day(post) for sha256, post in posts.items()},
        films=pictures,
        differences=differences(laid_over, material, pictures),
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


def poster_times(video: IndexedVideo) -> tuple[float, ...]:
    """Return the seconds from which the frame that stands for a video is chosen."""
    return tuple(round(video.video.duration * share, 3) for share in (0.25, 0.5, 0.75))


def _title(chain: Chain, names: Mapping[str, str]) -> str:
    first = chain.earliest.sha256 or min(names, default="")
    return f"Provenance of {names.get(first, 'a video')}"


def _read_down(chain: Chain) -> Iterator[tuple[int, Branch]]:
    """Yield every video with its depth, as the chain is read from its source downwards."""
    waiting = [(0, branch) for branch in reversed(outline(chain))]
    while waiting:
        depth, branch = waiting.pop()
        yield depth, branch
        waiting.extend((depth + 1, child) for child in reversed(branch.children))


def _outlined(
    chain: Chain,
    groups: Mapping[str, Group],
    names: Mapping[str, str],
    posts: Mapping[str, Post],
) -> tuple[Line, ...]:
    lines = []
    for depth, branch in _read_down(chain):
        group = groups[branch.sha256]
        if group.first != branch.sha256:
            continue
        words = ""
        if branch.link is not None:
            done = seen_from(branch.link.match, branch.link.derived).edits
            words = "; ".join(edits.phrases(done, "the source")[:3])
        post = posts.get(branch.sha256)
        lines.append(
            Line(
                depth,
                names[branch.sha256],
                post.platform if post else "",
                words,
                branch.sha256 == chain.earliest.sha256,
                len(group.members) - 1,
                group.branch,
            )
        )
    return tuple(lines)


def _stands_for_itself(link: Derivation, groups: Mapping[str, Group]) -> bool:
    return all(end in groups and groups[end].first == end for end in (link.source, link.derived))


def _others(link: Derivation, groups: Mapping[str, Group]) -> tuple[str, ...]:
    """Return the alike copies that a link stands for."""
    return groups[link.derived].members[1:] + groups[link.source].members[1:]


def _unlinked(
    groups: Mapping[str, Group], bundles: Iterable[Bundle], videos: Mapping[str, IndexedVideo]
) -> tuple[IndexedVideo, ...]:
    """Return the grouped videos that no link's list names, so that each can still be found."""
    named = {member.video.sha256 for bundle in bundles for member in bundle.members}
    grouped_ = (sha256 for sha256, group in groups.items() if group.first != sha256)
    return tuple(videos[sha256] for sha256 in sorted(set(grouped_) - named))


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
) -> Iterator[tuple[str, float]]:
    """Yield the pictures that the page shows: moments of some links, a poster for each node.

    A video whose moments are shown needs no further picture for its node: copies then stand for
    themselves by the same moment, where that has the most contrast.
    """
    shown = set()
    for bundle in bundles:
        if bundle.pictured:
            for sha256, time in bundle.pair.times():
                shown.add(sha256)
                yield sha256, time
    for node in picture.nodes:
        if not node.hidden and node.key not in shown:
            for time in poster_times(videos[node.key]):
                yield node.key, time
