"""What importing an archive costs: wall and CPU seconds, peak memory, bytes of index a post.

`python -m tests.benchmarks.archives --posts 1000000` writes archives of that many invented posts
(the headers of real ones; texts, accounts and times drawn from a seed), imports each into an index
of its own with `tracer import`, imports it again, and prints a table.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.collect.headers import TWEETS

GOAL_SECONDS = 120
GOAL_MEGABYTES = 300
ACCOUNTS = 2000  # as many as the larger set of December 2021
_WORDS = [
    "新疆",
    "是",
    "个",
    "好地方",
    "wonderful",
    "cotton",
    "石榴云",
    "our",
    "home",
    "the",
    "truth",
    "about",
    "纪录",
    "people",
    "says",
]
_START = datetime(2021, 1, 1, tzinfo=UTC)
_TWITTER_EPOCH = 1288834974657


@dataclass(frozen=True)
class Invented:
    """One post, in the terms that every writer below needs."""

    number: int  # a tweet's id
    account: str
    when: datetime
    text: str


def invented(count: int, seed: int = 7) -> Iterator[Invented]:
    """Posts a quarter of a minute apart, in no order: the worst case for the index's own trees."""
    dice = random.Random(seed)
    accounts = [f"{dice.getrandbits(256):064x}" for _ in range(ACCOUNTS)]
    texts = [" ".join(dice.choices(_WORDS, k=18)) for _ in range(1000)]
    stride = next(n for n in range(618_033, 2_000_000) if math.gcd(n, count) == 1)
    for step in range(count):
        ordinal = step * stride % count
        when = _START + timedelta(seconds=15 * ordinal)
        number = (int(when.timestamp() * 1000) - _TWITTER_EPOCH << 22) + dice.getrandbits(22)
        text = f"{texts[ordinal % 1000]} https://t.co/{ordinal:x}"
        yield Invented(number, dice.choice(accounts), when, text)


def twitter_io(path: Path, count: int) -> None:
    """Tweets as Twitter's archive of information operations has them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TWEETS)
        blank = dict.fromkeys(TWEETS, "")
        for post in invented(count):
            row = {
                **blank,
                "tweetid": post.number,
                "userid": post.account,
                "user_display_name": post.account,
                "user_screen_name": post.account,
                "user_reported_location": "中国",
                "user_profile_description": "a description of some forty characters or so",
                "follower_count": 12,
                "following_count": 34,
                "account_creation_date": "2019-05-01",
                "account_language": "zh-cn",
                "tweet_language": "zh",
                "tweet_text": post.text,
                "tweet_time": f"{post.when:%Y-%m-%d %H:%M}",
                "tweet_client_name": "Twitter Web App",
                "is_retweet": "false",
                "hashtags": "['Xinjiang']",
                "urls": "['https://example.org/a']",
            }
            writer.writerow(row.values())


def zeeschuimer(path: Path, count: int) -> None:
    """Douyin's answers as Zeeschuimer stores them, shortened to what is read and some more."""
    with path.open("w", encoding="utf-8") as file:
        for post in invented(count):
            item = {
                "source_platform": "douyin.com",
                "timestamp_collected": int(post.when.timestamp() * 1000) + 86_400_000,
                "data": {
                    "aweme_id": str(post.number),
                    "desc": post.text,
                    "create_time": int(post.when.timestamp()),
                    "author": {
                        "uid": str(int(post.account[:12], 16)),
                        "nickname": post.account[:8],
                        "sec_uid": post.account,
                    },
                    "statistics": {"digg_count": 12, "comment_count": 3, "share_count": 4},
                    "text_extra": [{"hashtag_name": "新疆"}],
                },
            }
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


MAKERS: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "twitter-io": ("tweets.csv", twitter_io),
    "zeeschuimer": ("douyin.ndjson", zeeschuimer),
}


@dataclass(frozen=True)
class Cost:
    """What one run of the command took."""

    wall: float  # seconds
    cpu: float  # seconds
    megabytes: float  # at the peak
    told: dict[str, object]


def cost_of(kind: str, archive: Path, index: Path) -> Cost:
    """Run `tracer import` once; `wait4` tells the resources of this child alone."""
    words = ["import", kind, str(archive), "--index", str(index), "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracer", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"tracer {' '.join(words)}: exit status {process.returncode}")
    return Cost(
        wall=time.perf_counter() - started,
        cpu=used.ru_utime + used.ru_stime,
        megabytes=used.ru_maxrss / 1024,  # kilobytes on Linux
        told=json.loads(printed),
    )


def main() -> None:
    """Generate, import twice, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=MAKERS, action="append")
    parser.add_argument("--keep", type=Path, help="a folder for the archives and indexes")
    asked = parser.parse_args()
    shown = Table(title=f"{asked.posts:,} posts; goal {GOAL_SECONDS} s, {GOAL_MEGABYTES} MB")
    for column in ("archive", "MB", "run", "wall s", "CPU s", "peak MB", "new", "index B/post"):
        shown.add_column(column, justify="right")
    with tempfile.TemporaryDirectory(dir=asked.keep) as folder:
        for kind in asked.kind or MAKERS:
            name, make = MAKERS[kind]
            archive, index = Path(folder, name), Path(folder, f"{kind}.db")
            make(archive, asked.posts)
            for run in ("first", "again"):
                cost = cost_of(kind, archive, index)
                shown.add_row(
                    kind,
                    f"{archive.stat().st_size / 1e6:.0f}",
                    run,
                    f"{cost.wall:.1f}",
                    f"{cost.cpu:.1f}",
                    f"{cost.megabytes:.0f}",
                    str(cost.told["new"]),
                    f"{index.stat().st_size / asked.posts:.0f}",
                )
            archive.unlink()
            index.unlink()
    Console().print(shown)


if __name__ == "__main__":
    main()
