"""Close looks at videos of the index, side by side in workers.

1. The query lies in a file that each worker reads once.
2. A worker looks at one video; what turns out to be a match is compared there too: edits, sound,
   direction.
3. A look that fails is noted as unchecked, and the others go on.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar, cast

from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.match.candidates import Candidate
from tracer.match.examine import Subject
from tracer.match.find import Finding, Looks, look
from tracer.match.searched import Searched, film_of
from tracer.model import Findings, Fingerprint, Match, Unchecked, Video
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.working import Workers
from tracer.settings import Settings
from tracer.workers import Failure

STAGE = "match"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Look:
    """What does one video of the index have to do with a query?"""

    index: Path
    query: Path  # where it travels, as `travelling` wrote it
    sha256: str
    candidates: tuple[Candidate, ...]
    videos: int  # how many are searched
    settings: Settings

    def __call__(self) -> Finding:
        """Look at the video; runs in a worker."""
        mine = self.settings.match

        def looked(query: Subject, other: Subject) -> Finding:
            return look(query, other, self.candidates, self.videos, mine)

        return looked_at(self.query, self.index, self.sha256, self.settings, looked)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A query as it travels to a worker."""

    video: Video
    fingerprint: Fingerprint
    path: Path


@contextmanager
def travelling(query: Asked) -> Iterator[Path]:
    """Write a query where workers read it, and take it away afterwards.

    Sent with each look, the film of a minute (25 MB) would cost more than many a look.
    """
    with TemporaryDirectory(prefix="tracer-") as folder:
        path = Path(folder) / "query"
        path.write_bytes(pickle.dumps(query))
        yield path


def side_by_side(
    pool: Workers,
    index: Index,
    message: Path,
    searched: Searched,
    settings: Settings,
    failed: list[Unchecked],
) -> Looks:
    """Return what looks at videos in the workers of a pool; failures are added to ``failed``.

    ``message`` is where the query travels, as :func:`travelling` wrote it.
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
        return outcomes(pool, tasks, failed)

    return looks


class Task(Protocol):
    """A look at one video of the index."""

    @property
    def sha256(self) -> str:
        """The video that is looked at."""

    def __call__(self) -> Any:
        """Look at it; runs in a worker."""


def outcomes(pool: Workers, tasks: Iterable[Task], failed: list[Unchecked]) -> Iterator[Any]:
    """Yield what the looks found, as they end; those that fail are added to ``failed``."""
    for task, outcome in pool.run(tasks):
        if not isinstance(outcome, Failure):
            yield outcome
        elif isinstance(outcome.error, ExternalError):  # no video's fault
            raise outcome.error
        else:
            failed.append(Unchecked(cast(Task, task).sha256, STAGE, outcome.reason))


def with_found(findings: Findings, more: Sequence[Match]) -> Findings:
    """Return the findings with matches that a further look found, in the place of what was said."""
    new = {match.sha256 for match in more}
    kept = (match for match in findings.matches if match.sha256 not in new)
    return replace(
        findings,
        matches=tuple(sorted((*kept, *more), key=lambda one: (-one.score, one.sha256))),
        same_sound=tuple(one for one in findings.same_sound if one.sha256 not in new),
        same_scene=tuple(one for one in findings.same_scene if one.sha256 not in new),
        nearest=tuple(one for one in findings.nearest if one.sha256 not in new),
    )


# --- inside a worker ----------------------------------------------------------------------------


def looked_at(
    message: Path,
    path: Path,
    sha256: str,
    settings: Settings,
    looked: Callable[[Subject, Subject], Found],
) -> Found | Match:
    """Return what a look at one video found; a match with what was changed, sound and direction."""
    query = decoded(message, settings)
    with Index.open(path) as index:
        fingerprint = index.fingerprint(sha256)
        video = index.video(sha256).video
    subject = Subject(query.fingerprint, lambda: query.film)
    other = Subject(fingerprint, partial(film_of, fingerprint))
    found = looked(subject, other)
    if not isinstance(found, Match):
        return found
    with Index.open(path) as index:  # of the few that turn out to be matches
        file = index.file_at_hand(sha256)
    side = Side(video, fingerprint, other.film, path=file)
    return compared(found, query, side, settings)


@lru_cache(maxsize=2)
def decoded(message: Path, settings: Settings) -> Side:
    """Return a query that travelled to this worker, its film decoded once."""
    query: Asked = pickle.loads(message.read_bytes())
    return Side.of(query.video, query.fingerprint, query.path, settings)
