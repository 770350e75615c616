"""`python -m tests.benchmarks.fit_weights`: fit the cues' weights on the tune families, anew.

One multinomial logistic model over the three hypotheses of `tracer.trace.direction` (the query
derives from the match, the match from the query, both from something else), on every matched pair
of the tune families. A cue's weight is never negative and is drawn to what was set by hand before
anything was measured (`PRIOR`), as strongly as one standard deviation of `SPREAD`: a cue that was
seen on three pairs keeps nearly its prior, one that was seen on a hundred has what they say. Then
the few numbers of the tree are chosen by the tune families' trees, on a small grid.

The held-out families take no part. `--write` puts the result into `tracer/trace/weights.json`, with
each cue's own accuracy and coverage beside its weight.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from scipy.optimize import minimize

import tracer.trace
from tracer.trace import direction, weights
from tracer.trace.weights import Weights

from . import families, provenance_metrics
from .families import Case, Related

Floats = npt.NDArray[np.float64]

WEIGHTS = Path(tracer.trace.__file__).with_name("weights.json")
SPREAD = 1.0  # log-odds: how far a weight may well lie from its prior
# Here every copy is coded more coarsely than its source, and seldom scaled up: these two look
# better than they are in the wild, where anyone may code or scale anything anew. They keep to what
# was set by hand.
NARROW: Mapping[str, float] = {"bitrate": 0.05, "resolution": 0.2, "repeats": 0.05}
PRIOR_SIBLINGS = -1.0
HYPOTHESES = ("query_from_match", "match_from_query", "siblings")
STEP_WEIGHTS = (1.0, 0.75, 0.5, 1.5)  # of equals the first is kept
LINE_WEIGHTS = (0.5, 1.0, 0.25)
HIDDEN = (-7.5, -6.0)
UNLIKE = (1.0, 0.5, 2.0, 4.0)

# Set by hand from the literature on phylogeny and provenance graphs: field of view strongest,
# compression weak; what is laid over tells nearly as much; what anyone can undo tells little.
PRIOR: Mapping[str, float] = {
    "field_of_view": 4.0, "overlay": 3.0, "foreign_watermark": 1.5, "subtitles": 3.0,
    "cover_band": 3.0, "other_subtitles": 2.5, "frame": 3.5, "excerpt": 2.0, "compilation": 3.0,
    "own_material": 1.0, "speed": 1.0, "cadence": 1.5, "repeats": 0.2, "tones": 0.8, "mirror": 1.0,
    "rotation": 1.0, "sound": 0.5, "generation": 2.0, "one_way_loss": 1.0, "mixed_loss": 0.7,
    "either_side": 0.5, "resolution": 0.6, "bitrate": 0.3,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Fit, choose, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fit_weights")
    parser.add_argument("--families", type=int, default=families.FAMILIES)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one draw for each")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--indexes", type=Path, help="one of `families` for each seed, by number")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    console = Console(width=120 if not Console().is_terminal else None)
    draws = []
    for seed in options.seed:
        folder = options.indexes / str(seed) if options.indexes else None
        draws.append(families.prepared("tune", options.families, seed, options.jobs, folder))
    case = merged(draws)
    pairs = families.related(case)
    fitted = fit(case, pairs)
    chosen, figures = choose_tree(case, fitted)
    measured = families.per_cue(case, pairs, chosen)
    for cue in sorted(PRIOR):
        sound, reach, count, _ = measured.get(cue, (0.0, 0.0, 0, 0.0))
        console.print(
            f"{cue:20} {PRIOR[cue]:5.2f} -> {chosen.cues[cue]:5.2f}   accuracy {sound:.2f} at "
            f"{reach:.2f} of the pairs ({count})"
        )
    console.print(
        f"siblings {chosen.siblings:.2f}, step_weight {chosen.step_weight}, line_weight "
        f"{chosen.line_weight}, hidden "
        f"{chosen.hidden}, unlike {chosen.unlike}; trees without times: {figures}"
    )
    if options.write:
        write(chosen, told(case, pairs), measured)
    return 0


def merged(draws: Sequence[Case]) -> Case:
    """Put several draws of families together; each keeps its own name, for the dice."""
    return Case(
        [
            replace(tree, name=f"{number} {tree.name}")
            for number, draw in enumerate(draws, 1)
            for tree in draw.trees
        ],
        {sha256: video for draw in draws for sha256, video in draw.videos.items()},
        # The draws have no file in common, or else the same match between the same two.
        list({(m.query_sha256, m.sha256): m for draw in draws for m in draw.matches}.values()),
        {sha256: length for draw in draws for sha256, length in draw.durations.items()},
    )


def told(case: Case, pairs: Sequence[Related]) -> str:
    """How the weights came about, for the file that ships."""
    lines = sum(pair.truth != "siblings" for pair in pairs)
    return (
        f"Fitted by `python -m tests.benchmarks.fit_weights` on {len(pairs)} matched pairs "
        f"({lines} of one line of descent) of {len(case.trees)} tune families: multinomial "
        f"logistic, never negative, drawn to weights set by hand with a spread of {SPREAD}, "
        "`bitrate` and `resolution` held to them. `step` and `time` were set by hand; "
        "`step_weight`, `line_weight`, `apart_weight`, `unlike` and `hidden` were chosen by the "
        "same families' trees."
    )


def fit(case: Case, pairs: Sequence[Related]) -> Weights:
    """Return the weights of the cues and the prior of siblings that best explain the pairs."""
    unit = replace(weights.load(), cues=dict.fromkeys(PRIOR, 1.0))
    names = sorted(PRIOR)
    place = {name: column for column, name in enumerate(names)}
    amounts = np.zeros((len(pairs), 3, len(names)))
    truth = np.array([HYPOTHESES.index(pair.truth) for pair in pairs])
    for row, pair in enumerate(pairs):
        for one in families.evidence(case, pair, unit):
            if one.cue in place and one.favours in HYPOTHESES:
                amounts[row, HYPOTHESES.index(one.favours), place[one.cue]] += one.weight
    prior = np.array([PRIOR[name] for name in names] + [PRIOR_SIBLINGS])
    spread = np.array([NARROW.get(name, SPREAD) for name in names] + [SPREAD])
    bounds = [(0.0, None)] * len(names) + [(None, None)]
    against = np.array([float(name in direction.AGAINST_SIBLINGS) for name in names])
    given = (amounts, against, truth, prior, spread)
    found = minimize(_loss, prior, given, "L-BFGS-B", jac=True, bounds=bounds)
    cues = {name: round(float(found.x[place[name]]), 2) for name in names}
    return replace(weights.load(), cues=cues, siblings=round(float(found.x[-1]), 2))


def _loss(
    values: Floats,
    amounts: Floats,
    against: Floats,
    truth: npt.NDArray[np.intp],
    prior: Floats,
    spread: Floats,
) -> Any:
    """Return the negative log-likelihood with its shrinkage, and the gradient of both."""
    # (pairs, 3, cues): what speaks against each hypothesis, what speaks against siblings apart.
    apart = amounts * (1.0 - against)
    one_way = amounts[:, :2].sum(axis=1) * against
    speaking = np.stack([apart[:, 1] + apart[:, 2], apart[:, 0] + apart[:, 2], one_way], 1)
    logits = -(speaking @ values[:-1])
    logits[:, 2] += values[-1]
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits)
    chances /= chances.sum(axis=1, keepdims=True)
    rows = np.arange(len(truth))
    loss = -np.log(np.maximum(chances[rows, truth], 1e-12)).sum()
    wrong = chances.copy()
    wrong[rows, truth] -= 1.0
    gradient = np.empty_like(values)
    gradient[:-1] = -np.einsum("pk,pkc->c", wrong, speaking)
    gradient[-1] = wrong[:, 2].sum()
    away = (values - prior) / spread
    return loss + 0.5 * float(away @ away), gradient + away / spread


def choose_tree(case: Case, fitted: Weights) -> tuple[Weights, dict[str, float]]:
    """Return the weights with the tree's numbers that do best on the tune families."""
    best: tuple[float, Weights, dict[str, float]] | None = None
    for step, line, hidden, unlike in product(STEP_WEIGHTS, LINE_WEIGHTS, HIDDEN, UNLIKE):
        tried = replace(fitted, step_weight=step, line_weight=line, hidden=hidden, unlike=unlike)
        rows, _ = families.measured(case, "without times", tried)
        means = dict(provenance_metrics.mean(rows))
        worth = means["edges"] + means["ancestry"] + means["root"] / 2
        if best is None or worth > best[0] + 1e-9:
            best = (worth, tried, {name: round(value, 3) for name, value in means.items()})
    assert best is not None
    return best[1], best[2]


def write(
    chosen: Weights, made: str, measured: Mapping[str, tuple[float, float, int, float]]
) -> None:
    """Put the weights into the package, each cue with its own accuracy on the tune families."""
    raw = json.loads(WEIGHTS.read_text("utf-8"))
    cues = {}
    for cue in PRIOR:
        sound, reach, count, _ = measured.get(cue, (0.0, 0.0, 0, 0.0))
        cues[cue] = {"weight": chosen.cues[cue], "pairs": count}
        if count:
            cues[cue] |= {"accuracy": round(sound, 2), "coverage": round(reach, 2)}
    raw |= {
        "version": raw["version"] + 1,
        "made": made,
        "cues": cues,
        "siblings": chosen.siblings,
        "step_weight": chosen.step_weight,
        "line_weight": chosen.line_weight,
        "hidden": chosen.hidden,
        "unlike": chosen.unlike,
    }
    text = json.dumps(raw, indent=2, ensure_ascii=False)
    WEIGHTS.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
