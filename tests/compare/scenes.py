"""Small films made of numbers: a scene that moves, and what people do to it."""

from __future__ import annotations

import cv2
import numpy as np

from tracer.match.strips import Film
from tracer.model import (
    Fingerprint,
    FrameHashes,
    Layout,
    LocalFeatures,
    Match,
    Miniature,
    Segment,
    Transform,
    Video,
)

WIDTH, HEIGHT = 128, 72
SECONDS = 10.0
PLAIN = Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0))


def scene(
    seed: int = 1,
    seconds: float = SECONDS,
    width: int = WIDTH,
    height: int = HEIGHT,
    rate: float = 4.0,
) -> Film:
    """A camera that drifts over a textured ground on which some discs move, `rate` a second."""
    dice = np.random.default_rng(seed)
    ground = dice.uniform(40, 210, (height + 60, width + 60)).astype(np.float32)
    ground = cv2.GaussianBlur(ground, (0, 0), 3.0)
    ground = 125 + (ground - ground.mean()) * (35 / ground.std())
    discs = [
        (dice.uniform(0, 1, 2), dice.uniform(-0.25, 0.25, 2), dice.uniform(50, 200))
        for _ in range(6)
    ]
    times = np.arange(0.0, seconds, 1.0 / rate)
    frames = []
    for time in times:
        left, top = round(30 + 25 * np.sin(0.5 * time)), round(30 + 20 * np.cos(0.35 * time))
        frame = ground[top : top + height, left : left + width].copy()
        for start, pace, level in discs:
            x, y = np.mod(start + pace * time, 1.0)
            cv2.circle(
                frame,
                (int(x * width), int(y * height)),
                height // 10,
                float(level),
                -1,
                cv2.LINE_AA,
            )
        frames.append(frame)
    return Film(times, coded(np.stack(frames), seed))


def busy(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Film:
    """A woven ground of light and dark threads, over which discs move faintly."""
    frames = 0.3 * scene(seed, width=width, height=height).pictures.astype(np.float32) + 90
    frames += _threads(seed, width)[None, None, :] + _threads(seed + 1, height)[None, :, None]
    return Film(np.arange(0.0, SECONDS, 0.25), coded(frames, seed))


def grained(seed: int) -> Film:
    """A scene over grain that is nowhere like that of another seed."""
    film = scene(seed)
    grain = np.random.default_rng(seed).normal(size=film.pictures.shape[1:]).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 1.5)
    return changed(film, 0.4 * film.pictures + 70 + 30 / grain.std() * grain)


