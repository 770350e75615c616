"""Close looks in workers: the same findings as one after another, and no failure unsaid."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.match import find
from tracer.pipeline.answering import answered
from tracer.pipeline.comparing import Side, compared
from tracer.pipeline.searching import read_queries, search_tables
from tracer.pipeline.working import workers
from tracer.settings import DEFAULT

CLIPS = ("city", "city-logo", "dog")


@pytest.fixture
def index(tmp_path, fixtures):
    with Index.open(tmp_path / "tracer.db", "write") as opened:
        paths = [str(fixtures / "clips" / f"{name}.mp4") for name in CLIPS]
        pipeline.take_in(opened, paths, read_text=False)
        yield opened


@pytest.fixture
def path(fixtures):
    return fixtures / "clips" / "city-letterbox.mp4"


def test_looks_side_by_side_find_what_looks_in_turn_find(index, path):
    tables = search_tables(index, DEFAULT)
    with workers(DEFAULT) as pool:
        (query,) = read_queries(pool, index, [str(path)], DEFAULT)
        answer = answered(index, tables, query, DEFAULT, pool, read_text=False)
    alone = find(query.fingerprint, tables.pictures, DEFAULT)
    own = Side.of(query.video, query.fingerprint, path, DEFAULT)

    def by_hand(match):
        file = index.file_at_hand(match.sha256)
        other = Side.of(index.video(match.sha256).video, index.fingerprint(match.sha256), file)
        return compared(match, own, other, DEFAULT)

    assert len(alone.matches) == 2
    expected = tuple(by_hand(match) for match in alone.matches)
    assert tuple(replace(match, text=None) for match in answer.findings.matches) == expected
    assert answer.findings.same_scene == alone.same_scene
    assert answer.findings.nearest == alone.nearest


def test_a_look_that_fails_is_said(index, path):
    tables = search_tables(index, DEFAULT)
    gone = index.find(str(path.with_name("city.mp4")))
    with sqlite3.connect(index.path) as connection:
        connection.execute("DELETE FROM fingerprints WHERE sha256 = ?", [gone])
    with workers(DEFAULT) as pool:
        (query,) = read_queries(pool, index, [str(path)], DEFAULT)
        answer = answered(index, tables, query, DEFAULT, pool, read_text=False)
    (left,) = answer.findings.matches
    assert left.sha256 == index.find(str(path.with_name("city-logo.mp4")))
    assert (gone, "match") in {(told.subject, told.stage) for told in answer.unchecked}
