"""Answers for a terminal: sentences first, then numbers; the same words when piped.

A terminal wraps at its width with hanging indents; a pipe gets one line a sentence, so that
``grep`` finds whole sentences. Text from elsewhere is never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from tracer.index.turned import seen_from
from tracer.model import (
    Answer,
    Chain,
    Clue,
    Derivation,
    Earliest,
    Family,
    IndexedVideo,
    IndexState,
    Match,
    PairReport,
    Unchecked,
    Video,
)
from tracer.report import edits, wording
from tracer.report.outline import Branch, outline
from tracer.report.records import by_score, posts_in_order, sorted_links, sorted_posts

MATCHES_SHOWN = 10
NEAREST_SHOWN = 5
CLUES_SHOWN = 10
POSTS_SHOWN = 20
CHILDREN_SHOWN = 12
DEPTH_SHOWN = 20


class Writer:
    """Lines on a console, indented and wrapped; the one place that knows of terminals."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def line(self, text: str = "", indent: int = 0, style: str = "") -> None:
        """Write one paragraph."""
        if self.console.is_terminal:
            self.console.print(Padding(Text(text, style=style, overflow="fold"), (0, 0, 0, indent)))
        else:
            self.console.print(Text(" " * indent + text), soft_wrap=True)

    def labelled(self, label: str, text: str, indent: int = 0, style: str = "bold") -> None:
        """Write a paragraph that opens with a label."""
        if self.console.is_terminal:
            body = Text.assemble((f"{label}: ", style), (text, ""), overflow="fold")
            self.console.print(Padding(body, (0, 0, 0, indent)))
        else:
            self.console.print(Text(f"{' ' * indent}{label}: {text}"), soft_wrap=True)


def check(answer: Answer, console: Console) -> None:
    """Print the answer to one query."""
    out = Writer(console)
    known = {video.video.sha256: video for video in answer.matched}
    matches = by_score(answer.findings.matches)
    out.line(_query(answer), style="bold underline")
    stated = answer.earliest is not None and answer.earliest.statement == answer.statement
    if stated:
        _earliest(answer.earliest, out)
    elif answer.statement:
        out.line(wording.plain(answer.statement), style="bold")
    elif answer.query is not None and not matches:
        out.line("No match.", style="bold")
    for match in matches[:MATCHES_SHOWN]:
        out.line()
        _match(match, known.get(match.sha256), out)
    if len(matches) > MATCHES_SHOWN:
        more = wording.count(len(matches) - MATCHES_SHOWN, "more match", "more matches")
        out.line()
        out.line(f"And {more}, each with a lower score; --json lists all.")
    if matches:
        out.line()
    if not stated:
        _earliest(answer.earliest, out)
    _others(answer, known, out)
    _clues(answer.clues, known, out)
    _unchecked(answer.unchecked, out)
    if answer.query is not None:
        out.labelled("Searched", f"{wording.searched(answer.index)}.")


def chain(chain: Chain, console: Console, state: IndexState | None = None) -> None:
    """Print a chain: the statement, what speaks against it, the posts in order, the tree."""
    out = Writer(console)
    _earliest(chain.earliest, out)
    for found in chain.contradictions:
        claims = "; ".join(wording.claim(claim) for claim in found.own_claims)
        told = f"{wording.plain(found.detail)}{f' Claims: {claims}.' if claims else ''}"
        out.labelled(f"Contradiction ({wording.plain(found.kind)})", told, style="bold red")
    _unchecked(chain.unchecked, out)
    names = {video.video.sha256: wording.label(video) for video in chain.videos}
    _posts(chain, names, out)
    out.line()
    out.line("What derives from what, as far as content and times tell:", style="bold")
    for root in outline(chain):
        _branch(root, names, out, 1)
    for parent in sorted(chain.hidden, key=lambda hidden: hidden.id):
        children = wording.listed(
            names.get(child, child[: wording.SHORT]) for child in sorted(parent.children)
        )
        out.labelled("Missing", f"a common source of {children} is not in this index.", 2)
    undetermined = [link for link in sorted_links(chain.links) if link.direction != "told"]
    for link in undetermined[:CHILDREN_SHOWN]:
        ends = f"{_name(names, link.source)} and {_name(names, link.derived)}"
        out.labelled("Undetermined", f"{ends} share footage; which came first nothing tells.", 2)
    if len(undetermined) > CHILDREN_SHOWN:
        out.line(f"And {len(undetermined) - CHILDREN_SHOWN:,} more such pairs.", 2)
    for review in chain.reviews[-CHILDREN_SHOWN:]:
        ends = f"{_name(names, review.a)} and {_name(names, review.b)}"
        out.labelled("Reviewed", f"{ends}: {wording.reviewed(review)}.", 2)
    _clues(chain.clues, {video.video.sha256: video for video in chain.videos}, out)
    if state is not None:
        out.line()
        out.labelled("Index", f"{wording.searched(state)}.")


