"""Media file -> chromaprint items: what a video's sound is, in 32 bits every eighth of a second.

One ffmpeg a file decodes the sound and fingerprints it. Starting the bundled ffmpeg (170 MB) costs
0.012 s of CPU time once it is in the page cache, decoding and fingerprinting 1.7 ms for each second
of sound: 0.02 to 0.03 s for a clip of 5 to 20 s, where decoding the picture takes 0.05 to 0.3 s
(measured on 40 clips). So there is nothing to gain from feeding one process with several files.

An item describes the 2.66 s from its own time on (seen on noise between silences); its middle is
what it is compared at. Below some -78 dB of full scale chromaprint hears nothing and writes one
constant item, which is how silence is told, second by second, from the items alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.stream import Disposition

from tracer.errors import MediaError
from tracer.media.container import PROTOCOLS, opened, picture_stream
from tracer.media.ffmpeg import run_and_listen
from tracer.settings import DEFAULT, SoundSettings

Items = npt.NDArray[np.uint32]

HOP = 4096 / 3 / 11025
"""Seconds between two items."""

SPAN = 2.66
"""Seconds of sound that an item describes."""

SILENT = 627964279
"""The item of silence."""

ALGORITHM = "chromaprint1"
"""Chromaprint's own number 1 (its default), as in AcoustID; raw items, none left out."""

STAGE = "sound"
"""Where damage of the sound is told: ``Unchecked.stage``."""

_DAMAGED = b"Error submitting packet"  # how ffmpeg tells of a packet that it passes over


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A file's sound, on the clock of its picture."""

    items: Items | None  # (n,), one each HOP; None where there is no sound track, 0 where too short
    damage: str = ""  # what could not be read of it


def sound_of(
    path: Path,
    settings: SoundSettings = DEFAULT.sound,
    timeout: float = DEFAULT.media.decode_timeout,
) -> Sound:
    """Fingerprint a file's sound.

    Of several tracks the one flagged as default is taken, else the first: what a player plays.
    Item 0 begins with the first frame of the picture; holes in the track are filled with silence.
    What can't be decoded is told as damage, never raised.
    """
    try:
        track = _track(path)
        if track is None:
            return Sound(None)
        heard, told = run_and_listen(_fingerprinted(path, track), str(path), timeout)
    except MediaError as error:
        return Sound(None, str(error).removeprefix(f"{path}: "))
    items = np.frombuffer(heard, "<u4").astype(np.uint32)
    return Sound(items, _damage(items, told, track, settings))


def shifted(
    path: Path,
    factors: Sequence[float],
    seconds: float,
    timeout: float = DEFAULT.media.decode_timeout,
) -> list[Items]:
    """Fingerprint the first seconds of a file's sound as if played ``factor`` times faster.

    Item ``i`` begins ``i * HOP * factor`` seconds into the file. All factors are played one after
    another into one fingerprint, so that the file is decoded once. Raises :class:`MediaError` where
    the file has no sound that can be read.
    """
    track = _track(path)
    if track is None:
        raise MediaError(f"{path}: no sound track")
    lengths = [_whole_items(seconds / factor) for factor in factors]
    stream = _one_after_another(path, track, factors, lengths, seconds)
    heard, _ = run_and_listen(stream, str(path), timeout)
    items = np.frombuffer(heard, "<u4").astype(np.uint32)
    made, start = [], 0
    for factor, length in zip(factors, lengths, strict=True):
        full = max(0, int((seconds / factor - SPAN) / HOP) + 1)
        made.append(items[start : start + full])
        start += length // _STEP * 3
    return made


def samples_between(
    path: Path,
    start: float,
    end: float,
    rate: int,
    timeout: float = DEFAULT.media.decode_timeout,
) -> npt.NDArray[np.float32] | None:
    """Return a file's sound from ``start`` to ``end`` (seconds of its picture), mono, float32.

    ``rate`` samples a second; the whole clipped to what there is. None where there is no track.
    Raises :class:`MediaError`.
    """
    track = _track(path)
    if track is None:
        return None
    heard = _on_the_clock(path, track).filter("atrim", start=round(start, 4), end=round(end, 4))
    stream = heard.output("pipe:", format="f32le", ac=1, ar=rate, acodec="pcm_f32le")
    samples, _ = run_and_listen(stream, str(path), timeout)
    return np.frombuffer(samples, "<f4").astype(np.float32)


