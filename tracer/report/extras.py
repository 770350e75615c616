"""Libraries that only some formats need: imported when asked for, named with their pip command."""

from __future__ import annotations

import importlib
from typing import Any

from tracer.errors import ExternalError

INSTALL = 'python -m pip install "video-tracer[exports]"'


def library(name: str, wanted_for: str) -> Any:
    """Import a library of the extra `exports`.

    Raises :class:`ExternalError` with the command that installs it where it is missing.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise  # it is there, and something that it needs itself is not
        raise ExternalError(
            f"{wanted_for} needs the library {error.name}, which is not installed: {INSTALL}"
        ) from error