def families(found: Sequence[Family], console: Console, state: IndexState) -> None:
    """Print every family, the largest first."""
    out = Writer(console)
    for one in sorted(found, key=lambda one: (-len(one.videos), one.id)):
        family(one, console)
        out.line()
    out.line(f"{wording.count(len(found), 'family', 'families')} in {wording.searched(state)}.")
    _not_read(found, out)


def _not_read(found: Sequence[Family], out: Writer) -> None:
    """Say how much of the families' text was not read: it may tell who was first."""
    steps: dict[str, set[str]] = {}
    for one in found:
        for step in one.unchecked:
            steps.setdefault(f"{step.stage}: {step.reason}", set()).add(step.subject)
    for told, subjects in sorted(steps.items()):
        videos = wording.count(len(subjects), "video")
        out.labelled("Not checked", f"{videos}, {wording.plain(told)}.", style="bold yellow")


def family(family: Family, console: Console) -> None:
    """Print one family in a few lines."""
    out = Writer(console)
    platforms = ", ".join(wording.platform(name) for name in sorted(family.platforms))
    size = wording.count(len(family.videos), "video")
    out.line(
        f"Family {family.id[: wording.SHORT]}: {size}{f' on {platforms}' if platforms else ''}",
        style="bold",
    )
    _earliest(family.earliest, out, 2)
    ordered = sorted(family.videos, key=lambda video: video.video.sha256)
    for video in ordered[:CHILDREN_SHOWN]:
        out.line(f"{video.video.sha256[: wording.SHORT]}  {wording.label(video)}", 2)
    if len(ordered) > CHILDREN_SHOWN:
        out.line(f"and {len(ordered) - CHILDREN_SHOWN:,} more; --json lists all", 2)


def explain(report: PairReport, console: Console) -> None:
    """Print why two videos do or do not match, step by step."""
    out = Writer(console)
    out.line(_OUTCOMES[report.outcome], style="bold")
    if report.failed:
        out.line(f"It failed at this step: {wording.plain(report.failed)}.")
    out.labelled("Score", f"{report.score:.2f} of 1")
    out.labelled("A", _video(report.query))
    out.labelled("B", _video(report.match))
    if report.found is not None:
        out.line()
        _finding(report.found, out, "A", "B")
    out.line()
    out.line("Step by step:", style="bold")
    for number, reason in enumerate(report.reasons, 1):
        verdict = "passed" if reason.passed else "FAILED"
        told = f"{verdict}, {reason.value:.4g}. {wording.plain(reason.detail)}"
        style = "green" if reason.passed else "bold red"
        out.labelled(f"{number}. {wording.plain(reason.name)}", told, 2, style)


_OUTCOMES = {
    "match": "A and B match.",
    "possible": "A and B possibly match.",
    "same_scene": "A and B show the same place from the same camera: no match.",
    "none": "A and B do not match.",
}


def _query(answer: Answer) -> str:
    name = wording.plain(answer.path)
    if answer.query is None:
        return f"{name}: could not be checked"
    return f"{name} ({_size(answer.query)})"


def _size(video: Video) -> str:
    size = f"{video.width}×{video.height}"
    return f"still, {size}" if video.still else f"{wording.clock(video.duration)}, {size}"


def _video(video: Video) -> str:
    return f"{video.sha256[: wording.SHORT]}, {_size(video)}, {wording.plain(video.codec)}"


def _match(match: Match, video: IndexedVideo | None, out: Writer) -> None:
    kind = "Match" if match.verdict == "match" else "Possible match"
    name = match.sha256[: wording.SHORT]
    if video is not None:
        name = wording.plain(video.shown[0]) if video.paths else wording.label(video)
    style = "bold green" if match.verdict == "match" else "bold yellow"
    out.labelled(kind, f"{name} (score {match.score:.2f})", style=style)
    _finding(match, out)
    if match.review is not None:
        out.line(f"{wording.capital(wording.reviewed(match.review))}.", 2)
    posts = sorted_posts(video.posts) if video else []
    for post in posts[:3]:
        out.line(f"Posted on {wording.posted(post)}.", 2)
    if len(posts) > 3:
        out.line(f"And {wording.count(len(posts) - 3, 'more post')} of it.", 2)
    if not posts:
        out.line("No post of it is known to this index.", 2)


