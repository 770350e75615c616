"""`python -m tests.benchmarks.families`: chains of edited families against the truth, with peers.

The versions of each family of `family_trees` are taken in and matched inside an index, as `tracer
index` and `tracer chain` do it (whether other footage gets in, the other benchmark measures). From
the stored matches the chain of each family is then built in several ways: without times, with true
ones, with one false, with versions left out (a pair's match rests on its two videos alone, so
leaving one out is leaving it unindexed). Direction is asked of every pair, and a pair is stored by
SHA-256: which of the two is the query tells nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from tracer.index.store import Index
from tracer.index.turned import seen_from
from tracer.model import Chain, IndexedVideo, Instant, Match, Post
from tracer.pipeline import match_inside, take_in
from tracer.settings import DEFAULT
from tracer.trace import chain as tracing
from tracer.trace import direction, weights
from tracer.trace import families as grouping
from tracer.trace.weights import Weights

from . import clips, family_peers, media, provenance_metrics
from .clips import SALT
from .family_trees import Tree, trees
from .provenance_metrics import Graph, Scores

FAMILIES = 12
MODES = ("without times", "true times", "one false time", "hidden versions")
FIGURES = ("root", "edges", "ancestry", "sim_no", "sim_lo", "sim_nlo")
GOALS = {"root": 0.90, "edges": 0.75, "ancestry": 0.85, "sim_no": 0.95, "sim_lo": 0.70,
         "sim_nlo": 0.80}  # fmt: skip
START = datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
PLATFORMS = ("pomegranate_cloud", "douyin", "youtube", "weibo", "bilibili", "kuaishou")


@dataclass(frozen=True)
class Case:
    """Everything that is measured: the trees, the videos as indexed, their matches."""

    trees: Sequence[Tree]
    videos: Mapping[str, IndexedVideo]
    matches: Sequence[Match]
    durations: Mapping[str, float]

    def between(self, members: frozenset[str]) -> list[Match]:
        """The matches inside a family."""
        return [m for m in self.matches if m.sha256 in members and m.query_sha256 in members]


@dataclass(frozen=True)
class Related:
    """Two matched versions of one tree and what is true of them: their lines of descent."""

    match: Match
    truth: str  # query_from_match, match_from_query or siblings


def main(arguments: list[str] | None = None) -> int:
    """Build, index, match, chain, score, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.families")
    parser.add_argument("--set", choices=clips.SETS, default="held-out")
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, and go on with them")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args(arguments)
    console = Console(width=140 if not Console().is_terminal else None)
    start = time.process_time()
    case = prepared(options.set, options.families, options.seed, options.jobs, options.indexes)
    console.print(
        f"{options.set}: {len(case.trees)} families, "
        f"{sum(len(tree.versions) for tree in case.trees)} versions; weights "
        f"{weights.load().version}; {time.process_time() - start:.0f} s of this process"
    )
    rows = {mode: measured(case, mode) for mode in MODES}
    _trees_table(console, case, rows)
    pairs = related(case)
    figures = _directions_table(console, case, pairs)
    if options.json:
        means = {mode: dict(provenance_metrics.mean(each)) for mode, (each, _) in rows.items()}
        named = {mode: share for mode, (_, share) in rows.items()}
        told = {"set": options.set, "trees": means, "false named": named, "direction": figures}
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


def prepared(half: str, count: int, seed: int, jobs: int, folder: Path | None) -> Case:
    """Make the families, take each into an index of its own, and compare its versions there."""
    grown = trees(clips.load(), half, count, seed)
    kept = folder or media.cache_folder() / "runs" / f"families-{half}"
    if folder is None and kept.exists():
        shutil.rmtree(kept)
    kept.mkdir(parents=True, exist_ok=True)
    videos: dict[str, IndexedVideo] = {}
    matches: list[Match] = []
    for tree in grown:
        with Index.open(kept / f"{tree.name}.db", "write") as index:
            take_in(index, sorted({str(one.path) for one in tree.versions}), jobs=jobs)
            match_inside(index, jobs=jobs)
            videos |= {one.video.sha256: replace(one, posts=()) for one in index.videos()}
            matches += index.all_matches()
    lengths = {sha256: video.video.duration for sha256, video in videos.items()}
    return Case(grown, videos, matches, lengths)


# --- trees ---


