"""Examination -> one calibrated number, with its parts.

The log-odds of "these two share footage" are a weighted sum of a few measured numbers; the weights
were fitted by logistic regression on pairs of known truth and stand in ``calibration.json`` with
how they were made. The more videos were searched, the more chances there were for a wrong one to
look right: beyond the size of the indexes of the fit, a share of the log of their number is taken
off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from tracer.match.examine import Examination, Grain
from tracer.match.segments import on_one_line
from tracer.match.stretches import Stretch, stands_alone, worth
from tracer.model import Reason
from tracer.settings import MatchSettings

FEATURES = (
    *("motion", "strong", "moments", "held", "appearance"),
    *("agreed", "contrast", "inliers", "unity", "natural"),
)

GATES = ("distinct", "looks")
"""Numbers that are no part of the sum: below a bar there is no match, whatever the rest says."""


@dataclass(frozen=True, slots=True)
class GrainWeight:
    """What the fine detail that moves adds to the log-odds of a closer look: a line, cut off."""

    slope: float  # log-odds for each unit of strength
    neutral: float  # strength that speaks neither for nor against
    chance: float  # standard deviations that other alignments reach as well
    contrast: float  # standard deviations from which on it counts in full
    least: float  # log-odds
    most: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted weights."""

    version: int
    intercept: float
    weights: dict[str, float]
    searched: int  # videos in the indexes that the weights were fitted on
    crowd: float  # log-odds taken off for each natural logarithm of more videos than these
    match: float  # score from which on the verdict is `match`
    possible: float
    grain: GrainWeight


@cache
def calibration() -> Calibration:
    """Read the weights that the package ships."""
    text = files("tracer.match").joinpath("calibration.json").read_text("utf-8")
    data = json.loads(text)
    return Calibration(
        version=int(data["version"]),
        intercept=float(data["intercept"]),
        weights={name: float(data["weights"][name]) for name in FEATURES},
        searched=int(data["searched"]),
        crowd=float(data["crowd"]),
        match=float(data["match"]),
        possible=float(data["possible"]),
        grain=GrainWeight(**{name: float(value) for name, value in data["grain"].items()}),
    )


_SPEEDS = 0.25  # logarithm of the speeds up to which copies are played faster or slower


def measures(found: Examination) -> dict[str, float]:
    """Return the numbers that the score is made of, each bounded so that none rules alone.

    They are taken on the one line that explains most: chance agreement scatters over many lines.
    """
    main = main_line(found)
    lengths = np.array([one.query_end - one.query_start for one in main])
    total = float(lengths.sum())
    if total <= 0:
        return dict.fromkeys((*FEATURES, *GATES), 0.0)

    def mean(name: str) -> float:
        values = np.array([getattr(one, name) for one in main], np.float64)
        return float((values * lengths).sum() / total)

    inliers = found.registration.best_pair if found.registration else 0
    # What else agrees speaks of chance, but for what would be believed without the rest: a
    # compilation shows several parts of one film.
    beside = [one for one in found.stretches if one not in main and not stands_alone(one)]
    whole = worth([*main, *beside])
    natural = max(0.0, 1.0 - abs(float(np.log(main[0].line.speed))) / _SPEEDS)
    return {
        "motion": _surprise(mean("motion"), 3.0),
        "strong": _surprise(mean("strong"), 3.5),
        "moments": min(2.5, float(np.log1p(sum(one.moments for one in main)))),
        # Chance finds long lines only at odd speeds, of which there are many to choose from. From
        # three seconds on a line is long: short clips are the usual case.
        "held": natural * min(1.4, float(np.log1p(total))),
        "appearance": _surprise(mean("appearance"), 3.0),
        "agreed": 1.0 - mean("disputed"),
        "contrast": float(np.clip(mean("contrast"), 0.0, 12.0)) / 4.0,
        # A dozen is as good as a hundred: the same room gives as many as the same footage.
        "inliers": min(2.5, float(np.log1p(inliers))),
        "unity": worth(main) / whole if whole > 0 else 0.0,
        "natural": natural,
        "distinct": float(_distinct(main, found.grain)),
        "looks": mean("appearance"),
    }


def _distinct(main: Sequence[Stretch], grain: Grain | None) -> int:
    """Return the distinct moments: fine detail tells some where the picture hardly changes."""
    return max(grain.distinct if grain else 0, *(one.distinct for one in main))


def _surprise(correlation: float, most: float) -> float:
    """Return -ln(1 - correlation), at most ``most``: 0.98 is as far from 0.9 as 0.5 from 0."""
    return float(-np.log(1.0 - np.clip(correlation, 0.0, 1.0 - np.exp(-most))))


def main_line(found: Examination) -> list[Stretch]:
    """Return the stretches of the one line that explains most."""
    groups: list[list[Stretch]] = []
    for stretch in found.stretches:
        for group in groups:
            if on_one_line(group[0], stretch):
                group.append(stretch)
                break
        else:
            groups.append([stretch])
    return max(groups, key=worth, default=[])


def score(numbers: dict[str, float], videos: int, settings: MatchSettings) -> float:
    """Return the calibrated score, 0 to 1, after ``videos`` were searched."""
    fitted = calibration()
    if numbers["moments"] <= 0.0:
        return 0.0
    odds = fitted.intercept + sum(fitted.weights[name] * numbers[name] for name in FEATURES)
    # More videos are more chances to look right by accident; fewer are no licence to accuse.
    odds -= fitted.crowd * max(0.0, float(np.log(max(1, videos) / fitted.searched)))
    return _probability(_barred(odds, numbers, settings))


