"""How sounds are compared: verdicts and offsets on the manifest, on made cases, and sound alone.

`python -m tests.benchmarks.sound --set tune` needs the manifest that `--build-only` writes. The
seconds that match are taken from the truth, not from the picture: this measures the sound alone.
What is silent is told here from the samples, not from the fingerprints.

The made cases take each clip's own sound and change it: bits, band, level, music, speech, speed,
pitch, place. Mixed sounds may be called `same` or `partial` (music under, music over) or `partial`
or `different` (a voice over): both are true.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import av
import ffmpeg
import numpy as np
from rich.console import Console
from rich.table import Table

from tracer.compare.same_sound import Sounds, same_sound
from tracer.compare.sound import sound_of
from tracer.index.sound_search import SoundTable
from tracer.media import sound as hearing
from tracer.media.ffmpeg import binary
from tracer.model import Fingerprint, FrameHashes, Layout, LocalFeatures, Miniature, Segment
from tracer.settings import DEFAULT

from . import clips, media, queries, sections
from .clips import Work

SILENT_LEVEL = 10 ** (-75 / 20)  # of full scale
FAINT_LEVEL = 10 ** (-60 / 20)  # what few can hear: silent or not, both are right
SHORTEST = 4.0  # seconds: a sound must be longer than an item to be cut or played faster
SPEEDS = (0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.15, 1.2, 1.25)
VAGUE = frozenset({"reaction"})  # its sound is either video's, by chance
BAR = (0.97, 0.2)  # verdicts right; seconds of offset


@dataclass(frozen=True)
class Case:
    """Two files, which seconds are which, and what may be said of their sound."""

    name: str
    query: Path
    match: Path
    segments: tuple[Segment, ...]
    allowed: frozenset[str]
    lag: float = 0.0  # seconds that the sound was moved against the picture


@dataclass
class Figures:
    """The figures of some cases together."""

    said: Counter[str]
    right: int = 0
    late: list[float] | None = None


@cache
def fingerprint(path: Path) -> Fingerprint:
    """A fingerprint with nothing but the sound."""
    none, word = np.empty(0), np.empty(0, np.uint64)
    byte = np.empty(0, np.uint8)
    return Fingerprint(
        sha256=media.sha256(path),
        algorithm="",
        duration=length(path),
        aspect=1.0,
        layout=Layout(),
        hashes=FrameHashes(none, byte, word, word, byte, byte, byte),
        features=LocalFeatures(none, byte.astype(np.uint16), byte.astype(np.uint16), byte, byte),
        miniature=Miniature(none, 16, 16, b""),
        sound=hearing.sound_of(path).items,
    )


@cache
def samples(path: Path) -> tuple[np.ndarray, int]:
    """A file's sound as floats, one channel, and its rate."""
    with av.open(str(path), metadata_errors="ignore") as container:
        if not container.streams.audio:
            return np.empty(0, np.float32), 8000
        resampler = av.AudioResampler("flt", "mono", 8000)
        parts = [np.empty((1, 0), np.float32)]
        for packet in container.demux(container.streams.audio[0]):
            with suppress(av.error.FFmpegError):  # a ragged end is no silence
                for frame in packet.decode():
                    parts += [one.to_ndarray() for one in resampler.resample(frame)]
    return np.concatenate(parts, axis=1)[0], 8000


def length(path: Path) -> float:
    """Seconds of a file, of its sound where it has no picture to speak of."""
    heard, rate = samples(path)
    return max(media.probe(path).duration, len(heard) / rate)


