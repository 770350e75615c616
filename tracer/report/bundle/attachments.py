"""What a bundle carries along as it lies elsewhere: frames, sidecars, media, the custody log.

Files are named by SHA-256, never by what strangers called them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from tracer.errors import MediaError
from tracer.index import custody
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import IndexedVideo, Match
from tracer.report import records
from tracer.report.bundle.container import BundleWriter
from tracer.report.material import Material
from tracer.report.pair import MOMENTS, SEGMENTS_PICTURED
from tracer.report.pictures import film

LOG, HEAD = "log.jsonl", "log-head.txt"
MEDIA = "media"
_SIDECARS = (".info.json", ".post.json")
_SUFFIXES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.")


def add_frames(
    writer: BundleWriter,
    matches: Sequence[Match],
    videos: Sequence[IndexedVideo],
    material: Material,
) -> list[dict[str, Any]]:
    """Add up to three pairs of matched frames a segment; return which picture is of what."""
    known = {video.video.sha256: video for video in videos}
    wanted: dict[str, set[float]] = {}
    for match in matches:
        for query_time, match_time in _moments(match):
            wanted.setdefault(match.query_sha256, set()).add(query_time)
            wanted.setdefault(match.sha256, set()).add(match_time)
    films = {sha256: film(known[sha256], wanted[sha256], material) for sha256 in sorted(wanted)}
    listed = []
    for number, match in enumerate(matches, 1):
        for place, times in enumerate(_moments(match), 1):
            sides = zip(("copy", "source"), (match.query_sha256, match.sha256), times, strict=True)
            for side, sha256, time in sides:
                picture = films[sha256].pictures.get(time)
                if picture is None:
                    continue
                name = f"frames/{number:03d}-{place}-{side}.webp"
                writer.add(name, base64.b64decode(picture.uri.partition(",")[2]))
                origin = films[sha256].origin
                listed.append({"file": name, "sha256": sha256, "second": time, "origin": origin})
    return listed


def add_sidecars(
    writer: BundleWriter, index: Index, videos: Sequence[IndexedVideo]
) -> list[dict[str, str]]:
    """Add the sidecars whose bytes are still those that were read; return what is missing."""
    members = {video.video.sha256 for video in videos}
    read = {
        (entry.params.get("video"), entry.object): entry.sha256  # the last time counts
        for entry in index.log()
        if entry.action == "sidecar_read" and entry.params.get("video") in members
    }
    gaps = []
    for number, ((video, name), sha256) in enumerate(sorted(read.items()), 1):
        path = Path(name)
        kind = next((end for end in _SIDECARS if name.endswith(end)), ".json")
        if _still(path, sha256):
            writer.add_file(f"sidecars/{number:03d}-{str(video)[:12]}{kind}", path)
        else:
            reason = "is gone or was changed since it was read; the log has its SHA-256"
            gaps.append({"what": "sidecar", "sha256": sha256, "path": name, "reason": reason})
    return gaps


def add_media(writer: BundleWriter, videos: Sequence[IndexedVideo]) -> list[dict[str, str]]:
    """Add the videos themselves, each checked against its SHA-256; return what is missing."""
    gaps = []
    for video in videos:
        sha256 = video.video.sha256
        path = next((one for one in map(Path, video.paths) if _still(one, sha256)), None)
        if path is None:
            reason = "no file with these bytes is at hand"
            gaps.append({"what": "media", "sha256": sha256, "path": "", "reason": reason})
            continue
        suffix = path.suffix.lower()
        writer.add_file(f"{MEDIA}/{sha256}{suffix if set(suffix) <= _SUFFIXES else ''}", path)
    return gaps


def add_log(writer: BundleWriter, index: Index, videos: Sequence[IndexedVideo]) -> custody.Head:
    """Add the custody log, entries of other videos withheld but for their hashes."""
    members = {video.video.sha256 for video in videos}
    lines = [custody.canonical(_line(entry, members)) + b"\n" for entry in index.log()]
    writer.add(LOG, b"".join(lines))
    head = index.log_head()
    writer.add(HEAD, f"{head}\n".encode())
    return head


def read_log(text: str) -> list[custody.Entry | custody.Withheld]:
    """Return the log of a bundle.

    Raises :class:`ValueError` where a line is not one that `add_log` writes.
    """
    found: list[custody.Entry | custody.Withheld] = []
    for number, line in enumerate(text.splitlines(), 1):
        stated = json.loads(line)
        withheld = isinstance(stated, dict) and "actor" not in stated
        kind = custody.Withheld if withheld else custody.Entry
        if not isinstance(stated, dict) or set(stated) != {one.name for one in fields(kind)}:
            raise ValueError(f"line {number} is no entry of a log")
        found.append(kind(**stated))
    return found


def _line(entry: custody.Entry, members: Collection[str]) -> dict[str, Any]:
    """Return an entry whole where it concerns one of the videos or none in particular."""
    named = {entry.sha256, entry.params.get("video"), entry.params.get("a"), entry.params.get("b")}
    if entry.action == "settings_changed" or not named.isdisjoint(members):
        return asdict(entry)
    return asdict(custody.Withheld(entry.seq, entry.prev_hash, entry.hash))


def _moments(match: Match) -> list[tuple[float, float]]:
    """Return the seconds to show of both videos: in the longest segments, away from their ends."""
    longest = sorted(match.segments, key=lambda s: (s.query_start - s.query_end, s.query_start))
    return [
        (
            records.seconds(one.query_start + share * (one.query_end - one.query_start)),
            records.seconds(one.match_start + share * (one.match_end - one.match_start)),
        )
        for one in longest[:SEGMENTS_PICTURED]
        for share in MOMENTS
    ]


def _still(path: Path, sha256: str) -> bool:
    try:
        return path.is_file() and sha256_of(path) == sha256
    except (MediaError, OSError):
        return False
