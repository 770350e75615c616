"""The edits that need a canvas or a second video: re-framing, insets, reactions, screens."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from . import draw
from .media import Shot, even, read
from .recipes import Desk, Recipe, lasting, scaled, unchanged
from .truth import Box, Edit, Placement, Step

TALL = (432, 768)
SCREEN = (392, 848)
BACKGROUND = (640, 360)


def vertical_blurred(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """16:9 made 9:16 for a phone: the picture across the middle, itself blurred behind it.

    An upright clip is set into a 16:9 frame in the same way.
    """
    width, height = TALL if shot.width >= shot.height else TALL[::-1]
    split = shot.video.filter_multi_output("split")
    wide, high = _inside(shot, width, height)
    factor = max(width / wide, height / high)
    behind = split[0].filter("scale", even(wide * factor) + 2, even(high * factor) + 2)
    behind = behind.filter("crop", width, height).filter("boxblur", 18, 2)
    dim = round(desk.dice.uniform(-0.25, 0.0), 2)
    behind = behind.filter("eq", brightness=dim)
    front = split[1].filter("scale", wide, high)
    x, y = (width - wide) // 2, (height - high) // 2
    video = ffmpeg.overlay(behind, front, x=x, y=y).filter("setsar", 1)
    box = draw.fractions((x, y, x + wide, y + high), width, height)
    edit = Edit("reframe", box=box, detail={"fill": "blurred"})
    step = unchanged(shot, edit, placement=Placement(placed=box))
    return Shot(video, shot.audio, width, height, shot.fps, shot.duration), step


def vertical_crop(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """The middle of the picture cut to 9:16 (an upright clip: to 16:9)."""
    if shot.width >= shot.height:
        width, height = even(shot.height * 9 / 16), shot.height
    else:
        width, height = shot.width, even(shot.width * 9 / 16)
    x, y = (shot.width - width) // 2, (shot.height - height) // 2
    video = shot.video.filter("crop", width, height, x, y, exact=1)
    box = draw.fractions((x, y, x + width, y + height), shot.width, shot.height)
    step = unchanged(shot, Edit("crop", box=box), placement=Placement(kept=box))
    return Shot(video, shot.audio, width, height, shot.fps, shot.duration), step


def picture_in_picture(share: float) -> Recipe:
    """The clip at `share` of the width of another, running video: a commentator's collage."""

    def recipe(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
        width, height = BACKGROUND
        work = desk.other()
        behind = scaled(lasting(_opened(work.path, shot.duration), shot.duration), width, height)
        wide, high = _inside(shot, width * share, height * min(0.92, share * 1.15))
        x = desk.dice.randint(8, max(8, width - wide - 8))
        y = desk.dice.randint(8, max(8, height - high - 8))
        front = scaled(shot, wide, high)
        video = ffmpeg.overlay(behind.video.filter("fps", 25), front.video, x=x, y=y)
        box = draw.fractions((x, y, x + wide, y + high), width, height)
        edit = Edit("picture_in_picture", box=box, detail={"share": share})
        step = _with(unchanged(shot, edit, placement=Placement(placed=box)), work.name)
        return Shot(video, shot.audio, width, height, 25.0, shot.duration), step

    return recipe


def reaction(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Another video (a face, mostly) in a corner on top of the clip: a reaction or a duet."""
    faces = [work for work in desk.others if "talking_head" in work.tags]
    work = desk.dice.choice(faces) if faces else desk.other()
    small = lasting(_opened(work.path, shot.duration), shot.duration)
    wide, high = _inside(small, shot.width * 0.333, shot.height * 0.45)
    corner = desk.dice.randrange(4)
    x = 6 if corner % 2 == 0 else shot.width - wide - 6
    y = 6 if corner < 2 else shot.height - high - 6
    front = scaled(small, wide, high)
    shot.video = ffmpeg.overlay(shot.video, front.video, x=x, y=y)
    if desk.dice.random() < 0.5 or shot.audio is None:
        shot.audio = small.audio
    box = draw.fractions((x, y, x + wide, y + high), shot.width, shot.height)
    edit = Edit("overlay", box=box, detail={"reaction": True})
    return shot, _with(unchanged(shot, edit), work.name)


def split_screen(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """Side by side (or one above the other) with another clip, each cut to its half."""
    work = desk.other()
    other = lasting(_opened(work.path, shot.duration), shot.duration)
    upright = shot.width > shot.height * 1.2 and desk.dice.random() < 0.5
    width, height = (432, 486) if upright else BACKGROUND
    half = (width, height // 2 // 2 * 2) if upright else (width // 2, height)
    first, kept = _filled(shot, *half)
    second, _ = _filled(other, *half)
    place = desk.dice.randrange(2)
    pair = [first.video.filter("fps", 25), second.video.filter("fps", 25)]
    pair = pair if place == 0 else pair[::-1]
    video = ffmpeg.filter(pair, "vstack" if upright else "hstack")
    low = 0.5 * place
    box: Box = (0.0, low, 1.0, low + 0.5) if upright else (low, 0.0, low + 0.5, 1.0)
    height = half[1] * 2 if upright else height
    edit = Edit("picture_in_picture", box=box, detail={"split_screen": True})
    step = unchanged(shot, edit, placement=Placement(kept=kept, placed=box))
    return Shot(video, shot.audio, width, height, 25.0, shot.duration), _with(step, work.name)


def phone_screen(shot: Shot, desk: Desk) -> tuple[Shot, Step]:
    """A phone's recording of its own screen: an app plays the clip among bars and buttons."""
    width, height = SCREEN
    wide, high = _inside(shot, width, height * 0.74)
    x = (width - wide) // 2
    y = round(height * (0.11 if high > height * 0.5 else desk.dice.uniform(0.12, 0.3)))
    app = desk.dice.randrange(len(draw.APPS))
    screen = draw.app_screen(app, width, height, (x, y, x + wide, y + high), desk.dice)
    front = scaled(shot, wide, high)
    video = front.video.filter("pad", width, height, x, y, color="black")
    video = ffmpeg.overlay(video.filter("fps", 30), ffmpeg.input(str(screen)))
    box = draw.fractions((x, y, x + wide, y + high), width, height)
    edits = (
        Edit("reframe", box=box, detail={"fill": "app", "app": app}),
        Edit("overlay", detail={"app": app}),
    )
    step = unchanged(shot, *edits, placement=Placement(placed=box))
    return Shot(video, shot.audio, width, height, 30.0, shot.duration), step


def _inside(shot: Shot, width: float, height: float) -> tuple[int, int]:
    """The largest even size with the shot's shape inside `width` x `height`."""
    factor = min(width / shot.width, height / shot.height)
    return even(shot.width * factor), even(shot.height * factor)


def _filled(shot: Shot, width: int, height: int) -> tuple[Shot, Box]:
    """The shot enlarged until it fills the size, its middle kept; and the part that was kept."""
    factor = max(width / shot.width, height / shot.height)
    wide, high = max(width, even(shot.width * factor)), max(height, even(shot.height * factor))
    x, y = (wide - width) // 2, (high - height) // 2
    video = shot.video.filter("scale", wide, high).filter("crop", width, height, x, y, exact=1)
    video = video.filter("setsar", 1)
    kept = draw.fractions((x, y, x + width, y + height), wide, high)
    return Shot(video, shot.audio, width, height, shot.fps, shot.duration), kept


def _opened(path: Path, seconds: float) -> Shot:
    """The first seconds of another work."""
    return read(path, 0.0, seconds)


def _with(step: Step, *names: str) -> Step:
    return Step(step.spans, step.placement, step.edits, (*step.others, *names))
