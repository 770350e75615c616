"""The vocabulary: frozen types that pass from stage to stage (numpy and the standard library only).

One clock: float seconds of presentation time from a video's first frame. Intervals are half-open.
Distance = Hamming bits, lower is nearer. Score = 0 to 1, higher is surer. A box is
``(x0, y0, x1, y1)`` in fractions of the *displayed* frame (rotation flag and pixel aspect applied).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
FloatArray = npt.NDArray[np.float64]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

Verdict = Literal["match", "possible"]
Side = Literal["query", "match", "unknown"]
EditKind = Literal[
    "reencode",
    "resize",
    "color",
    "letterbox",
    "crop",
    "mirror",
    "rotate",
    "reframe",
    "picture_in_picture",
    "overlay",
    "subtitles",
    "speed",
    "frame_rate",
    "trim",
    "compilation",
    "sound_replaced",
    "sound_removed",
]
TextKind = Literal[
    "subtitle", "karaoke", "mark", "title", "caption", "ticker", "scene", "unreadable"
]
SoundVerdict = Literal["same", "different", "partial", "absent", "unchecked"]
Direction = Literal["query_from_match", "match_from_query", "siblings", "same", "undetermined"]
Grade = Literal["corroborated", "stated", "inferred", "unknown"]


# --- where things come from -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment as somebody claims it: never without its source and its uncertainty."""

    earliest: datetime  # aware, UTC
    latest: datetime  # aware, UTC; equal to `earliest` where the claim is exact
    source: str  # post_id, platform, sidecar, page, container, collected, archive, ...
    raw: str  # the value as it was given
    zone: str = ""  # the zone as it was given ("+08:00", "" where none was)


@dataclass(frozen=True, slots=True)
class Account:
    """Who posted: an id that lasts, a handle that may change, a name that anyone may choose."""

    platform: str
    id: str = ""
    handle: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One appearance of a video on a platform. Its times are claims."""

    platform: str
    url: str = ""
    post_id: str = ""
    media_id: str = ""  # the platform's id of the upload, where it differs from the post's
    account: Account | None = None
    published: Instant | None = None  # the best single claim; all of them stand in `claims`
    claims: tuple[Instant, ...] = ()
    collected: datetime | None = None  # when it was collected; an upper bound of its publication
    collector: str = ""
    title: str = ""
    text: str = ""
    origin: str = ""  # what stated this: the sidecar's name, the importer's kind, "url"


@dataclass(frozen=True, slots=True)
class Video:
    """A file's content, named by its SHA-256; the same file posted twice is one Video."""

    sha256: str
    size: int  # bytes
    duration: float  # seconds
    width: int  # displayed pixels
    height: int
    frame_rate: float  # average frames a second
    codec: str
    container: str = ""
    rotation: int = 0  # degrees clockwise, as flagged by the container (already applied)
    sound_codec: str = ""  # empty where there is no sound track
    created: str = ""  # creation time as the container states it, raw
    still: bool = False  # a still image


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What was not checked, and why: so that it never reads as "nothing found"."""

    subject: str  # the path or SHA-256 concerned
    stage: str  # the stage that could not do its work
    reason: str


# --- a video's fingerprint ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which parts of the frame carry the picture."""

    picture: Box = WHOLE  # the main picture, inside any bars or blurred panels
    kind: str = "full"  # full, letterbox, reframe, inset, split
    others: tuple[Box, ...] = ()  # further rectangles that carry a picture of their own
    text_bands: tuple[Box, ...] = ()  # where text comes and goes
    static_overlays: tuple[Box, ...] = ()  # logos: sharp and unmoving while the rest moves


@dataclass(frozen=True, slots=True, eq=False)
class FrameHashes:
    """Perceptual hashes of kept keyframes; one row for each frame and picture rectangle."""

    timestamps: FloatArray  # float64 (n,), seconds
    rectangle: npt.NDArray[np.uint8]  # (n,), 0 = whole frame, 1 = layout.picture, 2... = others
    phash: npt.NDArray[np.uint64]  # (n,), 64-bit pHash
    dhash: npt.NDArray[np.uint64]  # (n,), 64-bit dHash
    phash256: npt.NDArray[np.uint8]  # (n, 32), packed bits
    dhash256: npt.NDArray[np.uint8]  # (n, 32), packed bits
    quality: npt.NDArray[np.uint8]  # (n,), 0 = flat frame, 100 = rich

    def __len__(self) -> int:
        return len(self.timestamps)


