"""Features take half the room, and those of an older index come along."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from tests.index import builders
from tracer.fingerprint.descriptors import compact
from tracer.index import schema
from tracer.index.arrays import counts_of, digest, from_row, places_of, to_row
from tracer.model import PLACES, Tints


def test_a_feature_out_of_order_or_out_of_the_picture_is_refused():
    with pytest.raises(ValueError, match="frame by frame"):
        counts_of(np.array([1, 0], np.uint16), 2)
    with pytest.raises(ValueError, match="frame by frame"):
        counts_of(np.array([0, 2], np.uint16), 2)
    with pytest.raises(ValueError, match="outside"):
        places_of(np.array([[0, PLACES + 1]], np.uint16), np.zeros(1, np.uint8))
    with pytest.raises(ValueError, match="no octave"):
        places_of(np.array([[0, 0]], np.uint16), np.full(1, 16, np.uint8))


def test_the_corners_of_the_picture_keep_their_places():
    xy = np.array([[0, 0], [PLACES, 0], [0, PLACES], [PLACES, PLACES]], np.uint16)
    octave = np.array([0, 15, 7, 1], np.uint8)
    places = places_of(xy, octave)
    assert [(one & PLACES, one >> 14 & PLACES, one >> 28) for one in places.tolist()] == [
        (int(x), int(y), int(level)) for (x, y), level in zip(xy, octave, strict=True)
    ]


def old_row(fingerprint, random):
    """A row as it was before, its features in no order; and what must become of them."""
    row = to_row(fingerprint)
    count = len(fingerprint.features)
    order = random.permutation(count)
    long = random.integers(0, 256, (count, 32), dtype=np.uint8)
    xy = random.integers(0, 65536, (count, 2), dtype=np.uint16)
    for name in ("feature_counts", "feature_places"):
        del row[name]
    row |= {
        "feature_frame": fingerprint.features.frame[order].tobytes(),
        "feature_octave": fingerprint.features.octave[order].tobytes(),
        "feature_xy": xy[order].tobytes(),
        "descriptors": long[order].tobytes(),
    }
    return row, long, xy


def inserted(connection, table, row):
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def test_an_older_index_keeps_its_features_in_the_new_form(tmp_path):
    random = np.random.default_rng(3)
    known, staged = builders.fingerprint("a", features=40), builders.fingerprint("b", features=9)
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        schema.migrate(connection, schema.MIGRATIONS[: schema.MIGRATIONS.index(schema.staging) + 1])
        row, long, xy = old_row(known, random)
        inserted(connection, "fingerprints", {**row, "settings": "s", "arrival": 7})
        gone, _, _ = old_row(builders.fingerprint("c"), random)
        inserted(connection, "fingerprints", {**gone, "settings": "s", "arrival": 9})
        connection.execute("DELETE FROM fingerprints WHERE arrival = 9")
        waiting, _, _ = old_row(staged, random)
        inserted(connection, "staged_fingerprints", {**waiting, "settings": "s", "facts": "{}"})

        schema.migrate(connection)

        connection.row_factory = sqlite3.Row
        (new,) = connection.execute("SELECT * FROM fingerprints").fetchall()
        found = from_row(new)
        assert new["arrival"] == 7
        assert found.algorithm == known.algorithm
        assert np.array_equal(found.features.frame, known.features.frame)
        # Within a frame the order is that of before: each descriptor has kept its place.
        pairs = {
            (bytes(short), *(round(v * PLACES / 65535) for v in place.tolist()))
            for short, place in zip(compact(long), xy, strict=True)
        }
        assert pairs == {
            (bytes(short), *map(int, place))
            for short, place in zip(found.features.descriptors, found.features.xy, strict=True)
        }
        assert connection.execute("SELECT count(*) FROM staged_fingerprints").fetchone()[0] == 1
        inserted(connection, "fingerprints", {**to_row(builders.fingerprint("d")), "settings": "s"})
        latest = connection.execute("SELECT max(arrival) FROM fingerprints").fetchone()[0]
        assert latest == 10  # 9 was given once, and is not given again
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        assert "idx_fingerprints_settings" in names
        assert not {name for name in names if name.startswith("old_")}


def test_an_older_index_has_no_colour_until_it_is_made_anew(tmp_path):
    before = schema.MIGRATIONS[: schema.MIGRATIONS.index(schema.tints)]
    known = builders.fingerprint("a", features=4)
    coloured = replace(known, tints=Tints(np.arange(2.0), np.full((2, 2, 8, 8), 90, np.uint8)))
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        schema.migrate(connection, before)
        inserted(connection, "fingerprints", {**to_row(known), "settings": "s"})
        schema.migrate(connection)
        connection.row_factory = sqlite3.Row
        (row,) = connection.execute("SELECT * FROM fingerprints").fetchall()
        assert from_row(row).tints is None
        assert digest(from_row(row)) == digest(known)  # the log noted it before there were columns
        assert digest(coloured) != digest(known)
        connection.execute("DELETE FROM fingerprints")
        inserted(connection, "fingerprints", {**to_row(coloured), "settings": "s"})
        (row,) = connection.execute("SELECT * FROM fingerprints").fetchall()
        assert np.array_equal(from_row(row).tints.planes, coloured.tints.planes)
        for table in ("fingerprints", "staged_fingerprints"):
            (told,) = connection.execute(
                "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
            ).fetchone()
            assert "mean U and V" in told
