"""Edits on films made of numbers, where every box and side is known."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.benchmarks.edits import overlap
from tests.compare import scenes
from tests.compare.scenes import PLAIN, WIDTH, fingerprint, matched, scene, video
from tracer.compare import changed
from tracer.compare.difference import difference_pictures
from tracer.compare.fitting import nearer, straightened
from tracer.compare.framing import own_bars, plain_band
from tracer.compare.pace import Pace, longest_of, paced
from tracer.compare.registered import shared_moments
from tracer.compare.surround import is_parted
from tracer.index.turned import turned
from tracer.match.strips import Film
from tracer.model import Edit, Layout, Match, Reason, Transform, Video
from tracer.settings import DEFAULT


def told(query: Film, other: Film, match: Match, asked: Video | None = None) -> dict[str, Edit]:
    """The edits of a match by kind."""
    edits = changed(
        match,
        fingerprint("q", query),
        fingerprint("m", other),
        (query, other),
        asked or video("q", query),
        video("m", other),
        DEFAULT,
    ).edits
    assert len({edit.kind for edit in edits}) == len(edits)
    return {edit.kind: edit for edit in edits}


def placed(box: tuple[float, float, float, float]) -> Transform:
    """The match's whole picture at a box of the query."""
    return Transform((box[2] - box[0], 0.0, box[0], 0.0, box[3] - box[1], box[1]))


def test_the_same_coded_again_is_nothing_but_reencoded() -> None:
    film = scene()
    assert set(told(scenes.changed(film, film.pictures), film, matched())) == {"reencode"}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("band", [False, True])
def test_added_letters_are_the_querys(seed: int, band: bool) -> None:
    film = scene(seed)
    edit = told(scenes.lettered(film, band=band), film, matched())["subtitles"]
    assert (edit.side, edit.change) == ("query", "added")
    truth = (0.0, 0.75, 1.0, 0.97) if band else (0.2, 0.78, 0.8, 0.94)
    assert overlap(tuple(edit.detail["box"]), truth) > 0.7


def test_letters_over_a_plain_floor_are_no_scene_under_a_band() -> None:
    film = scene()
    pictures = film.pictures.copy()
    pictures[:, 42:] = 120
    floor = scenes.changed(film, pictures)
    edit = told(scenes.lettered(floor), floor, matched())["subtitles"]
    assert (edit.side, edit.change) == ("query", "added")


def test_an_edge_of_the_scene_that_lies_off_is_no_overlay() -> None:
    """A fit on a quiet picture, or tones not quite undone, leave such edges."""
    film = scene()
    shelf = np.random.default_rng(8).uniform(60, 230, (4, 60)).repeat(3, axis=0)
    one, other = film.pictures.copy(), film.pictures.copy()
    one[:, 30:42, 4:64], other[:, 32:44, 4:64] = shelf, shelf
    soft = np.stack([cv2.GaussianBlur(picture, (0, 0), 1.3) for picture in other])
    found = told(scenes.changed(film, one), scenes.changed(film, soft), matched())
    assert "overlay" not in found
    assert "overlay" in told(scenes.changed(film, one), film, matched())


def test_letters_that_only_the_match_has_were_removed() -> None:
    film = scene()
    edit = told(film, scenes.lettered(film), matched())["subtitles"]
    assert (edit.side, edit.change) == ("match", "removed")


def test_other_letters_on_both_sides_were_replaced() -> None:
    film = scene()
    edit = told(scenes.lettered(film, 8), scenes.lettered(film, 5), matched())["subtitles"]
    assert (edit.side, edit.change) == ("query", "replaced")
    assert "cover" not in edit.detail


def test_a_dark_film_in_the_dark_page_of_an_app_is_reframed() -> None:
    film = scene()
    dark = scenes.changed(film, 16 + 0.14 * film.pictures.astype(np.float32))
    page = np.full((len(film.pictures), 230, WIDTH), 34.0, np.float32)
    page[:, 10:18, 8:50][:, ::2, ::3] = 220  # the name of the app, and a comment below
    page[:, 150:156, 30:70][:, ::2, ::3] = 220
    page[:, 70:142] = dark.pictures
    query = Film(film.times, scenes.coded(page, 3))
    box = (0.0, 70 / 230, 1.0, 142 / 230)
    found = told(query, dark, replace(matched(), transform=placed(box)))
    assert "crop" not in found
    assert found["reframe"].side == "query"
    assert overlap(tuple(found["reframe"].detail["box"]), box) > 0.9


