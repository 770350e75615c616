"""How far apart two texts are, letter by letter; how far a word is from being part of a text."""

from __future__ import annotations


def distance(a: str, b: str) -> int:
    """Return the edit distance: letters added, left out or exchanged."""
    if len(a) < len(b):
        a, b = b, a
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (letter != other))
    return row[-1]


def distance_inside(word: str, text: str) -> int:
    """Return the least edit distance of ``word`` to any part of ``text`` (Sellers 1980)."""
    row = list(range(len(word) + 1))
    best = row[-1]
    for letter in text:
        above, row[0] = row[0], 0  # the part may begin anywhere
        for j, other in enumerate(word, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (letter != other))
        best = min(best, row[-1])
    return best


def alike(a: str, b: str) -> float:
    """Return how alike two texts are: 1 less their edit distance over the longer's length."""
    longest = max(len(a), len(b))
    return 1.0 - distance(a, b) / longest if longest else 1.0
