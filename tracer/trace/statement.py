"""Say who was first as far as this index knows, how sure that is, and what it rests on.

Candidates are the videos above which nothing is told. Among them the earliest claim of time
decides that content has not brought down; without any, content alone does where it tells. Grades:
`corroborated` where a second, independent hand bears the time out or decisive content agrees with
it, `stated` on one hand, `inferred` on content alone, `unknown` where nothing tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from tracer.model import Derivation, Earliest, Grade, HiddenParent, IndexState, Unchecked
from tracer.trace import times
from tracer.trace.relations import Relations
from tracer.trace.times import Timing

_ROOTS_TRIED = 16  # each costs a branching; more tops than this leave no chance above the floor


@dataclass(frozen=True, slots=True)
class Case:
    """All that the statement rests on."""

    family: Relations
    links: tuple[Derivation, ...]
    hidden: tuple[HiddenParent, ...]
    fallen: frozenset[str]  # videos whose claims of time content has brought down
    within: frozenset[str]  # the videos among which the earliest is sought
    works: tuple[frozenset[str], ...]  # what they are versions of; compilations are in several
    state: IndexState | None
    unchecked: Sequence[Unchecked] = ()

    def time_of(self, sha256: str) -> Timing | None:
        """Return a video's first appearance, None where nothing is known or its claim fell."""
        timing = self.family.first.get(sha256)
        return None if timing is None or not timing.dated or sha256 in self.fallen else timing


def earliest(case: Case) -> Earliest:
    """Return the earliest video known of a family, with its grade and the sentence for it."""
    tops = _tops(case)
    dated = [sha256 for sha256 in tops if case.time_of(sha256) is not None]
    if dated:
        first = min(dated, key=lambda sha256: (*_existed(case, sha256), sha256))
        grade = _grade(case, first, tops)
        return _stated(case, first, grade, tops)
    first_by_content = _by_content(case, tops)
    if first_by_content is None:
        return Earliest(None, None, "unknown", _nothing_tells(case, tops))
    return _stated(case, first_by_content, "inferred", tops)


def corroborating(case: Case, sha256: str) -> frozenset[str]:
    """Return the hands that bear out that a video was the first one.

    The hand behind its own earliest claim; and each other that had it before any rival appeared.
    """
    own = case.time_of(sha256)
    if own is None or own.existed is None:
        return frozenset()
    rivals = [case.time_of(other) for other in case.within if other != sha256]
    ends = [rival.existed.earliest for rival in rivals if rival is not None and rival.existed]
    limit = min(ends, default=None)
    found = {times.hand(own.existed, own.post)}
    for each in times.timings(case.family.videos[sha256], case.family.settings):
        doubted = {claim for contradiction in each.contradictions for claim in contradiction.claims}
        for claim in each.claims:
            in_time = limit is None or claim.latest < limit
            if claim not in doubted and in_time:
                found.add(times.hand(claim, each.post))
    return frozenset(found - {""})


def _tops(case: Case) -> list[str]:
    """Return the videos above which no direction is told."""
    below = {
        link.derived
        for link in case.links
        if link.direction == "told" and link.source in case.within
    }
    return sorted(case.within - below)


def _existed(case: Case, sha256: str) -> tuple[datetime, datetime]:
    timing = case.time_of(sha256)
    assert timing is not None
    assert timing.existed is not None
    return timing.existed.latest, timing.existed.earliest


def _by_content(case: Case, tops: Sequence[str]) -> str | None:
    """Return the top that content makes the first, None where it does not tell.

    Of several works that were put together, the first of the one that most versions come from.
    """
    if len(tops) == 1:
        return tops[0]
    roots = _roots(case, tops)
    if len(roots) > 1 and not _put_together(case, roots):
        return None  # siblings whose parent is not here, or copies that were not compared
    found = [first for root in roots if (first := _first_under(case, root, tops)) is not None]
    return min(found, key=lambda one: (-len(_below(case, one)), one), default=None)


