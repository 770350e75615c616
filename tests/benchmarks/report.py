"""The tables: to the terminal, and to `results.md` with the versions they were made with."""

from __future__ import annotations

import math
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from rich.console import Console
from rich.table import Table

from .matcher import installed
from .metrics import quantile
from .scoring import Row, Scores

RESULTS = Path(__file__).with_name("results.md")
HEAD = (
    "edit", "queries", "pairs", "recall at match", "95 % interval", "at zero false",
    "ends median", "ends p95", "misplaced", "false", "ms",
)  # fmt: skip
GOALS = {"plain": 0.98, "reworked": 0.95, "hard": 0.90}


@dataclass(frozen=True)
class Result:
    """One method measured on one set; `skipped` says why it was not."""

    method: str
    version: str
    scores: Scores | None
    skipped: str = ""
    note: str = ""


def _number(value: float, digits: int = 3) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def cells(row: Row) -> tuple[str, ...]:
    """One row of the table."""
    low, high = row.interval
    return (
        row.name,
        str(row.queries),
        str(row.pairs),
        _number(row.recall),
        f"{low:.2f}-{high:.2f}" if row.pairs else "-",
        _number(row.recall_zero_false),
        _number(quantile(row.errors, 0.5), 2),
        _number(quantile(row.errors, 0.95), 2),
        str(row.misplaced),
        str(row.false),
        _number(row.milliseconds, 0),
    )


def overall(scores: Scores) -> list[tuple[str, str]]:
    """The overall figures with their names in words."""
    o = scores.overall
    return [
        ("pair micro-AP", _number(o["pair_micro_ap"])),
        ("segment AP (VSC)", _number(o["segment_ap"])),
        (
            "VCSL F (precision, recall)",
            f"{_number(o['vcsl_f'])} ({_number(o['vcsl_precision'])}, {_number(o['vcsl_recall'])})",
        ),
        (
            "segment ends, median and 95 %",
            f"{_number(o['boundary_median'], 2)} s, {_number(o['boundary_p95'], 2)} s",
        ),
        (
            "false matches (of these, same scene)",
            f"{o['false_matches']:.0f} ({o['false_matches_same_scene']:.0f}) in "
            f"{o['unrelated_pairs']:.0f} unrelated pairs: below {o['false_match_bound']:.1e}",
        ),
        ("false at `possible`", f"{o['false_possible']:.0f}"),
        ("precision at `possible` and above", _number(o["precision_at_possible"])),
        (
            "same_scene recall, unedited and absent (all edits)",
            f"{_number(o['same_scene_recall'])} of {o['same_scene_pairs']:.0f} "
            f"({_number(o['same_scene_recall_all_edits'])})",
        ),
        ("same_scene precision", _number(o["same_scene_precision"])),
        ("ms a query", _number(o["milliseconds"], 0)),
    ]


def show(console: Console, result: Result) -> None:
    """Print one method's tables."""
    title = f"{result.method} {result.version}"
    if result.scores is None:
        console.print(f"[bold]{title}[/bold]: skipped: {result.skipped}")
        return
    table = Table(*HEAD, title=f"{title} {result.note}".strip(), title_justify="left")
    for row in result.scores.rows.values():
        table.add_row(*cells(row))
    table.add_section()
    for row in result.scores.groups.values():
        if row.queries:
            table.add_row(*cells(row))
    console.print(table)
    figures = Table("overall", "", show_header=False)
    for name, value in overall(result.scores):
        figures.add_row(name, value)
    console.print(figures)
    for pair in result.scores.false[:12]:
        console.print(f"  false {pair.verdict} {pair.score:.3f}: {pair.query} -> {pair.ref}")


def compare(console: Console, results: list[Result]) -> None:
    """Print all methods side by side: recall at `match` for each edit."""
    measured = [result for result in results if result.scores is not None]
    if len(measured) < 2:
        return
    table = Table("recall at match", *(result.method for result in measured))
    for line in _side_by_side(measured):
        table.add_row(*line)
    console.print(table)


def _side_by_side(measured: list[Result]) -> list[tuple[str, ...]]:
    names: dict[str, None] = {}
    for result in measured:
        names |= dict.fromkeys(result.scores.rows) if result.scores else {}
    lines = []
    for name in [*names, "plain", "reworked", "hard", "all edits"]:
        values = []
        for result in measured:
            assert result.scores is not None
            row = result.scores.rows.get(name) or result.scores.groups.get(name)
            values.append(_number(row.recall, 2) if row and row.pairs else "-")
        lines.append((name, *values))
    for key in ("pair_micro_ap", "segment_ap", "vcsl_f", "false_matches", "milliseconds"):
        digits = 0 if key in ("false_matches", "milliseconds") else 3
        found = [result.scores.overall[key] for result in measured if result.scores]
        lines.append((key, *(_number(value, digits) for value in found)))
    return lines


def versions() -> str:
    """What the figures were made with."""
    packages = ("av", "numpy", "opencv-python-headless", "imagehash", "faiss-cpu")
    ffmpeg = re.sub(r".*-v", "", Path(imageio_ffmpeg.get_ffmpeg_exe()).name)
    parts = [f"Python {platform.python_version()}", f"ffmpeg {ffmpeg}"]
    parts += [f"{package} {installed(package)}" for package in packages]
    return ", ".join(parts)


def write(chosen: str, digest: str, results: list[Result], path: Path = RESULTS) -> None:
    """Put this set's tables into `results.md`; the other sets' stay as they are."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmark results\n"
    start, end = f"<!-- {chosen} -->", f"<!-- end of {chosen} -->"
    before, _, rest = text.partition(start)
    after = rest.partition(end)[2] if rest else ""
    body = "\n".join([start, f"## Set `{chosen}`", "", *_markdown(digest, results), end])
    path.write_text(before.rstrip() + "\n\n" + body + after.rstrip() + "\n", encoding="utf-8")


def _markdown(digest: str, results: list[Result]) -> list[str]:
    goals = ", ".join(f"{name} {goal:.2f}" for name, goal in GOALS.items())
    lines = [
        f"Clips and recipes {digest}. {versions()}.",
        "",
        f"Goals for recall at `match`: {goals}. Segment ends in seconds. `misplaced`: matched,"
        " but no segment meets the true one.",
        "",
    ]
    for result in results:
        lines += [f"### {result.method} {result.version} {result.note}".rstrip(), ""]
        if result.scores is None:
            lines += [f"Skipped: {result.skipped}.", ""]
            continue
        rows = [*result.scores.rows.values(), *result.scores.groups.values()]
        lines += _table(HEAD, [cells(row) for row in rows if row.queries])
        lines += ["", *(f"- {name}: {value}" for name, value in overall(result.scores)), ""]
    measured = [result for result in results if result.scores is not None]
    if len(measured) > 1:
        lines += ["### Side by side: recall at `match`", ""]
        head = ("", *(result.method for result in measured))
        lines += [*_table(head, _side_by_side(measured)), ""]
    return lines


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        "|" + "---|" * len(head),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
