"""A bundle is the same whoever writes it, stands on its own, and hides no changed byte."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.index import builders as make
from tests.report import story
from tracer.errors import UsageError
from tracer.index import custody
from tracer.index.custody import Head
from tracer.index.store import Index
from tracer.media.digest import sha256_of
from tracer.report import FORMATS, material, records
from tracer.report.bundle import container, prints
from tracer.report.bundle.plain import from_plain, to_plain
from tracer.report.bundle.verify import Check, films, media, scores, verify
from tracer.settings import DEFAULT, Settings

ALL = ["files", "log", "fingerprints", "chain", "films", "scores", "media"]


def statuses(path, **options):
    return {check.name: check.status for check in verify(path, **options).checks}


def problems(path):
    try:
        with container.opened(path) as reader:
            return list(container.problems(reader))
    except container.BrokenBundleError as error:
        return [str(error)]


def failing(path, **options):
    return {name for name, status in statuses(path, **options).items() if status == "fails"}


def fails(check, path):
    """Run one of the checks that compute again, which take their time."""
    with container.opened(path) as reader:
        return check(path, reader).status == "fails"


@pytest.fixture
def copy(case, tmp_path):
    """A copy of the folder that may be tampered with."""
    return shutil.copytree(case.folder, tmp_path / "copy")


def forged(folder):
    """Write the manifest anew, as somebody would who changed a file on purpose."""
    sums = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != container.MANIFEST:
            sums[path.relative_to(folder).as_posix()] = sha256_of(path)
    (folder / container.MANIFEST).write_text(container.manifest_text(sums), "ascii")
    return folder


# --- as it should be ----------------------------------------------------------------------------


def test_everything_holds_with_the_media_and_without(case):
    assert statuses(case.folder) == dict.fromkeys(ALL, "holds")
    assert statuses(case.zip) == dict.fromkeys(ALL, "holds") | {"media": "unchecked"}


def test_coreutils_can_check_it_too(case):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", container.MANIFEST],
        cwd=case.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_the_same_index_gives_the_same_bytes(case, tmp_path, suffix):
    output = tmp_path / f"again{suffix}"
    with Index.open(case.index) as index:
        known = material.of_index(index, DEFAULT, case.subject, with_media=not suffix)
        FORMATS["bundle"].write(case.chain, output, known)
    if suffix:
        assert output.read_bytes() == case.zip.read_bytes()
    else:
        assert contents(output) == contents(case.folder)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_in_it_is_what_was_exported(case, fixtures):
    files = contents(case.folder)
    assert json.loads(files["chain.json"]) == json.loads(records.line(records.chain(case.chain)))
    sidecars = {data for name, data in files.items() if name.startswith("sidecars/")}
    clips = fixtures / "clips"
    assert sidecars == {
        (clips / "sintel-small.post.json").read_bytes(),
        (clips / "sintel-douyin.info.json").read_bytes(),
    }
    frames = json.loads(files["frames.json"])
    segments = sum(len(link.match.segments) for link in case.chain.links)
    assert len(frames) == 6 * segments  # three moments of each, of both videos
    assert all(files[one["file"]][8:12] == b"WEBP" for one in frames)
    for name, data in files.items():
        if name.endswith(".npz"):
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                assert arrays["phash"].dtype == np.uint64


def test_no_bundle_is_written_over_something(case, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with Index.open(case.index) as index, pytest.raises(UsageError, match="exists already"):
        FORMATS["bundle"].write(case.chain, tmp_path / "mine", material.of_index(index))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_media_and_sidecars_that_are_gone_are_named(case, tmp_path, fixtures):
    """An index outlives its files: the bundle says what it could not take along."""
    from tracer import pipeline

    clip = tmp_path / "clip.mp4"
    shutil.copy(fixtures / "clips" / "sintel-small.mp4", clip)
    shutil.copy(fixtures / "clips" / "sintel-small.post.json", tmp_path / "clip.post.json")
    with Index.open(tmp_path / "i.db", "write") as index:
        pipeline.take_in(index, [str(clip)], jobs=1)
        subject = index.find(str(clip))
        clip.unlink()
        (tmp_path / "clip.post.json").write_text("{}")
        chain = pipeline.chain(index, subject)
        known = material.of_index(index, DEFAULT, subject, with_media=True)
        FORMATS["bundle"].write(chain, tmp_path / "out", known)
    gaps = json.loads((tmp_path / "out" / "not-included.json").read_text())
    assert [one["what"] for one in gaps] == ["sidecar", "media"]
    assert failing(tmp_path / "out", quick=True) == set()


# --- any byte -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_changed_byte_of_any_file_of_a_folder_is_found(case, data):
    folder = case.folder
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    flipped = before[place] ^ data.draw(st.integers(1, 255))
    try:
        path.write_bytes(before[:place] + bytes([flipped]) + before[place + 1 :])
        assert problems(folder) != []
    finally:
        path.write_bytes(before)
    assert problems(folder) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_changed_byte_of_a_zip_is_found_also_between_the_files(case, tmp_path_factory, data):
    whole = case.zip.read_bytes()
    with zipfile.ZipFile(case.zip) as archive:
        starts = [entry.header_offset for entry in archive.infolist()]
        directory = archive.start_dir
    # Half of the places drawn lie in headers and in the directory, where no file's sum covers them.
    place = data.draw(
        st.integers(0, len(whole) - 1)
        | st.integers(directory, len(whole) - 1)
        | st.builds(lambda start, at: start + at, st.sampled_from(starts), st.integers(0, 29))
    )
    flipped = whole[place] ^ data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("flipped") / "case.zip"
    path.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
    assert problems(path) != []


def test_added_removed_and_doubled_files_are_found(case, copy, tmp_path):
    (copy / "frames" / "extra.webp").write_bytes(b"x")
    (copy / "pairs.json").unlink()
    (copy / "link").symlink_to(copy / "chain.json")
    found = problems(copy)
    assert sum("was added" in one for one in found) == 2
    assert sum("is missing" in one for one in found) == 1
    doubled = tmp_path / "doubled.zip"
    shutil.copy(case.zip, doubled)
    with zipfile.ZipFile(doubled, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("chain.json", archive.read("chain.json"))
    assert any("more than once" in one for one in problems(doubled))


def test_a_zip_that_was_packed_anew_or_cut_short_is_found(case, tmp_path):
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(case.zip) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    (found,) = problems(packed)
    assert "the zip itself" in found
    longer = tmp_path / "longer.zip"
    longer.write_bytes(case.zip.read_bytes() + b"x")
    assert problems(longer) != []
    shorter = tmp_path / "shorter.zip"
    shorter.write_bytes(case.zip.read_bytes()[:-30])
    assert problems(shorter) != []


@pytest.mark.parametrize("junk", [b"", b"PK\x05\x06", b"hello"])
def test_what_is_no_zip_does_not_hold(tmp_path, junk):
    path = tmp_path / "junk.zip"
    path.write_bytes(junk)
    assert not verify(path).holds
    with pytest.raises(UsageError):
        verify(tmp_path / "none.zip")


# --- somebody who writes the manifest anew ------------------------------------------------------


def changed_json(folder, name, change):
    path = folder / name
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")
    return forged(folder)


def test_another_statement_does_not_follow_from_what_it_rests_on(copy):
    changed_json(copy, "chain.json", lambda chain: chain["earliest"].update(grade="unknown"))
    assert failing(copy, quick=True) == {"chain"}


def test_another_time_in_the_basis_gives_another_chain(copy):
    def earlier(basis):
        for video in basis["videos"]:
            for post in video["posts"]:
                for claim in (post["published"], *post["claims"]):
                    claim["earliest"] = claim["latest"] = "1999-01-01T00:00:00+00:00"

    changed_json(copy, "basis.json", earlier)
    assert failing(copy, quick=True) == {"chain"}


def test_another_score_is_not_what_the_fingerprints_give(copy):
    changed_json(copy, "pairs.json", lambda pairs: pairs[0].update(score=0.5))
    assert failing(copy, quick=True) == set()
    assert fails(scores, copy)


def test_another_fingerprint_is_not_the_one_that_the_log_noted(case, copy):
    with container.opened(copy) as reader:
        name = prints.names(reader)[0]
        genuine = prints.load(reader, name)
    hashes = dataclasses.replace(genuine.hashes, phash=~genuine.hashes.phash)
    writer = Files(copy)
    prints.add(writer, dataclasses.replace(genuine, hashes=hashes))
    forged(copy)
    assert failing(copy, quick=True) == {"fingerprints"}
    assert fails(films, copy)


class Files:
    """A writer into a folder that keeps no manifest."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, data):
        (self.folder / name).write_bytes(data)


