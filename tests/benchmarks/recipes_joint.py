"""All recipes by name, the chains made of them, and the compilation of several clips."""

from __future__ import annotations

from random import Random

import ffmpeg

from . import draw
from .media import Shot, silence
from .recipes import (
    Desk,
    Recipe,
    bars,
    captions,
    colour,
    corner_logo,
    crop,
    frame_rate,
    lasting,
    mirror,
    reencode,
    reencode_240,
    resize,
    rotate,
    sound_replaced,
    speed,
    trim,
)
from .recipes_layout import (
    phone_screen,
    picture_in_picture,
    reaction,
    split_screen,
    vertical_blurred,
    vertical_crop,
)
from .truth import Placement, Span

RECIPES: dict[str, Recipe] = {
    "reencode": reencode,
    "reencode240": reencode_240,
    "resize": resize,
    "fps12": frame_rate(12),
    "fps15": frame_rate(15),
    "fps30": frame_rate(30),
    "colour": colour,
    "trim": trim,
    "subs_outlined": captions("outlined"),
    "subs_band": captions("band"),
    "subs_chinese": captions("chinese"),
    "letterbox10": bars(0.08, 0.13),
    "letterbox25": bars(0.2, 0.27),
    "pillarbox": bars(0.12, 0.27, sides=True),
    "mirror": mirror,
    "logo": corner_logo,
    "crop5": crop(0.05),
    "crop10": crop(0.10),
    "crop20": crop(0.20),
    "crop30": crop(0.30),
    "crop40": crop(0.40),
    "speed_pitch_kept": speed(pitch_kept=True),
    "speed_resampled": speed(pitch_kept=False),
    "vertical_blurred": vertical_blurred,
    "vertical_crop": vertical_crop,
    "pip50": picture_in_picture(0.5),
    "pip70": picture_in_picture(0.7),
    "reaction": reaction,
    "split_screen": split_screen,
    "phone_screen": phone_screen,
    "rotate": rotate,
    "sound_replaced": sound_replaced,
}

# Rows made otherwise than by one recipe: `subs_replaced` puts subtitles on a source whose *indexed*
# version already has others; `absent` is any easy edit of a work that is not indexed.
# Clips as they are: real versions of the same footage find each other, look-alikes do not.
UNEDITED = ("family", "lookalike")
EASY = ("reencode", "resize", "colour", "fps15", "subs_outlined", "subs_band", "trim", "logo")

# The goals of the product are set for these three groups of rows.
GROUPS: dict[str, tuple[str, ...]] = {
    "plain": (
        "reencode", "reencode240", "resize", "fps12", "fps15", "fps30", "colour", "trim",
        "subs_outlined", "subs_band", "subs_chinese", "subs_replaced", "letterbox10",
        "letterbox25", "pillarbox", "mirror",
    ),
    "reworked": (
        "logo", "crop5", "crop10", "crop20", "speed_pitch_kept", "speed_resampled",
        "vertical_blurred", "compilation", "sound_replaced", "chain2",
    ),
    "hard": (
        "crop30", "crop40", "vertical_crop", "pip50", "pip70", "reaction", "split_screen",
        "phone_screen", "rotate", "chain3", "chain4",
    ),
}  # fmt: skip
EDITS = (*(edit for group in GROUPS.values() for edit in group), *UNEDITED, "absent")

# The order in which people do things to a clip: cut, time, picture, letters, frame.
_STAGES: tuple[tuple[str, ...], ...] = (
    ("trim",),
    ("speed_pitch_kept", "speed_resampled", "fps15"),
    ("mirror",),
    ("crop10", "crop20", "crop5"),
    ("colour", "reencode240"),
    ("subs_outlined", "subs_band", "subs_chinese"),
    ("logo", "sound_replaced"),
    ("letterbox10", "letterbox25", "vertical_blurred", "phone_screen", "pip70"),
)


def chain(length: int, dice: Random) -> tuple[str, ...]:
    """`length` recipes of different stages, in the order of the stages."""
    stages = sorted(dice.sample(range(len(_STAGES)), length))
    return tuple(dice.choice(_STAGES[stage]) for stage in stages)


def compilation(shots: list[Shot], desk: Desk) -> tuple[Shot, list[tuple[Span, Placement]]]:
    """Two to four clips one after another in one frame, sometimes with a title card between."""
    width, height = desk.dice.choice([(640, 360), (480, 360), (640, 480)])
    pieces, spans, time = [], [], 0.0
    for number, shot in enumerate(shots):
        if desk.dice.random() < 0.35:
            card = _card(width, height, desk, number)
            pieces.append(card)
            time += card.duration
        fitted, placement = _boxed(shot, width, height)
        pieces.append(fitted)
        spans.append((Span(time, time + shot.duration, 0.0, shot.duration), placement))
        time += shot.duration
    streams = [stream for piece in pieces for stream in (piece.video, piece.audio)]
    joined = ffmpeg.concat(*streams, v=1, a=1).node
    return Shot(joined[0], joined[1], width, height, 25.0, time), spans


def _boxed(shot: Shot, width: int, height: int) -> tuple[Shot, Placement]:
    factor = min(width / shot.width, height / shot.height)
    wide = min(width, round(shot.width * factor / 2) * 2)
    high = min(height, round(shot.height * factor / 2) * 2)
    x, y = (width - wide) // 2, (height - high) // 2
    lasted = lasting(shot, shot.duration)
    video = lasted.video.filter("scale", wide, high).filter("pad", width, height, x, y)
    video = video.filter("fps", 25).filter("setsar", 1).filter("format", "yuv420p")
    audio = lasted.audio.filter("aformat", sample_rates=44100, channel_layouts="stereo")
    # A sound track with holes would make its piece longer than its picture, and all after it late.
    audio = audio.filter("aresample", **{"async": 1, "first_pts": 0})
    audio = audio.filter("apad", whole_dur=round(shot.duration, 3))
    audio = audio.filter("atrim", duration=round(shot.duration, 3))
    placed = draw.fractions((x, y, x + wide, y + high), width, height)
    return Shot(video, audio, width, height, 25.0, shot.duration), Placement(placed=placed)


def _card(width: int, height: int, desk: Desk, number: int) -> Shot:
    """A second of black with a number and a line of text."""
    text = f"#{number + 1}\n{desk.dice.choice(draw.SCRIPTS)[0]}"
    path, _ = draw.subtitle(
        text, width, height, band=False, chinese=False, colour=(255, 255, 255, 255)
    )
    black = ffmpeg.input(f"color=black:s={width}x{height}:r=25:d=1.2", f="lavfi").video
    video = ffmpeg.overlay(black, ffmpeg.input(str(path))).filter("setsar", 1)
    video = video.filter("format", "yuv420p")
    return Shot(video, silence(1.2), width, height, 25.0, 1.2)
