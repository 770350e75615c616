"""A segment and two files -> the films of its seconds with every frame that the files hold.

The index keeps four frames a second, coded a second time at 128 pixels. Over three seconds, or
where little more than lips moves, these leave the speed open; the files mostly do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tracer.errors import MediaError
from tracer.match.strips import Film
from tracer.media.frames import lumas_between
from tracer.model import Segment
from tracer.settings import CompareSettings


def every_frame(
    segment: Segment, paths: Sequence[Path], settings: CompareSettings
) -> tuple[Segment, tuple[Film, Film]] | None:
    """Decode the middle of a segment from the query's file and the match's.

    Returns that part of the segment and both films, the query's a little longer at both ends, so
    that other lines than the segment's can be laid through it. None where a file is gone or
    unreadable by now.
    """
    middle = (segment.query_start + segment.query_end) / 2
    half = min(settings.every_frame_seconds, segment.query_end - segment.query_start) / 2
    at = segment.match_start + (middle - segment.query_start) * segment.speed
    part = replace(
        segment,
        query_start=middle - half,
        query_end=middle + half,
        match_start=at - half * segment.speed,
        match_end=at + half * segment.speed,
    )
    wide = half + settings.every_frame_more
    spans = ((middle - wide, middle + wide), (part.match_start, part.match_end))
    films = [
        _film(path, max(0.0, start), end, settings)
        for path, (start, end) in zip(paths, spans, strict=True)
    ]
    query, match = films
    return None if query is None or match is None else (part, (query, match))


def _film(path: Path, start: float, end: float, settings: CompareSettings) -> Film | None:
    try:
        times, pictures = lumas_between(path, start, end, settings.every_frame_side)
    except MediaError:
        return None
    return Film(np.array(times), np.stack(pictures)) if times else None
