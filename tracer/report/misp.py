"""A chain as a MISP event: files, posts and accounts as objects of MISP's own templates.

Nothing in it is marked for detection (``to_ids``): a video that somebody copied is no indicator of
compromise. Ids depend on the content alone, so that an import twice updates and does not double.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.model import Chain, Post
from tracer.report import accounts, records, wording
from tracer.report.extras import library
from tracer.report.html import safe_url
from tracer.report.material import Material
from tracer.trace.platforms import canonical

UNDEFINED, COMPLETED = 4, 2  # MISP's threat level and state of analysis
OWN_ORGANISATION = 0  # MISP's narrowest distribution: sharing is the reader's decision


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the event as the JSON that MISP imports."""
    text = json.dumps({"Event": event(chain, material).to_dict()}, default=_plain, indent=1)
    output.write_text(text + "\n", encoding="utf-8")
    return output


def event(chain: Chain, material: Material) -> Any:
    """Return the chain as a ``pymisp.MISPEvent``."""
    pymisp = library("pymisp", "--format misp")
    moment = accounts.moment_of(material.state)
    made = pymisp.MISPEvent()
    made.uuid = accounts.stable_uuid("event", *sorted(v.video.sha256 for v in chain.videos))
    made.info = wording.shortened(chain.earliest.statement, 1000) or "Who was first is not known."
    made.date = moment.date()
    made.timestamp = int(moment.timestamp())
    made.distribution = OWN_ORGANISATION
    made.threat_level_id, made.analysis = UNDEFINED, COMPLETED

    def add(template: str, name: str, facts: dict[str, Any]) -> Any:
        one = pymisp.MISPObject(template, strict=True)
        one.uuid = accounts.stable_uuid(template, name)
        one.timestamp = int(moment.timestamp())
        for relation, value in facts.items():
            if value not in ("", None):
                one.add_attribute(
                    relation,
                    value=value,
                    to_ids=False,
                    uuid=accounts.stable_uuid(template, name, relation),
                    timestamp=int(moment.timestamp()),
                )
        return made.add_object(one, standalone=False)

    files = {
        video.video.sha256: add(
            "file",
            video.video.sha256,
            {
                "sha256": video.video.sha256,
                "size-in-bytes": video.video.size,
                "filename": wording.label(video),
            },
        )
        for video in sorted(chain.videos, key=lambda video: video.video.sha256)
    }
    for name, sha256, post in accounts.numbered_posts(chain):
        template, facts = _post(post)
        posted = add(template, name, facts)
        posted.add_reference(files[sha256].uuid, "contains", **_named("contains", name))
    for link in records.chain(chain)["links"]:
        kind = "derived-from" if link["direction"] == "told" else "similar"
        files[link["derived"]].add_reference(
            files[link["source"]].uuid,
            kind,
            comment=f"confidence {link['confidence']:.2f}",
            **_named(kind, link["derived"], link["source"]),
        )
    return made


def _post(post: Post) -> tuple[str, dict[str, Any]]:
    """Return the template that fits a post's platform, and what it has to say."""
    told = records.post(post)
    claim = post.published
    who = wording.account(post)
    text = wording.plain(f"{post.title} {post.text}")
    facts: dict[str, Any] = {"link": safe_url(post.url)}
    if canonical(post.platform) == "twitter" and (post.post_id or facts["link"] or text):
        account = post.account
        return "twitter-post", {
            **facts,
            "post-id": post.post_id,
            "post": text,
            "name": who,
            "user-id": account.id if account else "",
            "created-at": told["published"]["earliest"] if claim else "",
        }
    if canonical(post.platform) == "facebook" and (post.post_id or facts["link"] or text):
        return "facebook-post", {**facts, "post-id": post.post_id, "post": text, "user-name": who}
    # A microblog needs a text: where the post has none, the sentence that says where it stood.
    return "microblog", {
        **facts,
        "type": "Other",
        "post": text or f"posted on {wording.posted(post)}",
        "display-name": who,
        "username": post.account.handle if post.account else "",
        "creation-date": told["published"]["earliest"] if claim else "",
        "state": None,
        "title": wording.platform(post.platform),
    }


def _named(*words: str) -> dict[str, str]:
    return {"uuid": accounts.stable_uuid("reference", *words)}


def _plain(value: Any) -> Any:
    """Return what pymisp leaves for the encoder: its own objects, and instants."""
    return value.to_dict() if hasattr(value, "to_dict") else records.instant(value)
