"""Files and addresses -> videos, posts and fingerprints in the index.

1. What is named becomes a list of files; addresses are downloaded into files first.
2. A file that is known by path, size and time costs a look-up.
3. Bytes that are known under another path cost their SHA-256.
4. What is left is decoded, each file in a worker that can be killed.
5. The parent alone writes, one transaction a video: whenever it ends, what was finished is kept.

A sidecar beside a file is read whenever it is new or has changed, however well the file is known.
What can't be read is noted as unchecked, and the rest goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tracer.collect import media_files, sidecars
from tracer.collect.media_files import Inputs
from tracer.errors import ExternalError, MediaError, SourceError, TracerError
from tracer.index.store import Index
from tracer.model import Fingerprint, Post, Unchecked, Video
from tracer.settings import DEFAULT, Settings
from tracer.workers import Failure, Limits, Pool

STAGE = "read"
DOWNLOAD = "download"

Kind = Literal["known", "new", "failed", "downloading", "note"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of taking in: enough to draw a bar and to say what went wrong."""

    kind: Kind
    subject: str  # the path or address concerned
    done: int  # files that are settled
    total: int
    seconds: float = 0.0  # of video, for a new one
    reason: str = ""  # why it failed, or what is to be noted


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking in has brought."""

    new: int = 0  # videos that the index did not hold
    known: int = 0  # files whose bytes it held already
    failed: tuple[Unchecked, ...] = ()  # what could not be taken in or only in part, sorted
    files: int = 0  # files looked at
    seconds_of_video: float = 0.0  # of the new videos
    posts: int = 0  # posts that the index did not hold


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was when its bytes were read."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker is sent."""

    path: str
    sha256: str
    settings: Settings


def fingerprint_file(task: _Task) -> tuple[Video, Fingerprint]:
    """Probe and fingerprint one file; runs in a worker."""
    from tracer.fingerprint.take import take
    from tracer.media.probe import probe

    path = Path(task.path)
    video = probe(path, task.sha256, task.settings.media)
    return video, take(path, video, task.settings)


