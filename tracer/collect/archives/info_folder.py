"""A folder of ``.info.json`` files as yt-dlp writes them; the media need not be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tracer.collect import sidecars
from tracer.collect.archives.items import ROW, Found, Item, Kind, Options, Refused
from tracer.errors import SourceError

NAME = "yt-dlp"
_ENDING = ".info.json"


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a file; a medium beside it has the same name without the ending."""
    yield ROW
    try:
        posts = sidecars.read(file, options.settings)
    except SourceError as error:
        yield Refused(str(file), str(error).removeprefix(f"{file}: "))
        return
    for post in posts:
        yield Found(replace(post, origin=NAME), (file.name.removesuffix(_ENDING),))


KIND = Kind(NAME, "a folder of .info.json files", read, (_ENDING,), small=True)
