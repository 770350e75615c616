"""Cues of direction: what in two versions tells which one derives from the other.

Each cue is a function from a :class:`Pair` to evidence, under its name in `CUES`; its weight stands
in `weights.json`. The rule behind all of them: losing is easy and restoring is not, so the side
that *carries* an edit does not precede the side that lacks it. `favours` therefore names the side
with the edit as the derived one; where both carry something, `direction` makes them siblings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracer.model import Direction, Edit, EditKind, Evidence, Match, Side, Video
from tracer.trace import platforms
from tracer.trace.weights import Weights

Found = Iterator[Evidence]

_DERIVED: dict[Side, Direction] = {"query": "query_from_match", "match": "match_from_query"}
WHOLE = 0.9  # share of a video that counts as all of it: fades and end cards match nothing
_LEAST = 0.05  # log-odds: less moves a probability by 1 % at most, and is printed as 0.0
_BLOCKS_SURE = 0.7  # agreement of the blocks at which a loss of detail weighs fully
_BLOCKS_USUAL = 0.45  # agreement that makes neither siblings nor one line likelier
_BLOCKS_LEAST = 0.65  # share of its weight that a loss has where the blocks agree least
_SAME_SIZE = 0.1  # doublings of the pixels below which two sizes are rounded ones of the same
_EITHER: tuple[EditKind, ...] = (
    "mirror",
    "rotate",
    "speed",
    "frame_rate",
    "color",
    "sound_replaced",
    "sound_removed",
)
_DOUBLINGS = 1.0  # a doubling of pixels or of bits a second carries the whole weight of its cue


@dataclass(frozen=True, slots=True)
class Pair:
    """Two videos and what links them, as a cue sees them."""

    match: Match
    query: Video
    other: Video  # the match's side
    weights: Weights
    names: tuple[str, str] = ("query", "match")  # what the sentences call the two

    def name(self, side: object) -> str:
        """Return what the sentences call a side."""
        return f"the {self.names[0]}" if side == "query" else f"the {self.names[1]}"

    def edits(self, *kinds: EditKind) -> Iterator[Edit]:
        """Give the edits of some kinds."""
        return (edit for edit in self.match.edits if edit.kind in kinds)

    def has(self, *kinds: EditKind) -> bool:
        """Tell whether any edit of some kinds was found."""
        return any(True for _ in self.edits(*kinds))

    def carried(self, cue: str, side: object, detail: str, part: float = 1.0) -> Found:
        """Give the evidence that one side carries something; none where no side is known.

        `part` is the share (0 to 1) of the cue's weight that applies; the edit's confidence, say.
        """
        weight = self.weights.cues[cue] * part
        if weight >= _LEAST and side in ("query", "match"):
            favours = _DERIVED["query" if side == "query" else "match"]
            yield Evidence(cue, favours, weight, detail)


def field_of_view(pair: Pair) -> Found:
    """Who shows less of the scene was cut from who shows more."""
    for edit in pair.edits("crop"):
        detail = f"{pair.name(edit.side)} shows a part of the other's picture"
        yield from pair.carried("field_of_view", edit.side, detail, edit.confidence)


def frame(pair: Pair) -> Found:
    """Bars, blurred panels or a frame around the other's picture were put there."""
    words = {
        "letterbox": "bars around the other's picture",
        "reframe": "the other's picture before a filled background",
        "picture_in_picture": "the other's picture as an inset",
    }
    for edit in pair.edits("letterbox", "reframe", "picture_in_picture"):
        detail = f"{pair.name(edit.side)} has {words[edit.kind]}"
        yield from pair.carried("frame", edit.side, detail, edit.confidence)


def overlay(pair: Pair) -> Found:
    """A logo, watermark or sticker on one side was put on; another platform's tells most."""
    for edit in pair.edits("overlay"):
        detail = f"an overlay that only {pair.name(edit.side)} carries"
        yield from pair.carried("overlay", edit.side, detail, edit.confidence)
        named = edit.detail.get("platform")
        if isinstance(named, str) and named:
            detail = f"{pair.name(edit.side)} carries the mark of {platforms.canonical(named)}"
            yield from pair.carried("foreign_watermark", edit.side, detail, edit.confidence)


