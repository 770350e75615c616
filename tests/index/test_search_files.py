"""Search files are disposable: whatever becomes of them, the same is searched as without any."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.index import builders as make
from tracer.index.search_files import folder_of, searched_index
from tracer.index.segment import from_arrays, names_of, to_arrays
from tracer.index.store import Index
from tracer.settings import IndexSettings

ALGORITHM = "test-1"
FILES = IndexSettings(search_tail=1, search_features=12)  # two videos of five features a segment
MEMORY = IndexSettings(search_tail=10**9)


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "case.db", "write") as opened:
        yield opened


def add(index, *names, **changes):
    for name in names:
        one = replace(make.fingerprint(name), **changes)
        index.add(make.video(name), one, "settings")


def forget(index, name):
    index._connection.execute("DELETE FROM fingerprints WHERE sha256 = ?", (make.sha(name),))


def told(index, how=FILES, up_to=None):
    """Return what is searched, video by video, whatever the segments."""
    known = searched_index(index, ALGORITHM, how, up_to)
    names, gone, out, first = names_of(known.segments), set(known.gone.tolist()), {}, 0
    for segment in known.segments:
        words = np.repeat(np.arange(1 << 20), np.diff(segment.words.start.astype(np.int64)))
        frames = segment.words.posting[:, 1]
        for place in range(len(segment)):
            here = segment.hashes.video == place
            mine = segment.words.video[frames] == place
            sounds = segment.sounds.item[segment.sounds.item[:, 0] == place, 1]
            rows = segment.words.row[frames[mine]]
            if first + place not in gone:
                out[names[first + place]] = (
                    segment.hashes.phash[here].tolist(),
                    segment.hashes.dhash256[here].tolist(),
                    segment.hashes.time[here].tolist(),
                    sorted(zip(words[mine], segment.words.posting[mine, 0], rows, strict=True)),
                    sorted(sounds.tolist()),
                )
        first += len(segment)
    return out, known.others


def folders(index):
    return sorted(one for one in folder_of(index.path).iterdir() if one.is_dir())


def same(index):
    """Assert that what lies in files is what the index holds."""
    found = told(index)
    assert found == told(index, MEMORY)
    return found


def test_mapped_files_hold_what_memory_holds(index):
    add(index, *"abcde")
    found, others = same(index)
    assert list(found) == [make.sha(name) for name in "abcde"]
    assert others == 0
    assert len(folders(index)) == 3
    known = searched_index(index, ALGORITHM, FILES)
    for segment in known.segments:
        again = to_arrays(from_arrays(to_arrays(segment)))
        assert all(again[name] is array for name, array in to_arrays(segment).items())
    assert isinstance(known.segments[0].words.posting.base, np.memmap)


def test_few_videos_get_no_files(index):
    add(index, *"abc")
    assert told(index, IndexSettings(search_tail=4)) == told(index, MEMORY)
    assert not folder_of(index.path).exists()


def test_an_empty_index_has_nothing_to_search(index):
    assert told(index) == ({}, 0)
    assert not folder_of(index.path).exists()


def test_what_arrives_is_appended_and_whole_segments_stay_as_they_are(index):
    add(index, *"abcd")
    same(index)
    before = {one.name: one.stat().st_ino for one in folders(index)}
    add(index, "e")
    same(index)
    after = {one.name: one.stat().st_ino for one in folders(index)}
    assert before.items() <= after.items()
    assert len(after) == 3
    add(index, "f")  # the short segment at the end is joined with it
    same(index)
    assert len(folders(index)) == 3


def test_what_has_left_the_index_is_passed_over(index):
    add(index, *"abcde")
    same(index)
    forget(index, "b")
    forget(index, "e")
    found, _ = same(index)
    assert list(found) == [make.sha(name) for name in "acd"]
    for name in "ad":
        forget(index, name)
    assert list(same(index)[0]) == [make.sha("c")]


def test_only_what_had_arrived_is_told_of(index):
    add(index, *"abcde")
    third = int(index.arrivals()[0][2])
    assert list(told(index, up_to=third)[0]) == [make.sha(name) for name in "abc"]
    assert told(index, up_to=third) == told(index, MEMORY, up_to=third)


def test_other_algorithms_are_counted_and_not_searched(index):
    add(index, *"ab")
    add(index, "x", "y", algorithm="test-0")
    add(index, "c")
    found, others = same(index)
    assert (list(found), others) == ([make.sha(name) for name in "abc"], 2)
    assert searched_index(index, "test-0", FILES).others == 3


def cut_short(folder):
    path = next(folder.glob("*/words.posting.npy"))
    path.write_bytes(path.read_bytes()[:-3])


def overwritten(folder):
    path = next(folder.glob("*/hashes.phash.npy"))
    path.write_bytes(path.read_bytes()[:-8] + b"\0" * 8)


def one_file_gone(folder):
    next(folder.glob("*/sounds.item.npy")).unlink()


def list_gone(folder):
    (folder / "segments.json").unlink()


def list_in_pieces(folder):
    path = folder / "segments.json"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def list_of_something_else(folder):
    (folder / "segments.json").write_text("[1, 2]")


def another_version(folder):
    path = folder / "segments.json"
    path.write_text(path.read_text().replace("search-", "search-0"))


def a_gap(folder):
    path = folder / "segments.json"
    stated = json.loads(path.read_text())
    del stated["segments"][1]
    path.write_text(json.dumps(stated))


DAMAGE = (
    cut_short,
    overwritten,
    one_file_gone,
    list_gone,
    list_in_pieces,
    list_of_something_else,
    another_version,
    a_gap,
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_made_again(index, damage):
    add(index, *"abcde")
    whole = same(index)
    damage(folder_of(index.path))
    assert told(index) == whole
    # And are whole again: what is opened next is read from files.
    known = searched_index(index, ALGORITHM, FILES)
    assert all(isinstance(one.words.posting.base, np.memmap) for one in known.segments)
    assert sum(map(len, known.segments)) == 5


def test_another_index_at_the_same_path_is_not_taken_for_it(tmp_path):
    path = tmp_path / "case.db"
    for features in (5, 7):
        with Index.open(path, "write") as index:
            one = make.fingerprint("a", features=features)
            index.add(make.video("a"), one, "settings")
            add(index, "b")
            same(index)
        path.unlink()


def test_where_nothing_can_be_written_memory_serves(index):
    add(index, *"abc")
    folder_of(index.path).write_text("in the way")
    same(index)
    assert folder_of(index.path).read_text() == "in the way"


def test_what_ended_processes_left_behind_is_removed_after_a_day(index):
    import os

    add(index, *"ab")
    folder = folder_of(index.path)
    for name in (".left.1", ".segments.json.1.ff", "1-2-old"):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (1, 1))
    (folder / ".fresh.2").mkdir()
    same(index)
    assert {one.name for one in folder.iterdir() if one.name.startswith(".")} == {".fresh.2"}
    assert len(folders(index)) == 2


SCRIPT = """
import sys
from pathlib import Path
from tests.index.test_search_files import ALGORITHM, FILES
from tracer.index.search_files import searched_index
from tracer.index.segment import names_of
from tracer.index.store import Index
sys.stdin.readline()
with Index.open(Path(sys.argv[1])) as index:
    for _ in range(5):
        print(*names_of(searched_index(index, ALGORITHM, FILES).segments))
"""


def test_two_processes_may_make_them_at_once(index):
    add(index, *"abcdefgh")
    both = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(index.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(2)
    ]
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    expected = " ".join(make.sha(name) for name in "abcdefgh")
    for one in both:
        out, _ = one.communicate(timeout=120)
        assert out.split("\n") == [expected] * 5 + [""]
    same(index)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9)),
        st.tuples(st.just("forget"), st.integers(0, 9)),
        st.tuples(st.just("search"), st.integers(1, 4)),
    ),
    max_size=10,
)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_any_order_of_arriving_leaving_and_searching(tmp_path_factory, taken):
    path = tmp_path_factory.mktemp("index") / "case.db"
    with Index.open(path, "write") as index:
        for what, number in taken:
            if what == "add" and not index.has_video(make.sha(number)):
                add(index, number)
            elif what == "forget":
                forget(index, number)
            else:
                how = replace(FILES, search_tail=number)
                assert told(index, how) == told(index, MEMORY)
        same(index)
