"""A family told by hand: Pomegranate Cloud, Douyin, YouTube with English subtitles, Twitter.

The posts are invented. The texts are what strangers write: markup, formulas, other scripts, marks
that turn the direction of writing, names without end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tracer.model import (
    IDENTITY,
    Account,
    Answer,
    Chain,
    Contradiction,
    Derivation,
    Direction,
    DirectionVerdict,
    Earliest,
    Edit,
    Evidence,
    Family,
    Findings,
    HiddenParent,
    IndexedVideo,
    IndexState,
    Instant,
    Match,
    NearMiss,
    PairReport,
    Post,
    Reason,
    SceneMatch,
    Segment,
    SoundMatch,
    SoundOnly,
    Unchecked,
    Video,
)

STATE = IndexState(1204, 20.1, datetime(2026, 11, 22, 1, tzinfo=UTC), "0123456789abcdef")
HOSTILE = "<script>alert('x')</script> & \u202eevil\u202c 🎉 \x1b[31mred\n=HYPERLINK(\"x\")"
LONG = "A very long name of an account that never seems to end " * 6


def sha(letter: str) -> str:
    """Return a stand-in for a SHA-256 that a reader of a failing test recognises."""
    return (letter * 64)[:64]


POMEGRANATE, DOUYIN, YOUTUBE, TWITTER, MIRRORED, ALONE = map(
    sha, ("a1", "b2", "c3", "d4", "e5", "f6")
)


def video(sha256: str, duration: float = 31.2, width: int = 640, height: int = 360) -> Video:
    """Return a file's description."""
    return Video(sha256, 1_000_000, duration, width, height, 25.0, "h264", "mp4", sound_codec="aac")