@pytest.mark.parametrize(
    ("left", "kind"), [(0.1, "picture_in_picture"), (0.035, "crop")], ids=["inset", "strip"]
)
def test_nobody_leaves_a_strip_of_one_film_beside_a_large_other(left: float, kind: str) -> None:
    film, around = scene(), scene(31).pictures.copy()
    x0, x1, y0, y1 = round(left * 128), round((left + 0.8) * 128), 8, 66
    for number, picture in enumerate(film.pictures):
        around[number, y0:y1, x0:x1] = cv2.resize(picture, (x1 - x0, y1 - y0))
    other = scenes.changed(film, around)
    box = (x0 / 128, y0 / 72, x1 / 128, y1 / 72)
    found = told(film, other, replace(matched(), transform=scenes.undone(box)))
    assert kind in found
    assert found[kind].side == ("match" if kind == "picture_in_picture" else "query")


def test_a_band_under_new_letters_covers_the_old_ones() -> None:
    film = scene()
    query, other = scenes.lettered(film, 8, band=True), scenes.lettered(film, 5)
    assert told(query, other, matched())["subtitles"].detail["cover"] == "query"
    assert told(other, query, matched())["subtitles"].detail["cover"] == "match"


def test_what_a_band_hides_beside_its_letters_is_no_overlay_of_the_other() -> None:
    film = scene()
    shelf = np.random.default_rng(8).uniform(30, 250, (5, 6)).repeat(3, axis=0).repeat(3, axis=1)
    pictures = film.pictures.copy()
    pictures[:, 52:] = 20  # as dark as the band, which shows before the shelf alone
    pictures[:, 54:69, 110:128] = shelf
    shown = scenes.changed(film, pictures)
    found = told(scenes.lettered(shown, band=True), shown, matched())
    assert found["subtitles"].side == "query"
    assert "overlay" not in found
    removed = told(scenes.lettered(film, band=True), scenes.with_logo(film), matched())
    assert removed["overlay"].side == "match"  # elsewhere it stands


@pytest.mark.parametrize("side", ["query", "match"])
def test_a_mark_that_stays_is_an_overlay_of_its_carrier(side: str) -> None:
    film = scene()
    marked = scenes.with_logo(film)
    pair = (marked, film) if side == "query" else (film, marked)
    found = told(*pair, matched())
    assert found["overlay"].side == side
    assert found["overlay"].detail["what"] == "logo"
    assert "subtitles" not in found
    assert overlap(tuple(found["overlay"].detail["box"]), (0.766, 0.056, 0.953, 0.194)) > 0.7


def test_another_video_in_a_corner_is_named_as_such() -> None:
    film, box = scene(), (0.6, 0.05, 0.95, 0.45)
    query = scenes.inset(scene(31), film, box)
    edit = told(query, film, matched())["overlay"]
    assert (edit.side, edit.detail["what"]) == ("query", "another video")
    assert overlap(tuple(edit.detail["box"]), box) > 0.8


@pytest.mark.parametrize("seed", [5, 6])
def test_another_video_as_busy_as_the_scene_before_it_is_seen_without_a_side(seed: int) -> None:
    film, other = scenes.grained(seed), scenes.grained(seed + 20)
    pictures = film.pictures.copy()
    pictures[:, 3:36, 3:46] = other.pictures[:, 3:36, 3:46]
    edit = told(scenes.changed(film, pictures), film, matched())["overlay"]
    assert edit.side == "unknown"
    assert overlap(tuple(edit.detail["box"]), (3 / 128, 3 / 72, 46 / 128, 36 / 72)) > 0.8


