"""Random edit trees, and what a fallible comparison would say of each pair of their versions.

A version is the state that its edits left it in. A pair's edits are the difference of two states,
seen through noise: some are missed, some made up, some without a side. No pixel is touched, so the
figures measure the weighing and the tree, not the comparison of pictures.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations

from tracer.model import (
    IDENTITY,
    Box,
    Edit,
    IndexedVideo,
    Instant,
    Match,
    Post,
    Segment,
    Side,
    Video,
)

from ..benchmarks.provenance_metrics import Graph
from .cases import when

START = when("2021-01-23T11:15:00")
PLATFORMS = ("pomegranate_cloud", "douyin", "youtube", "weibo", "bilibili", "kuaishou")


@dataclass(frozen=True)
class Noise:
    """How a comparison fails."""

    missed: float = 0.12  # share of edits that it does not see
    made_up: float = 0.04  # share of pairs with an edit that is not there
    sideless: float = 0.08  # share of edits whose side it cannot tell
    swapped: float = 0.02  # share of edits that it gives to the wrong side
    unmatched: float = 0.03  # share of pairs that matching loses
    cover_missed: float = 0.4  # share of covers under replaced subtitles that it does not see


@dataclass(frozen=True)
class State:
    """What the edits have made of a version."""

    crop: Box = (0.0, 0.0, 1.0, 1.0)
    overlays: frozenset[tuple[int, Box]] = frozenset()
    subtitles: tuple[str, int] | None = None  # language, and which lettering
    covered: frozenset[tuple[str, int]] = frozenset()  # letterings that lie under its own
    frame: int = 0  # which bars or panels, 0 = none
    mirrored: bool = False
    speed: float = 1.0
    span: tuple[float, float] = (0.0, 60.0)
    sound: int = 0
    height: int = 1080
    generation: int = 0
    parts: frozenset[int] = frozenset({0})  # the works that it is put together from


@dataclass
class Tree:
    """A family with its truth."""

    states: list[State]
    parents: list[tuple[int, ...]]
    times: list[datetime]
    names: list[str]
    shown: set[int] = field(default_factory=set)

    @property
    def root(self) -> str:
        return self.names[0]

    def truth(self) -> Graph:
        """Return the true links between listed versions, over versions that are not listed."""
        links = set()
        for child in sorted(self.shown):
            for parent in self.parents[child]:
                above = parent
                while above not in self.shown and self.parents[above]:
                    above = self.parents[above][0]
                if above in self.shown:
                    links.add((self.names[above], self.names[child]))
        return Graph.of((self.names[one] for one in self.shown), links)


def grow(rng: random.Random, size: int, edits: tuple[int, int] = (1, 3)) -> Tree:
    """Grow a random tree: each version derives from a random earlier one by a few edits."""
    states, parents, times = [State(height=rng.choice((720, 1080)))], [()], [START]
    for number in range(1, size):
        parent = rng.randrange(number)
        state = states[parent]
        for _ in range(rng.randint(*edits)):
            state = edited(rng, state, number)
        height = max(
            240, min(1080, int(state.height * rng.choice((1.0, 1.0, 0.75, 0.67, 0.5, 1.2))))
        )
        states.append(replace(state, height=height, generation=state.generation + 1))
        parents.append((parent,))
        times.append(times[parent] + timedelta(hours=rng.uniform(1, 72)))
    names = [f"{rng.getrandbits(256):064x}" for _ in states]
    return Tree(states, parents, times, names, set(range(size)))


def edited(rng: random.Random, state: State, number: int) -> State:
    """Apply one random edit; a version that has subtitles may get others over them."""
    kind = rng.choice(
        ("crop", "overlay", "overlay", "subtitles", "subtitles", "frame", "mirror", "speed",
         "trim", "sound", "none")
    )  # fmt: skip
    if kind == "crop":
        x0, y0, x1, y1 = state.crop
        cut = rng.uniform(0.05, 0.15)
        box = (x0 + cut * (x1 - x0), y0 + cut * (y1 - y0), x1, y1)
        return replace(state, crop=box)
    if kind == "overlay":
        x, y = rng.choice((0.02, 0.8)), rng.choice((0.02, 0.85))
        box = (x, y, x + rng.uniform(0.08, 0.18), y + rng.uniform(0.05, 0.12))
        return replace(state, overlays=state.overlays | {(number * 10 + rng.randrange(9), box)})
    if kind == "subtitles":
        under = {state.subtitles} if state.subtitles else set()
        lettering = (rng.choice(("en", "zh", "ru")), number)
        return replace(state, subtitles=lettering, covered=state.covered | under)
    if kind == "frame":
        return replace(state, frame=number) if not state.frame else state
    if kind == "mirror":
        return replace(state, mirrored=not state.mirrored)
    if kind == "speed":
        return replace(state, speed=state.speed * rng.choice((1.1, 1.25, 0.9)))
    if kind == "trim":
        start, end = state.span
        length = end - start
        return replace(
            state,
            span=(start + rng.uniform(0, 0.2) * length, end - rng.uniform(0.02, 0.2) * length),
        )
    if kind == "sound":
        return replace(state, sound=number)
    return state


def pair_edits(one: State, other: State) -> list[Edit]:
    """Return the true difference of two versions, the first as query."""
    found = [*_carried("query", one, other), *_carried("match", other, one)]
    if one.subtitles and other.subtitles and one.subtitles != other.subtitles:
        detail: dict[str, object] = {"language": one.subtitles[0], "box": SUB}
        # Burnt-in lettering can only be covered: the cover shows where the other's lettering lies.
        if one.subtitles in other.covered or other.subtitles in one.covered:
            detail["cover"] = "query" if other.subtitles in one.covered else "match"
        found.append(Edit("subtitles", "query", 0.85, detail, "replaced"))
    if one.mirrored != other.mirrored:
        found.append(Edit("mirror", "unknown", 0.9))
    if abs(one.speed - other.speed) > 0.01:
        found.append(Edit("speed", "unknown", 0.9))
    if one.sound != other.sound:
        found.append(Edit("sound_replaced", "unknown", 0.9))
    found.append(Edit("reencode", "unknown", 0.9))
    return found


def _carried(side: Side, mine: State, theirs: State) -> Iterator[Edit]:
    """Give what one version carries and the other lacks."""
    if any(m > t + 0.01 for m, t in zip(mine.crop[:2], theirs.crop[:2], strict=True)):
        yield Edit("crop", side, 0.9, {"box": mine.crop})
    for _, box in sorted(mine.overlays - theirs.overlays):
        yield Edit("overlay", side, 0.9, {"box": box})
    if mine.subtitles and not theirs.subtitles:
        change = "added" if side == "query" else "removed"
        yield Edit("subtitles", side, 0.9, {"language": mine.subtitles[0], "box": SUB}, change)
    if mine.frame and mine.frame != theirs.frame:
        yield Edit("letterbox", side, 0.85, {"box": (0.0, 0.1, 1.0, 0.9)})
    if mine.span[0] > theirs.span[0] + 0.2 or mine.span[1] < theirs.span[1] - 0.2:
        yield Edit("trim", side, 0.9)


SUB = (0.1, 0.82, 0.9, 0.95)


def seen(rng: random.Random, one: State, other: State, noise: Noise) -> tuple[Edit, ...]:
    """Return what a fallible comparison says of two versions."""
    found = []
    for edit in pair_edits(one, other):
        if edit.kind == "reencode":
            found.append(edit)
            continue
        if rng.random() < noise.missed:
            continue
        side = edit.side
        if rng.random() < noise.sideless and edit.change is None:
            side = "unknown"
        elif rng.random() < noise.swapped and side != "unknown" and edit.change is None:
            side = "match" if side == "query" else "query"
        if "cover" in edit.detail and rng.random() < noise.cover_missed:
            detail = {name: value for name, value in edit.detail.items() if name != "cover"}
            edit = replace(edit, detail=detail)
        confidence = min(1.0, max(0.4, edit.confidence + rng.gauss(0.0, 0.08)))
        found.append(replace(edit, side=side, confidence=confidence))
    if rng.random() < noise.made_up:
        kind = rng.choice(("overlay", "crop", "color", "letterbox"))
        side = rng.choice(("query", "match"))
        found.append(Edit(kind, side, rng.uniform(0.4, 0.7), {"box": (0.4, 0.4, 0.5, 0.5)}))
    return tuple(found)


def videos(
    rng: random.Random, tree: Tree, timed: bool = True, false: int | None = None
) -> list[IndexedVideo]:
    """Return the listed versions with their posts; `false` names one whose stated time is false."""
    found = []
    for number in sorted(tree.shown):
        state = tree.states[number]
        length = (state.span[1] - state.span[0]) / state.speed + 30.0 * (len(state.parts) - 1)
        width = round(state.height * 16 / 9)
        rate = state.height * width * rng.uniform(0.6, 1.4) * 0.9**state.generation / 8
        made = Video(
            tree.names[number], int(rate * length), length, width, state.height, 25.0, "h264"
        )
        at = tree.times[number]
        if number == false:
            at = START - timedelta(days=rng.uniform(1, 30))
        posts = ()
        if timed:
            stated = Instant(at, at, "sidecar", at.isoformat())
            posts = (Post(rng.choice(PLATFORMS), published=stated),)
        found.append(IndexedVideo(made, (f"{number}.mp4",), posts))
    rng.shuffle(found)
    return found


def partners(rng: random.Random, tree: Tree, most: int) -> list[tuple[int, int]]:
    """Return the pairs that an index compares in a large family: kin first, then any, up to `most`.

    A version's candidates are those that look most like it: what it was made from, what was made
    from it, and what was made from the same.
    """
    children: dict[int, list[int]] = {}
    for child, above in enumerate(tree.parents):
        for parent in above:
            children.setdefault(parent, []).append(child)
    pairs = set()
    for one, above in enumerate(tree.parents):
        kin = {*above, *(up for parent in above for up in tree.parents[parent])}
        kin |= {other for parent in above for other in children[parent]} - {one}
        near = sorted(kin)[: most // 2]
        near += rng.sample(range(len(tree.parents)), min(most // 4, len(tree.parents)))
        pairs |= {(min(one, other), max(one, other)) for other in near if other != one}
    return sorted(pairs)


def matches(
    rng: random.Random,
    tree: Tree,
    noise: Noise,
    pairs: list[tuple[int, int]] | None = None,
) -> list[Match]:
    """Return the matches of all listed pairs, or some, asked in a random order of the two."""
    found = []
    listed = sorted(tree.shown)
    for one, other in combinations(listed, 2) if pairs is None else pairs:
        if rng.random() >= noise.unmatched:
            query, second = (one, other) if rng.random() < 0.5 else (other, one)
            a, b = tree.states[query], tree.states[second]
            start, end = max(a.span[0], b.span[0]), min(a.span[1], b.span[1])
            if end - start < 2.0:
                continue
            segment = Segment(
                (start - a.span[0]) / a.speed, (end - a.span[0]) / a.speed,
                (start - b.span[0]) / b.speed, (end - b.span[0]) / b.speed,
                b.speed / a.speed, 0.95,
            )  # fmt: skip
            edits = seen(rng, a, b, noise)
            score = max(0.6, 0.99 - 0.02 * len(edits) + rng.gauss(0.0, 0.01))
            found.append(
                Match(
                    tree.names[query], tree.names[second], min(1.0, score), "match", (segment,),
                    IDENTITY, edits=edits,
                )
            )  # fmt: skip
    rng.shuffle(found)
    return found
