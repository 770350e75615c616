"""Settings of what was changed between two videos, a file for each thing that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.settings.coding import CodingSettings
from tracer.settings.differing import DifferingSettings
from tracer.settings.registered import RegisteredSettings


@dataclass(frozen=True)
class CompareSettings(RegisteredSettings, DifferingSettings, CodingSettings):
    """Settings of edits: what was changed between two videos that share footage."""
