"""An archive -> accounts and posts that wait for their media, a batch a transaction.

1. Read each file row by row.  2. Store posts and accounts.  3. Note in the custody log which bytes
were read and what they held.  4. Give the videos of the index what waits for them. Repeating it
changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.collect.archives import KINDS
from tracer.collect.archives.items import Found, Item, Kind, Options, Refused, Row, Who
from tracer.errors import SourceError, TracerError, UsageError
from tracer.index.store import Index
from tracer.index.waiting import AccountStated, Keeper, Stated
from tracer.model import Unchecked

STAGE = "import"
_BATCH = 40_000  # items a transaction, two a post: what a kill costs, some seconds of work
_NAMED = 20  # refused rows that are named one by one


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file of an archive and what it held."""

    path: str
    sha256: str  # of the bytes that were read
    rows: int


@dataclass(slots=True)
class Imported:
    """What an archive held and what of it is new; rows = those read and those refused."""

    rows: int = 0
    posts: int = 0  # stated by the rows; a retweet states two
    new: int = 0
    changed: int = 0
    accounts: int = 0  # stated by themselves, in a table of accounts
    refused: int = 0
    matched: int = 0  # posts that found their media in the index
    files: tuple[ReadFile, ...] = ()
    failed: tuple[Unchecked, ...] = ()  # the first refused rows, and what ended the reading

    @property
    def post_rows(self) -> int:
        """Rows that are no account's: what the published totals of an archive count."""
        return self.rows - self.accounts


def import_archive(
    index: Index,
    kind: str,
    path: Path,
    options: Options | None = None,
    on_progress: Callable[[int], None] = lambda rows: None,
) -> Imported:
    """Read an archive into the index; safe to repeat and to break off.

    Raises :class:`UsageError` where there is no such kind or file, and :class:`SourceError` where
    nothing at all could be read.
    """
    if kind not in KINDS:
        raise UsageError(f"{kind}: no such kind of archive; there are {', '.join(KINDS)}")
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    given = options or Options()
    for name, said in (("map", given.columns), ("platform", given.platform)):
        if said and name not in KINDS[kind].takes:
            raise UsageError(f"{kind} takes no --{name}: its columns are known")
    told = Imported()
    keeper = index.waiting_keeper(str(path.absolute()))
    broken: SourceError | None = None
    files: list[ReadFile] = []
    for file in KINDS[kind].files(path):
        ended = _read_file(index, KINDS[kind], file, given, (keeper, told, on_progress), files)
        broken = broken or ended
    told.files = tuple(files)
    if broken is not None and not told.rows:
        raise broken
    _finish(index, kind, path, told)
    return told


_Into = tuple[Keeper, Imported, Callable[[int], None]]


def _read_file(
    index: Index, kind: Kind, file: Path, options: Options, into: _Into, files: list[ReadFile]
) -> SourceError | None:
    """Store what one file holds; return what ended its reading, the others go on."""
    from tracer.media.digest import sha256_of

    keeper, told, on_progress = into
    before, rows = _stamp(file), told.rows
    ended: SourceError | None = None
    for batch, broken in _batches(kind.read(file, options)):
        if batch:
            with index.transaction():
                _keep(batch, keeper, told)
            on_progress(told.rows)
        if broken is not None:
            ended = broken
            told.failed += (_unchecked(file, str(broken)),)
    try:
        digest = sha256_of(file)
    except (TracerError, OSError):
        digest = ""  # what ended the reading is named
    if _stamp(file) != before:
        told.failed += (Unchecked(str(file), STAGE, "was changed while it was read; run again"),)
    files.append(ReadFile(str(file), digest, told.rows - rows))
    return ended


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return (0, 0)
    return (status.st_size, status.st_mtime_ns)


def _batches(items: Iterator[Item]) -> Iterator[tuple[list[Item], SourceError | None]]:
    """Yield batches; what came before an error is kept, and the error ends them."""
    batch: list[Item] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) >= _BATCH:
                yield batch, None
                batch = []
    except SourceError as error:
        yield batch, error
        return
    yield batch, None


def _keep(batch: Sequence[Item], keeper: Keeper, told: Imported) -> None:
    posts = [
        Stated(one.post, one.media, one.hashed, one.created)
        for one in batch
        if isinstance(one, Found)
    ]
    who = [
        AccountStated(one.account, one.hashed, one.created) for one in batch if isinstance(one, Who)
    ]
    kept, met = keeper.keep(posts), keeper.keep_accounts(who)
    told.rows += sum(isinstance(one, Row) for one in batch)
    told.posts += len(posts)
    told.accounts += len(who)
    told.new += kept.new + met.new
    told.changed += kept.changed + met.changed
    for one in batch:
        if isinstance(one, Refused):
            told.refused += 1
            if told.refused <= _NAMED:
                told.failed += (Unchecked(one.subject, STAGE, one.reason),)


def _finish(index: Index, kind: str, path: Path, told: Imported) -> None:
    """Note the archive, name what was refused, and give posts to the videos that are there."""
    if told.refused > _NAMED:
        more = f"{told.refused - _NAMED} more rows were refused"
        told.failed += (Unchecked(str(path), STAGE, more),)
    counts = {
        name: getattr(told, name)
        for name in ("rows", "posts", "new", "changed", "accounts", "refused")
    }
    index.note_import(
        str(path.absolute()), archive_digest(path, told.files), {"kind": kind, **counts}
    )
    subject = str(path.absolute())
    if told.failed:
        first = f"first: {told.failed[0].subject}: {told.failed[0].reason}"
        index.add_unchecked(Unchecked(subject, STAGE, f"{told.refused} rows refused; {first}"))
    else:
        index.clear_unchecked(subject, STAGE)
    told.matched = index.give_all_waiting()


def archive_digest(path: Path, files: Sequence[ReadFile]) -> str:
    """Return the SHA-256 that names an archive in the custody log.

    Of a file, that of its bytes; of a folder, that of the list that ``sha256sum`` makes of the
    files that were read, in the order read, with their paths below the folder.
    """
    if not path.is_dir():
        return files[0].sha256 if files else ""
    lines = (f"{one.sha256}  {Path(one.path).relative_to(path).as_posix()}\n" for one in files)
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def _unchecked(path: Path, message: str) -> Unchecked:
    subject, _, reason = message.partition(": ")
    return Unchecked(subject or str(path), STAGE, reason or message)
