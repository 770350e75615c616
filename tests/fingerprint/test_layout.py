"""The rectangle that carries the picture, on films whose boxes are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracer.fingerprint.layout import analyse, is_whole
from tracer.model import WHOLE
from tracer.settings import DEFAULT

from ..films import blobs, textured

SIZE = (128, 72)
TIMES = np.arange(48) * 0.5


def film(seed=1, size=SIZE, times=TIMES, soft=1.5):
    return blobs(seed, times, size, background=textured(seed, size, soft))


def inside(pictures, size, box, around=16):
    """Return pictures shown in a pixel box of a larger canvas."""
    x0, y0, x1, y1 = box
    canvas = np.full((len(pictures), size[1], size[0]), around, np.uint8)
    for shown, picture in zip(canvas, pictures, strict=True):
        shown[y0:y1, x0:x1] = cv2.resize(picture, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    return canvas


def compressed(pictures, seed=9, level=1.5):
    """Return pictures with the noise that compression leaves."""
    noise = np.random.default_rng(seed).normal(0, level, pictures.shape)
    return np.clip(np.rint(pictures + noise), 0, 255).astype(np.uint8)


def layout(pictures):
    return analyse(pictures, DEFAULT.layout)


def assert_box(found, box, size, pixels=2):
    """Assert that a box of frame fractions lies within a few miniature pixels of a pixel box."""
    scaled = np.array(found) * np.array([*size, *size])
    assert np.abs(scaled - np.array(box)).max() <= pixels, (scaled, box)


# --- bars ----------------------------------------------------------------------------------------

BARS = {
    "letterbox": (0, 12, 128, 60),
    "pillarbox": (21, 0, 107, 72),
    "both": (20, 10, 108, 62),
    "only below": (0, 0, 128, 56),
    "uneven": (0, 6, 128, 54),
}


@pytest.mark.parametrize("box", BARS.values(), ids=BARS)
@pytest.mark.parametrize("around", [0, 16, 235])
def test_bars_are_found(box, around):
    found = layout(compressed(inside(film(), SIZE, box, around)))
    assert found.kind == "letterbox"
    assert_box(found.picture, box, SIZE, pixels=1)


LINES = {
    "short": ["Hello.", "No way!", "Why not?"],
    "long": ["Our teacher found a green ball", "and brought it to the class", "that very morning"],
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES)
@pytest.mark.parametrize("shown", [4, 6, 8])
def test_letters_inside_the_bar_do_not_hide_it(lines, shown):
    """Subtitles under the picture, there for half of the time, for most of it or always."""
    large = inside(film(2), (640, 360), (0, 60, 640, 270))
    for i, picture in enumerate(large):
        if i % 8 < shown:
            line = lines[i // 8 % 3]
            (width, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
            place = ((640 - width) // 2, 335)
            cv2.putText(picture, line, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 235, 2, cv2.LINE_AA)
    small = [cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA) for picture in large]
    found = layout(compressed(np.stack(small)))
    assert found.kind == "letterbox"
    assert_box(found.picture, (0, 12, 128, 54), SIZE, pixels=1)


@pytest.mark.parametrize("box", [(40, 8, 88, 24), (40, 30, 88, 44), (8, 8, 60, 60)])
def test_a_picture_with_bars_all_around_is_not_taken_for_letters(box):
    found = layout(compressed(inside(film(9), SIZE, box)))
    x0, y0, x1, y1 = found.picture
    assert (x0, y0) <= (box[0] / 128 + 0.01, box[1] / 72 + 0.02)
    assert (x1, y1) >= (box[2] / 128 - 0.01, box[3] / 72 - 0.02)


def test_a_still_logo_inside_the_bar_does_not_hide_it():
    pictures = inside(film(2), SIZE, (0, 12, 128, 60))
    pictures[:, 2:9, 100:120] = 200
    found = layout(pictures)
    assert_box(found.picture, (0, 12, 128, 60), SIZE, pixels=1)


def test_dark_scenes_and_black_frames_do_not_hide_the_bars_of_the_others():
    pictures = inside(film(3), SIZE, (0, 12, 128, 60))
    pictures[5:9] = 16
    pictures[20:26] = np.minimum(pictures[20:26], 24)
    found = layout(compressed(pictures))
    assert_box(found.picture, (0, 12, 128, 60), SIZE, pixels=1)


def test_a_dark_scene_is_no_bar():
    """Half the film is dark above and below; the other half shows something there."""
    pictures = film(4)
    pictures[:24, :14] = 16
    pictures[:24, 58:] = 16
    found = layout(compressed(pictures))
    assert found.kind == "full"
    assert is_whole(found.picture)


def test_a_bar_in_all_but_a_few_frames_is_no_bar():
    pictures = inside(film(4), SIZE, (0, 12, 128, 60))
    pictures[::6] = film(4)[::6]
    assert is_whole(layout(compressed(pictures)).picture)


def test_a_plain_wall_is_no_bar():
    """One colour above a person's head, and no straight line where it ends."""
    wall = np.full((72, 128), 140, np.float32)
    y, x = np.mgrid[:72, :128]
    pictures = []
    for time in TIMES:
        middle = 64 + 10 * np.sin(time)
        head = np.hypot((x - middle) / 18, (y - 45) / 22) < 1
        body = (np.hypot((x - middle) / 45, (y - 95) / 34) < 1) & ~head
        pictures.append(np.where(head, 200, np.where(body, 60, wall)))
    found = layout(compressed(np.stack(pictures).astype(np.uint8)))
    assert is_whole(found.picture)
    assert found.kind == "full"


