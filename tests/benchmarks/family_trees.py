"""Families with known truth: random edit trees of real clips, each version made from its parent.

A version is its parent's file put through one to three recipes and encoded again, as people do. A
compilation joins versions of two trees. What is made is made once: a file's name is the digest of
its whole line of descent.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from . import media
from .build import recipe
from .clips import SALT, Work
from .media import Shot
from .provenance_metrics import Graph
from .recipes import Desk
from .recipes_joint import compilation

VERSION = 1
LENGTHS = (4.5, 7.5)
SHORTEST_TRIM = 5.0
LARGEST = 360  # pixels of the short side: what is told from them is told from larger ones
_SUBTITLES = ("subs_outlined", "subs_chinese", "subs_band")
_FRAMES = ("letterbox10", "pillarbox", "vertical_blurred", "phone_screen", "pip70")
_SPEEDS = ("speed_pitch_kept", "speed_resampled")
# How often each is done to a version; frames last, as people do.
_STEPS: dict[str, float] = {
    "trim": 1.5, "speed_pitch_kept": 0.6, "speed_resampled": 0.5, "fps15": 0.4, "fps30": 0.5,
    "mirror": 0.9, "crop5": 0.5, "crop10": 1.0, "crop20": 0.7, "colour": 1.0, "reencode": 0.8,
    "reencode240": 0.5, "subs_outlined": 1.0, "subs_chinese": 0.7, "subs_band": 1.0, "logo": 1.6,
    "sound_replaced": 0.8, "letterbox10": 0.6, "pillarbox": 0.4, "vertical_blurred": 0.5,
    "phone_screen": 0.3, "pip70": 0.3,
}  # fmt: skip


@dataclass(frozen=True)
class Version:
    """One version: its file, the versions that it was made from, and how."""

    path: Path
    parents: tuple[int, ...]
    steps: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return media.sha256(self.path)


@dataclass(frozen=True)
class Tree:
    """A family with its truth; versions are listed in the order in which they were made."""

    name: str
    kind: str  # "single" or "compilation"
    versions: tuple[Version, ...]

    @property
    def roots(self) -> frozenset[int]:
        return frozenset(row for row, one in enumerate(self.versions) if not one.parents)

    def ancestors(self, row: int) -> frozenset[int]:
        """All versions that one derives from."""
        above: set[int] = set()
        edge = set(self.versions[row].parents)
        while edge:
            above |= edge
            edge = {parent for one in edge for parent in self.versions[one].parents} - above
        return frozenset(above)

    def truth(self, shown: frozenset[int]) -> Graph:
        """The true links among the versions that are indexed, over those that are not."""
        links = set()
        for child in shown:
            edge = set(self.versions[child].parents)
            while edge:
                parent = edge.pop()
                if parent in shown:
                    links.add((self.versions[parent].sha256, self.versions[child].sha256))
                else:
                    edge |= set(self.versions[parent].parents)
        return Graph.of((self.versions[row].sha256 for row in shown), links)


@dataclass
class _Grown:
    """A version being planned: what its line has been through."""

    path: Path
    parents: tuple[int, ...]
    steps: tuple[str, ...]
    line: frozenset[str] = field(default_factory=frozenset)


def trees(works: list[Work], half: str, count: int, seed: int = 1) -> list[Tree]:
    """Some families of a half, each from footage of its own; every fourth with a compilation."""
    pool = [w for w in works if w.usable and w.half == half and w.duration >= 4.0]
    units: dict[str, list[Work]] = {}
    for work in pool:
        units.setdefault(work.lookalike or work.unit, []).append(work)
    dice = Random(f"{SALT} families {seed} {half}")
    names = sorted(units)
    dice.shuffle(names)
    out = []
    while names and len(out) < count:
        kind = "compilation" if len(out) % 4 == 3 and len(names) > 1 else "single"
        used = [names.pop() for _ in range(2 if kind == "compilation" else 1)]
        own = [dice.choice(sorted(units[name], key=lambda w: w.name)) for name in used]
        others = [work for name in sorted(units) if name not in used for work in units[name]]
        out.append(_tree(f"{half}-{len(out):02d}", kind, own, others, Random(dice.random())))
    return out


def _tree(name: str, kind: str, own: list[Work], others: list[Work], dice: Random) -> Tree:
    grown: list[_Grown] = []
    sizes = (dice.randint(5, 10),) if kind == "single" else (dice.randint(3, 4), dice.randint(2, 3))
    lasts = []
    for work, size in zip(own, sizes, strict=True):
        start = len(grown)
        grown.append(_root(work, dice))
        while len(grown) < start + size:
            parent = dice.randrange(start, len(grown))
            grown.append(_child(grown, parent, others, dice))
        lasts.append((start, len(grown)))
    if kind == "compilation":
        taken = tuple(dice.randrange(*span) for span in lasts)
        grown.append(_compiled(grown, taken, dice))
        if dice.random() < 0.5:
            grown.append(_child(grown, len(grown) - 1, others, dice))
    made = tuple(Version(one.path, one.parents, one.steps) for one in grown)
    return Tree(name, kind, made)


def _root(work: Work, dice: Random) -> _Grown:
    """Seconds of a clip as its first uploader would post them: large, and coded well."""
    seen = media.probe(work.path)
    length = min(seen.duration, dice.uniform(*LENGTHS))
    start = seen.snapped(dice.uniform(0.0, seen.duration - length))
    end = seen.snapped(start + length) if length < seen.duration - 0.05 else seen.duration
    out = _place(work.name, media.sha256(work.path), f"{start:.3f}", f"{end:.3f}")
    crf = dice.randint(18, 23)
    if not out.exists():
        shot = media.read(work.path, start, end)
        media.encode(shot, out, crf, _size(shot, LARGEST))
    return _Grown(out, (), ("first",))


def _child(grown: list[_Grown], parent: int, others: list[Work], dice: Random) -> _Grown:
    above = grown[parent]
    wanted = dice.choices((1, 2, 3), (0.45, 0.4, 0.15))[0]
    steps: list[str] = []
    line = set(above.line)
    length = media.probe(above.path).duration
    while len(steps) < wanted:
        name = dice.choices(list(_STEPS), list(_STEPS.values()))[0]
        if _refused(name, steps, line, length):
            continue
        # Letters that are burnt in can only be covered.
        name = "subs_band" if name in _SUBTITLES and line & {*_SUBTITLES} else name
        steps.append(name)
        line.add(name)
    steps.sort(key=lambda one: one in _FRAMES)
    seed = dice.random()
    path = _made(above.path, tuple(steps), dice.sample(others, min(6, len(others))), seed)
    return _Grown(path, (parent,), tuple(steps), frozenset(line))


def _refused(name: str, steps: list[str], line: set[str], length: float) -> bool:
    """Whether nobody would do this once more, or it would leave too little."""
    if name in steps or (name == "trim" and length < SHORTEST_TRIM):
        return True
    return any(name in group and line & {*group} for group in (_FRAMES, _SPEEDS, ("pip70",)))


def _made(source: Path, steps: tuple[str, ...], others: list[Work], seed: float) -> Path:
    """A version made from its parent's file."""
    out = _place(media.sha256(source), *steps, f"{seed:.12f}", *(work.name for work in others))
    if out.exists():
        return out
    dice = Random(seed)
    desk = Desk(dice, list(others), dice.choice((360, 360, 360, 288, 240)), dice.randint(23, 31))
    crf, short = desk.crf, desk.short_side
    larger = dice.random() < 0.12
    shot = media.read(source)
    for number, name in enumerate(steps):
        shot, _ = recipe(name)(shot, desk)
        if number < len(steps) - 1:  # one recipe's output is the next one's input, hardly coded
            between = out.with_suffix(f".{number}.mp4")
            media.encode(shot, between, 14)
            shot = media.read(between)
    if "reencode240" in steps:
        crf, short = desk.crf, desk.short_side
    media.encode(shot, out, crf, _size(shot, short, larger))
    for between in out.parent.glob(f"{out.stem}.?.mp4"):
        between.unlink()
    return out


def _size(shot: Shot, short: int, larger: bool = False) -> tuple[int, int]:
    """What it is encoded at: at most `short` on its short side, or scaled up to look better."""
    least = min(shot.width, shot.height)
    factor = LARGEST / least if larger else min(1.0, short / least)
    return media.even(shot.width * factor), media.even(shot.height * factor)


def _compiled(grown: list[_Grown], taken: tuple[int, ...], dice: Random) -> _Grown:
    sources = [grown[row].path for row in taken]
    seed = dice.random()
    out = _place("compilation", *(media.sha256(path) for path in sources), f"{seed:.12f}")
    if not out.exists():
        desk = Desk(Random(seed), [], LARGEST, 26)
        shot, _ = compilation([media.read(path) for path in sources], desk)
        media.encode(shot, out, desk.crf)
    return _Grown(out, taken, ("compilation",))


def _place(*parts: str) -> Path:
    digest = hashlib.sha256(json.dumps([VERSION, *parts]).encode()).hexdigest()[:16]
    return media.cache_folder() / "families" / f"{digest}.mp4"
