"""Inside the index too, a copy that is mirrored and cropped finds its source."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.media.ffmpeg import binary

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that shows two thirds of the width, mirrored: no hash is like its source's."""
    out = tmp_path_factory.mktemp("mirrored") / "copy.mp4"
    crop = "crop=iw*0.66:ih*0.7:iw*0.22:ih*0.04,hflip,scale=480:-2"
    command = [binary(), "-v", "error", "-i", _source(), "-vf", crop, "-an", out]
    subprocess.run([str(part) for part in command], check=True)
    return out


def _source() -> Path:
    return next(FIXTURES.glob("**/city.mp4"))


def test_a_mirrored_crop_is_found_inside_the_index(copy: Path, tmp_path: Path) -> None:
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(copy), str(_source())], jobs=1, read_text=False)
        pipeline.match_inside(index, jobs=1)

        (found,) = index.all_matches()
        assert found.verdict == "match"
        assert not [one for one in index.unchecked() if one.stage == "match"]


def test_without_a_file_the_mirror_image_is_named_as_unchecked(copy: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(copy.read_bytes())
    with Index.open(tmp_path / "case.db", "write") as index:
        pipeline.take_in(index, [str(gone)], jobs=1, read_text=False)
        gone.unlink()
        pipeline.match_inside(index, jobs=1)
        (told,) = [one for one in index.unchecked() if one.stage == "match"]
        assert "mirrored and cropped" in told.reason

        gone.write_bytes(copy.read_bytes())
        pipeline.take_in(index, [str(gone), str(_source())], jobs=1, read_text=False)
        pipeline.match_inside(index, jobs=1)
        assert len(index.all_matches()) == 1  # the source's own mirror image names the copy