def test_a_mark_before_a_quick_scene_is_no_lettering() -> None:
    film = scenes.restless(scene())
    found = told(scenes.with_logo(film), film, matched())
    assert "subtitles" not in found
    assert found["overlay"].side == "query"


@pytest.mark.parametrize("box", [(0.1, 0.0, 0.9, 0.8), (0.0, 0.1, 0.94, 1.0)])
def test_a_crop_is_the_side_that_shows_less(box: tuple[float, float, float, float]) -> None:
    film = scene()
    part = scenes.cropped(film, box)
    wide, high = box[2] - box[0], box[3] - box[1]
    transform = Transform((1 / wide, 0.0, -box[0] / wide, 0.0, 1 / high, -box[1] / high))
    found = told(part, film, matched(transform))
    assert found["crop"].side == "query"
    assert overlap(tuple(found["crop"].detail["box"]), box) > 0.93
    back = told(film, part, matched(placed(box)))
    assert back["crop"].side == "match"
    assert overlap(tuple(back["crop"].detail["box"]), box) > 0.93


def test_a_turn_stands_only_where_the_pictures_need_it() -> None:
    film, mine = scene(), DEFAULT.compare
    height, width = film.pictures.shape[1:]
    moments = shared_moments(matched(), film, film, mine)
    # What the fit of a quiet picture may be off by: a degree and a squeeze of some hundredths.
    skewed = Transform((1.0, -0.01, 0.005, 0.02, 1.03, -0.025))
    again = scenes.changed(film, film.pictures)
    straight = straightened(again, film, moments, skewed, mine)
    assert np.abs(np.array(straight.matrix) - np.array(PLAIN.matrix)).max() < 0.01
    assert (straight.matrix[1], straight.matrix[3]) == (0.0, 0.0)
    warp = cv2.getRotationMatrix2D((width / 2, height / 2), -3.0, 1.06)
    turned_film = np.stack([cv2.warpAffine(one, warp, (width, height)) for one in film.pictures])
    found = told(scenes.changed(film, turned_film), film, matched())
    assert found["rotate"].detail["degrees"] == pytest.approx(3.0, abs=0.7)


def test_a_fit_stands_only_where_the_pictures_differ_less() -> None:
    film, mine = scene(), DEFAULT.compare
    again = scenes.changed(film, film.pictures)
    moments = shared_moments(matched(), again, film, mine)
    off = Transform((1.03, 0.0, -0.01, 0.0, 1.02, 0.0))
    assert nearer(again, film, moments, PLAIN, off, mine) == PLAIN
    assert nearer(again, film, moments, off, PLAIN, mine) == PLAIN


def test_bars_are_of_the_side_that_has_them() -> None:
    film = scene()
    barred = scenes.barred(film)
    box = (0.0, 9 / 90, 1.0, 81 / 90)
    found = told(barred, film, matched(placed(box)))
    assert found["letterbox"].side == "query"
    assert overlap(tuple(found["letterbox"].detail["box"]), box) > 0.9
    assert "crop" not in found


@pytest.mark.parametrize("box", [(0.0, 0.8, 1.0, 1.0), (0.0, 0.0, 1.0, 0.15)])
@pytest.mark.parametrize(("bars", "level"), [(False, 16), (True, 16), (False, 120), (False, 235)])
def test_a_band_of_one_colour_over_the_picture_is_an_overlay(
    box: tuple[float, float, float, float], bars: bool, level: int
) -> None:
    film = scenes.barred(scene()) if bars else scene()
    pictures = film.pictures.copy()
    rows = [round(edge * pictures.shape[1]) for edge in (box[1], box[3])]
    pictures[:, rows[0] : rows[1]] = level
    edits = told(scenes.changed(film, pictures), film, matched())
    assert edits["overlay"].side == "query"
    assert overlap(tuple(edits["overlay"].detail["box"]), box) > (0.3 if bars else 0.9)
    assert not {"letterbox", "crop", "subtitles"} & set(edits)


def test_bars_that_both_have_are_no_edit() -> None:
    barred = scenes.barred(scene())
    assert set(told(scenes.changed(barred, barred.pictures), barred, matched())) == {"reencode"}


