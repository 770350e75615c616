"""An index that can't be used is refused in one line and stays as it is."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest

from tracer.errors import (
    ExternalError,
    IndexBusyError,
    IndexFileError,
    IndexVersionError,
    TracerError,
)
from tracer.index import file, schema
from tracer.index.location import default_path
from tracer.index.store import Index
from tracer.settings import IndexSettings

from . import builders as make

BOTH = pytest.mark.parametrize("mode", ["read", "write"])


@pytest.fixture
def path(tmp_path):
    """An index with one video, closed."""
    path = tmp_path / "tracer.db"
    with Index.open(path, "write") as index:
        index.add(make.video(), make.fingerprint(), "s")
    return path


def refused(path, mode, kind=IndexFileError):
    with pytest.raises(kind) as caught:
        Index.open(path, mode)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def pragma(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA {statement}")
    connection.commit()
    connection.close()


def test_a_missing_index_is_not_made_by_reading(tmp_path):
    path = tmp_path / "none.db"
    assert "tracer index" in refused(path, "read")
    assert list(tmp_path.iterdir()) == []


def test_writing_makes_folder_and_index_and_nothing_else(tmp_path):
    path = tmp_path / "new folder" / "tracer.db"
    Index.open(path, "write").close()
    assert [one.name for one in path.parent.iterdir()] == ["tracer.db"]
    with Index.open(path) as index:
        assert index.state().videos == 0


def test_a_new_index_has_the_page_size_that_is_set(tmp_path):
    path = tmp_path / "tracer.db"
    Index.open(path, "write").close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    assert size == IndexSettings().page_bytes


@pytest.mark.parametrize("name", ["with space.db", "100%.db", "a?b#c.db", "石榴云.db"])
def test_any_name_will_do(tmp_path, name):
    path = tmp_path / name
    Index.open(path, "write").close()
    with Index.open(path) as index:
        assert index.state().videos == 0
    assert [one.name for one in tmp_path.iterdir()] == [name]


@BOTH
def test_a_file_that_is_not_sqlite_is_left_alone(tmp_path, mode):
    path = tmp_path / "notes.txt"
    path.write_text("dear diary")
    assert "not SQLite" in refused(path, mode)
    assert path.read_text() == "dear diary"


@BOTH
def test_another_programs_database_is_left_alone(tmp_path, mode):
    path = tmp_path / "photos.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE photos (name)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    assert "not an index of tracer" in refused(path, mode)
    assert path.read_bytes() == before


@BOTH
def test_a_folder_is_not_an_index(tmp_path, mode):
    assert "not a file" in refused(tmp_path, mode)


def test_an_empty_file_becomes_an_index_by_writing_only(tmp_path):
    path = tmp_path / "tracer.db"
    path.touch()
    assert "empty" in refused(path, "read")
    assert path.stat().st_size == 0
    Index.open(path, "write").close()
    with Index.open(path) as index:
        assert index.state().videos == 0


@BOTH
def test_a_newer_schema_is_refused(path, mode):
    pragma(path, f"user_version = {len(schema.MIGRATIONS) + 1}")
    before = path.read_bytes()
    assert "newer version" in refused(path, mode, IndexVersionError)
    assert path.read_bytes() == before


def test_a_damaged_index_is_named(path):
    size = path.stat().st_size
    with path.open("r+b") as opened:
        opened.seek(size // 4)
        opened.write(os.urandom(size // 2))

    def read_all():
        with Index.open(path) as index:
            list(index.videos())
            index.fingerprint(make.sha("a"))

    with pytest.raises(TracerError) as caught:
        read_all()
    assert "\n" not in str(caught.value)


def m_next(database):
    """A migration that is to come."""
    database.execute("CREATE TABLE colours (name TEXT)")


def m_broken(database):
    """A migration that fails half way."""
    database.execute("CREATE TABLE shapes (name TEXT)")
    raise RuntimeError("half way")


def test_an_old_schema_is_migrated_by_writing_after_a_backup(path, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, m_next))
    message = refused(path, "read", IndexVersionError)
    assert f"tracer index --index {path}" in message
    with Index.open(path, "write") as index:
        assert index.has_video(make.sha("a"))
    with Index.open(path) as index:
        assert index.state().videos == 1
    (backup,) = path.parent.glob("*.backup")
    monkeypatch.undo()
    with Index.open(backup) as index:
        assert index.sha256s() == [make.sha("a")]


def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, m_next, m_broken))
    with pytest.raises(RuntimeError, match="half way"):
        Index.open(path, "write")
    monkeypatch.undo()
    with Index.open(path, "write") as index:  # the schema is still the old one
        assert index.sha256s() == [make.sha("a")]


@pytest.mark.parametrize("mode", ["write"])
def test_a_path_that_can_not_be_written_is_named(tmp_path, mode):
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file" / "tracer.db", mode)
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root ignores modes")
def test_no_write_permission_is_named_and_reading_goes_on(path):
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert "permission" in refused(path, "write")
        with Index.open(path) as index:
            assert index.state().videos == 1
    finally:
        path.parent.chmod(0o700)


def test_a_full_disk_costs_only_what_was_not_finished(path):
    with Index.open(path, "write") as index:
        pages = index._connection.execute("PRAGMA page_count").fetchone()[0]
        index._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

        def fill():
            for number in range(100):
                index.add(make.video(number), make.fingerprint(number, 400, 400), "s")

        with pytest.raises(ExternalError, match="no space left"):
            fill()
    with Index.open(path) as index:
        assert make.sha("a") in index.sha256s()
        for sha256 in index.sha256s():  # whatever is there is there whole
            assert index.fingerprint(sha256).sha256 == sha256


@pytest.fixture
def small_disk(tmp_path, request):
    """A file system of a few kilobytes, which only root may mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}k", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system can't be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("small_disk", [40, 160, 240, 300], indirect=True)
