"""A bare match -> the same match with what was changed, how the sound compares, which way it went.

1. Edits: what the frames, the time line and the files tell; with both files at hand, the speed by
   all their frames.
2. With both files at hand, a close look: which side carries what the stored films leave open.
3. Sound: judged apart from the picture, along the picture's line.
4. Direction: weighed from all that the match now holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tracer.compare import changed, sides
from tracer.compare.closeup import look
from tracer.compare.generation import traces
from tracer.compare.played_again import played_again
from tracer.compare.sound import Again, not_at_hand, sound_edits, sound_of
from tracer.match.searched import film_of
from tracer.match.strips import Film
from tracer.model import Fingerprint, Match, Video
from tracer.settings import DEFAULT, Settings
from tracer.trace import direction


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two videos of a match, its film decoded once."""

    video: Video
    fingerprint: Fingerprint
    film: Film
    again: Again = not_at_hand
    path: Path | None = None  # its file, where it is at hand

    @classmethod
    def of(
        cls,
        video: Video,
        fingerprint: Fingerprint,
        path: Path | None = None,
        settings: Settings = DEFAULT,
        factors_at_once: int = 64,
    ) -> Side:
        """Decode the film of a video; with its file its sound can be played at other speeds."""
        again = played_again(path, fingerprint, settings.media, factors_at_once)
        return cls(video, fingerprint, film_of(fingerprint), again, path)


def compared(
    match: Match,
    query: Side,
    other: Side,
    settings: Settings,
    *,
    closely: bool = False,
) -> Match:
    """Return a match with its edits, its sound and its verdict of direction.

    Its segments are set to the speed that the pictures need; where what is stored leaves that open,
    both files tell it, where they are at hand.

    ``closely``, a second of each file is decoded at its full size: half a second of work that
    tells who lost detail, frames or tones.
    """
    files = (query.path, other.path) if query.path and other.path else None
    told = changed(
        match,
        query.fingerprint,
        other.fingerprint,
        (query.film, other.film),
        query.video,
        other.video,
        settings,
        files,
    )
    if closely and files is not None:
        close = look(told, files, settings.compare)
        if close is not None:
            seen = traces(close, settings.compare)
            told = replace(told, edits=sides.told(told.edits, seen, settings.compare))
    sounds = (query.fingerprint, other.fingerprint, settings.sound)
    sound = sound_of(told.segments, *sounds, query.again)
    heard = sound_edits(sound, told.segments, *sounds)
    told = replace(told, edits=(*told.edits, *heard), sound=sound)
    return direction.judged(told, query.video, other.video, settings.trace)