def test_bars_that_were_cut_off_with_the_rest_are_a_crop() -> None:
    barred = scenes.barred(scene())
    box = (0.04, 0.04, 0.96, 1.0)
    part = scenes.cropped(barred, box)
    transform = Transform((1 / 0.92, 0.0, -0.04 / 0.92, 0.0, 1 / 0.96, -0.04 / 0.96))
    found = told(part, barred, matched(transform))
    assert "letterbox" not in found
    assert found["crop"].side == "query"
    assert overlap(tuple(found["crop"].detail["box"]), box) > 0.93


def test_a_picture_within_another_video() -> None:
    film, box = scene(), (0.25, 0.25, 0.75, 0.75)
    around = scene(9, width=256, height=144)
    found = told(scenes.inset(film, around, box), film, matched(placed(box)))
    assert found["picture_in_picture"].side == "query"
    assert overlap(tuple(found["picture_in_picture"].detail["box"]), box) > 0.9
    assert "crop" not in found


def test_a_picture_within_a_video_as_busy_as_itself() -> None:
    """No step along its border stands out; but nothing goes on across it."""
    film, box = scenes.busy(1), (0.2, 0.2, 0.7, 0.7)
    around = scenes.busy(2, width=256, height=144)
    query = scenes.inset(film, around, box)
    found = told(query, film, matched(placed(box)))
    assert found["picture_in_picture"].side == "query"
    assert "crop" not in found
    found = told(scenes.cropped(around, box), around, matched(scenes.undone(box)))
    assert found["crop"].side == "query"
    assert "picture_in_picture" not in found


def test_a_strong_edge_of_the_scene_is_no_border_while_the_scene_goes_on_across() -> None:
    """A fence, half of it in the shade."""
    fence = 100 + 30 * np.sin(np.arange(128) / 4)
    pictures = np.broadcast_to(fence, (16, 72, 128)).astype(np.float32).copy()
    pictures[:, 20:] += 60
    box = (0.0, 20 / 72, 1.0, 1.0)
    assert not is_parted(scenes.coded(pictures), box, DEFAULT.compare)
    pictures[:, :20] = 100 + 30 * np.cos(np.arange(128) / 7)
    assert is_parted(scenes.coded(pictures), box, DEFAULT.compare)


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        ((0.1, 0.08, 0.7, 0.86), "picture_in_picture"),
        ((0.15, 0.12, 0.85, 0.88), "letterbox"),  # in the middle, smaller than its frame
        ((0.0, 0.08, 1.0, 0.8), "letterbox"),  # from edge to edge
    ],
)
def test_a_picture_off_the_middle_of_a_plain_frame_was_set_into_it(
    box: tuple[float, float, float, float], kind: str
) -> None:
    film = scene()
    plain = scenes.changed(film, np.full((len(film.times), 144, 256), 140))
    found = told(scenes.inset(film, plain, box), film, matched(placed(box)))
    assert {"picture_in_picture", "letterbox"} & set(found) == {kind}
    assert overlap(tuple(found[kind].detail["box"]), box) > 0.9


def test_a_picture_in_the_middle_of_a_plain_video_that_moves() -> None:
    film, box = scene(), (0.15, 0.15, 0.85, 0.85)
    grain = 140 + np.random.default_rng(4).normal(0, 4, (len(film.times), 144, 256))
    found = told(scenes.inset(film, scenes.changed(film, grain), box), film, matched(placed(box)))
    assert {"picture_in_picture", "letterbox"} & set(found) == {"picture_in_picture"}


def test_half_a_split_screen_whose_clip_lost_its_sides() -> None:
    """Beside the border the other clip stands where the source goes on: as grey as that, mostly."""
    film, kept, half = scene(), (0.06, 0.0, 0.94, 1.0), (0.5, 0.0, 1.0, 1.0)
    around = scenes.changed(film, scene(9, width=256, height=144).pictures)
    strip = around.pictures.copy()
    strip[:, 40:, 108:128] = 128
    film.pictures[:, 20:, :8] = 128
    query = scenes.inset(scenes.cropped(film, kept), scenes.changed(film, strip), half)
    scale = 0.5 / 0.88
    transform = Transform((scale, 0.0, 0.5 - 0.06 * scale, 0.0, 1.0, 0.0))
    found = told(query, film, matched(transform))
    assert found["picture_in_picture"].side == "query"
    assert overlap(tuple(found["picture_in_picture"].detail["box"]), half) > 0.9
    assert found["crop"].side == "query"


