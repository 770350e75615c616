"""`python -m tests.benchmarks.viral`: a family of 2,000 versions, chained and exported, timed.

The versions and their matches are simulated (`tests/trace/simulated.py`): what is measured is the
chain and the exports, which see matches and no pixels. Each version was compared with its kin and
others, up to a hundred, as inside an index that holds one film thousands of times.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tracer.model import IndexState
from tracer.report import FORMATS
from tracer.report.groups import grouped
from tracer.report.material import Material
from tracer.trace import chain as tracing

from ..trace import simulated
from . import provenance_metrics
from .provenance_metrics import Graph

VERSIONS = 2000
SECONDS = 60.0
PARTNERS = 100


def main(arguments: list[str] | None = None) -> int:
    """Chain and export; 1 where the chain took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.viral")
    parser.add_argument("--versions", type=int, default=VERSIONS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="write the exports into this folder")
    options = parser.parse_args(arguments)
    console = Console(width=120 if not Console().is_terminal else None)
    rng = random.Random(1)
    tree = simulated.grow(rng, options.versions)
    videos = simulated.videos(rng, tree)
    pairs = simulated.partners(rng, tree, PARTNERS)
    matches = simulated.matches(rng, tree, simulated.Noise(), pairs)
    start, wall = time.process_time(), time.perf_counter()
    state = IndexState(len(videos), 33.3, simulated.START, "simulated")
    chain = tracing.build(videos, matches, state)
    took, elapsed = time.process_time() - start, time.perf_counter() - wall
    found = Graph.of(
        (video.video.sha256 for video in chain.videos),
        ((link.source, link.derived) for link in chain.links),
    )
    figures = provenance_metrics.scores(tree.truth(), found, {tree.root}, chain.earliest.sha256)
    groups = {group.first for group in grouped(chain).values()}
    console.print(
        f"{len(videos)} versions, {len(matches)} matches: chained in {took:.1f} s of CPU "
        f"({elapsed:.1f} s; at most {SECONDS:.0f}); root {figures.root:.0f}, edges "
        f"{figures.edges:.2f}, ancestry {figures.ancestry:.2f}; drawn as {len(groups)} groups"
    )
    table = Table(title="Exports", title_justify="left")
    for name in ("format", "CPU s", "MB", "pictures"):
        table.add_column(name, justify="left" if name == "format" else "right")
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        into = options.keep or Path(folder)
        into.mkdir(parents=True, exist_ok=True)
        for name in sorted(set(FORMATS) - {"bundle", "srt"}):
            start = time.process_time()
            suffix = "" if name == "csv" else ".html" if name == "html" else ".out"
            written = FORMATS[name].write(chain, into / f"viral-{name}{suffix}", Material(state))
            seconds = time.process_time() - start
            files = [written] if written.is_file() else sorted(written.rglob("*"))
            size = sum(one.stat().st_size for one in files if one.is_file()) / 1e6
            pictures = _pictures(written) if name == "html" else 0
            rows[name] = (round(seconds, 2), round(size, 2), pictures)
            table.add_row(name, f"{seconds:.1f}", f"{size:.1f}", str(pictures) if pictures else "")
    console.print(table)
    if options.json:
        told = {"versions": len(videos), "chain": round(took, 1), "exports": rows}
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0 if took < SECONDS else 1


def _pictures(page: Path) -> int:
    return len(re.findall(r"<(?:img|image)\b", page.read_text("utf-8")))


if __name__ == "__main__":
    raise SystemExit(main())
