"""Where the index lies when nobody says otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FILE_NAME = "tracer.db"


def default_path() -> Path:
    """Return ``TRACER_INDEX``, or ``tracer.db`` in the user's data directory."""
    chosen = os.environ.get("TRACER_INDEX", "")
    return Path(chosen) if chosen else data_directory() / FILE_NAME


def data_directory() -> Path:
    """Return the user's data directory for this program, as each system has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", "") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", "") or Path.home() / ".local" / "share")
    return base / "tracer"
