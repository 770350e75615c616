"""Files that moved keep their videos; what is not there, or is another, keeps its old path."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.index import builders as make
from tracer.errors import UsageError
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.model import Unchecked
from tracer.pipeline.relocating import relocate


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "case.db", "write") as opened:
        yield opened


@pytest.fixture
def old(tmp_path, index):
    """A folder with three known files, one with a sidecar, and a neighbour of nearly its name."""
    from dataclasses import replace

    folder = tmp_path / "old"
    for name in ("old/a.mp4", "old/sub/b.mp4", "old/c.mp4", "old-2/d.mp4"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 9)
        sha256 = sha256_of(path)
        index.add(
            replace(make.video(name), sha256=sha256),
            replace(make.fingerprint(name), sha256=sha256),
            "s",
        )
        index.add_file(sha256, str(path), path.stat().st_size, path.stat().st_mtime_ns)
    sidecar = folder / "a.post.json"
    sidecar.write_text("{}")
    sha256 = sha256_of(folder / "a.mp4")
    index.add_posts(sha256, [make.post()], str(sidecar))
    index.add_sidecar(str(sidecar), sha256, 2, sidecar.stat().st_mtime_ns)
    index.add_unchecked(Unchecked(str(folder / "a.mp4"), "decode", "truncated"))
    return folder


def paths(index):
    return sorted(path for one in index.videos() for path in one.paths)


def test_a_folder_that_moved(index, old, tmp_path):
    new = tmp_path / "new"
    old.rename(new)
    told = relocate(index, str(old), str(new))
    assert (told.files, told.sidecars, told.failed) == (3, 1, [])
    expected = [tmp_path / "new" / name for name in ("a.mp4", "c.mp4", "sub/b.mp4")]
    assert paths(index) == sorted(map(str, [*expected, tmp_path / "old-2" / "d.mp4"]))
    moved = [(one.object, one.params["from"]) for one in index.log() if one.action == "file_moved"]
    assert (str(new / "a.mp4"), str(old / "a.mp4")) in moved
    assert index.check_log() == []
    assert [one.subject for one in index.unchecked()] == [str(new / "a.mp4")]
    with pytest.raises(UsageError, match="knows no file there"):
        relocate(index, str(old), str(new))


def test_a_copy_with_another_time_is_compared_by_its_bytes(index, old, tmp_path):
    new = tmp_path / "new"
    shutil.copytree(old, new)
    same, other, short = new / "a.mp4", new / "c.mp4", new / "sub" / "b.mp4"
    other.write_bytes(bytes(len(other.read_bytes())))
    short.write_bytes(b"short")
    for path in (same, other):
        os.utime(path, ns=(7, 7))
    told = relocate(index, str(old), str(new))
    assert told.files == 1
    reasons = {one.subject: one.reason for one in told.failed}
    assert set(reasons) == {str(old / "c.mp4"), str(old / "sub" / "b.mp4")}
    assert "other bytes" in reasons[str(old / "c.mp4")]
    assert str(same) in paths(index)
    assert str(old / "c.mp4") in paths(index)


def test_rehash_trusts_no_date(index, old, tmp_path):
    new = tmp_path / "new"
    shutil.copytree(old, new)
    before = (new / "c.mp4").stat()
    (new / "c.mp4").write_bytes(bytes(before.st_size))
    os.utime(new / "c.mp4", ns=(before.st_atime_ns, before.st_mtime_ns))
    told = relocate(index, str(old), str(new), rehash=True)
    assert [one.subject for one in told.failed] == [str(old / "c.mp4")]


def test_one_file(index, old, tmp_path):
    target = tmp_path / "elsewhere.mp4"
    (old / "c.mp4").rename(target)
    assert relocate(index, str(old / "c.mp4"), str(target)).files == 1
    assert str(target) in paths(index)


def test_a_new_place_that_is_not_there(index, old, tmp_path):
    with pytest.raises(UsageError, match="no such file or folder"):
        relocate(index, str(old), str(tmp_path / "none"))


def test_a_new_place_is_shown_as_it_was_typed(index, old, tmp_path, monkeypatch):
    old.rename(tmp_path / "new")
    monkeypatch.chdir(tmp_path)
    relocate(index, "old", "new/")
    assert index.name_of(str(tmp_path / "new" / "sub" / "b.mp4")) == "new/sub/b.mp4"
