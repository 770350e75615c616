"""Fingerprints made anew: the old ones answer until all are there; nothing is made twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.index.contents import dump
from tests.pipeline import tiny
from tracer.index.store import Index
from tracer.pipeline.reindexing import reindex
from tracer.pipeline.taking_in import take_in
from tracer.settings import DEFAULT

OTHER = replace(DEFAULT, fingerprint=replace(DEFAULT.fingerprint, miniature_crf=40))


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return tiny.films(tmp_path_factory.mktemp("reindexing") / "films", 3)


@pytest.fixture
def path(tmp_path, films):
    path = tmp_path / "case.db"
    with Index.open(path, "write") as index:
        take_in(index, [str(films[0].parent)], DEFAULT, jobs=1, read_text=False)
    return path


def test_what_is_of_today_is_left(path):
    with Index.open(path, "write") as index:
        before = index.log_head()
        assert reindex(index, jobs=1).made == 0
        otherwise_matched = replace(DEFAULT, index=replace(DEFAULT.index, clear_score=0.9))
        assert reindex(index, otherwise_matched, jobs=1).made == 0  # the fingerprints are alike
        assert index.log_head() == before


@pytest.mark.slow
def test_all_are_replaced_at_once_and_are_those_of_a_new_index(path, films, tmp_path):
    before = dump(path)
    seen = []
    with Index.open(path, "write") as index:
        told = reindex(index, OTHER, 1, on_progress=lambda *_: seen.append(dump(path)))
        assert (told.made, told.replaced, told.failed) == (3, 3, [])
        assert index.check_log() == []
        assert index.queue.state().runs == ()
        assert reindex(index, OTHER, 1).made == 0
    assert [one["fingerprints"] for one in seen] == [before["fingerprints"]] * 3
    with Index.open(tmp_path / "new.db", "write") as index:
        take_in(index, [str(films[0].parent)], OTHER, jobs=1, read_text=False)
    expected = dump(tmp_path / "new.db")
    assert dump(path)["fingerprints"] == expected["fingerprints"]
    assert dump(path)["videos"] == before["videos"]


def test_broken_off_it_goes_on_and_makes_only_the_rest(path):
    before = dump(path)["fingerprints"]

    def stop(done, total):
        raise KeyboardInterrupt

    with Index.open(path, "write") as index:
        with pytest.raises(KeyboardInterrupt):
            reindex(index, OTHER, 1, on_progress=stop)
        assert dump(path)["fingerprints"] == before
        told = reindex(index, OTHER, 1)
        assert (told.made, told.replaced) == (2, 3)


@pytest.mark.slow
def test_what_no_file_is_at_hand_for_keeps_its_own(path, films, tmp_path):
    with Index.open(path, "write") as index:
        gone = index.find(str(films[0]))
        index._connection.execute("UPDATE files SET size = 1 WHERE sha256 = ?", (gone,))
        old = index.fingerprint(gone)
        told = reindex(index, OTHER, 1)
        assert (told.made, told.replaced) == (2, 2)
        assert [(one.subject, one.stage) for one in told.failed] == [(gone, "reindex")]
        assert index.fingerprint(gone).miniature.film == old.miniature.film
        assert [one.subject for one in index.unchecked()] == [gone]
