"""The edits that are done to one picture: what happens to a clip between two uploads.

Each recipe takes a `Shot` (the clip, opened), a `Desk` (dice, other clips) and returns the shot
changed with the exact `Step` of what it did. Recipes that need a canvas or a second video live in
`recipes_layout`, those that join or repeat in `recipes_joint`; `RECIPES` there holds them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import ffmpeg

from . import draw
from .clips import Work
from .media import Shot, even, fitted, read, silence
from .truth import Box, Edit, Placement, Span, Step

VERSION = 1


@dataclass
class Desk:
    """What a recipe has at hand: its dice, other works to put in, and the size of what goes out."""

    dice: Random
    others: list[Work] = field(default_factory=list)
    short_side: int = 360
    crf: int = 28

    def other(self) -> Work:
        """Another work, never the same twice."""
        return self.others.pop(self.dice.randrange(len(self.others)))


Recipe = Callable[[Shot, Desk], tuple[Shot, Step]]


def unchanged(shot: Shot, *edits: Edit, placement: Placement | None = None) -> Step:
    """A step that leaves the time line alone."""
    span = Span(0.0, shot.duration, 0.0, shot.duration)
    return Step((span,), placement or Placement(), edits)


def reencode(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Uploaded again: another encoder, nothing else."""
    return shot, unchanged(shot, Edit("reencode"))


