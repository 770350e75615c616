"""Fingerprint <-> one row of the table ``fingerprints``: arrays as bare little-endian bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.model import (
    PLACES,
    TINT_CELLS,
    Fingerprint,
    FrameHashes,
    Layout,
    LocalFeatures,
    Miniature,
    Tints,
    Unchecked,
)

_SHAPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "hash_times": ("<f8", (-1,)),
    "hash_rectangle": ("u1", (-1,)),
    "phash": ("<u8", (-1,)),
    "dhash": ("<u8", (-1,)),
    "quality": ("u1", (-1,)),
    "phash256": ("u1", (-1, 32)),
    "dhash256": ("u1", (-1, 32)),
    "sound": ("<u4", (-1,)),
    "feature_times": ("<f8", (-1,)),
    "feature_counts": ("<u2", (-1,)),
    "feature_places": ("<u4", (-1,)),
    "descriptors": ("u1", (-1, 16)),
    "film_times": ("<f8", (-1,)),
    "tint_times": ("<f8", (-1,)),
    "tints": ("u1", (-1, 2, TINT_CELLS, TINT_CELLS)),
}
"""Column -> (dtype, shape; -1 = as many as there are)."""

HASH_COLUMNS = ("hash_times", "hash_rectangle", "phash", "dhash", "quality", "phash256", "dhash256")
FEATURE_COLUMNS = ("feature_times", "feature_counts", "feature_places", "descriptors")

Row = Mapping[str, Any]


def to_row(fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the columns of a fingerprint, ``arrival`` and ``settings`` aside."""
    hashes, features, film = fingerprint.hashes, fingerprint.features, fingerprint.miniature
    arrays: dict[str, npt.NDArray[Any] | None] = {
        "hash_times": hashes.timestamps,
        "hash_rectangle": hashes.rectangle,
        "phash": hashes.phash,
        "dhash": hashes.dhash,
        "quality": hashes.quality,
        "phash256": hashes.phash256,
        "dhash256": hashes.dhash256,
        "sound": fingerprint.sound,
        "feature_times": features.timestamps,
        "feature_counts": counts_of(features.frame, len(features.timestamps)),
        "feature_places": places_of(features.xy, features.octave),
        "descriptors": features.descriptors,
        "film_times": film.timestamps,
    }
    tints = fingerprint.tints
    if tints is not None:  # the digest of one without is that of before colour was kept
        arrays |= {"tint_times": tints.timestamps, "tints": tints.planes}
    return {
        "sha256": fingerprint.sha256,
        "algorithm": fingerprint.algorithm,
        "duration": fingerprint.duration,
        "aspect": fingerprint.aspect,
        "layout": json.dumps(asdict(fingerprint.layout)),
        "unchecked": json.dumps([asdict(one) for one in fingerprint.unchecked], ensure_ascii=False),
        **{name: _to_bytes(name, array) for name, array in arrays.items()},
        "film_width": film.width,
        "film_height": film.height,
        "film": film.film,
    }


def digest(fingerprint: Fingerprint) -> str:
    """Return the SHA-256 of all that is stored of a fingerprint, column by column."""
    told = hashlib.sha256()
    for name, value in to_row(fingerprint).items():
        told.update(f"{name}:{type(value).__name__}:".encode())
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "backslashreplace")
        told.update(f"{len(data)}:".encode())
        told.update(data)
    return told.hexdigest()


def unpacked(row: Row) -> dict[str, npt.NDArray[Any]]:
    """Return a row's arrays by column, little-endian; a column without one is left out."""
    return {
        name: np.frombuffer(row[name], dtype=dtype).reshape(shape)
        for name, (dtype, shape) in _SHAPES.items()
        if name in row.keys() and row[name] is not None  # noqa: SIM118 - sqlite3.Row looks at values
    }


def packed(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, bytes | None]:
    """Return arrays as a row's columns; raises :class:`ValueError` where one has another form."""
    unknown = columns.keys() - _SHAPES.keys()
    if unknown:
        raise ValueError(f"no such columns: {', '.join(sorted(unknown))}")
    return {name: _to_bytes(name, array) for name, array in columns.items()}


