"""`python -m tests.benchmarks.calibrate`: fit `tracer/match/calibration.json` anew.

1. Ask the queries of a set (never `held-out`) and keep the numbers of every pair looked at.
2. Fit the log-odds of "these share footage": logistic regression, no weight below zero.
3. `match` lies above every look-alike, scored by weights that were fitted on other footage.
4. Fit the tail of the unrelated pairs' log-odds, an exponential: it says how many of them are to be
   expected above any score, and so what must be taken off where many more videos are searched.

Nothing is written without `--write`. The file names no clip.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from . import media, queries, scoring
from .queries import Case

TARGET = Path(__file__).resolve().parents[2] / "tracer" / "match" / "calibration.json"
RIDGE = 0.5  # of the squared weights; 0.05 to 8 were tried on other footage of `tune`
AGAINST = 3.0  # a wrong pair counts so often: there are fewer of them, and they cost more
FOLDS = 5
MARGIN = 0.5  # log-odds between the highest wrong pair and `match`
FALSE_ALLOWED = 0.01  # false matches expected for each query, at `match`
MANY = 50_000  # videos, at which no more than that shall pass
CROWDS = (0.5, 1.0)  # log-odds for each natural logarithm of more videos, least and most
PRECISION = 0.95  # at `possible`
TAIL = 20  # unrelated pairs, the highest, that the tail is fitted on
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """One pair that was looked at closely."""

    query: str
    unit: str
    relation: str  # of `scoring`
    numbers: dict[str, float]

    @property
    def true(self) -> bool:
        """Whether the two share footage."""
        return self.relation == scoring.NEEDED


@dataclass(frozen=True)
class Measured:
    """The pairs of some queries against some videos."""

    queries: int
    videos: int
    pairs: list[Pair]

    def write(self, path: Path) -> None:
        """Write JSON Lines: the counts, then one pair a line."""
        rows = [{"queries": self.queries, "videos": self.videos}, *map(vars, self.pairs)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    @staticmethod
    def read(path: Path) -> Measured:
        """Read what `write` wrote."""
        first, *rest = map(json.loads, path.open(encoding="utf-8"))
        return Measured(first["queries"], first["videos"], [Pair(**row) for row in rest])


@dataclass(frozen=True)
class Tail:
    """How many unrelated pairs reach how high: exponential above a start."""

    start: float  # log-odds
    scale: float  # log-odds by which one in e is higher
    rate: float  # unrelated pairs above the start, for each query and video

    def expected(self, odds: float, videos: int) -> float:
        """Return the unrelated pairs expected above some log-odds, for each query."""
        above = max(0.0, odds - self.start) / self.scale
        return self.rate * videos * float(np.exp(-above))

    def odds_for(self, allowed: float, videos: int) -> float:
        """Return the log-odds above which no more than ``allowed`` are expected."""
        return self.start + self.scale * max(0.0, float(np.log(self.rate * videos / allowed)))


@dataclass(frozen=True)
class Fitted:
    """Weights and thresholds."""

    intercept: float
    weights: Floats
    tail: Tail
    crowd: float
    match: float
    possible: float

    def odds(self, numbers: Floats) -> Floats:
        """Return the log-odds of pairs (n, features)."""
        odds: Floats = self.intercept + numbers @ self.weights
        return odds

    def expected(self, score: float, videos: int, searched: int) -> float:
        """Return the unrelated pairs expected above a score among so many videos, a query."""
        off = self.crowd * max(0.0, float(np.log(videos / searched)))
        return self.tail.expected(float(np.log(score / (1 - score))) + off, videos)


# --- the numbers ---------------------------------------------------------------------------------


def measured(case: Case, console: Console) -> Measured:
    """Ask every query and return the numbers of each pair that agrees somewhere."""
    from tracer.fingerprint.take import take, take_query
    from tracer.match.searched import from_fingerprints
    from tracer.media.probe import probe
    from tracer.settings import DEFAULT

    prints, names = [], {}
    for work in case.index:
        sha256 = media.sha256(work.path)
        names[sha256] = work.name
        prints.append(take(work.path, probe(work.path, sha256), DEFAULT))
    searched = from_fingerprints(prints)
    units = {work.name: work.unit for work in case.index}
    pairs: list[Pair] = []
    for number, query in enumerate(case.queries, 1):
        path = Path(query.path)
        asked = take_query(path, probe(path, media.sha256(path)), DEFAULT)
        truth = {part.work for part in query.parts if part.needed}
        for sha256, numbers in _looked_at(asked, searched).items():
            relation = scoring.relation(query, names[sha256], truth)
            if relation != scoring.ALSO:
                unit = units[query.parts[0].work] if query.parts else query.name
                pairs.append(Pair(query.name, unit, relation, numbers))
        if number % 25 == 0:
            console.print(f"{number} of {len(case.queries)}", highlight=False)
    return Measured(len(case.queries), len(case.index), pairs)


def _looked_at(asked: Any, searched: Any) -> dict[str, dict[str, float]]:
    """Return the numbers of each video that agrees somewhere, under its best transform."""
    from tracer.match.candidates import candidates
    from tracer.match.examine import Subject, examine
    from tracer.match.score import measures
    from tracer.match.searched import film_of
    from tracer.settings import DEFAULT

    subject = Subject(asked, partial(film_of, asked))
    best: dict[str, tuple[float, dict[str, float]]] = {}
    for candidate in candidates(asked, subject.film, searched, DEFAULT.match):
        ordinal = candidate.ordinal
        match = Subject(searched.fingerprint(ordinal), partial(searched.film, ordinal))
        found = examine(subject, match, candidate, DEFAULT.match)
        if found is None or not found.stretches:
            continue
        sha256 = searched.sha256s[ordinal]
        if sha256 not in best or found.worth > best[sha256][0]:
            best[sha256] = (found.worth, measures(found))
    return {sha256: numbers for sha256, (_, numbers) in best.items()}


# --- the fit -------------------------------------------------------------------------------------


def fit(known: Measured, names: tuple[str, ...]) -> Fitted:
    """Fit weights, thresholds and tail."""
    pairs = known.pairs
    numbers, true = matrix(pairs, names), np.array([pair.true for pair in pairs])
    intercept, weights = regression(numbers, true)
    others = elsewhere(known, names)
    bars = np.array([passes(pair) for pair in pairs])
    highest = float(others[~true & bars].max(initial=-np.inf))
    unrelated = np.array([pair.relation == scoring.UNRELATED for pair in pairs])
    tail = tail_of(others[unrelated & bars], known)
    match = max(highest + MARGIN, tail.odds_for(FALSE_ALLOWED, known.videos))
    crowded = tail.odds_for(FALSE_ALLOWED, MANY) - match
    crowd = float(np.clip(crowded / np.log(MANY / known.videos), *CROWDS))
    possible = min(match - 0.1, max(0.0, _precise(others, true)))
    return Fitted(intercept, weights, tail, crowd, _score(match), _score(possible))


def elsewhere(known: Measured, names: tuple[str, ...]) -> Floats:
    """Return each pair's log-odds by weights that were fitted on other footage."""
    numbers = matrix(known.pairs, names)
    true = np.array([pair.true for pair in known.pairs])
    units = sorted({pair.unit for pair in known.pairs})
    fold = np.array([units.index(pair.unit) % FOLDS for pair in known.pairs])
    odds = np.zeros(len(known.pairs))
    for held in range(FOLDS):
        intercept, weights = regression(numbers[fold != held], true[fold != held])
        odds[fold == held] = intercept + numbers[fold == held] @ weights
    return odds