@pytest.mark.parametrize(
    ("edges", "lettered", "told_so"),
    [
        ((0.0, 0.0, 1.0, 0.75), True, True),
        ((0.0, 0.0, 1.0, 0.75), False, False),  # the scene
        ((0.25, 0.0, 1.0, 1.0), True, False),  # nobody letters a side
    ],
)
def test_a_band_of_one_colour_may_carry_letters(
    edges: tuple[float, float, float, float], lettered: bool, told_so: bool
) -> None:
    pictures = scene().pictures.copy()
    if lettered:
        pictures[:, 54:] = pictures[:, :, :32] = 120
        pictures[:, 60:66, 6:120:2] = pictures[:, 20:50:2, 10:20] = 240
    assert (plain_band(pictures, edges, DEFAULT.compare) is not None) == told_so


@pytest.mark.parametrize(("same_on_the_right", "kind"), [(True, "full"), (False, "reframe")])
def test_a_blurred_panel_on_one_side_alone_is_the_scenes_own(
    same_on_the_right: bool, kind: str
) -> None:
    """A clip of 9:16 cut out of a scene that is out of focus to the left."""
    blurred = Layout(picture=(0.34, 0.0, 0.67, 1.0), kind="reframe")
    to_own = np.array([[0.32, 0.0, 0.34], [0.0, 1.0, 0.0]])  # the clip in the scene's frame

    def alike(box: tuple[float, float, float, float]) -> bool:
        return same_on_the_right and box[0] > 0.5

    assert own_bars(blurred, Layout(), to_own, alike, DEFAULT.compare)[1] == kind


def test_bars_that_end_before_the_picture_begins_are_not_its_own() -> None:
    """An inset whose source lost its sides, in a video with a band along its upper edge."""
    layout = Layout(picture=(0.0, 0.11, 1.0, 1.0), kind="letterbox")
    to_own = np.array([[0.6, 0.0, 0.37], [0.0, 0.6, 0.37]])
    found = own_bars(layout, Layout(), to_own, lambda box: False, DEFAULT.compare)
    assert found == ((0.0, 0.0, 1.0, 1.0), "full")
    to_own[1, 2] = 0.12
    found = own_bars(layout, Layout(), to_own, lambda box: False, DEFAULT.compare)
    assert found[1] == "letterbox"


def test_a_small_mark_in_a_narrow_picture() -> None:
    film = scene(width=68, height=120)
    pictures = film.pictures.copy()
    mark = np.random.default_rng(3).uniform(0, 1, (3, 11)) < 0.5
    pictures[:, 108:111, 4:15] = np.where(mark, 245, 20)
    found = told(scenes.changed(film, pictures), film, matched())
    assert (found["overlay"].side, found["overlay"].detail["what"]) == ("query", "logo")


def test_a_mirror_image_tells_no_side() -> None:
    film = scene()
    flipped = scenes.changed(film, film.pictures[:, :, ::-1])
    found = told(flipped, film, matched(replace(PLAIN, mirrored=True)))
    assert found["mirror"].side == "unknown"
    assert set(found) <= {"mirror", "reencode"}


def test_a_turn_has_its_degrees() -> None:
    film = scene()
    middle = (scenes.WIDTH / 2, scenes.HEIGHT / 2)
    pixels = cv2.getRotationMatrix2D(middle, -4.0, 1.0)  # OpenCV counts against the clock
    frames = [cv2.warpAffine(one, pixels, (scenes.WIDTH, scenes.HEIGHT)) for one in film.pictures]
    size = np.array([scenes.WIDTH, scenes.HEIGHT], float)
    linear = pixels[:, :2] * size[None, :] / size[:, None]
    a, b, c, d = linear.reshape(-1)
    transform = Transform((a, b, pixels[0, 2] / size[0], c, d, pixels[1, 2] / size[1]))
    found = told(scenes.changed(film, np.stack(frames)), film, matched(transform))
    assert found["rotate"].detail["degrees"] == pytest.approx(4.0, abs=0.5)
    assert "crop" not in found


