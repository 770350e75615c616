"""Frames -> lines of text with times and boxes. The models of rapidocr live here, offline."""
