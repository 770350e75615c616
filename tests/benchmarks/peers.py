"""Other free methods on the same files: what the product has to be ahead of.

- `phash64`: a plain 64-bit pHash, two frames a second, votes for a shift of time.
- `vpdq`: PDQ of one frame a second as vPDQ compares them: the share of good frames of the query
  that have a near frame in the reference; no time line at all.
- `provena-audit`: PDQ four times a second and votes for a shift, as its `lookup` does.
- `signature`: ffmpeg's MPEG-7 video signature, pair by pair, on a sample (it decodes both sides).
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
from PIL import Image

from . import media
from .matcher import Answer, Found, Matcher, UnavailableError, installed
from .metrics import Stretch

STRANGERS = 3
Bits = npt.NDArray[np.uint8]


def sampled(path: Path, rate: float) -> Iterator[tuple[float, Image.Image]]:
    """Frames at about `rate` a second, with their times."""
    with av.open(str(path), metadata_errors="ignore") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        first, due = None, 0.0
        for frame in container.decode(stream):
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            if frame.time - first >= due - 1e-3:
                due += 1 / rate
                yield frame.time - first, frame.to_image()


def distances(a: Bits, b: Bits) -> npt.NDArray[np.int64]:
    """Hamming distances of all rows of packed bits."""
    return np.bitwise_count(a[:, None, :] ^ b[None, :, :]).sum(axis=2, dtype=np.int64)


class PerceptualHash:
    """`phash64`: imagehash's pHash; near within 10 bits; the shift with the most votes wins."""

    name = "phash64"
    rate, near, least = 2.0, 10, 3

    def __init__(self) -> None:
        self.version = f"imagehash {installed('ImageHash')}"
        self._refs: dict[Path, tuple[npt.NDArray[np.float64], Bits]] = {}

    def _hashes(self, path: Path) -> tuple[npt.NDArray[np.float64], Bits]:
        import imagehash

        rows = [
            (time, np.packbits(imagehash.phash(image).hash.reshape(-1)))
            for time, image in sampled(path, self.rate)
        ]
        return np.array([time for time, _ in rows]), np.stack([bits for _, bits in rows])

    def index(self, paths: list[Path]) -> None:
        """Hash every file."""
        self._refs = {path: self._hashes(path) for path in paths}

    def query(self, path: Path) -> Answer:
        """Votes for each reference."""
        times, bits = self._hashes(path)
        found = []
        for ref, (ref_times, ref_bits) in self._refs.items():
            one = self._voted(times, ref_times, distances(bits, ref_bits))
            if one is not None:
                found.append(Found(ref, *one))
        return Answer(tuple(found))

    def _voted(
        self, times: npt.NDArray[np.float64], ref: npt.NDArray[np.float64], far: Any
    ) -> tuple[float, str, tuple[Stretch, ...]] | None:
        asked, hit = np.nonzero(far <= self.near)
        if not len(asked):
            return None
        shifts = np.round((ref[hit] - times[asked]) * self.rate)
        values, counts = np.unique(shifts, return_counts=True)
        inside = np.abs(shifts - values[counts.argmax()]) <= 1
        moments = np.unique(asked[inside])
        score = len(moments) / len(times)
        q, r = times[asked[inside]], ref[hit[inside]]
        step = 1 / self.rate
        stretch = Stretch(
            float(q.min()), float(q.max()) + step, float(r.min()), float(r.max()) + step
        )
        verdict = "match" if len(moments) >= self.least and score >= 0.3 else "possible"
        return score, verdict, (stretch,)


class VideoPdq:
    """`vpdq`: the share of the query's frames with a PDQ within 31 bits; 80 % is a match."""

    name = "vpdq"
    rate, near, quality, share = 1.0, 31, 50, 0.8

    def __init__(self) -> None:
        self.version = f"pdqhash {installed('pdqhash')}"
        self._refs: dict[Path, Bits] = {}

    def _hashes(self, path: Path) -> Bits:
        import pdqhash

        rows = []
        for _, image in sampled(path, self.rate):
            bits, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
            if quality >= self.quality:
                rows.append(np.packbits(bits.astype(np.uint8)))
        return np.stack(rows) if rows else np.zeros((0, 32), np.uint8)

    def index(self, paths: list[Path]) -> None:
        """Hash every file."""
        self._refs = {path: self._hashes(path) for path in paths}

    def query(self, path: Path) -> Answer:
        """The share of matched frames for each reference."""
        bits = self._hashes(path)
        found = []
        for ref, others in self._refs.items():
            if not len(bits) or not len(others):
                continue
            score = float((distances(bits, others).min(axis=1) <= self.near).mean())
            if score > 0:
                found.append(Found(ref, score, "match" if score >= self.share else "possible"))
        return Answer(tuple(found))


