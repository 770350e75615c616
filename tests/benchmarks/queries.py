"""A set as files: the works of the index and the queries, with a manifest of both in the cache."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from . import clips, media, plan
from .build import build
from .clips import Work
from .recipes_joint import EDITS
from .truth import Query


@dataclass(frozen=True)
class Case:
    """What a run needs: the name of the set, the works to index, the queries with their truth."""

    name: str
    index: list[Work]
    queries: list[Query]
    digest: str


def case(
    chosen: str,
    edits: tuple[str, ...] = EDITS,
    seed: int = 1,
    each: int = plan.EACH,
    folder: Path | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Case:
    """Make (or find in the cache) everything of a set: `tune`, `held-out` or `all`."""
    works = clips.load(folder)
    digest = clips.digest(works)
    chosen_plans = plan.plans(works, chosen, edits, seed, each)
    versions = {p.indexed.name: p.indexed for p in chosen_plans if p.indexed is not None}
    index = [work for work in works if not work.absent]
    index += [*versions.values(), *plan.twins(works, chosen)]
    queries = []
    for number, one in enumerate(chosen_plans):
        if progress is not None:
            progress(number, len(chosen_plans), one.name)
        queries.append(build(one, index))
    return Case(chosen, index, queries, digest)


def write_manifest(made: Case) -> tuple[Path, Path]:
    """Two JSON Lines files in the cache: the queries with their truth, and the works to index."""
    folder = media.cache_folder()
    queries = folder / f"manifest-{made.name}.jsonl"
    index = folder / f"index-{made.name}.jsonl"
    _lines(queries, [query.to_json() for query in made.queries])
    _lines(index, [{**asdict(work), "path": str(work.path)} for work in made.index])
    return queries, index


def read_manifest(chosen: str) -> Case:
    """The case as it was last written."""
    folder = media.cache_folder()
    rows = [json.loads(line) for line in (folder / f"manifest-{chosen}.jsonl").open()]
    queries = [Query.from_json(row) for row in rows]
    works = []
    for line in (folder / f"index-{chosen}.jsonl").open():
        row = json.loads(line)
        row["path"], row["tags"] = Path(row["path"]), tuple(row["tags"])
        works.append(Work(**row))
    return Case(chosen, works, queries, "")


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    part.replace(path)
