"""`python -m tests.benchmarks.edits`: how well the edits of a match are told.

The truth is what the recipes did; what follows from it (an excerpt was trimmed, another size was
scaled) is worked out from the files. What can be argued either way (a re-encoding beside another
edit, a size near the limit) neither counts for nor against.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tracer.compare import changed
from tracer.compare.tracks import Beneath, lettered
from tracer.compare.written import likeness_beneath
from tracer.fingerprint.take import take, take_query
from tracer.match import explain_pair
from tracer.match.searched import film_of
from tracer.match.strips import Film
from tracer.media.probe import probe
from tracer.model import Fingerprint, Match, TextLine, TextTrack, Video
from tracer.pipeline.parts import told_together
from tracer.pipeline.reading import ReadTask
from tracer.settings import DEFAULT
from tracer.trace.direction import judged

from . import media, queries, sections
from .recipes_joint import GROUPS
from .truth import WHOLE, Box, Edit, Part, Query

PLACED = ("letterbox", "reframe", "picture_in_picture")
SOUND = ("sound_replaced", "sound_removed")
EDITED = tuple(edit for group in GROUPS.values() for edit in group)
# Kinds whose truth stands in the files and the seconds, not in the list of recipes.
DERIVED = ("trim", "compilation", "resize", "frame_rate", "reencode", "letterbox")


@dataclass(frozen=True)
class File:
    """What the truth needs to know of a file."""

    width: int
    height: int
    frame_rate: float
    duration: float


@dataclass(frozen=True)
class Expected:
    """One edit that should be found; not `needed` where it can be argued either way."""

    kind: str
    side: str = "query"
    change: str = ""
    box: Box | None = None
    needed: bool = True


@dataclass
class Tally:
    """What came of one kind."""

    right: int = 0
    missed: int = 0
    invented: int = 0
    sides_told: int = 0
    sides_right: int = 0
    changes: int = 0
    changes_right: int = 0
    overlaps: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is so."""
        return self.right / max(1, self.right + self.invented)

    @property
    def recall(self) -> float:
        """Share of what is so that was found."""
        return self.right / max(1, self.right + self.missed)


def expected(query: Query, part: Part, asked: File, source: File) -> list[Expected]:
    """What should be told of one part of a query against its source."""
    found = list(_by_recipes(query, part))
    speed = part.spans[0].speed if part.spans else 1.0
    ratio = asked.frame_rate / max(1e-6, source.frame_rate)
    if abs(math.log(ratio)) > 0.05:
        # Faster frames are what a change of speed alone makes of them.
        by_speed = abs(math.log(ratio / speed)) < 0.05
        found.append(Expected("frame_rate", needed=not by_speed))
    found += _extent(query, part, asked, source)
    found += _scale(part, asked, source, {one.kind for one in found})
    found.append(Expected("reencode", needed=False))
    return found


def _by_recipes(query: Query, part: Part) -> Iterator[Expected]:
    place, chained = part.placement, query.edit.startswith("chain")
    kinds = {edit.kind for edit in query.edits}
    for edit in query.edits:
        if edit.kind in SOUND or (edit.kind in DERIVED and edit.kind != "letterbox"):
            continue
        box = edit.box if not chained else None
        if edit.kind in PLACED:
            box = place.placed
        elif edit.kind == "crop":
            box = place.kept
        # An app's bars and buttons are one thing: its frame around the picture.
        needed = not (edit.kind == "overlay" and edit.box is None)
        # The words of the source again, at other times: put anew, but nothing else is said.
        needed &= not (edit.change == "replaced" and _same_words(edit, part))
        yield Expected(edit.kind, edit.side, edit.change, box, needed)
    if place.placed != WHOLE and not kinds.intersection(PLACED):
        margins = (*place.placed[:2], 1 - place.placed[2], 1 - place.placed[3])
        yield Expected("letterbox", box=place.placed, needed=max(margins) > 0.03)
    if place.kept != WHOLE and "crop" not in kinds:
        yield Expected("crop", box=place.kept, needed=False)


def _same_words(edit: Edit, part: Part) -> bool:
    script = f"+subs{edit.detail.get('script')}"
    return edit.detail.get("language") == "en" and part.work.endswith(script)


def _extent(query: Query, part: Part, asked: File, source: File) -> Iterator[Expected]:
    shown = sum(span.end - span.start for span in part.spans) or asked.duration
    taken = sum(span.source_end - span.source_start for span in part.spans) or asked.duration
    if query.edit == "compilation":
        yield Expected("compilation")
        yield Expected("trim", needed=False)
        return
    missing = source.duration - taken
    if asked.duration - shown < 1.0 and missing > 0.7:
        clear = missing > 1.5 and missing > 0.12 * source.duration
        yield Expected("trim", needed=clear)


