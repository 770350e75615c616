"""Bulk indexing: throughput against fingerprinting alone, known files, and what an index weighs.

`python -m tests.benchmarks.bulk` measures, in one run and in turn (the machine's mood hits both):
two processes that only fingerprint, each half of the 480p files, and `tracer index --jobs 2`; then
how fast 10,000 known files are passed by size and time; and how many bytes the index has for each
minute and file. Throughput is told by wall time and by CPU seconds: on a machine that others use
too, only the latter says anything.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tracer.index.store import Index
from tracer.pipeline.taking_in import Task, fingerprint_file, take_in
from tracer.settings import DEFAULT

from . import media, speed

ROOT = Path(__file__).parents[2]
PROCESSES = 2
GOAL_THROUGHPUT = 0.9
GOAL_KNOWN = 2000  # files a second
GOAL_MINUTE, GOAL_FILE = 150_000, 30_000  # bytes


def fingerprint(paths: Sequence[str]) -> None:
    """Fingerprint files one after another and throw the result away."""
    for path in paths:
        fingerprint_file(Task(path, "0" * 64, DEFAULT))


def _used(commands: Sequence[list[str]]) -> tuple[float, float]:
    """Wall and CPU seconds of commands that run side by side."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    running = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in commands]
    if any(one.wait() not in (0, 1) for one in running):
        raise SystemExit("a command failed")
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def throughput(
    paths: Sequence[Path], folder: Path, rounds: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Seconds of fingerprinting alone and of `tracer index`, each round."""
    me = [sys.executable, "-m", "tests.benchmarks.bulk", "--fingerprint"]
    halves = [[str(path) for path in paths[start::PROCESSES]] for start in range(PROCESSES)]
    out = []
    for number in range(rounds):
        alone = _used([[*me, *half] for half in halves])
        index = folder / f"{number}.db"
        words = ["--index", str(index), "--jobs", str(PROCESSES), "--no-match", "--no-text"]
        whole = [sys.executable, "-m", "tracer", "index", *words, *map(str, paths)]
        out.append((alone, _used([whole])))
    return out


def known(source: Path, folder: Path, count: int) -> tuple[float, float]:
    """Wall and CPU seconds of taking in so many files that are known already."""
    folder.mkdir()
    for number in range(count):
        shutil.copyfile(source, folder / f"{number:06}.mp4")
    with Index.open(folder.with_suffix(".db"), "write") as index:
        take_in(index, [str(folder)], jobs=1, read_text=False)
        began, before = time.perf_counter(), time.process_time()
        taken = take_in(index, [str(folder)], jobs=1, read_text=False)
        wall, cpu = time.perf_counter() - began, time.process_time() - before
    if (taken.known, taken.new) != (count, 0):
        raise SystemExit(f"not all were known: {taken}")
    return wall, cpu


def main() -> int:
    """Measure and print; 1 where a goal is missed (throughput by CPU seconds)."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bulk", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of 480p video")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--known", type=int, default=10_000, help="known files")
    parser.add_argument("--fingerprint", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fingerprint is not None:
        fingerprint(options.fingerprint)
        return 0
    paths = speed.files(options.minutes)
    minutes = sum(media.probe(path).duration for path in paths) / 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = throughput(paths, folder, options.rounds)
        with Index.open(folder / "0.db") as index:
            costs = index.costs()
        console = Console(width=100)
        table = Table(
            "round", "alone: wall s", "CPU s", "tracer index: wall s", "CPU s", "share, CPU"
        )
        shares = []
        for number, (alone, whole) in enumerate(rows, 1):
            shares.append(alone[1] / whole[1])
            times = (*alone, *whole)
            table.add_row(str(number), *(f"{one:.1f}" for one in times), f"{shares[-1]:.2f}")
        table.title = f"{len(paths)} files, {minutes:.1f} minutes of 480p, {PROCESSES} processes"
        console.print(table)
        smallest = min(
            (ROOT / "fixtures" / "clips").glob("*.mp4"), key=lambda one: one.stat().st_size
        )
        seconds, cpu = known(smallest, folder / "known", options.known)
    share = median(shares)
    rate = options.known / cpu
    size = sum(costs.values())
    bound = GOAL_MINUTE * minutes + GOAL_FILE * len(paths)
    parts = ", ".join(f"{part} {one / minutes / 1e3:.0f}" for part, one in costs.items() if one)
    walls = median(alone[0] / whole[0] for alone, whole in rows)
    console.print(
        f"throughput: {share:.0%} of fingerprinting alone by CPU seconds, {walls:.0%} by wall time"
        f" (goal {GOAL_THROUGHPUT:.0%})"
    )
    console.print(
        f"known files: {rate:.0f} a second of CPU, {options.known / seconds:.0f} of wall time"
        f" (goal {GOAL_KNOWN})"
    )
    console.print(f"index: {size / 1e6:.2f} MB, at most {bound / 1e6:.2f}; kB a minute: {parts}")
    return 0 if share >= GOAL_THROUGHPUT and rate >= GOAL_KNOWN and size <= bound else 1


if __name__ == "__main__":
    raise SystemExit(main())