PLACES = 16383
"""The places of a local feature along each side: 14 bits, a tenth of a pixel of 1,600."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """ORB features of some frames, spread over octaves and picture."""

    timestamps: FloatArray  # float64 (k,), seconds of the frames that carry features
    frame: npt.NDArray[np.uint16]  # (m,), row of `timestamps` that a feature belongs to
    xy: npt.NDArray[np.uint16]  # (m, 2), in 1/PLACES of the displayed width and height
    octave: npt.NDArray[np.uint8]  # (m,), 0 to 15
    descriptors: npt.NDArray[np.uint8]  # (m, 16), 128 bits of ORB

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class Miniature:
    """The whole video as a tiny grey film, so that times can be compared without the media."""

    timestamps: FloatArray  # float64 (f,), seconds, strictly increasing
    width: int  # pixels
    height: int
    film: bytes  # H.264, grey, `f` frames (see fingerprint/miniature.py); empty where transient
    pictures: npt.NDArray[np.uint8] | None = None  # (f, h, w); kept by a query, never stored

    def __len__(self) -> int:
        return len(self.timestamps)


TINT_CELLS = 8
"""Cells of a stored frame's colour along each side."""


@dataclass(frozen=True, slots=True, eq=False)
class Tints:
    """The colour of some frames on a coarse grid over the displayed frame, as coded."""

    timestamps: FloatArray  # float64 (t,), seconds, strictly increasing
    planes: npt.NDArray[np.uint8]  # (t, 2, cells, cells): means of U and V; 128 is grey


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """All that matching needs to know of a video."""

    sha256: str
    algorithm: str  # name and version of every part; differing algorithms are never compared
    duration: float
    aspect: float  # displayed width / height
    layout: Layout
    hashes: FrameHashes
    features: LocalFeatures
    miniature: Miniature
    sound: npt.NDArray[np.uint32] | None = None  # chromaprint items, 8.07 a second; None = no sound
    unchecked: tuple[Unchecked, ...] = ()
    mirrored: LocalFeatures | None = None  # features of the mirror image; only a query has them
    tints: Tints | None = None  # None where an earlier version made it


# --- what is written in the picture -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextLine:
    """Letters in the picture while they stand there; two lines shown together are one."""

    start: float  # seconds
    end: float
    box: Box
    text: str  # "" where it can't be read; lines one below the other are parted by a line break
    language: str  # zh, ja, en, fr, ...; "und" where it is not known
    kind: TextKind
    confidence: float  # the reader's, 0 to 1
    mirrored: bool = False  # reads only in the mirror image


@dataclass(frozen=True, slots=True)
class TextTrack:
    """All that was read in one video."""

    reader: str  # name and version of the models and the settings that they were used with
    lines: tuple[TextLine, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPair:
    """Subtitles of two videos at the same moment."""

    query: TextLine | None
    match: TextLine | None
    relation: Literal["same", "changed", "query_only", "match_only"]


@dataclass(frozen=True, slots=True)
class TextComparison:
    """The subtitles of the matched seconds, line beside line."""

    query_languages: tuple[str, ...] = ()  # that of most letters first
    match_languages: tuple[str, ...] = ()
    pairs: tuple[TextPair, ...] = ()


@dataclass(frozen=True, slots=True)
class Clue:
    """A pointer to a source that may not be in the index: a mark, a credit, an account's id."""

    source: str  # douyin, tiktok, pomegranate_cloud, xinjiang_daily, cctv, ...
    account: str = ""  # the id or name that stands beside the mark
    url: str = ""  # where the account can be followed
    text: str = ""  # as it was read
    where: Literal["frame", "post"] = "frame"
    time: float | None = None  # seconds of the frame that shows it first
    box: Box | None = None
    sha256: str = ""  # the video that carries it


# --- what people decided ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer decided about two videos; `a` is the smaller SHA-256."""

    a: str
    b: str
    decision: Literal["confirm", "reject", "note"]
    by: str
    at: datetime  # aware, UTC
    note: str = ""


# --- what matches what ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """Which seconds of the query are which seconds of the match."""

    query_start: float
    query_end: float
    match_start: float
    match_end: float
    speed: float  # match seconds for each query second
    score: float


@dataclass(frozen=True, slots=True)
class Transform:
    """Where the match's picture lies in the query's: affine on frame fractions, match to query."""

    matrix: tuple[float, float, float, float, float, float]  # a b tx / c d ty, row by row
    mirrored: bool = False  # the query shows the match's mirror image (flip x before `matrix`)


IDENTITY = Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0))


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score or one step of the way to it, with its number and a sentence."""

    name: str
    value: float
    detail: str
    passed: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that was done to one of the two videos."""

    kind: EditKind
    side: Side
    confidence: float
    detail: dict[str, Any] = field(default_factory=dict)
    change: Literal["added", "removed", "replaced"] | None = None  # subtitles only


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cue of direction: a signed weight in favour of a derivation verdict, and a sentence."""

    cue: str
    favours: Direction
    weight: float  # log-odds, never negative
    detail: str


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """How the sound of the matched seconds compares."""

    verdict: SoundVerdict
    score: float = 0.0
    offset: float | None = None  # seconds of the match at second 0 of the query
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DirectionVerdict:
    """Which of two videos derives from the other, as far as content tells."""

    verdict: Direction
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Two videos that share footage, and which seconds of it."""

    query_sha256: str
    sha256: str
    score: float
    verdict: Verdict
    segments: tuple[Segment, ...]
    transform: Transform
    reasons: tuple[Reason, ...] = ()
    edits: tuple[Edit, ...] = ()
    sound: SoundMatch = SoundMatch("unchecked")
    derivation: DirectionVerdict = DirectionVerdict("undetermined", 0.0)
    review: Review | None = None  # a reviewer's confirmation
    text: TextComparison | None = None  # None where one of the two was not read