def _finding(match: Match, out: Writer, query: str = "the query", match_name: str = "") -> None:
    other = match_name or "it"
    out.line(f"{wording.capital(wording.segments(match.segments, query, other))}.", 2)
    done = edits.phrases(match.edits, match_name or "the match")
    out.line(f"{wording.capital('; '.join([*done, wording.sound(match.sound)]))}.", 2)
    told = wording.direction(match.derivation.verdict, query, other)
    if match.derivation.evidence:
        told += f" ({match.derivation.confidence:.2f}: {wording.reasons_of(match)})"
    out.line(f"{wording.capital(told)}.", 2)


def _others(answer: Answer, known: dict[str, IndexedVideo], out: Writer) -> None:
    """Print what is no match: the same sound, the same scene and, without a match, near misses."""
    findings = answer.findings

    def name(sha256: str) -> str:
        return wording.label(known[sha256]) if sha256 in known else sha256[: wording.SHORT]

    for sound in by_score(findings.same_sound)[:NEAREST_SHOWN]:
        where = wording.segments(sound.segments, limit=2)
        told = wording.capital(wording.same_sound(sound.sha256, findings.same_scene))
        out.labelled(told, f"{name(sound.sha256)}{where and f': {where}'}.")
    for scene in by_score(findings.same_scene)[:NEAREST_SHOWN]:
        detail = wording.plain(scene.detail).rstrip(".")
        out.labelled("Same scene, no match", f"{name(scene.sha256)}: {detail}.")
    if findings.matches:
        return
    for miss in by_score(findings.nearest)[:NEAREST_SHOWN]:
        why = wording.plain(miss.detail).rstrip(".")
        told = f"{name(miss.sha256)} (score {miss.score:.2f}) failed at {miss.failed}: {why}."
        out.labelled("Near miss", told)


def _clues(clues: Sequence[Clue], known: dict[str, IndexedVideo], out: Writer) -> None:
    """Print which sources marks and credits point to: they may not be in the index."""
    for found in clues[:CLUES_SHOWN]:
        carrier = known.get(found.sha256)
        owner = f"{wording.label(carrier)}: " if carrier is not None else ""
        out.labelled("Points to", f"{owner}{wording.clue(found)}.")
    if len(clues) > CLUES_SHOWN:
        out.line(f"And {len(clues) - CLUES_SHOWN:,} more such marks; --json lists all.")


def _earliest(known: Earliest | None, out: Writer, indent: int = 0) -> None:
    if known is not None and known.statement:
        told = wording.plain(known.statement)
        grade = "" if f"rade: {known.grade}" in told else f" [{known.grade}]"
        out.line(f"{told}{grade}", indent, "bold")


def _unchecked(steps: tuple[Unchecked, ...], out: Writer) -> None:
    for told in sorted({wording.not_checked(step) for step in steps}):
        out.labelled("Not checked", f"{told}.", style="bold yellow")


def _posts(chain: Chain, names: dict[str, str], out: Writer) -> None:
    owned = posts_in_order(chain.videos)
    out.line()
    if not owned:
        out.line("No post of these videos is known to this index.", style="bold")
        return
    out.line("Posts in the order of their times:", style="bold")
    for post, video in owned[:POSTS_SHOWN]:
        out.line(f"{wording.posted(post)}. {_name(names, video.video.sha256)}", 2)
    if len(owned) > POSTS_SHOWN:
        out.line(f"And {len(owned) - POSTS_SHOWN:,} more; --json lists all.", 2)


def _branch(branch: Branch, names: dict[str, str], out: Writer, depth: int) -> None:
    arrow = "└ " if branch.link is not None else ""
    out.line(f"{arrow}{_name(names, branch.sha256)}{_how(branch.link)}", depth * 2)
    shown = CHILDREN_SHOWN if depth < DEPTH_SHOWN else 0
    for child in branch.children[:shown]:
        _branch(child, names, out, depth + 1)
    hidden = branch.children[shown:]
    if hidden:
        rest = wording.count(sum(child.size for child in hidden), "more copy", "more copies")
        out.line(f"└ {rest} like these; --json lists all", depth * 2 + 2)


def _how(link: Derivation | None) -> str:
    if link is None:
        return ""
    done = edits.phrases(seen_from(link.match, link.derived).edits, "the source")
    told = f"{wording.strength(link.confidence)}, {link.confidence:.2f}"
    return f": {'; '.join(done) or 'no edit named'} ({told})"


def _name(names: dict[str, str], sha256: str) -> str:
    return names.get(sha256, sha256[: wording.SHORT])
