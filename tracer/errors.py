"""The exception tree: what can go wrong, in the words a user acts on.

::

    TracerError                 anything this package raises on purpose
    ├── UsageError              the call was wrong: an argument, a path that does not exist (exit 2)
    ├── SourceError             a URL, sidecar or archive could not be taken in (exit 1 in a batch)
    ├── MediaError              a file that can't be read as a video (exit 1 in a batch)
    ├── IndexFileError          the index file is missing, foreign or not writable (exit 3)
    │   ├── IndexVersionError   a newer version wrote it, or an old schema was opened to read
    │   └── IndexBusyError      another process holds the write lock too long
    └── ExternalError           something outside is wrong: no ffmpeg, no space, no network (exit 3)

Every message is one line: what, which file, what to do next. The command line prints it and exits
with the status of the class; ``--debug`` shows the trace.
"""

from __future__ import annotations


class TracerError(Exception):
    """Base of everything that this package raises on purpose."""

    exit_status = 3


class UsageError(TracerError):
    """The call was wrong; nothing was done."""

    exit_status = 2


class SourceError(TracerError):
    """A URL, sidecar or archive could not be taken in; the rest of a batch goes on."""

    exit_status = 3


class MediaError(TracerError):
    """A file could not be read as a video; the rest of a batch goes on."""

    exit_status = 3


class IndexFileError(TracerError):
    """The index file is missing, is not an index, or can't be written."""

    exit_status = 3


class IndexVersionError(IndexFileError):
    """The index has a schema that this version does not read."""


class IndexBusyError(IndexFileError):
    """Another process holds the index's write lock."""


class ExternalError(TracerError):
    """Something outside this package is wrong: a binary, the disk, the network."""

    exit_status = 3