def _roots(case: Case, tops: Sequence[str]) -> list[str]:
    """Return the tops that have no parent at all, not even an undetermined one."""
    linked = {link.derived for link in case.links if link.source in case.within}
    return [sha256 for sha256 in tops if sha256 not in linked]


def _put_together(case: Case, roots: Sequence[str]) -> bool:
    """Tell whether some videos are of works apart that a video of the chain joins.

    That two videos were not found to match makes them no two works.
    """
    if any(len(work & set(roots)) > 1 for work in case.works):
        return False
    joined, *left = (_below(case, root) | _compilations_of(case, root) for root in roots)
    while any(joined & one for one in left):
        joined = joined.union(*(one for one in left if joined & one))
        left = [one for one in left if not one <= joined]
    return not left


def _compilations_of(case: Case, sha256: str) -> set[str]:
    """Return the compilations that take from a video, also where a nearer version is the parent."""
    made_of = case.family.made_of
    return {one for one in case.within if sha256 in made_of.get(one, frozenset())}


def _first_under(case: Case, root: str, tops: Sequence[str]) -> str | None:
    """Return which top of a root's tree content makes the first, None where it does not tell."""
    below = _below(case, root)
    tried = [root, *(sha256 for sha256 in tops if sha256 in below and sha256 != root)]
    tried = tried[:_ROOTS_TRIED]
    chances = case.family.root_chances(tried, case.fallen)
    best = max(tried, key=lambda sha256: (chances[sha256], sha256))
    return best if chances[best] >= case.family.settings.root_floor else None


def _below(case: Case, sha256: str) -> set[str]:
    """Return a video with all that derives from it, told or not."""
    found, edge = {sha256}, {sha256}
    while edge:
        edge = {link.derived for link in case.links if link.source in edge} - found
        found |= edge
    return found


def _grade(case: Case, sha256: str, tops: Sequence[str]) -> Grade:
    if len(corroborating(case, sha256)) > 1:
        return "corroborated"
    timing = case.time_of(sha256)
    doubted = timing is None or bool(timing.contradictions) or bool(case.fallen & case.within)
    return "corroborated" if not doubted and decisive(case, sha256, tops) else "stated"


def decisive(case: Case, sha256: str, tops: Sequence[str]) -> bool:
    """Tell whether content alone makes one video the source of all the others."""
    out = [link for link in case.links if link.source == sha256]
    return (
        len(tops) == 1
        and bool(out)
        and all(
            case.family.decisive(link.derived, sha256) >= case.family.settings.decisive_floor
            for link in out
        )
    )


def _stated(case: Case, sha256: str, grade: Grade, tops: Sequence[str]) -> Earliest:
    video = case.family.videos[sha256]
    timing = case.family.first.get(sha256)
    post = timing.post if timing else (video.posts[0] if video.posts else None)
    known = case.time_of(sha256)
    name = _name(case, sha256)
    if known is not None and known.existed is not None and post is not None:
        who = post.account.name or post.account.handle or post.account.id if post.account else ""
        where = f"on {post.platform}" + (f" by {who}" if who else "")
        sentence = f"Earliest known to this index: {name}, {where}, {_when(known)}"
    else:
        sentence = f"Earliest known to this index: {name}, at no known time"
    parts = [sentence + ".", f"Grade: {grade}; {_rests_on(case, sha256, grade, tops)}."]
    parts += _reservations(case, sha256, tops)
    return Earliest(sha256, post, grade, " ".join([*parts, *_searched(case)]))