def measured(case: Case, mode: str, table: Weights | None = None) -> tuple[list[Scores], float]:
    """The figures of each family, and the share of the false claims that were named."""
    rows, named = [], []
    for tree in case.trees:
        dice = Random(f"{SALT} {tree.name} {mode}")
        shown = _shown(tree, mode, dice)
        false = dice.choice(sorted(shown - tree.roots)) if mode == "one false time" else None
        posts = {} if mode in ("without times", "hidden versions") else _posts(tree, dice, false)
        chain = chained(case, tree, shown, posts, dice, table)
        rows.append(scored(tree, shown, chain))
        if false is not None:
            blamed = {one.sha256 for one in chain.contradictions}
            named.append(tree.versions[false].sha256 in blamed)
    return rows, sum(named) / len(named) if named else float("nan")


def chained(
    case: Case,
    tree: Tree,
    shown: frozenset[int],
    posts: Mapping[str, Post],
    dice: Random,
    table: Weights | None = None,
) -> Chain:
    """The chain as `tracer chain` builds it, asked about a version of the first work.

    Of a tree with a compilation, the compilation is asked about: its chain holds both works.
    """
    known = frozenset(tree.versions[row].sha256 for row in shown)
    joins = [row for row in shown if len(tree.versions[row].parents) > 1]
    subject = tree.versions[joins[0] if joins else dice.choice(sorted(shown))].sha256
    matches = case.between(known)
    members = grouping.family_of(subject, matches, case.durations, DEFAULT.trace)
    videos = []
    for sha256 in sorted(members):
        stated = (posts[sha256],) if sha256 in posts else ()
        videos.append(replace(case.videos[sha256], posts=stated))
    return tracing.build(videos, case.between(members), None, subject, table=table)


def scored(tree: Tree, shown: frozenset[int], chain: Chain) -> Scores:
    """A chain against the truth: of two works that were put together, either first counts."""
    found = Graph.of(
        (video.video.sha256 for video in chain.videos),
        ((link.source, link.derived) for link in chain.links),
    )
    roots = frozenset(tree.versions[row].sha256 for row in tree.roots & shown)
    return provenance_metrics.scores(tree.truth(shown), found, roots, chain.earliest.sha256)


def _shown(tree: Tree, mode: str, dice: Random) -> frozenset[int]:
    """Which versions are indexed; where some are hidden, one or two that others were made from."""
    rows = frozenset(range(len(tree.versions)))
    if mode != "hidden versions":
        return rows
    inner = {parent for one in tree.versions for parent in one.parents} - tree.roots
    joined = {row for row in rows if len(tree.versions[row].parents) > 1}
    candidates = sorted(inner - joined)
    return rows - frozenset(dice.sample(candidates, min(len(candidates), dice.randint(1, 2))))


def _posts(tree: Tree, dice: Random, false: int | None) -> dict[str, Post]:
    """When each version was posted: hours to days after what it was made from."""
    times: list[datetime] = []
    found = {}
    for row, one in enumerate(tree.versions):
        latest = max((times[parent] for parent in one.parents), default=START)
        times.append(latest + timedelta(hours=dice.uniform(1, 72)))
        at = START - timedelta(days=dice.uniform(1, 30)) if row == false else times[row]
        stated = Instant(at, at, "sidecar", at.isoformat())
        found[one.sha256] = Post(dice.choice(PLATFORMS), published=stated)
    return found


