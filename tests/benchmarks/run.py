"""`python -m tests.benchmarks`: build the queries, index, ask, score, print, compare."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console

import tracer

from . import build, clips, floors, media, peers, plan, queries, report, scoring
from .answers import Answers, basis
from .matcher import Answer, Matcher, TracerMatcher, UnavailableError
from .queries import Case
from .recipes_joint import EDITS, GROUPS
from .truth import Query

SIGNATURE_QUERIES = 40


def main(arguments: list[str] | None = None) -> int:
    """Run; 0 when nothing dropped, 1 when a figure fell below its floor."""
    options = _parser().parse_args(arguments)
    console = Console(width=160 if not Console().is_terminal else None)
    edits = _edits(options.edits)
    case = queries.case(options.set, edits, options.seed, options.each, progress=_progress(console))
    if edits == EDITS and options.seed == 1:
        console.print(f"manifest: {queries.write_manifest(case)[0].name} in the cache")
    if options.build_only:
        return 0
    limited = _limited(case, options.limit)
    names = [] if options.only_peers else ["tracer"]
    names += peers.PEERS if options.peers == "all" else [p for p in options.peers.split(",") if p]
    results = [_measure(name, limited, options, console) for name in names]
    for result in results:
        report.show(console, result)
    report.compare(console, results)
    complete = limited is case and edits == EDITS and options.seed == 1
    digest = f"{case.digest}-{build.letters()}"
    target = report.RESULTS if complete and not options.no_results else None
    label = options.set if clips.outside() else "fixtures"
    report.write(label, digest, results, target or media.cache_folder() / "results.md")
    return _held(label, options, digest, results, complete, console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("--set", choices=("tune", "held-out", "all"), default="tune")
    add("--limit", type=int, help="at most so many queries, spread over the edits")
    add("--edits", default="", help="edits or groups (plain, reworked, hard), comma-separated")
    add("--seed", type=int, default=1, help="another seed draws other queries")
    add("--each", type=int, default=plan.EACH, help="queries for each edit")
    add("--jobs", type=int, default=1, help="queries asked at the same time")
    add("--peers", default="", help=f"`all`, or some of {', '.join(peers.PEERS)}")
    add("--peer-limit", type=int, help="at most so many queries for each peer, of every edit")
    add("--only-peers", action="store_true", help="leave the product out")
    add("--resume", action="store_true", help="keep the answers of a run that was broken off")
    add("--keep-index", action="store_true", help="ask the product's index of the last run")
    add("--build-only", action="store_true", help="make the queries and the manifest, then stop")
    add("--no-results", action="store_true", help="leave results.md alone")
    add("--update-floors", action="store_true", help="hold the figures of this run")
    add("--allow-regression", action="store_true", help="with --update-floors: lower floors too")
    return parser


def _edits(text: str) -> tuple[str, ...]:
    if not text:
        return EDITS
    wanted: list[str] = []
    for name in text.split(","):
        wanted += GROUPS.get(name, (name,))
    unknown = [name for name in wanted if name not in EDITS]
    if unknown:
        raise SystemExit(f"no such edit: {', '.join(unknown)}; there are {', '.join(EDITS)}")
    return tuple(dict.fromkeys(wanted))


def _progress(console: Console) -> Any:
    def said(number: int, total: int, name: str) -> None:
        if number % 50 == 0:
            console.print(f"making queries: {number} of {total}", highlight=False)

    return said


def _limited(case: Case, limit: int | None) -> Case:
    """The first queries of every edit in turn, until there are enough."""
    if limit is None or limit >= len(case.queries):
        return case
    lines: dict[str, list[Query]] = {}
    for query in case.queries:
        lines.setdefault(query.edit, []).append(query)
    chosen: list[Query] = []
    while len(chosen) < limit:
        for line in lines.values():
            if line and len(chosen) < limit:
                chosen.append(line.pop(0))
    order = {query.name: number for number, query in enumerate(case.queries)}
    return replace(case, queries=sorted(chosen, key=lambda query: order[query.name]))


def _measure(name: str, case: Case, options: argparse.Namespace, console: Console) -> report.Result:
    """Index and ask one method; its answers go into the cache, one line a query."""
    case, note = _sample(name, case, options)
    try:
        matcher = _matcher(name, case, options)
    except UnavailableError as error:
        return report.Result(name, "", None, str(error))
    answers, seconds = _answers(matcher, case, options, console)
    scores = scoring.score(case, answers, seconds)
    path = _log(name, case, answers, seconds)
    console.print(f"{name}: answers in {path.relative_to(media.cache_folder())} of the cache")
    return report.Result(name, matcher.version, scores, note=note)


def _sample(name: str, case: Case, options: argparse.Namespace) -> tuple[Case, str]:
    """The queries that a method is asked, and a note where they are a sample."""
    if name == "signature" and len(case.queries) > SIGNATURE_QUERIES:
        note = f"(a sample of {SIGNATURE_QUERIES} queries, each against its sources and 3 others)"
        return _limited(case, SIGNATURE_QUERIES), note
    if name != "tracer" and options.peer_limit and len(case.queries) > options.peer_limit:
        return _limited(case, options.peer_limit), f"(a sample of {options.peer_limit} queries)"
    return case, ""


def _answers(
    matcher: Matcher, case: Case, options: argparse.Namespace, console: Console
) -> tuple[dict[str, Answer], dict[str, float]]:
    """Ask what is not known yet; each answer is kept as it comes."""
    name = matcher.name
    paths = [work.path for work in case.index]
    sources = Path(tracer.__file__).parent if name == "tracer" else None
    kept = Answers(name, case.name, basis(matcher.version, paths, sources), options.resume)
    known = {query.name: kept.get(query.name, query.path) for query in case.queries}
    asked = {query: one for query, one in known.items() if one is not None}
    left = [query for query in case.queries if query.name not in asked]
    if left:
        start = time.perf_counter()
        _index(matcher, paths, options.jobs)
        took = time.perf_counter() - start
        console.print(f"{name}: indexed {len(paths)} files in {took:.0f} s", highlight=False)
    for number, (query, answer, spent) in enumerate(_asked(matcher, left, options.jobs)):
        asked[query.name] = (answer, spent)
        kept.add(query.name, query.path, answer, spent)
        if number % 50 == 49:
            console.print(f"{name}: {number + 1} of {len(left)}", highlight=False)
    return (
        {query: answer for query, (answer, _) in asked.items()},
        {query: spent for query, (_, spent) in asked.items()},
    )


def _matcher(name: str, case: Case, options: argparse.Namespace) -> Matcher:
    if name == "tracer":
        database = media.cache_folder() / "runs" / f"tracer-{case.name}.db"
        return TracerMatcher(database, options.keep_index or options.resume)
    paths = {work.name: work.path for work in case.index}
    sources = {query.path: query for query in case.queries}

    def among(path: Path) -> list[Path]:
        query = sources[str(path)]
        true = [paths[part.work] for part in query.parts]
        rest = sorted(set(paths) - {part.work for part in query.parts} - set(query.also))
        return true + [paths[name] for name in Random(query.name).sample(rest, peers.STRANGERS)]

    return peers.make(name, among)


def _index(matcher: Matcher, paths: list[Path], jobs: int) -> None:
    """Index; with several jobs the product does so in a child, so that a fork finds it fresh."""
    if jobs > 1 and isinstance(matcher, TracerMatcher):
        child = multiprocessing.get_context("fork").Process(target=matcher.index, args=(paths,))
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit("indexing failed")
        matcher.adopt(paths)
        return
    matcher.index(paths)


_asking: Matcher | None = None


def _one(query: Query) -> tuple[Query, Answer, float]:
    assert _asking is not None
    start = time.perf_counter()
    answer = _asking.query(Path(query.path))
    return query, answer, time.perf_counter() - start


def _asked(
    matcher: Matcher, wanted: list[Query], jobs: int
) -> Iterator[tuple[Query, Answer, float]]:
    global _asking
    _asking = matcher
    if jobs <= 1 and isinstance(matcher, TracerMatcher):
        start = time.perf_counter()
        answers = matcher.stream([Path(query.path) for query in wanted])
        for query, answer in zip(wanted, answers, strict=True):
            yield query, answer, time.perf_counter() - start
            start = time.perf_counter()
        return
    if jobs <= 1:
        yield from map(_one, wanted)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_one, wanted)


def _log(
    name: str, case: Case, answers: dict[str, Answer], seconds: dict[str, float]
) -> Path:  # fmt: skip
    """One line a query: what it is, what came back, how each pair was judged."""
    path = media.cache_folder() / "runs" / f"{name}-{case.name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for query in case.queries:
            answer = answers[query.name]
            pairs = scoring.judge(case, query, answer)
            needed = [pair for pair in pairs if pair.relation == scoring.NEEDED]
            false = [p for p in pairs if p.relation in (scoring.SCENE, scoring.UNRELATED)]
            row = {
                "query": query.name,
                "edit": query.edit,
                "path": query.path,
                "duration": query.duration,
                "tags": query.tags,
                "seconds": round(seconds[query.name], 3),
                "missed": [pair.ref for pair in needed if pair.verdict != "match"],
                "false": [pair.ref for pair in false if pair.verdict],
                "truth": query.to_json()["parts"],
                "pairs": [asdict(pair) for pair in pairs],
                "same_scene": [path.name for path in answer.same_scene],
                "same_scene_required": query.same_scene,
                "unchecked": answer.unchecked,
            }
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return path


def _held(
    label: str,
    options: argparse.Namespace,
    digest: str,
    results: list[report.Result],
    complete: bool,
    console: Console,
) -> int:
    """Compare with the floors, or move them; only for a complete run of the product."""
    scores = next((r.scores for r in results if r.method == "tracer"), None)
    if scores is None or not complete:
        console.print("floors: not compared (only a complete run of the product is)")
        return 0
    if options.update_floors:
        refused = floors.update(label, digest, scores, options.allow_regression)
    else:
        refused = floors.check(label, digest, scores)
    for line in refused:
        console.print(f"[red]below its floor[/red] {line}")
    return 1 if refused else 0
