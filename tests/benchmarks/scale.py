"""How the product scales: a query against 1,000 hours, and 5,000 clips among themselves.

`python -m tests.benchmarks.scale build` fingerprints the clips (`TRACER_CLIPS`), fills an index
with the held-out ones and with distractors drawn like the others (`distractors.py`), in the folder
given by `--data`; it may be broken off and goes on where it was. `query` asks it edited pieces of
held-out clips, each in a fresh process, once with what the system keeps of the files dropped, once
without. `inside` matches clips among themselves, with families planted. Both print a table: wall
and CPU seconds, peak resident memory of all processes, what was found, what was found wrongly.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.table import Table

from tracer.index.search_files import folder_of
from tracer.index.store import Index
from tracer.model import Fingerprint
from tracer.pipeline.matching import match_inside
from tracer.pipeline.taking_in import take_in
from tracer.settings import DEFAULT

from . import clips, distractors, media
from .build import recipe
from .recipes import Desk

HOURS = 1000
MEAN = 72.0  # seconds of a distractor, in the mean
BATCH = 100
DRAWN = 2000  # distractors of their own; the others are varied from the first of them
BASES = 400
COPIES = 0.2  # of the clips that are matched among themselves
COPIED_FROM = 20
HELD = 500  # clips that copies are made of
LONG_QUERY = 60.0
EDITS = ("crop20", "mirror", "letterbox10", "vertical_blurred", "pip50", "reencode")
INSIDE = 5000


def real(data: Path) -> Index:
    """The clips' own fingerprints, taken once."""
    with Index.open(data / "clips.db", "write") as index:
        paths = sorted({str(work.path) for work in clips.load() if work.usable})
        take_in(index, paths, jobs=1, read_text=False)
    return Index.open(data / "clips.db")


def _halves(index: Index) -> tuple[list[Fingerprint], list[tuple[str, Fingerprint]]]:
    """What distractors are drawn from, and the clips that are planted."""
    drawn_from, planted = [], []
    for work in clips.load():
        if not work.usable:
            continue
        sha256 = media.sha256(work.path)
        if not index.has_video(sha256):
            continue
        if work.half == "tune":
            drawn_from.append(index.fingerprint(sha256))
        else:
            planted.append((sha256, index.fingerprint(sha256)))
    return drawn_from, planted


