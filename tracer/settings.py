"""Every threshold: its name, its unit, its default and where the number comes from.

One group a stage. A :class:`Settings` is frozen; :meth:`Settings.digest` names it, is stored with
every index and printed in every report, so that an answer can be made again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Decoding."""

    sampling_gap: float = 0.25
    """Seconds between two sampled frames; the grid of the miniature. Four a second pins a segment's
    end to about an eighth of a second without decoding again."""

    skip_gap: float = 0.21
    """Seconds. Frames that no other frame refers to are skipped while decoding as long as the
    frames that are left lie no further apart than this; otherwise every frame is decoded."""

    decode_timeout: float = 900.0
    """Seconds of wall time that one file's worker may take before it is stopped."""

    decode_memory: int = 4 << 30
    """Bytes of address space beyond the start that one file's worker may take."""

    max_pixels: int = 8192 * 8192
    """Pixels of one frame; a larger picture is refused before it is decoded."""


@dataclass(frozen=True, slots=True)
class FingerprintSettings:
    """What is kept of a video."""

    hash_gap: float = 0.5
    """Seconds between two hashed frames (two a second; scene changes come on top)."""

    scene_change: float = 28.0
    """Grey levels. Mean absolute difference of two consecutive miniatures from which on the later
    one starts a new scene."""

    quality_floor: int = 8
    """0 to 100. Frames below carry too little structure for a perceptual hash: a flat frame hashes
    to rounding noise (field pitfalls 7 and 12)."""

    miniature_side: int = 128
    """Pixels of the longer side of the stored miniature."""

    miniature_crf: int = 29
    """x264's constant rate factor of the miniature: some 60 kB a minute; its temporal differences
    still correlate with those of the pictures it was made from at 0.93 to 0.99 (measured)."""

    query_miniature_side: int = 256
    """Pixels of the longer side of a query's miniature, which is never stored: an inset of a third
    of the width is then as large as a stored miniature needs it."""

    feature_side: int = 360
    """Pixels of the shorter side of the picture that ORB features are taken from (a prototype that
    found every edit but the mirror image used the same)."""

    feature_count: int = 160
    """ORB features kept for each stored frame, spread over octaves and picture."""

    feature_gap: float = 2.0
    """Seconds between two frames that are looked at for ORB features."""

    feature_gap_static: float = 4.0
    """Seconds between two stored frames of features while the picture hardly changes."""

    feature_same: float = 0.9
    """Correlation of two miniatures above which a picture counts as hardly changed."""

    query_feature_count: int = 500
    """ORB features kept for each frame of a query."""

    query_feature_gap: float = 1.0
    """Seconds between two frames of a query that ORB features are taken from."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups together."""

    media: MediaSettings = field(default_factory=MediaSettings)
    fingerprint: FingerprintSettings = field(default_factory=FingerprintSettings)

    def digest(self) -> str:
        """Return the first 16 hex digits of the SHA-256 of all values, sorted by name."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


DEFAULT = Settings()
