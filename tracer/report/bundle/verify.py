"""A bundle -> what of it holds: everything that somebody can recompute who has nothing else.

1. Every file against the manifest, and the container byte by byte.
2. The custody log: each entry's hash, the chain, its head and any head kept elsewhere.
3. Each fingerprint against the digest that the log noted when the video was taken in, and its film
   against its hashes.
4. The score of each pair from the fingerprints.
5. The chain, built again from videos, posts, matches and decisions.
6. With the media: SHA-256, fingerprint, and imagehash's own values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tracer.errors import TracerError
from tracer.fingerprint.take import ALGORITHM
from tracer.index import arrays, custody
from tracer.index.custody import Entry, Head
from tracer.report import records
from tracer.report.bundle import attachments, container, prints, recompute
from tracer.report.bundle.container import BROKEN, BundleReader, read
from tracer.report.bundle.contents import SCHEMA, Basis, PairScore, rebuilt
from tracer.report.bundle.plain import from_plain
from tracer.workers import Failure

Status = Literal["holds", "fails", "unchecked"]
SCORE_TOLERANCE = 0.02
"""By how much a score may come out otherwise: robust estimation rounds differently on other
processors. The verdict has to be the same."""

NAMED = 8  # problems that one check names; the rest is counted
_UNREADABLE = (*BROKEN, TracerError, TypeError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was recomputed, and whether it holds."""

    name: str
    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What of a bundle holds and what does not."""

    bundle: str
    manifest: str  # SHA-256 of the manifest itself, to compare with one told another way
    head: str  # of the custody log
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Tell whether nothing fails."""
        return all(check.status != "fails" for check in self.checks)


def verify(path: Path, heads: Iterable[Head] = (), quick: bool = False) -> Verification:
    """Check a bundle; ``quick`` leaves out what has to be computed again.

    Raises :class:`UsageError` where there is none.
    """
    try:
        with container.opened(path) as reader:
            checks = list(_checks(path, reader, tuple(heads), quick))
            manifest = _if_there(reader, container.MANIFEST)
            head = _if_there(reader, attachments.HEAD).decode("ascii", "replace").strip()
    except container.BrokenBundleError as error:
        return Verification(str(path), "", "", (Check("files", "fails", f"the file {error}"),))
    digest = hashlib.sha256(manifest).hexdigest() if manifest else ""
    return Verification(str(path), digest, head, tuple(checks))


def _checks(
    path: Path, reader: BundleReader, heads: tuple[Head, ...], quick: bool
) -> Iterator[Check]:
    yield files(reader)
    yield from _guarded("log", lambda: log(reader, heads))
    yield from _guarded("fingerprints", lambda: fingerprints(reader))
    yield from _guarded("chain", lambda: chain(reader))
    if not quick:
        yield from _guarded("films", lambda: films(path, reader))
        yield from _guarded("scores", lambda: scores(path, reader))
        yield from _guarded("media", lambda: media(path, reader))


def files(reader: BundleReader) -> Check:
    """Hold every file against the manifest."""
    count = len(reader.names())
    found = container.problems(reader)
    return _check("files", list(found), f"{count} files are as the manifest names them")


def log(reader: BundleReader, heads: tuple[Head, ...]) -> Check:
    """Compute the custody log's hashes again and hold it against its heads."""
    entries = attachments.read_log(_text(reader, attachments.LOG))
    head = Head.parse(_text(reader, attachments.HEAD))
    last = Head(entries[-1].seq, entries[-1].hash) if entries else Head(0, custody.FIRST)
    broken = [f"entry {one.seq} {one.reason}" for one in custody.check(entries, (head, *heads))]
    if head != last:
        broken.append(f"its head {head} is not its last entry {last}")
    shown = sum(isinstance(one, Entry) for one in entries)
    told = f"{len(entries)} entries link up, {shown} of them shown and recomputed; head {head}"
    return _check("log", broken, told)


def fingerprints(reader: BundleReader) -> Check:
    """Hold each fingerprint against the digest that the log noted."""
    noted = {
        entry.sha256: entry.params["fingerprint"]
        for entry in attachments.read_log(_text(reader, attachments.LOG))
        if isinstance(entry, Entry) and "fingerprint" in entry.params
    }
    broken, unnoted = [], 0
    members = {video.video.sha256 for video in _basis(reader).videos}
    for sha256 in sorted(members | set(prints.names(reader))):
        digest = arrays.digest(prints.load(reader, sha256))
        if sha256 not in noted:
            unnoted += 1
        elif noted[sha256] != digest:
            broken.append(f"that of {sha256[:12]} is not the one that the log noted")
    told = f"{len(members)} fingerprints are those that the log noted when the videos came in"
    if unnoted:
        told += f" ({unnoted} are older than the log)"
    return _check("fingerprints", broken, told)


def chain(reader: BundleReader) -> Check:
    """Build the chain again and compare it with the one reported."""
    stated = json.loads(_text(reader, "chain.json"))
    again = json.loads(records.line(records.chain(rebuilt(_basis(reader)))))
    broken = [
        f"{part} come out otherwise from videos, posts and matches"
        for part in sorted(stated.keys() | again.keys())
        if stated.get(part) != again.get(part)
    ]
    count = len(again["links"])
    return _check("chain", broken, f"built again, the same {count} links and the same earliest")


