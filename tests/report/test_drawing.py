"""The chain as a picture: sources above copies, nothing overlaps, hundreds become a few."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.report import story
from tracer.report import drawing as drawings
from tracer.report.drawing import drawing
from tracer.report.groups import MOST_NODES, grouped
from tracer.report.outline import outline


def _drawn(chain):
    return drawing(chain, grouped(chain))


def test_every_video_and_every_hidden_parent_is_drawn_once():
    keys = [node.key for node in _drawn(story.CHAIN).nodes]
    assert sorted(keys) == sorted(["h1", *(video.video.sha256 for video in story.VIDEOS)])


def test_sources_stand_above_their_copies():
    places = {node.key: node for node in _drawn(story.CHAIN).nodes}
    for link in story.LINKS:
        if link.direction == "told":
            assert places[link.source].y < places[link.derived].y
    for child in story.CHAIN.hidden[0].children:
        assert places["h1"].y < places[child].y


@pytest.mark.parametrize("copies", [1, 4, 11, 40])
def test_nodes_never_overlap_and_stay_on_the_sheet(copies):
    sheet = _drawn(story.many(copies))
    for node in sheet.nodes:
        assert node.x >= 0
        assert node.x + drawings.WIDTH <= sheet.width
        assert node.y + drawings.HEIGHT <= sheet.height
    for one in sheet.nodes:
        for other in sheet.nodes:
            if one.key < other.key and one.y == other.y:
                assert abs(one.x - other.x) >= drawings.WIDTH


def test_links_without_a_direction_are_their_own_kind():
    kinds = [edge.kind for edge in _drawn(story.CHAIN).edges]
    assert kinds.count("undetermined") == 1
    assert kinds.count("told") == 3
    assert kinds.count("hidden") == 2


def test_a_hidden_parent_stands_between_its_children_and_their_listed_ancestor():
    told = tuple(replace(link, direction="told") for link in story.LINKS)
    sheet = _drawn(replace(story.CHAIN, links=told))
    places = {node.key: node for node in sheet.nodes}
    assert places[story.POMEGRANATE].y < places["h1"].y < places[story.MIRRORED].y


def test_a_small_family_is_drawn_whole_and_a_large_one_grouped():
    assert len(_drawn(story.many(8)).nodes) == 9
    sheet = _drawn(story.many(2000))
    assert [node.size for node in sheet.nodes] == [1, 2000]
    assert sheet.left_out == 0


def test_a_family_that_spread_over_copies_of_copies_is_grouped_by_branches():
    chain = story.spread(400)
    groups = grouped(chain)
    assert sorted(sha256 for group in set(groups.values()) for sha256 in group.members) == sorted(
        video.video.sha256 for video in chain.videos
    )
    sheet = _drawn(chain)
    assert len(sheet.nodes) <= MOST_NODES
    assert sheet.left_out == 0
    assert sum(node.branch for node in sheet.nodes) > 5
    links = {(one.source, one.derived) for one in chain.links}
    firsts = {group.first for group in groups.values()}
    hanging = {derived for source, derived in links if {source, derived} <= firsts}
    assert firsts - hanging == {story.POMEGRANATE}


def test_a_family_too_wide_to_draw_says_how_many_are_left_out():
    chain = story.many(60)
    kept = tuple(replace(story.CONTRADICTION, sha256=video.video.sha256) for video in chain.videos)
    sheet = _drawn(replace(chain, contradictions=kept))
    assert len(sheet.nodes) == MOST_NODES
    assert sheet.left_out == 61 - MOST_NODES


def test_a_group_never_swallows_the_earliest_or_a_contradicted_video():
    chain = story.many(30)
    name = chain.videos[5].video.sha256
    groups = grouped(replace(chain, contradictions=(replace(story.CONTRADICTION, sha256=name),)))
    assert groups[name].members == (name,)
    assert groups[story.POMEGRANATE].members == (story.POMEGRANATE,)


def test_an_outline_holds_every_video_once_and_the_earliest_first():
    roots = outline(story.CHAIN)
    assert roots[0].sha256 == story.POMEGRANATE
    assert sum(root.size for root in roots) == len(story.VIDEOS)


def test_an_outline_of_a_long_chain_does_not_exhaust_the_stack():
    names = [f"{number:064x}" for number in range(3000)]
    videos = tuple(replace(story.VIDEOS[5], video=story.video(name)) for name in names)
    links = tuple(story.link(a, b, story.match(b, a)) for a, b in pairwise(names))
    chain = replace(story.EMPTY_CHAIN, videos=videos, links=links)
    assert [root.size for root in outline(chain)] == [3000]