def test_moved_tones_are_a_colour_edit_and_coding_is_none() -> None:
    film = scene()
    brighter = scenes.changed(film, film.pictures * 1.25 - 10.0)
    edit = told(brighter, film, matched())["color"]
    assert edit.detail["gain"] == pytest.approx(1.25, abs=0.1)


def test_full_range_levels_are_no_colour_edit() -> None:
    film = scene()
    full = scenes.changed(film, (film.pictures - 16.0) * 255 / 219)
    assert "color" not in told(full, film, matched())


def test_speed_is_the_matchs_seconds_for_one_of_the_query() -> None:
    film = scene()
    rows = np.arange(0, len(film.times), 1.25).astype(int)
    faster = Film(np.arange(len(rows)) * 0.25, film.pictures[rows])
    found = told(faster, film, matched(query=(0.0, 8.0), match=(0.0, 10.0)))
    assert found["speed"].detail["speed"] == pytest.approx(1.25, abs=0.005)
    assert found["speed"].side == "unknown"


@pytest.mark.parametrize("played", [1.0, 0.95])
def test_a_small_change_of_speed_is_measured_on_the_pictures(played: float) -> None:
    film = scene()
    rows = np.rint(np.arange(0, 20) * played).astype(int)
    slow = Film(np.arange(len(rows)) * 0.25, film.pictures[rows])
    asked = replace(video("q", slow), frame_rate=25.0 * 0.95)
    found = told(slow, film, matched(query=(0.0, 5.0), match=(0.0, 5.0)), asked)
    assert ("speed" in found) == (played != 1.0)
    assert ("frame_rate" in found) == (played == 1.0)


@pytest.mark.parametrize(("claimed", "played"), [(1.0, 0.92), (1.06, 1.0)])
def test_segments_reasons_and_edits_name_one_speed(claimed: float, played: float) -> None:
    film = scene()
    fine = Film(np.arange(72) / 12, film.pictures[np.rint(np.arange(72) / 3 * played).astype(int)])
    said = Reason("natural", 0.5, f"it plays at speed {claimed:.3f}")
    match = replace(matched(query=(0.0, 6.0), match=(0.0, 6.0 * claimed)), reasons=(said,))
    sides = (fingerprint("q", fine), fingerprint("m", film))
    found = changed(match, *sides, (fine, film), video("q", fine), video("m", film), DEFAULT)
    (segment,) = found.segments
    assert segment.speed == pytest.approx(played, abs=0.01)
    assert segment.match_end - segment.match_start == pytest.approx(6.0 * played, abs=0.15)
    assert found.reasons[0].detail.startswith(f"it plays at speed {segment.speed:.3f}")
    speeds = [edit.detail["speed"] for edit in found.edits if edit.kind == "speed"]
    assert speeds == ([pytest.approx(segment.speed, abs=0.001)] if played != 1.0 else [])


@pytest.mark.parametrize("played", [0.85, 1.0, 1.15])
def test_the_speed_of_two_seconds_is_told_where_it_is_plain(played: float) -> None:
    film = scene(seconds=2.2)
    dense = scene(seconds=2.2, rate=40.0)
    at = np.arange(0, 2.2, 0.125 * played)
    fine = Film(np.arange(len(at)) * 0.125, dense.pictures[(at * 40.0).astype(int)])
    found = told(fine, film, matched(query=(0.0, 2.0), match=(0.0, 2.0 * played)))
    if played == 1.0:
        assert "speed" not in found
    else:
        assert found["speed"].detail["speed"] == pytest.approx(played, abs=0.03)


