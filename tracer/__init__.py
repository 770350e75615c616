"""Find where a video comes from: who had it first, and what was done to it on the way.

>>> import tracer
>>> with tracer.Tracer("case.db") as case:  # doctest: +SKIP
...     case.index("clips/")
...     print(case.check("suspicious.mp4").statement)
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.api import Tracer
    from tracer.errors import TracerError
    from tracer.model import Answer, Chain, Family, Match, PairReport, Post, Segment, Video
    from tracer.settings import Settings

__all__ = [
    "Answer",
    "Chain",
    "Family",
    "Match",
    "PairReport",
    "Post",
    "Segment",
    "Settings",
    "Tracer",
    "TracerError",
    "Video",
    "__version__",
]

_ROOMS = {
    "Settings": "tracer.settings",
    "Tracer": "tracer.api",
    "TracerError": "tracer.errors",
}
_VOCABULARY = "tracer.model"

# A library logs and leaves it to the program what becomes of it.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `import tracer` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("video-tracer")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ROOMS.get(name, _VOCABULARY)), name)


def __dir__() -> list[str]:
    return __all__
