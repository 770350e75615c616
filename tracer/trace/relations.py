"""Pairs of a family, weighed: which way content and time point, and how many edits lie between."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tracer.index.turned import seen_from
from tracer.model import Direction, Evidence, IndexedVideo, Match
from tracer.settings import TraceSettings
from tracer.trace import branching, direction, times
from tracer.trace.branching import Floats, Ints
from tracer.trace.families import Neighbours, compilations, verified
from tracer.trace.times import Timing
from tracer.trace.weights import Weights

_NAMES = ("derived version", "source")
_DIGITS = 9  # beyond these, two pairs that weigh the same differ by the order of a sum
_FLOOR = 1e-9  # a probability below it is as good as none; keeps the logarithm finite


@dataclass
class Relations:
    """All that is known between the videos of one family."""

    videos: Mapping[str, IndexedVideo]
    neighbours: Neighbours
    first: Mapping[str, Timing]  # by SHA-256; videos without any claim of time are missing
    hands: Mapping[str, frozenset[str]]
    made_of: Mapping[str, frozenset[str]]  # compilation -> the videos that it takes from
    uploads: Mapping[frozenset[str], str]  # two videos -> the media id that both carry
    weights: Weights
    settings: TraceSettings
    _odds: dict[tuple[str, str], direction.Odds] = field(default_factory=dict)
    _near: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        videos: Sequence[IndexedVideo],
        matches: Iterable[Match],
        weights: Weights,
        settings: TraceSettings,
    ) -> Relations:
        """Gather the verified matches and the first appearances of some videos."""
        by_sha = {video.video.sha256: video for video in sorted(videos, key=_sha256)}
        inside = (m for m in matches if m.sha256 in by_sha and m.query_sha256 in by_sha)
        seen = {sha: times.first_appearance(video, settings) for sha, video in by_sha.items()}
        shared = times.same_uploads(by_sha.values())
        neighbours = verified(inside)
        lengths = {sha256: video.video.duration for sha256, video in by_sha.items()}
        return cls(
            videos=by_sha,
            neighbours=neighbours,
            made_of=compilations(neighbours, lengths, settings),
            first={sha: timing for sha, timing in seen.items() if timing is not None},
            hands={sha: times.hands(video, settings) for sha, video in by_sha.items()},
            uploads={
                frozenset((one, other)): media_id
                for (_, media_id), carriers in shared.items()
                for one in carriers
                for other in carriers
                if one != other
            },
            weights=weights,
            settings=settings,
        )

    def match(self, derived: str, source: str) -> Match:
        """Return the match of two videos with the derived one as its query."""
        return seen_from(self.neighbours[derived][source], derived)

    def evidence(self, derived: str, source: str) -> tuple[Evidence, ...]:
        """Return all evidence of content, in words that call the two by their part in the link."""
        match = self.match(derived, source)
        videos = self.videos[derived].video, self.videos[source].video
        found = self._in_context(direction.collect(match, *videos, self.weights, _NAMES), match)
        media_id = self.uploads.get(frozenset((derived, source)))
        if media_id is None:
            return found
        detail = f"both posts show the upload {media_id}: one upload, used twice"
        upload = Evidence("same_upload", "same", self.weights.same_upload, detail)
        return (upload, *found)

    def _in_context(self, found: tuple[Evidence, ...], match: Match) -> tuple[Evidence, ...]:
        """Return a pair's evidence under what the whole family tells.

        Seen alone, a part that lies whole inside a compilation reads as an excerpt of it.
        """
        pair = match.query_sha256, match.sha256
        joins = [one for one, other in (pair, pair[::-1]) if other in self.made_of.get(one, ())]
        if len(joins) != 1:
            return found
        favours: Direction = "query_from_match" if joins[0] == pair[0] else "match_from_query"
        kept = [one for one in found if one.cue not in ("excerpt", "compilation")]
        detail = f"{joins[0][:12]} puts the other together with further material of the family"
        told = Evidence("compilation", favours, self.weights.cues["compilation"], detail)
        return tuple(sorted([told, *kept], key=lambda one: (-one.weight, one.cue, one.detail)))

    def content(self, derived: str, source: str) -> float:
        """Return the probability by content alone that one derives from the other."""
        odds = self._weighed(derived, source)
        forth = self.neighbours[derived][source].query_sha256 == derived
        return odds.query_from_match if forth else odds.match_from_query

    def siblings(self, one: str, other: str) -> float:
        """Return the probability by content alone that both derive from something else."""
        return self._weighed(one, other).siblings

    def _weighed(self, one: str, other: str) -> direction.Odds:
        match = self.neighbours[one][other]
        pair = match.query_sha256, match.sha256
        if pair not in self._odds:
            query, second = self.videos[pair[0]].video, self.videos[pair[1]].video
            found = direction.collect(match, query, second, self.weights)
            found = self._in_context(found, match)
            self._odds[pair] = direction.weigh(found, self.weights)
        return self._odds[pair]

    def odds(
        self, derived: str, source: str, undated: Collection[str] = ()
    ) -> tuple[float, float, float]:
        """Return the probabilities, by content and time together, of derived-from-source, of the
        reverse, and of both deriving from something else."""
        forth, back = self.content(derived, source), self.content(source, derived)
        apart = self.siblings(derived, source)
        forth *= math.exp(-self._in_time(derived, source, undated))
        back *= math.exp(-self._in_time(source, derived, undated))
        total = math.fsum((forth, back, apart))
        return forth / total, back / total, apart / total

    def _in_time(self, derived: str, source: str, undated: Collection[str]) -> float:
        """Return the log-odds by which time speaks against a link: where the source came later."""
        if self.order(derived, source, undated) != "before":
            return 0.0
        two = min(len(self.hands[source]), len(self.hands[derived])) > 1
        return self.weights.two_hands if two else self.weights.one_hand

    def told(self, derived: str, source: str, undated: Collection[str] = ()) -> float:
        """Return how sure the direction of a link is, given that there is one."""
        forth, back, _ = self.odds(derived, source, undated)
        return forth / max(forth + back, _FLOOR)

    def decisive(self, derived: str, source: str) -> float:
        """Return how sure content alone makes it that one derives from the other, if either does.

        Nothing where it says that both were made apart: of two siblings, either may be the older.
        """
        forth, back = self.content(derived, source), self.content(source, derived)
        if self.siblings(derived, source) >= self.settings.told_floor:
            return 0.0
        return forth / max(forth + back, _FLOOR)

    def order(self, first: str, second: str, undated: Collection[str] = ()) -> times.Order:
        """Compare when two videos are first seen to have existed."""
        if first in undated or second in undated:
            return "overlapping"
        one, other = self.first.get(first), self.first.get(second)
        if one is None or other is None or one.existed is None or other.existed is None:
            return "overlapping"
        return times.order(one.existed, other.existed)

    def steps(self, one: str, other: str) -> float:
        """Return how far two videos lie apart, in edits."""
        if self.uploads and frozenset((one, other)) in self.uploads:
            return 0.0
        match = self.neighbours[one][other]
        table = self.weights.step
        edits = sum(table[edit.kind] * edit.confidence for edit in match.edits)
        return round(edits + self.weights.unlike * (1.0 - match.score), _DIGITS)

    def parents(self, undated: Collection[str] = ()) -> dict[str, str]:
        """Return the most likely direct parent of each video that has one, by optimum branching."""
        names = list(self.videos)
        found, _ = self._branching(*self._edges(names, undated), None)
        return {
            names[row]: names[parent]
            for row, parent in enumerate(found.tolist())
            if parent != branching.NO_PARENT
        }

    def root_chances(
        self, candidates: Sequence[str], undated: Collection[str] = ()
    ) -> dict[str, float]:
        """Return how likely each candidate is the first: the best trees under each, compared.

        Links alone leave open which of two is the first where the two tell nothing of each other.
        What each has in common with all the others tells it: whoever is the first is above them.
        """
        names = list(self.videos)
        edges, pairs = self._edges(names, undated), self._pairs(names, undated)
        totals = []
        for each in candidates:
            found, total = self._branching(*edges, names.index(each))
            totals.append(total + self.weights.apart_weight * _apart(*pairs, found))
        top = max(totals, default=0.0)
        parts = [math.exp(total - top) for total in totals]
        return {each: part / sum(parts) for each, part in zip(candidates, parts, strict=True)}

    def _branching(
        self, sources: Ints, targets: Ints, scores: Floats, root: int | None
    ) -> tuple[Ints, float]:
        """Return everyone's parent and the whole tree's log-odds; `root` may have no parent."""
        kept = targets != (-1 if root is None else root)
        edges = sources[kept], targets[kept], scores[kept]
        return branching.best_parents(len(self.videos), *edges, self.weights.hidden)

    def _edges(self, names: Sequence[str], undated: Collection[str]) -> tuple[Ints, Ints, Floats]:
        """Return the possible links, as rows of source and derived, and the log-odds of each."""
        place = {sha256: row for row, sha256 in enumerate(names)}
        edges: list[tuple[float, int, int]] = []
        for derived in names:
            for source in self.near(derived):
                # Time apart: that a source came later speaks against this link, whatever speaks
                # against the reverse one.
                forth, back = self.content(derived, source), self.content(source, derived)
                line = max(forth + back, _FLOOR)
                score = math.log(max(forth / line, _FLOOR)) + self._in_line(line)
                score -= self._in_time(derived, source, undated)
                score -= self.weights.step_weight * self.steps(derived, source)
                edges.append((round(score, _DIGITS), place[source], place[derived]))
        return (
            np.array([source for _, source, _ in edges], dtype=np.int64),
            np.array([target for _, _, target in edges], dtype=np.int64),
            np.array([score for score, _, _ in edges], dtype=np.float64),
        )

    def _pairs(self, names: Sequence[str], undated: Collection[str]) -> tuple[Ints, Floats]:
        """Return the rows of all matched pairs, each once, and the logs of their three odds.

        Without compilations, which derive from videos that are in no line of descent.
        """
        place = {sha256: row for row, sha256 in enumerate(names) if sha256 not in self.made_of}
        rows, logs = [], []
        for one in place:
            for other in self.neighbours.get(one, {}):
                if one < other and other in place:
                    rows.append((place[one], place[other]))
                    odds = self.odds(one, other, undated)
                    logs.append([math.log(max(each, _FLOOR)) for each in odds])
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return pairs, np.array(logs, dtype=np.float64).reshape(-1, 3)

    def _in_line(self, probability: float) -> float:
        """Return the log-odds that a link has from the probability of one line of descent.

        Steps tell much of it already, for siblings lie further apart, so that it counts in part;
        in full where siblings are likelier by far.
        """
        floor = self.settings.line_floor
        doubt = self.weights.line_weight * math.log(max(probability, floor))
        return doubt + math.log(min(probability, floor) / floor)

    def near(self, derived: str) -> list[str]:
        """Return the candidates for a video's parent: those with the fewest edits between.

        A compilation is never the parent of what it is made of, however alone that would be.
        """
        if derived not in self._near:
            ranked = (
                (self.steps(derived, other), other)
                for other in self.neighbours.get(derived, {})
                if derived not in self.made_of.get(other, ())
            )
            found = heapq.nsmallest(self.settings.parents_tried, ranked)
            self._near[derived] = [other for _, other in found]
        return self._near[derived]


def _apart(pairs: Ints, logs: Floats, parents: Ints) -> float:
    """Return the log-probability that a tree gives to the pairs that it does not link."""
    above = np.zeros((len(parents), len(parents)), dtype=np.bool_)
    for row in range(len(parents)):
        node = int(parents[row])
        while node != branching.NO_PARENT:
            above[row, node] = True
            node = int(parents[node])
    one, other = pairs[:, 0], pairs[:, 1]
    told = np.where(above[one, other], 0, np.where(above[other, one], 1, 2))
    linked = (parents[one] == other) | (parents[other] == one)
    # Exact, so that the order of the pairs changes no bit.
    return math.fsum(logs[np.arange(len(logs)), told][~linked].tolist())


def _sha256(video: IndexedVideo) -> str:
    return video.video.sha256
