"""A results file made of sections, each written by its own benchmark and set; the others stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from . import build, clips
from .report import versions

RESULTS = Path(__file__).with_name("results-edits.md")
TITLE = "# Benchmark results: what was changed, and the sound\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [
        f"| {' | '.join(head)} |",
        "|" + "---|" * len(head),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def made_with() -> str:
    """Clips, recipes and versions that figures rest on."""
    return f"Clips and recipes {clips.digest(clips.load())}-{build.letters()}. {versions()}."


def put(name: str, lines: Iterable[str], path: Path = RESULTS) -> None:
    """Put a section into the file, or in the place of the one that it had."""
    text = path.read_text(encoding="utf-8") if path.exists() else TITLE
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = text.partition(start)
    after = rest.partition(end)[2] if rest else ""
    body = "\n".join([start, f"## {name}", "", *lines, end])
    path.write_text(f"{before.rstrip()}\n\n{body}{after.rstrip()}\n", encoding="utf-8")
