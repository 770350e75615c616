"""The index as matching sees it, and queries as matching asks them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.collect import media_files, sidecars
from tracer.collect.urls import Wanted
from tracer.compare.same_sound import Sounds
from tracer.errors import ExternalError, MediaError, SourceError, TracerError, UsageError
from tracer.fingerprint.take import ALGORITHM, take_query
from tracer.index.search_files import searched_index
from tracer.index.segment import starts_of
from tracer.index.sound_search import SoundTable
from tracer.index.store import Index
from tracer.match.searched import Searched, searched
from tracer.media.digest import sha256_of
from tracer.media.probe import probe
from tracer.media.sound import SILENT
from tracer.model import Fingerprint, Post, Unchecked, Video
from tracer.pipeline.working import Workers
from tracer.settings import Settings
from tracer.workers import Failure

STAGE = "read"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked about, or why it can't be."""

    name: str  # as the user named it
    path: str
    video: Video | None = None
    fingerprint: Fingerprint | None = None
    posts: tuple[Post, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SearchTables:
    """An index as matching sees it."""

    pictures: Searched
    sounds: Sounds
    gaps: tuple[Unchecked, ...]  # what of the index can't be searched by this version


def search_tables(index: Index, settings: Settings, up_to: int | None = None) -> SearchTables:
    """Return the tables of an index; with `up_to`, of only what had arrived by then.

    The search files beside the index are used, and brought up to date first.
    """
    known = searched_index(index, ALGORITHM, settings.index, up_to)
    pictures = searched(known.segments, index.fingerprint, known.gone)
    parts = list(
        zip(starts_of(known.segments), (one.sounds for one in known.segments), strict=True)
    )
    sounds = SoundTable(parts, SILENT, known.gone)
    gap = Unchecked(
        str(index.path),
        "search",
        f"{known.others} videos were fingerprinted by another version and can't be compared; "
        "index them again",
    )
    return SearchTables(
        pictures, Sounds(sounds, pictures.sha256s, index.sound), (gap,) if known.others else ()
    )


def read_queries(
    pool: Workers,
    index: Index,
    names: Sequence[str],
    settings: Settings,
    wanted: Wanted | None = None,
) -> Iterator[Query]:
    """Yield each query with its fingerprint, in the order named, decoded side by side.

    Addresses are downloaded first, as ``wanted``.

    Raises :class:`UsageError` where one does not exist, before any is read.
    """
    for name in names:
        if not media_files.is_url(name) and not Path(name).exists():
            raise UsageError(f"{name}: no such file")
    settled: dict[int, Query] = {}
    turn = 0
    for task, outcome in pool.run(_tasks(index, names, settings, settled, wanted)):
        assert isinstance(task, _Task)
        settled[task.place] = _outcome(task, outcome)
        while turn in settled:
            yield settled.pop(turn)
            turn += 1
    for place in sorted(settled):
        yield settled[place]


@dataclass(frozen=True, slots=True)
class _Task:
    place: int
    name: str
    path: str
    posts: tuple[Post, ...]
    settings: Settings

    def __call__(self) -> tuple[Video, Fingerprint]:
        """Read the query; runs in a worker."""
        path = Path(self.path)
        if not path.is_file():
            raise MediaError(f"{path}: is not a regular file")
        if path.stat().st_size == 0:
            raise MediaError(f"{path}: the file is empty")
        video = probe(path, sha256_of(path), self.settings.media)
        return video, take_query(path, video, self.settings)


def _tasks(
    index: Index,
    names: Sequence[str],
    settings: Settings,
    settled: dict[int, Query],
    wanted: Wanted | None,
) -> Iterator[_Task]:
    for place, name in enumerate(names):
        try:
            path, posts = _local(index, name, settings, wanted)
        except (SourceError, ExternalError) as error:
            settled[place] = _unread(name, name, _reason(error, name), "download")
        else:
            yield _Task(place, name, path, posts, settings)


def _local(
    index: Index, name: str, settings: Settings, wanted: Wanted | None
) -> tuple[str, tuple[Post, ...]]:
    """Return where a query lies, downloaded first if it is an address, and its posts if so."""
    if not media_files.is_url(name):
        return name, ()
    from tracer.collect.urls import file_of

    path = file_of(name, index.path, settings, wanted)
    found = [beside for beside in sidecars.beside(Path(path)) if beside.is_file()]
    return path, tuple(post for beside in found for post in sidecars.read(beside, settings))


def _outcome(task: _Task, outcome: tuple[Video, Fingerprint] | Failure) -> Query:
    if isinstance(outcome, Failure):
        if isinstance(outcome.error, ExternalError):
            raise outcome.error
        return _unread(task.name, task.path, outcome.reason.removeprefix(f"{task.path}: "), STAGE)
    video, fingerprint = outcome
    return Query(
        task.name, task.path, video, fingerprint, task.posts, unchecked=fingerprint.unchecked
    )


def _unread(name: str, path: str, reason: str, stage: str) -> Query:
    return Query(name, path, unchecked=(Unchecked(name, stage, reason),))


def _reason(error: TracerError, subject: str) -> str:
    return str(error).removeprefix(f"{subject}: ")
