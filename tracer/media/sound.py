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
from tracer.media.container import opened, picture_stream
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
        heard, told = run_and_listen(_fingerprinted(path, track, 1.0), str(path), timeout)
    except MediaError as error:
        return Sound(None, str(error).removeprefix(f"{path}: "))
    items = np.frombuffer(heard, "<u4").astype(np.uint32)
    return Sound(items, _damage(items, told, track, settings))


def shifted(
    path: Path, factors: Sequence[float], timeout: float = DEFAULT.media.decode_timeout
) -> list[Items]:
    """Fingerprint a file's sound as if it were played ``factor`` times faster, pitch and all.

    Item ``i`` begins ``i * HOP * factor`` seconds into the file. Raises :class:`MediaError` where
    the file has no sound that can be read.
    """
    track = _track(path)
    if track is None:
        raise MediaError(f"{path}: no sound track")
    made = []
    for factor in factors:
        heard, _ = run_and_listen(_fingerprinted(path, track, factor), str(path), timeout)
        made.append(np.frombuffer(heard, "<u4").astype(np.uint32))
    return made


@dataclass(frozen=True, slots=True)
class _Track:
    """One sound track of a file."""

    number: int  # among the sound tracks
    rate: int  # samples a second
    late: float  # seconds from the file's start to the picture's first frame
    duration: float  # seconds as stated, 0 where nothing is


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
        rate = stream.codec_context.sample_rate or 44100
        return _Track(chosen, rate, _late(container, path), length)


def _late(container: InputContainer, path: Path) -> float:
    """Return how much later than the file the picture begins; ffmpeg counts from the file's."""
    picture = picture_stream(container, path)
    if picture.start_time is None or picture.time_base is None or container.start_time is None:
        return 0.0
    late = float(picture.start_time * picture.time_base) - container.start_time / 1e6
    return max(0.0, late)


def _fingerprinted(path: Path, track: _Track, factor: float) -> Any:
    """Build the command: decode one track, put it on the picture's clock, fingerprint it."""
    # "file:" keeps ffmpeg from reading a protocol or an option into a file's name.
    source = ffmpeg.input(f"file:{path}", threads=1, protocol_whitelist="file,pipe")
    heard = source[f"a:{track.number}"].filter("aresample", **{"async": 1, "first_pts": 0})
    if track.late:
        heard = heard.filter("atrim", start=round(track.late, 6)).filter("asetpts", "PTS-STARTPTS")
    if factor != 1.0:
        heard = heard.filter("asetrate", max(1, round(track.rate * factor)))
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
