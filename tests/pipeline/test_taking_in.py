"""Taking in real clips: once, again, elsewhere, with sidecars that come, change and break."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.errors import SourceError, UsageError
from tracer.index.store import Index
from tracer.pipeline.taking_in import take_in


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "index" / "tracer.db", "write") as opened:
        yield opened


@pytest.fixture
def clips(tmp_path, fixtures):
    """A folder with two short clips, one of them with a post."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("dog.mp4", "dog.post.json", "dog-small.mp4"):
        shutil.copy(fixtures / "clips" / name, folder)
    return folder


def reasons(taken):
    return {Path(one.subject).name: (one.stage, one.reason) for one in taken.failed}


def test_clips_come_in_with_their_posts(index, clips):
    taken = take_in(index, [str(clips)])
    assert (taken.new, taken.known, taken.files, taken.posts) == (2, 0, 2, 1)
    assert taken.failed == ()
    dog = index.video(index.find(str(clips / "dog.mp4")))
    assert dog.paths == (str(clips / "dog.mp4"),)
    assert [post.origin for post in dog.posts] == ["dog.post.json"]
    assert dog.posts[0].published is not None
    assert len(index.fingerprint(dog.video.sha256).hashes) > 0
    assert taken.seconds_of_video == pytest.approx(index.state().hours * 3600)


def test_the_second_time_is_a_look_up(index, clips):
    take_in(index, [str(clips)])
    before = index.state()
    events = []
    taken = take_in(index, [str(clips), str(clips / "dog.mp4")], on_event=events.append)
    assert (taken.new, taken.known, taken.posts) == (0, 2, 0)
    assert {event.kind for event in events} == {"known"}
    assert index.state() == before  # nothing was written, not even the time of the last change


def test_the_same_bytes_elsewhere_add_path_and_post_without_decoding(index, clips, tmp_path):
    take_in(index, [str(clips)])
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(clips / "dog.mp4", again / "copy.mp4")
    (again / "copy.post.json").write_text(json.dumps({"platform": "weibo", "post_id": "9"}))
    taken = take_in(index, [str(again)])
    assert (taken.new, taken.known, taken.posts) == (0, 1, 1)
    dog = index.video(index.find(str(clips / "dog.mp4")))
    assert dog.paths == (str(again / "copy.mp4"), str(clips / "dog.mp4"))
    assert {post.platform for post in dog.posts} == {"pomegranate_cloud", "weibo"}


def test_two_new_files_with_the_same_bytes_are_decoded_once(index, clips):
    shutil.copy(clips / "dog.mp4", clips / "twin.mp4")
    taken = take_in(index, [str(clips)])
    assert (taken.new, taken.known) == (2, 1)
    assert len(index.video(index.find(str(clips / "twin.mp4"))).paths) == 2


def test_a_sidecar_that_comes_or_changes_later_is_read(index, clips):
    take_in(index, [str(clips)])
    sidecar = clips / "dog-small.post.json"

    def state(published):
        sidecar.write_text(
            json.dumps({"platform": "douyin", "post_id": "1", "published": published})
        )
        taken = take_in(index, [str(clips)])
        (post,) = index.video(index.find(str(clips / "dog-small.mp4"))).posts
        return taken.posts, [claim.raw for claim in post.claims]

    assert state("2021-01-23") == (1, ["2021-01-23"])
    assert state("2021-01-24T10:00:00Z") == (0, ["2021-01-24T10:00:00Z"])


def test_a_broken_sidecar_is_named_and_the_video_comes_in(index, clips):
    sidecar = clips / "dog.post.json"
    sidecar.write_text('{"platform": ')
    for expected in ((2, 0), (0, 2)):  # named each time, until it is mended
        taken = take_in(index, [str(clips)])
        assert (taken.new, taken.known) == expected
        stage, reason = reasons(taken)["dog.post.json"]
        assert stage == "sidecar"
        assert "not JSON" in reason
        assert "line 1" in reason
        assert [one.subject for one in index.unchecked()] == [str(sidecar)]
    sidecar.write_text('{"platform": "douyin"}')
    assert take_in(index, [str(clips)]).failed == ()
    assert index.unchecked() == []


