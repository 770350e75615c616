"""Who is measured: one small protocol, and the product behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from . import media
from .metrics import Stretch


@dataclass(frozen=True)
class Found:
    """One answered reference; `verdict` is `match`, `possible`, or empty when only scored."""

    ref: Path
    score: float
    verdict: str
    segments: tuple[Stretch, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back for one query; `unrelated` where only some of the index was compared."""

    found: tuple[Found, ...] = ()
    same_scene: tuple[Path, ...] = ()
    unchecked: tuple[str, ...] = ()
    unrelated: int | None = None


class Matcher(Protocol):
    """A method of finding copies: it takes in files once and answers for one file at a time."""

    name: str
    version: str

    def index(self, paths: list[Path]) -> None:
        """Take in the files to search."""

    def query(self, path: Path) -> Answer:
        """Where does this file come from?"""


class UnavailableError(RuntimeError):
    """A method that cannot run here; the reason goes into the table."""


def installed(package: str) -> str:
    """The version of a distribution, or `?`."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


class TracerMatcher:
    """The product, through its Python interface and its JSON answer `tracer/check/1`."""

    name = "tracer"

    def __init__(self, database: Path, keep: bool = False) -> None:
        self.version = installed("video-tracer")
        self._database = database
        self._keep = keep and database.exists()
        self._paths: dict[str, Path] = {}
        self._opened: tuple[int, Any] | None = None

    def _tracer(self) -> Any:
        """One handle for each process: a database connection does not survive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            import tracer

            self._opened = (os.getpid(), tracer.Tracer(self._database))
        return self._opened[1]

    def adopt(self, paths: list[Path]) -> None:
        """Know the files by their SHA-256 (they were taken in by another process)."""
        self._paths = {media.sha256(path): path for path in paths}

    def index(self, paths: list[Path]) -> None:
        """Take in the files (again, unless the database is kept)."""
        self.adopt(paths)
        if self._keep:
            return
        self._database.parent.mkdir(parents=True, exist_ok=True)
        for old in self._database.parent.glob(f"{self._database.name}*"):
            if old.is_file():
                old.unlink()
        self._tracer().index(*(str(path) for path in paths))

    def stream(self, paths: list[Path]) -> Iterator[Answer]:
        """`tracer check` on many files in one call, as they are answered."""
        from tracer import pipeline
        from tracer.index.store import Index

        with Index.open(self._database) as index:
            for answer in pipeline.check_all(index, [str(path) for path in paths]):
                yield self._answer(answer)

    def query(self, path: Path) -> Answer:
        """`tracer check` on one file."""
        return self._answer(self._tracer().check(str(path)))

    def _answer(self, answer: Any) -> Answer:
        data = _record(answer)
        found = [self._found(match, match["verdict"]) for match in data["matches"]]
        found += [self._found(near, "") for near in data.get("nearest", ())]
        scenes = [scene["sha256"] for scene in data.get("same_scene", ())]
        unchecked = [f"{item['stage']}: {item['reason']}" for item in data.get("unchecked", ())]
        return Answer(
            tuple(one for one in found if one is not None),
            tuple(self._paths[sha] for sha in scenes if sha in self._paths),
            tuple(unchecked),
        )

    def _found(self, item: dict[str, Any], verdict: str) -> Found | None:
        """One item of `matches` or `nearest`, if it is one of our files."""
        if item["sha256"] not in self._paths:
            return None
        stretches = tuple(
            Stretch(s["query_start"], s["query_end"], s["match_start"], s["match_end"])
            for s in item.get("segments", ())
        )
        detail = ": ".join(str(item[key]) for key in ("failed", "detail") if item.get(key))
        return Found(self._paths[item["sha256"]], item["score"], verdict, stretches, detail)


def _record(answer: Any) -> dict[str, Any]:
    """The answer as `tracer check --json` prints it."""
    if hasattr(answer, "to_json"):
        return dict(answer.to_json())
    from tracer.report import records

    return records.check(answer)
