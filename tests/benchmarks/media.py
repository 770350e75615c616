"""ffmpeg and PyAV for the benchmark: probe, read, encode; what is made is made once."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
import ffmpeg
import imageio_ffmpeg

SUFFIXES = {".mp4", ".mkv", ".webm", ".mov", ".avi", ".mpg", ".m4v", ".ogv", ".3gp"}


class EncodeError(RuntimeError):
    """ffmpeg refused a recipe; the message is the end of what it said."""


@dataclass(frozen=True)
class Seen:
    """What the benchmark needs to know about a file, as displayed."""

    duration: float
    width: int
    height: int
    fps: float
    has_audio: bool
    times: tuple[float, ...]

    def snapped(self, time: float) -> float:
        """The time of the frame nearest to `time`, from the first frame."""
        return min(self.times, key=lambda frame: abs(frame - time))


def cache_folder() -> Path:
    """The folder for everything that is made: `TRACER_BENCH_CACHE`, else `.bench-cache/` here."""
    folder = Path(os.environ.get("TRACER_BENCH_CACHE", ".bench-cache")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@cache
def sha256(path: Path) -> str:
    """The file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def probe(path: Path) -> Seen:
    """The true length (first frame to the end of the last) and size; from the cache if known."""
    kept = cache_folder() / "probes" / f"{sha256(path)[:24]}.json"
    known = cached_json(kept)
    if known is not None:
        duration, width, height, fps, has_audio, times = known
        return Seen(duration, width, height, fps, has_audio, tuple(times))
    seen = _decoded(path)
    kept.parent.mkdir(parents=True, exist_ok=True)
    values = [seen.duration, seen.width, seen.height, seen.fps, seen.has_audio, seen.times]
    kept.write_text(json.dumps(values), encoding="utf-8")
    return seen


def _decoded(path: Path) -> Seen:
    with av.open(str(path), metadata_errors="ignore") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        times, turn, frame = [], 0, None
        for frame in container.decode(stream):
            if frame.time is not None:
                times.append(frame.time)
        if frame is None or not times:
            raise EncodeError(f"{path.name}: no frames")
        turn = int(getattr(frame, "rotation", 0) or 0)
        aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        wide, high = round(frame.width * aspect), frame.height
        if turn % 180:
            wide, high = high, wide
        span = max(times) - min(times)
        fps = (len(times) - 1) / span if span > 0 else 25.0
        first = min(times)
        exact = tuple(sorted(round(time - first, 4) for time in times))
        has_audio = bool(container.streams.audio)
        return Seen(span + 1 / fps, wide, high, fps, has_audio, exact)


def even(value: float) -> int:
    """The nearest even number of pixels, at least 16."""
    return max(16, round(value / 2) * 2)


def fitted(width: int, height: int, long: int = 854, short: int = 480) -> tuple[int, int]:
    """The size brought inside `long` x `short` (either way up), never enlarged."""
    factor = min(1.0, long / max(width, height), short / min(width, height))
    return even(width * factor), even(height * factor)


@dataclass
class Shot:
    """A video on its way through a recipe: ffmpeg streams and what is known about them."""

    video: Any
    audio: Any
    width: int
    height: int
    fps: float
    duration: float


def read(path: Path, start: float = 0.0, end: float | None = None) -> Shot:
    """Open the seconds `start`..`end` of a file, square pixels, at most 480p, time from 0.

    Give times of frames (`Seen.snapped`): the cut is made half a frame before each.
    """
    seen = probe(path)
    early = 0.4 / seen.fps
    end = seen.duration if end is None else min(end, seen.duration)
    length = end - start
    start = max(0.0, start - early)
    end = end + 1.0 if end >= seen.duration - early else end - early
    width, height = fitted(seen.width, seen.height)
    source = ffmpeg.input(str(path))
    video = source.video.filter("setpts", "PTS-STARTPTS")
    video = video.filter("trim", start=start, end=end).filter("setpts", "PTS-STARTPTS")
    video = video.filter("scale", width, height, flags="area").filter("setsar", 1)
    audio = None
    if seen.has_audio:
        audio = source.audio.filter("atrim", start=start, end=end)
        audio = audio.filter("asetpts", "PTS-STARTPTS").filter("aresample", 44100)
        audio = audio.filter("aformat", channel_layouts="stereo")
    return Shot(video, audio, width, height, min(seen.fps, 60.0), length)


_silences = itertools.count()


def silence(seconds: float) -> Any:
    """Silent stereo sound of that length (equal ffmpeg nodes would be one: hence the count)."""
    length = round(seconds + 0.001 + next(_silences) % 1000 * 1e-5, 5)
    source = ffmpeg.input("anullsrc=r=44100:cl=stereo", f="lavfi", t=length)
    return source.audio.filter("aformat", channel_layouts="stereo")


def encode(shot: Shot, out: Path, crf: int, size: tuple[int, int] | None = None) -> None:
    """Write a shot as H.264 and AAC; whole or not at all."""
    width, height = size or (shot.width, shot.height)
    video = shot.video
    if (width, height) != (shot.width, shot.height):
        video = video.filter("scale", width, height, flags="bicubic").filter("setsar", 1)
    video = video.filter("trim", duration=round(shot.duration, 3))
    streams = [video]
    options: dict[str, Any] = {}
    if shot.audio is not None:
        streams.append(shot.audio.filter("atrim", duration=round(shot.duration, 3)))
        options.update(acodec="aac", audio_bitrate="64k")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(f".{os.getpid()}.part.mp4")
    command = ffmpeg.output(
        *streams, str(part), vcodec="libx264", crf=crf, preset="veryfast", pix_fmt="yuv420p",
        threads=1, filter_complex_threads=1, map_metadata=-1, movflags="faststart", **options,
    ).overwrite_output()  # fmt: skip
    arguments = ffmpeg.compile(command, cmd=imageio_ffmpeg.get_ffmpeg_exe())
    quiet = [arguments[0], "-nostdin", "-loglevel", "error", *arguments[1:]]
    done = subprocess.run(quiet, capture_output=True, text=True, errors="replace", timeout=900)
    if done.returncode != 0:
        part.unlink(missing_ok=True)
        raise EncodeError(f"{out.name}: {done.stderr.strip()[-600:]}")
    part.replace(out)


def part_of(path: Path, start: float, end: float) -> Path:
    """Seconds `start`..`end` of a clip as a file of its own (near-lossless), from the cache."""
    key = hashlib.sha256(f"part-1 {sha256(path)} {start:.3f} {end:.3f}".encode()).hexdigest()[:12]
    out = cache_folder() / "works" / f"{path.stem[-40:]}-{key}.mp4"
    if not out.exists():
        encode(read(path, start, end), out, crf=20)
    return out


def cached_json(path: Path) -> Any:
    """The JSON in a file of the cache, or None."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
