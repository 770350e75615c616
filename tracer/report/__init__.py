"""Answers, chains and families for readers: a terminal, a browser, a spreadsheet, a program.

:data:`FORMATS` is the table of ``tracer export``. A writer gets a chain, where to write it and the
:class:`~tracer.report.material.Material` that a chain does not carry; it returns what it wrote. A
new format is one module and one line here.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import NamedTuple, Protocol

from tracer.model import Chain
from tracer.report.material import Material


class Writer(Protocol):
    """Writes a chain in one format."""

    def __call__(self, chain: Chain, output: Path, material: Material) -> Path:
        """Write and return the file or folder written."""


class Format(NamedTuple):
    """One line of the table; the module is imported when the format is asked for."""

    module: str
    suffix: str  # of the default name; empty for a folder
    description: str
    function: str = "write"

    def write(self, chain: Chain, output: Path, material: Material) -> Path:
        """Write a chain and return the file or folder written."""
        writer: Writer = getattr(importlib.import_module(self.module), self.function)
        return writer(chain, output, material)


FORMATS: dict[str, Format] = {
    "json": Format("tracer.report.json_file", ".json", "the chain as `tracer chain --json`"),
    "html": Format("tracer.report.html", ".html", "one self-contained page to mail and print"),
    "csv": Format("tracer.report.csv", "", "a folder of tables: videos, posts, links, segments"),
    "prov": Format("tracer.report.prov", ".prov.json", "W3C PROV-JSON"),
    "graphml": Format("tracer.report.graph", ".graphml", "a graph", "write_graphml"),
    "gexf": Format("tracer.report.graph", ".gexf", "a graph with times, for Gephi", "write_gexf"),
    "mediareview": Format("tracer.report.media_review", ".jsonld", "a draft for fact-checkers"),
    "stix": Format("tracer.report.stix", ".stix.json", "a STIX 2.1 bundle"),
    "misp": Format("tracer.report.misp", ".misp.json", "a MISP event"),
    "srt": Format("tracer.report.subtitles", ".srt", "the subtitles burned into the video"),
    "bundle": Format("tracer.report.bundle.contents", ".zip", "all that it rests on, to verify"),
}