def passes(pair: Pair) -> bool:
    """Tell whether a pair may be a match at all, whatever its odds."""
    from tracer.settings import DEFAULT

    mine = DEFAULT.match
    looks = pair.numbers["looks"] >= mine.appearance_least
    return looks and pair.numbers["distinct"] >= mine.moments_needed


def matrix(pairs: list[Pair], names: tuple[str, ...]) -> Floats:
    """Return the numbers of pairs, (n, features)."""
    rows = [[pair.numbers[name] for name in names] for pair in pairs]
    return np.array(rows, np.float64).reshape(len(pairs), len(names))


def regression(numbers: Floats, true: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    """Return (intercept, weights) of the likeliest log-odds; no weight is negative."""
    from scipy.optimize import minimize

    sign = np.where(true, 1.0, -1.0)
    count = np.where(true, 1.0, AGAINST)

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = values[0] + numbers @ values[1:]
        wrong = 1.0 / (1.0 + np.exp(np.clip(sign * odds, -60, 60)))
        slope = -count * sign * wrong
        total = float((count * np.logaddexp(0.0, -sign * odds)).sum())
        total += RIDGE * float(values[1:] @ values[1:])
        return total, np.r_[slope.sum(), numbers.T @ slope + 2 * RIDGE * values[1:]]

    bounds = [(None, None)] + [(0.0, None)] * numbers.shape[1]
    found = minimize(
        loss, np.zeros(numbers.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return float(found.x[0] + np.log(AGAINST)), np.asarray(found.x[1:], np.float64)


def tail_of(odds: Floats, known: Measured) -> Tail:
    """Fit the tail of the unrelated pairs; without any, a guess that is on the safe side."""
    asked = known.queries * known.videos
    if len(odds) < 2:
        return Tail(-4.0, 2.0, 1.0 / asked)
    highest = np.sort(odds)[-min(TAIL, len(odds)) :]
    start = float(highest[0])
    return Tail(start, max(1.0, float((highest[1:] - start).mean())), len(highest) / asked)


def _precise(odds: Floats, true: npt.NDArray[np.bool_]) -> float:
    """Return the lowest score above which enough of the pairs are true."""
    order = np.argsort(-odds, kind="stable")
    share = np.cumsum(true[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(share >= PRECISION)[0]
    return _score(float(odds[order][good[-1]])) if len(good) else 0.99


def _score(odds: float) -> float:
    return round(float(1.0 / (1.0 + np.exp(-odds))), 3)


def written(fitted: Fitted, known: Measured, names: tuple[str, ...]) -> str:
    """Return the file's text."""
    pairs = known.pairs
    true = sum(pair.true for pair in pairs)
    before = json.loads(TARGET.read_text(encoding="utf-8"))
    weights = zip(names, fitted.weights, strict=True)
    data = {
        "version": int(before["version"]) + 1,
        "made": (
            f"Logistic regression (L2 {RIDGE:g}, weights not negative, wrong pairs counted "
            f"{AGAINST:g} times and the intercept moved back by their logarithm) on {len(pairs)} "
            f"pairs of {known.queries} edited queries and an index of {known.videos} videos: "
            f"{true} that share footage, {len(pairs) - true} that do not but agree somewhere "
            f"(other moments of one room, road or film). `match` lies {MARGIN:g} log-odds above "
            f"every wrong pair, `possible` where {PRECISION:.0%} of the pairs above it are true, "
            "both by weights fitted on other footage. With `crowd` the exponential tail of the "
            f"unrelated pairs lets {FALSE_ALLOWED:g} pass for each query among {MANY:,} videos. "
            "tests/benchmarks/calibrate.py makes it anew."
        ),
        "intercept": round(fitted.intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in weights},
        "searched": known.videos,
        "crowd": round(fitted.crowd, 4),
        "match": fitted.match,
        "possible": fitted.possible,
        "grain": before["grain"],  # chosen, not fitted: true and wrong pairs hardly overlap in it
    }
    return json.dumps(data, indent=1) + "\n"


# --- the command ---------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Measure (or read what was measured), fit, show, and write if asked to."""
    from tracer.match.score import FEATURES

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.calibrate")
    parser.add_argument("--measured", action="store_true", help="use the numbers of the last run")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = parser.parse_args(arguments)
    console = Console(width=120)
    path = media.cache_folder() / "runs" / "measured-tune.jsonl"
    if not options.measured:
        measured(queries.case("tune"), console).write(path)
    known = Measured.read(path)
    fitted = fit(known, FEATURES)
    show(console, fitted, known, FEATURES)
    if options.write:
        TARGET.write_text(written(fitted, known, FEATURES), encoding="utf-8")
        console.print(f"wrote {TARGET.name}")
    return 0


def show(console: Console, fitted: Fitted, known: Measured, names: tuple[str, ...]) -> None:
    """Print the weights, the thresholds and what the folds give."""
    table = Table("number", "weight", "mean of true", "mean of wrong")
    numbers = matrix(known.pairs, names)
    true = np.array([pair.true for pair in known.pairs])
    for at, name in enumerate(names):
        means = [f"{numbers[chosen, at].mean():.2f}" for chosen in (true, ~true) if chosen.any()]
        table.add_row(name, f"{fitted.weights[at]:.3f}", *means)
    console.print(table)
    tail = fitted.tail
    console.print(
        f"intercept {fitted.intercept:.3f}, crowd {fitted.crowd:.2f}; tail of unrelated pairs: "
        f"{tail.rate:.1e} a query and video above {tail.start:.2f}, scale {tail.scale:.2f}"
    )
    for videos in (known.videos, MANY):
        console.print(
            f"among {videos:,} videos: {fitted.expected(fitted.match, videos, known.videos):.1e} "
            f"false expected a query at match (from {fitted.match}), "
            f"{fitted.expected(fitted.possible, videos, known.videos):.1e} at possible (from "
            f"{fitted.possible})"
        )
    others = elsewhere(known, names)
    said = others >= float(np.log(fitted.match / (1 - fitted.match)))
    said &= np.array([passes(pair) for pair in known.pairs])
    console.print(
        f"by weights of other footage: {int((said & true).sum())} of {int(true.sum())} true pairs "
        f"at match, {int((said & ~true).sum())} wrong of {int((~true).sum())}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