def exact(text: str, source: str, zone: str = "") -> Instant:
    """Return a claim without uncertainty."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return Instant(moment, moment, source, text, zone)


def day(text: str, source: str) -> Instant:
    """Return a bare day, which covers every zone that it may be in."""
    start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Instant(start - timedelta(hours=14), start + timedelta(hours=36), source, text)


def post(platform: str, name: str, published: Instant | None, **other: object) -> Post:
    """Return a post with an account of that name."""
    return Post(
        platform,
        url=f"https://{platform}.example/post/1",
        post_id="1352921",
        account=Account(platform, id="42", handle="someone", name=name),
        published=published,
        claims=(published,) if published else (),
        **other,  # type: ignore[arg-type]
    )


FIRST_POST = post(
    "pomegranate_cloud",
    "石榴云测试",
    exact("2021-01-23T19:15:00+08:00", "sidecar", "+08:00"),
    collected=datetime(2021, 3, 2, 10, tzinfo=UTC),
    collector="example capture",
)
VIDEOS = (
    IndexedVideo(video(POMEGRANATE), ("clips/pomegranate.mp4",), (FIRST_POST,)),
    IndexedVideo(
        video(DOUYIN, 29.0, 360, 640),
        ("clips/douyin.mp4",),
        (
            post(
                "douyin",
                HOSTILE,
                Instant(
                    datetime(2021, 1, 24, 2, 3, 4, tzinfo=UTC),
                    datetime(2021, 1, 24, 2, 3, 5, tzinfo=UTC),
                    "post_id",
                    "6921090909090909090",
                ),
                text=HOSTILE,
            ),
        ),
    ),
    IndexedVideo(
        video(YOUTUBE, 29.0, 640, 360),
        (f"clips/{'name-without-end-' * 9}.mp4",),
        (post("youtube", LONG, day("2021-01-25", "platform"), title="=1+1"),),
    ),
    IndexedVideo(
        video(TWITTER, 12.0, 480, 270),
        ("clips/twitter.mp4",),
        (
            post("twitter", "Example Archive", None, collected=datetime(2021, 2, 3, tzinfo=UTC)),
            post("x", "الأرشيف", exact("2021-01-20T00:00:00+00:00", "page")),
        ),
    ),
    IndexedVideo(video(MIRRORED, 20.0), ("clips/<b>mirror</b>.mp4",), ()),
    IndexedVideo(video(ALONE, 8.0), (), ()),
)


def match(
    query: str,
    other: str,
    *edits: Edit,
    direction: Direction = "query_from_match",
    shift: float = 2.0,
    length: float = 12.0,
    speed: float = 1.0,
) -> Match:
    """Return a match of one segment whose query starts at 0."""
    return Match(
        query,
        other,
        0.97,
        "match",
        (Segment(0.0, length, shift, shift + length * speed, speed, 0.98),),
        IDENTITY,
        reasons=(
            Reason("moments", 22, "22 distinct moments agree"),
            Reason("geometry", 0.91, "ORB and RANSAC agree on 3 of 3 pairs"),
            Reason("rarity", 0.4, "one title card counts little", passed=False),
        ),
        edits=edits,
        sound=SoundMatch("same", 0.95, shift),
        derivation=DirectionVerdict(
            direction,
            0.85,
            (
                Evidence("overlay", direction, 2.1, "Only the copy carries lettering."),
                Evidence("field_of_view", direction, 1.3, "The source shows 8 % more."),
            ),
        ),
    )


SUBTITLES = Edit(
    "subtitles", "query", 0.9, {"language": "en", "box": [0.1, 0.82, 0.9, 0.95]}, "added"
)
CROP = Edit("crop", "query", 0.8, {"box": (0.04, 0.0, 0.96, 1.0)})
MIRROR = Edit("mirror", "unknown", 0.99)
REFRAME = Edit("reframe", "query", 0.9, {"box": [0.0, 0.34, 1.0, 0.66]})
LOGO = Edit("overlay", "match", 0.5, {"what": "logo", "box": [0.8, 0.05, 0.95, 0.15]})


def link(source: str, derived: str, found: Match, *, told: bool = True) -> Derivation:
    """Return a direct derivation that rests on a match."""
    return Derivation(
        source,
        derived,
        "told" if told else "undetermined",
        0.85 if told else 0.3,
        found,
        found.derivation.evidence,
    )


LINKS = (
    link(POMEGRANATE, DOUYIN, match(DOUYIN, POMEGRANATE, REFRAME, length=27.0)),
    # Compared the other way round, as an index may hold it.
    link(DOUYIN, YOUTUBE, match(DOUYIN, YOUTUBE, LOGO, direction="match_from_query", length=25.0)),
    link(YOUTUBE, TWITTER, match(TWITTER, YOUTUBE, SUBTITLES, CROP, length=11.0)),
    link(
        POMEGRANATE,
        MIRRORED,
        match(MIRRORED, POMEGRANATE, MIRROR, direction="undetermined"),
        told=False,
    ),
)
EARLIEST = Earliest(
    POMEGRANATE,
    FIRST_POST,
    "stated",
    "Earliest known to this index: posted on Pomegranate Cloud on 2021-01-23 at 11:15 UTC, "
    "as its sidecar states.",
)
CONTRADICTION = Contradiction(
    "time_before_source",
    TWITTER,
    VIDEOS[3].posts[1],
    (exact("2021-01-20T00:00:00+00:00", "page"),),
    "The page dates this copy before the video that it was cut from.",
)
UNCHECKED = (
    Unchecked("clips/broken.mp4", "decode", "the file ends in the middle of a frame"),
    Unchecked(ALONE, "sound", "no sound track"),
)
CHAIN = Chain(
    VIDEOS,
    LINKS,
    (
        HiddenParent(
            "h1",
            (MIRRORED, DOUYIN),
            (Evidence("shared_edit", "siblings", 1.7, "Both lack the first two seconds."),),
        ),
    ),
    EARLIEST,
    (CONTRADICTION,),
    UNCHECKED,
)
EMPTY_CHAIN = Chain(
    (VIDEOS[5],),
    (),
    (),
    Earliest(None, None, "unknown", "Nothing in this index tells who was first."),
)


def answer(*matches: Match) -> Answer:
    """Return the answer to one query with these matches."""
    return Answer(
        "downloads/q [1].mp4",
        video(sha("99")),
        (),
        STATE,
        Findings(
            sha("99"),
            matches,
            same_sound=(SoundOnly(ALONE, (Segment(0, 8, 0, 8, 1.0, 0.9),), 0.9),),
            same_scene=(SceneMatch(MIRRORED, 0.6, "same room and camera, other moments"),),
            nearest=(
                NearMiss(TWITTER, 0.21, "alignment", "2 moments agree, 3 are needed"),
                NearMiss(YOUTUBE, 0.31, "score", "0.31 is below the threshold 0.5"),
            ),
        ),
        VIDEOS,
        EARLIEST if matches else None,
        "" if matches else "Nothing in this index matches.",
        UNCHECKED,
    )


def matched() -> Answer:
    """Return an answer with two matches."""
    other = match(sha("99"), YOUTUBE, LOGO, length=5.0, speed=1.25, direction="siblings")
    return answer(match(sha("99"), POMEGRANATE, SUBTITLES, CROP, MIRROR), other)


def unmatched() -> Answer:
    """Return an answer without any match."""
    return answer()


def unreadable() -> Answer:
    """Return the answer to a query that is no video."""
    reason = Unchecked("q.txt", "probe", "not a video that can be read")
    return Answer("q.txt", None, (), STATE, Findings(""), (), None, "", (reason,))


FAMILY = Family(POMEGRANATE, VIDEOS, ("pomegranate_cloud", "douyin", "youtube"), EARLIEST)
PAIR = PairReport(
    video(DOUYIN),
    video(POMEGRANATE),
    "match",
    "",
    0.97,
    LINKS[0].match.reasons,
    LINKS[0].match,
)
PAIR_APART = PairReport(
    video(ALONE),
    video(POMEGRANATE),
    "none",
    "alignment",
    0.1,
    (Reason("alignment", 1, "1 distinct moment agrees, 3 are needed", passed=False),),
)


def many(copies: int) -> Chain:
    """Return a chain with that many plain copies of one video."""
    shas = [f"{number:064x}" for number in range(1, copies + 1)]
    return Chain(
        (
            VIDEOS[0],
            *(
                IndexedVideo(
                    video(name),
                    (f"copies/{name[-6:]}.mp4",),
                    (post("weibo", "c", exact("2021-02-01T00:00:00+00:00", "page")),),
                )
                for name in shas
            ),
        ),
        tuple(
            link(POMEGRANATE, name, match(name, POMEGRANATE, Edit("reencode", "query", 0.9)))
            for name in shas
        ),
        (),
        EARLIEST,
    )


def spread(copies: int) -> Chain:
    """Return a chain in which copies were made of copies: a tree of that many below one video."""
    chain = many(copies)
    names = [POMEGRANATE, *(video.video.sha256 for video in chain.videos[1:])]
    links = tuple(
        link(
            names[(number - 1) // 3],
            names[number],
            match(names[number], names[(number - 1) // 3], Edit("reencode", "query", 0.9)),
        )
        for number in range(1, copies + 1)
    )
    return replace(chain, links=links)
