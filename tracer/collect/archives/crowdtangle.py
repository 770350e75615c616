"""CrowdTangle's CSV exports of Facebook and Instagram posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tracer.collect import claims
from tracer.collect.archives.items import Found, Item, Kind, Options, account, published
from tracer.collect.archives.lines import Cells, Table, each_row

NAME = "crowdtangle"

# Summer and winter time as CrowdTangle writes them, where it names a zone at all.
_ZONES = {"EDT": "-04:00", "EST": "-05:00", "PDT": "-07:00", "PST": "-08:00", "UTC": "Z"}
_POST = re.compile(r"/(?:posts|videos|reel|p)/(?:[^/]+/)*?([\w-]{6,})/?(?:\?|$)|story_fbid=(\d+)")


def read(file: Path, options: Options) -> Iterator[Item]:
    """Yield the posts of a table or of a folder's tables."""
    table = Table(file, options.settings.collect.line_bytes)
    table.need("User Name", "Post Created", "URL")
    yield from each_row(table, _post)


def _post(cells: Cells) -> Found:
    url = cells["URL"]
    if not url:
        raise ValueError("URL is empty")
    platform = "instagram" if "instagram.com" in url else "facebook"
    number = _POST.search(url)
    written = cells["Post Created"]
    bare, _, zone = written.rpartition(" ")
    when = claims.stated(f"{bare}{_ZONES[zone]}" if zone in _ZONES else written, "platform")
    facts = {
        "platform": platform,
        "url": url,
        "post_id": (number[1] or number[2]) if number else "",
        "account": account(
            platform,
            id=cells.first("Facebook Id", "Page Id", "Account Id"),
            handle=cells["User Name"],
            name=cells.first("Page Name", "Account"),
        ),
        "collector": "CrowdTangle",
        "title": cells["Link Text"],
        "text": cells.first("Message", "Description"),
        "origin": NAME,
    }
    return Found(published(facts, when))


KIND = Kind(NAME, "CrowdTangle's CSV exports", read, (".csv",))
