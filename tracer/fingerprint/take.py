"""Media file -> Fingerprint, decoding once.

1. Sample about four frames a second; scale each to the miniature.
2. On the way, take ORB features of some frames at a larger scale.
3. Read the layout from frames spread over the video.
4. Hash two frames a second and every scene change, once for each picture rectangle.
5. Keep the colour of a frame every two seconds, on a coarse grid.
6. Fingerprint the sound, which ffmpeg decodes apart from the picture.

A query is waited for: its features and its sound are taken in threads beside the decoding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tracer.fingerprint import features as orb
from tracer.fingerprint.hashing import hash_batch
from tracer.fingerprint.layout import analyse, is_whole
from tracer.fingerprint.miniature import FilmWriter, size_of
from tracer.fingerprint.spool import PictureSpool
from tracer.media import sound as hearing
from tracer.media.frames import DecodeLog, SampledFrame, sampled_frames
from tracer.model import (
    PLACES,
    TINT_CELLS,
    Box,
    Fingerprint,
    FrameHashes,
    Layout,
    LocalFeatures,
    Miniature,
    Tints,
    Unchecked,
    Video,
)
from tracer.settings import FingerprintSettings, LayoutSettings, MediaSettings, Settings

# What a fingerprint's numbers depend on. Any change here means: index again.
ALGORITHM = "tracer-3 (phash64 dhash64 phash256 dhash256 orb128 film128 chromaprint1)"


Span = tuple[float, float]
"""Seconds of a video, from and to."""

Watcher = Callable[[SampledFrame], None]
"""Sees each sampled frame: the file is decoded once, whatever else is looked for in it."""


def take(
    path: Path, video: Video, settings: Settings, watcher: Watcher | None = None
) -> Fingerprint:
    """Fingerprint a file for the index: compact, the miniature as a film.

    Raises :class:`~tracer.errors.MediaError` where no frame can be decoded. Damage on the way is
    told in the fingerprint's ``unchecked``.
    """
    return _Pass(path, video, settings, query=False, watcher=watcher).run()


def take_query(path: Path, video: Video, settings: Settings) -> Fingerprint:
    """Fingerprint a file that is asked about: more features, also of its mirror image."""
    return _Pass(path, video, settings, query=True).run()


def take_closely(
    path: Path, video: Video, stored: Fingerprint, settings: Settings, span: Span | None = None
) -> Fingerprint:
    """Fingerprint an indexed file anew, as finely as a query, for a closer look at it.

    Its sound and its damage are those of ``stored``. With a ``span`` (seconds), only what lies in
    it. Raises :class:`~tracer.errors.MediaError` where no frame can be decoded.
    """
    seen = _Pass(path, video, settings, query=True, span=span, closely=True).run()
    return replace(seen, sound=stored.sound, unchecked=stored.unchecked, duration=stored.duration)


def take_mirror_image(
    path: Path, video: Video, layout: Layout, settings: Settings
) -> LocalFeatures:
    """Take features of the mirror image of a file that was fingerprinted for the index.

    They only name candidates, so that keyframes do where there are enough of them: a tenth of the
    work of reading all. Raises :class:`~tracer.errors.MediaError` where no frame can be decoded.
    """
    mine = settings.fingerprint
    gap = max(mine.feature_gap, video.duration / mine.mirror_most)
    found: LocalFeatures | None = None
    for keyframes in (True, False):
        if found is not None and len(found.timestamps) >= mine.mirror_least:
            break
        gap = gap if keyframes else min(gap, max(video.duration / mine.mirror_least, 0.25))
        media = replace(settings.media, sampling_gap=gap)
        collector = orb.FeatureCollector(mine.query_feature_count)
        for frame in sampled_frames(path, DecodeLog(), media, keyframes=keyframes):
            large = frame.gray(*_large(video, mine))
            collector.add(frame.time, np.ascontiguousarray(large[:, ::-1]))
        found = collector.collected()
    assert found is not None
    return _of_the_picture(found, _mirrored(layout), settings.layout)


class _Pass:
    """One pass over one file."""

    def __init__(
        self,
        path: Path,
        video: Video,
        settings: Settings,
        *,
        query: bool,
        watcher: Watcher | None = None,
        span: Span | None = None,
        closely: bool = False,
    ) -> None:
        self._watcher, self._span, self._closely = watcher, span, closely
        self._path, self._video, self._settings, self._query = path, video, settings, query
        mine: FingerprintSettings = settings.fingerprint
        side = mine.query_miniature_side if query else mine.miniature_side
        self._mini_size = size_of(video.width, video.height, side)
        self._times: list[float] = []
        self._cuts: list[bool] = []
        self._pictures = PictureSpool(self._mini_size)
        count = mine.query_feature_count if query else mine.feature_count
        # Of many files each has a core to itself: more threads would only take turns.
        self._beside = ThreadPoolExecutor(1) if query else None
        self._features = orb.FeatureCollector(count, self._beside)
        self._mirrored = orb.FeatureCollector(count, self._beside)
        gap = mine.query_feature_gap if query else mine.feature_gap
        # A short clip still gets three looks.
        self._feature_gap = min(gap, max(video.duration / 3, 0.25)) if video.duration else gap
        self._next_feature = 0.2  # not the very first frame: it is often black or a fade
        self._last_kept: tuple[float, npt.NDArray[np.uint8]] | None = None
        fine = query and self._seconds() <= mine.query_fine
        gap = min(mine.tint_gap, max(video.duration / mine.tint_least, mine.query_tint_gap))
        self._tint_gap = mine.query_tint_gap if fine else gap
        self._tint_cells = mine.query_tint_cells if query else TINT_CELLS
        self._tints: list[tuple[float, npt.NDArray[np.uint8]]] = []

    def run(self) -> Fingerprint:
        with self._pictures:
            if self._beside is None:
                return self._fingerprint(self._sound)
            try:
                heard = self._beside.submit(self._sound)
                return self._fingerprint(heard.result)
            finally:
                self._beside.shutdown(cancel_futures=True)

    def _fingerprint(self, heard: Callable[[], hearing.Sound]) -> Fingerprint:
        log = DecodeLog()
        mine = self._settings.fingerprint
        width, height = self._mini_size
        film = None if self._query else FilmWriter(width, height, mine.miniature_crf)
        previous: npt.NDArray[np.uint8] | None = None
        frame = picture = None
        for frame in sampled_frames(self._path, log, self._sampling(), span=self._span):
            picture = frame.gray(width, height)
            cut = previous is not None and _difference(previous, picture) >= mine.scene_change
            self._times.append(frame.time)
            self._cuts.append(cut)
            self._pictures.append(picture)
            if film is not None:
                film.write(picture)
            self._look(frame, picture, cut)
            self._tint(frame)
            if self._watcher is not None:
                self._watcher(frame)
            previous = picture
        if not self._features.timestamps and frame is not None and picture is not None:
            self._keep(frame, picture)
        times = np.array(self._times, np.float64)
        layout = analyse(self._pictures.spread(self._settings.layout.frames), self._settings.layout)
        kept = self._pictures.array() if self._query else None
        sound = heard()
        return Fingerprint(
            sha256=self._video.sha256,
            algorithm=ALGORITHM,
            duration=round(self._video.duration or log.end, 3),
            aspect=self._video.width / self._video.height,
            layout=layout,
            hashes=self._hashes(times, layout),
            features=_of_the_picture(self._features.collected(), layout, self._settings.layout),
            miniature=Miniature(times, width, height, film.close() if film else b"", kept),
            sound=sound.items,
            unchecked=(*self._damage(log), *self._sound_damage(sound)),
            mirrored=self._mirror_image(layout),
            tints=self._tinted(),
        )

    def _mirror_image(self, layout: Layout) -> LocalFeatures | None:
        if not self._query or self._closely:
            return None
        mirrored = self._mirrored.collected()
        return _of_the_picture(mirrored, _mirrored(layout), self._settings.layout)

    def _sound(self) -> hearing.Sound:
        if self._closely or not self._video.sound_codec:
            return hearing.Sound(None)
        settings = self._settings
        return hearing.sound_of(self._path, settings.sound, settings.media.decode_timeout)

    def _sampling(self) -> MediaSettings:
        """Return how finely to sample: a query of bounded length more finely."""
        mine, media = self._settings.fingerprint, self._settings.media
        if not self._query or self._seconds() > mine.query_fine:
            return media
        gap = mine.query_sampling_gap
        return replace(media, sampling_gap=gap, skip_gap=min(media.skip_gap, gap))

    def _seconds(self) -> float:
        start, end = self._span or (0.0, self._video.duration)
        return end - start

    def _tint(self, frame: SampledFrame) -> None:
        """Keep the colour of the first frame of each cell of the grid."""
        cell = math.floor((frame.time + 0.05) / self._tint_gap)
        if not self._tints or cell > math.floor((self._tints[-1][0] + 0.05) / self._tint_gap):
            self._tints.append((frame.time, frame.chroma(self._tint_cells, self._tint_cells)))

    def _tinted(self) -> Tints:
        return Tints(
            np.array([time for time, _ in self._tints], np.float64),
            np.stack([planes for _, planes in self._tints]),
        )

    def _look(self, frame: SampledFrame, picture: npt.NDArray[np.uint8], cut: bool) -> None:
        """Take features of this frame if it is time to, or soon after a scene change."""
        mine = self._settings.fingerprint
        if cut:
            # The next sample shows the new scene whole; a cross-fade is over by then.
            soon = frame.time + 0.9 * self._settings.media.sampling_gap
            self._next_feature = min(self._next_feature, soon)
            return
        if frame.time < self._next_feature:
            return
        self._next_feature = frame.time + self._feature_gap - 0.1
        long = self._video.duration > 3 * mine.feature_gap
        if not self._query and self._last_kept is not None and long:
            at, last = self._last_kept
            still = _correlation(last, picture) >= mine.feature_same
            if still and frame.time - at < mine.feature_gap_static - 0.1:
                return
        self._keep(frame, picture)

    def _keep(self, frame: SampledFrame, picture: npt.NDArray[np.uint8]) -> None:
        self._last_kept = (frame.time, picture)
        large = frame.gray(*_large(self._video, self._settings.fingerprint))
        if self._beside is not None:
            large = large.copy()  # it may be the decoder's own, which lasts until the next frame
        self._features.add(frame.time, large)
        if self._query and not self._closely:
            self._mirrored.add(frame.time, np.ascontiguousarray(large[:, ::-1]))

    def _hashes(self, times: npt.NDArray[np.float64], layout: Layout) -> FrameHashes:
        """Hash the frames on the half-second grid and at cuts, once for each rectangle."""
        mine = self._settings.fingerprint
        chosen = _on_grid(times, np.array(self._cuts, bool), mine.hash_gap)
        boxes: list[tuple[int, Box]] = [(0, (0.0, 0.0, 1.0, 1.0))]
        if not is_whole(layout.picture):
            boxes.append((1, layout.picture))
        boxes += [(2 + i, box) for i, box in enumerate(layout.others)]
        parts = []
        for number, box in boxes:
            batch = hash_batch(_cropped(self._pictures.array()[chosen], box))
            good = np.nonzero(batch.quality >= mine.quality_floor)[0]
            parts.append((number, good, batch))
        rows = [(times[chosen][good], number, good, batch) for number, good, batch in parts]
        return FrameHashes(
            timestamps=np.concatenate([time for time, _, _, _ in rows]),
            rectangle=np.concatenate(
                [np.full(len(good), number, np.uint8) for _, number, good, _ in rows]
            ),
            phash=np.concatenate([batch.phash[good] for _, _, good, batch in rows]),
            dhash=np.concatenate([batch.dhash[good] for _, _, good, batch in rows]),
            phash256=np.concatenate([batch.phash256[good] for _, _, good, batch in rows]),
            dhash256=np.concatenate([batch.dhash256[good] for _, _, good, batch in rows]),
            quality=np.concatenate([batch.quality[good] for _, _, good, batch in rows]),
        )

    def _damage(self, log: DecodeLog) -> tuple[Unchecked, ...]:
        """Say where the file was damaged or ended early."""
        found = []
        if log.damaged:
            found.append(
                f"{log.damaged} damaged packets, the first near {log.first_damage or 0:.1f} s"
            )
        stated = self._video.duration
        mine = self._settings.media
        early = stated - log.end > max(mine.early_end, mine.early_share * stated)
        if early or log.packets < (1 - mine.early_share) * log.stated:
            found.append(f"ends at {log.end:.1f} s of {stated:.1f} s stated: truncated?")
        return tuple(Unchecked(str(self._path), "decode", reason) for reason in found)

    def _sound_damage(self, sound: hearing.Sound) -> tuple[Unchecked, ...]:
        """Say what of the sound could not be read."""
        told = [sound.damage] if sound.damage else []
        return tuple(Unchecked(str(self._path), hearing.STAGE, reason) for reason in told)


def _difference(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Return the mean absolute difference of two pictures in grey levels."""
    return float(np.mean(np.abs(a.astype(np.int16) - b)))


