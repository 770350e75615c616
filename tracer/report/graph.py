"""A chain as a graph for Gephi, Cytoscape, yEd: GraphML and GEXF.

Nodes are videos, edges links from source to derived. In GEXF a video exists from the moment of its
earliest post on, so that Gephi's timeline plays the spread; GraphML has the times as text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from tracer.model import Chain, IndexedVideo
from tracer.report import accounts, records, wording
from tracer.report.material import Material
from tracer.trace.platforms import canonical

Value = str | int | float | bool


def write_graphml(chain: Chain, output: Path, material: Material) -> Path:
    """Write the chain as GraphML."""
    nx.write_graphml_xml(graph(chain), output, encoding="utf-8", prettyprint=True)
    return output


def write_gexf(chain: Chain, output: Path, material: Material) -> Path:
    """Write the chain as GEXF 1.2, with times where they are known."""
    made = graph(chain)
    for _, facts in made.nodes(data=True):
        if facts["published_earliest"]:
            facts["start"] = facts["published_earliest"]
    buffer = io.BytesIO()
    nx.write_gexf(made, buffer, encoding="utf-8", prettyprint=True, version="1.2draft")
    output.write_bytes(_without_clock(buffer.getvalue(), accounts.moment_of(material.state)))
    return output


def graph(chain: Chain) -> Any:
    """Return the chain as a ``networkx.MultiDiGraph``; every value is a plain text or number."""
    made = nx.MultiDiGraph(statement=wording.plain(chain.earliest.statement))
    for video in sorted(chain.videos, key=lambda video: video.video.sha256):
        made.add_node(video.video.sha256, **_node(video, chain))
    for parent in sorted(chain.hidden, key=lambda parent: parent.id):
        made.add_node(parent.id, **{**_BLANK, "label": "missing source", "kind": "hidden"})
    for number, link in enumerate(records.chain(chain)["links"]):
        made.add_edge(link["source"], link["derived"], key=number, **_edge(link))
    for parent in sorted(chain.hidden, key=lambda parent: parent.id):
        for child in sorted(parent.children):
            made.add_edge(parent.id, child, direction="hidden", confidence=0.0, weight=0.0)
    return made


_BLANK: Mapping[str, Value] = {
    "kind": "video",
    "label": "",
    "earliest": False,
    "duration": 0.0,
    "width": 0,
    "height": 0,
    "platforms": "",
    "accounts": "",
    "published_earliest": "",
    "published_latest": "",
    "published_source": "",
}


def _node(video: IndexedVideo, chain: Chain) -> dict[str, Value]:
    posts = records.sorted_posts(video.posts)
    dated = next((post for post in posts if post.published is not None), None)
    published = records.post(dated)["published"] if dated else {}
    names = {canonical(post.platform) for post in posts}
    return {
        **_BLANK,
        "label": wording.label(video),
        "earliest": video.video.sha256 == chain.earliest.sha256,
        "duration": records.seconds(video.video.duration),
        "width": video.video.width,
        "height": video.video.height,
        "platforms": " ".join(sorted(wording.plain(name) for name in names)),
        "accounts": "; ".join(dict.fromkeys(filter(None, map(wording.account, posts)))),
        **{f"published_{name}": published[name] for name in _CLAIM if published},
    }


_CLAIM = ("earliest", "latest", "source")


def _edge(link: records.Record) -> dict[str, Value]:
    return {
        "direction": link["direction"],
        "confidence": link["confidence"],
        "weight": link["score"],
        "edits": " ".join(sorted({edit["kind"] for edit in link["edits"]})),
        "sound": link["sound"]["verdict"],
    }


def _without_clock(text: bytes, moment: Any) -> bytes:
    """Replace the day of writing, which networkx puts in, by the day of the index."""
    space = "http://www.gexf.net/1.2draft"
    ElementTree.register_namespace("", space)
    root = ElementTree.fromstring(text)
    for meta in root.iter(f"{{{space}}}meta"):
        meta.set("lastmodifieddate", f"{moment:%Y-%m-%d}")
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"
