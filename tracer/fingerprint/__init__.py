"""Frames and sound -> Fingerprint. imagehash lives here."""
