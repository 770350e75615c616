"""A chain as W3C PROV-JSON: who was derived from what, who posted it, who says so.

A video is an entity; a post is a more special one, attributed to its account. A link whose
direction is told is a derivation, one whose direction is not told says only that both are
alternates of the same thing; a missing common source is an entity of its own. A claim of time is an
interval with a source: PROV's own time of generation is given only where the claim is exact.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracer.model import Chain, Post
from tracer.report import accounts, records, wording
from tracer.report.extras import library
from tracer.report.material import Material, versions

NAMESPACES = {
    "video": "urn:video-tracer:video:",
    "post": "urn:video-tracer:post:",
    "account": "urn:video-tracer:account:",
    "hidden": "urn:video-tracer:hidden:",
    "tracer": "urn:video-tracer:term:",
}


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write the chain as PROV-JSON."""
    text: str = document(chain, material).serialize(format="json", indent=1)
    output.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    return output


def document(chain: Chain, material: Material) -> Any:
    """Return the chain as a ``prov.model.ProvDocument``."""
    prov = library("prov.model", "--format prov")
    made = prov.ProvDocument()
    for prefix, uri in NAMESPACES.items():
        made.add_namespace(prefix, uri)
    _videos(made, chain)
    _posts(made, chain)
    _links(made, chain)
    _statement(made, chain, material)
    return made


def _videos(made: Any, chain: Chain) -> None:
    for video in sorted(chain.videos, key=lambda video: video.video.sha256):
        facts = video.video
        made.entity(
            f"video:{facts.sha256}",
            {
                "prov:label": wording.label(video),
                "prov:type": "video",
                "tracer:sha256": facts.sha256,
                "tracer:duration": records.seconds(facts.duration),
                "tracer:width": facts.width,
                "tracer:height": facts.height,
                "tracer:codec": facts.codec,
            },
        )


def _posts(made: Any, chain: Chain) -> None:
    agents: set[str] = set()
    for name, sha256, post in accounts.numbered_posts(chain):
        entity = made.entity(f"post:{name}", _post(post))
        made.specialization(entity, f"video:{sha256}")
        claim = post.published
        if claim is not None and claim.earliest == claim.latest:
            made.generation(entity, time=claim.earliest)
        if post.account is not None:
            agent = f"account:{accounts.account_name(post.account)}"
            if agent not in agents:
                agents.add(agent)
                made.agent(
                    agent,
                    {
                        "prov:label": wording.account(post),
                        "tracer:platform": post.account.platform,
                        "tracer:account_id": post.account.id,
                        "tracer:handle": post.account.handle,
                    },
                )
            made.attribution(entity, agent)


def _post(post: Post) -> dict[str, Any]:
    told = records.post(post)
    published = told["published"] or {}
    facts = {
        "prov:label": wording.posted(post),
        "prov:type": "post",
        "tracer:platform": post.platform,
        "tracer:url": told["url"],
        "tracer:post_id": told["post_id"],
        "tracer:collected": told["collected"],
        "tracer:collector": told["collector"],
        **{
            f"tracer:published_{name}": published.get(name)
            for name in ("earliest", "latest", "source", "raw", "zone")
        },
    }
    return {name: value for name, value in facts.items() if value is not None}


def _links(made: Any, chain: Chain) -> None:
    for link in records.chain(chain)["links"]:
        ends = (f"video:{link['derived']}", f"video:{link['source']}")
        if link["direction"] != "told":
            made.alternate(*ends)
            continue
        made.derivation(
            *ends,
            other_attributes={
                "tracer:confidence": link["confidence"],
                "tracer:score": link["score"],
                "tracer:edits": " ".join(sorted({edit["kind"] for edit in link["edits"]})),
                "tracer:evidence": "; ".join(
                    wording.plain(cue["detail"]) for cue in link["evidence"]
                ),
            },
        )
    for parent in sorted(chain.hidden, key=lambda parent: parent.id):
        entity = made.entity(
            f"hidden:{parent.id}",
            {"prov:label": "a common source that the index does not hold", "prov:type": "hidden"},
        )
        for child in sorted(parent.children):
            made.derivation(f"video:{child}", entity)


def _statement(made: Any, chain: Chain, material: Material) -> None:
    """Say who made the statement, with what, from which index."""
    agent = made.agent(
        "tracer:software",
        {"prov:type": "prov:SoftwareAgent", **{f"tracer:{n}": v for n, v in versions()}},
    )
    known = chain.earliest
    facts = {
        "prov:type": "statement",
        "prov:label": wording.plain(known.statement),
        "tracer:grade": known.grade,
        "tracer:index_videos": material.state.videos,
        "tracer:index_as_of": records.instant(material.state.as_of),
        "tracer:settings": material.state.settings,
        "tracer:contradictions": len(chain.contradictions),
        "tracer:unchecked": len(chain.unchecked),
    }
    entity = made.entity(
        "tracer:statement", {name: value for name, value in facts.items() if value is not None}
    )
    made.attribution(entity, agent)
    if known.sha256 is not None:
        made.influence(entity, f"video:{known.sha256}")