def test_another_video_under_a_name_is_found(case, copy):
    first, second = sorted((copy / "media").iterdir())
    shutil.copy(second, first)
    forged(copy)
    assert failing(copy, quick=True) == set()
    assert fails(media, copy)


def test_a_log_that_was_touched_is_found(copy):
    path = copy / "log.jsonl"
    path.write_text(path.read_text().replace('"file_added"', '"file_adder"', 1))
    assert "log" in failing(forged(copy), quick=True)


def test_a_log_cut_short_is_found_by_its_head_and_both_by_a_head_kept_elsewhere(copy):
    head = Head.parse((copy / "log-head.txt").read_text())
    lines = (copy / "log.jsonl").read_text().splitlines(keepends=True)
    (copy / "log.jsonl").write_text("".join(lines[:-1]))
    assert failing(forged(copy), quick=True) == {"log"}
    last = json.loads(lines[-2])
    (copy / "log-head.txt").write_text(f"{last['seq']}:{last['hash']}\n")
    assert failing(forged(copy), quick=True) == set()
    assert failing(copy, quick=True, heads=[head]) == {"log"}


@pytest.mark.parametrize("name", ["basis.json", "log.jsonl", "versions.json", "pairs.json"])
@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[1]", '{"schema": 1}', "{" * 5000])
def test_whatever_a_file_holds_the_check_goes_on(copy, name, text):
    (copy / name).write_text(text)
    found = verify(forged(copy), quick=True)
    assert [check.name for check in found.checks][:4] == ALL[:4]
    assert all(isinstance(check, Check) and "\n" not in check.detail for check in found.checks)


def test_numbers_made_in_another_way_are_not_compared(copy):
    changed_json(copy, "versions.json", lambda versions: versions.update(algorithm="tracer-0"))
    found = statuses(copy)
    assert found["files"] == "holds"
    assert {found[name] for name in ("films", "scores", "media")} == {"unchecked"}


# --- entries of other videos --------------------------------------------------------------------


def test_what_concerns_other_videos_is_withheld_and_the_log_still_links_up(case, tmp_path):
    index_path = tmp_path / "i.db"
    with Index.open(case.index) as index:
        pair = tuple(video.video.sha256 for video in case.chain.videos)
        fingerprints = [index.fingerprint(name) for name in pair]
    with Index.open(index_path, "write") as index:
        index.add(make.video("secret"), make.fingerprint("secret"), "s")
        index.add_file(make.sha("secret"), "/secret/path.mp4", 1, 1)
        for video, fingerprint in zip(case.chain.videos, fingerprints, strict=True):
            index.add(video.video, fingerprint, "s")
        index.add_review(pair, "note", "R", "mine")
        chain = dataclasses.replace(case.chain, links=(), reviews=index.reviews(pair))
        known = material.of_index(index, DEFAULT, case.subject)
        FORMATS["bundle"].write(chain, tmp_path / "out", known)
    text = "".join(path.read_text("latin-1") for path in (tmp_path / "out").glob("log*"))
    assert "secret" not in text
    assert make.sha("secret") not in text
    assert '"decision":"note"' in text
    assert statuses(tmp_path / "out", quick=True)["log"] == "holds"


# --- plain JSON ---------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [story.CHAIN, story.matched(), story.PAIR, DEFAULT, story.STATE])
def test_frozen_types_come_back_from_json_as_they_were(value):
    text = json.dumps(to_plain(value))
    again = from_plain(type(value), json.loads(text))
    assert to_plain(again) == json.loads(text)
    if isinstance(value, Settings):
        assert again == value
        assert again.digest() == value.digest()


@pytest.mark.parametrize(
    "wrong", [None, [], {}, 1, "x", {**to_plain(story.STATE), "videos": "many"}]
)
def test_what_is_of_another_type_is_refused(wrong):
    with pytest.raises(ValueError, match="is not"):
        from_plain(type(story.STATE), wrong)


def test_an_instant_keeps_its_moment():
    moment = datetime(2021, 1, 23, 11, 15, 0, 123456, tzinfo=UTC)
    assert from_plain(datetime, to_plain(moment)) == moment
    assert custody.canonical({"b": 1, "a": "é"}) == b'{"a":"\\u00e9","b":1}'
