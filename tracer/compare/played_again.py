"""A video's file -> its sound played at other speeds, as often as comparing asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tracer.compare.sound import Again, not_at_hand
from tracer.errors import MediaError
from tracer.media.sound import Items, shifted
from tracer.model import Fingerprint
from tracer.settings import MediaSettings


def played_again(
    path: Path | None, fingerprint: Fingerprint, settings: MediaSettings, at_once: int = 64
) -> Again:
    """Return what plays a file's sound again; nothing comes of a file that is gone or damaged.

    What was asked once is kept: a query that was dubbed differs from each of its matches. More than
    ``at_once`` factors are refused: a search for the pitch costs a twentieth of the playing time.
    """
    if path is None or fingerprint.sound is None or not len(fingerprint.sound):
        return not_at_hand
    file = path

    @lru_cache(maxsize=8)
    def kept(factors: tuple[float, ...]) -> tuple[Items, ...]:
        if len(factors) > at_once:
            return ()
        try:
            return tuple(shifted(file, factors, fingerprint.duration, settings.decode_timeout))
        except MediaError:
            return ()

    def again(factors: Sequence[float]) -> Sequence[Items]:
        return kept(tuple(round(factor, 4) for factor in factors))

    return again
