"""The works of the benchmark: which clips there are, what belongs together, which half they are in.

A *work* is one file of the index. Most are clips as they came; a long take from one camera becomes
two works, its two halves: the same scene at other moments, the hardest non-matching pair there is.
Clips of one `family` are versions of the same footage; clips of one `lookalike_group` only look
alike. Neither is ever divided between `tune` and `held-out`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from . import media

SALT = "tracer-benchmark-39"  # of 400 tried, the one whose two sets are most alike
SHORTEST_SOURCE = 2.9
LONG_TAKE = 12.0
SETS = ("tune", "held-out")

# What a look-alike group says about two of its clips. "required": one camera, one room, other
# moments, so `same_scene` must say so. "allowed": the same backdrop or place, but another person or
# camera: saying so is neither asked nor wrong. All other groups: not the same scene.
SAME_SCENE_REQUIRED = frozenset({"asl_room", "take"})
SAME_SCENE_ALLOWED = frozenset(
    {"grid_blue_backdrop", "face_grey_backdrop", "city_flight", "psychopy_office", "moving_take"}
)
TALKING_HEADS = frozenset(
    {"face_close_up", "face_grey_backdrop", "grid_blue_backdrop", "psychopy_office"}
)
# Long takes whose camera moves: their halves may show different places.
MOVING_CAMERA = ("libopenshot-0.2.7__test.mp4", "skateboarding_dog", "v_ZNVhz7ctTq0")
# Almost nothing moves in these for most of the time.
ALMOST_STILL = ("opencv-doc__tree", "dfz_probe_abcd", "bottle-detection", "car-detection")
NO_PICTURE = ("_speech.mp4",)


@dataclass(frozen=True)
class Work:
    """One file of the index: `name` is unique, `unit` is what is never counted as a false match."""

    name: str
    path: Path
    duration: float
    group: str
    family: str
    lookalike: str
    half: str
    has_audio: bool
    tags: tuple[str, ...] = ()
    usable: bool = True
    absent: bool = False

    @property
    def unit(self) -> str:
        """The footage it shows: its family, or itself."""
        return self.family or self.name


def same_scene(a: Work, b: Work) -> str:
    """`required`, `allowed` or `no`: what `same_scene` may say about two works."""
    if a.unit == b.unit or not a.lookalike or a.lookalike != b.lookalike:
        return "no"
    kind = a.lookalike.partition(":")[0]
    if kind in SAME_SCENE_REQUIRED:
        return "required"
    return "allowed" if kind in SAME_SCENE_ALLOWED else "no"


def load(folder: Path | None = None) -> list[Work]:
    """All works, from the folder of `TRACER_CLIPS` or else from the fixtures."""
    folder = folder or outside()
    if folder is None:
        return _from_fixtures(Path(__file__).resolve().parents[2] / "fixtures")
    rows = list(csv.DictReader((folder / "clips.csv").open(encoding="utf-8")))
    works = [_from_row(folder, row) for row in rows]
    return _leave_out([half for work in _divided(works) for half in _halved(work)])


def outside() -> Path | None:
    """The folder of clips that `TRACER_CLIPS` names; without it the fixtures are used."""
    named = os.environ.get("TRACER_CLIPS")
    return Path(named) if named else None


def digest(works: Iterable[Work]) -> str:
    """A short digest of the clip set: names and sizes of the files."""
    text = "\n".join(sorted(f"{work.name} {work.path.stat().st_size}" for work in works))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _from_row(folder: Path, row: dict[str, str]) -> Work:
    name, lookalike = row["file"], row["lookalike_group"]
    tags = ["talking_head"] if lookalike in TALKING_HEADS else []
    if any(part in name for part in ALMOST_STILL):
        tags.append("almost_still")
    duration = float(row["duration"])
    return Work(
        name=name,
        path=folder / name,
        duration=duration,
        group="",
        family=row["family"],
        lookalike=lookalike,
        half=row["cuts"] if duration > LONG_TAKE and not row["family"] else "-",
        has_audio=row["has_audio"] == "1",
        tags=tuple(tags),
        usable=duration >= SHORTEST_SOURCE and not name.endswith(NO_PICTURE),
    )


def _divided(works: list[Work]) -> list[Work]:
    """Give each work its group (family and look-alikes joined) and the half its group falls in."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for work in works:
        keys = [f"file {work.name}"]
        keys += [f"family {work.family}"] if work.family else []
        keys += [f"like {work.lookalike}"] if work.lookalike else []
        for key in keys[1:]:
            parent[root(key)] = root(keys[0])
    members: dict[str, list[str]] = {}
    for work in works:
        members.setdefault(root(f"file {work.name}"), []).append(work.name)
    out = []
    for work in works:
        group = min(members[root(f"file {work.name}")])
        bit = hashlib.sha256(f"{SALT} {group}".encode()).digest()[0] & 1
        out.append(replace(work, group=group, half=f"{SETS[bit]}|{work.half}"))
    return out


def _halved(work: Work) -> list[Work]:
    """The work, or its two halves where it is one long take (no cut, no family)."""
    half, _, cuts = work.half.partition("|")
    work = replace(work, half=half)
    if cuts != "0" or not work.usable:
        return [work]
    moving = any(part in work.name for part in MOVING_CAMERA)
    kind = "moving_take" if moving else "take"
    middle = work.duration / 2
    out = []
    for letter, start, end in (("a", 0.0, middle - 0.5), ("b", middle + 0.5, work.duration)):
        path = media.part_of(work.path, start, end)
        out.append(
            replace(
                work,
                name=f"{work.path.stem}#{letter}",
                path=path,
                duration=media.probe(path).duration,
                lookalike=f"{kind}:{work.name}",
            )
        )
    return out


def _leave_out(works: list[Work]) -> list[Work]:
    """Leave a few works out of the index: nothing may match their queries.

    One of each look-alike group of four or more, and the second half of every third long take.
    """

    def rank(name: str) -> bytes:
        return hashlib.sha256(f"{SALT} absent {name}".encode()).digest()

    groups: dict[str, list[Work]] = {}
    for work in works:
        if work.lookalike and not work.family and work.usable:
            groups.setdefault(work.lookalike, []).append(work)
    absent = set()
    for name, members in groups.items():
        if len(members) >= 4:
            absent.add(min(members, key=lambda work: rank(work.name)).name)
        elif ":" in name and rank(name)[0] % 3 == 0:
            absent.add(max(work.name for work in members))
    return [replace(work, absent=work.name in absent) for work in works]


def _from_fixtures(folder: Path) -> list[Work]:
    """The bundled fixtures: queries are made from the originals; their versions are families.

    A clip made of several works is left out: it belongs to more than one family.
    """
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    works = []
    for name, entry in sorted(truth["clips"].items()):
        if len(entry["works"]) != 1:
            continue
        path = folder / entry["file"]
        seen = media.probe(path)
        works.append(
            Work(
                name=name,
                path=path,
                duration=seen.duration,
                group=entry["works"][0],
                family=entry["works"][0],
                lookalike="",
                half="tune",
                has_audio=seen.has_audio,
                usable=not entry["parents"] and seen.duration >= SHORTEST_SOURCE,
            )
        )
    return works
