"""From answers to figures: each answered pair is judged once, everything else is counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from . import metrics
from .matcher import Answer
from .metrics import Predicted, Stretch
from .queries import Case
from .recipes_joint import GROUPS
from .truth import Part, Query

# What a reference is to a query. Only `needed` pairs count for recall; `also` counts for nothing.
NEEDED, ALSO, SCENE, UNRELATED = "needed", "also", "same_scene", "unrelated"


@dataclass(frozen=True)
class Judged:
    """One pair that was answered or should have been."""

    query: str
    ref: str
    relation: str
    score: float = 0.0
    verdict: str = ""
    segments: tuple[Stretch, ...] = ()
    detail: str = ""


@dataclass
class Row:
    """The figures of some queries together: one edit, a group of edits, a kind of clip."""

    name: str
    queries: int = 0
    pairs: int = 0
    matched: int = 0
    possible: int = 0
    above_false: int = 0
    misplaced: int = 0
    false: int = 0
    seconds: float = 0.0
    errors: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of needed pairs at verdict `match`."""
        return self.matched / self.pairs if self.pairs else math.nan

    @property
    def recall_zero_false(self) -> float:
        """The share of needed pairs above the best false score of the whole run."""
        return self.above_false / self.pairs if self.pairs else math.nan

    @property
    def interval(self) -> metrics.Interval:
        """The 95 % interval of the recall."""
        return metrics.wilson(self.matched, self.pairs)

    @property
    def milliseconds(self) -> float:
        """Mean time of a query."""
        return 1000 * self.seconds / self.queries if self.queries else math.nan


@dataclass
class Scores:
    """All figures of one method on one set."""

    rows: dict[str, Row]
    groups: dict[str, Row]
    overall: dict[str, float]
    false: list[Judged]


def judge(case: Case, query: Query, answer: Answer) -> list[Judged]:
    """Every pair of one query: what was answered, and what was needed but not answered."""
    names = {work.path: work.name for work in case.index}
    truth = {part.work for part in query.parts if part.needed}
    out, seen = [], set()
    for found in answer.found:
        ref = names.get(found.ref)
        if ref is None or ref in seen or str(found.ref) == query.path:
            continue
        seen.add(ref)
        out.append(
            Judged(
                query.name, ref, relation(query, ref, truth), found.score, found.verdict,
                found.segments, found.detail,
            )
        )  # fmt: skip
    out += [Judged(query.name, ref, NEEDED) for ref in sorted(truth - seen)]
    return out


def relation(query: Query, ref: str, truth: Iterable[str]) -> str:
    """What a reference is to a query."""
    if ref in truth:
        return NEEDED
    if ref in query.also:
        return ALSO
    scenes = query.same_scene + query.same_scene_allowed
    return SCENE if ref in scenes else UNRELATED


def stretches(part: Part) -> list[Stretch]:
    """The truth of one source as boxes."""
    return [Stretch(s.start, s.end, s.source_start, s.source_end) for s in part.spans]


def score(case: Case, answers: dict[str, Answer], seconds: dict[str, float]) -> Scores:
    """All figures for the queries that were answered."""
    asked = [query for query in case.queries if query.name in answers]
    judged = {query.name: judge(case, query, answers[query.name]) for query in asked}
    everything = [pair for pairs in judged.values() for pair in pairs]
    false = [pair for pair in everything if pair.relation in (SCENE, UNRELATED)]
    best_false = max((pair.score for pair in false), default=-math.inf)

    def row(name: str, wanted: Callable[[Query], bool]) -> Row:
        out = Row(name)
        for query in filter(wanted, asked):
            _add(out, query, judged[query.name], best_false, seconds.get(query.name, 0.0))
        return out

    edits = list(dict.fromkeys(query.edit for query in asked))
    rows = {edit: row(edit, lambda q, edit=edit: q.edit == edit) for edit in edits}
    groups = {
        name: row(name, lambda q, inside=inside: q.edit in inside)
        for name, inside in GROUPS.items()
    }
    made = {edit for inside in GROUPS.values() for edit in inside}
    for tag in ("short", "talking_head", "almost_still"):
        groups[tag] = row(tag, lambda q, tag=tag: tag in q.tags and q.edit in made)
    groups["all edits"] = row("all edits", lambda q: q.edit in made)
    overall = _overall(case, asked, judged, answers, groups["all edits"])
    answered = [pair for pair in false if pair.verdict]
    return Scores(rows, groups, overall, sorted(answered, key=lambda pair: -pair.score))