def test_an_index_that_finds_no_room_is_not_made_by_half(small_disk):
    path = small_disk / "tracer.db"
    with contextlib.suppress(ExternalError):  # and no other error: the disk is full
        Index.open(path, "write").close()
    if path.exists():
        with contextlib.suppress(ExternalError):  # whole, but no room for the WAL beside it
            Index.open(path).close()
        subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
        with Index.open(path) as index:
            assert index.state().videos == 0


def test_a_locked_index_is_named_after_waiting(path):
    quick = IndexSettings(busy_timeout=0.01)
    with Index.open(path, "write") as first, first.transaction():
        first.add(make.video("b"), make.fingerprint("b"), "s")
        with (
            Index.open(path, "write", quick) as second,
            pytest.raises(IndexBusyError, match="another process"),
        ):
            second.add(make.video("c"), make.fingerprint("c"), "s")
        with Index.open(path) as reader:  # who reads does not wait
            assert reader.state().videos == 1


def test_reading_never_changes_the_file(path):
    before = path.read_bytes()
    with Index.open(path) as index:
        index.state()
        with pytest.raises(IndexFileError):
            index.add(make.video("b"), make.fingerprint("b"), "s")
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["tracer.db"]


def test_the_schema_documents_itself(path):
    connection = sqlite3.connect(path)
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    connection.close()
    names = {name for name, _ in tables}
    assert {"videos", "files", "posts", "accounts", "fingerprints", "matches"} <= names
    assert {"segments", "unchecked", "meta"} <= names
    own = [one for one in tables if not one[0].startswith("text_search_")]  # FTS5's inner tables
    assert [name for name, sql in own if "--" not in sql] == []


def test_the_default_place(monkeypatch, tmp_path):
    monkeypatch.setenv("TRACER_INDEX", str(tmp_path / "x.db"))
    assert default_path() == tmp_path / "x.db"
    monkeypatch.delenv("TRACER_INDEX")
    if sys.platform.startswith("linux"):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert default_path() == tmp_path / "tracer" / "tracer.db"


def test_what_a_killed_maker_left_is_swept(tmp_path):
    path = tmp_path / "tracer.db"
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    (tmp_path / f".tracer.db.{gone}.new").write_bytes(b"half")
    (tmp_path / f".tracer.db.{os.getpid()}.new.old").write_bytes(b"another's")
    Index.open(path, "write").close()
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f".tracer.db.{os.getpid()}.new.old",
        "tracer.db",
    ]


def test_a_backup_is_whole(path):
    connection = file.open_to_read(path)
    copy = file.back_up(connection, path, 1)
    connection.close()
    with Index.open(copy) as index:
        assert index.sha256s() == [make.sha("a")]
