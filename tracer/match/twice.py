"""One video looked at twice: at the grid of times that the score was fitted on, and three times as
finely.

Finely sampled, a short stretch holds moments enough to be told; coarsely, slow motion stands out.
What is the same footage agrees at both, what agrees by chance seldom does: the score is the mean of
the two, in log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from tracer.match.candidates import Candidate
from tracer.match.examine import Examination, Subject, examine_along
from tracer.match.find import Finding, best_of, scored, told
from tracer.match.grain import grain_of
from tracer.match.lines import Line
from tracer.match.score import main_line, with_grain
from tracer.settings import MatchSettings


def look_twice(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    videos: int,
    settings: MatchSettings,
) -> Finding:
    """Look closely at one video whose film is sampled as finely as the query's."""
    return told(query, match, asked, best_twice(query, match, asked, videos, settings), settings)


def best_twice(
    query: Subject,
    match: Subject,
    asked: Sequence[Candidate],
    videos: int,
    settings: MatchSettings,
) -> tuple[float, Examination | None]:
    """Return the joint score of both samplings, and the explanation that tells more."""
    coarse = Subject(match.fingerprint, lambda: match.film.thinned(settings.sampling_gap))
    looks = [best_of(query, each, asked, videos, settings) for each in (match, coarse)]
    # What one of them lost the other knows where to look for.
    for subject, mine, other in ((match, 0, 1), (coarse, 1, 0)):
        if not _lines(looks[mine][1]) and _lines(looks[other][1]):
            looks[mine] = _along(query, subject, looks[other][1], videos, settings)
    fine, plain = looks
    found = fine[1] if fine[1] is not None and fine[1].stretches else plain[1]
    value = joint(fine[0], plain[0], settings)
    if found is None or not found.stretches:
        return value, found
    found = replace(found, grain=grain_of(query, match, found, settings))
    return with_grain(value, found, settings), found


def joint(fine: float, coarse: float, settings: MatchSettings) -> float:
    """Return the mean of two scores in log-odds, neither counted as surer than it can be."""
    if fine == coarse == 0.0:
        return 0.0  # neither found anything
    odds = [_log_odds(value, settings.twice_surest) for value in (fine, coarse)]
    return 1.0 / (1.0 + math.exp(-sum(odds) / 2))


def _log_odds(value: float, surest: float) -> float:
    bounded = min(max(value, 1.0 - surest), surest)
    return math.log(bounded / (1.0 - bounded))


def _lines(found: Examination | None) -> list[Line]:
    """Return the line that an examination rests on, if it has one."""
    main = main_line(found) if found is not None else []
    return [Line(one.line.speed, one.line.offset) for one in main[:1]]


def _along(
    query: Subject,
    match: Subject,
    known: Examination | None,
    videos: int,
    settings: MatchSettings,
) -> tuple[float, Examination | None]:
    """Examine what the other look found; the transform's features are those it was found by."""
    assert known is not None
    found = examine_along(query, match, known.transform, _lines(known), settings)
    if found is None or not found.stretches:
        return 0.0, known
    found = replace(
        found,
        registration=known.registration,
        places=known.places,
        still_appearance=known.still_appearance,
    )
    return scored(query, found, videos, settings), found
