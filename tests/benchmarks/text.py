"""How well burned-in text is read: known lines and marks drawn over real clips, encoded, read back.

    python -m tests.benchmarks.text [--set tune|held-out] [--clips N] [--wrong]

Chinese and English, outlined and on a band, at 360 and 720 rows; in each clip one platform's mark
stands or moves as well. Needs a font with Chinese characters; without one it says so and ends.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from tracer.compare.tracks import lettered
from tracer.media.frames import DecodeLog, sampled_frames
from tracer.media.probe import probe
from tracer.model import IDENTITY, Box, Match, Segment, TextLine, TextTrack
from tracer.settings import DEFAULT
from tracer.text.marks import clues_of
from tracer.text.reading import Reader
from tracer.text.spelling import distance

from . import clips, draw, media

SECONDS = 10.0
HEIGHTS = (360, 720)
BAR = {360: 0.12, 720: 0.05}
CRF = {360: 28, 720: 26}

# Two sets that share no sentence: what was tuned on one is measured on the other.
LINES: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "tune": {
        "en": (
            ("Nobody here asked me\nwhether I wanted to stay.", "It was my own decision.",
             "We work eight hours a day,\nand we rest on Sunday.", "Come and see for yourself!"),
            ("They said the bridge is closed", "so we took the boat instead.",
             "Twelve people, two dogs\nand all of our luggage.", "What a long morning that was."),
        ),
        "zh": (
            ("没有人问过我\n愿不愿意留下来", "这是我自己的决定", "我们每天工作八个小时\n星期天休息",
             "欢迎大家亲自来看看"),
            ("听说那座桥已经关闭了", "所以我们改坐了船", "十二个人两条狗\n还有全部的行李",
             "真是漫长的一个上午"),
        ),
    },
    "held-out": {
        "en": (
            ("I have lived in this street\nfor more than thirty years.", "Why would I lie to you?",
             "Look at the harvest behind me:",
             "every family got its share\nbefore the first snow."),
            ("The factory opened in March", "and my sister found a job there.",
             "She earns enough for both of us.",
             "Please don't believe those rumours,\nthey hurt us."),
        ),
        "zh": (
            ("我在这条街上住了\n三十多年", "我为什么要骗你们呢", "请看我身后的收成",
             "第一场雪以前\n家家户户都分到了"),
            ("工厂是三月份开工的", "我妹妹在那里找到了工作", "她挣的钱够我们两个人花",
             "请不要相信那些谣言\n那些话伤害了我们"),
        ),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A platform's mark: its rows, the source and account that it names, whether it moves."""

    rows: tuple[str, ...]
    source: str
    account: str = ""
    moves: bool = False


MARKS: dict[str, tuple[Mark, ...]] = {
    "tune": (
        Mark(("抖音", "抖音号：niuyang2021"), "douyin", "niuyang2021", moves=True),
        Mark(("TikTok", "@valley.news"), "tiktok", "valley.news", moves=True),
        Mark(("石榴云/新疆日报",), "pomegranate_cloud"),
        Mark(("CGTN",), "cgtn"),
        Mark(("快手", "快手号：mumin_88"), "kuaishou", "mumin_88"),
        Mark(("CCTV-13 新闻",), "cctv"),
    ),
    "held-out": (
        Mark(("抖音", "抖音号：xiaoyuan5566"), "douyin", "xiaoyuan5566", moves=True),
        Mark(("TikTok", "@green_hills7"), "tiktok", "green_hills7", moves=True),
        Mark(("西瓜视频",), "ixigua"),
        Mark(("bilibili",), "bilibili"),
        Mark(("天山网-新疆日报",), "tianshan_net"),
        Mark(("CCTV-4 中文国际",), "cctv"),
        Mark(("Pomegranate Cloud",), "pomegranate_cloud"),
        Mark(("微博", "@山谷里的风"), "weibo", "山谷里的风"),
    ),
}


