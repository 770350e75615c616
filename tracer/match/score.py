"""Examination -> one calibrated number, with its parts.

The log-odds of "these two share footage" are a weighted sum of a few measured numbers; the weights
were fitted by logistic regression on pairs of known truth and stand in ``calibration.json`` with
how they were made. The more videos were searched, the more chances there were for a wrong one to
look right: beyond the size of the indexes of the fit, a share of the log of their number is taken
off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from tracer.match.examine import Examination
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
class Calibration:
    """The fitted weights."""

    version: int
    intercept: float
    weights: dict[str, float]
    searched: int  # videos in the indexes that the weights were fitted on
    crowd: float  # log-odds taken off for each natural logarithm of more videos than these
    match: float  # score from which on the verdict is `match`
    possible: float


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
        "distinct": float(max(one.distinct for one in main)),
        "looks": mean("appearance"),
    }


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
    # Where the pictures hardly look alike, fades and cuts that fall together are chance.
    if numbers["looks"] < settings.appearance_least:
        odds = min(odds, _just_below(fitted.possible))
    # Two title cards in a row are one cut: too little to accuse on, however well it agrees.
    if numbers["distinct"] < 2:
        odds = min(odds, _just_below(fitted.possible))
    elif numbers["distinct"] < settings.moments_needed:
        odds = min(odds, _just_below(fitted.match))
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


def _just_below(value: float) -> float:
    """Return the log-odds of a score a hundredth below another."""
    return float(np.log((value - 0.01) / (1.01 - value)))


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
    parts += bars_missed(numbers, settings) if main else []
    return tuple(sorted(parts, key=lambda part: (-abs(part.value), part.name)))


def bars_missed(numbers: dict[str, float], settings: MatchSettings) -> list[Reason]:
    """Name the bars that keep a pair from being a match, whatever the rest says."""
    missed = []
    count, needed = int(numbers["distinct"]), settings.moments_needed
    if count < needed:
        detail = f"{count} of the {needed} distinct moments that a match needs"
        missed.append(Reason("distinct", float(count), detail, passed=False))
    looks, least = numbers["looks"], settings.appearance_least
    if looks < least:
        detail = f"the pictures correlate at {looks:.2f}, below the {least:.2f} that are needed"
        missed.append(Reason("looks", round(looks, 3), detail, passed=False))
    return missed