def _scale(part: Part, asked: File, source: File, kinds: set[str]) -> Iterator[Expected]:
    if kinds.intersection(("picture_in_picture", "reframe")):
        yield Expected("resize", needed=False)
        return
    kept, placed = part.placement.kept, part.placement.placed
    scales = [
        (placed[2] - placed[0]) * asked.width / max(1.0, (kept[2] - kept[0]) * source.width),
        (placed[3] - placed[1]) * asked.height / max(1.0, (kept[3] - kept[1]) * source.height),
    ]
    off = max(abs(math.log(max(scale, 1e-3))) for scale in scales)
    if off > math.log(1.06):
        yield Expected("resize", needed=off > math.log(1.15))


def count(
    tallies: Mapping[str, Tally],
    name: str,
    found: Iterable[Mapping[str, Any]],
    truth: list[Expected],
) -> None:
    """Add what was found for one match to the tallies, kind by kind.

    A kind that was told twice, of two sides or in two places, is invented the second time, unless
    it can be argued either way.
    """
    left: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in found:
        if one["kind"] not in SOUND:
            left[one["kind"]].append(one)
    for want in truth:
        mine = left.get(want.kind, [])
        if want.needed and not mine:
            tallies[want.kind].missed += 1
            tallies[want.kind].wrong.append(f"missed {name}")
        elif want.needed:
            best = max(mine, key=lambda one: (one["side"] == want.side, _overlap(one, want)))
            mine.remove(best)
            _add(tallies[want.kind], name, best, want)
        else:
            left.pop(want.kind, None)
    for kind, more in left.items():
        for _ in more:
            tallies[kind].invented += 1
            tallies[kind].wrong.append(f"invented {name}")


def _overlap(got: Mapping[str, Any], want: Expected) -> float:
    box = got.get("detail", {}).get("box")
    return overlap(tuple(box), want.box) if box is not None and want.box is not None else 0.0


def _add(tally: Tally, name: str, got: Mapping[str, Any], want: Expected) -> None:
    tally.right += 1
    if got["side"] != "unknown":
        tally.sides_told += 1
        tally.sides_right += got["side"] == want.side
        if got["side"] != want.side:
            tally.wrong.append(f"side {name}")
    if want.change:
        tally.changes += 1
        tally.changes_right += got.get("change") == want.change
        if got.get("change") != want.change:
            tally.wrong.append(f"{got.get('change')} for {want.change} {name}")
    box = got.get("detail", {}).get("box")
    if want.box is not None and box is not None:
        tally.overlaps.append(overlap(tuple(box), want.box))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
    return wide * high / max(1e-9, areas - wide * high)


HEAD = ("kind", "so", "precision", "recall", "side told", "right", "change", "IoU median")
GOALS = (
    "To reach, each: precision 0.95, recall 0.90, 0.9 of the sides that are told, IoU 0.8,"
    " 0.95 of the changes of subtitles."
)


def cells(kind: str, one: Tally) -> tuple[str, ...]:
    """One row of the table."""
    return (
        kind,
        str(one.right + one.missed),
        f"{one.precision:.3f} ({one.invented} invented)",
        f"{one.recall:.3f}",
        f"{one.sides_told / max(1, one.right):.2f}",
        f"{one.sides_right / one.sides_told:.3f}" if one.sides_told else "-",
        f"{one.changes_right / one.changes:.3f}" if one.changes else "",
        f"{median(one.overlaps):.3f}" if one.overlaps else "",
    )


def show(console: Console, tallies: Mapping[str, Tally], verbose: bool = False) -> None:
    """Print the table."""
    table = Table(*HEAD)
    for kind, one in sorted(tallies.items()):
        table.add_row(*cells(kind, one))
    console.print(table)
    console.print(GOALS)
    for kind, one in sorted(tallies.items()):
        for wrong in one.wrong if verbose else ():
            console.print(f"{kind}: {wrong}", highlight=False)


@dataclass
class Pairs:
    """How many pairs were compared, and what it cost."""

    matched: int = 0
    lost: int = 0
    seconds: float = 0.0  # of CPU, for the edits alone

    def __str__(self) -> str:
        each = self.seconds / max(1, self.matched)
        return (
            f"{self.matched} matched pairs ({self.lost} more did not match and are left out),"
            f" {each:.2f} s of CPU each"
        )