def from_row(row: Row) -> Fingerprint:
    """Return the fingerprint of a whole row."""
    return Fingerprint(
        sha256=row["sha256"],
        algorithm=row["algorithm"],
        duration=row["duration"],
        aspect=row["aspect"],
        layout=_layout(json.loads(row["layout"])),
        hashes=hashes_from_row(row),
        features=features_from_row(row),
        miniature=Miniature(
            timestamps=_array(row, "film_times"),
            width=row["film_width"],
            height=row["film_height"],
            film=row["film"],
        ),
        sound=None if row["sound"] is None else _array(row, "sound"),
        unchecked=tuple(Unchecked(**one) for one in json.loads(row["unchecked"])),
        tints=_tints(row),
    )


def _tints(row: Row) -> Tints | None:
    if row["tint_times"] is None or row["tints"] is None:
        return None
    return Tints(_array(row, "tint_times"), _array(row, "tints"))


def hashes_from_row(row: Row) -> FrameHashes:
    """Return the hashes of a row that has at least ``HASH_COLUMNS``."""
    return FrameHashes(
        timestamps=_array(row, "hash_times"),
        rectangle=_array(row, "hash_rectangle"),
        phash=_array(row, "phash"),
        dhash=_array(row, "dhash"),
        phash256=_array(row, "phash256"),
        dhash256=_array(row, "dhash256"),
        quality=_array(row, "quality"),
    )


def features_from_row(row: Row) -> LocalFeatures:
    """Return the local features of a row that has at least ``FEATURE_COLUMNS``."""
    counts, places = _array(row, "feature_counts"), _array(row, "feature_places")
    return LocalFeatures(
        timestamps=_array(row, "feature_times"),
        frame=np.repeat(np.arange(len(counts), dtype=np.uint16), counts),
        xy=np.stack([places & PLACES, places >> _Y & PLACES], axis=1).astype(np.uint16),
        octave=(places >> _OCTAVE).astype(np.uint8),
        descriptors=_array(row, "descriptors"),
    )


_Y, _OCTAVE = np.uint32(14), np.uint32(28)  # lowest bits of the parts of a feature's place


def counts_of(frame: npt.NDArray[np.uint16], frames: int) -> npt.NDArray[np.uint16]:
    """Return how many features each frame has; raises :class:`ValueError` out of order."""
    if (frame[1:] < frame[:-1]).any() or (len(frame) and int(frame[-1]) >= frames):
        raise ValueError("features must come frame by frame")
    return np.bincount(frame, minlength=frames).astype(np.uint16)


def places_of(xy: npt.NDArray[np.uint16], octave: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Return place and octave of features in one number: x 14 bits, y 14, octave 4, x lowest.

    Raises :class:`ValueError` where one is too large.
    """
    if (xy > PLACES).any() or (octave > _OCTAVE_MOST).any():
        raise ValueError("a feature lies outside the picture, or in no octave")
    wide = xy.astype(np.uint32)
    places: npt.NDArray[np.uint32] = (
        wide[:, 0] | wide[:, 1] << _Y | octave.astype(np.uint32) << _OCTAVE
    )
    return places


_OCTAVE_MOST = 15


def sound_from_row(row: Row) -> npt.NDArray[np.uint32]:
    """Return the sound of a row that has any."""
    sound: npt.NDArray[np.uint32] = _array(row, "sound")
    return sound


def _to_bytes(name: str, array: npt.NDArray[Any] | None) -> bytes | None:
    if array is None:
        return None
    dtype, shape = _SHAPES[name]
    exact = np.asarray(array)
    if exact.dtype != np.dtype(dtype) or exact.shape[1:] != shape[1:]:
        raise ValueError(f"{name}: {exact.dtype} {exact.shape} is not {dtype} {shape}")
    return exact.astype(dtype, copy=False).tobytes()


def _array(row: Row, name: str) -> Any:
    dtype, shape = _SHAPES[name]
    array = np.frombuffer(row[name], dtype=dtype).reshape(shape)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _layout(stated: dict[str, Any]) -> Layout:
    return Layout(
        picture=_box(stated["picture"]),
        kind=stated["kind"],
        others=tuple(_box(box) for box in stated["others"]),
        text_bands=tuple(_box(box) for box in stated["text_bands"]),
        static_overlays=tuple(_box(box) for box in stated["static_overlays"]),
    )


def _box(stated: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = stated
    return (x0, y0, x1, y1)
