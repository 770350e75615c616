"""An archive -> accounts and posts that wait for their media, a batch a transaction.

1. Read the archive row by row.  2. Store posts and accounts.  3. Note the archive in the custody
log.  4. Give the videos of the index what waits for them. Repeating it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.collect.archives import KINDS
from tracer.collect.archives.items import Found, Item, Options, Refused, Row, Who
from tracer.errors import SourceError, UsageError
from tracer.index.store import Index
from tracer.index.waiting import AccountStated, Keeper, Stated
from tracer.model import Unchecked

STAGE = "import"
_BATCH = 5000  # items a transaction: what a kill costs
_NAMED = 20  # refused rows that are named one by one


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
    failed: tuple[Unchecked, ...] = ()  # the first refused rows, and what ended the reading


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
    for batch, broken in _batches(KINDS[kind].read(path, given)):
        if batch:
            with index.transaction():
                _keep(batch, keeper, told)
            on_progress(told.rows)
        if broken is not None:
            if not told.rows:
                raise broken
            told.failed += (_unchecked(path, str(broken)),)
    _finish(index, kind, path, told)
    return told


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
    posts = [Stated(one.post, one.media, one.hashed) for one in batch if isinstance(one, Found)]
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
    from tracer.media.digest import sha256_of

    if told.refused > _NAMED:
        more = f"{told.refused - _NAMED} more rows were refused"
        told.failed += (Unchecked(str(path), STAGE, more),)
    counts = {
        name: getattr(told, name)
        for name in ("rows", "posts", "new", "changed", "accounts", "refused")
    }
    content = sha256_of(path) if path.is_file() else ""
    index.note_import(str(path.absolute()), content, {"kind": kind, **counts})
    subject = str(path.absolute())
    if told.failed:
        first = f"first: {told.failed[0].subject}: {told.failed[0].reason}"
        index.add_unchecked(Unchecked(subject, STAGE, f"{told.refused} rows refused; {first}"))
    else:
        index.clear_unchecked(subject, STAGE)
    for video in list(index.videos()):
        told.matched += index.give_waiting(video.video.sha256, video.paths)


def _unchecked(path: Path, message: str) -> Unchecked:
    subject, _, reason = message.partition(": ")
    return Unchecked(subject or str(path), STAGE, reason or message)
