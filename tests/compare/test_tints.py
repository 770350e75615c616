"""Two sides' colour: what a filter does to it, and what coding does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.compare import scenes
from tests.compare.scenes import PLAIN, fingerprint, matched, scene, video
from tests.compare.test_edits import placed
from tracer.compare import changed
from tracer.compare.tints import recoloured
from tracer.index.turned import turned
from tracer.model import TINT_CELLS, WHOLE, Tints
from tracer.settings import DEFAULT

COMPARE = DEFAULT.compare


def colours(seed: int = 1, seconds: float = 10.0, cells: int = 64, rate: float = 4.0) -> Tints:
    """Patches of colour that drift over the frame; the same seed gives the same at any grid."""
    dice = np.random.default_rng(seed)
    base, reach = dice.uniform(-8, 8, 2), dice.uniform(10, 26, (2, 3))
    pace, phase = dice.uniform(-0.6, 0.6, (2, 3)), dice.uniform(0, 6.28, (2, 3))
    waves = dice.uniform(2, 7, (2, 3, 2))
    times = np.arange(0.0, seconds, 1.0 / rate)
    y, x = np.mgrid[:64, :64] / 64
    planes = np.empty((len(times), 2, 64, 64))
    for plane in range(2):
        level = np.full((len(times), 64, 64), 128.0 + base[plane])
        for k in range(3):
            across, down = waves[plane, k]
            shift = pace[plane, k] * times[:, None, None] + phase[plane, k]
            level += reach[plane, k] * np.sin(across * x + down * y + shift)
        planes[:, plane] = level
    side = 64 // cells
    means = planes.reshape(len(times), 2, cells, side, cells, side).mean(axis=(3, 5))
    return Tints(times, coded(means, seed))


def coded(planes: np.ndarray, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed + 50).normal(0, 0.7, planes.shape)
    return np.clip(np.round(planes + noise), 0, 255).astype(np.uint8)


def filtered(tints: Tints, factor: complex = 1.0, cast: complex = 0.0) -> Tints:
    """The same with saturation and hue multiplied, and a cast laid over."""
    away = tints.planes.astype(float) - 128
    moved = (away[:, 0] + 1j * away[:, 1]) * factor + cast
    return Tints(tints.timestamps, coded(128 + np.stack([moved.real, moved.imag], axis=1), 9))


STORED = {"cells": TINT_CELLS, "rate": 0.5}


def found(here: Tints, there: Tints, transform=PLAIN, region=WHOLE, **match):
    return recoloured(matched(transform, **match), region, (here, there), COMPARE)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("factor", [0.0, 0.5, 0.75, 1.0, 1.4])
def test_saturation_is_measured_and_coding_changes_none(seed: int, factor: float) -> None:
    tint = found(filtered(colours(seed, cells=32), factor), colours(seed, **STORED))
    assert tint.saturation == pytest.approx(factor, abs=0.06)
    assert tint.is_edit(COMPARE) == (factor != 1.0)
    assert tint.lost_by(COMPARE) == ("query" if factor == 0.0 else "unknown")


def test_the_side_that_is_grey_lost_its_colour_whoever_asks() -> None:
    tint = found(colours(cells=32), filtered(colours(**STORED), 0.0))
    assert tint.is_edit(COMPARE)
    assert tint.lost_by(COMPARE) == "match"


def test_pale_colours_can_be_lost_as_well() -> None:
    pale = filtered(colours(cells=32), 0.18)
    tint = found(pale, filtered(colours(**STORED), 0.0))
    assert 3.0 < tint.query < 5.5
    assert tint.is_edit(COMPARE)
    assert tint.lost_by(COMPARE) == "match"
    faint = found(pale, filtered(colours(**STORED), 0.09))
    assert faint.lost_by(COMPARE) == "unknown"  # some is left
    assert faint.is_edit(COMPARE)


def test_a_turned_hue_is_an_edit_and_another_matrix_is_none() -> None:
    for degrees, is_edit in ((30.0, True), (-20.0, True), (5.0, False)):
        turn = np.exp(1j * np.radians(degrees))
        tint = found(filtered(colours(cells=32), turn), colours(**STORED))
        assert tint.turned == pytest.approx(degrees, abs=2.0)
        assert tint.is_edit(COMPARE) == is_edit


def test_full_range_colour_is_no_edit() -> None:
    for factor in (255 / 224, 0.82):  # 0.82: and another matrix
        tint = found(filtered(colours(cells=32), factor), colours(**STORED))
        assert not tint.is_edit(COMPARE)


def test_a_crop_and_an_excerpt_are_compared_where_and_when_they_lie() -> None:
    source = colours(3, seconds=12.0)
    part = Tints(source.timestamps[:24], source.planes[16:40, :, 16:64, 8:56])
    kept = (0.125, 0.25, 0.875, 1.0)
    moved = scenes.undone(kept)
    times = {"query": (0.0, 6.0), "match": (4.0, 10.0)}
    stored = colours(3, seconds=12.0, **STORED)
    plain = found(part, stored, moved, kept, **times)
    assert plain.saturation == pytest.approx(1.0, abs=0.04)
    assert not plain.is_edit(COMPARE)
    assert found(filtered(part, 0.7), stored, moved, kept, **times).is_edit(COMPARE)


def test_letters_and_logos_do_not_count() -> None:
    planes = colours(cells=32).planes.copy()
    planes[:, :, 26:31, 3:29] = 128  # white letters on a black band, a sixth of the picture
    tint = found(Tints(colours(cells=32).timestamps, planes), colours(**STORED))
    assert not tint.is_edit(COMPARE)


def test_other_things_in_the_same_place_are_no_filter() -> None:
    tint = found(filtered(colours(5, cells=32), 2.0), colours(1, **STORED))
    assert tint.agreed < COMPARE.tint_agreed
    assert not tint.is_edit(COMPARE)


def test_nothing_is_said_of_too_few_cells_or_moments() -> None:
    stored = colours(**STORED)
    small = (0.4, 0.4, 0.6, 0.6)
    assert found(colours(**STORED), stored, placed(small)) is None  # two cells across
    assert found(colours(cells=32), stored, region=(0.45, 0.45, 0.55, 0.55)) is None
    late = Tints(colours().timestamps + 60.0, colours().planes)
    assert found(late, stored) is None


@pytest.mark.parametrize(
    ("factor", "gain", "told"),
    [(1.0, 1.0, False), (0.0, 1.0, True), (1.6, 1.2, True), (1.0, 1.2, True), (1.0, 1.045, False)],
)
def test_colour_and_tones_are_one_edit(factor: float, gain: float, told: bool) -> None:
    film = scene()
    query = scenes.changed(film, film.pictures * gain)
    asked = replace(fingerprint("q", query), tints=filtered(colours(cells=32), factor))
    known = replace(fingerprint("m", film), tints=colours(**STORED))
    sides = (asked, known, (query, film), video("q", query), video("m", film))
    match = changed(matched(), *sides, DEFAULT)
    bare = (replace(asked, tints=None), *sides[1:])  # of an index made before colour was kept
    grey = any(edit.kind == "color" for edit in changed(matched(), *bare, DEFAULT).edits)
    assert grey == (gain == 1.2)
    edits = [edit for edit in match.edits if edit.kind == "color"]
    assert len(edits) == told
    if told:
        assert ("from_grey" in edits[0].detail) == (factor != 1.0)
        assert ("gain" in edits[0].detail) == (gain != 1.0)
        assert edits[0].side == ("query" if factor == 0.0 else "unknown")
        assert edits[0].detail.get("grey") == ("query" if factor == 0.0 else None)
        (back,) = [edit for edit in turned(match).edits if edit.kind == "color"]
        assert back.side == {"query": "match"}.get(edits[0].side, edits[0].side)
        assert turned(turned(match)) == match
