"""The answer to one query -> everything that its page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.model import Answer, Fingerprint, IndexedVideo, NearMiss, SceneMatch, SoundOnly
from tracer.report import material as materials
from tracer.report import wording
from tracer.report.chain_page import GRADES, films, not_checked, poster_times
from tracer.report.differences import Difference, differences
from tracer.report.material import Material
from tracer.report.pair import Pair, of_match
from tracer.report.pictures import Film
from tracer.report.records import by_score
from tracer.report.timeline import Timeline, timeline

MATCHES_SHOWN = 20
MATCHES_PICTURED = 8
OTHERS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class CheckPage:
    """All that the template shows of one answer."""

    answer: Answer
    anchor: str
    name: str
    headline: str
    basis: str
    grade: str
    searched: str
    pairs: tuple[Pair, ...]
    pictured: int
    more: int
    same_sound: tuple[SoundOnly, ...]
    same_scene: tuple[SceneMatch, ...]
    nearest: tuple[NearMiss, ...]
    unchecked: tuple[str, ...]
    timeline: Timeline
    names: Mapping[str, str]
    by_sha: Mapping[str, IndexedVideo]
    films: Mapping[str, Film]
    differences: Mapping[str, tuple[Difference, ...]]  # by the anchor of the pair
    algorithm: str
    versions: tuple[tuple[str, str], ...]


def check_page(answer: Answer, material: Material, number: int = 1) -> CheckPage:
    """Collect what an answer's page shows, the pictures included."""
    known = {video.video.sha256: video for video in answer.matched}
    names = {sha256: wording.label(video) for sha256, video in known.items()}
    matches = [match for match in by_score(answer.findings.matches) if match.sha256 in known]
    pairs = []
    if answer.query is not None:
        asked = IndexedVideo(answer.query, (answer.path,), answer.query_posts)
        known[answer.query.sha256] = asked
        names[answer.query.sha256] = wording.label(asked)
        pairs = [
            of_match(
                match,
                (answer.query, known[match.sha256].video),
                (names[answer.query.sha256], names[match.sha256]),
                f"answer-{number}-match-{rank}",
            )
            for rank, match in enumerate(matches[:MATCHES_SHOWN], 1)
        ]
    wanted = [time for pair in pairs[:MATCHES_PICTURED] for time in pair.times()]
    if answer.query is not None and not wanted:
        asked_at = poster_times(known[answer.query.sha256])
        wanted = [(answer.query.sha256, time) for time in asked_at]
    pictures = films(known, wanted, material)
    laid_over = [
        (pair.anchor, match, pair.left.sha256, match.sha256)
        for match, pair in zip(matches[:MATCHES_PICTURED], pairs, strict=False)
    ]
    findings = answer.findings
    posted = [known[match.sha256] for match in matches]
    return CheckPage(
        answer,
        f"answer-{number}",
        wording.label(IndexedVideo(answer.query, (answer.path,)))
        if answer.query
        else wording.shortened(answer.path, 60),
        headline(answer),
        wording.basis(answer.earliest) if answer.earliest and matches else "",
        GRADES[answer.earliest.grade] if answer.earliest else "",
        wording.searched(answer.index),
        tuple(pairs),
        MATCHES_PICTURED,
        len(matches) - len(pairs),
        tuple(by_score(findings.same_sound)[:OTHERS_SHOWN]),
        tuple(by_score(findings.same_scene)[:OTHERS_SHOWN]),
        tuple(by_score(findings.nearest)[:OTHERS_SHOWN]),
        not_checked(answer.unchecked),
        timeline([*posted, *_own_posts(answer)]),
        names,
        known,
        pictures,
        differences(laid_over, _with_query(material, answer), pictures),
        material.algorithm,
        materials.versions(),
    )


def headline(answer: Answer) -> str:
    """Return the sentence that a reader takes away; "no match" only with what was searched."""
    if answer.query is None:
        return "This input could not be checked."
    matches = answer.findings.matches
    if answer.earliest is not None and matches:
        first = [v for v in answer.matched if v.video.sha256 == answer.earliest.sha256]
        return wording.headline(answer.earliest, first[0] if first else None)
    if matches:
        return f"{wording.sharing(matches)}; nothing tells who was first."
    return f"No match among {wording.searched(answer.index)}."


def _with_query(material: Material, answer: Answer) -> Material:
    """Return the material with the query's film too, which an index need not hold."""
    query, path = answer.query, Path(answer.path)

    def fingerprint(sha256: str) -> Fingerprint | None:
        known = material.fingerprint(sha256)
        asked = query is not None and sha256 == query.sha256
        if known is not None or query is None or not asked or not path.is_file():
            return known
        from tracer.fingerprint.take import take_query  # decoding: only where pictures need it

        return take_query(path, query, material.settings)

    return replace(material, fingerprint=fingerprint)


def _own_posts(answer: Answer) -> list[IndexedVideo]:
    if answer.query is None or not answer.query_posts:
        return []
    return [IndexedVideo(answer.query, (answer.path,), answer.query_posts)]
