"""How the product scales: a query against 1,000 hours, and 5,000 clips among themselves.

`python -m tests.benchmarks.scale build` fingerprints the clips (`TRACER_CLIPS`), fills an index
with the held-out ones and with distractors drawn like the others (`distractors.py`), in the folder
given by `--data`; it may be broken off and goes on where it was. `query` asks it edited pieces of
held-out clips, each in a fresh process, with the page cache dropped where that is permitted and
without; `inside` matches clips among themselves, with families planted. Both print a table: wall
and CPU seconds, peak resident memory of all processes, what was found, what was found wrongly.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from tracer.index.store import Index
from tracer.model import Fingerprint
from tracer.pipeline.taking_in import take_in
from tracer.settings import DEFAULT

from . import clips, distractors, media

HOURS = 1000
MEAN = 72.0  # seconds of a distractor, in the mean
BATCH = 100
DRAWN = 2000  # distractors of their own; the others are varied from the first of them
BASES = 400
COPIES = 0.2  # of the clips that are matched among themselves
COPIED_FROM = 20
HELD = 500  # clips that copies are made of
LONG_QUERY = 60.0
EDITS = ("reencode", "letterbox", "crop_20", "mirror", "pip_50", "vertical_blurred")


def real(data: Path) -> Index:
    """The clips' own fingerprints, taken once."""
    with Index.open(data / "clips.db", "write") as index:
        paths = sorted({str(work.path) for work in clips.load() if work.usable})
        take_in(index, paths, jobs=1)
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


def main() -> None:
    """Build, ask, match inside."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("what", choices=("build", "query", "inside"))
    parser.add_argument("--data", type=Path, default=Path(".scale"))
    parser.add_argument("--videos", type=int, default=round(HOURS * 3600 / MEAN))
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    if given.what == "build":
        build(given.data, given.videos)


if __name__ == "__main__":
    main()
