"""A small real case: two clips that belong together, taken in, matched, reviewed and exported."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tracer import pipeline
from tracer.index.store import Index
from tracer.model import Chain
from tracer.report import FORMATS, material
from tracer.settings import DEFAULT

CLIPS = ("sintel-small.mp4", "sintel-douyin.mp4")


class Case(NamedTuple):
    """The case's files."""

    index: Path
    chain: Chain
    subject: str
    folder: Path
    zip: Path


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Case:
    """The bundles of a chain of two clips: a zip without and a folder with the videos."""
    desk = tmp_path_factory.mktemp("case")
    path = desk / "case.db"
    with Index.open(path, "write") as index:
        pipeline.take_in(
            index, [str(fixtures / "clips" / name) for name in CLIPS], jobs=1, read_text=False
        )
        subject = index.find(str(fixtures / "clips" / CLIPS[0]))
        chain = pipeline.chain(index, subject)
        plain = material.of_index(index, DEFAULT, subject)
        with_media = material.of_index(index, DEFAULT, subject, with_media=True)
        FORMATS["bundle"].write(chain, desk / "case.zip", plain)
        FORMATS["bundle"].write(chain, desk / "case", with_media)
    return Case(path, chain, subject, desk / "case", desk / "case.zip")
