"""Close looks at videos of the index, side by side in workers.

1. The query travels to each worker once for each video, and is decoded there once.
2. A worker looks at one video; what turns out to be a match is compared there too: edits, sound,
   direction.
3. A look that fails is noted as unchecked, and the others go on.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.match.candidates import Candidate
from tracer.match.examine import Subject
from tracer.match.find import Finding, Looks, look
from tracer.match.searched import Searched, film_of
from tracer.model import Fingerprint, Match, Unchecked, Video
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.searching import Workers
from tracer.settings import Settings
from tracer.workers import Failure

STAGE = "match"


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing to do: a worker that is sent this has loaded by then what a look needs."""

    def __call__(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What does one video of the index have to do with a query?"""

    index: Path
    query: bytes  # a pickled `Asked`
    sha256: str
    candidates: tuple[Candidate, ...]
    videos: int  # how many are searched
    settings: Settings

    def __call__(self) -> Finding:
        """Look at the video; runs in a worker."""
        query = decoded(self.query, self.settings)
        with Index.open(self.index) as index:
            fingerprint = index.fingerprint(self.sha256)
            video = index.video(self.sha256).video
        subject = Subject(query.fingerprint, lambda: query.film)
        other = Subject(fingerprint, partial(film_of, fingerprint))
        found = look(subject, other, self.candidates, self.videos, self.settings.match)
        if not isinstance(found, Match):
            return found
        return compared(found, query, Side(video, fingerprint, other.film), self.settings)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A query as it travels to a worker."""

    video: Video
    fingerprint: Fingerprint
    path: Path


def side_by_side(
    pool: Workers,
    index: Index,
    message: bytes,
    searched: Searched,
    settings: Settings,
    failed: list[Unchecked],
) -> Looks:
    """Return what looks at videos in the workers of a pool; failures are added to ``failed``.

    ``message`` is the query as it travels: a pickled :class:`Asked`.
    """

    def looks(asked: Sequence[tuple[Candidate, ...]]) -> Iterator[Finding]:
        tasks = (
            Look(
                index.path,
                message,
                searched.sha256s[some[0].ordinal],
                some,
                len(searched),
                settings,
            )
            for some in asked
        )
        for task, outcome in pool.run(tasks):
            assert isinstance(task, Look)
            if not isinstance(outcome, Failure):
                yield outcome
            elif isinstance(outcome.error, ExternalError):  # no video's fault
                raise outcome.error
            else:
                failed.append(Unchecked(task.sha256, STAGE, outcome.reason))

    return looks


@lru_cache(maxsize=2)
def decoded(message: bytes, settings: Settings) -> Side:
    """Return a query that travelled to this worker, its film decoded once."""
    query: Asked = pickle.loads(message)
    return Side.of(query.video, query.fingerprint, query.path, settings)
