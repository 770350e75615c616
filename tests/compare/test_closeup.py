"""A close look at real files: who lost detail or frames, whichever of the two asks."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from tracer.compare import sides
from tracer.compare.closeup import look
from tracer.compare.generation import Traces, traces
from tracer.index.turned import turned
from tracer.media.frames import lumas_between
from tracer.model import IDENTITY, Edit, Match, Segment, Transform
from tracer.settings import DEFAULT

SETTINGS = DEFAULT.compare
SECONDS = 3.0


def made(source: Path, out: Path, *filters: str, crf: int = 23, start: float = 0.0) -> Path:
    """Encode a few seconds of a clip once more."""
    told = ["-vf", ",".join(filters)] if filters else []
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-ss", str(start),
         "-i", str(source), "-t", str(SECONDS), *told, "-an", "-c:v", "libx264", "-crf", str(crf),
         "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1", str(out)],
        check=True, timeout=120,
    )  # fmt: skip
    return out


def pair(*edits: Edit, transform: Transform = IDENTITY, speed: float = 1.0) -> Match:
    segment = Segment(0.0, SECONDS / speed, 0.0, SECONDS, speed, 0.95)
    return Match("1" * 64, "2" * 64, 0.95, "match", (segment,), transform, (), edits)


def seen(match: Match, query: Path, other: Path) -> Traces:
    close = look(match, (query, other), SETTINGS)
    assert close is not None
    return traces(close, SETTINGS)


def told(match: Match, query: Path, other: Path) -> tuple[Edit, ...]:
    """The edits after the close look, which must say the same seen from the other side."""
    there = sides.told(match.edits, seen(match, query, other), SETTINGS)
    back = turned(match)
    again = turned(replace(back, edits=sides.told(back.edits, seen(back, other, query), SETTINGS)))
    assert [(one.kind, one.side) for one in again.edits] == [(one.kind, one.side) for one in there]
    return there


@pytest.fixture(scope="module")
def first(tmp_path_factory, fixtures) -> Path:
    """Three seconds as somebody uploads them: coded once, and well."""
    folder = tmp_path_factory.mktemp("close")
    return made(fixtures / "clips" / "city.mp4", folder / "first.mp4", "scale=480:-2", crf=20)


REENCODE = Edit("reencode", "unknown", 0.9)
RATE = Edit("frame_rate", "unknown", 0.95)


@pytest.mark.parametrize(
    ("filters", "crf", "transform"),
    [
        ((), 24, IDENTITY),
        ((), 32, IDENTITY),
        (("hflip",), 26, Transform(IDENTITY.matrix, mirrored=True)),
        (("scale=720:-2",), 26, IDENTITY),  # scaled up: larger, and yet the copy
        (("scale=320:-2",), 26, IDENTITY),
        (("eq=contrast=1.2",), 26, IDENTITY),
    ],
)
def test_the_copy_has_lost_detail(first, tmp_path, filters, crf, transform):
    copy = made(first, tmp_path / "copy.mp4", *filters, crf=crf)
    (edit,) = told(pair(REENCODE, transform=transform), copy, first)
    assert edit.side == "query"
    assert edit.detail["blocks"] > 0.56


def test_degrading_the_source_explains_the_copy_and_not_the_reverse(first, tmp_path):
    copy = made(first, tmp_path / "copy.mp4", crf=32)
    measured = seen(pair(REENCODE), copy, first)
    assert measured.rests[1] <= measured.rests[0]


def test_one_file_and_itself_tell_nothing(first):
    (edit,) = told(pair(REENCODE), first, first)
    assert edit.side == "unknown"


def test_a_caption_is_no_detail_that_the_other_lost(first, tmp_path):
    # Sharp white strokes over a fifth of the picture, and the rest coded coarsely.
    strokes = "geq=lum='if(gt(Y,H*0.8)*lt(mod(X,8),4),255,lum(X,Y))':cb='cb(X,Y)':cr='cr(X,Y)'"
    copy = made(first, tmp_path / "copy.mp4", strokes, crf=29)
    edits = told(pair(REENCODE), copy, first)
    assert edits[0].side == "query"


def test_a_white_band_over_a_dark_picture_does_not_hide_that_both_show_the_same(first, tmp_path):
    dark = made(first, tmp_path / "dark.mp4", "eq=contrast=0.25:brightness=-0.2", crf=18)
    band = "drawbox=y=ih*0.75:h=ih*0.25:color=white:t=fill"
    copy = made(dark, tmp_path / "copy.mp4", band, crf=30)
    assert told(pair(REENCODE), copy, dark)[0].side == "query"


def test_a_loss_is_told_also_where_nobody_looked_for_a_coding(first, tmp_path):
    copy = made(first, tmp_path / "copy.mp4", crf=30)
    edits = told(pair(), copy, first)
    assert [(one.kind, one.side) for one in edits] == [("reencode", "query")]


def test_frames_that_repeat_were_put_in(first, tmp_path):
    rate = len(lumas_between(first, 0.0, SECONDS)[0]) / SECONDS
    copy = made(first, tmp_path / "copy.mp4", f"fps={rate * 1.25:.3f}")
    assert told(pair(RATE), copy, first)[0].side == "query"


def test_frames_that_are_missing_were_dropped(first, tmp_path):
    rate = len(lumas_between(first, 0.0, SECONDS)[0]) / SECONDS
    copy = made(first, tmp_path / "copy.mp4", f"fps={rate / 2:.3f}")
    assert told(pair(RATE), copy, first)[0].side == "query"


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_a_faster_copy_at_the_same_rate_lacks_frames_and_a_slower_one_repeats_them(
    first, tmp_path, speed
):
    rate = len(lumas_between(first, 0.0, SECONDS)[0]) / SECONDS
    copy = made(first, tmp_path / "copy.mp4", f"setpts=PTS/{speed}", f"fps={rate:.3f}")
    paced = Edit("speed", "unknown", 0.95, {"speed": speed})
    edit = told(pair(paced, speed=speed), copy, first)[0]
    assert (edit.side, edit.detail["told"]) == ("query", "missing" if speed > 1 else "repeated")


def test_a_copy_that_dropped_what_its_source_repeats_does_not_make_the_source_derived(
    first, tmp_path
):
    rate = len(lumas_between(first, 0.0, SECONDS)[0]) / SECONDS
    source = made(first, tmp_path / "source.mp4", f"fps={rate * 1.25:.3f}")
    copy = made(source, tmp_path / "copy.mp4", f"fps={rate * 0.6:.3f}")
    edit = told(pair(RATE), copy, source)[0]
    assert (edit.side, edit.detail["told"]) == ("query", "missing")


def test_where_nothing_moves_no_frame_is_seen_to_repeat_or_to_be_missing(first, tmp_path):
    still = made(first, tmp_path / "still.mp4", "loop=loop=90:size=1", "trim=end_frame=75")
    slower = made(still, tmp_path / "slower.mp4", "fps=12")
    assert told(pair(RATE), slower, still)[0].side == "unknown"


def test_a_side_that_is_known_stays(first, tmp_path):
    copy = made(first, tmp_path / "copy.mp4", "fps=12")
    known = replace(RATE, side="match")
    assert sides.told([known], seen(pair(), copy, first), SETTINGS)[0] == known


def test_too_short_a_segment_gone_files_and_turned_pictures_are_not_looked_at(first, tmp_path):
    short = replace(pair(), segments=(Segment(0.0, 0.5, 0.0, 0.5, 1.0, 0.9),))
    assert look(short, (first, first), SETTINGS) is None
    assert look(replace(pair(), segments=()), (first, first), SETTINGS) is None
    assert look(pair(), (first, tmp_path / "gone.mp4"), SETTINGS) is None
    copy = made(first, tmp_path / "copy.mp4", "rotate=0.06")
    assert look(pair(), (copy, first), SETTINGS) is None


def test_all_frames_between_two_times_come_back_in_order(first):
    times, pictures = lumas_between(first, 1.0, 2.0, 240)
    assert times == sorted(times)
    assert times[0] >= 1.0 - 1e-3
    assert times[-1] <= 2.0
    assert len(times) == len(pictures) >= 10
    assert max(pictures[0].shape) == 240
    assert lumas_between(first, 90.0, 91.0) == ([], [])
