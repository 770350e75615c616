"""Find an ffmpeg binary and run what ffmpeg-python builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from tracer.errors import ExternalError, MediaError
from tracer.workers import end_with


@cache
def binary() -> str:
    """Return the ffmpeg to run: ``TRACER_FFMPEG``, then ``PATH``, then the bundled one.

    Raises :class:`ExternalError` where there is none.
    """
    named = os.environ.get("TRACER_FFMPEG")
    if named:
        found = shutil.which(named)
        if found is None:
            raise ExternalError(
                f"TRACER_FFMPEG={named}: no such program; set it to an ffmpeg binary"
            )
        return found
    on_path = shutil.which("ffmpeg")
    if on_path is not None:
        return on_path
    import imageio_ffmpeg  # brings the binary along; imported only where the system has none

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise ExternalError(
            "no ffmpeg: set TRACER_FFMPEG, put it on PATH or install imageio-ffmpeg"
        ) from error


def run(stream: Any, subject: str, timeout: float) -> bytes:
    """Run an ffmpeg-python stream and return its standard output.

    ``subject`` names the file in the error. Raises :class:`MediaError` with ffmpeg's last line
    where it fails or takes longer than ``timeout`` seconds.
    """
    return run_and_listen(stream, subject, timeout)[0]


def run_and_listen(stream: Any, subject: str, timeout: float) -> tuple[bytes, bytes]:
    """Run like :func:`run`, and return also what ffmpeg said on the way (its standard error).

    Damaged packets do not make ffmpeg fail: they are only told there.
    """
    arguments = stream.global_args("-nostdin", "-hide_banner", "-loglevel", "error").compile(
        cmd=binary()
    )
    try:
        done = subprocess.run(
            arguments,
            capture_output=True,
            timeout=timeout,
            check=False,
            preexec_fn=_ends_with_us(),
        )
    except subprocess.TimeoutExpired as error:
        raise MediaError(f"{subject}: ffmpeg took longer than {timeout:.0f} s") from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise MediaError(f"{subject}: ffmpeg failed ({lines[-1]})")
    return done.stdout, done.stderr


def _ends_with_us() -> Callable[[], None] | None:
    """Return what makes ffmpeg end when this process does, however that ends.

    It writes only when it is done: without this, one whose worker was killed would go on for hours
    with a file that hangs it. Elsewhere than on Linux it goes on until it is done.
    """
    return partial(end_with, os.getpid()) if sys.platform.startswith("linux") else None
