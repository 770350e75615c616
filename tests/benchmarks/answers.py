"""Answers kept as they come, so that a run of an hour that is broken off goes on where it was.

One JSON Lines file for each method and set. Its first line says what the answers rest on (the
method's version, the product's own sources, the indexed files); where that differs from now, the
answers are thrown away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import media
from .matcher import Answer, Found
from .metrics import Stretch

Asked = tuple[Answer, float]  # and the seconds that it took


class Answers:
    """The answers of one method on one set, by the query's name and file."""

    def __init__(self, name: str, case: str, basis: dict[str, str], resume: bool) -> None:
        self._path = media.cache_folder() / "runs" / f"{name}-{case}.answers.jsonl"
        self._known = self._read(basis) if resume else {}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Written anew: the last line of a run that was broken off may be half a line.
        lines = [json.dumps(row, ensure_ascii=False) for row in (basis, *self._known.values())]
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def get(self, query: str, path: str) -> Asked | None:
        """What was answered, if it was asked already."""
        row = self._known.get(query)
        if row is None or row["path"] != path:
            return None
        return _answer(row), float(row["seconds"])

    def add(self, query: str, path: str, answer: Answer, seconds: float) -> None:
        """Keep one more answer, at once."""
        row = {"query": query, "path": path, "seconds": round(seconds, 3), **_json(answer)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _read(self, basis: dict[str, str]) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        first, *rest = self._path.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != basis:
            return {}
        rows = [json.loads(line) for line in rest if line.endswith("}")]
        return {row["query"]: row for row in rows}


def basis(version: str, indexed: Iterable[Path], sources: Path | None) -> dict[str, str]:
    """What answers rest on: a version, the files of the index, and for the product its code."""
    files = sorted(media.sha256(path) for path in indexed)
    found = {"version": version, "index": _digest("\n".join(files))}
    if sources is not None:
        texts = [
            path.read_text(encoding="utf-8")
            for path in sorted(sources.rglob("*"))
            if path.suffix in (".py", ".json")
        ]
        found["sources"] = _digest("\0".join(texts))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "found": [
            [
                str(one.ref), one.score, one.verdict,
                [[s.q0, s.q1, s.r0, s.r1] for s in one.segments], one.detail,
            ]
            for one in answer.found
        ],
        "same_scene": [str(path) for path in answer.same_scene],
        "unchecked": list(answer.unchecked),
        "unrelated": answer.unrelated,
    }  # fmt: skip


def _answer(row: dict[str, Any]) -> Answer:
    found = tuple(
        Found(Path(ref), score, verdict, tuple(Stretch(*ends) for ends in segments), detail)
        for ref, score, verdict, segments, detail in row["found"]
    )
    scenes = tuple(Path(path) for path in row["same_scene"])
    return Answer(found, scenes, tuple(row["unchecked"]), row["unrelated"])
