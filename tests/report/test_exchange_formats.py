"""Formats for other programs: each is read back by the library that owns the format."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import networkx as nx
import pytest

from tests.report import story
from tracer.errors import ExternalError
from tracer.report import FORMATS, graph, media_review, prov
from tracer.report.material import Material

MATERIAL = Material(story.STATE)
EXCHANGE = ["prov", "graphml", "gexf", "mediareview", "stix", "misp"]


def written(name, tmp_path, chain=story.CHAIN):
    return FORMATS[name].write(chain, tmp_path / f"chain{FORMATS[name].suffix}", MATERIAL)


@pytest.mark.parametrize("name", EXCHANGE)
@pytest.mark.parametrize("chain", [story.CHAIN, story.EMPTY_CHAIN, story.many(30)])
def test_the_same_chain_gives_the_same_bytes(name, chain, tmp_path):
    turned = replace(chain, videos=chain.videos[::-1], links=chain.links[::-1])
    first = written(name, tmp_path, chain).read_bytes()
    assert written(name, tmp_path, turned).read_bytes() == first


def test_prov_comes_back_equal_from_its_own_library(tmp_path):
    from prov.model import ProvDerivation, ProvDocument, ProvEntity

    path = written("prov", tmp_path)
    read = ProvDocument.deserialize(str(path), format="json")
    assert read == prov.document(story.CHAIN, MATERIAL)
    derived = {(str(one.args[0]), str(one.args[1])) for one in read.get_records(ProvDerivation)}
    told = {
        (f"video:{link.derived}", f"video:{link.source}")
        for link in story.CHAIN.links
        if link.direction == "told"
    }
    hidden = {(f"video:{child}", "hidden:h1") for child in story.CHAIN.hidden[0].children}
    assert derived == told | hidden
    entities = {str(one.identifier) for one in read.get_records(ProvEntity)}
    assert {f"video:{video.video.sha256}" for video in story.VIDEOS} <= entities


def test_prov_gives_a_time_of_its_own_only_where_the_claim_is_exact(tmp_path):
    record = json.loads(written("prov", tmp_path).read_text("utf-8"))
    dated = {one["prov:entity"]: one["prov:time"] for one in record["wasGeneratedBy"].values()}
    assert f"post:{story.POMEGRANATE}-1" in dated
    assert f"post:{story.DOUYIN}-1" not in dated  # an id is exact to a second only


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_graphs_come_back_with_every_node_and_edge(name, read, tmp_path):
    back = read(written(name, tmp_path))
    made = graph.graph(story.CHAIN)
    assert set(back.nodes) == set(made.nodes)
    assert sorted((a, b) for a, b in back.edges()) == sorted((a, b) for a, b in made.edges())
    assert back.nodes[story.POMEGRANATE]["earliest"] is True
    assert back.nodes[story.YOUTUBE]["label"].endswith(".mp4")


def test_in_gexf_a_video_begins_with_its_earliest_post(tmp_path):
    back = nx.read_gexf(written("gexf", tmp_path))
    assert back.nodes[story.POMEGRANATE]["start"] == "2021-01-23T11:15:00Z"
    assert "start" not in back.nodes[story.ALONE]
    assert b'lastmodifieddate="2026-11-22"' in (tmp_path / "chain.gexf").read_bytes()


def test_a_draft_review_leaves_the_category_to_the_reviewer():
    draft = media_review.draft(story.CHAIN)
    assert "mediaAuthenticityCategory" not in draft
    assert all(name in draft["description"] for name in media_review.CATEGORIES)
    assert draft["originalMediaLink"] == story.FIRST_POST.url
    shown = draft["itemReviewed"]["mediaItemAppearance"]
    assert len(shown) == 7  # five posts, two files without any
    by_sha = {one["sha256"]: one for one in shown}
    assert by_sha[story.POMEGRANATE]["uploadDate"] == "2021-01-23T11:15:00Z"
    assert "uploadDate" not in by_sha[story.YOUTUBE]  # a bare day is no instant
    assert "originalMediaLink" not in media_review.draft(story.EMPTY_CHAIN)


def test_a_script_address_is_never_a_link(tmp_path):
    evil = replace(story.FIRST_POST, url="javascript:alert(1)")
    videos = (replace(story.VIDEOS[0], posts=(evil,)), *story.VIDEOS[1:])
    chain = replace(story.CHAIN, videos=videos, earliest=replace(story.EARLIEST, post=evil))
    for name in ("mediareview", "stix", "misp"):
        assert "javascript" not in written(name, tmp_path, chain).read_text("utf-8")


def test_stix_is_read_strictly_and_points_from_copy_to_source(tmp_path):
    import stix2

    bundle = stix2.parse(written("stix", tmp_path).read_text("utf-8"))
    files = {one.hashes["SHA-256"]: one.id for one in bundle.objects if one.type == "file"}
    links = {
        (one.source_ref, one.target_ref): one
        for one in bundle.objects
        if one.type == "relationship" and one.relationship_type == "derived-from"
    }
    assert set(files) == {video.video.sha256 for video in story.VIDEOS}
    assert links[files[story.DOUYIN], files[story.POMEGRANATE]].confidence == 85
    assert len(links) == 3  # the undetermined one is related only
    assert len({one.id for one in bundle.objects}) == len(bundle.objects)


def test_misp_reads_its_event_and_nothing_is_an_indicator(tmp_path):
    import pymisp

    event = pymisp.MISPEvent()
    event.load_file(str(written("misp", tmp_path)))
    files = {
        one.get_attributes_by_relation("sha256")[0].value: one
        for one in event.objects
        if one.name == "file"
    }
    assert set(files) == {video.video.sha256 for video in story.VIDEOS}
    reference = files[story.DOUYIN].references[0]
    assert reference.relationship_type == "derived-from"
    assert reference.referenced_uuid == files[story.POMEGRANATE].uuid
    assert not any(one.to_ids for obj in event.objects for one in obj.attributes)
    assert {one.name for one in event.objects} == {"file", "microblog", "twitter-post"}


@pytest.mark.parametrize(
    ("name", "library"), [("prov", "prov"), ("stix", "stix2"), ("misp", "pymisp")]
)
def test_a_missing_library_is_one_line_with_the_command(name, library, tmp_path, monkeypatch):
    for module in [one for one in sys.modules if one.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "path", [])  # an environment in which it is not installed
    with pytest.raises(ExternalError, match="video-tracer\\[exports\\]") as caught:
        written(name, tmp_path)
    assert "\n" not in str(caught.value)
