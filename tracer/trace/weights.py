"""The weights of evidence: a small versioned data file that says how they were made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each cue, each step and each claim of time counts; all in log-odds."""

    version: int
    made: str  # how the numbers came about
    cues: Mapping[str, float]  # that the side which carries the edit does not precede the other
    siblings: float  # prior of two versions being siblings, against one deriving from the other
    one_hand: float  # an order of times where either side rests on one hand
    two_hands: float  # an order of times where both sides have two hands that agree
    step: Mapping[str, float]  # how large a step each kind of edit is, in edits
    step_weight: float  # log-odds that one more edit takes from a parent being the direct one
    line_weight: float  # how much of it counts in a tree that two are of one line of descent
    apart_weight: float  # how much the pairs that a tree does not link count in choosing its root
    unlike: float  # steps that a score of 0 counts where no edit explains it
    same_upload: float  # that two videos with one media id are one upload
    hidden: float  # log-odds of a version whose parent the index does not hold

    def siblings_weight(self, probability: float) -> float:
        """Return the log-odds of a probability of being siblings, never negative."""
        return max(0.0, math.log(max(probability, 1e-6) / max(1.0 - probability, 1e-6)))


@cache
def load() -> Weights:
    """Read the weights that ship with the package."""
    raw = json.loads(files("tracer.trace").joinpath("weights.json").read_text("utf-8"))
    # Beside its weight, each cue has its own accuracy and coverage on the pairs it was fitted on.
    return Weights(
        version=raw["version"],
        made=raw["made"],
        cues={cue: told["weight"] for cue, told in raw["cues"].items()},
        siblings=raw["siblings"],
        one_hand=raw["time"]["one_hand"],
        two_hands=raw["time"]["two_hands"],
        step=raw["step"],
        step_weight=raw["step_weight"],
        line_weight=raw["line_weight"],
        apart_weight=raw["apart_weight"],
        unlike=raw["unlike"],
        same_upload=raw["same_upload"],
        hidden=raw["hidden"],
    )