def subtitles(pair: Pair) -> Found:
    """Lettering on one side was put on; other lettering on both needs a clean parent or a cover."""
    for edit in pair.edits("subtitles"):
        if edit.change != "replaced":
            detail = f"subtitles that only {pair.name(edit.side)} carries"
            yield from pair.carried("subtitles", edit.side, detail, edit.confidence)
            continue
        cover = edit.detail.get("cover")
        if cover in ("query", "match"):
            detail = f"{pair.name(cover)} covers the place of the other's subtitles under its own"
            yield from pair.carried("cover_band", cover, detail, edit.confidence)
        else:
            weight = pair.weights.cues["other_subtitles"] * edit.confidence
            detail = "both carry subtitles, and not the same: each was lettered apart"
            yield Evidence("other_subtitles", "siblings", weight, detail)


def containment(pair: Pair) -> Found:
    """An excerpt is cut from the longer; a compilation is put together from the shorter."""
    for edit in pair.edits("trim"):
        detail = f"{pair.name(edit.side)} is an excerpt of the other"
        yield from pair.carried("excerpt", edit.side, detail, edit.confidence)
    for edit in pair.edits("compilation"):
        detail = f"{pair.name(edit.side)} puts the other together with further material"
        yield from pair.carried("compilation", edit.side, detail, edit.confidence)
    if pair.has("trim", "compilation") or not pair.match.segments:
        return
    if pair.query.still or pair.other.still:
        return
    query = covered(spans(pair.match, pair.match.query_sha256)) / _length(pair.query)
    other = covered(spans(pair.match, pair.match.sha256)) / _length(pair.other)
    if query >= WHOLE > other or other >= WHOLE > query:
        part = "query" if query > other else "match"
        detail = f"all of {pair.name(part)} is a part of the other"
        yield from pair.carried("excerpt", part, detail)
    elif max(query, other) < WHOLE:
        weight = pair.weights.cues["own_material"]
        yield Evidence("own_material", "siblings", weight, "each holds seconds the other lacks")


def tempo(pair: Pair) -> Found:
    """A changed speed, where its side is known; repeated or missing frames.

    Missing frames are gone, and are told once, whichever edits they show in. Repeated ones may have
    been in the source already (telecine, a slow camera), and fall out where a copy has fewer
    frames: they tell little.
    """
    told: set[tuple[str, Side]] = set()
    for edit in sorted(pair.edits("frame_rate", "speed"), key=lambda one: -one.confidence):
        cue, done = _pace(edit)
        if (cue, edit.side) not in told:
            told.add((cue, edit.side))
            detail = f"{pair.name(edit.side)} {done}"
            yield from pair.carried(cue, edit.side, detail, edit.confidence)


def _pace(edit: Edit) -> tuple[str, str]:
    """Return the cue that an edit of the time line gives, and what was done."""
    if edit.detail.get("told") == "repeated":
        return "repeats", "repeats frames that the other does not"
    if edit.kind == "frame_rate" or edit.detail.get("told") == "missing":
        return "cadence", "lacks frames of the other"
    return "speed", "plays at a changed speed"


def picture(pair: Pair) -> Found:
    """Clipped tones, lost colours, a mirror image or a turn, where a side is known for it."""
    words = {
        "color": ("tones", "has changed tones"),
        "mirror": ("mirror", "is the mirror image"),
        "rotate": ("rotation", "was turned"),
        "reencode": ("generation", "has lost fine detail that the other still has"),
    }
    for edit in pair.edits("color", "mirror", "rotate", "reencode"):
        cue, done = words[edit.kind]
        if edit.kind == "color" and edit.detail.get("grey") == edit.side:
            done = "has lost its colours"
        part = _share_of_blocks(edit) if edit.kind == "reencode" else edit.confidence
        yield from pair.carried(cue, edit.side, f"{pair.name(edit.side)} {done}", part)


def _share_of_blocks(edit: Edit) -> float:
    """Return how much a loss of detail weighs: most of it also where only some more blocks show it.

    Which side lost was right in 0.99 of the tune pairs whatever the share.
    """
    if "blocks" not in edit.detail:
        return edit.confidence
    return _BLOCKS_LEAST + (1.0 - _BLOCKS_LEAST) * min(1.0, _agreement(edit) / _BLOCKS_SURE)