def _trees_table(
    console: Console, case: Case, rows: Mapping[str, tuple[list[Scores], float]]
) -> None:
    table = Table(title="Chains", title_justify="left")
    for name in ("method", "families", *FIGURES, "false claim named"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for mode, (each, named) in rows.items():
        means = provenance_metrics.mean(each)
        shown = f"{named:.2f}" if named == named else ""
        figures = (f"{means[name]:.3f}" for name in FIGURES)
        table.add_row(f"tracer, {mode}", str(len(each)), *figures, shown)
    for name, answer in family_peers.PEERS.items():
        each = []
        for tree in case.trees:
            found, root = answer(case, tree, Random(f"{SALT} {tree.name} {name}"))
            everyone = frozenset(range(len(tree.versions)))
            roots = frozenset(tree.versions[row].sha256 for row in tree.roots)
            each.append(provenance_metrics.scores(tree.truth(everyone), found, roots, root))
        means = provenance_metrics.mean(each)
        table.add_row(name, str(len(each)), *(f"{means[figure]:.3f}" for figure in FIGURES), "")
    table.add_row("goal, without times", "", *(f"{GOALS[figure]:.2f}" for figure in FIGURES), "")
    console.print(table)


# --- direction ---


def related(case: Case) -> list[Related]:
    """Every matched pair of one tree whose two versions share a line or an ancestor."""
    place = {
        one.sha256: (tree, row) for tree in case.trees for row, one in enumerate(tree.versions)
    }
    found = []
    for match in case.matches:
        tree, query = place[match.query_sha256]
        other_tree, other = place[match.sha256]
        if match.verdict != "match" or tree is not other_tree:
            continue
        above = tree.ancestors(query), tree.ancestors(other)
        if other in above[0]:
            found.append(Related(match, "query_from_match"))
        elif query in above[1]:
            found.append(Related(match, "match_from_query"))
        elif above[0] & above[1]:
            found.append(Related(match, "siblings"))
    return found


def _directions_table(
    console: Console, case: Case, pairs: Sequence[Related]
) -> dict[str, tuple[float, float]]:
    """Accuracy where decided, and coverage: of all evidence and of each cue alone."""
    lines = [pair for pair in pairs if pair.truth != "siblings"]
    apart = [pair for pair in pairs if pair.truth == "siblings"]
    verdicts = [_verdict(case, pair) for pair in lines]
    decided = [
        (v, p) for v, p in zip(verdicts, lines, strict=True) if v.endswith(("match", "query"))
    ]
    right = sum(verdict == pair.truth for verdict, pair in decided)
    figures = {"all": (right / max(1, len(decided)), len(decided) / max(1, len(lines)))}
    false = sum(_verdict(case, pair).endswith(("match", "query")) for pair in apart)
    console.print(
        f"direction: {len(lines)} pairs of one line, {len(apart)} of two; accuracy where decided "
        f"{figures['all'][0]:.3f} at coverage {figures['all'][1]:.3f} (goal 0.90 at 0.80); "
        f"called siblings {sum(v == 'siblings' for v in verdicts) / max(1, len(lines)):.3f}; "
        f"a direction given to siblings {false / max(1, len(apart)):.3f}"
    )
    table = Table(title="Cues, each alone, on pairs of one line", title_justify="left")
    for name in ("cue", "accuracy", "coverage", "pairs", "fires on siblings", "weight"):
        table.add_column(name, justify="left" if name == "cue" else "right")
    for cue, (sound, reach, count, on_siblings) in sorted(per_cue(case, pairs).items()):
        figures[cue] = (sound, reach)
        weight = f"{weights.load().cues.get(cue, 0.0):.2f}"
        table.add_row(cue, f"{sound:.3f}", f"{reach:.3f}", str(count), f"{on_siblings:.3f}", weight)
    console.print(table)
    return figures


def per_cue(
    case: Case, pairs: Sequence[Related], table: Weights | None = None
) -> dict[str, tuple[float, float, int, float]]:
    """Of each cue: accuracy and coverage on pairs of one line, how many, share of siblings."""
    lines = [pair for pair in pairs if pair.truth != "siblings"]
    apart = [pair for pair in pairs if pair.truth == "siblings"]
    hits: dict[str, list[bool]] = {}
    others: dict[str, int] = {}
    for pair in pairs:
        sums: dict[str, float] = {}
        for one in evidence(case, pair, table):
            sign = {"query_from_match": 1.0, "match_from_query": -1.0}.get(one.favours, 0.0)
            sums[one.cue] = sums.get(one.cue, 0.0) + sign * one.weight
            if sign == 0.0:
                sums.setdefault(one.cue, 0.0)
        for cue, total in sums.items():
            if pair.truth == "siblings":
                others[cue] = others.get(cue, 0) + 1
            elif total != 0.0:
                told = "query_from_match" if total > 0 else "match_from_query"
                hits.setdefault(cue, []).append(told == pair.truth)
            else:
                hits.setdefault(cue, []).append(False)
    return {
        cue: (
            sum(hits.get(cue, ())) / max(1, len(hits.get(cue, ()))),
            len(hits.get(cue, ())) / max(1, len(lines)),
            len(hits.get(cue, ())),
            others.get(cue, 0) / max(1, len(apart)),
        )
        for cue in sorted({*hits, *others})
    }


def evidence(
    case: Case, pair: Related, table: Weights | None = None
) -> tuple[direction.Evidence, ...]:
    """All evidence of content that the stored match holds, under the weights of today."""
    query, other = (case.videos[s].video for s in (pair.match.query_sha256, pair.match.sha256))
    return direction.collect(pair.match, query, other, table or weights.load())


def _verdict(case: Case, pair: Related) -> str:
    """What content alone says of a pair, asked from both sides; '' where the two disagree."""
    match = pair.match
    query, other = (case.videos[s].video for s in (match.query_sha256, match.sha256))
    there = direction.judge(match, query, other, DEFAULT.trace).verdict
    back = direction.judge(seen_from(match, match.sha256), other, query, DEFAULT.trace).verdict
    mirrored = {"query_from_match": "match_from_query", "match_from_query": "query_from_match"}
    return there if mirrored.get(back, back) == there else ""


if __name__ == "__main__":
    raise SystemExit(main())
