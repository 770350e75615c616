"""Fingerprints in a bundle: arrays as .npz without pickle, the film as H.264, the rest as JSON.

``numpy.load`` and any video player open them; nothing of this package is needed to look.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from tracer.index import arrays
from tracer.model import Fingerprint
from tracer.report.bundle.container import BundleReader, BundleWriter, read

FOLDER = "fingerprints"


def add(writer: BundleWriter, fingerprint: Fingerprint) -> None:
    """Add a fingerprint's three files."""
    name = f"{FOLDER}/{fingerprint.sha256}"
    row = arrays.to_row(fingerprint)
    buffer = io.BytesIO()
    packed = arrays.unpacked(row)
    np.savez(buffer, **packed)  # type: ignore[arg-type]  # numpy's stub reads a keyword as its own
    film = row.pop("film")
    facts = {key: value for key, value in row.items() if key not in packed}
    facts["digest"] = arrays.digest(fingerprint)
    writer.add(f"{name}.h264", film)
    writer.add(f"{name}.json", json.dumps(facts, ensure_ascii=True, indent=1).encode() + b"\n")
    writer.add(f"{name}.npz", buffer.getvalue())


def load(reader: BundleReader, sha256: str) -> Fingerprint:
    """Return a fingerprint; raises :class:`ValueError` or :class:`KeyError` where it is broken."""
    name = f"{FOLDER}/{sha256}"
    row: dict[str, Any] = json.loads(read(reader, f"{name}.json"))
    with np.load(io.BytesIO(read(reader, f"{name}.npz")), allow_pickle=False) as packed:
        row |= arrays.packed({key: packed[key] for key in packed.files})
    for column in ("sound", "tint_times", "tints"):
        row.setdefault(column, None)
    row["film"] = read(reader, f"{name}.h264")
    return arrays.from_row(row)


def names(reader: BundleReader) -> list[str]:
    """Return the SHA-256 of every video that a bundle holds a fingerprint of."""
    return sorted(
        name.removeprefix(f"{FOLDER}/").removesuffix(".npz")
        for name in reader.names()
        if name.startswith(f"{FOLDER}/") and name.endswith(".npz")
    )