def test_what_can_not_be_read_is_named_and_the_rest_comes_in(index, clips, media_errors):
    for name, content in media_errors.items():
        (clips / name).write_bytes(content)
    taken = take_in(index, [str(clips)])
    assert taken.new == 2
    told = reasons(taken)
    assert set(told) == set(media_errors)
    assert told["empty.mp4"] == ("read", "the file is empty")
    for stage, reason in told.values():
        assert stage == "read"
        assert reason
        assert "\n" not in reason
        assert str(clips) not in reason  # the path stands beside it already
    assert {one.subject for one in index.unchecked()} == {str(clips / name) for name in told}
    # Once mended, the failure is forgotten.
    shutil.copy(clips / "dog.mp4", clips / "empty.mp4")
    take_in(index, [str(clips)])
    assert str(clips / "empty.mp4") not in {one.subject for one in index.unchecked()}


@pytest.fixture(scope="module")
def media_errors(tmp_path_factory, fixtures):
    """Bytes that carry a video's name and are none."""
    from tracer.media.ffmpeg import binary

    folder = tmp_path_factory.mktemp("made")
    sound = folder / "sound.mp4"
    subprocess.run(
        [binary(), "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", sound],
        check=True,
    )
    whole = (fixtures / "clips" / "dog.mp4").read_bytes()
    return {
        "empty.mp4": b"",
        "text.mp4": b"this is no film\n" * 100,
        "sound.mp4": sound.read_bytes(),
        "head-only.mp4": whole[:64],
    }


def test_a_video_of_one_frame_comes_in(index, tmp_path, fixtures):
    from tracer.media.ffmpeg import binary

    one = tmp_path / "one.mp4"
    source = fixtures / "clips" / "dog.mp4"
    subprocess.run(
        [binary(), "-v", "error", "-i", source, "-frames:v", "1", "-an", one], check=True
    )
    taken = take_in(index, [str(one)])
    assert (taken.new, taken.failed) == (1, ())


def test_a_missing_path_is_told_before_anything_is_done(index, clips):
    with pytest.raises(UsageError, match="no such file or folder"):
        take_in(index, [str(clips), str(clips / "missing.mp4")])
    assert index.state().videos == 0


def test_nothing_to_take_in_is_told(index, tmp_path):
    with pytest.raises(SourceError, match="no video files in this folder"):
        take_in(index, [str(tmp_path / "index")])


def test_matched_rows_are_the_same_whatever_the_number_of_workers(tmp_path, clips):
    found = []
    for jobs in (1, 3):
        with Index.open(tmp_path / f"{jobs}.db", "write") as index:
            take_in(index, [str(clips)], jobs=jobs)
            found.append([(one.video, one.paths, one.posts) for one in index.videos()])
    assert found[0] == found[1]


@pytest.mark.parametrize("after", [0, 1])
def test_a_kill_costs_only_what_was_in_flight(tmp_path, clips, after):
    """Kill the whole process once `after` videos are stored, then go on."""
    path = tmp_path / "tracer.db"
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tracer.index.store import Index\n"
        "from tracer.pipeline.taking_in import take_in\n"
        "left = [int(sys.argv[3])]\n"
        "def on_event(event):\n"
        "    left[0] -= 1\n"
        "    if left[0] <= 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with Index.open(Path(sys.argv[1]), 'write') as index:\n"
        "    if left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    take_in(index, [sys.argv[2]], jobs=1, on_event=on_event)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(path), str(clips), str(after)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    with Index.open(path) as index:  # reading needs no repair
        assert index.state().videos == after
    with Index.open(path, "write") as index:
        taken = take_in(index, [str(clips)])
        assert (taken.new, taken.known) == (2 - after, after)
        assert [one.paths for one in index.videos() if len(one.paths) != 1] == []
