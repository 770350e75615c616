"""A chain as a STIX 2.1 bundle for threat-intelligence platforms (OpenCTI and others).

Videos are files, posts are URLs, accounts are user accounts; links are relationships
``derived-from`` (``related-to`` where no direction is told), with their confidence; the statement
is a note. Object ids and times depend on the content and the index alone: the same chain gives the
same bundle, so that an import twice brings nothing twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracer.model import Chain
from tracer.report import accounts, records, wording
from tracer.report.extras import library
from tracer.report.html import safe_url
from tracer.report.material import Material


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the bundle as JSON."""
    text: str = bundle(chain, material).serialize(sort_keys=True, indent=4)
    output.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    return output


def bundle(chain: Chain, material: Material) -> Any:
    """Return the chain as a ``stix2.Bundle``."""
    stix2 = library("stix2", "--format stix")
    moment = accounts.moment_of(material.state)
    files = {
        video.video.sha256: stix2.File(
            hashes={"SHA-256": video.video.sha256},
            size=video.video.size,
            name=wording.label(video),
        )
        for video in sorted(chain.videos, key=lambda video: video.video.sha256)
    }

    def relationship(kind: str, source: Any, target: Any, **facts: Any) -> Any:
        name = accounts.stable_uuid("relationship", kind, source.id, target.id)
        return stix2.Relationship(
            id=f"relationship--{name}",
            relationship_type=kind,
            source_ref=source.id,
            target_ref=target.id,
            created=moment,
            modified=moment,
            **facts,
        )

    found: dict[str, Any] = {one.id: one for one in files.values()}
    for _, sha256, post in accounts.numbered_posts(chain):
        told = wording.posted(post)
        ends = [files[sha256]]
        if safe_url(post.url):
            ends.append(stix2.URL(value=safe_url(post.url)))
        known = post.account
        if known is not None and (known.id or known.handle):
            facts = {"user_id": known.id, "account_login": known.handle, "display_name": known.name}
            kept = {name: value for name, value in facts.items() if value}
            ends.append(stix2.UserAccount(account_type=post.platform, **kept))
        for end in ends[1:]:
            found[end.id] = end
            link = relationship("related-to", files[sha256], end, description=f"posted on {told}")
            found[link.id] = link
    for link in records.chain(chain)["links"]:
        made = relationship(
            "derived-from" if link["direction"] == "told" else "related-to",
            files[link["derived"]],
            files[link["source"]],
            confidence=round(100 * link["confidence"]),
            description="; ".join(wording.plain(cue["detail"]) for cue in link["evidence"])
            or "shares footage",
        )
        found[made.id] = made
    note = stix2.Note(
        id=f"note--{accounts.stable_uuid('note', chain.earliest.statement, *files)}",
        abstract=f"Who was first: {chain.earliest.grade}",
        content=wording.plain(chain.earliest.statement) or "Nothing tells who was first.",
        object_refs=[one.id for one in files.values()],
        created=moment,
        modified=moment,
    )
    parts = [*(found[name] for name in sorted(found)), note]
    name = accounts.stable_uuid("bundle", *sorted(found), note.id)
    return stix2.Bundle(objects=parts, id=f"bundle--{name}")
