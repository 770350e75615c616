"""Lines of text as SubRip, WebVTT or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tracer.compare.tracks import languages
from tracer.errors import UsageError
from tracer.model import Chain, TextLine, TextTrack
from tracer.report.material import Material

FORMATS = ("srt", "vtt", "json")


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the subtitles burned into the video that was asked about, as SubRip.

    Raises :class:`UsageError` where that video was not read yet.
    """
    subject = material.subject or chain.earliest.sha256
    track = material.index.text(subject) if material.index and subject else None
    if track is None:
        raise UsageError(f"{subject}: was not read yet; read it with: tracer text")
    output.write_text(srt(burned_in(track)), encoding="utf-8")
    return output


def burned_in(track: TextTrack) -> list[TextLine]:
    """Return the subtitles of a track, in their order."""
    lines = [line for line in track.lines if line.kind == "subtitle" and line.text]
    return sorted(lines, key=lambda line: (line.start, line.box[1], line.box[0]))


def srt(lines: Iterable[TextLine]) -> str:
    """Return lines as a SubRip file."""
    cues = (
        f"{number}\n{_clock(line.start, ',')} --> {_clock(line.end, ',')}\n{_cue(line.text)}\n"
        for number, line in enumerate(lines, 1)
    )
    return "\n".join(cues)


def vtt(lines: Iterable[TextLine]) -> str:
    """Return lines as a WebVTT file."""
    cues = (
        f"{_clock(line.start, '.')} --> {_clock(line.end, '.')}\n{_escaped(_cue(line.text))}\n"
        for line in lines
    )
    return "\n".join(["WEBVTT\n", *cues])


def record(sha256: str, track: TextTrack) -> dict[str, Any]:
    """Return all that was read in a video as ``tracer/subtitles/1``."""
    return {
        "schema": "tracer/subtitles/1",
        "sha256": sha256,
        "reader": track.reader,
        "languages": list(languages(burned_in(track))),
        "lines": [line_record(line) for line in track.lines],
        "unchecked": [
            {"subject": one.subject, "stage": one.stage, "reason": one.reason}
            for one in track.unchecked
        ],
    }


def line_record(line: TextLine) -> dict[str, Any]:
    """Return one line as JSON carries it."""
    return {
        "start": round(line.start, 3),
        "end": round(line.end, 3),
        "text": line.text or None,
        "language": line.language,
        "kind": line.kind,
        "box": [round(value, 4) for value in line.box],
        "confidence": round(line.confidence, 4),
        "mirrored": line.mirrored,
    }


def written(sha256: str, track: TextTrack, form: str) -> str:
    """Return a track in one of ``FORMATS``."""
    if form == "json":
        return json.dumps(record(sha256, track), ensure_ascii=False)
    lines = burned_in(track)
    return srt(lines) if form == "srt" else vtt(lines)


def _cue(text: str) -> str:
    """Return text without what would end a cue: empty lines."""
    return "\n".join(line for line in text.splitlines() if line.strip())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    hours, whole = divmod(whole, 3_600_000)
    minutes, whole = divmod(whole, 60_000)
    return f"{hours:02}:{minutes:02}:{whole // 1000:02}{point}{whole % 1000:03}"