@pytest.mark.parametrize(
    ("seconds", "gain", "spread", "rates", "stands"),
    [
        (4.0, 0.6, 0.65, 1.0, True),
        (4.0, 0.8, 0.8, 1.0, False),  # a fade that fits one by chance
        (4.0, 0.8, 0.8, 1.1, True),  # with the frame rates to speak for it
        (4.0, 0.7, 0.85, 1.0, False),  # by a few moments alone
        (2.0, 0.7, 0.85, 1.0, True),  # of few moments
        (2.0, 0.8, 0.8, 1.0, False),
    ],
)
@pytest.mark.parametrize("line", [1.0, 1.08])
def test_a_speed_stands_where_it_fits_plainly_better(
    seconds: float, gain: float, spread: float, rates: float, stands: bool, line: float
) -> None:
    speeds = np.exp(0.005 * np.arange(-80, 81))
    errors = 10.0 - 10.0 * (1.0 - gain) * np.exp(-(((speeds - 1.1) / 0.02) ** 2))
    pace = Pace(speeds, errors, 9, spread)
    match = matched(query=(0.0, seconds), match=(0.0, seconds * line))
    found = paced(match, pace, rates, DEFAULT.compare)
    by_line = line != 1.0 and spread <= 0.91  # what moves names it as well
    assert (longest_of(found).speed != 1.0) == (stands or by_line)


def test_frame_rates_do_not_speak_for_a_speed_that_fits_far_worse_than_another() -> None:
    speeds = np.exp(0.005 * np.arange(-80, 81))
    errors = 10.0 - 6.0 * np.exp(-(((speeds - 1.15) / 0.08) ** 2))
    match = matched(query=(0.0, 5.0), match=(0.0, 5.0))
    for rates in (1.06, 1.13):
        found = longest_of(paced(match, Pace(speeds, errors, 20, 0.6), rates, DEFAULT.compare))
        assert found.speed == pytest.approx(1.15 if rates == 1.06 else rates, abs=0.003)
    # Nor where a few moments alone gain by it, as with a cut that lies a little apart.
    assert paced(match, Pace(speeds, errors, 20, 1.1), 1.13, DEFAULT.compare) == match


@pytest.mark.parametrize(
    ("gain", "spread", "stands"), [(0.7, 0.9, True), (0.8, 0.85, False), (0.7, 1.1, False)]
)
def test_every_frame_of_the_files_asks_for_less(gain: float, spread: float, stands: bool) -> None:
    speeds = np.exp(0.005 * np.arange(-80, 81))
    errors = 10.0 - 10.0 * (1.0 - gain) * np.exp(-(((speeds - 1.1) / 0.02) ** 2))
    match = matched(query=(0.0, 5.0), match=(0.0, 5.0))
    found = paced(match, Pace(speeds, errors, 99, spread, of_files=True), 1.0, DEFAULT.compare)
    assert (longest_of(found).speed != 1.0) == stands


@pytest.mark.parametrize(
    ("gain", "heard", "stands"), [(0.9, 1.09, True), (0.9, 0.0, False), (0.99, 1.09, False)]
)
def test_the_sounds_decide_what_the_pictures_leave_open(
    gain: float, heard: float, stands: bool
) -> None:
    speeds = np.exp(0.005 * np.arange(-80, 81))
    errors = 10.0 - 10.0 * (1.0 - gain) * np.exp(-(((speeds - 1.1) / 0.02) ** 2))
    match = matched(query=(0.0, 5.0), match=(0.0, 5.0))
    pace = Pace(speeds, errors, 99, 0.97, of_files=True, heard=heard)
    found = longest_of(paced(match, pace, 1.0, DEFAULT.compare))
    assert found.speed == pytest.approx(heard if stands else 1.0)


def test_two_cuts_that_lie_a_little_apart_are_no_speed() -> None:
    still = scene().pictures[:1].repeat(40, axis=0).astype(np.float32)
    films = []
    for cuts in ((12, 30), (12, 32)):
        pictures = still.copy()
        for at, cut in enumerate(cuts):
            pictures[cut:] = scene(40 + at).pictures[0]
        films.append(scenes.changed(scene(), pictures))
    assert "speed" not in told(*films, matched())


