"""What a report needs beside a chain: the state of the index, versions, a way to fingerprints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from tracer.index.store import Index
from tracer.model import Fingerprint, IndexState
from tracer.settings import DEFAULT, Settings

_NAMED = ("video-tracer", "av", "imagehash", "numpy", "opencv-python-headless")


def no_fingerprint(sha256: str) -> Fingerprint | None:
    """Return nothing: where there is no index, there is no stored film."""
    return None


@dataclass(frozen=True, slots=True)
class Material:
    """What the formats print or draw that a chain does not carry."""

    state: IndexState
    fingerprint: Callable[[str], Fingerprint | None] = no_fingerprint
    algorithm: str = ""  # of the fingerprints: names and versions of the hashes
    index: Index | None = None  # what a bundle takes matches, custody log and sidecars from
    settings: Settings = DEFAULT
    subject: str | None = None  # SHA-256 of the video that was asked about
    with_media: bool = False  # whether a bundle takes the videos along


def of_index(
    index: Index,
    settings: Settings = DEFAULT,
    subject: str | None = None,
    with_media: bool = False,
) -> Material:
    """Return the material that an open index gives; it must stay open while a report is made."""

    from tracer.fingerprint.take import ALGORITHM  # decoding and hashing: no table needs it

    def fingerprint(sha256: str) -> Fingerprint | None:
        return index.fingerprint(sha256) if index.has_video(sha256) else None

    return Material(index.state(), fingerprint, ALGORITHM, index, settings, subject, with_media)


def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions of this package and of the libraries that decide about results."""
    found = []
    for name in _NAMED:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "unknown"))
    return tuple(found)
