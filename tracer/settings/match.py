"""Settings of matching, a file for each of its steps."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.settings.candidates import CandidateSettings
from tracer.settings.closer import CloserSettings
from tracer.settings.findings import FindingSettings
from tracer.settings.registration import RegistrationSettings
from tracer.settings.timeline import TimelineSettings


@dataclass(frozen=True)
class MatchSettings(
    CandidateSettings, RegistrationSettings, CloserSettings, TimelineSettings, FindingSettings
):
    """Settings of candidates, registration, time line, closer looks and findings."""
