"""What is a line: a subtitle, a mark that stays, a title, a ticker, or a sign in the scene?

By how it behaves: subtitles stand still for some seconds in one band while others come before or
after them; a mark stays, or says the same at one place after another; a ticker runs; letters of the
scene move with it, or come and go with a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model import Box, TextKind
from tracer.settings import TextSettings
from tracer.text.spelling import alike

_TILT = 8.0  # degrees; laid-over text is level
_AT_CUT = 0.3  # seconds between a line's end and a cut that took it away
_CENTRED = 0.14  # of the width, between a line's middle and the picture's
_FOOT = 0.55  # of the height, below which lone subtitles stand
_TALL = 0.09  # of the height, from which on a lone line is a title
_IN_A_ROW = 3  # lines at the foot, one after another, that no signs of the scene stand in
_SHORT = 6.0  # seconds of video below which "stays" means little


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How letters behave in one video."""

    start: float
    end: float
    box: Box
    moved: float  # share of the frames in which it moved
    run: tuple[float, float]  # net way, in its own heights, across and down
    tilt: float
    around: float  # grey levels of change a frame beside it
    text: str = ""
    swept: bool = False  # whether its shade changes from one end to the other

    @property
    def level(self) -> bool:
        """Whether the letters stand level, as laid-over text does."""
        return self.tilt <= _TILT


@dataclass(frozen=True, slots=True)
class Scene:
    """The video that lines stand in."""

    duration: float
    cuts: tuple[float, ...]


def kinds(lines: Sequence[Behaviour], scene: Scene, settings: TextSettings) -> list[TextKind]:
    """Return what each line is."""
    first: list[TextKind | None] = [
        "mark" if _jumps(line, lines, scene, settings) else _alone(line, scene, settings)
        for line in lines
    ]
    return [
        _among(place, lines, first, scene, settings) if kind is None else kind
        for place, kind in enumerate(first)
    ]


def _alone(line: Behaviour, scene: Scene, settings: TextSettings) -> TextKind | None:
    """Return what a line is by itself; None where its neighbours decide."""
    if line.swept:
        return "karaoke"
    if line.moved >= settings.moves or not line.level:
        across, down = (abs(way) for way in line.run)
        runs = max(across, down) >= 1.5 and min(across, down) <= 0.25 * max(across, down)
        return "ticker" if runs and line.level else "scene"
    shown = line.end - line.start
    stays = shown >= settings.mark_longest or shown >= settings.mark_share * scene.duration
    if stays and scene.duration >= _SHORT and not _foot(line, shown, settings):
        return "mark" if line.around >= settings.around or scene.cuts else "scene"
    return None


def _jumps(
    line: Behaviour, lines: Sequence[Behaviour], scene: Scene, settings: TextSettings
) -> bool:
    """Tell whether letters stand now here and now there, or come back again and again.

    A refrain comes back too, but in the band of the subtitles and for less of the time.
    """
    if not line.text or line.moved >= settings.moves:
        return False
    same = [one for one in lines if alike(one.text, line.text) >= settings.same_line]
    apart = any(not _band(one.box, line.box, settings) for one in same)
    shown = sum(one.end - one.start for one in same)
    often = shown >= settings.mark_share * scene.duration and scene.duration >= _SHORT
    return len(same) > 1 and (apart or often)


def _foot(line: Behaviour, shown: float, settings: TextSettings) -> bool:
    """Tell whether a line stands where subtitles stand, and no longer than they do."""
    return shown <= settings.subtitle_longest and _low(line)


def _low(line: Behaviour) -> bool:
    """Tell whether a line stands in the middle at the foot of the picture."""
    return _centred(line) and line.box[1] >= _FOOT


def _among(
    place: int,
    lines: Sequence[Behaviour],
    first: Sequence[TextKind | None],
    scene: Scene,
    settings: TextSettings,
) -> TextKind:
    """Return what a line is that stands still for a while, by what else stands in its band."""
    line = lines[place]
    if line.end - line.start > settings.subtitle_longest:
        return "caption"
    others = [
        other
        for at, other in enumerate(lines)
        if at != place and first[at] is None and _band(line.box, other.box, settings)
    ]
    sung = (o for at, o in enumerate(lines) if first[at] == "karaoke")
    if any(_band(line.box, other.box, settings) for other in sung):
        return "karaoke"
    # What comes back is no other line.
    before_or_after = [
        other
        for other in others
        if not _together(line, other) and not _says_the_same(line, other, settings)
    ]
    if _low(line) and sum(map(_low, before_or_after)) >= _IN_A_ROW - 1:
        return "subtitle"  # also where each of them has a shot of its own
    cut_off = _comes_with_its_shot(line, scene)
    if before_or_after and not all(
        _comes_with_its_shot(one, scene) for one in (line, *before_or_after)
    ):
        return "subtitle"
    if cut_off:
        return "scene" if line.around >= settings.around else "title"
    if _low(line):
        return "subtitle"
    if _centred(line) and (line.box[3] - line.box[1] >= _TALL or line.around < settings.around):
        return "title"
    return "caption"


def _band(a: Box, b: Box, settings: TextSettings) -> bool:
    """Tell whether two lines stand at one height, in letters of like size, over one another."""
    high = (a[3] - a[1], b[3] - b[1])
    shared = min(a[3], b[3]) - max(a[1], b[1])
    across = min(a[2], b[2]) - max(a[0], b[0])
    return shared >= settings.band * min(high) and min(high) >= 0.5 * max(high) and across > 0


def _says_the_same(a: Behaviour, b: Behaviour, settings: TextSettings) -> bool:
    return bool(a.text) and alike(a.text, b.text) >= settings.same_line


def _together(a: Behaviour, b: Behaviour) -> bool:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared > 0.5 * min(a.end - a.start, b.end - b.start)


def _comes_with_its_shot(line: Behaviour, scene: Scene) -> bool:
    """Tell whether letters come with a cut and go with the next: what is laid over outlives one."""
    inside = any(line.start + _AT_CUT < cut < line.end - _AT_CUT for cut in scene.cuts)
    return _at_cut(line.start, scene) and _at_cut(line.end, scene) and not inside


def _at_cut(time: float, scene: Scene) -> bool:
    ends = (0.0, scene.duration)
    return any(abs(time - cut) <= _AT_CUT for cut in (*ends, *scene.cuts))


def _centred(line: Behaviour) -> bool:
    return abs((line.box[0] + line.box[2]) / 2 - 0.5) <= _CENTRED
