"""A match -> what was changed between the two, and on which side.

1. Which frames show the same moments; the layout of each side in just those.
2. The transform, fitted once more on them.
3. What the frames show: crop, bars, re-framing, inset, mirror, turn.
4. What differs inside the shared picture: overlay, subtitles, colour.
5. What the time line and the files show: speed, frame rate, trim, compilation, size, codec.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tracer.compare.coding import reencode_edit, resize_edit
from tracer.compare.differing import Differing, agreed, alike, differing
from tracer.compare.extent import extent_edits
from tracer.compare.fitting import nearer, plainest, refined, straightened
from tracer.compare.framing import (
    Frame,
    band_edit,
    edits_of_frames,
    own_band,
    own_bars,
    plain_band,
    turn_of,
)
from tracer.compare.lettering import edits_of_places
from tracer.compare.pace import Pace
from tracer.compare.places import places
from tracer.compare.registered import (
    Moments,
    Registered,
    register,
    shared_moments,
    upright,
    whole_shared,
)
from tracer.compare.retimed import Fit, retimed
from tracer.compare.surround import is_parted
from tracer.compare.timing import frame_rate_edit, speed_edit
from tracer.compare.tints import recoloured
from tracer.compare.tones import color_edit
from tracer.fingerprint.layout import analyse
from tracer.match import geometry
from tracer.match.strips import Film, Pictures
from tracer.model import WHOLE, Box, Edit, Fingerprint, Layout, Match, Tints, Transform, Video
from tracer.settings import CompareSettings, Settings


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two videos laid over each other, ready to be looked at."""

    match: Match  # with the transform fitted once more, at the speed that the pictures need
    moments: Moments
    query: Frame
    other: Frame
    pair: Registered | None  # over the picture that both show; None where that is too small
    differs: Differing | None  # where they differ there
    pace: Pace | None = None  # over the longest segment; None where it was not measured


def changed(
    match: Match,
    query: Fingerprint,
    other: Fingerprint,
    films: tuple[Film, Film],
    query_video: Video,
    other_video: Video,
    settings: Settings,
    files: tuple[Path, Path] | None = None,
) -> Match:
    """Return a match with every edit that the pictures, the time line and the files tell.

    Its segments are those that the edits speak of: at the speed that the pictures need. Where what
    is stored leaves that open, it is measured on every frame of both ``files``.
    """
    mine = settings.compare
    found: list[Edit] = []
    known = min(query_video.frame_rate, other_video.frame_rate) > 0.0
    rates = query_video.frame_rate / other_video.frame_rate if known else 0.0
    compared = compare(match, films, settings, rates, files)
    if compared is not None:
        match = replace(compared.match, transform=match.transform)
        aspects = (query.aspect, other.aspect)
        found += _of_frames(compared, aspects, settings)
        found += _of_pictures(compared, (query.tints, other.tints), mine)
        bands = [band_edit(frame, found) for frame in (compared.query, compared.other)]
        found += [band for band in bands if band is not None]
    speed = speed_edit(match, compared.pace if compared is not None else None, mine)
    found += [speed] if speed is not None else []
    rate = frame_rate_edit(query_video, other_video, speed, mine)
    found += [rate] if rate is not None else []
    seen = compared.match if compared is not None else match
    found += extent_edits(seen, query_video, other_video, films, found, mine)
    size = resize_edit(seen, query_video, other_video, found, mine)
    found += [size] if size is not None else []
    coded = reencode_edit(query_video, other_video, not found, mine)
    found += [coded] if coded is not None else []
    return replace(match, edits=(*match.edits, *found))


