"""The model as plain dicts: exactly the public JSON schemas, rounded and in a fixed order.

Scores have four digits, times three; instants are RFC 3339 in UTC with a Z; what is not known is
``None``. Nothing here reads a clock or a file, so the same model gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, TypeVar

from tracer.index.turned import evidence_turned, seen_from
from tracer.model import (
    Account,
    Answer,
    Chain,
    Clue,
    Contradiction,
    Derivation,
    DirectionVerdict,
    Earliest,
    Edit,
    Evidence,
    Family,
    HiddenParent,
    IndexedVideo,
    IndexState,
    Instant,
    Match,
    NearMiss,
    PairReport,
    Post,
    Reason,
    Review,
    SceneMatch,
    Segment,
    SoundMatch,
    SoundOnly,
    TextComparison,
    Unchecked,
    Video,
)
from tracer.report import wording
from tracer.report.subtitles import line_record

CHECK = "tracer/check/1"
CHAIN = "tracer/chain/1"
FAMILY = "tracer/family/1"
EXPLAIN = "tracer/explain/1"

Record = dict[str, Any]
Scored = TypeVar("Scored", Match, SoundOnly, SceneMatch, NearMiss)


def check(answer: Answer) -> Record:
    """Return the answer to one query as ``tracer/check/1``."""
    known = {video.video.sha256: video for video in answer.matched}
    findings = answer.findings
    return {
        "schema": CHECK,
        "query": _query(answer),
        "index": _index(answer.index),
        "earliest": earliest(answer.earliest),
        "matches": [_match(match, known.get(match.sha256)) for match in by_score(findings.matches)],
        "same_sound": [
            _same_sound(sound, known.get(sound.sha256), findings.same_scene)
            for sound in by_score(findings.same_sound)
        ],
        "same_scene": [
            _same_scene(scene, known.get(scene.sha256)) for scene in by_score(findings.same_scene)
        ],
        "nearest": [_nearest(miss, known.get(miss.sha256)) for miss in by_score(findings.nearest)],
        "statement": answer.statement,
        "clues": [clue(one) for one in answer.clues],
        "unchecked": unchecked(answer.unchecked),
    }


def chain(chain: Chain) -> Record:
    """Return a chain as ``tracer/chain/1``.

    In a link, "query" in segments, sides and evidence means the derived video and "match" the
    source, whichever way round the two were compared.
    """
    return {
        "schema": CHAIN,
        "videos": [
            _indexed(video) for video in sorted(chain.videos, key=lambda video: video.video.sha256)
        ],
        "links": [_link(link) for link in sorted_links(chain.links)],
        "hidden": [_hidden(parent) for parent in sorted(chain.hidden, key=lambda h: h.id)],
        "earliest": earliest(chain.earliest),
        "contradictions": [_contradiction(found) for found in chain.contradictions],
        "clues": [clue(one) for one in chain.clues],
        "unchecked": unchecked(chain.unchecked),
        "reviews": [review(one) for one in chain.reviews],
    }


def family(family: Family) -> Record:
    """Return a family as ``tracer/family/1``."""
    return {
        "schema": FAMILY,
        "id": family.id,
        "videos": [
            {"sha256": video.video.sha256, "path": _first(video.shown), "paths": list(video.shown)}
            for video in sorted(family.videos, key=lambda video: video.video.sha256)
        ],
        "platforms": sorted(family.platforms),
        "earliest": earliest(family.earliest),
        "unchecked": unchecked(family.unchecked),
    }


def explain(report: PairReport) -> Record:
    """Return the comparison of two videos as ``tracer/explain/1``."""
    return {
        "schema": EXPLAIN,
        "query": _video(report.query),
        "match": _video(report.match),
        "outcome": report.outcome,
        "failed": report.failed or None,
        "score": score(report.score),
        "steps": [_reason(reason) for reason in report.reasons],
        "found": _match(report.found, None) if report.found else None,
    }


def line(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON Lines; lone surrogates of a broken path are escaped."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode()


def schema(name: str) -> Record:
    """Return the JSON Schema that the package ships for ``tracer/NAME/1``."""
    text = files("tracer.report").joinpath("schemas", f"{name}.json").read_text("utf-8")
    loaded: Record = json.loads(text)
    return loaded


# --- values, public where another format prints the same --------------------------------------


def score(value: float) -> float:
    """Return a score, confidence, weight or fraction with the four digits that it deserves."""
    return round(float(value), 4) + 0.0


def seconds(value: float) -> float:
    """Return a time in a video to the millisecond."""
    return round(float(value), 3) + 0.0


def instant(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC; microseconds only where there are any."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def by_score(found: Iterable[Scored]) -> list[Scored]:
    """Return the highest score first, equal scores by name."""
    return sorted(found, key=lambda one: (-one.score, one.sha256))


def sorted_links(links: Iterable[Derivation]) -> list[Derivation]:
    """Return links in the one order that every format uses."""
    return sorted(links, key=lambda link: (link.source, link.derived))


def sorted_posts(posts: Iterable[Post]) -> list[Post]:
    """Return posts by the earliest moment that they claim; those without a time come last."""
    return sorted(posts, key=_post_order)


def posts_in_order(videos: Iterable[IndexedVideo]) -> list[tuple[Post, IndexedVideo]]:
    """Return every post with its video, in the order of :func:`sorted_posts`."""
    pairs = [(post, video) for video in videos for post in video.posts]
    return sorted(pairs, key=lambda pair: (*_post_order(pair[0]), pair[1].video.sha256))


def post(post: Post) -> Record:
    """Return one appearance of a video on a platform."""
    return {
        "platform": post.platform,
        "url": post.url or None,
        "post_id": post.post_id or None,
        "media_id": post.media_id or None,
        "account": _account(post.account),
        "published": _claim(post.published),
        "claims": [_claim(claim) for claim in post.claims],
        "collected": instant(post.collected),
        "collector": post.collector or None,
        "title": post.title or None,
        "text": post.text or None,
        "origin": post.origin or None,
    }


def review(decided: Review) -> Record:
    """Return what a reviewer decided about two videos."""
    return {
        "a": decided.a,
        "b": decided.b,
        "decision": decided.decision,
        "by": decided.by,
        "at": instant(decided.at),
        "note": decided.note or None,
    }


def earliest(known: Earliest | None) -> Record:
    """Return who was first; an object also where nothing tells, so that a reader need not ask."""
    if known is None:
        return {"sha256": None, "post": None, "grade": "unknown", "statement": ""}
    return {
        "sha256": known.sha256,
        "post": post(known.post) if known.post else None,
        "grade": known.grade,
        "statement": known.statement,
    }


def unchecked(steps: Iterable[Unchecked]) -> list[Record]:
    """Return what was not checked, each once."""
    return [
        {"subject": subject, "stage": stage, "reason": reason}
        for subject, stage, reason in sorted({(u.subject, u.stage, u.reason) for u in steps})
    ]


def clue(found: Clue) -> Record:
    """Return a pointer to a source that may not be in the index."""
    return {
        "source": found.source,
        "account": found.account or None,
        "url": found.url or None,
        "text": found.text,
        "where": found.where,
        "time": None if found.time is None else seconds(found.time),
        "box": None if found.box is None else [score(value) for value in found.box],
        "sha256": found.sha256 or None,
    }


def _post_order(post: Post) -> tuple[datetime, str, str, str]:
    never = datetime.max.replace(tzinfo=UTC)
    moment = post.published.earliest if post.published else never
    return (moment, post.platform, post.post_id, post.url)


def _query(answer: Answer) -> Record:
    video = answer.query
    return {
        "path": answer.path,
        "sha256": video.sha256 if video else None,
        "duration": seconds(video.duration) if video else None,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "frame_rate": seconds(video.frame_rate) if video else None,
        "still": video.still if video else None,
        "posts": [post(one) for one in sorted_posts(answer.query_posts)],
    }


def _index(state: IndexState) -> Record:
    return {
        "videos": state.videos,
        "hours": seconds(state.hours),
        "as_of": instant(state.as_of),
        "settings": state.settings,
    }


def _video(video: Video) -> Record:
    return {
        "sha256": video.sha256,
        "duration": seconds(video.duration),
        "width": video.width,
        "height": video.height,
        "frame_rate": seconds(video.frame_rate),
        "codec": video.codec or None,
        "sound_codec": video.sound_codec or None,
        "size": video.size,
    }


def _indexed(video: IndexedVideo) -> Record:
    return {
        **_video(video.video),
        "path": _first(video.shown),
        "paths": list(video.shown),
        "posts": [post(one) for one in sorted_posts(video.posts)],
    }


def _named(sha256: str, video: IndexedVideo | None) -> Record:
    return {
        "sha256": sha256,
        "path": _first(video.shown) if video else None,
        "posts": [post(one) for one in sorted_posts(video.posts)] if video else [],
    }


def _match(match: Match, video: IndexedVideo | None) -> Record:
    return {
        **_named(match.sha256, video),
        "score": score(match.score),
        "verdict": match.verdict,
        "segments": _segments(match.segments),
        "edits": [_edit(edit) for edit in match.edits],
        "sound": _sound(match.sound),
        "derivation": _direction(match.derivation),
        "text": _text(match.text),
        "reasons": [_reason(reason) for reason in match.reasons],
        "review": review(match.review) if match.review else None,
    }


def _same_sound(
    found: SoundOnly, video: IndexedVideo | None, scenes: Sequence[SceneMatch]
) -> Record:
    return {
        **_named(found.sha256, video),
        "segments": _segments(found.segments),
        "score": score(found.score),
        "detail": wording.same_sound(found.sha256, scenes),
    }


def _same_scene(found: SceneMatch, video: IndexedVideo | None) -> Record:
    return {
        **_named(found.sha256, video),
        "score": score(found.score),
        "detail": found.detail,
        "reasons": [_reason(reason) for reason in found.reasons],
    }


def _nearest(miss: NearMiss, video: IndexedVideo | None) -> Record:
    return {
        **_named(miss.sha256, video),
        "score": score(miss.score),
        "failed": miss.failed,
        "detail": miss.detail,
        "reasons": [_reason(reason) for reason in miss.reasons],
        "review": review(miss.review) if miss.review else None,
    }


def _link(link: Derivation) -> Record:
    match = seen_from(link.match, link.derived)
    turned = link.match.query_sha256 != link.derived
    evidence = evidence_turned(link.evidence) if turned else link.evidence
    return {
        "source": link.source,
        "derived": link.derived,
        "direction": link.direction,
        "confidence": score(link.confidence),
        "score": score(match.score),
        "verdict": match.verdict,
        "segments": _segments(match.segments),
        "edits": [_edit(edit) for edit in match.edits],
        "sound": _sound(match.sound),
        "text": _text(match.text),
        "evidence": [_evidence(cue) for cue in _by_weight(evidence)],
        "review": review(match.review) if match.review else None,
    }


def _hidden(parent: HiddenParent) -> Record:
    return {
        "id": parent.id,
        "children": sorted(parent.children),
        "evidence": [_evidence(cue) for cue in _by_weight(parent.evidence)],
    }


def _contradiction(found: Contradiction) -> Record:
    return {
        "kind": found.kind,
        "sha256": found.sha256,
        "post": post(found.post) if found.post else None,
        "claims": [_claim(claim) for claim in found.claims],
        "detail": found.detail,
    }


def _segments(segments: Iterable[Segment]) -> list[Record]:
    return [
        {
            "query_start": seconds(segment.query_start),
            "query_end": seconds(segment.query_end),
            "match_start": seconds(segment.match_start),
            "match_end": seconds(segment.match_end),
            "speed": score(segment.speed),
            "score": score(segment.score),
        }
        for segment in sorted(segments, key=lambda s: (s.query_start, s.match_start, s.query_end))
    ]


def _edit(edit: Edit) -> Record:
    record: Record = {
        "kind": edit.kind,
        "side": edit.side,
        "confidence": score(edit.confidence),
        "detail": _plain(edit.detail),
    }
    if edit.change is not None:
        record["change"] = edit.change
    return record


def _sound(sound: SoundMatch) -> Record:
    return {
        "verdict": sound.verdict,
        "score": score(sound.score),
        "offset": None if sound.offset is None else seconds(sound.offset),
        "detail": sound.detail,
    }


def _text(text: TextComparison | None) -> Record | None:
    if text is None:
        return None
    return {
        "query_languages": list(text.query_languages),
        "match_languages": list(text.match_languages),
        "lines": [
            {
                "relation": pair.relation,
                "query": line_record(pair.query) if pair.query else None,
                "match": line_record(pair.match) if pair.match else None,
            }
            for pair in text.pairs
        ],
    }


def _direction(direction: DirectionVerdict) -> Record:
    return {
        "verdict": direction.verdict,
        "confidence": score(direction.confidence),
        "evidence": [_evidence(cue) for cue in _by_weight(direction.evidence)],
    }


def _by_weight(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda cue: (-cue.weight, cue.cue, cue.detail))


def _evidence(cue: Evidence) -> Record:
    return {
        "cue": cue.cue,
        "favours": cue.favours,
        "weight": score(cue.weight),
        "detail": cue.detail,
    }


def _reason(reason: Reason) -> Record:
    return {
        "name": reason.name,
        "value": score(reason.value),
        "passed": reason.passed,
        "detail": reason.detail,
    }


def _account(account: Account | None) -> Record | None:
    if account is None:
        return None
    return {
        "id": account.id or None,
        "handle": account.handle or None,
        "name": account.name or None,
        "url": account.url or None,
    }


def _claim(claim: Instant | None) -> Record | None:
    if claim is None:
        return None
    return {
        "earliest": instant(claim.earliest),
        "latest": instant(claim.latest),
        "source": claim.source,
        "raw": claim.raw,
        "zone": claim.zone or None,
    }


def _first(paths: tuple[str, ...]) -> str | None:
    return paths[0] if paths else None


def _plain(value: Any) -> Any:
    """Return an edit's detail in plain JSON types: numpy numbers become numbers, tuples lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (str, bool)) or value is None:
        return value
    if isinstance(value, int):
        return value
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return score(value)
