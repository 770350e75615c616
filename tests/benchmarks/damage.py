"""Damaged files: ten formats, bytes flipped, cut off and spliced, each in a worker with limits.

`python -m tests.benchmarks.damage --files 10000` prints what became of them. Nothing may crash the
program, hang beyond the limit or leave a process behind, and each file that fails has a reason of
one line. A worker that a decoder brings down costs its own file and is counted apart.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tracer.media.digest import sha256_of
from tracer.media.ffmpeg import binary
from tracer.pipeline.taking_in import Task, fingerprint_file
from tracer.settings import DEFAULT
from tracer.workers import Failure, Limits, Pool

FORMATS = {
    "mp4": "-c:v libx264 -preset ultrafast -c:a aac",
    "mov": "-c:v mpeg4 -c:a pcm_s16le",
    "mkv": "-c:v libx264 -preset ultrafast -c:a libopus",
    "webm": "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus",
    "avi": "-c:v mpeg4 -c:a libmp3lame",
    "flv": "-c:v flv1 -c:a libmp3lame -ar 44100",
    "ts": "-c:v libx264 -preset ultrafast -c:a aac",
    "mpg": "-c:v mpeg2video -r 25 -c:a mp2",
    "wmv": "-c:v wmv2 -c:a wmav2",
    "ogv": "-c:v libtheora -c:a libvorbis",
}
SECONDS = 1.0
LIMITS = Limits(seconds=20.0, memory=2 << 30)
SETTINGS = replace(DEFAULT, media=replace(DEFAULT.media, decode_timeout=LIMITS.seconds))


def whole(folder: Path) -> dict[str, bytes]:
    """One small undamaged file of each format that this ffmpeg writes."""
    made = {}
    for suffix, coding in FORMATS.items():
        path = folder / f"whole.{suffix}"
        source = f"testsrc2=size=96x64:rate=12:duration={SECONDS}"
        sound = f"sine=frequency=300:duration={SECONDS}"
        words = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", sound, *coding.split()]
        command = [binary(), "-y", "-v", "error", "-threads", "1", *words, "-pix_fmt", "yuv420p"]
        done = subprocess.run([*command, str(path)], capture_output=True, check=False)
        if done.returncode == 0:
            made[suffix] = path.read_bytes()
    return made


def damaged(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Flip bytes, cut off, splice with another file, or all of it."""
    data = bytearray(content)
    ways = chance.sample(("flip", "zero", "cut", "splice", "shift"), chance.choice((1, 1, 2)))
    for way in ways:
        if not data:
            break
        at = chance.randrange(len(data))
        if way == "flip":
            # The header is where a byte does most: half of the damage is done there.
            reach = min(len(data), 512) if chance.random() < 0.5 else len(data)
            for _ in range(chance.choice((1, 3, 20, 200))):
                data[chance.randrange(reach)] = chance.randrange(256)
        elif way == "zero":
            data[at : at + chance.choice((1, 64, 4096))] = bytes(min(64, len(data) - at))
        elif way == "cut":
            del data[at:]
        elif way == "splice":
            data[at:] = other[chance.randrange(len(other)) :]
        else:
            del data[at : at + chance.choice((1, 7, 512))]
    return bytes(data)


def outcomes(
    folder: Path, count: int, seed: int, jobs: int
) -> Iterator[tuple[Path, Failure | None, float]]:
    """Damage and read so many files; yield each with its failure and the seconds it took.

    Files are written when their turn comes, and gone when they are done.
    """
    chance = random.Random(seed)
    sources = whole(folder)
    names = sorted(sources)
    began: dict[str, float] = {}

    def tasks() -> Iterator[Task]:
        for number in range(count):
            suffix = names[number % len(names)]
            path = folder / f"{number:05}.{suffix}"
            path.write_bytes(damaged(sources[suffix], sources[chance.choice(names)], chance))
            began[str(path)] = time.monotonic()
            yield Task(str(path), sha256_of(path), SETTINGS)

    with Pool(fingerprint_file, jobs, LIMITS) as pool:
        for task, outcome in pool.run(tasks()):
            path = Path(task.path)
            took = time.monotonic() - began.pop(task.path)
            path.unlink()
            yield path, outcome if isinstance(outcome, Failure) else None, took


def verdict(path: Path, failure: Failure | None) -> str:
    """What became of a file, in a word; "unnamed" where the reason is none that a user can use."""
    if failure is None:
        return "read"
    if failure.kind != "raised":
        return failure.kind
    named = failure.reason and "\n" not in failure.reason and len(failure.reason) < 500
    ours = failure.error is not None and type(failure.error).__module__ == "tracer.errors"
    return "named" if named and ours else "unnamed"


def children() -> int:
    """How many processes of ours are there still."""
    done = subprocess.run(
        ["ps", "--no-headers", "-o", "pid", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=False,
    )
    return len(done.stdout.split()) - 1  # ps itself


def main() -> int:
    """Damage, read, count; 1 where something was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.damage", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    odd: list[str] = []
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path, failure, took in outcomes(
            Path(folder), options.files, options.seed, options.jobs
        ):
            told = verdict(path, failure)
            counts.setdefault(path.suffix, Counter())[told] += 1
            longest = max(longest, took)
            if told not in ("read", "named") and failure is not None:
                odd.append(f"{path.name}: {failure.kind}: {failure.reason}")
    kinds = ("read", "named", "timeout", "memory", "crashed", "unnamed")
    table = Table("format", *kinds, title=f"{options.files} damaged files, seed {options.seed}")
    for suffix, counter in sorted(counts.items()):
        table.add_row(suffix, *(str(counter[kind]) for kind in kinds))
    console = Console(width=100)
    console.print(table)
    for line in odd[:40]:
        console.print(line, markup=False)
    left = children()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    console.print(
        f"the longest took {longest:.1f} s (limit {LIMITS.seconds:.0f}); {left} processes left; "
        f"{usage.ru_utime + usage.ru_stime:.0f} CPU s"
    )
    bad = sum(counter[kind] for counter in counts.values() for kind in ("unnamed", "crashed"))
    return 1 if bad or left else 0


if __name__ == "__main__":
    sys.exit(main())