def _add(row: Row, query: Query, pairs: list[Judged], best_false: float, seconds: float) -> None:
    truth = {part.work: stretches(part) for part in query.parts}
    row.queries += 1
    row.seconds += seconds
    for pair in pairs:
        if pair.relation == NEEDED:
            row.pairs += 1
            row.matched += pair.verdict == "match"
            row.possible += pair.verdict == "possible"
            row.above_false += pair.score > max(best_false, 0.0)
            if pair.verdict == "match" and truth[pair.ref]:
                errors = metrics.boundary_errors(pair.segments, truth[pair.ref])
                row.errors += errors
                row.misplaced += not errors
        elif pair.relation in (SCENE, UNRELATED):
            row.false += pair.verdict == "match"


def _overall(
    case: Case,
    asked: list[Query],
    judged: dict[str, list[Judged]],
    answers: dict[str, Answer],
    edited: Row,
) -> dict[str, float]:
    pairs = [pair for query in asked for pair in judged[query.name] if pair.relation != ALSO]
    true = [pair for pair in pairs if pair.relation == NEEDED]
    false = [pair for pair in pairs if pair.relation != NEEDED]
    said_false = [pair for pair in false if pair.verdict]
    said_true = [pair for pair in true if pair.verdict]
    unrelated = sum(_strangers(case, query, answers[query.name]) for query in asked)
    false_matches = sum(pair.verdict == "match" for pair in false)
    ranked = [(pair.score, pair.relation == NEEDED) for pair in pairs if pair.score > 0]
    truth = {
        (query.name, part.work): stretches(part)
        for query in asked
        for part in query.parts
        if part.needed and part.spans
    }
    # Pairs whose true seconds are unknown (whole families) say nothing about segments.
    counted = [p for p in pairs if p.relation != NEEDED or (p.query, p.ref) in truth]
    predicted = {(p.query, p.ref): p.segments for p in counted if p.verdict and p.segments}
    listed = [
        Predicted((p.query, p.ref), stretch, p.score)
        for p in counted
        if p.verdict
        for stretch in p.segments
    ]
    shares = metrics.vcsl(predicted, truth)
    said = len(said_true) + len(said_false)
    figures = {
        "pair_micro_ap": metrics.average_precision(ranked, len(true)),
        "segment_ap": metrics.segment_ap(listed, truth),
        "vcsl_f": shares.f,
        "vcsl_precision": shares.precision,
        "vcsl_recall": shares.recall,
        "boundary_median": metrics.quantile(edited.errors, 0.5),
        "boundary_p95": metrics.quantile(edited.errors, 0.95),
        "false_matches": float(false_matches),
        "false_possible": float(len(said_false) - false_matches),
        "false_matches_same_scene": float(
            sum(pair.verdict == "match" and pair.relation == SCENE for pair in false)
        ),
        "unrelated_pairs": float(unrelated),
        "false_match_bound": metrics.false_bound(false_matches, unrelated),
        "precision_at_possible": len(said_true) / said if said else math.nan,
        "milliseconds": edited.milliseconds,
    }
    return figures | _scenes(case, asked, answers)


def _strangers(case: Case, query: Query, answer: Answer) -> int:
    """How many references a query was compared with that must not match."""
    if answer.unrelated is not None:
        return answer.unrelated
    return len(case.index) - len(query.also) - sum(part.needed for part in query.parts)


def _scenes(case: Case, asked: list[Query], answers: dict[str, Answer]) -> dict[str, float]:
    """Recall of `same_scene` where it is asked for, precision wherever it was said."""
    names = {work.path: work.name for work in case.index}
    wanted, got, right, wrong = 0, 0, 0, 0
    plain_wanted, plain_got = 0, 0
    for query in asked:
        said = {names[path] for path in answers[query.name].same_scene if path in names}
        required = set(query.same_scene)
        wanted, got = wanted + len(required), got + len(required & said)
        if query.edit in ("lookalike", "absent"):
            plain_wanted += len(required)
            plain_got += len(required & said)
        counted = said - set(query.same_scene_allowed) - set(query.also)
        right += len(counted & required)
        wrong += len(counted - required)
    return {
        "same_scene_recall": plain_got / plain_wanted if plain_wanted else math.nan,
        "same_scene_recall_all_edits": got / wanted if wanted else math.nan,
        "same_scene_precision": right / (right + wrong) if right + wrong else math.nan,
        "same_scene_pairs": float(plain_wanted),
    }
