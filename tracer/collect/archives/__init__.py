"""Archives of posts -> posts and accounts: one module a kind, all of them listed here.

A kind is a function that yields what an archive states, row by row, in constant memory. To add one:
write its module, list it in ``KINDS``, and show it a real header in a test.
"""

from __future__ import annotations

from collections.abc import Mapping

from tracer.collect.archives.auto_archiver import KIND as AUTO_ARCHIVER
from tracer.collect.archives.crowdtangle import KIND as CROWDTANGLE
from tracer.collect.archives.csv_map import KIND as CSV_MAP
from tracer.collect.archives.four_cat import KIND as FOUR_CAT
from tracer.collect.archives.info_folder import KIND as INFO_FOLDER
from tracer.collect.archives.items import Kind
from tracer.collect.archives.pomegranate_app import KIND as POMEGRANATE_APP
from tracer.collect.archives.tiktok_research import KIND as TIKTOK_RESEARCH
from tracer.collect.archives.twarc import KIND as TWARC
from tracer.collect.archives.twitter_io import KIND as TWITTER_IO
from tracer.collect.archives.wacz import KIND as WACZ
from tracer.collect.archives.youtube_tools import KIND as YOUTUBE_TOOLS
from tracer.collect.archives.zeeschuimer import KIND as ZEESCHUIMER

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        TWITTER_IO,
        INFO_FOLDER,
        ZEESCHUIMER,
        FOUR_CAT,
        CSV_MAP,
        TWARC,
        TIKTOK_RESEARCH,
        CROWDTANGLE,
        YOUTUBE_TOOLS,
        AUTO_ARCHIVER,
        POMEGRANATE_APP,
        WACZ,
    )
}
"""Name on the command line -> how it is read."""
