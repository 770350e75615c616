"""Workers that are loaded beforehand, and what travels to them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tracer.index.store import Index
from tracer.pipeline import check_all, take_in
from tracer.pipeline.looking import Asked, travelling
from tracer.pipeline.working import Reading, begun
from tracer.settings import DEFAULT


@dataclass(frozen=True)
class Loaded:
    """Is a module loaded in the worker that does this?"""

    module: str

    def __call__(self) -> bool:
        return self.module in sys.modules


def test_the_first_worker_has_loaded_what_reads_a_query_and_takes_the_next_task():
    with Reading(DEFAULT) as reading:
        ((_, loaded),) = reading.pool().run([Loaded("tracer.fingerprint.take")])
        ((_, far),) = reading.pool().run([Loaded("tracer.pipeline.answering")])
    assert loaded is True
    assert far is False


def test_workers_that_were_begun_give_the_answer_of_any_others(tmp_path, fixtures):
    queries = [str(fixtures / "clips" / "city-letterbox.mp4")]
    with Index.open(tmp_path / "tracer.db", "write") as index:
        take_in(index, [str(fixtures / "clips" / "city.mp4")], read_text=False)
        with Reading(DEFAULT) as reading:
            before = list(check_all(index, queries, read_text=False, reading=reading))
        assert before == list(check_all(index, queries, read_text=False))
    assert before[0].findings.matches


def test_a_query_is_taken_away_after_it_has_travelled():
    with travelling(Asked(None, None, Path("clip.mp4"))) as message:
        assert message.stat().st_size > 0
    assert not message.parent.exists()


def test_what_is_begun_comes_whole_and_in_order():
    assert list(begun(iter([1, 2, 3]))) == [1, 2, 3]
    assert list(begun(iter([]))) == []
