"""Matches, edits and posts -> a chain: what derives from what, and who was first.

Pure functions on model types. Claims of time (`ids`, `urls`, `platforms`, `times`) and evidence of
content (`direction`, `cues`) are kept apart until `chain` weighs them, and both are shown.
"""
