"""What must not drop: the figures of the last accepted run, with a digest of what they stand on."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from .scoring import Scores

PATH = Path(__file__).with_name("floors.json")
SLACK_SHARE = 0.002
SLACK_SECONDS = 0.02
# Figures that must not rise; all others must not fall.
LOW_IS_GOOD = ("boundary_median", "boundary_p95", "false_matches")
KEPT = (
    "pair_micro_ap",
    "segment_ap",
    "vcsl_f",
    "precision_at_possible",
    "same_scene_recall",
    "same_scene_precision",
    *LOW_IS_GOOD,
)


def figures(scores: Scores) -> dict[str, float]:
    """The figures that are held: overall, groups, edits."""
    out = {key: scores.overall[key] for key in KEPT}
    out |= {f"recall {name}": row.recall for name, row in scores.groups.items()}
    out |= {f"recall {name}": row.recall for name, row in scores.rows.items()}
    return {key: round(value, 4) for key, value in out.items() if not math.isnan(value)}


def worse(name: str, now: float, floor: float) -> bool:
    """Whether a figure dropped by more than the slack."""
    if name in LOW_IS_GOOD:
        return now > floor + (SLACK_SECONDS if name.startswith("boundary") else 0)
    return now < floor - SLACK_SHARE


def check(chosen: str, digest: str, scores: Scores) -> list[str]:
    """What dropped, in words; empty when nothing did."""
    held = _read().get(chosen)
    if held is None:
        return []
    if held["digest"] != digest:
        return [
            f"floors of `{chosen}` stand on other clips or recipes "
            f"({held['digest']}, now {digest}): run with --update-floors"
        ]
    now = figures(scores)
    return [
        f"{name}: {now.get(name, math.nan):g}, floor {floor:g}"
        for name, floor in held["figures"].items()
        if name not in now or worse(name, now[name], floor)
    ]


def update(chosen: str, digest: str, scores: Scores, allow_regression: bool) -> list[str]:
    """Hold the figures of this run; a drop is refused unless it is allowed. Returns refusals."""
    everything = _read()
    held = everything.get(chosen)
    now = figures(scores)
    if held is not None and held["digest"] == digest and not allow_regression:
        dropped = check(chosen, digest, scores)
        if dropped:
            return dropped
        for name, floor in held["figures"].items():
            if name not in now:
                continue
            better = min if name in LOW_IS_GOOD else max
            now[name] = better(now[name], floor)
    everything[chosen] = {"digest": digest, "figures": dict(sorted(now.items()))}
    PATH.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return []


def _read() -> dict[str, Any]:
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
