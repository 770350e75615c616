"""Chains and families, and why a pair does or does not match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.match import explain_pair
from tracer.match.intros import without_intros
from tracer.model import Chain, Family, IndexedVideo, Match, PairReport, Reason
from tracer.pipeline import lettering
from tracer.pipeline.closely import CloserReport
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.looking import Asked, travelling
from tracer.pipeline.matching import Progressed, match_inside
from tracer.pipeline.reviewing import reviewed
from tracer.pipeline.searching import Query, read_queries
from tracer.pipeline.working import workers
from tracer.settings import DEFAULT, Settings
from tracer.trace import chain as tracing
from tracer.trace import families as grouping


def chain(
    index: Index,
    name: str,
    settings: Settings = DEFAULT,
    on_progress: Progressed = lambda done, total: None,
) -> Chain:
    """Return the chain of the whole family of one video of the index.

    1. Find the video by path, address or SHA-256 prefix.
    2. Compare what was not compared yet.
    3. Take its family, and build the chain of it.
    """
    subject = index.find(name)
    match_inside(index, settings, on_progress=on_progress)
    tracks = lettering.Tracks(index)
    matches = known_matches(index, tracks, settings)
    members = grouping.family_of(subject, matches, index.durations(), settings.trace)
    videos = [index.video(sha256) for sha256 in sorted(members)]
    built = tracing.build(
        videos,
        _within(matches, members),
        index.state(),
        subject,
        tracks.unread(members),
        settings.trace,
    )
    return replace(
        built,
        reviews=index.reviews(members),
        clues=lettering.clues(videos, tracks),
    )


def known_matches(
    index: Index, tracks: lettering.Tracks | None = None, settings: Settings = DEFAULT
) -> list[Match]:
    """Return the stored matches with the reviewers' decisions and what was read laid over them.

    What shares no more than an intro is left out.
    """
    matches = reviewed(index.all_matches(), index.reviews())
    matches = without_intros(matches, index.durations(), settings.match)
    videos = {video.video.sha256: video.video for video in index.videos()}
    return lettering.with_text(matches, tracks or lettering.Tracks(index), videos, settings)


def families(
    index: Index,
    settings: Settings = DEFAULT,
    alone: bool = False,
    on_progress: Progressed = lambda done, total: None,
) -> list[Family]:
    """Return every family of the index, by id; with `alone` also the videos without any."""
    match_inside(index, settings, on_progress=on_progress)
    tracks = lettering.Tracks(index)
    matches = known_matches(index, tracks, settings)
    known = {video.video.sha256: video for video in index.videos()}
    groups = grouping.group(matches, index.durations(), settings.trace)
    if alone:
        inside = frozenset().union(*groups)
        groups = [*groups, *(frozenset({sha256}) for sha256 in known if sha256 not in inside)]
    state = index.state()
    found = []
    for members in groups:
        videos: list[IndexedVideo] = [known[sha256] for sha256 in sorted(members)]
        within = _within(matches, members)
        family = tracing.family(videos, within, state, settings.trace)
        if len(members) > 1:  # alone, nothing could be first
            family = replace(family, unchecked=tracks.unread(members))
        found.append(family)
    return sorted(found, key=lambda family: family.id)


def explain(index: Index, a: str, b: str, settings: Settings = DEFAULT) -> PairReport:
    """Say why two videos do or do not match; each is a file, or a video of the index.

    The first is asked as `check` asks: decoded finely wherever a file of it is at hand. What that
    does not settle is looked at with the second one's file as well, as `check` does.
    """
    first, second = _asked(index, a, settings), _subject(index, b, settings)
    assert first.video is not None
    assert second.video is not None
    assert first.fingerprint is not None
    assert second.fingerprint is not None
    searched = max(1, index.state().videos)
    pair = (first.video, first.fingerprint), (second.video, second.fingerprint)
    report = _closer(explain_pair(*pair, settings, searched), index, first, settings, searched)
    if report.found is None:
        return report
    query = Side.of(first.video, first.fingerprint, _file(index, first), settings)
    other = Side.of(second.video, second.fingerprint, _file(index, second), settings)
    found = compared(report.found, query, other, settings, closely=True)
    videos = {one.sha256: one for one in (first.video, second.video)}
    (found,) = lettering.with_text([found], lettering.Tracks(index), videos, settings)
    # The comparison may have measured another speed than the line that was scored.
    spoken = {one.name: one for one in found.reasons}
    return replace(
        report, found=found, reasons=tuple(spoken.get(r.name, r) for r in report.reasons)
    )


def _closer(
    report: PairReport, index: Index, query: Query, settings: Settings, videos: int
) -> PairReport:
    """Return the report of a closer look, where one is called for and the file is at hand."""
    sha256 = report.match.sha256
    if report.score >= settings.match.closer_clear or not index.has_video(sha256):
        return report
    path, own = index.file_at_hand(sha256), _file(index, query)
    if path is None or own is None:
        return report
    assert query.video is not None
    assert query.fingerprint is not None
    with (
        travelling(Asked(query.video, query.fingerprint, own)) as message,
        workers(settings) as pool,
    ):
        task = CloserReport(index.path, message, path, sha256, videos, settings)
        for _, found in pool.run([task]):
            if isinstance(found, PairReport):
                lost = report.outcome == "same_scene" and found.outcome == "none"
                return report if lost else found  # a place that is known stays known
            reason = Reason("closer_look", 0.0, f"no closer look: {found.reason}", passed=False)
            return replace(report, reasons=(*report.reasons, reason))
    return report


def _file(index: Index, query: Query) -> Path | None:
    """Return where a video's own bytes lie."""
    assert query.video is not None
    if index.has_video(query.video.sha256):
        return index.file_at_hand(query.video.sha256)
    return Path(query.path)


def _asked(index: Index, name: str, settings: Settings) -> Query:
    """Return a video as a query: from its file, and only where there is none as it is stored."""
    try:
        path = index.file_at_hand(index.find(name))
    except UsageError:
        return _read(index, name, settings)
    return _subject(index, name, settings) if path is None else _read(index, str(path), settings)


def _read(index: Index, name: str, settings: Settings) -> Query:
    with workers(settings) as pool:
        (query,) = read_queries(pool, index, [name], settings)
    if query.video is None:
        raise UsageError(f"{name}: {query.unchecked[0].reason}") from None
    return query


def _subject(index: Index, name: str, settings: Settings) -> Query:
    """Return a video of the index as it is stored, any other file decoded."""
    try:
        sha256 = index.find(name)
    except UsageError:
        return _read(index, name, settings)
    return Query(name, name, index.video(sha256).video, index.fingerprint(sha256))


def _within(matches: list[Match], members: frozenset[str]) -> list[Match]:
    return [one for one in matches if one.query_sha256 in members and one.sha256 in members]
