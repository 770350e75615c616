"""The index: one SQLite file with videos, posts, fingerprints and matches.

Each method that writes is one transaction and may be repeated without harm;
:meth:`Index.transaction` makes several of them one. Whatever ends the process, the file holds
every transaction that was finished and nothing of one that was not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from tracer.errors import IndexFileError, UsageError
from tracer.index import (
    accounts,
    custody,
    file,
    forgetting,
    health,
    matches,
    merged_logs,
    merging,
    moving,
    names,
    posts,
    reviews,
    staging,
    text_search,
    texts,
    videos,
    waiting,
)
from tracer.index.forgetting import Forgotten
from tracer.index.health import Health
from tracer.index.instants import from_text, now
from tracer.index.merging import Merged
from tracer.index.moving import Lain
from tracer.index.queue import Queue
from tracer.index.segment import Entry
from tracer.model import (
    Fingerprint,
    IndexedVideo,
    IndexState,
    Match,
    Post,
    Review,
    TextTrack,
    Unchecked,
    Video,
)
from tracer.settings import DEFAULT, IndexSettings


class Index:
    """An open index; a context manager.

    >>> with Index.open(Path("tracer.db"), "write") as index:  # doctest: +SKIP
    ...     print(index.state().videos)
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        settings: IndexSettings = DEFAULT.index,
    ) -> None:
        """Wrap an open connection; use :meth:`open`."""
        self.path = path
        self._connection = connection
        self.queue = Queue(path, connection, self.transaction, settings.claim_patience)

    @classmethod
    def open(
        cls,
        path: Path,
        mode: Literal["read", "write"] = "read",
        settings: IndexSettings = DEFAULT.index,
    ) -> Self:
        """Open an index; "write" makes and migrates it, "read" never changes it.

        Raises :class:`IndexFileError` where the file is missing, foreign or can't be written, and
        :class:`IndexVersionError` where its schema is not the one that this version reads.
        """
        opened = file.open_to_read if mode == "read" else file.open_to_write
        return cls(path, opened(path, settings), settings)

    def close(self) -> None:
        """Close the file; what was written stays."""
        with file.translated(self.path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self, noted: bool = True) -> Iterator[None]:
        """Make what is written inside all or nothing; inside another one it is part of that.

        ``noted`` is whether the index counts as changed by it.
        """
        connection = self._connection
        with file.translated(self.path):
            inside_another = connection.in_transaction
            if inside_another:
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            try:
                yield
                if noted and connection.total_changes != before:
                    connection.execute(
                        "INSERT OR REPLACE INTO meta VALUES ('changed', ?)", (now(),)
                    )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    # --- taking in ---

    def keep_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Note how paths were given: (absolute path, as it was given)."""
        with self.transaction(noted=False):
            videos.keep_names(self._connection, names)

    def name_of(self, path: str) -> str:
        """Return a path as it was given."""
        with file.translated(self.path):
            return videos.name_of(self._connection, path)

    def known_file(self, path: str, size: int, mtime_ns: int) -> str | None:
        """Return the SHA-256 of a file that has not changed since it was taken in."""
        with file.translated(self.path):
            return videos.known_file(self._connection, path, size, mtime_ns)

    def has_video(self, sha256: str) -> bool:
        """Return whether the index holds this content."""
        with file.translated(self.path):
            return videos.has(self._connection, sha256)

    def add(self, video: Video, fingerprint: Fingerprint, settings_digest: str) -> bool:
        """Store a video with its fingerprint; return whether it is new."""
        with self.transaction():
            custody.note_settings(self._connection, settings_digest)
            return videos.add(self._connection, video, fingerprint, settings_digest)

    def add_file(self, sha256: str, path: str, size: int, mtime_ns: int) -> bool:
        """Note that a video lies at a path; return whether that is new."""
        with self.transaction():
            return videos.add_file(self._connection, sha256, path, size, mtime_ns)

    def add_post(self, sha256: str, post: Post) -> bool:
        """Store or complete one post of a video; return whether it is new."""
        return self.add_posts(sha256, [post]) == 1

    def add_posts(self, sha256: str, stated: Sequence[Post], stated_by: str = "") -> int:
        """Store what one source says of a video; return how many posts are new."""
        with self.transaction():
            return posts.add_posts(self._connection, sha256, stated, stated_by)

    def known_sidecar(self, path: str, sha256: str, size: int, mtime_ns: int) -> bool:
        """Return whether a sidecar has not changed since its posts were stored."""
        with file.translated(self.path):
            row = self._connection.execute(
                "SELECT 1 FROM sidecars WHERE path = ? AND sha256 = ? AND size = ?"
                " AND mtime_ns = ?",
                (path, sha256, size, mtime_ns),
            ).fetchone()
            return row is not None

    def add_sidecar(
        self, path: str, sha256: str, size: int, mtime_ns: int, content: str = ""
    ) -> None:
        """Note that a sidecar's posts are stored; ``content`` is the SHA-256 of its bytes."""
        with self.transaction():
            if self.known_sidecar(path, sha256, size, mtime_ns):
                return
            custody.append(
                self._connection, "sidecar_read", path, content, {"video": sha256, "size": size}
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO sidecars VALUES (?, ?, ?, ?)",
                (path, sha256, size, mtime_ns),
            )

    def waiting_keeper(self, archive: str) -> waiting.Keeper:
        """Return what stores an archive's posts; to be used inside a transaction."""
        return waiting.Keeper(self._connection, archive)

    def keep_waiting(self, stated: Sequence[waiting.Stated], named_by: str) -> int:
        """Store posts whose media did not come; return how many are new.

        What is stored anew has an entry in the custody log, under the address that told it.
        """
        with self.transaction():
            kept = waiting.Keeper(self._connection, named_by).keep(stated)
            if kept.new or kept.changed:
                counts = {"posts": len(stated), "new": kept.new, "changed": kept.changed}
                custody.append(self._connection, "posts_without_media", named_by, params=counts)
            return kept.new

    def note_import(self, archive: str, sha256: str, counts: Mapping[str, Any]) -> None:
        """Note in the custody log that an archive was read, and what was in it."""
        with self.transaction():
            custody.append(self._connection, "archive_imported", archive, sha256, counts)

    def give_waiting(self, sha256: str, paths: Sequence[str]) -> int:
        """Give a video the posts that wait for it; return how many are new to it."""
        with self.transaction():
            return waiting.give(self._connection, sha256, paths)

    def give_all_waiting(self) -> int:
        """Give all videos the posts that wait for them; return how many are new to one."""
        with self.transaction():
            return waiting.give_all(self._connection)

    def accounts(self) -> Iterator[accounts.Known]:
        """Yield the accounts that are known, each with what its posts tell, by platform and id."""
        with file.translated(self.path):
            yield from accounts.known(self._connection)

    def waiting_posts(self) -> tuple[int, int]:
        """Return how many posts archives have stated, and how many wait for their media."""
        with file.translated(self.path):
            return waiting.count(self._connection)

    def add_unchecked(self, unchecked: Unchecked) -> None:
        """Note what could not be checked, and why."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO unchecked VALUES (?, ?, ?, ?) ON CONFLICT (subject, stage)"
                " DO UPDATE SET reason = excluded.reason, noted = excluded.noted"
                " WHERE reason <> excluded.reason",
                (unchecked.subject, unchecked.stage, unchecked.reason, now()),
            )

    def clear_unchecked(self, subject: str, stage: str) -> None:
        """Forget a failure that has been overcome."""
        with self.transaction():
            self._connection.execute(
                "DELETE FROM unchecked WHERE subject = ? AND stage = ?", (subject, stage)
            )

    # --- reading ---

    def state(self) -> IndexState:
        """Return what the index holds and as of when."""
        with file.translated(self.path):
            count, seconds = self._connection.execute(
                "SELECT count(*), coalesce(sum(duration), 0) FROM videos"
            ).fetchone()
            changed = self._connection.execute(
                "SELECT value FROM meta WHERE key = 'changed'"
            ).fetchone()
            digests = self._connection.execute(
                "SELECT DISTINCT settings FROM fingerprints ORDER BY settings"
            ).fetchall()
        return IndexState(
            videos=count,
            hours=seconds / 3600,
            as_of=from_text(changed["value"]) if changed else None,
            settings="+".join(row["settings"] for row in digests),
        )

    def sha256s(self) -> list[str]:
        """Return all videos, sorted."""
        with file.translated(self.path):
            rows = self._connection.execute("SELECT sha256 FROM videos ORDER BY sha256")
            return [row["sha256"] for row in rows]

    def video(self, sha256: str) -> IndexedVideo:
        """Return one video with its files and posts."""
        with file.translated(self.path):
            row = self._connection.execute(
                "SELECT * FROM videos WHERE sha256 = ?", (sha256,)
            ).fetchone()
            if row is None:
                raise UsageError(f"{sha256}: no such video in {self.path}")
            paths = videos.paths_of(self._connection, sha256)
            return IndexedVideo(
                videos.from_row(row),
                paths,
                posts.posts_of(self._connection, sha256),
                videos.names_of(self._connection, paths),
            )

    def videos(self) -> Iterator[IndexedVideo]:
        """Yield all videos with their files and posts, by SHA-256."""
        with file.translated(self.path):
            paths = videos.all_paths(self._connection)
            of_posts = posts.all_posts(self._connection)
            rows = self._connection.execute("SELECT * FROM videos ORDER BY sha256").fetchall()
        for row in rows:
            sha256 = row["sha256"]
            here = paths.get(sha256, ())
            yield IndexedVideo(
                videos.from_row(row),
                here,
                of_posts.get(sha256, ()),
                videos.names_of(self._connection, here),
            )

    def durations(self) -> dict[str, float]:
        """Return the seconds that each video lasts."""
        with file.translated(self.path):
            rows = self._connection.execute("SELECT sha256, duration FROM videos")
            return {row["sha256"]: row["duration"] for row in rows}

    def file_at_hand(self, sha256: str) -> Path | None:
        """Return a file that holds a video, unchanged since it was taken in; None where none is."""
        with file.translated(self.path):
            paths = videos.paths_of(self._connection, sha256)
        for path in map(Path, paths):
            try:
                status = path.stat()
            except OSError:
                continue
            if self.known_file(str(path), status.st_size, status.st_mtime_ns) == sha256:
                return path
        return None

    def find(self, name: str) -> str:
        """Return the SHA-256 of what a path, address, post id or SHA-256 prefix names."""
        with file.translated(self.path):
            return names.find(self._connection, name)

    def fingerprint(self, sha256: str) -> Fingerprint:
        """Return a video's fingerprint."""
        with file.translated(self.path):
            found = videos.fingerprint_of(self._connection, sha256)
        if found is None:
            raise UsageError(f"{sha256}: no such video in {self.path}")
        return found

    def last_arrival(self) -> int:
        """Return the number of the video that came last, 0 for an empty index."""
        with file.translated(self.path):
            row = self._connection.execute("SELECT max(arrival) FROM fingerprints").fetchone()
            return row[0] or 0

    def arrivals(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """Return all arrivals, increasing, and the SHA-256 of each, uint8 (n, 32)."""
        with file.translated(self.path):
            return videos.arrivals(self._connection)

    def origin(self) -> str:
        """Return the hash of the log's first entry: no other index ever has the same."""
        with file.translated(self.path):
            return custody.origin(self._connection)

    def entries(self, after: int, up_to: int, algorithm: str) -> Iterator[Entry]:
        """Yield what is searched of the videos that arrived in (after, up_to]."""
        with file.translated(self.path):
            yield from videos.entries(self._connection, after, up_to, algorithm)

    def sound(self, sha256: str) -> npt.NDArray[np.uint32] | None:
        """Return a video's sound; None where it has none."""
        with file.translated(self.path):
            return videos.sound_of(self._connection, sha256)

    def unchecked(self) -> list[Unchecked]:
        """Return what could not be checked, by subject and stage."""
        with file.translated(self.path):
            rows = self._connection.execute("SELECT * FROM unchecked ORDER BY subject, stage")
            return [Unchecked(row["subject"], row["stage"], row["reason"]) for row in rows]

    # --- what is written in the videos ---

    def add_text(self, sha256: str, track: TextTrack) -> None:
        """Store what was read in a video, in the place of what was read before."""
        with self.transaction():
            texts.save(self._connection, sha256, track)

    def text(self, sha256: str) -> TextTrack | None:
        """Return what was read in a video; None where it was not read yet."""
        with file.translated(self.path):
            return texts.track_of(self._connection, sha256)

    def unread(self, reader: str | None = None) -> list[str]:
        """Return the videos whose text was not read, or not by ``reader``, in order of arrival."""
        with file.translated(self.path):
            return texts.unread(self._connection, reader)

    def search(self, words: str, most: int = 100) -> list[text_search.Hit]:
        """Return where words are burned in or stand in a title or post, the very words first."""
        with file.translated(self.path):
            return text_search.search(self._connection, words, most)

    # --- matching inside the index ---

    def unmatched(self, settings_digest: str) -> list[str]:
        """Return the videos that were not compared with the others under these settings."""
        with file.translated(self.path):
            return matches.unmatched(self._connection, settings_digest)

    def compare_again(self, reason: str = "") -> int:
        """Let what a failed comparison left open be compared anew; return how many videos ask.

        With ``reason`` only what failed for one that holds these words.
        """
        with self.transaction():
            return matches.ask_again(self._connection, "match", reason)

    def save_matches(
        self, sha256: str, found: Sequence[Match], settings_digest: str, partners: int
    ) -> None:
        """Store one video's matches, and that it has been compared with ``partners`` others."""
        with self.transaction():
            matches.save(self._connection, sha256, found, settings_digest, partners)

    def note_settings(self, settings_digest: str) -> None:
        """Log the digest of all settings where work goes on with others than before."""
        with self.transaction():
            custody.note_settings(self._connection, settings_digest)

    def matches_of(self, sha256: str) -> list[Match]:
        """Return a video's matches with it as the query, by SHA-256 of the other."""
        with file.translated(self.path):
            return matches.matches_of(self._connection, sha256)

    def all_matches(self) -> list[Match]:
        """Return every match once, the smaller SHA-256 as the query."""
        with file.translated(self.path):
            return list(matches.all_matches(self._connection))

    def partners(self) -> dict[str, int]:
        """Return with how many others each video was compared."""
        with file.translated(self.path):
            rows = self._connection.execute("SELECT sha256, partners FROM matched")
            return {row["sha256"]: row["partners"] for row in rows}

    # --- as a whole ---

    def health(self, quick: bool = False) -> Health:
        """Check the whole file and count what it holds."""
        with file.translated(self.path):
            return health.health(self._connection, quick)

    def costs(self) -> dict[str, int]:
        """Return the bytes that each part of the index takes."""
        with file.translated(self.path):
            return health.costs(self._connection)

    def forget(self, sha256: str, reason: str = "") -> Forgotten:
        """Remove a video and all that was kept of it, also from the file's free pages."""
        with file.translated(self.path):
            self._connection.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            gone = forgetting.forget(self._connection, sha256, reason)
        with file.translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def outdated(self, algorithm: str, alike: Container[str]) -> list[str]:
        """Return the videos whose fingerprint is of another algorithm, or settings not alike."""
        with file.translated(self.path):
            return staging.outdated(self._connection, algorithm, alike)

    def staged(self, algorithm: str, alike: Container[str]) -> set[str]:
        """Return the videos whose new fingerprint waits; throw away what others have staged."""
        with self.transaction(noted=False):
            return staging.staged(self._connection, algorithm, alike)

    def stage(self, video: Video, fingerprint: Fingerprint, settings_digest: str) -> None:
        """Let a new fingerprint of a video wait until all are made."""
        with self.transaction(noted=False):
            staging.stage(self._connection, video, fingerprint, settings_digest)

    def exchange_staged(self) -> int:
        """Put all new fingerprints in the place of the old ones; return how many."""
        with self.transaction():
            return staging.exchange(self._connection)

    def keep_settings(self, digest: str, stated: str) -> None:
        """Keep what a digest of settings stands for, as JSON."""
        with self.transaction(noted=False):
            staging.keep_settings(self._connection, digest, stated)

    def kept_settings(self) -> dict[str, str]:
        """Return what the digests of settings stand for, as far as it was kept."""
        with file.translated(self.path):
            return staging.kept_settings(self._connection)

    def merge(self, other: Path) -> Merged:
        """Take in all that another index holds and this one lacks; the other stays as it is.

        Raises :class:`IndexFileError` where the other can't be read or its custody log does not
        hold: what was tampered with must not become ours.
        """
        if other.exists() and other.samefile(self.path):
            raise UsageError(f"{other}: an index can't be merged into itself")
        with Index.open(other) as opened:
            broken = opened.check_log()
        if broken:
            raise IndexFileError(
                f"{other}: entry {broken[0].seq} of its custody log {broken[0].reason}; see all "
                f"with: tracer log verify --index {other}"
            )
        with (
            file.translated(self.path),
            file.attached(self._connection, other, merging.OTHER),
            self.transaction(),
        ):
            return merging.merge(self._connection, str(other.absolute()))

    def files_under(self, path: str, after: str, most: int) -> list[Lain]:
        """Return some of the files known at or under a path, sorted, behind ``after``."""
        with file.translated(self.path):
            return moving.lying_under(self._connection, path, after, most)

    def move_file(self, lain: Lain, path: str, mtime_ns: int) -> None:
        """Note that a file lies elsewhere now."""
        with self.transaction():
            moving.move(self._connection, lain, path, mtime_ns)

    def sidecars_under(self, path: str) -> list[Lain]:
        """Return the sidecars known at or under a path, sorted."""
        with file.translated(self.path):
            return moving.sidecars_under(self._connection, path)

    def move_sidecar(self, lain: Lain, path: str, mtime_ns: int) -> None:
        """Note that a sidecar lies elsewhere now."""
        with self.transaction():
            moving.move_sidecar(self._connection, lain, path, mtime_ns)

    # --- what people decided, and the chain of custody ---

    def add_review(
        self, pair: tuple[str, str], decision: str, by: str = "", note: str = ""
    ) -> Review:
        """Store what a reviewer decided about two videos."""
        with self.transaction():
            return reviews.add(self._connection, pair, decision, by, note)

    def reviews(self, videos: Iterable[str] | None = None) -> tuple[Review, ...]:
        """Return all decisions, or those that concern one of some videos, in the order made."""
        with file.translated(self.path):
            return reviews.of(self._connection, videos)

    def log(self) -> Iterator[custody.Entry]:
        """Yield the custody log in its order."""
        with file.translated(self.path):
            yield from custody.entries(self._connection)

    def log_head(self) -> custody.Head:
        """Return the number and hash of the log's last entry."""
        with file.translated(self.path):
            return custody.head(self._connection)

    def check_log(self, known: Iterable[custody.Head] = ()) -> list[custody.Break]:
        """Return every place at which the custody log does not hold."""
        with file.translated(self.path):
            highest = custody.highest_given(self._connection)
            found = custody.check(custody.entries(self._connection), known, highest)
            return found + list(merged_logs.check(self._connection))