def main() -> int:
    """Take in each query and its sources, match them, compare what is told with what was done."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.edits", description=__doc__)
    parser.add_argument("--set", choices=("tune", "held-out"), default="tune")
    parser.add_argument("--edits", default="", help="only these edits, comma-separated")
    parser.add_argument("--each", type=int, default=12, help="queries for each edit")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other queries")
    parser.add_argument("--text", action="store_true", help="read what is written in both as well")
    parser.add_argument("--verbose", action="store_true", help="name what was told wrongly")
    parser.add_argument("--write", action="store_true", help="put the table into results-edits.md")
    options = parser.parse_args()
    case = _case(options)
    paths = {work.name: work.path for work in case.index}
    tallies: dict[str, Tally] = defaultdict(Tally)
    pairs = Pairs()
    seen: dict[str, int] = defaultdict(int)
    for query in case.queries:
        seen[query.edit] += 1
        wanted = not options.edits or query.edit in options.edits.split(",")
        if wanted and seen[query.edit] <= options.each and query.edits:
            sources = [(part, Path(paths[part.work])) for part in query.parts if part.work in paths]
            measure(tallies, pairs, query, sources, text=options.text)
    console = Console(width=160)
    show(console, tallies, options.verbose)
    console.print(str(pairs), highlight=False)
    if options.write:
        rows = [cells(kind, one) for kind, one in sorted(tallies.items())]
        read = "with what is read" if options.text else "pictures alone"
        command = f"`python -m tests.benchmarks.edits {' '.join(sys.argv[1:])}`"
        drawn = f"At most {options.each} queries for each edit, {read} ({command})"
        limits = f"{drawn}: {pairs}. {GOALS}"
        lines = [sections.made_with(), "", limits, "", *sections.table(HEAD, rows), ""]
        title = f"Edits, set {options.set}"
        title += f", seed {options.seed}" if options.seed != 1 else ""
        sections.put(title + (", with what is read" if options.text else ""), lines)
    return 0


def _case(options: argparse.Namespace) -> queries.Case:
    """Return the queries of the set as last made; those of another seed are made here."""
    if options.seed != 1:
        edits = tuple(options.edits.split(",")) if options.edits else EDITED
        return queries.case(options.set, edits, options.seed, options.each)
    try:
        return queries.read_manifest(options.set)
    except FileNotFoundError:
        raise SystemExit("no queries yet: python -m tests.benchmarks --build-only first") from None


def measure(
    tallies: Mapping[str, Tally],
    pairs: Pairs,
    query: Query,
    sources: Iterable[tuple[Part, Path]],
    *,
    text: bool = False,
) -> None:
    """Match one query with its sources and add what is told of each pair; none, no tally.

    What several of them say together, and with `text` what was read, is told as `check` tells it.
    """
    asked, here = _taken(Path(query.path), True)
    found: list[Match] = []
    parts: list[tuple[Part, Video, Path, Film]] = []
    for part, source in sources:
        shown, there = _taken(source, False)
        match = explain_pair((asked, here), (shown, there), DEFAULT).found
        if match is None:
            pairs.lost += 1
            continue
        films = (film_of(here), film_of(there))
        start = time.process_time()
        files = (Path(query.path), source)
        match = changed(match, here, there, films, asked, shown, DEFAULT, files)
        pairs.seconds += time.process_time() - start
        found.append(judged(match, asked, shown, DEFAULT.trace))
        parts.append((part, shown, source, films[1]))
    videos = {shown.sha256: shown for _, shown, _, _ in parts}
    told = told_together(found, asked, videos, (), DEFAULT)
    if text:
        read = _read(Path(query.path), asked)
        tracks = [_read(source, shown) for _, shown, source, _ in parts]
        told = tuple(
            lettered(one, read, track, DEFAULT.text, _beneath(one, film_of(here), film))
            for one, track, (_, _, _, film) in zip(told, tracks, parts, strict=True)
        )
    pairs.matched += len(told)
    for match, (part, shown, _, _) in zip(told, parts, strict=True):
        edits = [asdict(edit) for edit in match.edits]
        count(tallies, query.name, edits, expected(query, part, _file(asked), _file(shown)))


def _beneath(match: Match, here: Film, there: Film) -> Beneath:
    def beneath(line: TextLine, of_query: bool) -> float | None:
        return likeness_beneath(line, of_query, match, (here, there), DEFAULT.compare)

    return beneath


@lru_cache(maxsize=64)
def _taken(path: Path, query: bool) -> tuple[Video, Fingerprint]:
    video = probe(path, media.sha256(path))
    return video, (take_query if query else take)(path, video, DEFAULT)


@lru_cache(maxsize=256)
def _read(path: Path, video: Video) -> TextTrack:
    return ReadTask(str(path), video, DEFAULT)()


def _file(video: Video) -> File:
    return File(video.width, video.height, video.frame_rate, video.duration)


if __name__ == "__main__":
    raise SystemExit(main())
