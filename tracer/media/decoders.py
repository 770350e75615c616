"""What can be decoded here: the picture by PyAV's libraries, the sound by the ffmpeg binary."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

import av

from tracer.media.ffmpeg import binary

PICTURE = ("h264", "hevc", "vp9", "av1", "vp8", "mpeg4", "mpeg2video", "h263", "theora", "wmv3")
"""What the platforms serve, then what older archives hold."""

SOUND = ("aac", "mp3", "opus", "vorbis", "ac3", "amrnb", "wmav2")
_PATIENCE = 30.0  # seconds for a program that answers in a tenth of one


@dataclass(frozen=True, slots=True)
class Binary:
    """The ffmpeg binary that is used."""

    path: str
    version: str
    missing: tuple[str, ...]  # of SOUND
    chromaprint: bool  # whether it can fingerprint sound


def missing_pictures() -> tuple[str, ...]:
    """Return which of PICTURE can't be decoded."""
    return tuple(name for name in PICTURE if not _decodes(name))


def _decodes(name: str) -> bool:
    try:
        av.Codec(name, "r")
    except ValueError:  # what PyAV says to a name it does not know
        return False
    return True


def ffmpeg_binary() -> Binary:
    """Ask the binary what it can do; raises :class:`ExternalError` where there is none."""
    path = binary()
    first = _said(path, "-version").splitlines()
    decoders = {
        line.split()[1] for line in _said(path, "-decoders").splitlines() if line[:2] == " A"
    }
    return Binary(
        path=path,
        version=first[0] if first else "?",
        missing=tuple(name for name in SOUND if not decoders & _names(name)),
        chromaprint=any(
            "chromaprint" in line.split()[:2] for line in _said(path, "-muxers").splitlines()
        ),
    )


def _names(codec: str) -> set[str]:
    """Return what ffmpeg calls the decoders of a codec."""
    return {codec, f"{codec}float", f"lib{codec}"}


def _said(path: str, question: str) -> str:
    done = subprocess.run(
        [path, "-hide_banner", question], capture_output=True, timeout=_PATIENCE, check=False
    )
    return done.stdout.decode(errors="replace")