class ProvenaAudit:
    """`provena-audit`: its own fingerprints and its own lookup, with its defaults."""

    name = "provena-audit"

    def __init__(self) -> None:
        try:
            import provena_audit  # noqa: F401
        except ImportError as error:
            raise UnavailableError(f"not installed: {error}") from error
        self.version = installed("provena-audit")
        self._index: Any = None
        self._names: dict[str, Path] = {}

    def index(self, paths: list[Path]) -> None:
        """Fingerprint every file into one shard and load it."""
        from provena_audit import shards
        from provena_audit.audit import Index
        from provena_audit.fingerprint import fingerprint_file
        from provena_audit.storage import Location

        batch = []
        for number, path in enumerate(paths):
            print_id = f"v{number:06d}"
            try:
                batch.append(fingerprint_file(path) | {"id": print_id, "path": path.name})
            except Exception:  # its decoder refuses some files: they are not in its index
                continue
            self._names[print_id] = path
        with tempfile.TemporaryDirectory() as folder:
            shards.write_shard(Location(folder), "p0000", 0, batch)
            with contextlib.redirect_stdout(io.StringIO()):
                self._index = Index(folder)

    def query(self, path: Path) -> Answer:
        """Its lookup; a video it lists several times counts with its best shift."""
        found: dict[Path, Found] = {}
        for hit in self._index.search(path):
            ref = self._names[hit["id"]]
            stretch = Stretch(hit["clip_start"], hit["clip_end"], hit["b_start"], hit["b_end"])
            known = found.get(ref)
            segments = (*known.segments, stretch) if known else (stretch,)
            score = known.score if known else hit["votes"] / (hit["votes"] + 8)
            found[ref] = Found(ref, score, "match", segments)
        return Answer(tuple(found.values()))


class Signature:
    """`signature`: ffmpeg's MPEG-7 signature; asked only about the references `among` names."""

    name = "signature"

    def __init__(self, among: Callable[[Path], list[Path]]) -> None:
        self._ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        filters = self._run("-hide_banner", "-filters")
        if " signature " not in filters:
            raise UnavailableError("this ffmpeg has no signature filter")
        self.version = self._run("-version").split("\n")[0].split(" ")[2]
        self._among = among

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._ffmpeg, "-nostdin", *arguments],
            capture_output=True, text=True, errors="replace", timeout=300,
        )  # fmt: skip
        return done.stdout + done.stderr

    def index(self, paths: list[Path]) -> None:
        """Nothing to prepare: pairs are compared as they are asked."""

    def query(self, path: Path) -> Answer:
        """Compare with each named reference."""
        found = tuple(f for ref in self._among(path) if (f := self._pair(path, ref)))
        return Answer(found, unrelated=STRANGERS)

    def _pair(self, path: Path, ref: Path) -> Found | None:
        said = self._run(
            "-i", str(path), "-i", str(ref), "-filter_complex",
            "[0:v][1:v]signature=nb_inputs=2:detectmode=full", "-an", "-f", "null", "-",
        )  # fmt: skip
        pattern = r"matching of video 0 at ([\d.]+) and 1 at ([\d.]+), (\d+) frames matching"
        hits = [tuple(map(float, hit)) for hit in re.findall(pattern, said)]
        if not hits:
            return None
        seen = media.probe(path)
        if "whole video matching" in said:
            # It names one pair of frames that agree; the line through it is the whole query.
            shift = hits[0][1] - hits[0][0]
            stretches: tuple[Stretch, ...] = (
                Stretch(0.0, seen.duration, max(0.0, shift), shift + seen.duration),
            )
        else:
            stretches = tuple(Stretch(q, q + n / seen.fps, r, r + n / seen.fps) for q, r, n in hits)
        frames = max(n for _, _, n in hits)
        return Found(ref, frames / (frames + 100), "match", stretches)


def make(name: str, among: Callable[[Path], list[Path]]) -> Matcher:
    """A peer by its name."""
    makers: dict[str, Callable[[], Matcher]] = {
        "phash64": PerceptualHash,
        "vpdq": VideoPdq,
        "provena-audit": ProvenaAudit,
        "signature": lambda: Signature(among),
    }
    return makers[name]()


PEERS = ("phash64", "vpdq", "provena-audit", "signature")
