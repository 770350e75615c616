"""What a query's matches match in turn: looked at where those say it must lie.

A lettered copy and a hard crop of one film may share too little to find each other, though both
match the film. Each such video is verified against the query on its own; what does not hold stays
where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.match.examine import Subject
from tracer.match.searched import film_of
from tracer.match.through import Guess, guess, look_through
from tracer.model import Findings, Match, Review, Unchecked
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.looking import STAGE, decoded
from tracer.pipeline.reviewing import decisions, reviewed
from tracer.pipeline.searching import Workers
from tracer.settings import Settings
from tracer.workers import Failure


@dataclass(frozen=True, slots=True)
class LookThrough:
    """Does a guess hold?"""

    index: Path
    query: bytes  # a pickled `Asked`
    asked: Guess
    videos: int  # how many are searched
    settings: Settings

    def __call__(self) -> Match | None:
        """Look at the video; runs in a worker."""
        query = decoded(self.query, self.settings)
        with Index.open(self.index) as index:
            fingerprint = index.fingerprint(self.asked.sha256)
            video = index.video(self.asked.sha256).video
        subject = Subject(query.fingerprint, lambda: query.film)
        other = Subject(fingerprint, partial(film_of, fingerprint))
        found = look_through(subject, other, self.asked, self.videos, self.settings.match)
        if found is None:
            return None
        return compared(found, query, Side(video, fingerprint, other.film), self.settings)


def with_relatives(
    findings: Findings,
    message: bytes,
    index: Index,
    pool: Workers,
    videos: int,
    settings: Settings,
    failed: list[Unchecked],
) -> Findings:
    """Return the findings with what the index says must match too, and does.

    ``message`` is the query as it travels to a worker; failures are added to ``failed``.
    """
    guesses = _guesses(findings, index, settings)
    tasks = (LookThrough(index.path, message, one, videos, settings) for one in guesses)
    more: list[Match] = []
    for task, outcome in pool.run(tasks):
        assert isinstance(task, LookThrough)
        if isinstance(outcome, Match):
            more.append(outcome)
        elif isinstance(outcome, Failure):
            if isinstance(outcome.error, ExternalError):  # no video's fault
                raise outcome.error
            failed.append(Unchecked(task.asked.sha256, STAGE, outcome.reason))
    return _joined(findings, more)


def _guesses(findings: Findings, index: Index, settings: Settings) -> list[Guess]:
    """Return a guess for each video that a match matches and the query does not yet."""
    reviews = index.reviews()
    settled = {match.sha256 for match in findings.matches} | {findings.query_sha256}
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


def _joined(findings: Findings, more: list[Match]) -> Findings:
    new = {match.sha256 for match in more}
    together = (*findings.matches, *more)
    return replace(
        findings,
        matches=tuple(sorted(together, key=lambda one: (-one.score, one.sha256))),
        same_scene=tuple(one for one in findings.same_scene if one.sha256 not in new),
        nearest=tuple(one for one in findings.nearest if one.sha256 not in new),
    )