@dataclass(frozen=True, slots=True)
class SceneMatch:
    """The same place from the same camera at other moments: never a match."""

    sha256: str
    score: float
    detail: str
    reasons: tuple[Reason, ...] = ()
    other_moments: bool = True  # False where nothing tells whether the moments are others


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A video that came near and the step at which it failed."""

    sha256: str
    score: float
    failed: str  # candidates, alignment, verification, score, review
    detail: str
    reasons: tuple[Reason, ...] = ()
    review: Review | None = None  # what a reviewer decided of the pair


@dataclass(frozen=True, slots=True)
class SoundOnly:
    """A video that shares the sound and not the picture."""

    sha256: str
    segments: tuple[Segment, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Findings:
    """All that matching says of one query."""

    query_sha256: str
    matches: tuple[Match, ...] = ()
    same_sound: tuple[SoundOnly, ...] = ()
    same_scene: tuple[SceneMatch, ...] = ()
    nearest: tuple[NearMiss, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


# --- how matches become a chain ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexState:
    """What was searched: without it a negative answer means nothing."""

    videos: int
    hours: float
    as_of: datetime | None  # the last change of the index, None while it is empty
    settings: str  # digest of the settings that the fingerprints were made with


@dataclass(frozen=True, slots=True)
class IndexedVideo:
    """A video of the index with its files and posts."""

    video: Video
    paths: tuple[str, ...]  # absolute, for reading the files
    posts: tuple[Post, ...] = ()
    names: tuple[str, ...] = ()  # the paths as they were given, for people and programs

    @property
    def shown(self) -> tuple[str, ...]:
        """The paths as they were given; an absolute one would tell of the author's machine."""
        return self.names or self.paths


@dataclass(frozen=True, slots=True)
class Earliest:
    """Who was first, as far as this index knows: never "the original"."""

    sha256: str | None
    post: Post | None
    grade: Grade
    statement: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """A direct derivation between two listed videos."""

    source: str  # sha256
    derived: str
    direction: Literal["told", "undetermined"]
    confidence: float
    match: Match
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class HiddenParent:
    """A common ancestor that the index does not hold."""

    id: str
    children: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims that cannot all be true."""

    kind: str
    sha256: str
    post: Post | None
    claims: tuple[Instant, ...]  # the post's own first; of "time-against-content", then the others'
    detail: str

    @property
    def own_claims(self) -> tuple[Instant, ...]:
        """Return the claims about the post itself."""
        return self.claims[:1] if self.kind == "time-against-content" else self.claims


@dataclass(frozen=True, slots=True)
class Chain:
    """The provenance of one family of videos."""

    videos: tuple[IndexedVideo, ...]
    links: tuple[Derivation, ...]
    hidden: tuple[HiddenParent, ...]
    earliest: Earliest
    contradictions: tuple[Contradiction, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    reviews: tuple[Review, ...] = ()  # what reviewers decided of pairs with one of these videos
    clues: tuple[Clue, ...] = ()  # what its videos and posts point to


@dataclass(frozen=True, slots=True)
class Family:
    """Videos that share footage, each with a representative of the family."""

    id: str
    videos: tuple[IndexedVideo, ...]
    platforms: tuple[str, ...]
    earliest: Earliest
    unchecked: tuple[Unchecked, ...] = ()  # text that was not read: it may tell who was first


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one query: what `tracer check` prints."""

    path: str
    query: Video | None  # None where the query could not be read
    query_posts: tuple[Post, ...]
    index: IndexState
    findings: Findings
    matched: tuple[IndexedVideo, ...]  # every indexed video that `findings` names
    earliest: Earliest | None
    statement: str
    unchecked: tuple[Unchecked, ...] = ()
    clues: tuple[Clue, ...] = ()  # what the query and its matches point to


@dataclass(frozen=True, slots=True)
class PairReport:
    """Why two videos do or do not match, step by step: what `tracer explain` prints."""

    query: Video
    match: Video
    outcome: Literal["match", "possible", "same_scene", "none"]
    failed: str  # the step at which it failed; empty where it matched
    score: float
    reasons: tuple[Reason, ...]
    found: Match | None = None
