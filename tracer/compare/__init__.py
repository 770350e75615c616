"""Match -> Edits: what was changed between two videos that share footage."""

from tracer.compare.edits import edits_of

__all__ = ["edits_of"]