def silent(path: Path, spans: list[tuple[float, float]], level: float = SILENT_LEVEL) -> bool:
    """Whether nothing is heard in some seconds of a file."""
    heard, rate = samples(path)
    parts = [heard[int(start * rate) : int(end * rate)] for start, end in spans]
    joined = np.concatenate([np.empty(0, np.float32), *parts])
    windows = joined[: len(joined) // 800 * 800].reshape(-1, 800)
    loud = np.sqrt((windows**2).mean(axis=1)) > level if len(windows) else np.empty(0)
    return not len(loud) or float(np.mean(loud)) < 0.1


# --- cases of the manifest --------------------------------------------------------------------


def of_manifest(chosen: str) -> Iterator[Case]:
    """Every known pair of the benchmark's queries."""
    case = queries.read_manifest(chosen)
    paths = {work.name: work.path for work in case.index}
    for query in case.queries:
        if query.edit in VAGUE:
            continue
        kinds = {edit.kind for edit in query.edits}
        for part in query.parts:
            if not part.spans or part.work not in paths:
                continue
            segments = tuple(
                Segment(s.start, s.end, s.source_start, s.source_end, s.speed, 1.0)
                for s in part.spans
            )
            path, match = Path(query.path), paths[part.work]
            own = [(s.start, s.end) for s in part.spans]
            others = [(s.source_start, s.source_end) for s in part.spans]
            allowed = {"different" if "sound_replaced" in kinds else "same"}
            if silent(path, own) or silent(match, others):
                allowed = {"absent"}
            elif silent(path, own, FAINT_LEVEL) or silent(match, others, FAINT_LEVEL):
                allowed.add("absent")
            yield Case(query.edit, path, match, segments, frozenset(allowed))


# --- made cases -------------------------------------------------------------------------------

Filters = Callable[[ffmpeg.nodes.FilterableStream, "Making"], ffmpeg.nodes.FilterableStream]


@dataclass
class Making:
    """What a recipe may use and what it must say."""

    work: Work
    other: Work  # a stranger with sound
    seconds: float
    dice: Random
    speed: float = 1.0
    start: float = 0.0  # seconds cut off
    lag: float = 0.0
    codec: str = "aac"
    rate: str = "64k"

    def beside(self, level: float) -> ffmpeg.nodes.FilterableStream:
        """The stranger's sound, as long as needed, so loud relative to this one."""
        mine, theirs = (_loudness(one.path) for one in (self.work, self.other))
        heard = ffmpeg.input(str(self.other.path), stream_loop=-1).audio
        heard = heard.filter("aresample", 44100).filter("aformat", channel_layouts="stereo")
        heard = heard.filter("volume", round(level * mine / theirs, 5))
        return heard.filter("atrim", duration=round(self.seconds, 3))


def _loudness(path: Path) -> float:
    heard, _ = samples(path)
    return float(np.sqrt((heard**2).mean())) + 1e-6


def low_bitrate(heard, making):
    """MP3 at 32 kbit/s: what survives of four re-uploads."""
    making.codec, making.rate = "libmp3lame", "32k"
    return heard


def eight_khz(heard, making):
    """8 kHz, one channel."""
    making.rate = "16k"
    return heard.filter("aresample", 8000).filter("aformat", channel_layouts="mono")


def telephone(heard, making):
    """8 kHz without what lies below 300 Hz: a phone call."""
    making.rate = "16k"
    return heard.filter("highpass", 300).filter("aresample", 8000)


def clipped(heard, making):
    """Turned up by 18 dB, so that it clips."""
    return heard.filter("volume", "18dB")


def quiet(heard, making):
    """Turned down by 15 dB."""
    return heard.filter("volume", "-15dB")


def music_under(heard, making):
    """Another sound 12 dB below."""
    return ffmpeg.filter([heard, making.beside(0.25)], "amix", normalize=0, duration="first")


def music_over(heard, making):
    """Another sound as loud."""
    return ffmpeg.filter([heard, making.beside(1.0)], "amix", normalize=0, duration="first")


def voice_over(heard, making):
    """Another sound, this one 15 dB below it: an interpreter."""
    return ffmpeg.filter([heard, making.beside(5.6)], "amix", normalize=0, duration="first")


def dubbed(heard, making):
    """Another sound altogether."""
    return making.beside(1.0)


def muted(heard, making):
    """Silence."""
    return heard.filter("volume", 0)


def half_replaced(heard, making):
    """Another sound from the middle on."""
    middle = round(making.seconds / 2, 3)
    first = heard.filter("atrim", duration=middle)
    second = making.beside(1.0).filter("atrim", start=middle).filter("asetpts", "PTS-STARTPTS")
    return ffmpeg.concat(first, second, v=0, a=1)


def pitched(heard, making):
    """Up or down by one to three semitones, the speed kept."""
    factor = 2 ** (making.dice.choice([-3, -2, -1, 1, 2, 3]) / 12)
    heard = heard.filter("asetrate", round(44100 * factor)).filter("aresample", 44100)
    return heard.filter("atempo", round(1 / factor, 5))


def faster(heard, making):
    """Played faster or slower, the pitch kept."""
    making.speed = making.dice.choice(SPEEDS)
    return heard.filter("atempo", making.speed)


def resampled(heard, making):
    """Played faster or slower, pitch and all."""
    making.speed = making.dice.choice(SPEEDS)
    return heard.filter("asetrate", round(44100 * making.speed)).filter("aresample", 44100)


def trimmed(heard, making):
    """Only a piece is kept."""
    making.start = round(making.dice.uniform(0.1, 0.35) * making.seconds, 3)
    return heard.filter("atrim", start=making.start).filter("asetpts", "PTS-STARTPTS")


def late(heard, making):
    """The sound three tenths of a second behind the picture."""
    making.lag = -0.3
    return heard.filter("adelay", delays=300, all=1)


RECIPES: dict[str, tuple[Filters, frozenset[str]]] = {
    **{
        recipe.__name__: (recipe, frozenset({verdict}))
        for verdict, recipes in {
            "same": (
                low_bitrate, eight_khz, telephone, clipped, quiet,
                pitched, faster, resampled, trimmed, late,
            ),
            "different": (dubbed,),
            "absent": (muted,),
            "partial": (half_replaced,),
        }.items()
        for recipe in recipes
    },
    "music_under": (music_under, frozenset({"same", "partial"})),
    "music_over": (music_over, frozenset({"same", "partial"})),
    "voice_over": (voice_over, frozenset({"partial", "different"})),
}  # fmt: skip


def heard_works(chosen: str) -> list[Work]:
    """The clips of a half with a sound to work on, one of each family."""
    works = [work for work in clips.load() if work.half == chosen and work.has_audio]
    kept: dict[str, Work] = {}
    for work in sorted(works, key=lambda work: work.name):
        if work.duration >= SHORTEST and not silent(work.path, [(0.0, work.duration)]):
            kept.setdefault(work.unit, work)
    return list(kept.values())


def made(chosen: str, only: str = "") -> Iterator[Case]:
    """Every recipe (or some) on every clip."""
    works = heard_works(chosen)
    for name, (recipe, allowed) in RECIPES.items():
        if only and name not in only.split(","):
            continue
        for work in works:
            dice = Random(f"{name} {work.name}")
            others = [one for one in works if one.group != work.group]
            making = Making(work, dice.choice(others), min(work.duration, 40.0), dice)
            path = _made(name, recipe, making)
            kept = (making.seconds - making.start) / making.speed
            segment = Segment(
                0.0, kept, making.start, making.start + kept * making.speed, making.speed, 1.0
            )
            yield Case(name, path, work.path, (segment,), allowed, making.lag)


def _made(name: str, recipe: Filters, making: Making) -> Path:
    """The changed sound under a small grey picture, from the cache; fills in `making`."""
    key = hashlib.sha256(
        f"1 {name} {media.sha256(making.work.path)} {media.sha256(making.other.path)}".encode()
    ).hexdigest()[:16]
    out = media.cache_folder() / "sound" / f"{name}-{key}.mp4"
    heard = ffmpeg.input(str(making.work.path), t=round(making.seconds, 3)).audio
    heard = heard.filter("aresample", 44100, **{"async": 1, "first_pts": 0})
    heard = recipe(heard.filter("aformat", channel_layouts="stereo"), making)
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    seconds = round((making.seconds - making.start) / making.speed, 3)
    grey = ffmpeg.input(f"color=gray:s=64x36:r=5:d={seconds}", f="lavfi").video
    part = out.with_suffix(".part.mp4")
    command = ffmpeg.output(
        grey, heard, str(part), vcodec="libx264", preset="ultrafast", threads=1, t=seconds,
        acodec=making.codec, audio_bitrate=making.rate, loglevel="error",
    ).overwrite_output()  # fmt: skip
    subprocess.run(ffmpeg.compile(command, cmd=binary()), check=True, capture_output=True)
    part.replace(out)
    return out


# --- measuring --------------------------------------------------------------------------------


def judged(cases: list[Case]) -> tuple[dict[str, Figures], list[str]]:
    """Compare each pair; the figures by name, and a line for each that is wrong."""
    figures: dict[str, Figures] = defaultdict(lambda: Figures(Counter(), 0, []))
    wrong = []
    for case in cases:
        query, match = fingerprint(case.query), fingerprint(case.match)

        def again(factors, path=case.query, seconds=query.duration):
            return hearing.shifted(path, factors, seconds)

        told = sound_of(case.segments, query, match, DEFAULT.sound, again)
        one = figures[case.name]
        one.said[told.verdict] += 1
        one.right += told.verdict in case.allowed
        if told.verdict not in case.allowed:
            wrong.append(f"{case.name} {case.query.name} of {case.match.name}: {told}")
        if told.offset is not None:
            line = case.segments[0]
            true = line.match_start - line.speed * line.query_start + line.speed * case.lag
            assert one.late is not None
            one.late.append(abs(told.offset - true))
    return dict(figures), wrong


def false_alone(chosen: str) -> tuple[int, int, int, list[str]]:
    """Ask for the same sound with every clip: pairs asked, said of relatives, said of strangers."""
    works = [work for work in clips.load() if work.half == chosen and work.has_audio]
    entries = [(number, fingerprint(work.path).sound) for number, work in enumerate(works)]
    known = [(number, items) for number, items in entries if items is not None]
    names = tuple(work.name for work in works)
    by_name = dict(zip(names, (items for _, items in entries), strict=True))
    sounds = Sounds(SoundTable.of(known, hearing.SILENT), names, by_name.get)
    related, strange, told = 0, 0, []
    for work in works:
        for found in same_sound(fingerprint(work.path), sounds, {work.name}, DEFAULT.sound):
            other = works[names.index(found.sha256)]
            if work.unit == other.unit:
                related += 1
            else:
                strange += 1
                told.append(f"{work.name} and {other.name}: {found.segments[0]}")
    return len(works) * (len(works) - 1), related, strange, told


def found_alone(chosen: str) -> tuple[int, int]:
    """Ask with every made case whose sound lasts: how many find their clip again."""
    works = heard_works(chosen)
    entries = [(number, fingerprint(work.path).sound) for number, work in enumerate(works)]
    by_name = {str(work.path): items for work, (_, items) in zip(works, entries, strict=True)}
    sounds = Sounds(
        SoundTable.of([(n, items) for n, items in entries if items is not None], hearing.SILENT),
        tuple(by_name),
        by_name.get,
    )
    asked = found = 0
    for case in made(chosen):
        if case.allowed != {"same"} or case.name in ("resampled", "pitched"):
            continue
        if case.segments[0].query_end < 6.0:
            continue
        asked += 1
        answers = same_sound(fingerprint(case.query), sounds, set(), DEFAULT.sound)
        found += any(one.sha256 == str(case.match) for one in answers)
    return asked, found


def main() -> None:
    """Measure one half and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sound", description=__doc__)
    parser.add_argument("--set", choices=clips.SETS, default="tune")
    parser.add_argument("--wrong", action="store_true", help="name every wrong verdict")
    parser.add_argument("--only", default="", help="made cases of these names, comma-separated")
    parser.add_argument("--write", action="store_true", help="put the tables into results-edits.md")
    options = parser.parse_args()
    console = Console()
    lines = [sections.made_with(), ""]
    for title, cases in (
        ("manifest", [] if options.only else list(of_manifest(options.set))),
        ("made", list(made(options.set, options.only))),
    ):
        figures, wrong = judged(cases)
        if not cases:
            continue
        _show(console, f"{title}, {options.set}", figures)
        lines += [f"{title.capitalize()} cases:", "", *sections.table(HEAD, _rows(figures)), ""]
        for line in wrong if options.wrong else ():
            console.print(line, highlight=False)
    if options.only:
        return
    pairs, related, strange, told = false_alone(options.set)
    asked, found = found_alone(options.set)
    alone = [
        f"same sound alone: {strange} of {pairs} pairs of clips falsely, {related} related",
        f"same sound alone: {found} of {asked} changed sounds find their clip",
    ]
    for line in (*alone, *told):
        console.print(line, highlight=False)
    if options.write:
        sections.put(f"Sound, set {options.set}", [*lines, *(f"- {line}" for line in alone), ""])


HEAD = ("case", "pairs", "right", "offset within 0.2 s", "said")


def _rows(figures: dict[str, Figures]) -> list[tuple[str, ...]]:
    """A row for each case, and one for all of them."""
    total = Figures(Counter(), 0, [])
    for one in figures.values():
        total.said.update(one.said)
        total.right += one.right
        total.late = [*(total.late or []), *(one.late or [])]
    rows = [(name, *_cells(one)) for name, one in sorted(figures.items())]
    return [*rows, (f"all (to reach: {BAR[0]:.0%}, {BAR[1]} s)", *_cells(total))]


def _show(console: Console, title: str, figures: dict[str, Figures]) -> None:
    table = Table(*HEAD, title=title)
    *rows, total = _rows(figures)
    for row in rows:
        table.add_row(*row)
    table.add_section()
    table.add_row(*total)
    console.print(table)


def _cells(one: Figures) -> tuple[str, ...]:
    pairs = one.said.total()
    late = one.late or []
    near = f"{np.mean(np.array(late) <= BAR[1]):.1%} (most {max(late):.2f})" if late else "-"
    said = ", ".join(f"{count} {verdict}" for verdict, count in one.said.most_common())
    return str(pairs), f"{one.right / pairs:.1%}", near, said


if __name__ == "__main__":
    main()
