"""Build the chain of one family: who derives directly from whom, who is missing, who was first.

1. Weigh every pair: content and time, kept apart (`relations`).
2. Choose parents by optimum branching; where content is decisive against a claim of time, the claim
   falls, is named, and the parents are chosen again without it (`conflicts`).
3. Give compilations their further parents, for the seconds that the first does not explain.
4. Find the parents that the index does not hold (`hidden`).
5. Say who was first, and what that rests on (`statement`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.model import (
    Chain,
    Contradiction,
    Derivation,
    Family,
    IndexedVideo,
    IndexState,
    Match,
    Unchecked,
)
from tracer.settings import DEFAULT, TraceSettings
from tracer.trace import conflicts, families, hidden, platforms, statement, times, weights
from tracer.trace.cues import covered, shared, spans
from tracer.trace.relations import Relations
from tracer.trace.weights import Weights

_ROUNDS = 4  # claims that fall can only bring down others once or twice; then the tree stands


def build(
    videos: Sequence[IndexedVideo],
    matches: Sequence[Match],
    state: IndexState | None = None,
    subject: str | None = None,
    unchecked: Sequence[Unchecked] = (),
    settings: TraceSettings = DEFAULT.trace,
    table: Weights | None = None,
) -> Chain:
    """Return the chain of a family; what comes out does not depend on the order of what goes in.

    `subject` (a SHA-256) is the video that was asked about: of a chain that joins several works,
    `earliest` is then the first of its own. `table`: other weights than those of the package.
    """
    videos = [times.dated(video, settings) for video in videos]
    family = Relations.of(videos, matches, table or weights.load(), settings)
    # Step 1 and 2: weigh, choose parents, let false claims of time fall.
    fallen: dict[str, tuple[str, ...]] = {}
    parents = family.parents()
    for _ in range(_ROUNDS):
        new = conflicts.named(family, parents, fallen)
        if not new:
            break
        fallen |= new
        parents = family.parents(fallen)
    # Step 3: further parents of compilations.
    pairs = sorted((parent, child) for child, parent in parents.items())
    pairs += further_parents(family, parents, fallen)
    links = tuple(_link(family, source, derived, fallen) for source, derived in sorted(pairs))
    # Step 4: parents that are not listed.
    missing = hidden.find(family, parents)
    contradictions = (*conflicts.described(family, fallen), *_of_posts(family))
    # Step 5: who was first.
    gaps = (*unchecked, *_left_out(family, matches))
    works = _works(family)
    own = _own_works(family, works, subject)
    case = statement.Case(family, links, missing, frozenset(fallen), own, works, state, gaps)
    return Chain(
        videos=tuple(family.videos.values()),
        links=links,
        hidden=missing,
        earliest=statement.earliest(case),
        contradictions=contradictions,
        unchecked=gaps,
    )


def family(
    videos: Sequence[IndexedVideo],
    matches: Sequence[Match],
    state: IndexState | None = None,
    settings: TraceSettings = DEFAULT.trace,
) -> Family:
    """Return a family with its earliest member; its id stays while that member does."""
    chain = build(videos, matches, state, settings=settings)
    first = chain.earliest.sha256 or min(video.video.sha256 for video in videos)
    found = {platforms.canonical(post.platform) for video in videos for post in video.posts}
    return Family(first[:16], chain.videos, tuple(sorted(found)), chain.earliest)


def further_parents(
    family: Relations, parents: Mapping[str, str], undated: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Return (source, derived) for what a video's first parent leaves unexplained."""
    settings, dated = family.settings, frozenset(undated)
    above: dict[str, set[str]] = {child: {parent} for child, parent in parents.items()}
    found = []
    for derived in family.made_of:
        explained: list[tuple[float, float]] = []
        for parent in above.get(derived, set()):
            explained += spans(family.neighbours[derived][parent], derived)
        for source in _candidates(family, derived, dated):
            own = spans(family.neighbours[derived][source], derived)
            length = covered(own)
            new = length - shared(own, explained)
            if new < settings.parent_seconds or new < settings.parent_share * length:
                continue
            if derived in ancestors(above, source) or source in above.get(derived, set()):
                continue
            above.setdefault(derived, set()).add(source)
            explained += own
            if parents.get(derived) != source:
                found.append((source, derived))
    return found


def ancestors(above: Mapping[str, Iterable[str]], sha256: str) -> set[str]:
    """Return a video with all that it derives from."""
    found, edge = {sha256}, {sha256}
    while edge:
        edge = {parent for one in edge for parent in above.get(one, ())} - found
        found |= edge
    return found


def _candidates(family: Relations, derived: str, undated: frozenset[str]) -> list[str]:
    """Return whom a compilation may take from, the nearest first."""
    told = (
        (other, family.told(derived, other, undated))
        for other in family.neighbours.get(derived, {})
    )
    likely = [other for other, chance in told if chance >= family.settings.told_floor]
    return sorted(likely, key=lambda other: (family.steps(derived, other), other))


def _link(
    family: Relations, source: str, derived: str, undated: Mapping[str, tuple[str, ...]]
) -> Derivation:
    chance = family.told(derived, source, undated)
    forth, _, apart = family.odds(derived, source, undated)
    # The nearest that is listed, where all says that both were made from what is not.
    told = chance >= family.settings.told_floor and forth >= apart
    return Derivation(
        source=source,
        derived=derived,
        direction="told" if told else "undetermined",
        confidence=chance,
        match=family.match(derived, source),
        evidence=family.evidence(derived, source),
    )


def _of_posts(family: Relations) -> list[Contradiction]:
    """Return the contradictions within the claims of each post."""
    return [
        contradiction
        for video in family.videos.values()
        for timing in times.timings(video, family.settings)
        for contradiction in timing.contradictions
    ]


def _left_out(family: Relations, matches: Iterable[Match]) -> tuple[Unchecked, ...]:
    """Say which matches were too unsure for a link."""
    unsure = sorted(
        tuple(sorted((match.query_sha256, match.sha256)))
        for match in matches
        if match.verdict == "possible"
        and match.query_sha256 in family.videos
        and match.sha256 in family.videos
    )
    return tuple(
        Unchecked(one, "chain", f"the match with {other[:12]} is only possible: not used for links")
        for one, other in unsure
    )


def _works(family: Relations) -> tuple[frozenset[str], ...]:
    """Return the works that the videos are versions of; compilations are in several."""
    matches = (match for others in family.neighbours.values() for match in others.values())
    lengths = {sha256: video.video.duration for sha256, video in family.videos.items()}
    return tuple(families.group(list(matches), lengths, family.settings))


def _own_works(
    family: Relations, works: Sequence[frozenset[str]], subject: str | None
) -> frozenset[str]:
    """Return the videos among which the earliest is sought.

    All of them, but for a subject that is no compilation: what a compilation in its family takes
    from elsewhere is another work.
    """
    everything = frozenset(family.videos)
    if subject is None or not family.neighbours.get(subject):
        return everything
    return frozenset({subject}).union(*(each for each in works if subject in each))
