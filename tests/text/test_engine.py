"""The networks as run here find and read what rapidocr's own code does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracer.media.frames import pictures_at
from tracer.settings import DEFAULT
from tracer.text.engine import engine


@pytest.fixture(scope="module")
def picture(fixtures):
    (found,) = pictures_at(fixtures / "clips" / "sintel-youtube-english.mp4", [4.0])
    return cv2.cvtColor(found, cv2.COLOR_BGR2GRAY)


@pytest.fixture(scope="module")
def twin():
    """rapidocr as it comes, at the settings that its measurements say work."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Det.limit_type": "max",
            "Det.limit_side_len": 640,
        }
    )


def test_the_same_lines_at_the_same_places(picture, twin):
    whole = twin(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    found = engine().find(picture, 640, DEFAULT.text)
    assert len(found) == len(whole.boxes) == 3
    for one, corners, text in zip(found, whole.boxes, whole.txts, strict=True):
        theirs = (*corners.min(axis=0), *corners.max(axis=0))
        assert np.abs(np.array(one.box) - theirs).max() <= 4  # pixels of 640
        x0, y0, x1, y1 = (round(value) for value in one.box)
        ours = engine().read(picture[y0:y1, x0:x1], DEFAULT.text)
        assert ours.text.replace(" ", "") == text.replace(" ", "")
        assert ours.confidence > 0.9


def test_nothing_is_found_or_read_where_nothing_is():
    flat = np.full((180, 320), 90, np.uint8)
    assert engine().find(flat, 320, DEFAULT.text) == []
    assert engine().read(flat[:30, :100], DEFAULT.text).confidence < DEFAULT.text.readable
    assert engine().read(flat[:2, :2], DEFAULT.text).text == ""
