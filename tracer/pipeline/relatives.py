"""What a query's matches match in turn: looked at where those say it must lie.

A lettered copy and a hard crop of one film may share too little to find each other, though both
match the film. Each such video is verified against the query on its own; what does not hold stays
where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tracer.index.store import Index
from tracer.match.examine import Subject
from tracer.match.through import Guess, guess, look_through
from tracer.model import Findings, Match, Review, Unchecked
from tracer.pipeline.looking import looked_at, outcomes, with_found
from tracer.pipeline.reviewing import decisions, reviewed
from tracer.pipeline.working import Workers
from tracer.settings import Settings


@dataclass(frozen=True, slots=True)
class LookThrough:
    """Does a guess hold?"""

    index: Path
    query: Path  # where it travels
    asked: Guess
    videos: int  # how many are searched
    above: float  # the score that is known already: less is nothing new
    settings: Settings

    @property
    def sha256(self) -> str:
        """The video that is looked at."""
        return self.asked.sha256

    def __call__(self) -> Match | None:
        """Look at the video; runs in a worker."""
        mine = self.settings.match

        def looked(query: Subject, other: Subject) -> Match | None:
            found = look_through(query, other, self.asked, self.videos, mine)
            return found if found is not None and found.score > self.above else None

        return looked_at(self.query, self.index, self.sha256, self.settings, looked)


def with_relatives(
    findings: Findings,
    message: Path,
    index: Index,
    pool: Workers,
    videos: int,
    settings: Settings,
    failed: list[Unchecked],
) -> Findings:
    """Return the findings with what the index says must match too, and does.

    ``message`` is where the query travels to a worker; failures are added to ``failed``.
    """
    guesses = _guesses(findings, index, settings)
    known = {match.sha256: match.score for match in findings.matches}
    tasks = (
        LookThrough(index.path, message, one, videos, known.get(one.sha256, 0.0), settings)
        for one in guesses
    )
    return with_found(findings, [one for one in outcomes(pool, tasks, failed) if one is not None])


def _guesses(findings: Findings, index: Index, settings: Settings) -> list[Guess]:
    """Return a guess for each video that a match matches and the query does not surely yet."""
    reviews = index.reviews()
    settled = {one.sha256 for one in findings.matches if one.verdict == "match"}
    settled |= {findings.query_sha256}
    settled |= _rejected(findings.query_sha256, reviews)
    best: dict[str, tuple[float, Guess]] = {}
    for found in findings.matches:
        if found.verdict != "match":
            continue
        for known in reviewed(index.matches_of(found.sha256), reviews):
            sure = min(found.score, known.score)
            if known.sha256 in settled or known.verdict != "match":
                continue
            if known.sha256 in best and best[known.sha256][0] >= sure:
                continue
            put_together = guess(found, known, settings.match)
            if put_together is not None:
                best[known.sha256] = (sure, put_together)
    ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].sha256))
    return [one for _, one in ranked[: settings.match.through_most]]


def _rejected(query: str, reviews: Iterable[Review]) -> set[str]:
    """Return the videos that a reviewer said do not match the query."""
    return {
        sha256
        for pair, found in decisions(reviews).items()
        if query in pair and found.decision == "reject"
        for sha256 in pair - {query}
    }