def films(path: Path, reader: BundleReader) -> Check:
    """Hold each film against the hashes, by imagehash itself."""
    if (stop := _other_version(reader)) is not None:
        return Check("films", "unchecked", stop)
    basis, broken, seen = _basis(reader), [], 0
    tasks = [recompute.FilmTask(path, name) for name in prints.names(reader)]
    for task, bits in recompute.each(recompute.film, tasks, basis.settings):
        seen += 1
        if isinstance(bits, Failure):
            broken.append(f"{task.sha256[:12]}: {bits.reason}")
        elif bits > recompute.FILM_BITS:
            broken.append(f"{task.sha256[:12]}: its film lies {bits:.0f} bits from its hashes")
    return _check("films", sorted(broken), f"{seen} films show what the hashes were taken of")


def scores(path: Path, reader: BundleReader) -> Check:
    """Compare the pairs again, from the fingerprints alone."""
    if (stop := _other_version(reader)) is not None:
        return Check("scores", "unchecked", stop)
    basis = _basis(reader)
    videos = {video.video.sha256: video.video for video in basis.videos}
    stated = from_plain(tuple[PairScore, ...], json.loads(_text(reader, "pairs.json")))
    tasks = [
        recompute.PairTask(path, one, (videos[one.query], videos[one.match]), basis.settings)
        for one in stated
    ]
    broken, confirmed = [], 0
    for task, result in recompute.each(recompute.pair, tasks, basis.settings):
        one = task.pair
        name = f"{one.query[:12]} and {one.match[:12]}"
        if isinstance(result, Failure):
            broken.append(f"{name}: {result.reason}")
            continue
        outcome, score = result
        confirmed += outcome == "match"
        if outcome != one.outcome or abs(score - one.score) > SCORE_TOLERANCE:
            broken.append(f"{name}: {outcome}, {score} instead of {one.outcome}, {one.score}")
    told = (
        f"{len(tasks)} pairs come out as stated; {confirmed} match by their fingerprints alone"
        if tasks
        else "no pairs are stated"
    )
    return _check("scores", sorted(broken), told)


def media(path: Path, reader: BundleReader) -> Check:
    """Fingerprint the videos again, and hash their frames by imagehash itself."""
    if (stop := _other_version(reader)) is not None:
        return Check("media", "unchecked", stop)
    folder = f"{attachments.MEDIA}/"
    names = sorted(name for name in reader.names() if name.startswith(folder))
    if not names:
        return Check("media", "unchecked", "the bundle holds no videos (export --with-media)")
    basis, broken, hashes = _basis(reader), [], 0
    tasks = [
        recompute.MediaTask(path, name, Path(name).name[:64], basis.settings) for name in names
    ]
    for task, result in recompute.each(recompute.media, tasks, basis.settings):
        name = task.sha256[:12]
        if isinstance(result, Failure):
            broken.append(f"{name}: {result.reason}")
            continue
        hashes += result.hashes
        if result.sha256 != task.sha256:
            broken.append(f"{name}: its bytes have the SHA-256 {result.sha256[:12]}")
        if result.differing:
            broken.append(f"{name}: fingerprinted again, {', '.join(result.differing)} differ")
        if result.unlike:
            broken.append(f"{name}: imagehash gives {result.unlike} other values")
    told = f"{len(tasks)} videos give the same SHA-256 and fingerprint, {hashes} frames the hashes"
    return _check("media", sorted(broken), f"{told} that imagehash gives")


def _basis(reader: BundleReader) -> Basis:
    stated: dict[str, Any] = json.loads(_text(reader, "basis.json"))
    if stated.pop("schema", None) != SCHEMA:
        raise ValueError(f"is not of the schema {SCHEMA}; another version may read it")
    return from_plain(Basis, stated)


def _other_version(reader: BundleReader) -> str | None:
    """Say why numbers can't be compared, where they were computed in another way."""
    made_with = json.loads(_text(reader, "versions.json")).get("algorithm")
    if made_with != ALGORITHM:
        return f"made with {made_with!r}, this version computes {ALGORITHM!r}"
    return None


def _guarded(name: str, run: Callable[[], Check]) -> Iterator[Check]:
    """Run a check on what may be anything; what can't be read does not hold."""
    try:
        yield run()
    except _UNREADABLE as error:
        told = " ".join(str(error).split()) or type(error).__name__
        yield Check(name, "fails", f"can't be read: {told}")


def _check(name: str, broken: list[str], told: str) -> Check:
    if not broken:
        return Check(name, "holds", told)
    more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    return Check(name, "fails", "; ".join(broken[:NAMED]) + more)


def _text(reader: BundleReader, name: str) -> str:
    try:
        return read(reader, name).decode("utf-8", "surrogateescape")
    except BROKEN as error:
        raise ValueError(f"{name}: {error}") from error


def _if_there(reader: BundleReader, name: str) -> bytes:
    try:
        return read(reader, name)
    except BROKEN:
        return b""
