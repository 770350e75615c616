"""Synthetic fingerprints, drawn like real ones: enough of them to fill an index of 1,000 hours.

What is kept of the real ones: how many hashes, feature frames, features and sound items a second
carries; how the hashes of one shot lie around each other, and how skewed their bits are; how much
of a frame's features the next frame shows again; descriptors as they occur, with bit noise; films
of real shots, mirrored, cut to, relit and reversed, spliced in an order of their own. One frame in
a hundred is hot: black with a caption, a title card, a bumper that thousands of videos share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tracer.fingerprint.miniature import FilmWriter, pictures_of
from tracer.fingerprint.take import ALGORITHM
from tracer.model import (
    PLACES,
    Fingerprint,
    FrameHashes,
    Layout,
    LocalFeatures,
    Miniature,
    Video,
)

PIECE = 4.0  # seconds of film that are spliced
RATE = 4  # frames a second of film
SIZE = (128, 72)
NEW_SHOT = 14  # bits of 64 between two hashes from which on the later starts a shot
HOT_SHARE = 0.01
HOT_KINDS = 40
PER_FRAME = 160
FEATURE_GAP = 2.3  # seconds
SHOWN_AGAIN = 0.45  # of a frame's features, by the next frame of its shot
NOISE = 0.18  # of a descriptor's bits: the same kind of corner elsewhere
JITTER = 0.03  # the same corner a moment later
LENGTHS = (24.0, 48.0, 72.0, 96.0, 120.0)  # seconds; 72 in the mean

Random = np.random.Generator
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Run:
    """The hashes of one real shot, as differences from its first."""

    phash: npt.NDArray[np.uint64]
    dhash: npt.NDArray[np.uint64]
    phash256: Bytes
    dhash256: Bytes
    quality: Bytes


@dataclass(frozen=True)
class Pool:
    """What distractors are drawn from."""

    runs: tuple[Run, ...]
    phashes: npt.NDArray[np.uint64]
    dhashes: npt.NDArray[np.uint64]
    hot: npt.NDArray[np.uint64]  # (kinds, 2): pHash and dHash
    descriptors: Bytes  # (m, 16)
    noise: Bytes  # (n, 16), NOISE of the bits set
    jitter: Bytes  # (n, 16), JITTER of the bits set
    octaves: Bytes
    sound: npt.NDArray[np.uint32]
    films: tuple[tuple[bytes, ...], ...]  # pieces by variant of a real shot


def pool_of(fingerprints: Sequence[Fingerprint], random: Random, variants: int = 8) -> Pool:
    """Take real fingerprints apart."""
    runs = [run for one in fingerprints for run in _runs(one.hashes)]
    phash = np.concatenate([one.hashes.phash for one in fingerprints])
    dhash = np.concatenate([one.hashes.dhash for one in fingerprints])
    hot = random.integers(0, 1 << 63, (HOT_KINDS, 2), dtype=np.uint64)
    return Pool(
        runs=tuple(runs),
        phashes=phash,
        dhashes=dhash,
        hot=hot,
        descriptors=np.concatenate([one.features.descriptors for one in fingerprints]),
        noise=_masks(random, 1 << 17, NOISE),
        jitter=_masks(random, 1 << 15, JITTER),
        octaves=np.concatenate([one.features.octave for one in fingerprints]),
        sound=np.concatenate([one.sound for one in fingerprints if one.sound is not None]),
        films=tuple(_films(fingerprints, random, variants)),
    )


def _runs(hashes: FrameHashes) -> list[Run]:
    rows = np.nonzero(hashes.rectangle == 0)[0]
    if not len(rows):
        return []
    apart = np.bitwise_count(hashes.phash[rows[1:]] ^ hashes.phash[rows[:-1]])
    parts = np.split(rows, np.nonzero(apart > NEW_SHOT)[0] + 1)
    return [
        Run(
            hashes.phash[part] ^ hashes.phash[part[0]],
            hashes.dhash[part] ^ hashes.dhash[part[0]],
            hashes.phash256[part] ^ hashes.phash256[part[0]],
            hashes.dhash256[part] ^ hashes.dhash256[part[0]],
            hashes.quality[part],
        )
        for part in parts
    ]


def _masks(random: Random, count: int, density: float, bits: int = 128) -> Bytes:
    """Bits to turn over: as many as a descriptor has, or a long hash."""
    return np.packbits(random.random((count, bits)) < density, axis=1)


LONG = 256  # bits of a long hash


def _films(
    fingerprints: Sequence[Fingerprint], random: Random, variants: int
) -> list[tuple[bytes, ...]]:
    """Encode pieces of real films, changed so that no two variants show the same."""
    shots = []
    for one in fingerprints:
        pictures = pictures_of(one.miniature)
        frames = int(PIECE * RATE)
        for _ in range(variants):
            scaled = np.stack([cv2.resize(each, SIZE) for each in _varied(pictures, random)])
            pieces = [scaled[at : at + frames] for at in range(0, len(scaled), frames)]
            films = [_encoded(piece) for piece in pieces if len(piece) == frames]
            whole = tuple(film for film in films if len(_starts(film)) == 1)  # no cut inside
            if whole:
                shots.append(whole)
    return shots


def _varied(pictures: Bytes, random: Random) -> Bytes:
    """Mirror, cut to, relight and reverse a film by chance."""
    height, width = pictures.shape[1:]
    share = random.uniform(0.35, 0.8)
    h, w = max(8, int(share * height)), max(8, int(share * width))
    y, x = random.integers(0, height - h + 1), random.integers(0, width - w + 1)
    out = pictures[:, y : y + h, x : x + w]
    if random.random() < 0.5:
        out = out[:, :, ::-1]
    if random.random() < 0.5:
        out = out[::-1]
    if random.random() < 0.5:
        out = 255 - out
    return np.ascontiguousarray(out)


def _encoded(pictures: Bytes) -> bytes:
    writer = FilmWriter(*SIZE, crf=29)
    for picture in pictures:
        writer.write(picture)
    return writer.close()


# --- one video -----------------------------------------------------------------------------------


def name_of(number: int, seed: int = 0) -> str:
    """The SHA-256 that a distractor goes by."""
    return hashlib.sha256(f"distractor {seed} {number}".encode()).hexdigest()


def drawn(number: int, pool: Pool, seed: int = 0, length: float | None = None) -> Fingerprint:
    """Draw one distractor."""
    random = np.random.default_rng([seed, number])
    duration = float(random.choice(LENGTHS)) if length is None else length
    shots = _shots(random, duration)
    return Fingerprint(
        sha256=name_of(number, seed),
        algorithm=ALGORITHM,
        duration=duration,
        aspect=16 / 9,
        layout=Layout(),
        hashes=_hashes(random, pool, shots, duration),
        features=_features(random, pool, shots, duration),
        miniature=_film(random, pool, shots, duration),
        sound=_sound(random, pool, duration),
    )


def video_of(fingerprint: Fingerprint) -> Video:
    """The file that a distractor pretends to come from."""
    return Video(
        sha256=fingerprint.sha256,
        size=1_000_000,
        duration=fingerprint.duration,
        width=1280,
        height=720,
        frame_rate=25.0,
        codec="h264",
        sound_codec="aac",
    )


def _shots(random: Random, duration: float) -> npt.NDArray[np.float64]:
    """Cut a video at whole pieces of film; a fifth of all videos is one long take."""
    pieces = int(duration / PIECE)
    if random.random() < 0.2:
        return np.array([0.0])
    cuts = np.nonzero(random.random(pieces - 1) < 0.5)[0] + 1
    return np.concatenate([[0.0], cuts * PIECE])


def _hashes(
    random: Random, pool: Pool, shots: npt.NDArray[np.float64], duration: float
) -> FrameHashes:
    parts: list[tuple[Any, ...]] = []
    for start, end in zip(shots, [*shots[1:], duration], strict=True):
        times = np.arange(start, end, 0.5)
        run = pool.runs[random.integers(len(pool.runs))]
        first = random.integers(len(run.phash))
        rows = np.abs((first + np.arange(len(times))) % (2 * len(run.phash)) - len(run.phash))
        rows = np.minimum(rows, len(run.phash) - 1)  # to the end and back
        hot = random.random(len(times)) < HOT_SHARE
        kinds = random.integers(len(pool.hot), size=len(times))
        wobble = _few_bits(random, len(times), 0.02)
        phash = run.phash[rows] ^ _spliced(random, pool.phashes)
        dhash = run.dhash[rows] ^ _spliced(random, pool.dhashes)
        parts.append(
            (
                times,
                np.where(hot, pool.hot[kinds, 0] ^ wobble, phash),
                np.where(hot, pool.hot[kinds, 1] ^ wobble, dhash),
                run.phash256[rows] ^ random.integers(0, 256, 32, dtype=np.uint8),
                run.dhash256[rows] ^ random.integers(0, 256, 32, dtype=np.uint8),
                run.quality[rows],
            )
        )
    times, phash, dhash, p256, d256, quality = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    return FrameHashes(times, np.zeros(len(times), np.uint8), phash, dhash, p256, d256, quality)


def _spliced(random: Random, hashes: npt.NDArray[np.uint64]) -> np.uint64:
    """A hash no frame has, whose bits are as skewed and as tied to each other as real ones."""
    one, other = random.choice(hashes, 2)
    upper = np.uint64(0xFFFFFFFF00000000)
    return np.uint64((one & upper) | (other & ~upper)) ^ _few_bits(random, 1, 0.12)[0]


def _few_bits(random: Random, count: int, density: float) -> npt.NDArray[np.uint64]:
    bits = np.packbits(random.random((count, 64)) < density, axis=1)
    return bits.view(np.uint64).reshape(-1)


def _features(
    random: Random, pool: Pool, shots: npt.NDArray[np.float64], duration: float
) -> LocalFeatures:
    times = np.arange(0.0, duration, FEATURE_GAP)
    shot = np.searchsorted(shots, times, side="right")
    count = len(times)
    kind = random.integers(len(pool.descriptors), size=(count, PER_FRAME))
    noise = random.integers(len(pool.noise), size=(count, PER_FRAME))
    place = random.integers(0, PLACES + 1, (count, PER_FRAME, 2), dtype=np.uint16)
    again = random.random((count, PER_FRAME)) < SHOWN_AGAIN
    for row in range(1, count):
        if shot[row] == shot[row - 1]:
            kept = again[row]
            kind[row, kept], noise[row, kept] = kind[row - 1, kept], noise[row - 1, kept]
            place[row, kept] = place[row - 1, kept]
    jitter = random.integers(len(pool.jitter), size=(count, PER_FRAME))
    descriptors = pool.descriptors[kind] ^ pool.noise[noise] ^ pool.jitter[jitter]
    return LocalFeatures(
        timestamps=times,
        frame=np.repeat(np.arange(count, dtype=np.uint16), PER_FRAME),
        xy=place.reshape(-1, 2),
        octave=random.choice(pool.octaves, count * PER_FRAME),
        descriptors=descriptors.reshape(-1, 16),
    )


def _film(random: Random, pool: Pool, shots: npt.NDArray[np.float64], duration: float) -> Miniature:
    pieces: list[bytes] = []
    for start, end in zip(shots, [*shots[1:], duration], strict=True):
        shot = pool.films[random.integers(len(pool.films))]
        first = int(random.integers(len(shot)))
        wanted = round((end - start) / PIECE)
        pieces += [shot[(first + place) % len(shot)] for place in range(wanted)]
    times = np.arange(round(duration * RATE)) / RATE
    return Miniature(times, *SIZE, b"".join(pieces))


def _sound(random: Random, pool: Pool, duration: float) -> npt.NDArray[np.uint32]:
    """Sound as it occurs, with a fifth of its bits turned over."""
    count = int(duration * 8.07)
    start = int(random.integers(max(1, len(pool.sound) - count)))
    items = np.resize(pool.sound[start : start + count], count)
    return items ^ np.packbits(random.random((count, 32)) < 0.2, axis=1).view(np.uint32).reshape(-1)


def varied(one: Fingerprint, number: int, seed: int = 0) -> Fingerprint:
    """Draw a distractor from another, a third of the work: each bit mask turns over a whole video.

    The two share their film, but neither a hash nor a word; nothing leads from one to the other.
    """
    random = np.random.default_rng([seed, number])
    mask = _masks(random, 1, NOISE)
    hashes, phash, dhash = one.hashes, _few_bits(random, 1, 0.3), _few_bits(random, 1, 0.3)
    hot = np.isin(np.arange(len(hashes)), _hot_rows(one))
    sound = one.sound
    return replace(
        one,
        sha256=name_of(number, seed),
        hashes=replace(
            hashes,
            phash=np.where(hot, hashes.phash, hashes.phash ^ phash),
            dhash=np.where(hot, hashes.dhash, hashes.dhash ^ dhash),
            phash256=hashes.phash256 ^ _masks(random, 1, 0.4, LONG),
            dhash256=hashes.dhash256 ^ _masks(random, 1, 0.4, LONG),
        ),
        features=replace(one.features, descriptors=one.features.descriptors ^ mask),
        sound=None if sound is None else sound ^ _few_bits(random, 1, 0.2).astype(np.uint32),
    )


def _hot_rows(one: Fingerprint) -> npt.NDArray[np.int64]:
    """Return the rows that stand out from both their neighbours: single hot frames."""
    phash = one.hashes.phash
    apart = np.bitwise_count(phash[1:] ^ phash[:-1]) > NEW_SHOT
    return np.nonzero(np.r_[False, apart] & np.r_[apart, False])[0]


# --- copies --------------------------------------------------------------------------------------


def copied(one: Fingerprint, number: int, seed: int = 0) -> Fingerprint:
    """Draw a copy of a distractor: posted again, compressed anew, trimmed at either end."""
    random = np.random.default_rng([seed, number, 1])
    pieces = round(one.duration / PIECE)
    start = int(random.integers(0, max(1, pieces // 3)))
    end = pieces - int(random.integers(0, max(1, pieces // 3)))
    first, last = start * PIECE, end * PIECE
    return replace(
        one,
        sha256=name_of(number, seed),
        duration=last - first,
        hashes=_cut_hashes(one.hashes, first, last, random),
        features=_cut_features(one.features, first, last, random),
        miniature=_cut_film(one.miniature, start, end),
        sound=None if one.sound is None else one.sound[int(first * 8.07) : int(last * 8.07)],
    )


def _cut_hashes(hashes: FrameHashes, first: float, last: float, random: Random) -> FrameHashes:
    rows = np.nonzero((hashes.timestamps >= first) & (hashes.timestamps < last))[0]
    return FrameHashes(
        timestamps=hashes.timestamps[rows] - first,
        rectangle=hashes.rectangle[rows],
        phash=hashes.phash[rows] ^ _few_bits(random, len(rows), 0.06),
        dhash=hashes.dhash[rows] ^ _few_bits(random, len(rows), 0.03),
        phash256=hashes.phash256[rows] ^ _masks(random, len(rows), 0.08, LONG),
        dhash256=hashes.dhash256[rows] ^ _masks(random, len(rows), 0.05, LONG),
        quality=hashes.quality[rows],
    )


def _cut_features(
    features: LocalFeatures, first: float, last: float, random: Random
) -> LocalFeatures:
    times = features.timestamps
    frames = np.nonzero((times >= first) & (times < last))[0]
    rows = np.nonzero(np.isin(features.frame, frames))[0]
    return LocalFeatures(
        timestamps=times[frames] - first,
        frame=(features.frame[rows] - frames[0]).astype(np.uint16),
        xy=features.xy[rows],
        octave=features.octave[rows],
        descriptors=features.descriptors[rows] ^ _masks(random, len(rows), 0.06),
    )


def _cut_film(film: Miniature, start: int, end: int) -> Miniature:
    """Cut at whole pieces: each begins with a picture of its own."""
    marks = _starts(film.film)
    frames = int(PIECE * RATE)
    stop = marks[end] if end < len(marks) else len(film.film)
    times = film.timestamps[: (end - start) * frames]
    return Miniature(times, film.width, film.height, film.film[marks[start] : stop])


_FIRST_BYTES = b"\x00\x00\x00\x01\x67"  # a sequence's parameters stand before each piece


def _starts(film: bytes) -> list[int]:
    places, at = [], film.find(_FIRST_BYTES)
    while at >= 0:
        places.append(at)
        at = film.find(_FIRST_BYTES, at + 1)
    return places