def compare(
    match: Match,
    films: tuple[Film, Film],
    settings: Settings,
    rates: float | None = None,
    files: tuple[Path, Path] | None = None,
) -> Compared | None:
    """Lay two films over each other at their shared moments; None where they share none.

    With ``rates``, the query's frame rate for the match's, the speed is measured first.
    """
    mine = settings.compare
    query, other = films
    moments = shared_moments(match, query, other, mine)
    if not len(moments):
        return None
    pictures = (query.pictures[moments.query], other.pictures[moments.match])
    layouts = [
        analyse(one[:: max(1, len(one) // settings.layout.frames)], settings.layout)
        for one in pictures
    ]
    fitting = partial(_fit, films, layouts, mine)
    fitted, pace = fitting(match, match.transform), None
    if fitted is not None and rates is not None:
        fitted, pace = retimed(fitted, films, rates, files, fitting, mine)
    if fitted is None:
        return None
    match, transform = fitted.match, fitted.transform
    moments = shared_moments(match, query, other, mine)
    if not len(moments):
        return None
    pictures = (query.pictures[moments.query], other.pictures[moments.match])
    transform = straightened(query, other, moments, transform, mine)
    transform = plainest(query, other, moments, transform, mine)
    region = _region(transform)  # the whole frames, bars and all
    whole = register(query, other, moments, transform, region, mine) if region else None
    differs = differing(whole, mine) if whole else None
    frames = _frames(pictures, layouts, whole, differs, mine)
    region = _region(transform, frames[0].content, frames[1].content)
    if region is not None and frames[1].agreed is not None:
        region = geometry.intersection(region, frames[1].agreed)
    pair = whole
    if whole is None or region != whole.region:
        pair = register(query, other, moments, transform, region, mine) if region else None
        differs = differing(pair, mine) if pair else None
    return Compared(replace(match, transform=transform), moments, *frames, pair, differs, pace)


def _fit(
    films: tuple[Film, Film],
    layouts: list[Layout],
    settings: CompareSettings,
    match: Match,
    transform: Transform,
) -> Fit | None:
    """Fit a transform on the moments that a match shares, over what both layouts hold."""
    moments = shared_moments(match, *films, settings)
    region = None
    for _ in range(2):
        region = _to_fit_on(transform, layouts, settings)
        if region is None or not len(moments):
            return None
        fitted = refined(*films, moments, transform, region, settings)
        transform = nearer(*films, moments, transform, fitted, settings)
    return None if region is None else Fit(match, transform, region)


def _to_fit_on(
    transform: Transform, layouts: list[Layout], settings: CompareSettings
) -> Box | None:
    """Return the region inside both layouts, or all that both show where that is far more.

    A layout may be wrong; a fit on a narrow strip turns and shears.
    """
    whole = _region(transform)
    inner = _region(transform, layouts[0].picture, layouts[1].picture)
    if whole is None or inner is None:
        return whole
    narrow = geometry.area(inner) < settings.fit_region * geometry.area(whole)
    return whole if narrow else inner


def _frames(
    pictures: tuple[Pictures, Pictures],
    layouts: list[Layout],
    whole: Registered | None,
    differs: Differing | None,
    settings: CompareSettings,
) -> tuple[Frame, Frame]:
    """Return what each frame carries that the other does not show."""
    if whole is None or differs is None:
        return (
            Frame("query", pictures[0], layouts[0].picture, layouts[0].kind),
            Frame("match", pictures[1], layouts[1].picture, layouts[1].kind),
        )
    matrix, back = whole.matrix, geometry.inverse(whole.matrix)

    def alike_in_query(box: Box) -> bool:
        return alike(whole, differs, upright(back, box), settings)

    def alike_in_match(box: Box) -> bool:
        return alike(whole, differs, box, settings)

    query = own_bars(layouts[0], layouts[1], matrix, alike_in_query, settings)
    match = own_bars(layouts[1], layouts[0], back, alike_in_match, settings)
    bands = [
        own_band(layouts[0], layouts[1], matrix, alike_in_query, settings),
        own_band(layouts[1], layouts[0], back, alike_in_match, settings),
    ]
    both: tuple[Box | None, Box | None] = (None, None)
    if query[1] == match[1] == "full":
        both, parted = _agreed(pictures, whole, differs, settings)
        # Where the other frame breaks off at that border, the other carries something, not this.
        bands = [None if broken else band for band, broken in zip(bands, parted[::-1], strict=True)]
        if not any(bands):
            found = [plain_band(p, box, settings) for p, box in zip(pictures, both, strict=True)]
            bands = found if sum(map(bool, found)) == 1 else bands
        if any(bands):
            both = (None, None)  # under a band the scene goes on: no frame ends there
    return (
        Frame("query", pictures[0], *query, both[0], bands[0]),
        Frame("match", pictures[1], *match, both[1], bands[1]),
    )


def _agreed(
    pictures: tuple[Pictures, Pictures],
    whole: Registered,
    differs: Differing,
    settings: CompareSettings,
) -> tuple[tuple[Box | None, Box | None], tuple[bool, bool]]:
    """Return where the pictures agree, in each frame, and which frames break off at its border."""
    part = agreed(whole, differs, settings)
    near = agreed(whole, differs, settings, goes_on_only=True) if part is None else part
    if near is None:
        return (None, None), (False, False)
    query, match = whole.in_query(near), whole.in_match(near)
    parted = (is_parted(pictures[0], query, settings), is_parted(pictures[1], match, settings))
    return (query, match) if part is not None or any(parted) else (None, None), parted


def _region(transform: Transform, query: Box = WHOLE, other: Box = WHOLE) -> Box | None:
    return whole_shared(geometry.matrix_of(transform), query, other)


def _of_frames(
    compared: Compared, aspects: tuple[float, float], settings: Settings
) -> Iterator[Edit]:
    """Give what the two frames and the transform between them show."""
    mine = settings.compare
    transform = compared.match.transform
    matrix = geometry.matrix_of(transform)
    degrees = turn_of(matrix, *aspects, mine)
    if transform.mirrored:
        yield Edit("mirror", "unknown", 0.95)
    if abs(degrees) >= mine.turn_least:
        yield Edit("rotate", "unknown", 0.85, {"degrees": round(degrees, 2)})
    yield from edits_of_frames(compared.query, compared.other, matrix, degrees, mine)


def _of_pictures(
    compared: Compared, tints: tuple[Tints | None, Tints | None], settings: CompareSettings
) -> Iterator[Edit]:
    """Give what differs inside the picture that both show."""
    if compared.pair is None or compared.differs is None:
        return
    if len(compared.moments) >= settings.held_samples:
        found = places(compared.pair, compared.differs, settings)
        yield from edits_of_places(compared.pair, found, settings)
    query, other = tints
    tint = None
    if query is not None and other is not None:
        tint = recoloured(compared.match, compared.pair.region, (query, other), settings)
    tones = color_edit(compared.pair, compared.differs, tint, settings)
    if tones is not None:
        yield tones
