"""Two hard cuts of one film find each other through it, and no other film does."""

from __future__ import annotations

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.match import find
from tracer.pipeline.searching import read_queries, search_tables
from tracer.pipeline.working import workers
from tracer.settings import DEFAULT

CLIPS = ("sintel", "sintel-crop", "wanna-trim")


@pytest.fixture(scope="module")
def index(tmp_path_factory, fixtures):
    with Index.open(tmp_path_factory.mktemp("index") / "tracer.db", "write") as opened:
        paths = [str(fixtures / "clips" / f"{name}.mp4") for name in CLIPS]
        pipeline.take_in(opened, paths, read_text=False)
        pipeline.match_inside(opened)
        yield opened


@pytest.mark.slow
def test_a_lettered_copy_finds_a_hard_crop_through_the_film_of_both(index, fixtures):
    query = fixtures / "queries" / "reshare.mp4"
    film, crop, other = (index.find(str(fixtures / "clips" / f"{name}.mp4")) for name in CLIPS)
    with workers(DEFAULT) as pool:
        (read,) = read_queries(pool, index, [str(query)], DEFAULT)
    alone = find(read.fingerprint, search_tables(index, DEFAULT).pictures, DEFAULT)
    found = {one.sha256: one for one in pipeline.check(index, str(query)).findings.matches}
    assert film in {one.sha256 for one in alone.matches}
    assert set(found) == {film, crop}
    assert other not in found
    (segment,) = found[crop].segments
    assert segment.query_start == pytest.approx(0.0, abs=1)
    assert segment.match_start == pytest.approx(1.0, abs=1)
    if crop not in {one.sha256 for one in alone.matches}:
        assert "by_way_of" in {reason.name for reason in found[crop].reasons}
        assert film[:12] in found[crop].reasons[-1].detail
    index.add_review((read.video.sha256, crop), "reject", "A Person", "")
    again = pipeline.check(index, str(query)).findings
    assert crop not in {one.sha256 for one in again.matches}
