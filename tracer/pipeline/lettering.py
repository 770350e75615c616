"""What was read, laid over what was matched: subtitles side by side, marks that point elsewhere.

Text is laid over matches when these are read, so that a video read later changes them at once and
no pair has to be compared again. The direction is weighed anew where the text changed the edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from tracer.compare.tracks import lettered
from tracer.compare.written import likeness_beneath
from tracer.errors import ExternalError
from tracer.index.store import Index
from tracer.match.searched import film_of
from tracer.match.strips import Film
from tracer.model import (
    Clue,
    Fingerprint,
    IndexedVideo,
    Match,
    TextLine,
    TextTrack,
    Unchecked,
    Video,
)
from tracer.pipeline.reading import NOT_READ, STAGE, ReadTask
from tracer.pipeline.searching import Query
from tracer.pipeline.working import Workers, begun
from tracer.settings import Settings
from tracer.text.marks import clues_of, clues_of_posts
from tracer.trace import direction
from tracer.workers import Failure

_FILMS_KEPT = 16  # decoded at a time; a minute is 2 MB


class Tracks:
    """The tracks of an index's videos, each read from the file once; and their films."""

    def __init__(self, index: Index) -> None:
        """Start with none read."""
        self._index = index
        self._known: dict[str, TextTrack | None] = {}
        self.film = lru_cache(_FILMS_KEPT)(self._film)

    def _film(self, sha256: str) -> Film:
        return film_of(self._index.fingerprint(sha256))

    def __getitem__(self, sha256: str) -> TextTrack | None:
        if sha256 not in self._known:
            self._known[sha256] = self._index.text(sha256)
        return self._known[sha256]

    def unread(self, sha256s: Iterable[str]) -> tuple[Unchecked, ...]:
        """Return which videos were not read, and what of the others could not be."""
        told: list[Unchecked] = []
        for sha256 in sorted(sha256s):
            track = self[sha256]
            told += [Unchecked(sha256, STAGE, NOT_READ)] if track is None else track.unchecked
        return tuple(told)


def with_text(
    matches: Iterable[Match], tracks: Tracks, videos: Mapping[str, Video], settings: Settings
) -> list[Match]:
    """Return matches of the index with their tracks side by side and what these tell."""
    return [
        _told(
            match,
            (tracks[match.query_sha256], tracks[match.sha256]),
            (videos[match.query_sha256], videos[match.sha256]),
            partial(_films, match, tracks),
            settings,
        )
        for match in matches
    ]


def _films(match: Match, tracks: Tracks, query: Fingerprint | None = None) -> tuple[Film, Film]:
    """Return the films of a match; of a query that need not be in the index by its fingerprint."""
    here = tracks.film(match.query_sha256) if query is None else film_of(query)
    return here, tracks.film(match.sha256)


def _told(
    match: Match,
    tracks: tuple[TextTrack | None, TextTrack | None],
    videos: tuple[Video, Video],
    films: Callable[[], tuple[Film, Film]],
    settings: Settings,
) -> Match:
    """Lay the tracks over a match; the films are decoded only where the pictures must be asked."""

    def beneath(line: TextLine, of_query: bool) -> float | None:
        return likeness_beneath(line, of_query, match, films(), settings.compare)

    told = lettered(match, *tracks, settings.text, beneath)
    if told.edits == match.edits:
        return told
    return direction.judged(told, *videos, settings.trace)


class Asked:
    """The text of a query: from the index where it is there, else read while it is matched."""

    def __init__(
        self, pool: Workers, index: Index, query: Query, settings: Settings, *, read: bool
    ) -> None:
        """Begin to read at once, in a worker."""
        assert query.video is not None
        self._query, self._settings = query, settings
        known = index.text(query.video.sha256) if index.has_video(query.video.sha256) else None
        self._track = known
        self._reading: Iterator[tuple[object, object]] | None = None
        if known is None and read:
            until = settings.text.query_longest
            self._reading = begun(pool.run([ReadTask(query.path, query.video, settings, until)]))
        self._failed = "" if known is not None or read else "was put off (--no-text)"

    def track(self) -> TextTrack | None:
        """Return what was read; None where that failed or was put off."""
        if self._reading is not None:
            for _, outcome in self._reading:
                if isinstance(outcome, TextTrack):
                    self._track = outcome
                elif isinstance(outcome, Failure):
                    if isinstance(outcome.error, ExternalError):
                        raise outcome.error
                    self._failed = f"failed: {outcome.reason}"
            self._reading = None
        return self._track

    def unchecked(self) -> tuple[Unchecked, ...]:
        """Return what of the query's text could not be read, and why."""
        track = self.track()
        if track is not None:
            return track.unchecked
        reason = f"reading what is written in the picture {self._failed}"
        return (Unchecked(self._query.name, STAGE, reason),)

    def laid_over(
        self, matches: Sequence[Match], tracks: Tracks, videos: Mapping[str, Video]
    ) -> tuple[Match, ...]:
        """Return the query's matches with both tracks side by side."""
        assert self._query.video is not None
        assert self._query.fingerprint is not None
        own, asked = self._query.video, self._query.fingerprint
        return tuple(
            _told(
                match,
                (self.track(), tracks[match.sha256]),
                (own, videos[match.sha256]),
                partial(_films, match, tracks, asked),
                self._settings,
            )
            for match in matches
        )


def clues(
    videos: Iterable[IndexedVideo], tracks: Mapping[str, TextTrack | None] | Tracks
) -> tuple[Clue, ...]:
    """Return what the frames and posts of some videos point to."""
    found: list[Clue] = []
    for video in videos:
        sha256 = video.video.sha256
        track = tracks[sha256]
        found += clues_of(track.lines, sha256) if track is not None else ()
        found += clues_of_posts(video.posts, sha256)
    return tuple(found)