def _threads(seed: int, count: int) -> np.ndarray:
    """Levels of threads two cells wide, light and dark in turn."""
    threads = np.random.default_rng(seed).uniform(15, 55, count // 2 + 1)
    threads[::2] *= -1
    return np.repeat(threads, 2)[:count]


def undone(box: tuple[float, float, float, float]) -> Transform:
    """The match's whole picture where a box of it fills the query."""
    wide, high = box[2] - box[0], box[3] - box[1]
    return Transform((1 / wide, 0.0, -box[0] / wide, 0.0, 1 / high, -box[1] / high))


def coded(frames: np.ndarray, seed: int = 0) -> np.ndarray:
    """Frames with the noise that coding leaves."""
    noise = np.random.default_rng(seed + 99).normal(0, 1.0, frames.shape)
    return np.clip(np.round(frames + noise), 0, 255).astype(np.uint8)


def changed(film: Film, pictures: np.ndarray) -> Film:
    """The same times, other pictures, coded again."""
    return Film(film.times, coded(np.asarray(pictures, np.float32), 7))


def lettered(
    film: Film, seed: int = 5, band: bool = False, y0: float = 0.78, y1: float = 0.94
) -> Film:
    """Lines of random letters over the lower part, another line every two seconds."""
    pictures = film.pictures.astype(np.float32).copy()
    count, height, width = pictures.shape
    top, bottom, left, right = (
        int(y0 * height),
        int(y1 * height),
        int(0.2 * width),
        int(0.8 * width),
    )
    for row in range(count):
        dice = np.random.default_rng(seed * 1000 + int(film.times[row] // 2.0))
        if band:
            pictures[row, top - 2 : bottom + 2] = 20
        strokes = dice.uniform(0, 1, (bottom - top, (right - left) // 2)) < 0.4
        area = pictures[row, top:bottom, left : left + 2 * strokes.shape[1]]
        area[np.repeat(strokes, 2, axis=1)] = 240
        area[:, ::7] = 15
    return changed(film, pictures)


def restless(film: Film) -> Film:
    """The same with light and dark patches that jump about from sample to sample."""
    pictures = film.pictures.astype(np.float32).copy()
    dice = np.random.default_rng(17)
    for picture in pictures:
        patches = dice.uniform(-110, 110, (6, 11)).astype(np.float32)
        picture += cv2.resize(patches, picture.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return changed(film, pictures)


def with_logo(film: Film) -> Film:
    """A sharp mark in the upper right corner throughout."""
    pictures = film.pictures.astype(np.float32).copy()
    mark = np.random.default_rng(3).uniform(0, 1, (10, 24)) < 0.5
    pictures[:, 4:14, 98:122] = np.where(mark, 245.0, 20.0)
    return changed(film, pictures)


def barred(film: Film, share: float = 0.2) -> Film:
    """Black bars above and below; together ``share`` of the new height."""
    count, height, width = film.pictures.shape
    bar = round(height * share / (1 - share) / 2)
    pictures = np.full((count, height + 2 * bar, width), 16.0, np.float32)
    pictures[:, bar : bar + height] = film.pictures
    return changed(film, pictures)


def cropped(film: Film, box: tuple[float, float, float, float]) -> Film:
    """A part of the picture, enlarged to the old size."""
    height, width = film.pictures.shape[1:]
    x0, y0, x1, y1 = (
        round(v * n) for v, n in zip(box, (width, height, width, height), strict=True)
    )
    parts = [cv2.resize(one[y0:y1, x0:x1], (width, height)) for one in film.pictures]
    return changed(film, np.stack(parts))


def inset(film: Film, other: Film, box: tuple[float, float, float, float]) -> Film:
    """The picture set small into another video's."""
    height, width = other.pictures.shape[1:]
    x0, y0, x1, y1 = (
        round(v * n) for v, n in zip(box, (width, height, width, height), strict=True)
    )
    pictures = other.pictures.astype(np.float32).copy()
    for row, one in enumerate(film.pictures):
        pictures[row, y0:y1, x0:x1] = cv2.resize(
            one, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA
        )
    return changed(film, pictures)


def part(film: Film, start: float, end: float) -> Film:
    """Some seconds of a film, from zero again."""
    rows = (film.times >= start) & (film.times < end)
    return Film(film.times[rows] - start, film.pictures[rows])


def joined(*films: Film) -> Film:
    """Films one after another."""
    times = np.arange(sum(len(one.times) for one in films)) * 0.25
    return Film(times, np.concatenate([one.pictures for one in films]))


def video(
    name: str, film: Film, size: int = 1_000_000, rate: float = 25.0, scale: int = 5
) -> Video:
    """A file that such a film might have been taken from."""
    height, width = film.pictures.shape[1:]
    seconds = len(film.times) * 0.25
    return Video(name, size, seconds, width * scale, height * scale, rate, "h264")


def fingerprint(name: str, film: Film) -> Fingerprint:
    """A fingerprint with nothing in it but the film and its shape."""
    none, empty = np.empty(0), np.empty((0, 32), np.uint8)
    hashes = FrameHashes(
        none, none.astype(np.uint8), none.astype(np.uint64), none.astype(np.uint64), empty, empty,
        none.astype(np.uint8),
    )  # fmt: skip
    features = LocalFeatures(
        none, none.astype(np.uint16), np.empty((0, 2), np.uint16), none.astype(np.uint8), empty
    )
    height, width = film.pictures.shape[1:]
    seconds = len(film.times) * 0.25
    miniature = Miniature(film.times, width, height, b"", film.pictures)
    return Fingerprint(name, "t", seconds, width / height, Layout(), hashes, features, miniature)


def matched(
    transform: Transform = PLAIN,
    query: tuple[float, float] = (0.0, SECONDS),
    match: tuple[float, float] = (0.0, SECONDS),
) -> Match:
    """A match of some seconds under a transform."""
    speed = (match[1] - match[0]) / (query[1] - query[0])
    segment = Segment(*query, *match, speed, 0.9)
    return Match("q", "m", 0.99, "match", (segment,), transform)