def grain_odds(grain: Grain) -> float:
    """Return the log-odds that the fine detail that moves speaks for, or against, a pair.

    Its strength is -ln(1 - correlation), less where that lies only little above chance.
    """
    weight = calibration().grain
    beyond = (grain.contrast - weight.chance) / (weight.contrast - weight.chance)
    above_chance = float(np.clip(beyond, 0.0, 1.0))
    strength = _surprise(grain.correlation, 1.5) * above_chance
    odds = weight.slope * (strength - weight.neutral)
    return float(np.clip(odds, weight.least, weight.most))


def with_grain(value: float, found: Examination, settings: MatchSettings) -> float:
    """Return a closer look's score with what the fine detail that moves says of it."""
    if found.grain is None or value <= 0.0:
        return value
    odds = _log_odds(value) + grain_odds(found.grain)
    return _probability(_barred(odds, measures(found), settings, found.grain))


def _barred(
    odds: float, numbers: dict[str, float], settings: MatchSettings, grain: Grain | None = None
) -> float:
    """Return log-odds no higher than the bars allow that stand whatever the rest says."""
    fitted = calibration()
    # Where the pictures hardly look alike, fades and cuts that fall together are chance.
    if numbers["looks"] < settings.appearance_least and not _in_detail(grain, settings):
        odds = min(odds, _log_odds(fitted.possible - 0.01))
    # Two title cards in a row are one cut: too little to accuse on, however well it agrees.
    if numbers["distinct"] < 2:
        odds = min(odds, _log_odds(fitted.possible - 0.01))
    elif numbers["distinct"] < settings.moments_needed:
        odds = min(odds, _log_odds(fitted.match - 0.01))
    if _only_coarsely(numbers, settings, grain):
        odds = min(odds, _log_odds(fitted.possible - 0.01))
    return odds


def _only_coarsely(numbers: dict[str, float], settings: MatchSettings, grain: Grain | None) -> bool:
    """Tell whether a line at a speed of its own is borne out by no moment's fine detail.

    Of many speeds chance finds one at which people who walk one by one keep step.
    """
    own = numbers["natural"] < 1.0 - settings.speed_own / _SPEEDS
    return own and grain is not None and grain.distinct == 0


def _in_detail(grain: Grain | None, settings: MatchSettings) -> bool:
    """Tell whether fine detail agrees so well that a picture without texture need not."""
    return (
        grain is not None
        and grain.correlation >= settings.grain_sure
        and grain.contrast >= settings.grain_sure_contrast
    )


def _log_odds(value: float) -> float:
    return float(np.log(value / (1.0 - value)))


def _probability(odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60))))


_SENTENCES = {
    "motion": "what moves correlates at {:.2f} over the matched seconds",
    "strong": "the moments that move most correlate at {:.2f}",
    "moments": "{:.0f} distinct half-second moments in which something moves, and moves alike",
    "held": "{:.1f} seconds in common, which count the less the further the speed is from 1",
    "appearance": "the pictures correlate at {:.2f}, covered parts left out",
    "agreed": "{:.0%} of the moving moments agree",
    "contrast": "moved by a second or more, the agreement falls by {:.1f} standard deviations",
    "inliers": "{:.0f} features of the best frame pair agree with one transform",
    "unity": "{:.0%} of what agrees lies on one line of time",
    "natural": "it plays at speed {:.3f}",
}


def reasons(found: Examination, settings: MatchSettings) -> tuple[Reason, ...]:
    """Return the parts of the score, in order of their weight, each with a sentence."""
    numbers = measures(found)
    weights = calibration().weights
    main = main_line(found)
    raw = {
        "moments": float(sum(one.moments for one in main)),
        "held": float(sum(one.query_end - one.query_start for one in main)),
        "natural": main[0].line.speed if main else 0.0,
        "contrast": 4.0 * numbers["contrast"],
        "motion": 1.0 - float(np.exp(-numbers["motion"])),
        "strong": 1.0 - float(np.exp(-numbers["strong"])),
        "appearance": numbers["looks"],
        "inliers": float(found.registration.best_pair if found.registration else 0),
    }
    parts = [
        Reason(
            name=name,
            value=round(weights[name] * numbers[name], 3),
            detail=_SENTENCES[name].format(raw.get(name, numbers[name])),
        )
        for name in FEATURES
    ]
    if found.grain is not None:
        parts.append(_grain_reason(found.grain))
    parts += bars_missed(numbers, settings, found.grain) if main else []
    return tuple(sorted(parts, key=lambda part: (-abs(part.value), part.name)))


def _grain_reason(grain: Grain) -> Reason:
    """Say what the fine detail adds to the score of a closer look."""
    return Reason(
        "grain",
        round(grain_odds(grain), 3),
        f"the fine detail that moves correlates at {grain.correlation:.2f}, "
        f"{max(0.0, grain.contrast):.1f} standard deviations above other alignments",
    )


def bars_missed(
    numbers: dict[str, float], settings: MatchSettings, grain: Grain | None
) -> list[Reason]:
    """Name the bars that keep a pair from being a match, whatever the rest says."""
    missed = []
    count, needed = int(numbers["distinct"]), settings.moments_needed
    if count < needed:
        detail = f"{count} of the {needed} distinct moments that a match needs"
        missed.append(Reason("distinct", float(count), detail, passed=False))
    looks, least = numbers["looks"], settings.appearance_least
    if looks < least and not _in_detail(grain, settings):
        detail = f"the pictures correlate at {looks:.2f}, below the {least:.2f} that are needed"
        missed.append(Reason("looks", round(looks, 3), detail, passed=False))
    if _only_coarsely(numbers, settings, grain):
        detail = "played at a speed of its own, the fine detail agrees at no moment"
        missed.append(Reason("speed", 0.0, detail, passed=False))
    return missed
