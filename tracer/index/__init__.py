"""Fingerprints, posts and matches in one SQLite file."""
