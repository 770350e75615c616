"""Which edit of which clip: the list of queries of a set, drawn once from fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from . import draw, media
from .clips import SALT, Work
from .recipes_joint import EASY, EDITS, UNEDITED, chain

LONGEST_QUERY = 20.0
EACH = 12


@dataclass(frozen=True)
class Take:
    """The seconds of one work that go into a query."""

    work: Work
    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(frozen=True)
class Plan:
    """One query to be made; `indexed` is the work to be found where that is not the take's own."""

    name: str
    edit: str
    steps: tuple[str, ...]
    takes: tuple[Take, ...]
    others: tuple[Work, ...]
    seed: int
    indexed: Work | None = None


def usable(works: list[Work], chosen: str) -> list[Work]:
    """The works of a set that queries are made from."""
    return [work for work in works if work.usable and chosen in (work.half, "all")]


def plans(
    works: list[Work], chosen: str, edits: tuple[str, ...] = EDITS, seed: int = 1, each: int = EACH
) -> list[Plan]:
    """All queries of a set: about `each` for an edit, every unit of footage used in turn."""
    pool = usable(works, chosen)
    out: list[Plan] = []
    for edit in edits:
        dice = Random(f"{SALT} {seed} {chosen} {edit}")
        if edit in UNEDITED:
            out += _as_they_are(edit, [w for w in works if chosen in (w.half, "all")])
            continue
        if edit == "absent":
            out += [
                _plan(edit, number, work, pool, dice)
                for work in pool if work.absent
                for number in range(2)
            ]  # fmt: skip
            continue
        present = [work for work in pool if not work.absent and _long_enough(edit, work)]
        units: dict[str, list[Work]] = {}
        for work in present:
            units.setdefault(work.unit, []).append(work)
        order = sorted(units)
        dice.shuffle(order)
        for number, unit in enumerate(order[:each]):
            out.append(_plan(edit, number, dice.choice(units[unit]), pool, dice))
    return out


def captioned(work: Work, script: int, style: str) -> Work:
    """A version of a work with subtitles burned in, as another file of the index."""
    from .build import with_steps  # the index side is made by the same recipes

    path = with_steps(work, (f"indexed_{style}_{script}",))
    return replace(
        work,
        name=f"{work.name}+subs{script}",
        path=path,
        duration=media.probe(path).duration,
        family=work.unit,
        absent=False,
    )


def twins(works: list[Work], chosen: str) -> list[Work]:
    """Distractors under the queries' own letters: other footage, the same captions, logos and apps.

    They are made from works of the *other* set and count as versions of those.
    """
    from .build import with_steps

    pool = sorted(
        (w for w in works if w.usable and not w.absent and w.half != chosen and not w.family),
        key=lambda work: Random(f"{SALT} twin {work.name}").random(),
    )
    recipes = [f"indexed_outlined_{n}" for n in range(len(draw.SCRIPTS))]
    recipes += [f"indexed_band_{n}" for n in range(len(draw.SCRIPTS))]
    recipes += [f"indexed_chinese_{n}" for n in range(len(draw.CHINESE))]
    recipes += ["phone_screen"] * 3 + ["logo"] * 3
    out = []
    for number, (work, recipe) in enumerate(zip(pool, recipes, strict=False)):
        path = with_steps(work, (recipe,), seed=number)
        length = media.probe(path).duration
        name = f"{work.name}+{recipe}"
        out.append(replace(work, name=name, path=path, duration=length, family=work.unit))
    return out


def _as_they_are(edit: str, works: list[Work]) -> list[Plan]:
    """Unedited clips: all members of families, or all look-alikes without a family."""
    chosen = [
        work
        for work in works
        if not work.absent and (work.family if edit == "family" else work.lookalike)
        if edit == "family" or not work.family
    ]
    return [
        Plan(f"{edit}-{work.name}", edit, (), (Take(work, 0.0, work.duration),), (), 0)
        for work in chosen
    ]


def _long_enough(edit: str, work: Work) -> bool:
    least = {"trim": 6.0, "chain2": 5.0, "chain3": 5.0, "chain4": 5.0}.get(edit, 0.0)
    return work.duration >= least


def _plan(edit: str, number: int, work: Work, pool: list[Work], dice: Random) -> Plan:
    seed = dice.randrange(1 << 30)
    dice = Random(seed)
    takes = [_take(edit, work, dice)]
    if edit == "compilation":
        more = [w for w in pool if not w.absent and w.group != work.group]
        used = {work.unit}
        for other in dice.sample(more, min(12, len(more))):
            if len(takes) < 2 + number % 3 and other.unit not in used:
                takes.append(_take(edit, other, dice))
                used.add(other.unit)
    indexed, steps = None, _steps(edit, dice)
    if edit == "subs_replaced":
        script = dice.randrange(len(draw.SCRIPTS))
        indexed = captioned(work, script, dice.choice(["outlined", "outlined", "band"]))
        steps = (f"replaced_{dice.choice(['outlined', 'band', 'chinese'])}",)
    mates = [w for w in pool if not w.absent and w.group not in {t.work.group for t in takes}]
    others = tuple(dice.sample(mates, min(5, len(mates))))
    name = f"{edit}-{number:02d}-{work.name}"
    return Plan(name, edit, steps, tuple(takes), others, seed, indexed)


def _steps(edit: str, dice: Random) -> tuple[str, ...]:
    if edit.startswith("chain"):
        return chain(int(edit[-1]), dice)
    if edit == "absent":
        return (dice.choice(EASY),)
    return (edit,)


def _take(edit: str, work: Work, dice: Random) -> Take:
    """A whole short clip, or 4 to 20 seconds of a longer one."""
    seen = media.probe(work.path)
    if edit == "compilation":
        length = min(seen.duration, dice.uniform(3.5, 7.0))
    elif seen.duration <= 8 or (seen.duration <= LONGEST_QUERY and dice.random() < 0.35):
        length = seen.duration
    else:
        low = 7.0 if edit == "trim" else 4.0
        length = dice.uniform(low, max(low, min(LONGEST_QUERY, seen.duration * 0.85)))
    start = seen.snapped(dice.uniform(0.0, seen.duration - length))
    if length >= seen.duration - 0.05:
        return Take(work, 0.0, seen.duration)
    return Take(work, start, seen.snapped(start + length))
