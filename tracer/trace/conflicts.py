"""Where content contradicts claims of time: which of them cannot be true together, and whose is it.

A derived version that claims to be older than its source is a conflict of two claims. One false
claim makes many conflicts, so the video that takes part in the most of them is named first; where
two take part in as many, the derived one is, for its claim is what content speaks against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from tracer.model import Contradiction
from tracer.trace.relations import Relations

KIND = "time-against-content"


def named(
    family: Relations, parents: Mapping[str, str], undated: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the videos whose claims of time fall, each with those that it conflicts with."""
    open_pairs = set(_conflicts(family, parents, undated))
    fallen: dict[str, tuple[str, ...]] = {}
    while open_pairs:
        counts = Counter(sha256 for pair in open_pairs for sha256 in pair)
        derived = {pair[1] for pair in open_pairs}
        worst = min(
            counts,
            key=lambda s: (-counts[s], len(family.hands[s]), s not in derived, s),
        )
        against = {pair for pair in open_pairs if worst in pair}
        fallen[worst] = tuple(sorted({s for pair in against for s in pair} - {worst}))
        open_pairs -= against
    return fallen


def described(family: Relations, fallen: Mapping[str, tuple[str, ...]]) -> list[Contradiction]:
    """Put each fallen claim into words."""
    found = []
    for sha256, against in sorted(fallen.items()):
        timing = family.first[sha256]
        others = [family.first[other].existed for other in against]
        claims = [timing.existed, *others]
        names = ", ".join(_named(family, other) for other in against[:3])
        more = f" and {len(against) - 3} more" if len(against) > 3 else ""
        found.append(
            Contradiction(
                KIND,
                sha256,
                timing.post,
                tuple(claim for claim in claims if claim is not None),
                f"content and the claims of {names}{more} speak against this time: by content, "
                "the one with the later claim is the source",
            )
        )
    return found


def _named(family: Relations, sha256: str) -> str:
    claim = family.first[sha256].existed
    return sha256[:12] + (f" ({claim.earliest:%Y-%m-%d %H:%M} UTC)" if claim is not None else "")


def _conflicts(
    family: Relations, parents: Mapping[str, str], undated: Collection[str]
) -> list[tuple[str, str]]:
    """Return (ancestor, descendant) where content is decisive and time says the reverse."""
    found = []
    for derived in family.videos:
        node, sure = derived, 1.0
        while node in parents:
            source = parents[node]
            sure = min(sure, family.decisive(node, source))
            node = source
            matched = node in family.neighbours.get(derived, {})
            direct = family.decisive(derived, node) if matched else 0.0
            if max(sure, direct) < family.settings.decisive_floor:
                continue
            if family.order(derived, node, undated) == "before":
                found.append((node, derived))
    return found
