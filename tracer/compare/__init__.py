"""Match -> Edits: what was changed between two videos that share footage."""

from tracer.compare.edits import changed

__all__ = ["changed"]
