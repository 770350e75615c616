"""One query, read -> what the index says of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tracer.compare.same_sound import same_sound, sound_lines
from tracer.index.store import Index
from tracer.match import find
from tracer.match.intros import as_miss, intros
from tracer.model import (
    Answer,
    Clue,
    Earliest,
    Findings,
    Fingerprint,
    IndexedVideo,
    IndexState,
    Unchecked,
)
from tracer.pipeline import lettering
from tracer.pipeline.closely import closely_side_by_side, with_same_sound
from tracer.pipeline.looking import Asked, side_by_side, travelling
from tracer.pipeline.parts import with_parts
from tracer.pipeline.relatives import with_relatives
from tracer.pipeline.reviewing import reviewed, reviewed_findings
from tracer.pipeline.searching import Query, SearchTables
from tracer.pipeline.working import Workers
from tracer.settings import Settings
from tracer.trace import chain as tracing
from tracer.trace.times import dated


def answered(
    index: Index,
    tables: SearchTables,
    query: Query,
    settings: Settings,
    pool: Workers,
    *,
    read_text: bool = True,
) -> Answer:
    """Return the answer to one query; a query that could not be read says why."""
    state = index.state()
    if query.video is None or query.fingerprint is None:
        reason = query.unchecked[0].reason
        return Answer(
            path=query.name,
            query=None,
            query_posts=(),
            index=state,
            findings=Findings(""),
            matched=(),
            earliest=None,
            statement=f"Not checked: {reason}.",
            unchecked=(*query.unchecked, *tables.gaps),
        )
    text = lettering.Asked(pool, index, query, settings, read=read_text)
    with travelling(Asked(query.video, query.fingerprint, Path(query.path))) as message:
        findings = _found(index, tables, query.fingerprint, message, settings, pool)
    findings = with_parts(findings, query.video, index, settings)
    matched = tuple(dated(index.video(sha256), settings.trace) for sha256 in _named(findings))
    tracks = lettering.Tracks(index)
    shown = {one.video.sha256: one.video for one in matched}
    told = text.laid_over(findings.matches, tracks, shown)
    unread = tracks.unread(match.sha256 for match in told if tracks[match.sha256] is None)
    findings = replace(findings, matches=told)
    earliest = _earliest(index, findings, matched, tracks, state, settings)
    own = _own(index, query, settings)
    return Answer(
        path=query.name,
        query=query.video,
        query_posts=own.posts,
        index=state,
        findings=findings,
        matched=matched,
        earliest=earliest,
        statement=earliest.statement if earliest else _nothing_found(state, findings),
        unchecked=tuple(
            dict.fromkeys(
                (
                    *query.unchecked,
                    *text.unchecked(),
                    *findings.unchecked,
                    *unread,
                    *tables.gaps,
                )
            )
        ),
        clues=_clues(query, text, findings, matched, tracks),
    )


def _found(
    index: Index,
    tables: SearchTables,
    query: Fingerprint,
    message: Path,
    settings: Settings,
    pool: Workers,
) -> Findings:
    """Return what shares picture or sound with the query; ``message`` is where workers read it."""
    failed: list[Unchecked] = []
    asked = (pool, index, message, tables.pictures, settings, failed)
    looks, closer = side_by_side(*asked), closely_side_by_side(*asked)
    with ThreadPoolExecutor(1) as beside:  # one thread looks the sound up while others look closer
        heard = beside.submit(sound_lines, query, tables.sounds, settings.sound)
        findings = find(query, tables.pictures, settings, looks, closer)
    findings = reviewed_findings(findings, index.reviews())
    findings = _without_intros(findings, query, index, settings)
    videos = len(tables.pictures)
    findings = with_relatives(findings, message, index, pool, videos, settings, failed)
    findings = _without_intros(findings, query, index, settings)
    pictures = {match.sha256 for match in findings.matches}
    sounds = same_sound(query, tables.sounds, pictures, settings.sound, heard.result())
    findings = replace(findings, same_sound=sounds)
    findings = with_same_sound(findings, query, message, index, pool, videos, settings, failed)
    findings = reviewed_findings(findings, index.reviews())
    findings = _without_intros(findings, query, index, settings)
    return replace(findings, unchecked=tuple(sorted(failed, key=str)))


def _own(index: Index, query: Query, settings: Settings) -> IndexedVideo:
    """Return the query with its posts: those of the index, where it is in the index."""
    assert query.video is not None
    if index.has_video(query.video.sha256):
        return dated(index.video(query.video.sha256), settings.trace)
    return dated(IndexedVideo(query.video, (query.path,), query.posts), settings.trace)


def _clues(
    query: Query,
    text: lettering.Asked,
    findings: Findings,
    matched: Sequence[IndexedVideo],
    tracks: lettering.Tracks,
) -> tuple[Clue, ...]:
    """Return what the query and what it surely matches point to."""
    assert query.video is not None
    asked = IndexedVideo(query.video, (query.path,), query.posts)
    sure = {match.sha256 for match in findings.matches if match.verdict == "match"}
    known = [video for video in matched if video.video.sha256 in sure]
    own = lettering.clues([asked], {query.video.sha256: text.track()})
    return (*own, *lettering.clues(known, tracks))


def _without_intros(
    findings: Findings, query: Fingerprint, index: Index, settings: Settings
) -> Findings:
    """Name under the near misses what shares no more than an intro with the query."""
    others = [index.video(match.sha256).video for match in findings.matches]
    durations = {video.sha256: video.duration for video in others}
    durations[findings.query_sha256] = query.duration
    shared = intros(findings.matches, durations, settings.match)
    kept, misses = [], []
    for match in findings.matches:
        videos = shared.get((match.query_sha256, match.sha256))
        if videos is None:
            kept.append(match)
        else:
            misses.append(as_miss(match, videos))
    return replace(findings, matches=tuple(kept), nearest=(*misses, *findings.nearest))


def _named(findings: Findings) -> list[str]:
    """Return every indexed video that the findings name."""
    groups = (findings.matches, findings.same_sound, findings.same_scene, findings.nearest)
    return sorted({one.sha256 for group in groups for one in group})


def _earliest(
    index: Index,
    findings: Findings,
    matched: Sequence[IndexedVideo],
    tracks: lettering.Tracks,
    state: IndexState,
    settings: Settings,
) -> Earliest | None:
    """Return who was first among the videos that the query matches, by their own chain."""
    sure = {match.sha256 for match in findings.matches if match.verdict == "match"}
    if not sure:
        return None
    family = [video for video in matched if video.video.sha256 in sure]
    between = {
        (match.query_sha256, match.sha256): match
        for sha256 in sorted(sure)
        for match in reviewed(index.matches_of(sha256), index.reviews())
        if match.sha256 in sure and match.query_sha256 < match.sha256
    }
    videos = {video.video.sha256: video.video for video in family}
    matches = lettering.with_text(between.values(), tracks, videos, settings)
    chain = tracing.build(family, matches, state, settings=settings.trace)
    return chain.earliest


def _nothing_found(state: IndexState, findings: Findings) -> str:
    """Say what was searched: without it a negative answer means nothing."""
    if state.videos == 0:
        return "Nothing was searched: this index is empty."
    what = f"{state.videos} videos ({state.hours:.1f} hours)"
    as_of = f", as of {state.as_of:%Y-%m-%d}" if state.as_of else ""
    if findings.matches:
        return f"Possible matches only, among the {what} of this index{as_of}."
    return f"No match among the {what} of this index{as_of}."
