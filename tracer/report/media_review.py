"""A draft of a schema.org MediaReview: what a fact-checker publishes beside an article.

The category is a judgement on what people were led to believe, which no comparison of pictures can
make: ``mediaAuthenticityCategory`` is left out for the reviewer, with the words to choose from. The
link to the earliest known appearance is given only where a post of it has a web address.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.model import Chain, IndexedVideo, Post
from tracer.report import records, wording
from tracer.report.html import safe_url
from tracer.report.material import Material

CATEGORIES = (
    "DecontextualizedContent",
    "EditedOrCroppedContent",
    "OriginalMediaContent",
    "SatireOrParodyContent",
    "StagedContent",
    "TransformedContent",
)
LEFT_OPEN = (
    "A draft. Before it is published, a reviewer adds author, datePublished, url (of the article) "
    f"and mediaAuthenticityCategory, one of: {', '.join(CATEGORIES)}."
)


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the draft as JSON-LD."""
    text = json.dumps(draft(chain), ensure_ascii=False, allow_nan=False, indent=1)
    output.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    return output


def draft(chain: Chain) -> dict[str, Any]:
    """Return the draft as plain JSON-LD."""
    first = chain.earliest
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MediaReview",
        "description": LEFT_OPEN,
        "originalMediaContextDescription": wording.plain(first.statement),
        "itemReviewed": {
            "@type": "MediaReviewItem",
            "mediaItemAppearance": [
                appearance
                for video in sorted(chain.videos, key=lambda video: video.video.sha256)
                for appearance in _appearances(video)
            ],
        },
    }
    original = safe_url(first.post.url) if first.post else ""
    if original:
        made["originalMediaLink"] = original
    return made


def _appearances(video: IndexedVideo) -> list[dict[str, Any]]:
    """Return one VideoObject for each post, one without a post for a file that has none."""
    facts = {
        "@type": "VideoObject",
        "sha256": video.video.sha256,
        "duration": f"PT{records.seconds(video.video.duration)}S",
        "width": video.video.width,
        "height": video.video.height,
    }
    if not video.posts:
        return [{**facts, "name": wording.label(video)}]
    return [{**facts, **_post(post)} for post in records.sorted_posts(video.posts)]


def _post(post: Post) -> dict[str, Any]:
    facts: dict[str, Any] = {"publisher": {"@type": "Organization", "name": post.platform}}
    if safe_url(post.url):
        facts["url"] = safe_url(post.url)
    if post.title or post.text:
        facts["name"] = wording.shortened(post.title or post.text, 200)
    who = wording.account(post)
    if who:
        facts["creator"] = {"@type": "Person", "name": who}
    claim = post.published
    # schema.org knows no uncertainty: a claim of more than a minute's width goes into words.
    if claim is not None and (claim.latest - claim.earliest).total_seconds() <= 60:
        facts["uploadDate"] = records.instant(claim.earliest)
    elif claim is not None:
        facts["description"] = f"published {wording.claim(claim)}"
    return facts
