"""Small made-up videos, fingerprints and matches, and Hypothesis strategies for any of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tracer.collect.claims import best, in_order
from tracer.model import (
    PLACES,
    WHOLE,
    Account,
    DirectionVerdict,
    Edit,
    Evidence,
    Fingerprint,
    FrameHashes,
    Instant,
    Layout,
    LocalFeatures,
    Match,
    Miniature,
    Post,
    Reason,
    Segment,
    SoundMatch,
    Tints,
    Transform,
    Unchecked,
    Video,
)

NOON = datetime(2021, 1, 23, 12, tzinfo=UTC)


def sha(name):
    return hashlib.sha256(str(name).encode()).hexdigest()


def video(name="a", **changes):
    facts = {
        "size": 1000,
        "duration": 7200.123456789,
        "width": 640,
        "height": 360,
        "frame_rate": 29.97,
        "codec": "h264",
        "container": "mov,mp4",
        "sound_codec": "aac",
        "created": "2021-01-23T12:00:00Z",
    }
    return Video(sha256=sha(name), **{**facts, **changes})


def fingerprint(name="a", frames=3, features=5):
    random = np.random.default_rng(sum(str(name).encode()))
    bits = np.iinfo(np.uint64).max
    return Fingerprint(
        sha256=sha(name),
        algorithm="test-1",
        duration=7200.123456789,
        aspect=16 / 9,
        layout=Layout((0.0, 0.1, 1.0, 0.9), "letterbox", text_bands=(WHOLE,)),
        hashes=FrameHashes(
            timestamps=np.linspace(0, 7200.123456789, frames),
            rectangle=np.ones(frames, np.uint8),
            phash=random.integers(bits, size=frames, dtype=np.uint64, endpoint=True),
            dhash=random.integers(bits, size=frames, dtype=np.uint64, endpoint=True),
            phash256=random.integers(256, size=(frames, 32), dtype=np.uint8),
            dhash256=random.integers(256, size=(frames, 32), dtype=np.uint8),
            quality=random.integers(101, size=frames, dtype=np.uint8),
        ),
        features=LocalFeatures(
            timestamps=np.linspace(0, 7000, 2),
            frame=np.sort(np.arange(features).astype(np.uint16) % 2),
            xy=random.integers(PLACES, size=(features, 2), dtype=np.uint16),
            octave=random.integers(8, size=features, dtype=np.uint8),
            descriptors=random.integers(256, size=(features, 16), dtype=np.uint8),
        ),
        miniature=Miniature(np.linspace(0, 7200, 4), 64, 36, bytes(range(256))),
        sound=random.integers(2**32, size=8, dtype=np.uint32),
        unchecked=(Unchecked("a.mp4", "decode", "truncated?"),),
    )


def instant(days=0.0, source="platform", span=timedelta(0)):
    start = NOON + timedelta(days=days)
    return Instant(start, start + span, source, start.isoformat(), "Z")


def post(days=0.0, **changes):
    claim = instant(days)
    facts = {
        "platform": "douyin",
        "url": "https://douyin.example/1",
        "post_id": "1",
        "account": Account("douyin", "7", "handle", "名字", "https://douyin.example/@handle"),
        "published": claim,
        "claims": (claim,),
        "collected": NOON + timedelta(days=90),
        "collector": "a person",
        "title": "title",
        "text": "text with 😀 and a\nnewline",
        "origin": "clip.post.json",
    }
    return Post(**{**facts, **changes})


def match(query="a", other="b", score=0.9, **changes):
    facts = {
        "verdict": "match",
        "segments": (Segment(1.0, 5.0, 11.0, 16.0, 1.25, 0.9), Segment(6.0, 7.0, 2.0, 3.0, 1, 0.8)),
        "transform": Transform((0.5, 0.0, 0.25, 0.0, 0.5, 0.1), mirrored=True),
        "reasons": (Reason("picture", 0.9, "nine of ten"), Reason("sound", 0.0, "", passed=False)),
        "edits": (
            Edit("crop", "query", 0.8, {"box": [0.1, 0.1, 0.9, 0.9]}),
            Edit("subtitles", "query", 0.9, {"language": "en"}, change="added"),
        ),
        "sound": SoundMatch("same", 0.9, 10.0, "all of it"),
        "derivation": DirectionVerdict(
            "query_from_match", 0.8, (Evidence("overlay", "query_from_match", 2.1, "a logo"),)
        ),
    }
    return Match(sha(query), sha(other), score, **{**facts, **changes})


# --- strategies ---------------------------------------------------------------------------------

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_times = st.floats(0, 10 * 3600)
_seconds = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
_boxes = st.tuples(*[st.floats(0, 1)] * 4)


def _arrays(dtype, shape):
    return hnp.arrays(dtype, shape, elements=_times if np.dtype(dtype).kind == "f" else None)


@st.composite
def fingerprints(draw):
    n, k, m, f = (draw(st.integers(0, 6)) for _ in range(4))
    m = m if k else 0  # no feature without a frame
    items = draw(st.integers(0, 6))
    return Fingerprint(
        sha256=draw(st.binary(min_size=32, max_size=32)).hex(),
        algorithm=draw(_texts),
        duration=draw(_times),
        aspect=draw(st.floats(0.1, 10)),
        layout=Layout(
            picture=draw(_boxes),
            kind=draw(st.sampled_from(["full", "letterbox", "inset"])),
            others=tuple(draw(st.lists(_boxes, max_size=2))),
            text_bands=tuple(draw(st.lists(_boxes, max_size=2))),
            static_overlays=tuple(draw(st.lists(_boxes, max_size=2))),
        ),
        hashes=FrameHashes(
            timestamps=draw(_arrays(np.float64, n)),
            rectangle=draw(_arrays(np.uint8, n)),
            phash=draw(_arrays(np.uint64, n)),
            dhash=draw(_arrays(np.uint64, n)),
            phash256=draw(_arrays(np.uint8, (n, 32))),
            dhash256=draw(_arrays(np.uint8, (n, 32))),
            quality=draw(_arrays(np.uint8, n)),
        ),
        features=LocalFeatures(
            timestamps=draw(_arrays(np.float64, k)),
            frame=np.sort(draw(_arrays(np.uint16, m)) % np.uint16(max(k, 1))),
            xy=draw(_arrays(np.uint16, (m, 2))) & np.uint16(PLACES),
            octave=draw(_arrays(np.uint8, m)) & np.uint8(15),
            descriptors=draw(_arrays(np.uint8, (m, 16))),
        ),
        miniature=Miniature(
            draw(_arrays(np.float64, f)),
            draw(st.integers(1, 256)),
            draw(st.integers(1, 256)),
            draw(st.binary(max_size=32)),
        ),
        sound=draw(st.none() | _arrays(np.uint32, items)),
        unchecked=tuple(draw(st.lists(st.builds(Unchecked, _texts, _texts, _texts), max_size=2))),
        tints=draw(st.none() | _tints()),
    )


@st.composite
def _tints(draw):
    t = draw(st.integers(0, 4))
    return Tints(draw(_arrays(np.float64, t)), draw(_arrays(np.uint8, (t, 2, 8, 8))))


@st.composite
def instants(draw):
    first, second = sorted((draw(_seconds), draw(_seconds)))
    source = draw(st.sampled_from(["platform", "sidecar", "http-last-modified"]))
    return Instant(first, second, source, draw(_texts), draw(_texts))


accounts = st.builds(Account, _texts, _texts, _texts, _texts, _texts)


@st.composite
def posts(draw):
    claims = in_order(draw(st.lists(instants(), max_size=3)))
    return Post(
        platform=draw(_texts),
        url=draw(_texts),
        post_id=draw(_texts),
        media_id=draw(_texts),
        account=draw(st.none() | accounts),
        published=best(claims),
        claims=claims,
        collected=draw(st.none() | _seconds),
        collector=draw(_texts),
        title=draw(_texts),
        text=draw(_texts),
        origin=draw(_texts),
    )


def same_fingerprint(one, other):
    """Compare two fingerprints value by value, arrays with their types."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, Fingerprint | FrameHashes | LocalFeatures | Miniature | Layout | Tints):
        return isinstance(other, type(one)) and all(
            same_fingerprint(getattr(one, name), getattr(other, name)) for name in one.__slots__
        )
    return one == other