@dataclass(frozen=True)
class Cue:
    """A line as it was burned in."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Case:
    """One clip to letter: which words, how, and which mark."""

    path: Path
    height: int
    language: str
    band: bool
    cues: tuple[Cue, ...]
    mark: Mark


@dataclass
class Tally:
    """What was counted at one height."""

    letters: int = 0
    wrong: int = 0
    lines: int = 0
    own: int = 0  # lines of the clip itself that read as subtitles
    in_time: int = 0
    marks: int = 0
    marks_read: int = 0
    invented: int = 0
    video: float = 0.0
    cpu: float = 0.0
    told: list[str] = field(default_factory=list)


def cases(half: str, most: int) -> Iterator[Case]:
    """Two cases a clip, the styles and marks taken in turn."""
    works = [
        work for work in clips.load()
        if work.half == half and work.usable and work.duration >= 6 and "still" not in work.tags
    ]  # fmt: skip
    works.sort(key=lambda work: hashlib.sha256(f"text {work.name}".encode()).hexdigest())
    for number, work in enumerate(works[:most]):
        for turn, height in enumerate(HEIGHTS):
            count = 2 * number + turn
            language = ("zh", "en")[(number + turn) % 2]
            pool = LINES[half][language]
            words = pool[count % len(pool)]
            step = min(SECONDS, work.duration) / len(words)
            cues = tuple(
                Cue(round(0.3 + step * at, 2), round(step * (at + 1) - 0.05, 2), text)
                for at, text in enumerate(words)
            )
            marks = MARKS[half]
            yield Case(work.path, height, language, count % 4 >= 2, cues, marks[count % len(marks)])


def lettered_clip(case: Case) -> Path:
    """Burn the case's lines and mark into its clip; from the cache where it was made before."""
    name = hashlib.sha256(repr(case).replace(str(case.path.parent), "").encode()).hexdigest()[:20]
    made = media.cache_folder() / "text" / f"{name}.mp4"
    if made.exists():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    unfinished = made.with_suffix(".part.mp4")
    with (
        av.open(str(case.path), metadata_errors="replace") as source,
        av.open(str(unfinished), "w") as target,
    ):
        stream = source.streams.video[0]
        aspect = stream.width / stream.height
        width, height = media.even(case.height * aspect), case.height
        if aspect < 1:
            width, height = case.height, media.even(case.height / aspect)
        rate = Fraction(stream.average_rate or 25).limit_denominator(1001)
        out = target.add_stream("libx264", rate=min(rate, Fraction(30)))
        out.width, out.height, out.pix_fmt = width, height, "yuv420p"
        out.options = {"crf": str(CRF[case.height]), "preset": "veryfast", "threads": "1"}
        sheets: dict[tuple[int, int], Image.Image] = {}
        first, last = None, -1
        for frame in source.decode(stream):
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            at = frame.time - first
            if at >= SECONDS:
                break
            picture = frame.to_image(width=width, height=height)
            key = _key(case, at)
            if key not in sheets:
                sheets[key] = _sheet(case, key, width, height)
            picture.paste(sheets[key], (0, 0), sheets[key])
            pts = round(at * float(out.codec_context.framerate))
            if pts <= last:
                continue  # more than thirty frames a second
            last = pts
            drawn = av.VideoFrame.from_image(picture)
            drawn.pts = pts
            drawn.time_base = 1 / Fraction(out.codec_context.framerate)
            for packet in out.encode(drawn):
                target.mux(packet)
        for packet in out.encode(None):
            target.mux(packet)
    unfinished.replace(made)
    return made


