"""What differs inside the shared picture is on the page: both registered, boxed, marked in red."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from tests.compare import scenes
from tests.compare.scenes import matched, scene
from tests.report.conftest import Case
from tracer.compare.difference import difference_pictures
from tracer.index.store import Index
from tracer.report import html, material
from tracer.report.differences import Differences, _marked
from tracer.settings import DEFAULT


def test_a_logo_is_shown_laid_over_each_other(case: Case) -> None:
    with Index.open(case.index, "read") as index:
        known = material.of_index(index, DEFAULT, case.subject)
        text = html.render_chain(case.chain, known)
        assert "Laid over each other" in text
        assert text.count('class="moment three"') == 2
        (link,) = case.chain.links
        drawer = Differences(known, {})
        shown = drawer.of(link.match, link.match.query_sha256, link.match.sha256)
        # Without the files at hand the small grey films stand in.
        assert [one.query.width for one in shown] == [DEFAULT.compare.picture_side] * 2
        unmarked = replace(link.match, edits=())
        assert drawer.of(unmarked, link.match.query_sha256, link.match.sha256) == ()


def test_what_differs_is_red_and_the_rest_grey() -> None:
    film = scene()
    (one,) = difference_pictures(matched(), (scenes.with_logo(film), film), DEFAULT, most=1)
    marked = _marked(one.query, one.differs).astype(int)
    redness = marked[:, :, 2] - marked[:, :, 0]
    rows, columns = redness.shape
    x0, y0, x1, y1 = one.boxes[0]
    box = np.zeros_like(redness, bool)
    box[int(y0 * rows) : int(y1 * rows), int(x0 * columns) : int(x1 * columns)] = True
    far = cv2.dilate(box.astype(np.uint8), np.ones((31, 31), np.uint8)) == 0
    assert redness[box].mean() > 60
    assert redness[far].mean() < 3


def test_the_moment_shown_has_letters_and_a_scene() -> None:
    film = scene()
    lettered = scenes.lettered(film, band=True)
    pictures = lettered.pictures.copy()
    pictures[24:, 54:] = 20  # an empty band from the sixth second on
    black = film.pictures.copy()
    pictures[:8, :50] = black[:8] = 16  # and a black scene in the first two
    query, other = scenes.changed(film, pictures), scenes.changed(film, black)
    (one,) = difference_pictures(matched(), (query, other), DEFAULT, most=1)
    assert 2.0 <= one.query_time < 6.0
