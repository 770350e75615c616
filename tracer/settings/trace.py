"""Time claims, direction, chain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Times, direction, chain. How much a cue of direction weighs stands in trace/weights.json."""

    x_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds before and after the id's own time in which an X post was published. 29 of yt-dlp's
    test posts: stated time minus id -0.99 to -0.06 s (the platform floors to whole seconds)."""

    bytedance_id_tolerance: tuple[float, float] = (1.0, 60.0)
    """Seconds, as above, for Douyin and TikTok: the id is made first; 17 tests: 1 to 37 s later."""

    toutiao_id_tolerance: tuple[float, float] = (1.0, 600.0)
    """Seconds, as above, for Ixigua and Toutiao; 3 tests: 0, 0 and 408 s later."""

    weibo_id_tolerance: tuple[float, float] = (300.0, 300.0)
    """Seconds, as above, for Weibo; 4 tests: the stated time lies 53 to 213 s before the id's."""

    instagram_id_tolerance: tuple[float, float] = (1.0, 300.0)
    """Seconds, as above, for Instagram and Threads; 2 tests: 32 and 88 s later."""

    mastodon_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds, as above, for Mastodon and Truth; 2 tests: -0.76 and -0.69 s."""

    linkedin_id_tolerance: tuple[float, float] = (1.0, 1.0)
    """Seconds, as above, for LinkedIn; 2 tests: -0.67 and -0.24 s."""

    bluesky_id_tolerance: tuple[float, float] = (300.0, 60.0)
    """Seconds, as above, for Bluesky; the client sets both: typically -0.1 to -3.5 s, once -225."""

    xiaohongshu_id_tolerance: tuple[float, float] = (86400.0, 86400.0)
    """Seconds, as above, for Xiaohongshu: not verified against a stated time, so a day each way."""

    account_id_tolerance: tuple[float, float] = (1.0, 60.0)
    """Seconds, as above, for the creation of an account (X, TikTok): inferred from the formula."""

    time_slack: float = 60.0
    """Seconds by which two claims about one post may miss one another: a time that was read off a
    screen has no seconds."""

    retweet_gap: float = 60.0
    """Seconds by which a stated time lies before the status id's for the post to read as another's
    post shared on; a post's own two times differ by less than 1 s, retweets by a day (measured)."""

    verdict_floor: float = 0.52
    """0 to 1. Probability from which content tells a direction (or siblings): likelier than the two
    others together. Below it the verdict is `undetermined`, or `same` where nothing but re-encoding
    differs. On 48 tune families, each told with weights from the others, one of 423 directions was
    wrong at 0.5, at a coverage of 0.84; from 0.6 on none was, at 0.75."""

    told_floor: float = 0.65
    """0 to 1. Probability, content and time together, from which a link's direction is `told`."""

    line_floor: float = 0.3
    """0 to 1. Probability of one line of descent below which a tree counts it in full: of 0.1, 0.3
    and 0.5 the one that did best on 48 tune families, with and without hidden versions."""

    decisive_floor: float = 0.9
    """0 to 1. Probability from which content alone is decisive: it then outweighs a claim of time
    and corroborates one. A lone edit seen on one side at full confidence reaches it."""

    root_floor: float = 0.52
    """0 to 1. Probability from which a first member is named without any time: likelier than all
    others together, and no tie. Below it nothing tells who was first. On 48 tune families, with and
    without hidden versions, each of the 44 that were named was the first."""

    parents_tried: int = 32
    """Candidates for the parent of one video, nearest first, so that a family of 2,000 chains in
    seconds. The tree is exact while no family is larger than this."""

    joined_loss: float = 0.5
    """Weight of the evidence, without that of seconds, from which on a video that shows whole
    strangers one after another was made from them. A choice: a quarter of the pixels has it."""

    bridge_seconds: float = 2.0
    """Seconds that a member must share with a family's representative through one other member
    where it does not match it directly: the length of the shortest segment that matching keeps."""

    loss_sure: float = 0.7
    """0 to 1. Share of the blocks that lost detail from which on a loss is as sure as an edit that
    one sees: of 407 tune pairs of one line with such a share, one was told the wrong way round."""

    parent_seconds: float = 2.0
    """Seconds of a video that no parent explains yet and that a further parent must explain."""

    parent_share: float = 0.5
    """0 to 1. Share of a further parent's matched seconds that no parent explained before it."""

    same_span: float = 0.9
    """0 to 1. Intersection over union of two excerpts from which on they are the same cut."""

    same_box: float = 0.6
    """0 to 1. Intersection over union of two boxes from which on they are the same edit."""