def build(data: Path, videos: int) -> None:
    """Fill the index up to so many videos."""
    with real(data) as clips_index, Index.open(data / "case.db", "write") as index:
        drawn_from, planted = _halves(clips_index)
        pool = distractors.pool_of(drawn_from, np.random.default_rng(7))
        bases = [distractors.drawn(number, pool) for number in range(BASES)]
        digest = DEFAULT.digest()
        every = max(1, videos // (len(planted) + 1))
        for start in range(0, videos, BATCH):
            if index.has_video(distractors.name_of(start + BATCH - 1)):
                continue
            with index.transaction():
                for number in range(start, start + BATCH):
                    if number < DRAWN:
                        one = distractors.drawn(number, pool)
                    else:
                        one = distractors.varied(bases[number % len(bases)], number)
                    index.add(distractors.video_of(one), one, digest)
                    place, at = divmod(number, every)
                    if at == 0 and place < len(planted):
                        sha256, fingerprint = planted[place]
                        index.add(clips_index.video(sha256).video, fingerprint, digest)
            if start % 1000 == 0:
                print(f"{start + BATCH} of {videos}", file=sys.stderr, flush=True)


def build_inside(data: Path, videos: int) -> dict[str, str]:
    """Fill an index with clips of which one in five is a copy of another; return copy -> source."""
    source = {}
    with real(data) as clips_index, Index.open(data / "inside.db", "write") as index:
        pool = distractors.pool_of(_halves(clips_index)[0], np.random.default_rng(7))
        dice = np.random.default_rng(8)
        held: list[Fingerprint] = []
        for number in range(videos):
            if number >= COPIED_FROM and dice.random() < COPIES:
                origin = held[int(dice.integers(len(held)))]
                one = distractors.copied(origin, number, seed=1)
                source[one.sha256] = origin.sha256
            else:
                one = distractors.drawn(number, pool, seed=1)
                if len(held) < HELD:
                    held.append(one)
            index.add(distractors.video_of(one), one, DEFAULT.digest())
    return source


# --- asking ---------------------------------------------------------------------------------------


def queries(data: Path) -> list[tuple[str, Path, set[str]]]:
    """Edited pieces of the longest held-out clips: (edit, file, SHA-256s of what it is from)."""
    works = [work for work in clips.load() if work.usable and work.half == "held-out"]
    works.sort(key=lambda work: (-work.duration, work.name))
    out = []
    others = [work for work in clips.load() if work.usable and work.half == "tune"]
    for edit, work in zip(EDITS, _of_families_apart(works), strict=False):
        path = data / f"query-{edit}.mp4"
        if not path.exists():
            shot = media.read(work.path, 0.0, min(LONG_QUERY, work.duration))
            shot, _ = recipe(edit)(shot, Desk(Random(edit), list(others)))
            media.encode(shot, path, crf=28)
        family = [other for other in works if other.unit == work.unit]
        out.append((edit, path, {media.sha256(other.path) for other in family}))
    return out


def _of_families_apart(works: list[clips.Work]) -> list[clips.Work]:
    seen: dict[str, clips.Work] = {}
    for work in works:
        seen.setdefault(work.unit, work)
    return list(seen.values())


def ask(data: Path) -> Table:
    """Ask each query in a fresh process: first with the page cache dropped, if it can be.

    What is written in it is not read: that has a budget of its own, and takes no longer for many
    videos than for few.
    """
    table = Table("query", "cache", "wall s", "CPU s", "peak MB", "found", "matched wrongly")
    with Index.open(data / "case.db") as index:
        state = index.state()
    table.title = f"{state.videos} videos, {state.hours:.0f} hours"
    for edit, path, sources in queries(data):
        for cache in ("cold", "warm"):
            if cache == "cold" and not _dropped(data / "case.db"):
                continue
            command = [sys.executable, "-m", "tracer", "check", "--no-text", "--json", "--index"]
            seen = _measured([*command, str(data / "case.db"), str(path)])
            answer = json.loads(seen.out.splitlines()[0])
            matched = {one["sha256"] for one in answer["matches"] if one["verdict"] == "match"}
            table.add_row(
                f"{edit}, {media.probe(path).duration:.0f} s",
                cache,
                f"{seen.wall:.1f}",
                f"{seen.cpu:.1f}",
                f"{seen.peak / 2**20:.0f}",
                "yes" if matched & sources else "no",
                str(len(matched - sources)),
            )
    return table


@dataclass(frozen=True)
class _Seen:
    out: str
    wall: float
    cpu: float
    peak: int  # bytes, of all processes together; pages that they share count for each


def _measured(command: list[str]) -> _Seen:
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ended = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.05):
                peak = max(peak, _resident(process.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        out, _ = process.communicate()
        ended.set()
        watching.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Seen(out, time.monotonic() - start, cpu, peak)


def _resident(process: int) -> int:
    """Resident bytes of a process and all that it started, on Linux; 0 elsewhere."""
    total = 0
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        total += pages * resource.getpagesize()
        for task in Path(f"/proc/{process}/task").iterdir():
            total += sum(map(_resident, map(int, (task / "children").read_text().split())))
    except (OSError, IndexError):
        return total
    return total


def _dropped(index: Path) -> bool:
    """Drop what the system keeps of an index and its search files, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return False
    os.sync()
    for path in (index, *folder_of(index).rglob("*.npy")):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def inside(data: Path, videos: int) -> Table:
    """Match clips among themselves, and hold the outcome against the planted families."""
    source = build_inside(data, videos)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    own = time.process_time()
    with Index.open(data / "inside.db", "write") as index:
        match_inside(index)
        matches = index.all_matches()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic() - start
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu += time.process_time() - own
    sure = [one for one in matches if one.verdict == "match"]
    found = {frozenset((one.query_sha256, one.sha256)) for one in sure}
    planted = {frozenset(pair) for pair in source.items()}
    wrong = [
        one
        for one in sure
        if source.get(one.query_sha256, one.query_sha256) != source.get(one.sha256, one.sha256)
    ]
    table = Table("clips", "wall s", "CPU s", "planted pairs", "found", "matched wrongly")
    table.add_row(
        str(videos),
        f"{wall:.0f}",
        f"{cpu:.0f}",
        str(len(planted)),
        str(len(planted & found)),
        str(len(wrong)),
    )
    return table


def main() -> None:
    """Build, ask, match inside."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("what", choices=("build", "query", "inside"))
    parser.add_argument("--data", type=Path, default=Path(".scale"))
    parser.add_argument("--videos", type=int, help="default: 50,000; for `inside` 5,000")
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    if given.what == "build":
        build(given.data, given.videos or round(HOURS * 3600 / MEAN))
    elif given.what == "query":
        Console(width=110).print(ask(given.data))
    else:
        Console(width=110).print(inside(given.data, given.videos or INSIDE))


if __name__ == "__main__":
    main()
