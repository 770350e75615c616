"""Make the files: each query once, its truth beside it; a second run encodes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from random import Random

from . import draw, media
from .clips import Work, same_scene
from .plan import Plan, Take
from .recipes import VERSION, Desk, Recipe, captions, outgoing_size
from .recipes_joint import RECIPES, UNEDITED, compilation
from .truth import Edit, Part, Query, Span, Step, step_from_json

SHORT = 8.0


def recipe(name: str) -> Recipe:
    """A recipe by its name; `indexed_*` and `replaced_*` are captions on either side."""
    if name.startswith("indexed_"):
        _, style, script = name.split("_")
        return captions(style, "removed", int(script))
    if name.startswith("replaced_"):
        return captions(name.removeprefix("replaced_"), "replaced")
    return RECIPES[name]


def with_steps(work: Work, steps: tuple[str, ...], seed: int = 0) -> Path:
    """A whole work (its first 40 s) put through recipes, as a file for the index."""
    seen = media.probe(work.path)
    end = seen.snapped(min(40.0, seen.duration)) if seen.duration > 40 else seen.duration
    desk = Desk(Random(f"{seed} {steps}"), [], short_side=480, crf=24)
    path, _, _ = _chained(Take(work, 0.0, end), steps, desk, "works")
    return path


def build(plan: Plan, index: list[Work]) -> Query:
    """Make one query (or take it from the cache) and say what is true of it."""
    dice = Random(plan.seed)
    desk = Desk(
        dice,
        sorted(plan.others, key=lambda work: work.name),
        short_side=dice.choice([288, 360, 360, 480]),
        crf=dice.choice([26, 28, 30, 32]),
    )
    others: tuple[str, ...] = ()
    edits: list[Edit] = []
    if plan.edit in UNEDITED:
        path, parts = plan.takes[0].work.path, _family(plan, index)
    elif plan.edit == "compilation":
        path, parts, edits = _compiled(plan, desk)
    else:
        path, steps, others = _chained(plan.takes[0], plan.steps, desk, "queries")
        parts = [_followed(plan, steps)]
        edits = [edit for step in steps for edit in step.edits]
    duration = media.probe(path).duration
    parts = [_clipped(part, duration) for part in parts]
    absent = plan.takes[0].work.absent
    return Query(
        name=plan.name,
        edit=plan.edit,
        path=str(path),
        seed=plan.seed,
        duration=round(duration, 3),
        parts=() if absent else tuple(parts),
        also=_also(plan, parts, others, index),
        same_scene=_scenes(plan, index, "required"),
        same_scene_allowed=_allowed(plan, others, index),
        edits=tuple(edits),
        tags=_tags(plan, duration),
    )


def build_all(plans: Iterable[Plan], index: list[Work], jobs: int = 1) -> list[Query]:
    """All queries, `jobs` at a time (each is one ffmpeg process)."""
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda plan: build(plan, index), plans))


def _key(take: Take, steps: tuple[str, ...], desk: Desk) -> str:
    parts = [
        str(VERSION), *steps, f"{take.start:.3f}", f"{take.end:.3f}", media.sha256(take.work.path),
        str(desk.short_side), str(desk.crf), hashlib.sha256(repr(desk.dice.getstate()).encode())
        .hexdigest()[:12], *(media.sha256(work.path)[:12] for work in desk.others),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _chained(
    take: Take, steps: tuple[str, ...], desk: Desk, folder: str
) -> tuple[Path, list[Step], tuple[str, ...]]:
    """One take through one recipe after another, re-encoded each time as people do."""
    stem = f"{'+'.join(steps)}-{_key(take, steps, desk)}"
    out = media.cache_folder() / folder / f"{stem}.mp4"
    known = media.cached_json(out.with_suffix(".json")) if out.exists() else None
    if known is None:
        done: list[Step] = []
        shot = media.read(take.work.path, take.start, take.end)
        for number, name in enumerate(steps):
            shot, step = recipe(name)(shot, desk)
            done.append(step)
            last = number == len(steps) - 1
            target = out if last else media.cache_folder() / "between" / f"{stem}-{number}.mp4"
            size = outgoing_size(shot, desk.short_side if last else 480)
            media.encode(shot, target, desk.crf if last else 24, size)
            if not last:
                shot = media.read(target)
        for between in (media.cache_folder() / "between").glob(f"{stem}-*.mp4"):
            between.unlink()
        out.with_suffix(".json").write_text(json.dumps([asdict(step) for step in done]))
        known = media.cached_json(out.with_suffix(".json"))
    found = [step_from_json(step) for step in known]
    return out, found, tuple(name for step in found for name in step.others)


def _followed(plan: Plan, steps: list[Step]) -> Part:
    take = plan.takes[0]
    base = Span(0.0, take.length, take.start, take.end)
    part = Part((plan.indexed or take.work).name, (base,))
    for step in steps:
        part = part.then(step) or part
    return part


def _compiled(plan: Plan, desk: Desk) -> tuple[Path, list[Part], list[Edit]]:
    takes = plan.takes
    keys = "".join(_key(take, ("compilation",), desk) for take in takes)
    stem = f"compilation-{hashlib.sha256(keys.encode()).hexdigest()[:16]}"
    out = media.cache_folder() / "queries" / f"{stem}.mp4"
    known = media.cached_json(out.with_suffix(".json")) if out.exists() else None
    if known is None:
        shots = [media.read(take.work.path, take.start, take.end) for take in takes]
        shot, placed = compilation(shots, desk)
        media.encode(shot, out, desk.crf, outgoing_size(shot, desk.short_side))
        steps = [Step((span,), placement) for span, placement in placed]
        out.with_suffix(".json").write_text(json.dumps([asdict(step) for step in steps]))
        known = media.cached_json(out.with_suffix(".json"))
    parts = []
    for take, step in zip(takes, map(step_from_json, known), strict=True):
        base = Part(take.work.name, (Span(0.0, take.length, take.start, take.end),))
        parts.append(base.then(step) or base)
    return out, parts, [Edit("compilation")]


def _clipped(part: Part, duration: float) -> Part:
    """The part without what lies behind the true end of the file (a frame or two)."""
    spans = []
    for span in part.spans:
        end = min(span.end, duration)
        if end > span.start:
            spans.append(
                Span(
                    round(span.start, 3), round(end, 3),
                    round(span.source_start, 3), round(span.to_source(end), 3),
                )
            )  # fmt: skip
    return Part(part.work, tuple(spans), part.placement, part.needed)


def _family(plan: Plan, index: list[Work]) -> list[Part]:
    """The other versions of a clip; which seconds they share is not known."""
    work = plan.takes[0].work
    names = {
        other.name
        for other in index
        if work.family and other.family == work.family and other.name != work.name
    }
    return [Part(name, ()) for name in sorted(names) if "+" not in name]


def _also(
    plan: Plan, parts: list[Part], others: tuple[str, ...], index: list[Work]
) -> tuple[str, ...]:
    """Works that may match too: the source's family, and other videos put into the picture."""
    units = {take.work.unit for take in plan.takes}
    shown = {name for name in others if not name.startswith("sound:")}
    units |= {work.unit for work in index if work.name in shown}
    needed = {part.work for part in parts}
    names = {work.name for work in index if work.unit in units or work.name in shown}
    return tuple(sorted(names - needed))


def _scenes(plan: Plan, index: list[Work], kind: str) -> tuple[str, ...]:
    sources = [take.work for take in plan.takes]
    names = {
        work.name
        for work in index
        for source in sources
        if source.unit != work.unit and same_scene(source, work) == kind
    }
    return tuple(sorted(names))


def _allowed(plan: Plan, others: tuple[str, ...], index: list[Work]) -> tuple[str, ...]:
    """Scenes that may be named: alike enough, or of another video put into the picture."""
    names = {name for name in others if not name.startswith("sound:")}
    shown = [work for work in index if work.name in names]
    names = set(_scenes(plan, index, "allowed"))
    names |= {w.name for w in index for one in shown if same_scene(one, w) != "no"}
    return tuple(sorted(names - set(_scenes(plan, index, "required"))))


def _tags(plan: Plan, duration: float) -> tuple[str, ...]:
    tags = set(plan.takes[0].work.tags)
    if duration <= SHORT:
        tags.add("short")
    return tuple(sorted(tags))


def letters() -> str:
    """The recipe version, with the texts that are drawn."""
    text = repr((VERSION, draw.SCRIPTS, draw.CHINESE, draw.LOGOS, draw.APPS))
    return hashlib.sha256(text.encode()).hexdigest()[:8]
