"""What a recipe did, exactly: which seconds of the query are which of the source, and where.

Times are seconds from the first frame; boxes are `(x0, y0, x1, y1)`, fractions of the frame.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Span:
    """Seconds `start`..`end` of what comes out, and the seconds of what went in that they show."""

    start: float
    end: float
    source_start: float
    source_end: float

    @property
    def speed(self) -> float:
        """Source seconds for each second that comes out: 1.25 when it plays 1.25 times faster."""
        length = self.end - self.start
        return (self.source_end - self.source_start) / length if length > 0 else 1.0

    def to_source(self, time: float) -> float:
        """The source second shown at `time`."""
        return self.source_start + (time - self.start) * self.speed

    def from_source(self, time: float) -> float:
        """The second at which source second `time` is shown."""
        return self.start + (time - self.source_start) / self.speed

    def then(self, later: Span) -> Span | None:
        """This span seen through a later edit (whose source is what this one made), if it is."""
        low = max(self.start, later.source_start)
        high = min(self.end, later.source_end)
        if high - low < 1e-6:
            return None
        return Span(
            later.from_source(low),
            later.from_source(high),
            self.to_source(low),
            self.to_source(high),
        )


@dataclass(frozen=True)
class Placement:
    """Which part of the source is shown (`kept`) and where in the query it stands (`placed`).

    A rotation is noted in degrees; the boxes are then those of the upright picture.
    """

    kept: Box = WHOLE
    placed: Box = WHOLE
    mirrored: bool = False
    degrees: float = 0.0

    def then(self, later: Placement) -> Placement:
        """This placement seen through a later edit of the whole frame."""
        seen = _common(self.placed, later.kept)
        return Placement(
            _carry(seen, self.placed, self.kept, self.mirrored),
            _carry(seen, later.kept, later.placed, later.mirrored),
            self.mirrored != later.mirrored,
            self.degrees + later.degrees,
        )


def _common(a: Box, b: Box) -> Box:
    x0, y0 = max(a[0], b[0]), max(a[1], b[1])
    return (x0, y0, max(x0, min(a[2], b[2])), max(y0, min(a[3], b[3])))


def _carry(box: Box, frame: Box, target: Box, mirrored: bool) -> Box:
    """`box`, lying in `frame`, carried to where `frame` goes when it is drawn on `target`."""

    def along(value: float, low: float, high: float, to_low: float, to_high: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.0
        return round(to_low + share * (to_high - to_low), 5)

    left, right = (target[2], target[0]) if mirrored else (target[0], target[2])
    x0 = along(box[0], frame[0], frame[2], left, right)
    x1 = along(box[2], frame[0], frame[2], left, right)
    y0 = along(box[1], frame[1], frame[3], target[1], target[3])
    y1 = along(box[3], frame[1], frame[3], target[1], target[3])
    return (min(x0, x1), y0, max(x0, x1), y1)


@dataclass(frozen=True)
class Edit:
    """One thing that was done; `kind`, `side` and `change` are the words of `tracer check`."""

    kind: str
    side: str = "query"
    change: str = ""
    box: Box | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What one recipe did to the one video it was given, and which other videos it put in."""

    spans: tuple[Span, ...]
    placement: Placement = Placement()
    edits: tuple[Edit, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One source of a query: the name of the work, its spans and where its picture stands."""

    work: str
    spans: tuple[Span, ...]
    placement: Placement = Placement()
    needed: bool = True

    def then(self, later: Step) -> Part | None:
        """This part after a further recipe, or None when nothing of it is left."""
        spans = [new for span in self.spans for cut in later.spans if (new := span.then(cut))]
        if not spans:
            return None
        ordered = tuple(sorted(spans, key=lambda span: span.start))
        return Part(self.work, ordered, self.placement.then(later.placement), self.needed)


@dataclass(frozen=True)
class Query:
    """One query of the benchmark: the file, how it was made and what it comes from."""

    name: str
    edit: str
    path: str
    seed: int
    duration: float
    parts: tuple[Part, ...]
    also: tuple[str, ...]
    same_scene: tuple[str, ...]
    same_scene_allowed: tuple[str, ...]
    edits: tuple[Edit, ...]
    tags: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON (one line of the manifest)."""
        data = asdict(self)
        for part, plain in zip(self.parts, data["parts"], strict=True):
            for span, row in zip(part.spans, plain["spans"], strict=True):
                row["speed"] = round(span.speed, 4)
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> Query:
        """The query that `to_json` wrote."""
        texts = {key: tuple(data[key]) for key in _TUPLES}
        return Query(
            name=data["name"],
            edit=data["edit"],
            path=data["path"],
            seed=data["seed"],
            duration=data["duration"],
            parts=tuple(_part(part) for part in data["parts"]),
            edits=tuple(edit_from_json(edit) for edit in data["edits"]),
            **texts,
        )


_TUPLES = ("also", "same_scene", "same_scene_allowed", "tags")


def _part(data: dict[str, Any]) -> Part:
    return Part(
        data["work"],
        tuple(span_from_json(span) for span in data["spans"]),
        placement_from_json(data["placement"]),
        data["needed"],
    )


def span_from_json(data: dict[str, Any]) -> Span:
    """One span from its JSON (`speed` follows from the times)."""
    return Span(data["start"], data["end"], data["source_start"], data["source_end"])


def placement_from_json(data: dict[str, Any]) -> Placement:
    """One placement from its JSON."""
    kept, placed = (tuple(data[key]) for key in ("kept", "placed"))
    return Placement(kept, placed, data["mirrored"], data["degrees"])


def edit_from_json(data: dict[str, Any]) -> Edit:
    """One edit from its JSON."""
    box = tuple(data["box"]) if data["box"] else None
    return Edit(data["kind"], data["side"], data["change"], box, data["detail"])


def step_from_json(data: dict[str, Any]) -> Step:
    """One step from its JSON, as the cache keeps it beside each file."""
    return Step(
        tuple(span_from_json(span) for span in data["spans"]),
        placement_from_json(data["placement"]),
        tuple(edit_from_json(edit) for edit in data["edits"]),
        tuple(data["others"]),
    )
