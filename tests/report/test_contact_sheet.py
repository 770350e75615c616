"""Keyframes as pictures, and the sheet that shows them all."""

from __future__ import annotations

import pytest
from PIL import Image

from tracer.errors import MediaError
from tracer.report import contact_sheet


def test_pictures_are_named_by_their_time_and_sort_by_it():
    times = [0.0, 9.5, 12.25, 61.0, 3599.9, 7200.0]
    names = [contact_sheet.file_name(time) for time in times]
    assert names[2] == "0h00m12.250s"
    assert names == sorted(names)


def test_every_keyframe_is_written_and_stands_on_the_sheet(fixtures, tmp_path):
    written = contact_sheet.write(
        fixtures / "clips" / "city.mp4", [0.0, 2.0, 4.0, 6.0, 6.0], tmp_path / "frames"
    )
    assert [path.name for path in written.pictures] == [
        "0h00m00.000s.jpg",
        "0h00m02.000s.jpg",
        "0h00m04.000s.jpg",
        "0h00m06.000s.jpg",
    ]
    with Image.open(written.pictures[0]) as picture:
        assert picture.size == (640, 360)
    with Image.open(written.sheet) as sheet:
        assert sheet.width > 4 * contact_sheet.TILE


def test_a_text_is_no_video(tmp_path):
    path = tmp_path / "x.mp4"
    path.write_text("no video")
    with pytest.raises(MediaError):
        contact_sheet.write(path, [0.0], tmp_path / "frames")