def test_a_plain_sky_over_hills_is_no_bar():
    pictures = film(6)
    ridge = 22 + np.rint(8 * np.sin(np.arange(128) / 9)).astype(int)
    for column, top in enumerate(ridge):
        pictures[:, :top, column] = 210
    assert is_whole(layout(compressed(pictures)).picture)


def test_a_thin_edge_is_an_encoder_s():
    pictures = film(7)
    pictures[:, -1:] = 16
    assert is_whole(layout(pictures).picture)


# --- panels --------------------------------------------------------------------------------------


def reframed(pictures, size=(72, 128)):
    """Return (pictures, box) as apps make them: the whole in the middle of itself, blurred."""
    width, height = size
    tall = round(width * pictures.shape[1] / pictures.shape[2])
    top = (height - tall) // 2
    out = np.empty((len(pictures), height, width), np.uint8)
    for canvas, picture in zip(out, pictures, strict=True):
        scale = height / picture.shape[0]
        large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        left = (large.shape[1] - width) // 2
        canvas[:] = cv2.GaussianBlur(large[:, left : left + width], (0, 0), 8)
        canvas[top : top + tall] = cv2.resize(picture, (width, tall), interpolation=cv2.INTER_AREA)
    return out, (0, top, width, top + tall)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_picture_between_blurred_panels_is_found(seed):
    pictures, box = reframed(film(seed))
    found = layout(compressed(pictures, level=1.0))
    assert found.kind == "reframe"
    assert_box(found.picture, box, (72, 128))


def test_the_picture_between_blurred_panels_at_the_sides_is_found():
    pictures, (_, top, _, bottom) = reframed(film(2))
    found = layout(np.ascontiguousarray(pictures.transpose(0, 2, 1)))
    assert found.kind == "reframe"
    assert_box(found.picture, (top, 0, bottom, 72), (128, 72))


def test_a_sharp_picture_has_no_panels():
    assert layout(compressed(film(8, (72, 128)))).kind == "full"


# --- insets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", [(30, 14, 96, 52), (70, 36, 120, 66), (8, 6, 72, 42)])
def test_a_moving_picture_on_a_still_canvas_is_found(box):
    canvas = textured(10, SIZE, 2.0).astype(np.uint8)
    x0, y0, x1, y1 = box
    # The camera moves too: every pixel of the inset changes.
    wide = textured(11, (400, 120), 1.5)
    moving = blobs(12, TIMES, SIZE)
    for i, picture in enumerate(moving):
        left, top = 3 * i, int(20 + 20 * np.sin(i))
        shown = wide[top : top + 72, left : left + 128]
        moving[i] = np.clip(0.7 * shown + 0.3 * picture, 0, 255)
    pictures = inside(moving, SIZE, box)
    mask = np.ones((72, 128), bool)
    mask[y0:y1, x0:x1] = False
    pictures[:, mask] = canvas[mask]
    found = layout(compressed(pictures, level=0.7))
    assert found.kind == "inset"
    assert_box(found.picture, box, SIZE)


def test_a_person_before_a_still_room_is_no_inset():
    """What moves has no edges of a box."""
    found = layout(compressed(blobs(13, TIMES, SIZE, count=1)))
    assert is_whole(found.picture)


# --- split screens -------------------------------------------------------------------------------


def beside(left, right, at=64):
    """Return two films side by side, each cut to its part."""
    return np.concatenate([left[:, :, :at], right[:, :, -(128 - at) :]], axis=2)