def _key(case: Case, at: float) -> tuple[int, int]:
    """Which line is shown, and where the mark is."""
    shown = next((i for i, cue in enumerate(case.cues) if cue.start <= at < cue.end), -1)
    return shown, int(at // 4) % 2 if case.mark.moves else 0


def _sheet(case: Case, key: tuple[int, int], width: int, height: int) -> Image.Image:
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    if key[0] >= 0:
        path, _ = draw.subtitle(
            case.cues[key[0]].text, width, height, band=case.band,
            chinese=case.language == "zh", colour=(255, 255, 255, 255),
        )  # fmt: skip
        sheet.alpha_composite(Image.open(path).convert("RGBA"))
    pen = ImageDraw.Draw(sheet)
    size = max(12, round(min(width, height) * 0.042))
    face = draw.font(size, chinese=True)
    wide = max(face.getlength(row) for row in case.mark.rows)
    for row, text in enumerate(case.mark.rows):
        x = width * 0.03 if key[1] == 0 else width * 0.97 - wide
        y = height * (0.05 if key[1] == 0 else 0.55) + row * size * 1.3
        pen.text((x, y), text, font=face, fill=(255, 255, 255, 225),
                 stroke_width=1, stroke_fill=(0, 0, 0, 140))  # fmt: skip
    return sheet


def read(path: Path) -> tuple[TextTrack, float, float]:
    """Read one file; return also its seconds and the CPU seconds that reading took."""
    video = probe(path, "0" * 64)
    reader = Reader(video, path.name, DEFAULT.text)
    spent = 0.0
    for frame in sampled_frames(path, DecodeLog()):
        before = time.process_time()
        reader.see(frame)
        spent += time.process_time() - before
    before = time.process_time()
    track = reader.track()
    return track, video.duration, spent + time.process_time() - before


def judge(case: Case, track: TextTrack, clean: TextTrack, tally: Tally) -> None:
    """Count letters, times and marks of one case.

    Scored are the lines that were drawn, found again by time and place. Of what is left, letters
    that the clip shows without them too (on a screen, say), at the same time and place, are its
    own: counted apart. The rest was never there, and each of its letters is wrong.
    """
    left = [line for line in track.lines if line.kind == "subtitle"]
    for cue in case.cues:
        place = _drawn(case, cue)
        near = [line for line in left if _share(place, line.box) >= 0.5]
        best = max(near, key=lambda line: _together(cue, line), default=None)
        tally.lines += 1
        wanted = _flat(cue.text, case.language)
        tally.letters += len(wanted)
        if best is None or _together(cue, best) <= 0:
            tally.wrong += len(wanted)
            tally.told.append(f"missed: {wanted}")
            continue
        left.remove(best)
        said = _flat(best.text, case.language)
        wrong = min(len(wanted), distance(wanted, said))
        tally.wrong += wrong
        late = max(abs(best.start - cue.start), abs(best.end - cue.end))
        tally.in_time += late <= 0.5
        if wrong or late > 0.5:
            tally.told.append(f"{wrong} wrong, {late:.2f} s off: {wanted} | {said}")
    for line in left:
        if any(_is_same(line, one) for one in clean.lines):
            tally.own += 1
            tally.told.append(f"the clip's own: {line.text!r} {line.box}")
            continue
        tally.wrong += len(_flat(line.text, case.language))
        tally.told.append(f"no subtitle: {line.text!r} {line.box}")
    _judge_marks(case.mark, track, tally)


def _judge_marks(mark: Mark, track: TextTrack, tally: Tally) -> None:
    clues = clues_of(track.lines)
    tally.marks += 1
    right = any(
        clue.source == mark.source and clue.account.casefold() == mark.account.casefold()
        for clue in clues
    )
    tally.marks_read += right
    if not right:
        seen = [(line.kind, line.text) for line in track.lines if line.kind != "subtitle"]
        tally.told.append(f"mark not read: {mark.rows}: {seen}")
    signed = {mark.source, *(s.source for s in clues if s.text in mark.rows)}
    strange = [clue for clue in clues if clue.source not in signed]
    tally.invented += len(strange)
    tally.told += [f"invented: {clue}" for clue in strange]


def _together(cue: Cue, line: TextLine) -> float:
    return min(cue.end, line.end) - max(cue.start, line.start)


def _drawn(case: Case, cue: Cue) -> Box:
    """Return where a line was drawn, as fractions of the frame."""
    with av.open(str(case.path), metadata_errors="replace") as source:
        aspect = source.streams.video[0].width / source.streams.video[0].height
    width, height = media.even(case.height * aspect), case.height
    if aspect < 1:
        width, height = case.height, media.even(case.height / aspect)
    _, box = draw.subtitle(
        cue.text, width, height, band=case.band,
        chinese=case.language == "zh", colour=(255, 255, 255, 255),
    )  # fmt: skip
    return box


def _share(place: Box, box: Box) -> float:
    """Return the share of a box that lies in a place."""
    wide = max(0.0, min(place[2], box[2]) - max(place[0], box[0]))
    high = max(0.0, min(place[3], box[3]) - max(place[1], box[1]))
    return wide * high / max(1e-9, (box[2] - box[0]) * (box[3] - box[1]))


def _is_same(line: TextLine, clean: TextLine) -> bool:
    """Tell whether the clip without drawn letters shows these as well, there and then."""
    if min(line.end, clean.end) <= max(line.start, clean.start):
        return False
    if max(_share(clean.box, line.box), _share(line.box, clean.box)) < 0.5:
        return False
    longest = max(len(line.text), len(clean.text), 1)
    return distance(line.text, clean.text) <= 0.5 * longest


def _flat(text: str, language: str) -> str:
    joined = ("" if language == "zh" else " ").join(text.splitlines())
    return joined.replace(" ", "") if language == "zh" else joined


def changes(tracks: list[tuple[TextTrack, TextTrack, float]]) -> tuple[int, int, list[str]]:
    """Return how often what was done to subtitles is told right, of how many, and what is not.

    Each clip lettered against itself clean, both ways, and against itself in other letters.
    """
    right = asked = 0
    told = []
    for lettered_track, clean, duration in tracks:
        other = _other_words(lettered_track)
        for query, match, wanted in (
            (lettered_track, clean, "added"),
            (clean, lettered_track, "removed"),
            (lettered_track, other, "replaced"),
            (lettered_track, lettered_track, None),
            (clean, clean, None),
        ):
            segment = Segment(0.0, duration, 0.0, duration, 1.0, 0.99)
            bare = Match("q", "m", 0.99, "match", (segment,), IDENTITY)
            said = lettered(bare, query, match, DEFAULT.text)
            change = next((e.change for e in said.edits if e.kind == "subtitles"), None)
            asked += 1
            right += change == wanted
            if change != wanted:
                told.append(f"{wanted} told as {change}")
    return right, asked, told


def _other_words(track: TextTrack) -> TextTrack:
    """The same track as another hand would have lettered it: every line says something else."""
    lines = []
    for line in track.lines:
        text = line.text[::-1] if line.kind == "subtitle" else line.text
        lines.append(TextLine(line.start, line.end, line.box, text, line.language, line.kind, 0.9))
    return TextTrack(track.reader, tuple(lines))


def main() -> int:
    """Measure one half and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.text", description=__doc__)
    parser.add_argument("--set", choices=clips.SETS, default="tune")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--wrong", action="store_true", help="show what was read wrongly")
    options = parser.parse_args()
    console = Console()
    try:
        draw.font(20, chinese=True)
    except RuntimeError as missing:
        console.print(f"not measured: {missing}")
        return 0
    tallies = {height: Tally() for height in HEIGHTS}
    tracks, clean_tracks = [], {}
    clean = Tally()
    for case in cases(options.set, options.clips):
        tally = tallies[case.height]
        if case.path not in clean_tracks:
            track, seconds, cpu = read(case.path)
            clean_tracks[case.path] = track
            clean.video, clean.cpu = clean.video + seconds, clean.cpu + cpu
            found = clues_of(track.lines)
            clean.invented += len(found)
            clean.lines += sum(line.kind == "subtitle" for line in track.lines)
            clean.told += [f"{case.path.name}: {clue.source} from {clue.text!r}" for clue in found]
            clean.told += [f"{case.path.name}: {line.kind} {line.text!r}" for line in track.lines]
        track, seconds, cpu = read(lettered_clip(case))
        tally.video, tally.cpu = tally.video + seconds, tally.cpu + cpu
        before = len(tally.told)
        judge(case, track, clean_tracks[case.path], tally)
        if options.wrong:
            lines = [f"{case.path.name}, {case.height}:", *tally.told[before:]]
            print("\n  ".join(lines), file=sys.stderr, flush=True)
        tracks.append((track, clean_tracks[case.path], seconds))
    _show(console, options.set, tallies, clean)
    right, asked, told = changes(tracks)
    console.print(
        f"change kind: {right} of {asked} right ({right / max(1, asked):.3f}; to reach 0.95)"
    )
    if options.wrong:
        for line in (*told, *clean.told):
            console.print(line, highlight=False, markup=False)
    return 0


def _show(console: Console, half: str, tallies: dict[int, Tally], clean: Tally) -> None:
    table = Table(title=f"burned-in text, {half}")
    for heading in (
        "height", "lines", "letters wrong", "to reach", "within 0.5 s", "the clip's own",
        "marks read", "invented", "CPU a second",
    ):  # fmt: skip
        table.add_column(heading)
    for height, one in tallies.items():
        table.add_row(
            str(height),
            str(one.lines),
            f"{one.wrong / max(1, one.letters):.3f}",
            f"{BAR[height]:.2f}",
            f"{one.in_time / max(1, one.lines):.3f}",
            str(one.own),
            f"{one.marks_read} of {one.marks}",
            str(one.invented),
            f"{one.cpu / max(0.1, one.video):.3f}",
        )
    table.add_row(
        "clean", f"{clean.lines} found", "", "", "", "", "", str(clean.invented),
        f"{clean.cpu / max(0.1, clean.video):.3f}",
    )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    raise SystemExit(main())