def take_in(
    index: Index,
    inputs: Sequence[str] | Inputs,
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    on_event: Callable[[Progress], None] = lambda event: None,
    any_site: bool = False,
) -> TakenIn:
    """Take videos and their posts into the index; safe to repeat and to break off.

    Raises :class:`UsageError` where something named does not exist, before anything is done.
    """
    given = inputs if isinstance(inputs, Inputs) else media_files.gather(inputs, settings.collect)
    run = _Run(index, settings, on_event, total=len(given.files) + len(given.refused))
    for refused in given.refused:
        run.fail(refused)
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    with (
        Pool(fingerprint_file, jobs or usable_cores(), limits) as pool,
        closing(run.to_decode(run.with_downloads(given, any_site))) as tasks,
    ):
        for task, outcome in pool.run(tasks):
            run.finish(task, outcome)
    return run.summary()


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Run:
    """The state of one run; it writes to the index, nobody else does."""

    index: Index
    settings: Settings
    on_event: Callable[[Progress], None]
    total: int
    done: int = 0
    new: int = 0
    known: int = 0
    posts: int = 0
    seconds: float = 0.0
    failed: list[Unchecked] = field(default_factory=list)
    waiting: dict[str, list[_File]] = field(default_factory=dict)  # by SHA-256, being decoded
    failed_before: set[tuple[str, str]] = field(init=False)  # subject, stage

    def __post_init__(self) -> None:
        self.failed_before = {(one.subject, one.stage) for one in self.index.unchecked()}

    def with_downloads(self, given: Inputs, any_site: bool) -> Iterator[str]:
        """Yield the files named, then what the addresses lead to."""
        yield from given.files
        for url in given.urls:
            self._tell("downloading", url)
            from tracer.collect.urls import fetch  # yt-dlp takes a while to import

            try:
                found = fetch(url, self.index.path, self.settings, any_site)
            except (SourceError, ExternalError) as error:
                self.total += 1
                self.fail(Unchecked(url, DOWNLOAD, _reason(error, url)))
                continue
            self._overcome(url, DOWNLOAD)
            self.total += len(found)
            yield from found

    def to_decode(self, paths: Iterator[str]) -> Generator[_Task, None, None]:
        """Settle what is known and yield the rest for the workers."""
        for path in paths:
            try:
                status = Path(path).stat()
                file = _File(path, status.st_size, status.st_mtime_ns)
                task = self._settle_if_known(file)
            except OSError as error:
                self.fail(Unchecked(path, STAGE, f"can't be read ({error.strerror})"))
            except MediaError as error:
                self.fail(Unchecked(path, STAGE, _reason(error, path)))
            else:
                if task is not None:
                    yield task

    def _settle_if_known(self, file: _File) -> _Task | None:
        """Settle a file whose bytes are known or under way; return a task for any other."""
        from tracer.media.digest import sha256_of

        sha256 = self.index.known_file(file.path, file.size, file.mtime_ns)
        if sha256 is None:
            if file.size == 0:
                raise MediaError(f"{file.path}: the file is empty")
            sha256 = sha256_of(Path(file.path))
            if sha256 in self.waiting:
                self.waiting[sha256].append(file)
                return None
            if not self.index.has_video(sha256):
                self.waiting[sha256] = [file]
                return _Task(file.path, sha256, self.settings)
            self.index.add_file(sha256, file.path, file.size, file.mtime_ns)
            self._settle_known(file, sha256)
            self._take_waiting(sha256, [file.path])
            return None
        self._settle_known(file, sha256)
        return None

    def finish(self, task: _Task, outcome: tuple[Video, Fingerprint] | Failure) -> None:
        """Store what a worker brought, or note why it brought nothing."""
        files = self.waiting.pop(task.sha256)
        if isinstance(outcome, Failure):
            if isinstance(outcome.error, ExternalError):  # no file's fault: nothing else will work
                raise outcome.error
            for file in files:
                reason = outcome.reason.removeprefix(f"{task.path}: ")
                self.fail(Unchecked(file.path, STAGE, reason))
            return
        if _changed(files[0]):  # what was decoded may not be what was hashed
            for file in files:
                self.fail(Unchecked(file.path, STAGE, "was changed while it was read; run again"))
            return
        video, fingerprint = outcome
        with self.index.transaction():
            self.index.add(video, fingerprint, self.settings.digest())
            for file in files:
                self.index.add_file(task.sha256, file.path, file.size, file.mtime_ns)
                self._overcome(file.path, STAGE, media_files.STAGE)
                self._take_sidecars(file.path, task.sha256)
            self._take_waiting(task.sha256, [file.path for file in files])
            for part in fingerprint.unchecked:
                self._note(part)
        self.new += 1
        self.seconds += video.duration
        self.known += len(files) - 1
        for ordinal, file in enumerate(files):
            self.done += 1
            first = ordinal == 0
            self._tell("new" if first else "known", file.path, video.duration if first else 0.0)

    def fail(self, unchecked: Unchecked) -> None:
        """Note a file that could not be taken in."""
        self.done += 1
        self.failed.append(unchecked)
        self.index.add_unchecked(unchecked)
        self._tell("failed", unchecked.subject, reason=unchecked.reason)

    def summary(self) -> TakenIn:
        """Return what the run has brought."""
        return TakenIn(
            new=self.new,
            known=self.known,
            failed=tuple(sorted(self.failed, key=lambda one: (one.subject, one.stage))),
            files=self.done,
            seconds_of_video=self.seconds,
            posts=self.posts,
        )

    def _settle_known(self, file: _File, sha256: str) -> None:
        self._take_sidecars(file.path, sha256)
        self._overcome(file.path, STAGE, media_files.STAGE)
        self.known += 1
        self.done += 1
        self._tell("known", file.path)

    def _take_sidecars(self, media: str, sha256: str) -> None:
        """Store the posts of the sidecars beside a file, unless they are stored already."""
        from tracer.media.digest import sha256_of

        for path in sidecars.beside(Path(media)):
            name = str(path)
            try:
                status = path.stat()
            except OSError:
                self._overcome(name, sidecars.STAGE)  # it was broken and is gone
                continue
            stamp = (name, sha256, status.st_size, status.st_mtime_ns)
            if self.index.known_sidecar(*stamp):
                continue
            stated = self._read_sidecar(path)
            if stated is not None:
                with self.index.transaction():
                    self.posts += self.index.add_posts(sha256, stated, stated_by=name)
                    self.index.add_sidecar(*stamp, content=sha256_of(path))
                    self._overcome(name, sidecars.STAGE)

    def _take_waiting(self, sha256: str, paths: list[str]) -> None:
        """Give a video the posts of archives that wait for it."""
        self.posts += self.index.give_waiting(sha256, paths)

    def _read_sidecar(self, path: Path) -> tuple[Post, ...] | None:
        try:
            return sidecars.read(path, self.settings)
        except SourceError as error:
            self._note(Unchecked(str(path), sidecars.STAGE, _reason(error, str(path))))
            return None

    def _note(self, unchecked: Unchecked) -> None:
        """Note a part that could not be read of a video that was taken in."""
        self.failed.append(unchecked)
        self.index.add_unchecked(unchecked)
        self._tell("note", unchecked.subject, reason=unchecked.reason)

    def _overcome(self, subject: str, *stages: str) -> None:
        """Forget failures of earlier runs that no longer hold."""
        for stage in stages:
            if (subject, stage) in self.failed_before:
                self.index.clear_unchecked(subject, stage)
                self.failed_before.discard((subject, stage))

    def _tell(self, kind: Kind, subject: str, seconds: float = 0.0, reason: str = "") -> None:
        self.on_event(Progress(kind, subject, self.done, self.total, seconds, reason))


def _changed(file: _File) -> bool:
    try:
        status = Path(file.path).stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (file.size, file.mtime_ns)


def _reason(error: TracerError, subject: str) -> str:
    """Return an error's words without the subject that is stored beside them."""
    return str(error).removeprefix(f"{subject}: ")
