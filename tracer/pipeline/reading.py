"""Videos of the index whose text was put off -> their lines of text.

1. Name what was not read yet, or what is asked for.
2. Read each in a worker that can be killed; what has no file at hand is noted.
3. Store each as it is finished: broken off, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.model import TextTrack, Unchecked, Video
from tracer.pipeline.working import usable_cores
from tracer.settings import DEFAULT, Settings
from tracer.workers import Failure, Limits, Pool

STAGE = "text"
NOT_READ = "what is written in the picture was not read yet: tracer text"


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """One video that is settled."""

    subject: str
    done: int
    total: int
    seconds: float = 0.0  # of video
    reason: str = ""  # why it could not be read


@dataclass(frozen=True, slots=True)
class TextsRead:
    """What a run has read."""

    videos: int
    lines: int
    seconds_of_video: float
    failed: tuple[Unchecked, ...]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """One file to read; called in a worker."""

    path: str
    video: Video
    settings: Settings
    until: float | None = None  # seconds of video after which to stop

    def __call__(self) -> TextTrack:
        """Read the file."""
        from tracer.media.frames import DecodeLog, sampled_frames
        from tracer.text.reading import Reader

        reader = Reader(self.video, self.path, self.settings.text)
        for frame in sampled_frames(Path(self.path), DecodeLog(), self.settings.media):
            if self.until is not None and frame.time > self.until:
                reason = f"what is written after {self.until:.0f} s was not read"
                return reader.track(Unchecked(self.path, STAGE, reason))
            reader.see(frame)
        return reader.track()


def _read(task: ReadTask) -> TextTrack:
    return task()


def read_texts(
    index: Index,
    names: Sequence[str] = (),
    settings: Settings = DEFAULT,
    jobs: int | None = None,
    on_event: Callable[[ReadProgress], None] = lambda event: None,
) -> TextsRead:
    """Read what is written in the named videos, or in all that were not read by this version."""
    from tracer.text.reading import reader_name

    left = index.unread(reader_name(settings.text))
    if names:
        wanted = list(dict.fromkeys(index.find(name) for name in names))
        left = [sha256 for sha256 in wanted if sha256 in set(left)]
    failed: list[Unchecked] = []
    videos = lines = 0
    seconds = 0.0

    def fail(subject: str, sha256: str, reason: str) -> None:
        failed.append(Unchecked(subject, STAGE, reason))
        index.add_unchecked(Unchecked(sha256, STAGE, reason))
        on_event(ReadProgress(subject, videos + len(failed), len(left), reason=reason))

    def tasks() -> Iterator[ReadTask]:
        for sha256 in left:
            path = index.file_at_hand(sha256)
            if path is None:
                fail(sha256, sha256, "no file of this video is at hand to read")
            else:
                yield ReadTask(str(path), index.video(sha256).video, settings)

    limits = Limits(settings.media.decode_timeout, settings.media.decode_memory)
    with Pool(_read, jobs or usable_cores(), limits) as pool:
        for task, outcome in pool.run(tasks()):
            if isinstance(outcome, Failure):
                if isinstance(outcome.error, ExternalError):  # nothing else will work
                    raise outcome.error
                reason = outcome.reason.removeprefix(f"{task.path}: ")
                fail(task.path, task.video.sha256, reason)
                continue
            with index.transaction():
                index.add_text(task.video.sha256, outcome)
                index.clear_unchecked(task.video.sha256, STAGE)
            videos, lines = videos + 1, lines + len(outcome.lines)
            seconds += task.video.duration
            done = videos + len(failed)
            on_event(ReadProgress(task.path, done, len(left), task.video.duration))
    return TextsRead(videos, lines, seconds, tuple(failed))
