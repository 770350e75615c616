"""Text in the picture: finding it, following it, reading it, telling what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextSettings:
    """Reading what is written in the picture."""

    # --- finding ---
    gap: float = 0.25
    """Seconds between two frames that are looked at; a line's ends are known to half of it."""

    side: int = 320
    """Pixels of the longer side of the picture that text is looked for in. At 320 the model finds
    letters of 8 pixels, at 28 ms of one core a look; at 960 a look costs 300 ms (measured)."""

    fine_side: int = 640
    """Pixels of the longer side for a closer look, which finds small marks."""

    fine_gap: float = 8.0
    """Seconds between two closer looks."""

    look_gap: float = 1.0
    """Seconds between two looks while the picture changes."""

    look_rest: float = 4.0
    """Seconds between two looks while it does not."""

    still: float = 1.5
    """Grey levels of mean difference since the last look below which a picture has not changed."""

    cut: float = 28.0
    """Grey levels of mean difference from one frame to the next that make a cut."""

    pixel: float = 0.3
    """Probability from which on a pixel is one of text (the model's own default)."""

    found: float = 0.5
    """Mean probability of a place from which on it is text (the model's own default)."""

    unclip: float = 1.6
    """How far a place is widened: its area times this over its perimeter (the model's default)."""

    places: int = 24
    """Places followed at once; a page of print has more, and no subtitles."""

    # --- following ---
    rows: int = 24
    """Pixels of height that a place is scaled to where two moments are compared."""

    alike: float = 0.55
    """Cosine of two gradient fields over the strokes from which on they are the same letters. The
    same line over a moving picture has 0.7 to 0.99, another line in its place 0 to 0.35."""

    fainter: float = 0.4
    """Share of the strokes' strength below which a line has faded."""

    moved: float = 0.75
    """Correlation from which on letters that left their place are found beside it."""

    remembered: int = 10
    """Frames kept to look back for a line's first: two and a half seconds."""

    least: int = 3
    """Frames that a line stands at least; what is shorter is left unread."""

    # --- reading ---
    height: int = 48
    """Pixels of height of a line as the model reads it."""

    widest: int = 1600
    """Pixels of width of a line as the model reads it, at most."""

    sure: float = 0.93
    """The reader's confidence from which on a line is not read again in another way."""

    readable: float = 0.6
    """Confidence below which a line counts as unreadable: letters of a script that the model does
    not know reach 0.2 to 0.55 (measured on Cyrillic, Arabic and mirrored Latin letters)."""

    doubtful: float = 0.85
    """Confidence below which a few letters are noise: textures read as one or two of them."""

    unread_shown: float = 1.0
    """Seconds that letters which can't be read stand at least before they are told of."""

    clear: float = 0.7
    """Mean probability of a place from which on letters that can't be read are told of."""

    spent: float = 0.25
    """Share of the video's time that looking and reading may take on one core, counted by their
    usual cost so that an answer does not depend on the machine."""

    spent_base: float = 4.0
    """Seconds of that cost that are free for every video."""

    query_longest: float = 600.0
    """Seconds of a query that are read while somebody waits for the answer."""

    # --- what is one line ---
    join_gap: float = 0.6
    """Seconds that one line may be lost for, behind a flash or a cut."""

    same_line: float = 0.8
    """How alike two readings of one line are at least."""

    together: float = 0.35
    """Seconds within which two rows of one line come, and go."""

    row_gap: float = 1.4
    """Heights of a row between two rows of one line at most."""

    # --- what a line is ---
    moves: float = 0.5
    """Share of a line's frames in which it moved from which on it is not one that stands."""

    subtitle_longest: float = 15.0
    """Seconds that a subtitle stands at most."""

    mark_share: float = 0.6
    """Share of the video that letters which stay are shown from which on they are a mark."""

    mark_longest: float = 20.0
    """Seconds from which on letters that stay are a mark, however long the video is."""

    band: float = 0.5
    """Share of their height that two lines overlap by to stand in one band."""

    around: float = 1.2
    """Grey levels of change a frame around letters that stand still, from which on they are laid
    over the picture and not part of it."""

    # --- two tracks beside each other ---
    same_text: float = 0.7
    """How alike the letters of two lines are at least that say the same: a copy of a copy costs a
    reader some of them."""

    unseen_letters: int = 12
    """Letters of all lines together from which on they are subtitles though the pictures show none:
    three letters on a toy were one. A Chinese character counts twice. A choice."""

    written_alike: float = 0.65
    """Correlation of both videos' fine detail in the place of a line, from which on it is written
    in both whoever read it (tune: lines put on by one of them 0.63 at most, nearly all below 0.4;
    titles, credits and signs 0.74 and more)."""

    staying_seconds: float = 4.0
    """Seconds matched below which a line that stays may be a subtitle: few stand longer. As
    `text_seconds` of what the pictures show."""

    same_share: float = 0.6
    """Share of the lines that say the same from which on two tracks are one."""
