"""Sound: fingerprints, search and verdicts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Sound: what counts as damaged, and what two fingerprints must share to be the same."""

    damaged_packets: int = 10
    """Packets that can't be decoded from which on a sound track counts as damaged: a quarter of a
    second of AAC. An excerpt cut without re-encoding often loses its last one or two."""

    damaged_seconds: float = 2.0
    """Seconds by which the sound may end before its stated end."""

    # --- one sound laid over another along the picture's line ---
    lag_most: float = 0.6
    """Seconds that a sound may lie off the picture's line: three times a large lip-sync error."""

    lag_told: float = 0.15
    """Seconds off the picture's line from which on it is told."""

    neighbours: int = 4
    """Items before and after that an item is judged with: half a second each way."""

    same_error: float = 0.27
    """Share of differing bits up to which two sounds are the same. Re-encoded sound reaches 0.12
    (and 0.20 in five items beside a cut), unrelated sound at its best lag 0.34 (measured on 200
    pairs of same and 480 of unrelated clips)."""

    contrast_least: float = 0.11
    """Share of bits by which a line must be better than places beside it for ``clear_error`` to
    hold. Other sound reaches 0.06, sound cut to a telephone's band 0.11 (24 clips each)."""

    contrast_pitch: float = 0.2
    """The same where the pitch was searched for."""

    contrast_moments: int = 10
    """Moments below which a contrast is chance."""

    clear_error: float = 0.34
    """Share of differing bits up to which sounds are the same at a place that stands out so."""

    beside_least: float = 1.0
    """Seconds beside the line from which on it is compared with other places."""

    beside_most: float = 4.0
    """Seconds up to which."""

    same_share: float = 0.75
    """Share of the moments with sound that agree from which on the sound is the same."""

    other_share: float = 0.15
    """Share up to which it is different; between the two it is partly the same."""

    silent_share: float = 0.9
    """Share of silent moments from which on a sound is absent."""

    heard_share: float = 0.5
    """Share of moments with sound that the other video has where sound was removed from one."""

    few_moments: int = 5
    """Moments below which the limits are these two."""

    few_same: float = 0.2
    """Share of differing bits up to which a few moments are the same (re-encoded: up to 0.13)."""

    few_other: float = 0.3
    """Share of differing bits from which on a few moments are different."""

    # --- pitch ---
    speed_moved: float = 0.02
    """Difference of a speed from 1 from which on the pitch may have moved with it: a third of a
    semitone, at which items begin to differ."""

    pitches: tuple[float, ...] = tuple(round(0.8 * (1.25 / 0.8) ** (k / 31), 4) for k in range(32))
    """Factors at which a sound that seems different is played again: 0.8 to 1.25 in steps of 1.4 %,
    a quarter of a semitone."""

    pitch_moments: int = 12
    """Moments that are needed for it: 32 factors are 32 chances to agree by accident."""

    pitch_moments_most: int = 960
    """Moments (2 minutes) above which it is not tried: the seconds it costs grow with them."""

    pitch_below: float = 0.5
    """Share of the moments that agree below which other pitches are tried."""

    pitch_error: float = 0.3
    """Share of differing bits that a sound played again must reach."""

    # --- the same sound under another picture ---
    key_longest: int = 2000
    """Postings above which a key tells nothing: a hum or a test tone."""

    speeds: tuple[float, ...] = tuple(round(0.8 * (1.25 / 0.8) ** (k / 14), 4) for k in range(15))
    """Speeds that are voted on, in steps of 3 %; the eighth is 1."""

    vote_cell: float = 4.0
    """Items (half a second) within which votes are for one line: what 3 % of speed move in 17 s."""

    votes_least: int = 5
    """Items of a query that must vote for a line."""

    lines: int = 20
    """Videos that are laid over a query."""

    speed_finer: tuple[float, ...] = (0.985, 0.99, 0.995, 1.0, 1.005, 1.01, 1.015)
    """Factors by which a voted speed is refined."""

    natural_range: float = 0.26
    """Difference of a voted speed from 1 within which speed 1 is tried as well: over five seconds
    the votes hardly tell speeds apart."""

    natural_speed: float = 1.1
    """Preference for speed 1."""

    alone_moments: int = 16
    """Moments in a row that must agree where the picture does not help: 4.6 s of sound."""

    alone_error: float = 0.15
    """Share of differing bits up to which they agree (5 s of the same garden at other moments
    reached 0.18)."""

    long_moments: int = 28
    """Moments in a row (6 s) from which on a speed other than 1 and ``long_error`` are believed."""

    long_error: float = 0.2
    """Share of differing bits up to which so many agree."""

    alone_distinct: float = 0.5
    """Share of the items that must be distinct: a steady tone repeats one."""