_RATE = 11025  # samples a second at which chromaprint listens
_STEP = 4096  # samples: exactly three items


def _whole_items(seconds: float) -> int:
    """Return the samples of some seconds and a pause behind them, in a whole number of items."""
    return (int((seconds + SPAN) * _RATE) // _STEP + 1) * _STEP


def _one_after_another(
    path: Path, track: _Track, factors: Sequence[float], lengths: Sequence[int], seconds: float
) -> Any:
    """Build the command: decode once, play at every factor, fingerprint the whole."""
    heard = _on_the_clock(path, track).filter("atrim", duration=round(seconds, 3))
    heard = heard.filter("aresample", _RATE).filter("aformat", channel_layouts="mono")
    copies = heard.filter_multi_output("asplit", len(factors))
    played = []
    for number, (factor, length) in enumerate(zip(factors, lengths, strict=True)):
        one = copies[number].filter("asetrate", max(1, round(_RATE * factor)))
        one = one.filter("aresample", _RATE).filter("asetpts", "PTS-STARTPTS")
        one = one.filter("apad", whole_len=length).filter("atrim", end_sample=length)
        played.append(one)
    whole = ffmpeg.concat(*played, v=0, a=1) if len(played) > 1 else played[0]
    return whole.output("pipe:", format="chromaprint", fp_format="raw", algorithm=1)


@dataclass(frozen=True, slots=True)
class _Track:
    """One sound track of a file."""

    number: int  # among the sound tracks
    late: float  # seconds from the file's start to the picture's first frame
    duration: float  # seconds as stated, 0 where nothing is
    container: str = ""  # the format that the file was found to have


def _track(path: Path) -> _Track | None:
    """Choose the sound track that a player would play."""
    with opened(path) as container:
        tracks = list(container.streams.audio)
        if not tracks:
            return None
        chosen = max(
            range(len(tracks)),
            key=lambda one: (bool(tracks[one].disposition & Disposition.default), -one),
        )
        stream = tracks[chosen]
        length = 0.0
        if stream.duration is not None and stream.time_base is not None:
            length = float(stream.duration * stream.time_base)
        return _Track(chosen, _late(container, path), length, container.format.name)


def _late(container: InputContainer, path: Path) -> float:
    """Return how much later than the file the picture begins; ffmpeg counts from the file's."""
    picture = picture_stream(container, path)
    if picture.start_time is None or picture.time_base is None or container.start_time is None:
        return 0.0
    late = float(picture.start_time * picture.time_base) - container.start_time / 1e6
    return max(0.0, late)


def _on_the_clock(path: Path, track: _Track) -> Any:
    """Decode one track from the picture's first frame on, its holes filled with silence."""
    # "file:" keeps ffmpeg from reading a protocol or an option into a file's name.
    source = ffmpeg.input(
        f"file:{path}",
        threads=1,
        protocol_whitelist=PROTOCOLS,
        format_whitelist=track.container,  # another ffmpeg must not take it for a playlist
    )
    heard = source[f"a:{track.number}"].filter("aresample", **{"async": 1, "first_pts": 0})
    if track.late:
        heard = heard.filter("atrim", start=round(track.late, 6)).filter("asetpts", "PTS-STARTPTS")
    return heard


def _fingerprinted(path: Path, track: _Track) -> Any:
    """Build the command: decode one track and fingerprint it."""
    heard = _on_the_clock(path, track)
    return heard.output("pipe:", format="chromaprint", fp_format="raw", algorithm=1)


def _damage(items: Items, told: bytes, track: _Track, settings: SoundSettings) -> str:
    """Say what of the sound was lost, if it is more than the ragged end of a cut."""
    lost = told.count(_DAMAGED)
    if lost >= settings.damaged_packets:
        return f"{lost} packets of the sound are damaged"
    heard = len(items) * HOP + SPAN
    if track.duration - heard > max(settings.damaged_seconds, 0.05 * track.duration):
        return f"the sound ends at {heard:.1f} s of {track.duration:.1f} s stated: truncated?"
    return ""
