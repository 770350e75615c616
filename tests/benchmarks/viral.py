"""`python -m tests.benchmarks.viral`: a family of 2,000 versions, chained and exported, timed.

The versions and their matches are simulated (`tests/trace/simulated.py`): what is measured is the
chain and the exports, which see matches and no pixels. Each version was compared with its kin and
others, up to a hundred, as inside an index that holds one film thousands of times. They are stored
in an index, each under the fingerprint of one real clip: a bundle is made from an index, packs
every fingerprint and computes the scores of its links again.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tracer import pipeline
from tracer.index.store import Index
from tracer.model import Chain, IndexedVideo, Match, TextLine, TextTrack
from tracer.report import FORMATS, material
from tracer.report.groups import grouped
from tracer.settings import DEFAULT
from tracer.trace import chain as tracing

from ..trace import simulated
from . import provenance_metrics
from .provenance_metrics import Graph

VERSIONS = 2000
SECONDS = 60.0
PARTNERS = 100
CLIP = Path(__file__).parents[2] / "fixtures" / "clips" / "sintel-small.mp4"
LINES = 60  # of subtitles, one a second


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
    chain = tracing.build(videos, matches)
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "viral.db"
        stored(path, videos, matches)
        into = options.keep or Path(folder) / "exports"
        into.mkdir(parents=True, exist_ok=True)
        with Index.open(path, "write") as index:
            start = time.process_time()
            again = pipeline.chain(index, tree.root)
            read = time.process_time() - start
            console.print(f"the same from an index, as every export asks for it: {read:.1f} s")
            rows = exported(again, index, tree.root, into)
    table = Table(title="Exports", title_justify="left")
    for name in ("format", "CPU s", "MB", "pictures"):
        table.add_column(name, justify="left" if name == "format" else "right")
    for name, (seconds, size, pictures) in rows.items():
        table.add_row(name, f"{seconds:.1f}", f"{size:.1f}", str(pictures) if pictures else "")
    console.print(table)
    if options.json:
        told = {"versions": len(videos), "chain": round(took, 1), "read": round(read, 1)}
        told |= {"exports": rows}
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0 if took < SECONDS else 1


def stored(path: Path, videos: list[IndexedVideo], matches: list[Match]) -> None:
    """Put the versions into an index, compared with each other, the root with its subtitles."""
    with Index.open(path, "write") as index:
        pipeline.take_in(index, [str(CLIP)], jobs=1, read_text=False)
        one = index.fingerprint(index.find(str(CLIP)))
    path.unlink()
    known: dict[str, list[Match]] = {}
    for match in matches:
        known.setdefault(match.query_sha256, []).append(match)
    digest = DEFAULT.matching_digest()
    with Index.open(path, "write") as index, index.transaction():
        for each in videos:
            sha256 = each.video.sha256
            index.add(each.video, replace(one, sha256=sha256), DEFAULT.digest())
            index.add_posts(sha256, each.posts)
            index.add_text(sha256, _lettered() if each.paths == ("0.mp4",) else TextTrack("none"))
        for each in videos:
            sha256 = each.video.sha256
            index.save_matches(sha256, known.get(sha256, []), digest, len(videos) - 1)


def _lettered() -> TextTrack:
    box = (0.1, 0.8, 0.9, 0.9)
    lines = [
        TextLine(float(one), one + 0.9, box, f"Line {one}", "en", "subtitle", 0.9)
        for one in range(LINES)
    ]
    return TextTrack("simulated", tuple(lines))


def exported(
    chain: Chain, index: Index, subject: str, into: Path
) -> dict[str, tuple[float, float, int]]:
    """Write every format; return what each took: seconds of CPU, megabytes, pictures."""
    rows = {}
    for name in sorted(FORMATS):
        start = time.process_time()
        known = material.of_index(index, DEFAULT, subject)
        written = FORMATS[name].write(chain, into / f"viral-{name}{FORMATS[name].suffix}", known)
        seconds = time.process_time() - start
        files = [written] if written.is_file() else sorted(written.rglob("*"))
        size = sum(one.stat().st_size for one in files if one.is_file()) / 1e6
        rows[name] = (round(seconds, 2), round(size, 2), _pictures(written, name))
    return rows


def _pictures(page: Path, form: str) -> int:
    if form != "html":
        return 0
    return len(re.findall(r"<(?:img|image)\b", page.read_text("utf-8")))


if __name__ == "__main__":
    raise SystemExit(main())
