"""Fingerprint x index -> Match: which seconds are which, how sure, and why."""

from tracer.match.explain import explain_pair
from tracer.match.find import find

__all__ = ["explain_pair", "find"]
