"""The fixtures' fingerprints, each taken once a session, and what is true of them."""

from __future__ import annotations

import json
from functools import cache

import pytest

from tracer.fingerprint.take import take, take_query
from tracer.match import find
from tracer.match.searched import from_fingerprints
from tracer.media.digest import sha256_of
from tracer.media.probe import probe
from tracer.settings import DEFAULT


class Clips:
    """The bundled clips by name, fingerprinted when first asked for."""

    def __init__(self, folder):
        self._folder = folder
        self.truth = json.loads((folder / "truth.json").read_text("utf-8"))
        self.entries = self.truth["clips"] | self.truth["queries"]
        self.names = {}
        self.stored, self.asked, self.video = map(cache, (self._stored, self._asked, self._video))
        self.index, self.findings = map(cache, (self._index, self._findings))

    @property
    def originals(self):
        return [name for name, clip in self.truth["clips"].items() if not clip["parents"]]

    @property
    def variants(self):
        return [name for name, clip in self.truth["clips"].items() if clip["parents"]]

    def works(self, name):
        return set(self.entries[name]["works"])

    def path(self, name):
        return self._folder / self.entries[name]["file"]

    def _video(self, name):
        sha256 = sha256_of(self.path(name))
        self.names[sha256] = name
        return probe(self.path(name), sha256)

    def _stored(self, name):
        """Return the fingerprint as an index holds it."""
        return take(self.path(name), self.video(name), DEFAULT)

    def _asked(self, name):
        """Return the fingerprint as a query has it."""
        return take_query(self.path(name), self.video(name), DEFAULT)

    def _index(self):
        """Return the originals as an index."""
        return from_fingerprints([self.stored(name) for name in self.originals])

    def _findings(self, name):
        """Return what a clip, as a query, finds among the originals."""
        return find(self.asked(name), self.index(), DEFAULT)


@pytest.fixture(scope="session")
def clips(fixtures):
    return Clips(fixtures)
