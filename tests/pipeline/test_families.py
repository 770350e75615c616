"""The fixtures fall into the families of `truth.json`: a compilation into each of its works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index

Groups = set[frozenset[str]]

SOME = (
    *("city", "city-letterbox", "city-logo", "compilation", "dog", "dog-small"),
    *("french-gp-1906", "rolling-ball", "sintel", "sintel-small"),
)


def _truth(fixtures: Path, names: tuple[str, ...]) -> Groups:
    clips = json.loads((fixtures / "truth.json").read_text(encoding="utf-8"))["clips"]
    works: dict[str, set[str]] = {}
    for name in names or tuple(clips):
        for work in clips[name]["works"]:
            works.setdefault(work, set()).add(name)
    return {frozenset(members) for members in works.values()}


@pytest.mark.parametrize("names", [SOME, pytest.param((), id="all", marks=pytest.mark.slow)])
def test_each_work_is_a_family_of_its_own(
    names: tuple[str, ...], fixtures: Path, tmp_path: Path
) -> None:
    clips = fixtures / "clips"
    paths = [clips / f"{name}.mp4" for name in names] or sorted(clips.glob("*.mp4"))
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(path) for path in paths], read_text=False)
        found = pipeline.families(index, alone=True)

    groups = {frozenset(Path(video.paths[0]).stem for video in family.videos) for family in found}
    assert groups == _truth(fixtures, names)
