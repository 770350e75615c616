"""Closer looks at videos of the index with their own files, side by side in workers.

1. What a first look left open is read anew from its file, as finely as the query.
2. Both are compared as any pair is; a match gets its edits, sound and direction from that.
3. A file that is gone or was changed is named; what the first look said stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tracer.fingerprint.take import take_closely
from tracer.index.store import Index
from tracer.match.candidates import Candidate, candidates
from tracer.match.closely import Gone, asks_for_more, span_of
from tracer.match.examine import Subject
from tracer.match.explain import explain_pair
from tracer.match.find import CloserLooks, Finding, by_video
from tracer.match.searched import Searched, film_of, from_fingerprints
from tracer.match.twice import look_twice
from tracer.model import Findings, Fingerprint, Match, PairReport, SoundOnly, Unchecked
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.looking import decoded, outcomes, with_found
from tracer.pipeline.working import Workers
from tracer.settings import MatchSettings, Settings


@dataclass(frozen=True, slots=True)
class CloserLook:
    """What does one video of the index have to do with a query, seen with its own file?"""

    index: Path
    query: Path  # where it travels
    sha256: str
    candidates: tuple[Candidate, ...]
    videos: int  # how many are searched
    settings: Settings

    def __call__(self) -> Finding | Gone | None:
        """Look at the video; runs in a worker. None where nothing is shared."""
        query = decoded(self.query, self.settings)
        with Index.open(self.index) as index:
            path = index.file_at_hand(self.sha256)
            if path is None:
                return Gone(self.sha256)
            stored = index.fingerprint(self.sha256)
            video = index.video(self.sha256).video
        mine = self.settings.match
        span = span_of(self.candidates, query.fingerprint, stored, mine)
        closer = take_closely(path, video, stored, self.settings, span)
        other = Subject(closer, partial(film_of, closer))
        subject = Subject(query.fingerprint, lambda: query.film)
        found = compare_closely(subject, other, self.videos, mine)
        if not isinstance(found, Match):
            return found
        side = Side(video, closer, other.film, path=path)
        return compared(found, query, side, self.settings)


@dataclass(frozen=True, slots=True)
class CloserReport:
    """Why do a query and one video of the index match or not, seen with its own file?"""

    index: Path
    query: Path  # where it travels
    path: Path  # of the indexed video
    sha256: str
    videos: int
    settings: Settings

    def __call__(self) -> PairReport:
        """Compare the two; runs in a worker."""
        query = decoded(self.query, self.settings)
        with Index.open(self.index) as index:
            stored, video = index.fingerprint(self.sha256), index.video(self.sha256).video
        mine = self.settings.match
        named = candidates(query.fingerprint, query.film, from_fingerprints([stored]), mine)
        span = span_of(tuple(named), query.fingerprint, stored, mine)
        closer = take_closely(self.path, video, stored, self.settings, span)
        pair = (query.video, query.fingerprint), (video, closer)
        return explain_pair(*pair, self.settings, self.videos, closely=True)


def with_same_sound(
    findings: Findings,
    query: Fingerprint,
    message: Path,
    index: Index,
    pool: Workers,
    videos: int,
    settings: Settings,
    failed: list[Unchecked],
) -> Findings:
    """Return the findings with what shares sound and, looked at closely, the picture as well.

    A hard crop may have no feature in common with what the index keeps of its source, and the same
    sound. The picture alone decides.
    """
    mine = settings.match
    if not findings.same_sound or not asks_for_more(query, findings.matches, mine):
        return findings
    tasks = [
        CloserLook(index.path, message, one.sha256, (_where(one),), videos, settings)
        for one in findings.same_sound[: mine.closer_sounds]
    ]
    found = [one for one in outcomes(pool, tasks, failed) if isinstance(one, Match)]
    return with_found(findings, found)


def _where(one: SoundOnly) -> Candidate:
    """Return where a video's sound says that its picture would lie."""
    longest = max(one.segments, key=lambda part: part.query_end - part.query_start)
    return Candidate(0, False, moments=[(longest.query_start, longest.match_start)])


def compare_closely(
    query: Subject, other: Subject, videos: int, settings: MatchSettings
) -> Finding | None:
    """Look at one video that is the only one searched; None where nothing at all is shared."""
    alone = from_fingerprints([other.fingerprint])
    named = candidates(query.fingerprint, query.film, alone, settings)
    groups = by_video(named)
    return look_twice(query, other, groups[0], videos, settings) if groups else None


def closely_side_by_side(
    pool: Workers,
    index: Index,
    message: Path,
    searched: Searched,
    settings: Settings,
    failed: list[Unchecked],
) -> CloserLooks:
    """Return what looks closer in the workers of a pool; failures are added to ``failed``.

    ``message`` is where the query travels, as :func:`~tracer.pipeline.looking.travelling` wrote it.
    """

    def looks(asked: Sequence[tuple[Candidate, ...]]) -> Iterator[Finding | Gone]:
        tasks = (
            CloserLook(
                index.path,
                message,
                searched.sha256s[some[0].ordinal],
                some,
                len(searched),
                settings,
            )
            for some in asked
        )
        return (one for one in outcomes(pool, tasks, failed) if one is not None)

    return looks
