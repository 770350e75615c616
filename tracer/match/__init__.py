"""Fingerprint x index -> Match: which seconds are which, how sure, and why."""