def _when(timing: Timing) -> str:
    claim = timing.existed
    assert claim is not None
    start, end = _shown(claim.earliest), _shown(claim.latest)
    word = "uploaded" if times.role(claim) == "upload" else "published"
    if times.role(claim) == "bound":
        return f"there by {end} ({claim.source})"
    source = claim.source.replace("_", " ")
    return f"{word} {start} ({source})" if start == end else f"{word} {start} to {end} ({source})"


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _rests_on(case: Case, sha256: str, grade: Grade, tops: Sequence[str]) -> str:
    hands = sorted(corroborating(case, sha256))
    if grade == "inferred":
        if len(case.within) == 1:
            return "it is the only version known, and nothing tells when it was made"
        return "it rests on what the videos show alone, without any claim of time"
    words = [hand.replace(":", " ") for hand in hands]
    if len(hands) > 1:
        return f"independent hands agree: {', '.join(words)}"
    if grade == "corroborated":
        return f"one claim of time ({', '.join(words)}) and what the videos show agree"
    return f"it rests on one claim of time ({', '.join(words) or 'the collection'})"


def _reservations(case: Case, sha256: str, tops: Sequence[str]) -> list[str]:
    """Say what speaks against it, or is missing."""
    found = []
    fallen = sorted(case.fallen & case.within)
    if fallen:
        names = ", ".join(each[:12] for each in fallen)
        found.append(f"What the videos show contradicts the time claimed for {names}.")
    found += _other_works(case, sha256, tops)
    if any(sha256 in parent.children for parent in case.hidden):
        found.append("It derives from a version that this index does not hold.")
    undated = sum(case.time_of(each) is None for each in case.within) - len(fallen)
    if undated and len(case.within) > 1:
        found.append(f"No time is known for {undated} of {len(case.within)} versions.")
    return found


def _other_works(case: Case, sha256: str, tops: Sequence[str]) -> list[str]:
    """Name where other works begin that were put together with a video's own."""
    roots = _roots(case, tops)
    if len(roots) < 2 or not _put_together(case, roots):
        return []
    others = [root for root in roots if sha256 not in _below(case, root)]
    firsts = [first for root in others if (first := _first_of(case, root, tops)) is not None]
    if not firsts:
        return ["Other footage was put together with it, of which nothing tells the first."]
    named = ", ".join(_name(case, first) for first in firsts)
    return [f"Other footage was put together with it, of which the earliest known is {named}."]


def _first_of(case: Case, root: str, tops: Sequence[str]) -> str | None:
    """Return the earliest of a root's tree: by time where any is known, else by content."""
    below = _below(case, root)
    dated = [sha256 for sha256 in tops if sha256 in below and case.time_of(sha256) is not None]
    if dated:
        return min(dated, key=lambda one: (*_existed(case, one), one))
    return _first_under(case, root, tops)


def _name(case: Case, sha256: str) -> str:
    video = case.family.videos[sha256]
    return f"file {sha256[:12]}" + (f" ({video.shown[0]})" if video.paths else "")


def _nothing_tells(case: Case, tops: Sequence[str]) -> str:
    if case.hidden:
        why = "they derive from a version that it does not hold, and none carries a time"
    else:
        why = "no claim of time, and nothing in what they show"
    known = case.family.neighbours
    pairs = list(combinations(tops, 2))
    apart = bool(pairs) and not any(two in known.get(one, {}) for one, two in pairs)
    # Parts of one compilation, perhaps: to call them versions would say that they are of one work.
    which = "videos that were not found to match one another" if apart else "versions"
    return " ".join(
        [
            f"Earliest known to this index: nothing tells which of {len(tops)} {which} came first "
            f"({why}).",
            *_searched(case),
        ]
    )


def _searched(case: Case) -> list[str]:
    """Say how large and how old the index is, and what was not checked."""
    found = []
    if case.state is not None:
        age = f", as of {_shown(case.state.as_of)}" if case.state.as_of else ""
        found.append(
            f"The index holds {case.state.videos} videos ({case.state.hours:.1f} hours){age}; "
            "what it does not hold may be older."
        )
    if case.unchecked:
        found.append(f"Not checked: {len(case.unchecked)}, listed apart.")
    return found