def test_an_excerpt_is_trimmed_whoever_asks() -> None:
    film = scene()
    short = scenes.part(film, 2.0, 7.0)
    found = told(short, film, matched(query=(0.0, 5.0), match=(2.0, 7.0)))
    assert found["trim"].side == "query"
    assert found["trim"].detail == {"head": 2.0, "tail": 3.0}
    back = told(film, short, matched(query=(2.0, 7.0), match=(0.0, 5.0)))
    assert back["trim"].side == "match"


def test_what_was_taken_out_of_the_middle_is_told() -> None:
    film = scene(3, 12.0)
    short = scenes.joined(scenes.part(film, 0.0, 3.0), scenes.part(film, 7.0, 12.0))
    two = matched(query=(0.0, 3.0), match=(0.0, 3.0)).segments
    two += matched(query=(3.0, 8.0), match=(7.0, 12.0)).segments
    found = told(short, film, replace(matched(query=(0.0, 3.0), match=(0.0, 3.0)), segments=two))
    assert found["trim"].side == "query"
    assert found["trim"].detail["inside"] == [[3.0, 7.0]]


def test_clips_put_together_are_a_compilation() -> None:
    clip = scene(4, 5.0)
    both = scenes.joined(scene(11, 4.0), clip, scene(12, 4.0))
    found = told(both, clip, matched(query=(4.0, 9.0), match=(0.0, 5.0)))
    assert found["compilation"].side == "query"
    assert "trim" not in found


def test_an_excerpt_is_no_compilation_where_cuts_stand_everywhere() -> None:
    shots = [scene(20 + number, 2.0) for number in range(6)]
    whole = scenes.joined(*shots)
    found = told(scenes.part(whole, 4.0, 8.0), whole, matched(query=(0.0, 4.0), match=(4.0, 8.0)))
    assert "compilation" not in found
    assert found["trim"].side == "query"


def test_bars_that_come_and_go_are_of_clips_put_together() -> None:
    clip = scene(4, 6.0)
    barred = scenes.barred(clip)
    after = scene(12, 6.0, width=scenes.WIDTH, height=barred.pictures.shape[1])
    box = (0.0, 9 / 90, 1.0, 81 / 90)
    both = scenes.joined(barred, after)
    found = told(both, clip, matched(placed(box), query=(0.0, 6.0), match=(0.0, 6.0)))
    assert found["compilation"].side == "query"
    assert "trim" not in found


def test_a_still_image_is_compared_at_its_moment() -> None:
    film = scene()
    still = Film(film.times[:1], film.pictures[12:13])
    match = matched()
    moment = replace(match.segments[0], query_end=0.0, match_start=3.0, match_end=3.0, speed=1.0)
    asked = replace(video("q", still), still=True, frame_rate=0.0, duration=0.0)
    found = told(still, film, replace(match, segments=(moment,)), asked)
    assert set(found) <= {"reencode"}


def test_frames_too_small_to_compare_give_what_files_tell() -> None:
    tiny = Film(np.arange(8) * 0.25, np.zeros((8, 6, 6), np.uint8))
    found = told(tiny, tiny, matched(query=(0.0, 2.0), match=(0.0, 2.0)))
    assert set(found) <= {"reencode"}


def test_asking_the_other_way_round_gives_the_same_edits() -> None:
    film = scene()
    query = scenes.with_logo(scenes.lettered(film))
    match = matched()
    there = told(query, film, match)
    back = turned(replace(match, edits=tuple(told(film, query, match).values())))
    assert {(e.kind, e.side, e.change) for e in there.values()} == {
        (e.kind, e.side, e.change) for e in back.edits
    }


def test_difference_pictures_show_both_and_where_they_differ() -> None:
    film = scene()
    shown = difference_pictures(matched(), (scenes.with_logo(film), film), DEFAULT)
    assert len(shown) == 3
    for one in shown:
        assert one.query.shape == one.match.shape == one.differs.shape
        assert max(one.query.shape) == DEFAULT.compare.picture_side
        (box,) = one.boxes
        assert overlap(box, (0.766, 0.056, 0.953, 0.194)) > 0.7
        assert one.query_time == pytest.approx(one.match_time, abs=0.2)
