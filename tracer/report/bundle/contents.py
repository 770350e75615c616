"""What goes into a bundle: the report, and all that its statements can be recomputed from.

1. The report as a page and as JSON.
2. What the chain was built from, without loss: videos, posts, matches, decisions, settings.
3. Every video's fingerprint; scores computed again from these alone, pair by pair.
4. Matched frames as pictures; sidecars as collected; the media where asked for.
5. The custody log with its head: what concerns these videos, and of the rest only the hashes.

Nothing in it depends on the clock: the same index gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.index.turned import seen_from
from tracer.match import explain_pair
from tracer.model import Chain, Clue, IndexedVideo, IndexState, Match, Review, Unchecked
from tracer.pipeline.chaining import known_matches
from tracer.report import html, records
from tracer.report.bundle import attachments, container, prints
from tracer.report.bundle.container import BundleWriter
from tracer.report.bundle.plain import to_plain
from tracer.report.material import Material, versions
from tracer.settings import Settings
from tracer.trace import chain as tracing

SCHEMA = "tracer/bundle/1"
LINKS = 40
"""Links whose score is computed again and whose frames are pictured; a viral video has thousands,
and what decides stands in the first ones. All links stand in the chain, and every fingerprint is
there."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a chain is built from."""

    subject: str | None
    state: IndexState
    settings: Settings
    videos: tuple[IndexedVideo, ...]
    matches: tuple[Match, ...]
    reviews: tuple[Review, ...]
    unchecked: tuple[Unchecked, ...]  # what building the chain again does not find out by itself
    clues: tuple[Clue, ...]  # what was read in frames and posts, and points elsewhere


@dataclass(frozen=True, slots=True)
class PairScore:
    """What the fingerprints of two videos give on their own."""

    query: str
    match: str
    videos: int  # size of the index that the score accounts for
    outcome: str
    score: float


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write a bundle: a zip where the output ends in .zip, else a folder."""
    if material.index is None:
        raise UsageError("a bundle is made from an index")
    with container.written(output) as writer:
        _add_report(writer, chain, material)
        basis = _basis(chain, material, material.index)
        _add_json(writer, "basis.json", {"schema": SCHEMA, **to_plain(basis)})
        _add_json(writer, "versions.json", dict(versions()) | {"algorithm": material.algorithm})
        for video in basis.videos:
            prints.add(writer, material.index.fingerprint(video.video.sha256))
        pictured = _pictured(chain)
        scores = _scores(pictured, basis, material.index)
        _add_json(writer, "pairs.json", [to_plain(one) for one in scores])
        shown = attachments.add_frames(writer, pictured, basis.videos, material)
        _add_json(writer, "frames.json", shown)
        gaps = attachments.add_sidecars(writer, material.index, basis.videos)
        if material.with_media:
            gaps += attachments.add_media(writer, basis.videos)
        _add_json(writer, "not-included.json", gaps)
        attachments.add_log(writer, material.index, basis.videos)
        writer.finish()
    return output


def rebuilt(basis: Basis) -> Chain:
    """Build the chain from what it was built from."""
    built = tracing.build(
        basis.videos,
        basis.matches,
        basis.state,
        basis.subject,
        basis.unchecked,
        basis.settings.trace,
    )
    return Chain(
        built.videos,
        built.links,
        built.hidden,
        built.earliest,
        built.contradictions,
        built.unchecked,
        basis.reviews,
        basis.clues,
    )


def score_of(query: Any, match: Any, videos: int, settings: Settings) -> tuple[str, float]:
    """Return outcome and score of two (video, fingerprint) on their own."""
    report = explain_pair(query, match, settings, videos)
    return report.outcome, records.score(report.score)


def _add_json(writer: BundleWriter, name: str, value: Any) -> None:
    writer.add(name, f"{_by_line(value)}\n".encode())


def _by_line(value: Any, levels: int = 2) -> str:
    """Return JSON with a line for each entry of the outer levels, as `diff` and eyes want it.

    Only what is not indented is encoded in C: a viral video's matches are tens of megabytes.
    """
    if levels and value and isinstance(value, dict):
        parts = (f"{json.dumps(key)}: {_by_line(one, levels - 1)}" for key, one in value.items())
        return "{\n" + ",\n".join(parts) + "\n}"
    if levels and value and isinstance(value, list):
        return "[\n" + ",\n".join(_by_line(one, 0) for one in value) + "\n]"
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _add_report(writer: BundleWriter, chain: Chain, material: Material) -> None:
    writer.add("README.txt", _README.encode())
    page = html.render_chain(chain, material)
    writer.add("report.html", page.encode("utf-8", "backslashreplace"))
    _add_json(writer, "chain.json", records.chain(chain))


def _basis(chain: Chain, material: Material, index: Index) -> Basis:
    members = {video.video.sha256 for video in chain.videos}
    matches = tuple(
        match
        for match in known_matches(index)
        if match.query_sha256 in members and match.sha256 in members
    )
    videos = tuple(sorted(chain.videos, key=lambda video: video.video.sha256))
    basis = Basis(
        material.subject,
        material.state,
        material.settings,
        videos,
        matches,
        chain.reviews,
        (),
        chain.clues,
    )
    again = set(rebuilt(basis).unchecked)
    return replace(basis, unchecked=tuple(one for one in chain.unchecked if one not in again))


def _pictured(chain: Chain) -> list[Match]:
    """Return the matches of the surest links, each with the derived video as its query."""
    links = sorted(chain.links, key=lambda link: (-link.confidence, link.source, link.derived))
    return [seen_from(link.match, link.derived) for link in links[:LINKS]]


def _scores(matches: list[Match], basis: Basis, index: Index) -> Iterator[PairScore]:
    videos = {video.video.sha256: video.video for video in basis.videos}
    for match in matches:
        query, other = (
            (videos[sha256], index.fingerprint(sha256))
            for sha256 in (match.query_sha256, match.sha256)
        )
        outcome, score = score_of(query, other, basis.state.videos, basis.settings)
        yield PairScore(match.query_sha256, match.sha256, basis.state.videos, outcome, score)


_README = f"""\
What this is
  The provenance of a family of videos as one index knew it, and all that it rests on.

How to look at it
  report.html        the report, for a browser
  chain.json         the same for a program
  frames/            matched frames beside each other; frames.json says where each is from
  sidecars/          what was said about the videos, byte for byte as it was read
  media/             the videos themselves, where they were included
  fingerprints/      what the comparison works with: arrays (numpy), a small grey film (H.264)
  basis.json         videos, posts, matches, decisions and settings that the chain was built from
  pairs.json         scores computed from the fingerprints alone
  log.jsonl          the chain of custody: each line carries the hash of the one before; lines
                     that concern other videos are withheld but for their hashes
  log-head.txt       number and hash of the log's last line
  not-included.json  what was not at hand

How to check it
  sha256sum -c {container.MANIFEST}      every file, with nothing but coreutils
  tracer verify THIS                     all that can be computed again

What a check can't know
  Whoever made this bundle could have written all of it anew. Compare the head of the log, or the
  SHA-256 of the manifest, with one that you were told another way, or had stamped at the time.
"""
