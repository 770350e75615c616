"""A chain's links as an outline: every video once, under the link that is surest."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model import Chain, Derivation


@dataclass(frozen=True, slots=True)
class Branch:
    """A video with what derives from it; ``link`` leads to it and is None for a root."""

    sha256: str
    link: Derivation | None
    children: tuple[Branch, ...]
    size: int  # videos in this branch, itself included


def outline(chain: Chain) -> list[Branch]:
    """Return the roots with their branches, the earliest known one first.

    A video with several parents (a compilation) stands under the surest; a link without a direction
    puts nobody under anybody. Iterative, so that a chain of thousands does not exhaust the stack.
    """
    parents: dict[str, Derivation] = {}
    for link in sorted(chain.links, key=lambda link: (-link.confidence, link.source, link.derived)):
        if link.direction == "told":
            parents.setdefault(link.derived, link)
    children: dict[str, list[str]] = {}
    for derived, link in sorted(parents.items()):
        children.setdefault(link.source, []).append(derived)
    roots = sorted(
        {video.video.sha256 for video in chain.videos} - parents.keys(),
        key=lambda sha256: (sha256 != chain.earliest.sha256, sha256),
    )
    order: list[str] = []
    waiting = list(roots)
    while waiting:
        sha256 = waiting.pop()
        order.append(sha256)
        waiting.extend(children.get(sha256, ()))
    built: dict[str, Branch] = {}
    for sha256 in reversed(order):
        below = tuple(
            sorted(
                (built[child] for child in children.get(sha256, ())),
                key=lambda branch: (-branch.size, branch.sha256),
            )
        )
        size = 1 + sum(branch.size for branch in below)
        built[sha256] = Branch(sha256, parents.get(sha256), below, size)
    return [built[root] for root in roots]
