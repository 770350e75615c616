"""The jobs, each a short list of steps, and the only room that knows their order.

``take_in``       1. expand what is named  2. look up  3. hash  4. fingerprint in workers  5. store
``match_inside``  1. find each new video's candidates  2. decide each pair  3. store
``check``         1. fingerprint the query  2. find its matches  3. name the earliest post
``chain``         1. find the video  2. match inside the index  3. take its family, build the chain
``families``      1. match inside the index  2. group  3. name each family's earliest
``explain``       1. take both fingerprints  2. match the pair and keep every step
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.pipeline.chaining import chain, explain, families
    from tracer.pipeline.checking import check, check_all
    from tracer.pipeline.matching import match_inside
    from tracer.pipeline.taking_in import Progress, TakenIn, take_in

__all__ = [
    "Progress",
    "TakenIn",
    "chain",
    "check",
    "check_all",
    "explain",
    "families",
    "match_inside",
    "take_in",
]

_CHAINING = "tracer.pipeline.chaining"
_CHECKING = "tracer.pipeline.checking"
_TAKE_IN = "tracer.pipeline.taking_in"
_ROOMS = {
    "Progress": _TAKE_IN,
    "TakenIn": _TAKE_IN,
    "chain": _CHAINING,
    "check": _CHECKING,
    "check_all": _CHECKING,
    "explain": _CHAINING,
    "families": _CHAINING,
    "match_inside": "tracer.pipeline.matching",
    "take_in": _TAKE_IN,
}


def __getattr__(name: str) -> Any:
    """Import a job when it is first asked for: a worker that decodes needs no matching."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ROOMS[name]), name)
