"""The Python interface: the jobs of the command line in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tracer.index.location import default_path
from tracer.index.store import Index
from tracer.model import Answer, Chain, Family, PairReport
from tracer.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from tracer.pipeline.taking_in import Progress, TakenIn

Name = str | PathLike[str]


class Tracer:
    """An index and all that can be asked of it; a context manager.

    >>> with Tracer("case.db") as tracer:  # doctest: +SKIP
    ...     tracer.index("clips/")
    ...     answer = tracer.check("suspicious.mp4")
    ...     print(answer.statement)
    ...     chain = tracer.chain("clips/interview.mp4")
    """

    def __init__(self, index: Name | None = None, settings: Settings = DEFAULT) -> None:
        """Open the index file, made where there is none; by default the user's own."""
        self.settings = settings
        self._index = Index.open(Path(index) if index is not None else default_path(), "write")

    def close(self) -> None:
        """Close the index file."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def index(
        self,
        *named: Name,
        jobs: int | None = None,
        on_event: Callable[[Progress], None] = lambda event: None,
        text: bool = True,
    ) -> TakenIn:
        """Take in files, folders, addresses and ``@lists``; what is known costs a look-up."""
        from tracer import pipeline

        return pipeline.take_in(
            self._index, _texts(named), self.settings, jobs, on_event, read_text=text
        )

    def check(self, query: Name) -> Answer:
        """Say where a video or a still image comes from, as far as this index knows."""
        from tracer import pipeline

        return pipeline.check(self._index, str(query), self.settings)

    def chain(self, video: Name) -> Chain:
        """Return the provenance of the whole family of one video of the index."""
        from tracer import pipeline

        return pipeline.chain(self._index, str(video), self.settings)

    def families(self, alone: bool = False) -> list[Family]:
        """Return every family of the index; with `alone` also the videos without any."""
        from tracer import pipeline

        return pipeline.families(self._index, self.settings, alone)

    def explain(self, a: Name, b: Name) -> PairReport:
        """Say why two videos do or do not match, step by step."""
        from tracer import pipeline

        return pipeline.explain(self._index, str(a), str(b), self.settings)


def _texts(names: Sequence[Name]) -> list[str]:
    return [str(name) for name in names]
