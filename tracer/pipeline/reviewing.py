"""Reviewers' decisions over what was computed: a rejected pair is no match, a confirmed one is.

The last confirmation or rejection of a pair counts; notes change nothing. Decisions are laid over
matches when these are read, so that nothing has to be computed again and no decision gets lost when
it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import Findings, Match, NearMiss, Review

Decision = Literal["confirm", "reject", "note"]
STAGE = "review"
_DIGITS = 12  # of a SHA-256 in a message


def review(
    index: Index, decision: Decision, a: str, b: str, by: str = "", note: str = ""
) -> Review:
    """Keep what a reviewer decided about two videos; each is one of the index, or any file."""
    pair = _sha256(index, a), _sha256(index, b)
    if pair[0] == pair[1]:
        raise UsageError(f"{a} and {b} are the same video ({pair[0][:_DIGITS]})")
    if decision == "note" and not note.strip():
        raise UsageError("a note needs words: --note TEXT")
    return index.add_review(pair, decision, by, note)


def reviewed(matches: Iterable[Match], reviews: Iterable[Review]) -> list[Match]:
    """Return the matches without those rejected, those confirmed as sure ones."""
    decided = decisions(reviews)
    kept = []
    for match in matches:
        found = decided.get(frozenset((match.query_sha256, match.sha256)))
        if found is None:
            kept.append(match)
        elif found.decision == "confirm":
            kept.append(replace(match, verdict="match", review=found))
    return kept


def reviewed_findings(findings: Findings, reviews: Iterable[Review]) -> Findings:
    """Return the findings with what was rejected under the near misses, failed at `review`."""
    known = tuple(reviews)
    decided = decisions(known)
    rejected = []
    for match in findings.matches:
        found = decided.get(frozenset((match.query_sha256, match.sha256)))
        if found is not None and found.decision == "reject":
            rejected.append(
                NearMiss(
                    match.sha256, match.score, STAGE, rejection(found), match.reasons, review=found
                )
            )
    query = findings.query_sha256
    nearest = (
        replace(miss, review=decided.get(frozenset((query, miss.sha256))))
        for miss in findings.nearest
    )
    return replace(
        findings,
        matches=tuple(reviewed(findings.matches, known)),
        nearest=(*rejected, *nearest),
    )


def decisions(reviews: Iterable[Review]) -> dict[frozenset[str], Review]:
    """Return the decision that counts for each pair: the last one that is no note."""
    return {frozenset((one.a, one.b)): one for one in reviews if one.decision != "note"}


def rejection(found: Review) -> str:
    """Say who rejected a pair, when and why."""
    why = f": {found.note}" if found.note else ""
    return f"rejected by {found.by} on {found.at:%Y-%m-%d}{why}"


def _sha256(index: Index, name: str) -> str:
    try:
        return index.find(name)
    except UsageError:
        path = Path(name)
        if not path.is_file():
            raise
        return sha256_of(path)
