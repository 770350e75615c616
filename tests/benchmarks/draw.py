"""What is drawn over or around a video: subtitles, logos, an app's bars. Pillow to PNG files.

Scripts, fonts, logos and apps come from small pools on purpose: different footage under the same
letters is what fools a matcher that trusts local features.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from . import media
from .truth import Box

Rgba = tuple[int, int, int, int]

SCRIPTS: tuple[tuple[str, ...], ...] = (
    (
        "We came here to see it\nwith our own eyes",
        "Nobody told us\nwhat it would be like",
        "Now I know",
    ),
    (
        "My life has changed a lot\nin the last few years",
        "Everyone is very happy here",
        "Thank you for asking",
    ),
    (
        "The road was finished\nbefore the winter",
        "You can see it\nfrom the window",
        "It took nine months",
    ),
    (
        "I never said that,\nand I never will",
        "Listen to me:\nthis is the truth",
        "Please share",
    ),
)
CHINESE: tuple[tuple[str, ...], ...] = (
    ("我们亲眼看到了这一切\n真的非常美丽", "大家都很高兴", "谢谢大家的关心"),
    ("这条路修了九个月\n冬天之前就通车了", "从窗户就能看到", "请大家转发"),
)
LOGOS = ("NEWS 7", "clipfeed", "Mountain TV", "看看视频")
APPS = (
    ("Clipfeed", (18, 18, 22, 255), (245, 245, 250, 255), (230, 60, 90, 255)),
    ("小视频", (250, 250, 250, 255), (25, 25, 30, 255), (30, 140, 230, 255)),
    ("WatchIt", (30, 34, 60, 255), (235, 235, 245, 255), (250, 190, 40, 255)),
)

_LATIN = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "LiberationSans-Bold.ttf")
_CJK = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
)
_FOLDERS = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/wqy",
)


@cache
def font(size: int, chinese: bool = False) -> ImageFont.FreeTypeFont:
    """A bold font of that pixel size; the first of the known ones that is installed."""
    for name in _CJK if chinese else _LATIN:
        for folder in ("", *_FOLDERS):
            try:
                return ImageFont.truetype(str(Path(folder) / name) if folder else name, size)
            except OSError:
                continue
    if chinese:
        raise RuntimeError("no Chinese font: install fonts-noto-cjk")
    return ImageFont.load_default(size)  # type: ignore[return-value]


def save(image: Image.Image) -> Path:
    """Keep an image in the cache under its content's digest."""
    name = hashlib.sha256(image.tobytes() + str(image.size).encode()).hexdigest()[:16]
    path = media.cache_folder() / "drawn" / f"{name}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    return path


def fractions(box: tuple[float, float, float, float], width: int, height: int) -> Box:
    """A pixel box as fractions of the frame."""
    x0, y0, x1, y1 = box
    return (
        round(max(0.0, x0 / width), 4),
        round(max(0.0, y0 / height), 4),
        round(min(1.0, x1 / width), 4),
        round(min(1.0, y1 / height), 4),
    )


def subtitle(
    text: str, width: int, height: int, *, band: bool, chinese: bool, colour: Rgba
) -> tuple[Path, Box]:
    """One caption, transparent elsewhere: outlined letters, or letters on an opaque band."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    size = max(11, round(min(width, height * 1.4) * (0.058 if chinese else 0.05)))
    face = font(size, chinese)
    at = (width / 2, height * (0.97 if band else 0.95))
    stroke = 0 if band else max(1, size // 10)
    box = pen.multiline_textbbox(
        at, text, font=face, anchor="md", align="center", stroke_width=stroke
    )
    if band:
        pen.rectangle((0, box[1] - size * 0.35, width, height), fill=(12, 12, 16, 255))
        box = (0, box[1] - size * 0.35, width, height)
    pen.multiline_text(
        at, text, font=face, anchor="md", align="center", fill=colour,
        stroke_width=stroke, stroke_fill=(0, 0, 0, 255),
    )  # fmt: skip
    return save(image), fractions(box, width, height)


def logo(name: str, corner: int, width: int, height: int, share: float) -> tuple[Path, Box]:
    """A channel's logo, `share` of the width wide, in one of the four corners."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    wide = width * share
    chinese = any(ord(letter) > 0x2E80 for letter in name)
    face = font(max(9, round(wide / max(3.0, 0.62 * len(name) * (1.7 if chinese else 1)))), chinese)
    x0 = width * 0.03 if corner % 2 == 0 else width * 0.97 - wide
    text = pen.textbbox((0, 0), name, font=face)
    tall = (text[3] - text[1]) * 2.0
    y0 = height * 0.04 if corner < 2 else height * 0.96 - tall
    box = (x0, y0, x0 + wide, y0 + tall)
    tint = [(200, 30, 40), (20, 90, 190), (240, 170, 20), (30, 150, 90)][len(name) % 4]
    pen.rounded_rectangle(box, radius=tall / 4, fill=(*tint, 225))
    pen.text(
        ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), name, font=face, anchor="mm",
        fill=(255, 255, 255, 255),
    )  # fmt: skip
    return save(image), fractions(box, width, height)


def app_screen(
    app: int, width: int, height: int, video: tuple[int, int, int, int], dice: Random
) -> Path:
    """A phone's screen while an app plays a video in the pixel box `video` (left transparent)."""
    title, back, ink, accent = APPS[app % len(APPS)]
    chinese = any(ord(letter) > 0x2E80 for letter in title)
    image = Image.new("RGBA", (width, height), back)
    pen = ImageDraw.Draw(image)
    small, large = font(max(9, width // 30), chinese), font(max(12, width // 18), chinese)
    pen.text((width * 0.05, height * 0.012), "09:41", font=small, fill=ink)
    for bar in range(4):
        left = width * (0.82 + 0.025 * bar)
        pen.rectangle((left, height * (0.028 - 0.004 * bar), left + 5, height * 0.032), fill=ink)
    pen.text((width * 0.05, height * 0.055), title, font=large, fill=ink)
    pen.ellipse(
        (width * 0.86, height * 0.05, width * 0.94, height * 0.05 + width * 0.08), fill=accent
    )
    x0, y0, x1, y1 = video
    pen.rectangle((x0, y0, x1 - 1, y1 - 1), fill=(0, 0, 0, 0))
    line = y1 + height * 0.015
    pen.ellipse((width * 0.05, line, width * 0.05 + width * 0.09, line + width * 0.09), fill=accent)
    pen.text((width * 0.17, line), f"user_{dice.randrange(10_000, 99_999)}", font=small, fill=ink)
    words = dice.choice(CHINESE if chinese else SCRIPTS)[0]
    pen.multiline_text((width * 0.05, line + width * 0.11), words, font=small, fill=ink)
    _buttons(pen, width, height, accent, ink, overlaid=y1 > height * 0.8)
    return save(image)


def _buttons(
    pen: ImageDraw.ImageDraw, width: int, height: int, accent: Rgba, ink: Rgba, overlaid: bool
) -> None:
    """The row of tabs at the bottom, and a column of round buttons where the video is tall."""
    for tab in range(5):
        middle = width * (0.1 + 0.2 * tab)
        fill = accent if tab == 2 else ink
        pen.ellipse((middle - 9, height * 0.955, middle + 9, height * 0.955 + 18), fill=fill)
    if overlaid:
        for row in range(4):
            top = height * (0.45 + 0.085 * row)
            pen.ellipse(
                (width * 0.85, top, width * 0.95, top + width * 0.1), fill=(255, 255, 255, 210)
            )
            pen.ellipse((width * 0.88, top + 6, width * 0.92, top + 6 + width * 0.04), fill=accent)
