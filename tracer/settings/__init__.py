"""Every threshold: its name, its unit, its default and where the number comes from.

One group a stage. A :class:`Settings` is frozen; :meth:`Settings.digest` names it, is stored with
every index and printed in every report, so that an answer can be made again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from tracer.settings.compare import CompareSettings
from tracer.settings.fingerprint import FingerprintSettings, LayoutSettings
from tracer.settings.match import MatchSettings
from tracer.settings.media import CollectSettings, IndexSettings, MediaSettings
from tracer.settings.sound import SoundSettings
from tracer.settings.text import TextSettings
from tracer.settings.trace import TraceSettings

__all__ = [
    "DEFAULT",
    "CollectSettings",
    "CompareSettings",
    "FingerprintSettings",
    "IndexSettings",
    "LayoutSettings",
    "MatchSettings",
    "MediaSettings",
    "Settings",
    "SoundSettings",
    "TextSettings",
    "TraceSettings",
]


_READ_LATER = frozenset({"trace", "collect"})  # groups that no stored match rests on


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups together."""

    media: MediaSettings = field(default_factory=MediaSettings)
    layout: LayoutSettings = field(default_factory=LayoutSettings)
    match: MatchSettings = field(default_factory=MatchSettings)
    compare: CompareSettings = field(default_factory=CompareSettings)
    fingerprint: FingerprintSettings = field(default_factory=FingerprintSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    text: TextSettings = field(default_factory=TextSettings)
    trace: TraceSettings = field(default_factory=TraceSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    collect: CollectSettings = field(default_factory=CollectSettings)

    def digest(self) -> str:
        """Return the first 16 hex digits of the SHA-256 of all values, sorted by name."""
        return hashlib.sha256(self.stated().encode()).hexdigest()[:16]

    def matching_digest(self) -> str:
        """Return the digest of what stored matches rest on: all groups but `_READ_LATER`.

        How times and directions are weighed, and where things are fetched from, changes no match:
        these two groups apply to what is read from the index, so that a new weight costs no new
        comparison.
        """
        groups = {name: value for name, value in asdict(self).items() if name not in _READ_LATER}
        return hashlib.sha256(json.dumps(groups, sort_keys=True).encode()).hexdigest()[:16]

    def stated(self) -> str:
        """Return all values as JSON, sorted by name: what the digest stands for."""
        return json.dumps(asdict(self), sort_keys=True)


DEFAULT = Settings()