def one_way_loss(pair: Pair) -> Found:
    """A loss that nearly all blocks show speaks against siblings, one that few show for them.

    A copy keeps at most what its source has, everywhere; two copies of one source were each coded
    apart, and each keeps something that the other lost.
    """
    for edit in pair.edits("reencode"):
        if "blocks" not in edit.detail:
            continue  # not looked at closely
        beyond = _agreement(edit) - _BLOCKS_USUAL
        if beyond > 0.0:
            detail = f"{pair.name(edit.side)} has less detail nearly everywhere, as a copy has"
            share = beyond / (1.0 - _BLOCKS_USUAL)
            yield from pair.carried("one_way_loss", edit.side, detail, share)
        else:
            weight = pair.weights.cues["mixed_loss"] * -beyond / _BLOCKS_USUAL
            if weight >= _LEAST:
                detail = "each keeps detail that the other lost: each was coded apart"
                yield Evidence("mixed_loss", "siblings", weight, detail)


def _agreement(edit: Edit) -> float:
    """Return how far the blocks agree on the side that lost detail: 0 half of them, 1 all."""
    share = edit.detail.get("blocks")
    return max(0.0, min(1.0, 2.0 * share - 1.0)) if isinstance(share, float) else 0.0


def either_side(pair: Pair) -> Found:
    """An edit that may have been made on either side makes it likelier that each was made apart.

    Several weigh as one: whoever mirrors a clip to hide it changes its speed and tones as well.
    """
    kinds = sorted({one.kind for one in pair.edits(*_EITHER) if one.side == "unknown"})
    weight = pair.weights.cues["either_side"]
    if kinds and weight >= _LEAST:
        named = ", ".join(kind.replace("_", " ") for kind in kinds)
        detail = f"nothing tells which side was changed: {named}"
        yield Evidence("either_side", "siblings", weight, detail)


def sound(pair: Pair) -> Found:
    """Sound that was laid over, where a side is known for it.

    Sound that only one of them has tells nothing: it may have been taken away or put under.
    """
    for edit in pair.edits("sound_replaced"):
        detail = f"{pair.name(edit.side)} has other sound laid over"
        yield from pair.carried("sound", edit.side, detail, edit.confidence)


def resolution(pair: Pair) -> Found:
    """The coarser picture is likelier the copy: weak, for anyone can scale up."""
    across, down = _scales(pair.match)
    query, other = pair.query.width * pair.query.height, pair.other.width * pair.other.height
    if min(query, other, across, down) <= 0 or pair.has("picture_in_picture"):
        return
    finer = math.log2(across * down * query / other)  # over zero: the query samples the scene finer
    if abs(finer) < _SAME_SIZE:
        return
    side = "match" if finer > 0.0 else "query"
    detail = f"{pair.name(side)} samples the scene {2 ** abs(finer):.2f} times coarser in pixels"
    share = min(1.0, abs(finer) / (2 * _DOUBLINGS))
    yield from pair.carried("resolution", side, detail, share)


def bitrate(pair: Pair) -> Found:
    """The side with fewer bits a second is likelier the copy: weaker still."""
    if pair.query.still or pair.other.still or min(pair.query.size, pair.other.size) <= 0:
        return
    query, other = pair.query.size / _length(pair.query), pair.other.size / _length(pair.other)
    richer = math.log2(query / other)
    side = "match" if richer > 0.0 else "query"
    detail = f"{pair.name(side)} has {2 ** abs(richer):.2f} times fewer bits a second"
    share = min(1.0, abs(richer) / (2 * _DOUBLINGS))
    yield from pair.carried("bitrate", side, detail, share)


CUES: dict[str, Callable[[Pair], Found]] = {
    "field_of_view": field_of_view,
    "frame": frame,
    "overlay": overlay,
    "subtitles": subtitles,
    "containment": containment,
    "tempo": tempo,
    "picture": picture,
    "one_way_loss": one_way_loss,
    "either_side": either_side,
    "sound": sound,
    "resolution": resolution,
    "bitrate": bitrate,
}


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Return the length of a union of intervals."""
    total, reached = 0.0, -math.inf
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def shared(first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]) -> float:
    """Return the length of what two unions of intervals have in common."""
    return covered(first) + covered(second) - covered((*first, *second))


def spans(match: Match, sha256: str) -> list[tuple[float, float]]:
    """Return which seconds of one of the two videos the match explains."""
    if match.query_sha256 == sha256:
        return [(segment.query_start, segment.query_end) for segment in match.segments]
    return [(segment.match_start, segment.match_end) for segment in match.segments]


def _length(video: Video) -> float:
    return max(video.duration, 1e-3)  # a millisecond, so that a broken duration divides


def _scales(match: Match) -> tuple[float, float]:
    """Return how wide and high the match's picture lies in the query's frame (1 = all of it)."""
    a, b, _, c, d, _ = match.transform.matrix
    return math.hypot(a, c), math.hypot(b, d)
