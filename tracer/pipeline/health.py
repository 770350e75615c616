"""What this installation and this index can do, and what to do about what they can't."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Literal

from tracer.errors import ExternalError, IndexVersionError, TracerError
from tracer.index.health import Health
from tracer.index.store import Index
from tracer.settings import DEFAULT, Settings

State = Literal["ok", "advice", "broken", "unchecked"]
_LEAST_SPACE = 1 << 30  # bytes; below it a night's indexing may not find room


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    advice: str = ""  # what to do, where something is to be done


def examine(index: Path, quick: bool = False, settings: Settings = DEFAULT) -> Iterator[Check]:
    """Look at versions, decoders, models, the disk and the index; nothing is changed."""
    yield _versions()
    yield from _decoders()
    yield _one_opencv()
    yield _reader()
    yield from _places(index)
    yield from _index(index, quick, settings)


def _versions() -> Check:
    names = ("video-tracer", "av", "opencv-python-headless", "imagehash", "numpy", "yt-dlp")
    told = [f"{name} {_version(name)}" for name in names]
    return Check("versions", "ok", ", ".join([*told, f"Python {platform.python_version()}"]))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _decoders() -> Iterator[Check]:
    from tracer.media import decoders

    missing = decoders.missing_pictures()
    have = ", ".join(name for name in decoders.PICTURE if name not in missing)
    yield Check(
        "picture",
        "broken" if "h264" in missing else "advice" if missing else "ok",
        f"decodes {have}" + (f"; not {', '.join(missing)}" if missing else ""),
        "files in these codecs can't be read: reinstall PyAV (pip install --force-reinstall av)"
        if missing
        else "",
    )
    try:
        found = decoders.ffmpeg_binary()
    except (ExternalError, OSError) as error:
        yield Check("ffmpeg", "broken", str(error), "sound can't be compared without it")
        return
    told = f"{found.path} ({found.version.removeprefix('ffmpeg version ').split(' ')[0]})"
    if not found.chromaprint:
        advice = "use another build: TRACER_FFMPEG, or pip install imageio-ffmpeg"
        yield Check("ffmpeg", "broken", f"{told} can't fingerprint sound (chromaprint)", advice)
    elif found.missing:
        advice = "sound in these codecs can't be compared: set TRACER_FFMPEG to a fuller build"
        yield Check(
            "ffmpeg", "advice", f"{told} does not decode {', '.join(found.missing)}", advice
        )
    else:
        yield Check("ffmpeg", "ok", f"{told} decodes {', '.join(decoders.SOUND)}; chromaprint")


def _one_opencv() -> Check:
    """Two packages that both bring cv2 overwrite each other's files."""
    brought = sorted(set(packages_distributions().get("cv2", [])))
    told = ", ".join(brought) or "not installed"
    if len(brought) == 1:
        return Check("opencv", "ok", told)
    wanted = "opencv-python-headless"
    rest = " ".join(name for name in brought if name != wanted)
    advice = f"pip uninstall {rest}; " if rest else ""
    return Check(
        "opencv",
        "broken" if not brought else "advice",
        f"{told}: each overwrites the other's files" if brought else told,
        f"{advice}pip install --force-reinstall {wanted}",
    )


def _reader() -> Check:
    from tracer.text import engine

    try:
        return Check("text", "ok", engine.name())
    except (ExternalError, PackageNotFoundError) as error:
        return Check("text", "advice", str(error), "what is written in pictures is not read")


def _places(index: Path) -> Iterator[Check]:
    """Look whether there is room, and the right to write, where we write."""
    folder = index.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    for name, place in (
        ("index folder", folder),
        ("temporary folder", Path(tempfile.gettempdir())),
    ):
        free = shutil.disk_usage(place).free
        told = f"{place}: {free / 1e9:.1f} GB free"
        if not os.access(place, os.W_OK):
            yield Check(name, "broken", f"{told}, no permission to write", "choose another --index")
        elif free < _LEAST_SPACE:
            yield Check(name, "advice", told, "free some: an hour of video takes some 15 MB")
        else:
            yield Check(name, "ok", told)


def _index(path: Path, quick: bool, settings: Settings) -> Iterator[Check]:
    if not path.exists():
        yield Check(
            "index", "advice", f"{path}: none yet", f"make one: tracer index --index {path}"
        )
        return
    try:
        with Index.open(path) as index:
            found = index.health(quick)
            yield from _file(index, found)
            yield from _contents(index, found, settings)
    except IndexVersionError as error:
        yield Check("index", "advice", str(error), "nothing is lost; a backup is made first")
    except TracerError as error:
        yield Check("index", "broken", str(error), "restore a backup")


def _file(index: Index, found: Health) -> Iterator[Check]:
    told = ", ".join(f"{number} {name}" for name, number in found.counts.items())
    if found.complaints:
        advice = "restore a backup, or rescue what can be read: sqlite3 OLD .recover | sqlite3 NEW"
        yield Check("index", "broken", "; ".join(found.complaints), advice)
    elif found.orphans:
        advice = "restore a backup, or report it: no version should leave such rows"
        yield Check("index", "broken", f"{found.orphans} rows refer to what is not there", advice)
    else:
        yield Check("index", "ok", f"whole: {told}")
    broken = index.check_log()
    if broken:
        advice = "somebody changed it, or the file was damaged: tracer log verify names each place"
        detail = f"entry {broken[0].seq} {broken[0].reason}"
        yield Check("log of custody", "broken", detail, advice)
    else:
        yield Check("log of custody", "ok", f"holds; head {index.log_head()}")
    if not os.access(index.path, os.W_OK):
        yield Check("right to write", "advice", f"{index.path}: read only", "it can't take more in")


def _contents(index: Index, found: Health, settings: Settings) -> Iterator[Check]:
    from tracer.fingerprint.take import ALGORITHM

    others = sum(number for name, number in found.algorithms.items() if name != ALGORITHM)
    if others:
        detail = f"{others} videos were fingerprinted by another version and can't be compared"
        yield Check("fingerprints", "advice", detail, "make them anew: tracer reindex")
    elif len(found.settings) > 1:
        detail = "made with " + ", ".join(f"{one} ({n})" for one, n in found.settings.items())
        yield Check("fingerprints", "advice", detail, "to have them alike: tracer reindex")
    else:
        yield Check("fingerprints", "ok", ALGORITHM)
    left = len(index.unmatched(settings.matching_digest()))
    if left:
        detail = f"{left} videos are not compared with all others under these settings"
        yield Check("matches", "advice", detail, "tracer index, without a path, does it")
    state = index.queue.state()
    dead = [run for run in state.runs if not run.alive]
    if state.waiting or dead:
        detail = f"{state.waiting} files wait, {len(dead)} processes ended in the midst of work"
        yield Check("queue", "advice", detail, "tracer index goes on where they were")
    if state.failed:
        yield Check(
            "failed", "advice", f"{state.failed} files failed", "tracer status, tracer retry"
        )
