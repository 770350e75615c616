"""What fingerprinting costs against decoding: CPU seconds of `tracer index` over 480p files.

The goal is held against fingerprinting alone: reading text and comparing the videos with each other
are steps of their own, which `tests.benchmarks.text` and `tests.benchmarks.scale` measure. What the
same files cost with comparing stands beside it.

`python -m tests.benchmarks.speed` makes the files once, then measures in turn, several times in
the same run (the machine's mood hits all): decoding every frame with PyAV on one thread, and
`tracer index` with all its children, without comparing and with it. User and system time together.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import av
from rich.console import Console
from rich.table import Table

from . import clips, media
from .metrics import quantile
from .recipes import scaled

GOAL = 1.6
HEIGHT = 480
LONGEST_EDGE = 1066


def files(minutes: float) -> list[Path]:
    """At least so many minutes of 480p files, from the cache; the longest clips first."""
    works = [work for work in clips.load() if work.usable]
    out, total = [], 0.0
    for work in sorted(works, key=lambda work: (-work.duration, work.name)):
        if total >= minutes * 60:
            break
        out.append(_at_480p(work.path))
        total += work.duration
    if total < minutes * 60:
        raise SystemExit(f"only {total / 60:.1f} minutes of clips: set TRACER_CLIPS or --minutes")
    return out


def _at_480p(path: Path) -> Path:
    key = hashlib.sha256(f"480p-1 {media.sha256(path)}".encode()).hexdigest()[:16]
    out = media.cache_folder() / "480p" / f"{key}.mp4"
    if not out.exists():
        shot = media.read(path)
        factor = min(
            HEIGHT / min(shot.width, shot.height), LONGEST_EDGE / max(shot.width, shot.height)
        )
        size = (media.even(shot.width * factor), media.even(shot.height * factor))
        media.encode(scaled(shot, *size), out, crf=26)
    return out


def decode(paths: list[Path]) -> int:
    """Decode every frame once, on one thread, and do nothing with it."""
    frames = 0
    for path in paths:
        with av.open(str(path), metadata_errors="ignore") as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"
            stream.codec_context.thread_count = 1
            for _ in container.decode(stream):
                frames += 1
    return frames


def cpu_of(command: list[str]) -> float:
    """User and system seconds of a command and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[:5])}: {done.stderr.strip()[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(paths: list[Path], rounds: int, jobs: int) -> list[tuple[float, float, float]]:
    """(decoding, fingerprinting, the same and comparing) CPU seconds of each round."""
    out = []
    with tempfile.TemporaryDirectory(dir=media.cache_folder()) as folder:
        listed = Path(folder) / "files.txt"
        listed.write_text("\n".join(str(path) for path in paths), encoding="utf-8")
        for number in range(rounds):
            plain = cpu_of(
                [sys.executable, "-m", "tests.benchmarks.speed", "--decode", str(listed)]
            )
            seconds = []
            for name, compare in (("alone", "--no-match"), ("compared", "--match")):
                index = str(Path(folder) / f"{number}-{name}.db")
                base = [sys.executable, "-m", "tracer", "index", "--index", index, "--no-text"]
                seconds.append(cpu_of([*base, compare, "--jobs", str(jobs), *map(str, paths)]))
            out.append((plain, *seconds))
    return out


def main() -> int:
    """Measure and print; 1 when the ratio is above the goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.speed", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--decode", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.decode:
        decode([Path(line) for line in options.decode.read_text(encoding="utf-8").splitlines()])
        return 0
    paths = files(options.minutes)
    seconds = sum(media.probe(path).duration for path in paths)
    rows = measured(paths, options.rounds, options.jobs)
    ratios = [alone / plain for plain, alone, _ in rows]
    title = f"{len(paths)} files, {seconds / 60:.1f} minutes of 480p; CPU seconds"
    columns = ("round", "decoding", "fingerprinting", "ratio", "with comparing", "ratio")
    table = Table(*columns, title=title)
    for number, (plain, alone, whole) in enumerate(rows, 1):
        figures = (f"{plain:.1f}", f"{alone:.1f}", f"{alone / plain:.2f}")
        table.add_row(str(number), *figures, f"{whole:.1f}", f"{whole / plain:.2f}")
    console = Console()
    console.print(table)
    spread = quantile(ratios, 1.0) - quantile(ratios, 0.0)
    per_minute = median(alone for _, alone, _ in rows) / seconds * 60
    console.print(
        f"ratio {median(ratios):.2f} (spread {spread:.2f}; goal at most {GOAL}), "
        f"{per_minute:.2f} CPU s a minute of video"
    )
    return 0 if median(ratios) <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
