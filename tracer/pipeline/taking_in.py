"""Files and addresses -> videos, posts and fingerprints in the index.

1. A file that is known by path, size and time costs a look-up; what else is named is put into the
   index's queue, where it waits, whatever happens to this process.
2. A few at a time are claimed; an address is downloaded, and its files are put into the queue.
3. Bytes that are known under another path cost their SHA-256.
4. What is left is decoded, each file in a worker that can be killed.
5. The parent alone writes, one transaction a video, which settles its work in the queue as well:
   whenever it ends, what was finished is kept, and what was in flight waits again.

A sidecar beside a file is read whenever it is new or has changed, however well the file is known.
What can't be read is noted as unchecked, and the rest goes on.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from tracer.collect import media_files, sidecars
from tracer.collect.media_files import Inputs
from tracer.collect.urls import Arrived, Wanted
from tracer.errors import ExternalError, MediaError, SourceError, TracerError
from tracer.index.queue import Work
from tracer.index.store import Index
from tracer.model import Fingerprint, Post, TextTrack, Unchecked, Video
from tracer.pipeline.working import usable_cores
from tracer.settings import DEFAULT, Settings
from tracer.workers import Failure, Limits, Pool

STAGE = "read"
DOWNLOAD = "download"
_AT_ONCE = 500  # names that are looked up before what is unknown of them is put into the queue

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
    note: str = ""  # how far a download has come


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking in has brought."""

    new: int = 0  # videos that the index did not hold
    known: int = 0  # files whose bytes it held already
    failed: tuple[Unchecked, ...] = ()  # what could not be taken in or only in part, sorted
    files: int = 0  # files looked at
    seconds_of_video: float = 0.0  # of the new videos
    posts: int = 0  # posts that the index did not hold
    as_before: int = 0  # of what failed: files that failed before, have not changed, were not read


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was when its bytes were read."""

    path: str
    size: int
    mtime_ns: int
    work: Work | None = None  # what it settles in the queue

    @classmethod
    def at(cls, path: str, work: Work | None = None) -> _File:
        status = Path(path).stat()
        return cls(path, status.st_size, status.st_mtime_ns, work)


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is sent."""

    path: str
    sha256: str
    settings: Settings
    read_text: bool = False


Taken = tuple[Video, Fingerprint, TextTrack | None]


def fingerprint_file(task: Task) -> Taken:
    """Probe, fingerprint and read one file, decoded once; runs in a worker."""
    from tracer.fingerprint.take import take
    from tracer.media.probe import probe

    path = Path(task.path)
    video = probe(path, task.sha256, task.settings.media)
    if not task.read_text:
        return video, take(path, video, task.settings), None
    from tracer.text.reading import Reader  # its networks take a while to load

    reader = Reader(video, task.path, task.settings.text)
    fingerprint = take(path, video, task.settings, reader.see)
    return video, fingerprint, reader.track()


def take_in(
    index: Index,
    inputs: Sequence[str] | Inputs = (),
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    on_event: Callable[[Progress], None] = lambda event: None,
    wanted: Wanted | None = None,
    *,
    rehash: bool = False,
    resume: bool = True,
    read_text: bool = True,
) -> TakenIn:
    """Take videos and their posts into the index; safe to repeat and to break off.

    What an earlier run has left waiting is taken in too, unless ``resume`` is off. ``rehash`` reads
    also the files whose path, size and time are known. With ``read_text`` off, what is written in
    the pictures is left for :func:`tracer.pipeline.reading.read_texts`. Raises
    :class:`UsageError` where something named does not exist, before anything is done.
    """
    given = Inputs((), (), ())
    if isinstance(inputs, Inputs):
        given = inputs
    elif inputs:
        given = media_files.gather(inputs, settings.collect)
    total = len(given.files) + len(given.refused)
    run = _Run(index, settings, on_event, resume, total, read_text)
    for refused in given.refused:
        run.fail(refused)
    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    width = jobs or usable_cores()
    try:
        run.name(given, rehash, wanted)
        with (
            Pool(fingerprint_file, width, limits) as pool,
            closing(run.to_decode(width)) as tasks,
        ):
            for task, outcome in pool.run(tasks):
                run.finish(task, outcome)
    finally:
        run.end()
    return run.summary()


