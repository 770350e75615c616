"""A chain as one JSON file, the object of ``tracer chain --json``."""

from __future__ import annotations

import json
from pathlib import Path

from tracer.model import Chain
from tracer.report import records
from tracer.report.material import Material


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the chain as indented JSON."""
    text = json.dumps(records.chain(chain), ensure_ascii=False, allow_nan=False, indent=1)
    output.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    return output
