"""The jobs, each a short list of steps: take in, match inside the index, check, chain, explain.

This is the only room that knows the order of the stages.
"""

from __future__ import annotations

from tracer.pipeline.take_in import Progress, TakenIn, take_in

__all__ = ["Progress", "TakenIn", "take_in"]