@dataclass
class _Run:
    """The state of one run; of this process, it alone writes to the index."""

    index: Index
    settings: Settings
    on_event: Callable[[Progress], None]
    resume: bool
    total: int
    read_text: bool = True
    done: int = 0
    new: int = 0
    known: int = 0
    posts: int = 0
    as_before: int = 0
    seconds: float = 0.0
    failed: list[Unchecked] = field(default_factory=list)
    waiting: dict[str, list[_File]] = field(default_factory=dict)  # by SHA-256, being decoded
    failed_before: set[tuple[str, str]] = field(init=False)  # subject, stage

    def __post_init__(self) -> None:
        self.failed_before = {(one.subject, one.stage) for one in self.index.unchecked()}

    def name(self, given: Inputs, rehash: bool, wanted: Wanted | None) -> None:
        """Settle what is known by path, size and time, and let the rest wait in the queue."""
        queue = self.index.queue
        queue.begin_naming()
        self.index.keep_names(given.names)
        files = iter(given.files)
        while batch := list(islice(files, _AT_ONCE)):
            fresh = queue.first_named(batch)
            unknown = fresh if rehash else [path for path in fresh if not self._settled(path)]
            if unknown:
                queue.put("file", unknown, {"rehash": True} if rehash else None)
        if given.urls:
            urls = queue.first_named(given.urls)
            queue.put("address", urls, wanted.told() if wanted else None)

    def to_decode(self, jobs: int) -> Generator[Task, None, None]:
        """Claim what waits, settle what is known and yield the rest for the workers."""
        queue = self.index.queue
        while works := queue.take(jobs, only_named=not self.resume):
            under_way = len(works) + sum(map(len, self.waiting.values()))
            left = queue.waiting(only_named=not self.resume)
            self.total = self.done + under_way + left
            for work in works:
                if work.kind == "address":
                    self._download(work)
                    continue
                task = self._begin(work)
                if task is not None:
                    yield task

    def end(self) -> None:
        """Give back what was claimed; where even that fails, the next run finds us dead."""
        with suppress(TracerError):
            self.index.queue.end()

    def _settled(self, path: str) -> bool:
        """Settle a file that is as it was when its bytes were read."""
        try:
            file = _File.at(path)
        except OSError:
            return False  # told when its turn comes
        sha256 = self.index.known_file(file.path, file.size, file.mtime_ns)
        if sha256 is not None:
            self._settle_known(file, sha256)
            return True
        reason = self.index.queue.failure_of(file.path, file.size, file.mtime_ns)
        if reason is None:
            return False
        self.done += 1
        self.as_before += 1
        self.failed.append(Unchecked(path, STAGE, reason))
        self._tell("failed", path, reason=reason)
        return True

    def _download(self, work: Work) -> None:
        """Download an address and let its files wait.

        A list of which some entries did not come has failed: its files are taken in, and trying
        it again fetches what is missing.
        """
        from tracer.pipeline.downloading import download

        url = work.name
        self._tell("downloading", url)
        try:
            wanted = Wanted.of(work.options)
            fetched = download(self.index, url, self.settings, wanted, partial(self._arriving, url))
        except (SourceError, ExternalError) as error:
            self._fail_work(work, DOWNLOAD, _reason(error, url))
            return
        files = self.index.queue.first_named(fetched.files)
        entries = [one for one in fetched.failed if one.subject != url]
        whole = [one.reason for one in fetched.failed if one.subject == url]
        if entries:
            whole.append(f"{len(entries)} entries did not come; tracer retry fetches them")
        with self.index.transaction(noted=False):
            self.index.queue.put("file", files)
            for entry in entries:
                self._note(entry)
            if whole:
                self._fail_work(work, DOWNLOAD, "; ".join(whole))
            else:
                self._overcome(url, DOWNLOAD)
                self.index.queue.done([work])

    def _arriving(self, url: str, arrived: Arrived) -> None:
        size = f" of {arrived.total / 1e6:.1f}" if arrived.total else ""
        self._tell("downloading", url, note=f"{arrived.done / 1e6:.1f}{size} MB")

    def _begin(self, work: Work) -> Task | None:
        """Settle a file whose bytes are known or under way; return a task for any other."""
        try:
            return self._settle_if_known(_File.at(work.name, work))
        except OSError as error:
            self._fail_work(work, STAGE, f"can't be read ({error.strerror})")
        except MediaError as error:
            self._fail_work(work, STAGE, _reason(error, work.name))
        return None

    def _settle_if_known(self, file: _File) -> Task | None:
        from tracer.media.digest import sha256_of

        assert file.work is not None
        sha256 = None
        if not file.work.options.get("rehash"):
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
                return Task(file.path, sha256, self.settings, self.read_text)
            self.index.add_file(sha256, file.path, file.size, file.mtime_ns)
            self._take_waiting(sha256, [file.path])
        self._settle_known(file, sha256)
        return None

    def finish(self, task: Task, outcome: Taken | Failure) -> None:
        """Store what a worker brought, or note why it brought nothing."""
        files = self.waiting.pop(task.sha256)
        if isinstance(outcome, Failure):
            _raise_if_no_files_fault(outcome, self.index.path)
            reason = outcome.reason.removeprefix(f"{task.path}: ")
            for file in files:
                self._fail_content(file, reason, lasting=not isinstance(outcome.error, OSError))
            return
        if _changed(files[0]):  # what was decoded may not be what was hashed
            for file in files:
                self._fail_content(file, "was changed while it was read; run again", lasting=False)
            return
        video, fingerprint, text = outcome
        with self.index.transaction():
            self.index.keep_settings(self.settings.digest(), self.settings.stated())
            new = self.index.add(video, fingerprint, self.settings.digest())
            if text is not None:
                self.index.add_text(task.sha256, text)
            for file in files:
                self.index.add_file(task.sha256, file.path, file.size, file.mtime_ns)
                self._overcome(file.path, STAGE, media_files.STAGE)
                self._take_sidecars(file.path, task.sha256)
            self._take_waiting(task.sha256, [file.path for file in files])
            for part in fingerprint.unchecked:
                self._note(part)
            seconds = video.duration if new else 0.0
            self.index.queue.done([file.work for file in files if file.work], seconds)
        self.new += new
        self.seconds += seconds
        self.known += len(files) - new
        for ordinal, file in enumerate(files):
            self.done += 1
            first = new and ordinal == 0
            self._tell("new" if first else "known", file.path, seconds if first else 0.0)

    def fail(self, unchecked: Unchecked) -> None:
        """Note a file that could not be taken in."""
        self.done += 1
        self.failed.append(unchecked)
        self.index.add_unchecked(unchecked)
        self._tell("failed", unchecked.subject, reason=unchecked.reason)

    def _fail_work(self, work: Work, stage: str, reason: str) -> None:
        with self.index.transaction():
            self.index.queue.failed(work)
            self.fail(Unchecked(work.name, stage, reason))

    def _fail_content(self, file: _File, reason: str, lasting: bool) -> None:
        """Note that a file's content failed; if lastingly, it is not read again unasked."""
        assert file.work is not None
        stamp = (file.size, file.mtime_ns) if lasting else ()
        with self.index.transaction():
            self.index.queue.failed(file.work, *stamp)
            self.fail(Unchecked(file.path, STAGE, reason))

    def summary(self) -> TakenIn:
        """Return what the run has brought."""
        return TakenIn(
            new=self.new,
            known=self.known,
            failed=tuple(sorted(self.failed, key=lambda one: (one.subject, one.stage))),
            files=self.done,
            seconds_of_video=self.seconds,
            posts=self.posts,
            as_before=self.as_before,
        )

    def _settle_known(self, file: _File, sha256: str) -> None:
        self._take_sidecars(file.path, sha256)
        self._overcome(file.path, STAGE, media_files.STAGE)
        if file.work is not None:
            self.index.queue.done([file.work])
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

    def _tell(
        self, kind: Kind, subject: str, seconds: float = 0.0, reason: str = "", note: str = ""
    ) -> None:
        name = self.index.name_of(subject)
        self.on_event(Progress(kind, name, self.done, self.total, seconds, reason, note))


def _raise_if_no_files_fault(failure: Failure, index: Path) -> None:
    """Raise what no other file would fare better with: no ffmpeg, no space."""
    error = failure.error
    if isinstance(error, ExternalError):
        raise error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise ExternalError(
            f"{index}: no space left on the disk while files were read; free some and run again "
            "(what was finished is kept)"
        ) from error


def _changed(file: _File) -> bool:
    try:
        status = Path(file.path).stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (file.size, file.mtime_ns)


def _reason(error: TracerError, subject: str) -> str:
    """Return an error's words without the subject that is stored beside them."""
    return str(error).removeprefix(f"{subject}: ")