def reencode_240(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Forwarded through a messenger many times: 240p at crf 34."""
    desk.short_side, desk.crf = 240, 34
    return shot, unchanged(shot, Edit("reencode"), Edit("resize"))


def resize(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Saved at another size, sometimes stretched a little (square to 4:3 and the like)."""
    stretch = desk.dice.choice([1.0, 0.9, 1.1, 1.2, 0.85])
    desk.short_side = desk.dice.choice([200, 288, 300, 420])
    width = even(shot.width * stretch)
    video = shot.video.filter("scale", width, shot.height).filter("setsar", 1)
    edit = Edit("resize", detail={"stretch": round(width / shot.width, 3)})
    return Shot(video, shot.audio, width, shot.height, shot.fps, shot.duration), unchanged(
        shot, edit
    )


def frame_rate(rate: int) -> Recipe:
    """Converted to another frame rate, frames dropped or repeated."""

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        target = rate if rate != 30 else (30 if shot.fps < 28 else 24)
        shot.video, shot.fps = shot.video.filter("fps", target), float(target)
        return shot, unchanged(shot, Edit("frame_rate", detail={"fps": target}))

    return recipe


def colour(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """A filter of the app: brightness, contrast, saturation and gamma moved together."""
    dice = desk.dice
    values = {
        "brightness": round(dice.uniform(-0.15, 0.15), 3),
        "contrast": round(dice.uniform(0.7, 1.35), 3),
        "saturation": round(dice.choice([0.0, 0.5, 0.75, 1.4, 1.8]), 2),
        "gamma": round(dice.uniform(0.7, 1.45), 3),
    }
    shot.video = shot.video.filter("eq", **values)
    return shot, unchanged(shot, Edit("color", detail=values))


def bars(low: float, high: float, sides: bool = False) -> Recipe:
    """Black (or nearly black) bars above and below, or at both sides: made to fit another frame."""

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        share = desk.dice.uniform(low, high)
        tone = desk.dice.choice(["black", "black", "0x101010", "white"])
        width, height = shot.width, shot.height
        if sides:
            width = even(width / (1 - share))
        else:
            height = even(height / (1 - share))
        x, y = (width - shot.width) // 2, (height - shot.height) // 2
        video = shot.video.filter("pad", width, height, x, y, color=tone)
        box = draw.fractions((x, y, x + shot.width, y + shot.height), width, height)
        edit = Edit("letterbox", box=box, detail={"share": round(share, 3), "tone": tone})
        step = unchanged(shot, edit, placement=Placement(placed=box))
        return Shot(video, shot.audio, width, height, shot.fps, shot.duration), step

    return recipe


def mirror(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Flipped left to right, the oldest way past a platform's duplicate check."""
    shot.video = shot.video.filter("hflip")
    edit = Edit("mirror", side="unknown")
    return shot, unchanged(shot, edit, placement=Placement(mirrored=True))


def crop(share: float) -> Recipe:
    """`share` of each side's length cut away, at a random position: a logo or a caption cut off."""

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        width, height = even(shot.width * (1 - share)), even(shot.height * (1 - share))
        x = desk.dice.randint(0, shot.width - width)
        y = desk.dice.randint(0, shot.height - height)
        video = shot.video.filter("crop", width, height, x, y, exact=1)
        box = draw.fractions((x, y, x + width, y + height), shot.width, shot.height)
        step = unchanged(shot, Edit("crop", box=box), placement=Placement(kept=box))
        return Shot(video, shot.audio, width, height, shot.fps, shot.duration), step

    return recipe


def captions(style: str, change: str = "added", script: int | None = None) -> Recipe:
    """Subtitles over the lower part, a new one every few seconds.

    `outlined`: two white lines with a dark edge; `band`: letters on an opaque band; `chinese`:
    outlined Chinese letters. Fan translations and propaganda edits both look like this.
    """

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        chinese = style == "chinese"
        pool = draw.CHINESE if chinese else draw.SCRIPTS
        number = script if script is not None else desk.dice.randrange(len(pool))
        tint = desk.dice.choice([(255, 255, 255, 255), (255, 255, 255, 255), (255, 235, 60, 255)])
        video, boxes, time, line = shot.video, [], 0.0, 0
        while time < shot.duration:
            length = desk.dice.uniform(1.8, 3.2)
            text = pool[number][line % len(pool[number])]
            path, box = draw.subtitle(
                text, shot.width, shot.height, band=style == "band", chinese=chinese, colour=tint
            )
            between = f"between(t,{time:.2f},{min(time + length, shot.duration):.2f})"
            video = ffmpeg.overlay(video, ffmpeg.input(str(path)), enable=between)
            boxes.append(box)
            time, line = time + length + desk.dice.choice([0.0, 0.0, 0.4]), line + 1
        shot.video = video
        language = "zh" if chinese else "en"
        detail = {"style": style, "language": language, "script": number}
        return shot, unchanged(shot, Edit("subtitles", "query", change, _hull(boxes), detail))

    return recipe


def corner_logo(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """A channel's or an app's logo in a corner, for the whole length."""
    share = desk.dice.uniform(0.14, 0.24)
    name, corner = desk.dice.choice(draw.LOGOS), desk.dice.randrange(4)
    path, box = draw.logo(name, corner, shot.width, shot.height, share)
    shot.video = ffmpeg.overlay(shot.video, ffmpeg.input(str(path)))
    return shot, unchanged(shot, Edit("overlay", box=box, detail={"logo": name}))


def speed(pitch_kept: bool) -> Recipe:
    """Played faster or slower by up to a quarter; the pitch kept, or moving with the speed."""

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        factor = desk.dice.choice([0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.15, 1.2, 1.25])
        video = shot.video.filter("setpts", f"PTS/{factor}")
        if shot.fps * factor > 31:
            video = video.filter("fps", round(min(shot.fps, 30), 3))
        audio = shot.audio
        if audio is not None and pitch_kept:
            audio = audio.filter("atempo", factor)
        elif audio is not None:
            audio = audio.filter("asetrate", round(44100 * factor)).filter("aresample", 44100)
        length = shot.duration / factor
        edit = Edit("speed", detail={"speed": factor, "pitch_kept": pitch_kept})
        step = Step((Span(0.0, length, 0.0, shot.duration),), Placement(), (edit,))
        return Shot(video, audio, shot.width, shot.height, shot.fps, length), step

    return recipe


def rotate(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Turned by up to five degrees and enlarged until no corner is empty, or with black corners."""
    degrees = round(desk.dice.choice([-1, 1]) * desk.dice.uniform(1.5, 5.0), 2)
    angle = abs(degrees) * 3.14159265 / 180
    filled = desk.dice.random() < 0.6
    video = shot.video.filter("rotate", degrees * 3.14159265 / 180, fillcolor="black")
    keep: Box = (0.0, 0.0, 1.0, 1.0)
    width, height = shot.width, shot.height
    if filled:
        long, short = max(width, height), min(width, height)
        loss = min(0.45, 1 - 1 / (1 + angle * long / short))
        width, height = even(width * (1 - loss)), even(height * (1 - loss))
        x, y = (shot.width - width) // 2, (shot.height - height) // 2
        video = video.filter("crop", width, height, x, y, exact=1)
        keep = draw.fractions((x, y, x + width, y + height), shot.width, shot.height)
    edit = Edit("rotate", detail={"degrees": degrees, "filled": filled})
    placement = Placement(kept=keep, degrees=degrees)
    step = unchanged(shot, edit, placement=placement)
    return Shot(video, shot.audio, width, height, shot.fps, shot.duration), step


def trim(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Only a piece is kept: the one sentence that suits."""
    share = desk.dice.uniform(0.55, 0.85)
    length = max(min(3.0, shot.duration), shot.duration * share)
    start = desk.dice.uniform(0, shot.duration - length)
    start = round(start * shot.fps) / shot.fps
    video = shot.video.filter("trim", start=max(0.0, start - 0.3 / shot.fps))
    video = video.filter("setpts", "PTS-STARTPTS")
    audio = shot.audio
    if audio is not None:
        audio = audio.filter("atrim", start=start).filter("asetpts", "PTS-STARTPTS")
    step = Step((Span(0.0, length, start, start + length),), Placement(), (Edit("trim"),))
    return Shot(video, audio, shot.width, shot.height, shot.fps, length), step


def sound_replaced(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Another sound under the same picture: music, a dubbed voice, someone else's words."""
    loud = [work for work in desk.others if work.has_audio]
    edit = Edit("sound_replaced")
    if not loud:
        shot.audio = silence(shot.duration)
        return shot, unchanged(shot, Edit("sound_removed"))
    work = desk.dice.choice(loud)
    shot.audio = lasting(read(work.path), shot.duration).audio
    span = Span(0.0, shot.duration, 0.0, shot.duration)
    return shot, Step((span,), Placement(), (edit,), (f"sound:{work.name}",))


def lasting(shot: Shot, seconds: float) -> Shot:
    """Another video made to last: its sound repeated or cut; its last picture held."""
    missing = seconds - shot.duration
    video: Any = shot.video
    audio: Any = shot.audio if shot.audio is not None else silence(seconds)
    if missing > 0:
        video = video.filter("tpad", stop_mode="clone", stop_duration=round(missing + 0.5, 2))
        audio = audio.filter("apad", pad_dur=round(missing + 0.5, 2))
    video = video.filter("trim", duration=round(seconds, 3))
    audio = audio.filter("atrim", duration=round(seconds, 3))
    return Shot(video, audio, shot.width, shot.height, shot.fps, seconds)


def scaled(shot: Shot, width: int, height: int) -> Shot:
    """The shot at another size."""
    video = shot.video.filter("scale", width, height, flags="bicubic").filter("setsar", 1)
    return Shot(video, shot.audio, width, height, shot.fps, shot.duration)


def outgoing_size(shot: Shot, short_side: int) -> tuple[int, int]:
    """The size a shot is encoded at: its short side at most `short_side`."""
    return fitted(shot.width, shot.height, long=round(short_side * 16 / 9) + 1, short=short_side)


def _hull(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return (min(x0s), min(y0s), max(x1s), max(y1s))