def _correlation(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Return the correlation of two pictures, -1 to 1; 1 for two flat ones."""
    x, y = a.astype(np.float32) - a.mean(), b.astype(np.float32) - b.mean()
    norm = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / norm if norm > 1e-6 else 1.0


def _on_grid(
    times: npt.NDArray[np.float64], cuts: npt.NDArray[np.bool_], gap: float
) -> npt.NDArray[np.intp]:
    """Return the rows of the samples that begin a cell of ``gap`` seconds, and of the cuts."""
    cell = np.floor((times + 0.05) / gap)
    first = np.r_[True, cell[1:] != cell[:-1]] if len(cell) else np.empty(0, bool)
    return np.nonzero(first | cuts)[0]


def _cropped(pictures: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """Cut a box of frame fractions out of (n, h, w)."""
    height, width = pictures.shape[1:]
    x0, y0 = round(box[0] * width), round(box[1] * height)
    x1, y1 = max(x0 + 4, round(box[2] * width)), max(y0 + 4, round(box[3] * height))
    return pictures[:, y0:y1, x0:x1]


def _large(video: Video, settings: FingerprintSettings) -> tuple[int, int]:
    """Return the (width, height) at which features are taken."""
    scale = min(1.0, settings.feature_side / min(video.width, video.height))
    return max(32, round(video.width * scale)), max(32, round(video.height * scale))


def _mirrored(layout: Layout) -> Layout:
    """Return a layout as it lies in the mirror image, as far as features need it."""
    return Layout(
        picture=_flipped(layout.picture),
        kind=layout.kind,
        text_bands=tuple(map(_flipped, layout.text_bands)),
        static_overlays=tuple(map(_flipped, layout.static_overlays)),
    )


def _flipped(box: Box) -> Box:
    """Return a box as it lies in the mirror image."""
    return (1.0 - box[2], box[1], 1.0 - box[0], box[3])


def _of_the_picture(
    features: LocalFeatures, layout: Layout, settings: LayoutSettings
) -> LocalFeatures:
    """Leave out features of what is not the picture: in bars, on lines of text and on logos.

    Other footage under the same captions would share them.
    """
    if not len(features):
        return features
    kept = np.ones(len(features), bool)
    if layout.kind == "letterbox":
        kept &= _within(features, layout.picture)
    lettered = np.zeros(len(features), bool)
    for box in (*layout.text_bands, *layout.static_overlays):
        lettered |= _within(features, box)
    if float((kept & ~lettered).sum()) >= settings.features_least * float(kept.sum()):
        kept &= ~lettered
    return LocalFeatures(
        features.timestamps,
        features.frame[kept],
        features.xy[kept],
        features.octave[kept],
        features.descriptors[kept],
    )


def _within(features: LocalFeatures, box: Box) -> npt.NDArray[np.bool_]:
    """Return which features lie in a box of frame fractions."""
    x, y = features.xy[:, 0] / PLACES, features.xy[:, 1] / PLACES
    inside: npt.NDArray[np.bool_] = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    return inside


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that a fingerprint's numbers depend on."""
    names = ("av", "imagehash", "numpy", "opencv-python-headless", "pillow", "scipy")
    return {name: version(name) for name in names}
