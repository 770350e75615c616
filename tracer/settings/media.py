"""Taking in and decoding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Decoding."""

    sampling_gap: float = 0.25
    """Seconds between two sampled frames; the grid of the miniature. Four a second pins a segment's
    end to about an eighth of a second without decoding again."""

    early_end: float = 2.0
    """Seconds between the last frame and the stated end from which on a file counts as cut short;
    the last frame of a slide show may stand that long."""

    early_share: float = 0.05
    """The same as a share of the stated length, and of the packets that the header speaks of."""

    skip_gap: float = 0.21
    """Seconds. Frames that no other frame refers to are skipped while decoding as long as the
    frames that are left lie no further apart than this; otherwise every frame is decoded."""

    decode_timeout: float = 900.0
    """Seconds of wall time that one file's worker may take before it is stopped."""

    decode_memory: int = 4 << 30
    """Bytes of address space beyond the start that one file's worker may take."""

    max_pixels: int = 8192 * 8192
    """Pixels of one frame; a larger picture is refused before it is decoded."""


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """Taking in files, sidecars and URLs."""

    sidecar_bytes: int = 64 << 20
    """Bytes. A larger sidecar is refused unread; yt-dlp's largest, with all comments of a video,
    have some tens of megabytes."""

    list_bytes: int = 256 << 20
    """Bytes. A larger ``@list`` is refused unread."""

    download_bytes: int = 64 << 30
    """Bytes. A download that grows larger is broken off: a stream without end would fill the
    disk. An hour of 4K video has some 20 GB."""

    page_bytes: int = 64 << 20
    """Bytes. A larger page, or one that unpacks to more, is not read; a platform's largest answers
    have some megabytes."""

    watch_interval: float = 5.0
    """Seconds between two looks at a watched folder; a file that does not grow for so long has
    come to rest."""

    network_timeout: float = 30.0
    """Seconds without an answer after which a download's connection is given up."""

    network_retries: int = 3
    """Times that a failed request is tried again."""

    network_backoff: float = 1.0
    """Seconds before the first retry; twice as long before each further one."""

    network_longest_wait: float = 60.0
    """Seconds that a wait before a retry may reach."""

    short_hosts: tuple[str, ...] = (
        "v.douyin.com", "v.iesdouyin.com", "t.co", "vm.tiktok.com", "vt.tiktok.com", "b23.tv",
        "bili2233.cn", "t.cn", "fb.watch", "v.ixigua.com", "xhslink.com", "v.kuaishou.com",
        "bit.ly", "tinyurl.com", "youtube.app.link",
    )  # fmt: skip
    """Hosts of shortened addresses: they are asked where they lead before yt-dlp is."""

    line_bytes: int = 16 << 20
    """Bytes. A longer line or record of an archive is refused unread; the longest seen, an app's
    answer with all of a video's formats, has some hundreds of kilobytes."""

    share_hosts: tuple[str, ...] = ("*.xjdaily.com", "*.xjdaily.com.cn", "*.ts.cn")
    """Hosts whose share pages Pomegranate Cloud's extractor reads; ``*.`` stands for the host
    itself and any below it. The share pages' own host is not known: add it here."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """The index file."""

    page_bytes: int = 2048
    """Bytes of a page of a new index file; older ones keep SQLite's 4096. A match takes some 2,300
    bytes, and the smaller tables leave most of a page empty: the index of the bundled clips, 8.2
    minutes in 24 files, has 1.80 MB instead of 1.99."""

    cache_kilobytes: int = 64 * 1024
    """Kilobytes of pages that SQLite may hold while it writes."""

    busy_timeout: float = 30.0
    """Seconds to wait for another process's write lock. One writer at a time measured at most
    0.8 s of wait with four processes (6 s on a loaded machine)."""

    claim_patience: float = 1800.0
    """Seconds of silence after which a process of which nothing else can be told counts as ended,
    so that others take over its files; twice what one file's decoding may take."""

    clear_score: float = 0.95
    """Score from which on a pair of the index is not asked the other way round as well. What was
    found one way only, by chance, reached 0.971 (measured on the pairs of the fixtures)."""

    hopeless_score: float = 0.005
    """Score up to which a pair of the index is not asked again with a file at hand, unless the two
    show one place. Of 690 pairs of 213 clips and edited copies 175 lay below 0.01 and 5 of these
    were true: four showed one place, one had 0.0089 (measured)."""

    back_score: float = 0.05
    """Score up to which, asked from the one side with a file at hand, a pair is not asked from the
    other as well. Of 317 pairs asked from both sides 181 had no more from the one; from the other
    two of them were `possible` and none a match (measured)."""

    search_tail: int = 100
    """Videos that are searched without a file of their own; from so many on they get one. Reading
    them anew costs some 3 ms a video of a minute (measured)."""

    search_features: int = 24_000_000
    """Local features in one search file, which bounds the memory that making it takes: with 24
    million (some 4,600 videos of a minute) the process reached 1.3 GB (measured)."""