def panned(seed, pace=2):
    """Return a film whose camera moves: every pixel changes."""
    wide = textured(seed, (128 + pace * len(TIMES), 72), 6.0)
    pictures = [wide[:, pace * i : pace * i + 128] for i in range(len(TIMES))]
    return np.stack(pictures).astype(np.uint8)


@pytest.mark.parametrize("at", [64, 40, 90])
def test_the_two_pictures_of_a_split_screen_are_found(at):
    found = layout(compressed(beside(panned(31), panned(32), at)))
    assert (found.kind, found.picture) == ("split", WHOLE)
    assert_box(found.others[0], (0, 0, at, 72), SIZE, pixels=1)
    assert_box(found.others[1], (at, 0, 128, 72), SIZE, pixels=1)


def test_one_above_the_other_is_a_split_screen_too():
    pictures = beside(panned(33), panned(34)).transpose(0, 2, 1)
    found = layout(compressed(np.ascontiguousarray(pictures)))
    assert found.kind == "split"
    assert_box(found.others[0], (0, 0, 72, 64), (72, 128), pixels=1)


@pytest.mark.parametrize("seed", range(35, 41))
def test_one_picture_is_not_split(seed):
    assert layout(compressed(panned(seed))).others == ()


def test_the_edge_of_a_wall_before_a_fixed_camera_is_no_seam():
    room = textured(41, SIZE, 6.0)
    room[:, 70:] = textured(42, SIZE, 6.0)[:, 70:]
    pictures = blobs(43, TIMES, SIZE, count=1, background=room)
    assert layout(compressed(pictures)).others == ()


# --- logos ---------------------------------------------------------------------------------------


def test_a_logo_over_a_moving_picture_is_found():
    pictures = panned(44)
    pictures[:, 6:14, 104:120] = np.where(np.indices((8, 16)).sum(axis=0) % 4 < 2, 230, 20)
    (logo,) = layout(compressed(pictures)).static_overlays
    assert_box(logo, (104, 6, 120, 14), SIZE, pixels=3)


def test_before_a_fixed_camera_nothing_is_called_a_logo():
    room = textured(45, SIZE, 1.5)
    room[6:14, 104:120] = 230
    pictures = blobs(46, TIMES, SIZE, count=2, background=room)
    assert layout(compressed(pictures)).static_overlays == ()


@pytest.mark.parametrize("seed", [47, 48])
def test_a_moving_picture_without_a_logo_has_none(seed):
    assert layout(compressed(panned(seed))).static_overlays == ()


# --- nothing to see ------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_a_flat_video_is_whole(level):
    found = layout(np.full((20, 72, 128), level, np.uint8))
    assert (found.picture, found.kind) == (WHOLE, "full")


def test_no_frames_are_whole():
    assert layout(np.empty((0, 72, 128), np.uint8)).picture == WHOLE


def test_noise_is_whole():
    noise = np.random.default_rng(2).integers(0, 256, (30, 72, 128), dtype=np.uint8)
    found = layout(noise)
    assert (found.picture, found.kind) == (WHOLE, "full")


def test_one_frame_is_enough_for_bars():
    pictures = inside(film(1, times=TIMES[:1]), SIZE, BARS["letterbox"])
    assert_box(layout(pictures).picture, BARS["letterbox"], SIZE, pixels=1)


def test_a_mirrored_film_has_the_mirrored_layout():
    pictures = compressed(inside(film(5), SIZE, (0, 6, 100, 72)))
    x0, y0, x1, y1 = layout(pictures).picture
    mirrored = layout(np.ascontiguousarray(pictures[:, :, ::-1])).picture
    assert mirrored == pytest.approx((1 - x1, y0, 1 - x0, y1), abs=1e-3)


# --- text ----------------------------------------------------------------------------------------


def test_lines_that_come_and_go_make_a_text_band():
    pictures = film(14, soft=4.0)
    lines = ["HE WENT HOME AT ONCE", "AND NOBODY ASKED WHY", "UNTIL THE MORNING CAME"]
    for i, picture in enumerate(pictures):
        if i % 8 < 4:
            cv2.putText(picture, lines[i // 8 % 3], (4, 64), cv2.FONT_HERSHEY_PLAIN, 0.65, 255, 1)
    (band,) = layout(pictures).text_bands
    assert band[1] == pytest.approx(57 / 72, abs=0.05)
    assert band[3] == pytest.approx(64 / 72, abs=0.05)
    assert layout(film(14, soft=4.0)).text_bands == ()
