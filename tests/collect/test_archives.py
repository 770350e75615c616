"""Archives come in row by row, twice without harm, and their posts find their media."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import sqlite3
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collect.headers import TWEETS, USERS
from tests.index.builders import fingerprint, video
from tracer.cli.main import main
from tracer.collect.archives import KINDS, documents
from tracer.collect.archives.documents import TOO_LONG
from tracer.collect.archives.items import Found, Options, Refused, Who
from tracer.errors import SourceError, UsageError
from tracer.index.store import Index
from tracer.model import Account, Instant, Post
from tracer.pipeline.importing import import_archive
from tracer.settings import CollectSettings, Settings

HASH = "e39056f8" * 8
TWEET = {
    "tweetid": "1352936514556026880",
    "userid": HASH,
    "user_display_name": HASH,
    "user_screen_name": HASH,
    "tweet_text": '=HYPERLINK("http://evil.example","新疆")\nsecond line',
    "tweet_time": "2021-01-23 11:15",
}


@pytest.fixture
def index(tmp_path):
    with Index.open(tmp_path / "case.db", "write") as opened:
        yield opened


def table(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)
    return path


def lines(path, *objects):
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), "utf-8")
    return path


def read(kind, path, **options):
    return list(KINDS[kind].items(path, Options(**options)))


def posts(items):
    return [one.post for one in items if isinstance(one, Found)]


def reasons(items):
    return [one.reason for one in items if isinstance(one, Refused)]


def rows(index, query):
    with contextlib.closing(sqlite3.connect(index.path)) as connection:
        return connection.execute(query).fetchall()


# --- twitter-io -----------------------------------------------------------------------------------


def test_a_hashed_tweet_keeps_its_text_and_its_minute(tmp_path):
    (found,) = [
        one
        for one in read("twitter-io", table(tmp_path / "a.csv", TWEETS, TWEET))
        if isinstance(one, Found)
    ]
    post = found.post
    assert found.hashed
    assert post.text == TWEET["tweet_text"]
    assert post.url == "https://twitter.com/i/web/status/1352936514556026880"
    assert (post.account.id, post.account.handle, post.account.name) == (HASH, "", "")
    moment = datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
    assert (post.published.earliest, post.published.latest) == (moment, moment.replace(minute=16))


def test_older_releases_have_their_columns_elsewhere(tmp_path):
    header = [*reversed(TWEETS), "poll_choices"]
    first = posts(read("twitter-io", table(tmp_path / "a.csv", header, TWEET)))
    assert first == posts(read("twitter-io", table(tmp_path / "b.csv", TWEETS, TWEET)))


def test_users_are_read_with_either_header(tmp_path):
    row = {"userid": HASH, "account_creation_date": "2019-05-01"}
    older = {f"user_{name}": value for name, value in row.items()}
    table(tmp_path / "new.csv", USERS, row)
    table(tmp_path / "old.csv", [f"user_{name}" for name in USERS], older)
    who = [one for one in read("twitter-io", tmp_path) if isinstance(one, Who)]
    assert [(one.account.id, one.hashed, one.created) for one in who] == [
        (HASH, True, "2019-05-01")
    ] * 2


def test_an_archive_comes_in_twice_without_harm(index, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    other = {**TWEET, "tweetid": "1352936514556026881", "tweet_time": "2021-02-01 00:00"}
    table(folder / "tweets.csv", TWEETS, TWEET, other)
    table(folder / "users.csv", USERS, {"userid": HASH, "account_creation_date": "2019-05-01"})
    first = import_archive(index, "twitter-io", folder)
    before = rows(index, "SELECT * FROM waiting_posts")
    again = import_archive(index, "twitter-io", folder)
    assert (first.rows, first.posts, first.accounts, first.new) == (3, 2, 1, 3 - 1)
    assert (again.rows, again.new, again.changed) == (3, 0, 0)
    assert rows(index, "SELECT * FROM waiting_posts") == before
    assert index.waiting_posts() == (2, 2)
    ((hashed, created, seen, last),) = rows(
        index, "SELECT hashed, created, first_seen, last_seen FROM accounts"
    )
    assert (hashed, created, seen[:10], last[:10]) == (1, "2019-05-01", "2021-01-23", "2021-02-01")
    noted = [(entry.action, entry.sha256) for entry in index.log()]
    # Whoever holds the archive can make the digest again: of the list that sha256sum makes.
    sums = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.csv"))
    )
    assert noted == [("archive_imported", hashlib.sha256(sums.encode()).hexdigest())] * 2


@pytest.mark.parametrize(
    ("name", "users", "years"),
    [
        ("CNHU_0621", 2047, {2019: 439, 2020: 15_195, 2021: 15_635}),
        (
            "CNCC_0621",
            112,
            {
                **{2012: 8622, 2013: 9159, 2014: 5687, 2015: 701, 2016: 954},
                **{2017: 6399, 2018: 1404, 2019: 204, 2020: 2236, 2021: 558},
            },
        ),
    ],
)
def test_the_published_totals_can_be_checked(tmp_path, capsys, name, users, years):
    # The sets of December 2021, one row for each hundred of the real ones, in their folders.
    assert sum(years.values()) in (31_269, 35_924)
    folder = tmp_path / name
    folder.mkdir()
    number = int(TWEET["tweetid"])
    total = 0
    for year, rows_of_year in years.items():
        some = range(number + total, number + total + max(1, rows_of_year // 100))
        file = folder / f"{name}_tweets_csv_hashed_{year}.csv"
        table(file, TWEETS, *({**TWEET, "tweetid": str(one)} for one in some))
        total += len(some)
    made = [{"userid": f"{one:064x}"} for one in range(users // 100)]
    table(folder / f"hashed_2021_12_{name}_users.csv", USERS, *made)
    words = ["import", "twitter-io", str(folder), "--index", str(tmp_path / "case.db")]
    assert main([*words, "--expect", str(total)]) == 0
    out = capsys.readouterr().out
    for year, rows_of_year in years.items():
        assert f"{name}_tweets_csv_hashed_{year}.csv: {max(1, rows_of_year // 100)} rows" in out
    assert f"{total} posts, {users // 100} accounts" in out
    assert main([*words, "--expect", str(total + 1)]) == 1


@pytest.mark.parametrize(
    "path",
    [f"ira/{HASH}/videos/1352936514556026880-CVfPc8YUsAApZSL.mp4", "1352936514556026880.mp4"],
)
@pytest.mark.parametrize("first", ["media", "archive"])
def test_a_tweet_finds_its_media_whichever_comes_first(index, tmp_path, path, first):
    archive = table(tmp_path / "a.csv", TWEETS, TWEET)
    if first == "archive":
        import_archive(index, "twitter-io", archive)
    index.add(video(), fingerprint(), "s")
    index.add_file(video().sha256, str(tmp_path / path), 1000, 1)
    if first == "archive":
        assert index.give_waiting(video().sha256, [str(tmp_path / path)]) == 1
    else:
        assert import_archive(index, "twitter-io", archive).matched == 1
    (post,) = index.video(video().sha256).posts
    assert (post.post_id, post.origin) == (TWEET["tweetid"], "twitter-io")
    assert index.waiting_posts() == (1, 0)
    assert index.check_log() == []


# --- bad input ------------------------------------------------------------------------------------


def test_bad_rows_are_named_by_their_line_and_the_rest_goes_on(tmp_path):
    path = table(tmp_path / "a.csv", TWEETS, TWEET, {**TWEET, "tweetid": "1.35E+18"}, TWEET)
    with path.open("ab") as file:
        file.write(b"1,2,3\r\n")
        file.write(b"4" + b"," * 11 + b",\0" + b"," * 17 + b"\r\n")
        file.write(b"5" + b"," * 11 + b",\xff\xfe" + b"," * 17 + b"\r\n")
        file.write(b"1352936514556026882" + b"," * 29 + b"\r\n")
    items = read("twitter-io", path)
    assert len(posts(items)) == 3
    assert reasons(items) == [
        "line 4: tweetid '1.35E+18' is not a number",
        "line 8 has 3 cells, the header 30",
        "line 9 holds a NUL byte",
        "line 10 is not UTF-8 text",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        ("tweetid,a".encode("utf-16"), "is UTF-16"),
        (b"a,b\n1,2\n", "neither tweetid nor userid"),
        (b"tweetid,userid\n1,2\n", "has no column tweet_time, tweet_text"),
        (b"tweetid,tweetid,userid,tweet_time,tweet_text\n", "two columns tweetid"),
        (b"tweetid," + b"x" * 5000, "line 1 is longer than 1000 bytes"),
    ],
)
def test_a_broken_table_is_one_line(index, tmp_path, content, words):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    options = Options(settings=Settings(collect=CollectSettings(line_bytes=1000)))
    with pytest.raises(SourceError) as caught:
        import_archive(index, "twitter-io", path, options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_ends_one_file_does_not_end_the_archive(index, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a.csv").write_bytes("tweetid,userid".encode("utf-16"))
    table(folder / "b.csv", TWEETS, TWEET)
    told = import_archive(index, "twitter-io", folder)
    assert (told.posts, [one.reason for one in told.failed]) == (
        1,
        ["is UTF-16 text; save it as UTF-8"],
    )
    assert [one.rows for one in told.files] == [0, 1]


def test_a_link_out_of_the_archive_is_not_read(index, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    table(folder / "b.csv", TWEETS, TWEET)
    (folder / "a.csv").symlink_to(table(tmp_path / "secret.csv", TWEETS, TWEET))
    assert import_archive(index, "twitter-io", folder).rows == 1


def test_columns_of_tomorrow_are_left_aside(tmp_path):
    header = ["colour", *TWEETS, "views"]
    first = posts(read("twitter-io", table(tmp_path / "a.csv", header, {**TWEET, "views": "7"})))
    assert first == posts(read("twitter-io", table(tmp_path / "b.csv", TWEETS, TWEET)))


def test_a_line_of_a_gigabyte_is_not_read_whole(tmp_path):
    path = lines(tmp_path / "a.ndjson", {"id_str": "1352936514556026880", "text": "first"})
    with path.open("ab") as file:
        file.truncate(1 << 30)  # a sparse file: zeros without a line's end
    items = KINDS["twarc"].read(path, Options())
    assert posts([next(items), next(items)])[0].text == "first"
    with pytest.raises(SourceError, match="line 2 is longer than"):
        next(items)


def test_a_line_without_end_costs_a_table_its_rest_and_no_memory(index, tmp_path):
    path = table(tmp_path / "a.csv", TWEETS, TWEET)
    with path.open("ab") as file:
        file.truncate(128 << 20)
    tracemalloc.start()
    told = import_archive(index, "twitter-io", path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.posts == 1
    assert "line 4 is longer than" in told.failed[0].reason
    assert peak < 64e6  # of 128 MiB in the file


def test_a_quote_that_never_closes_is_named_where_it_opens(tmp_path):
    path = table(tmp_path / "a.csv", TWEETS, TWEET)
    with path.open("a") as file:
        file.write('7,"' + "x\n" * 5000)
    options = {"settings": Settings(collect=CollectSettings(line_bytes=2000))}
    with pytest.raises(SourceError, match="line 4 begins a record"):
        read("twitter-io", path, **options)


# --- the other kinds ------------------------------------------------------------------------------

SNAKE = {
    "aweme_id": "6961737553342991651",
    "desc": "新疆是个好地方 #新疆",
    "create_time": 1620905839,
    "author": {"uid": "59303115", "nickname": "名字", "sec_uid": "MS4w", "unique_id": "handle"},
}
CAMEL = {
    "awemeId": "6961737553342991651",
    "desc": "新疆是个好地方 #新疆",
    "createTime": 1620905839,
    "authorInfo": {"uid": "59303115", "nickname": "名字", "secUid": "MS4w", "uniqueId": "handle"},
}


@pytest.mark.parametrize("data", [SNAKE, CAMEL])
@pytest.mark.parametrize("flat", [True, False])
def test_zeeschuimer_in_both_envelopes_and_spellings(tmp_path, data, flat):
    meta = {"source_platform": "douyin.com", "timestamp_collected": 1700000000000}
    line = {**data, "__import_meta": meta} if flat else {**meta, "data": data}
    (post,) = posts(read("zeeschuimer", lines(tmp_path / "a.ndjson", line)))
    assert (post.platform, post.post_id) == ("douyin", "6961737553342991651")
    assert post.url == "https://www.douyin.com/video/6961737553342991651"
    assert post.account.url == "https://www.douyin.com/user/MS4w"
    assert post.published.earliest == datetime.fromtimestamp(1620905839, UTC)
    assert post.collected == datetime.fromtimestamp(1700000000, UTC)


def test_zeeschuimer_names_what_it_can_not_read(tmp_path):
    path = lines(tmp_path / "a.ndjson", {"source_platform": "9gag.com", "data": {"id": 1}}, {})
    path.write_text(path.read_text() + "{\n[1]\n")
    told = reasons(read("zeeschuimer", path))
    assert [one.split(":")[0].split(" is ")[0] for one in told] == [
        "line 1", "line 2", "line 3", "line 4",
    ]  # fmt: skip
    assert "9gag.com" in told[0]


def test_4cat_trusts_only_the_unix_time(tmp_path):
    header = ["id", "thread_id", "body", "timestamp", "unix_timestamp", "post_url", "author"]
    row = {
        "id": "6961737553342991651",
        "body": "b",
        "timestamp": "2021-05-13 13:37:19",
        "post_url": "https://www.douyin.com/video/6961737553342991651",
    }
    exact = {**row, "unix_timestamp": "1620905839"}
    first, second = posts(read("4cat", table(tmp_path / "a.csv", header, exact, row)))
    assert first.platform == "douyin"
    assert first.published.earliest == first.published.latest
    assert (second.published.latest - second.published.earliest).total_seconds() == 26 * 3600
    bare = table(tmp_path / "b.csv", header, {**row, "post_url": ""})
    with pytest.raises(UsageError, match="--platform"):
        read("4cat", bare)
    assert posts(read("4cat", bare, platform="douyin"))[0].platform == "douyin"


def test_any_table_with_a_map(index, tmp_path):
    path = table(tmp_path / "a.csv", ["n", "when", "clip"], {"n": "7", "when": "2021-01-23",
                 "clip": "1.mp4"})  # fmt: skip
    columns = {"post_id": "n", "published": "when", "file": "clip"}
    options = Options(columns=columns, platform="weibo")
    for name, folder in (("a", tmp_path), ("b", tmp_path / "elsewhere")):
        index.add(video(name), fingerprint(name), "s")
        index.add_file(video(name).sha256, str(folder / "1.mp4"), 1000, 1)
    assert import_archive(index, "csv", path, options).matched == 1
    # So short a name is that of the file beside the table and of no other.
    assert index.video(video("a").sha256).posts[0].post_id == "7"
    assert index.video(video("b").sha256).posts == ()
    with pytest.raises(SourceError, match="has no column x"):
        read("csv", path, columns={"post_id": "x"}, platform="weibo")
    with pytest.raises(UsageError, match="no such field"):
        read("csv", path, columns={"colour": "n"})


def test_twarc_in_three_forms(tmp_path):
    user = {"id_str": "12", "screen_name": "one", "name": "One"}
    first = {
        "id_str": "1352936514556026880",
        "full_text": "t",
        "created_at": "Sat Jan 23 11:15:00 +0000 2021",
        "user": user,
        "extended_entities": {"media": [{"type": "video", "id_str": "1352936000000000000"}]},
    }
    share = {**first, "id_str": "1352999999999999999", "retweeted_status": first}
    tweet = {
        "id": "1352936514556026880",
        "text": "t",
        "created_at": "2021-01-23T11:15:00.000Z",
        "author_id": "12",
        "attachments": {"media_keys": ["7_1352936000000000000"]},
    }
    includes = {
        "users": [{"id": "12", "username": "one", "name": "One"}],
        "media": [{"media_key": "7_1352936000000000000", "type": "video"}],
    }
    page = {"data": [tweet], "includes": includes}
    flat = {**tweet, "author": includes["users"][0]}
    found = posts(read("twarc", lines(tmp_path / "a.jsonl", first, share, page, flat)))
    assert [one.post_id[-3:] for one in found] == ["880", "999", "880", "880", "880"]
    assert {one.media_id for one in found} == {"1352936000000000000"}
    assert {one.account.handle for one in found} == {"one"}
    assert {one.published.earliest for one in found} == {datetime(2021, 1, 23, 11, 15, tzinfo=UTC)}


def test_the_lesser_kinds(tmp_path):
    api = {"data": {"videos": [{"id": 6742501081818877190, "username": "u", "create_time": 1}]}}
    (post,) = posts(read("tiktok-research", lines(tmp_path / "a.jsonl", api)))
    assert post.url == "https://www.tiktok.com/@u/video/6742501081818877190"
    header = ["Page Name", "User Name", "Facebook Id", "Post Created", "URL", "Message"]
    row = {"User Name": "cgtn", "Post Created": "2021-01-23 06:15:00 EST", "Message": "=1+1",
           "URL": "https://www.facebook.com/cgtn/posts/1234567890"}  # fmt: skip
    (post,) = posts(read("crowdtangle", table(tmp_path / "c.csv", header, row)))
    assert (post.post_id, post.text) == ("1234567890", "=1+1")
    assert post.published.earliest == datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
    header = ["position", "channelId", "channelTitle", "videoId", "publishedAt", "videoTitle"]
    row = {"videoId": "dQw4w9WgXcQ", "publishedAt": "2021-01-23 11:15:00", "channelId": "UC1"}
    (post,) = posts(read("ytdt", table(tmp_path / "y.csv", header, row)))
    assert post.published.latest == datetime(2021, 1, 23, 11, 15, tzinfo=UTC)
    row = {
        "status": "archived",
        "metadata": "{'url': 'https://x.com/a/status/1', 'timestamp': '2021-01-23T11:15:00Z'}",
        "media": "[{'filename': '/tmp/abcdefghij.mp4'}]",
    }
    evil = {**row, "metadata": "__import__('os').system('true')"}
    items = read("auto-archiver", table(tmp_path / "b.csv", list(row), row, evil))
    assert [one.media for one in items if isinstance(one, Found)] == [("abcdefghij.mp4",)]
    assert reasons(items) == ["line 3: its metadata or media is not a Python literal"]


def test_a_folder_of_info_json(tmp_path):
    info = {"id": "abc", "extractor_key": "Youtube", "timestamp": 1611400500}
    (tmp_path / "clip [abc].info.json").write_text(json.dumps(info))
    (tmp_path / "bad.info.json").write_text("{")
    items = read("yt-dlp", tmp_path)
    assert [(one.platform, one.origin) for one in posts(items)] == [("youtube", "yt-dlp")]
    assert len(reasons(items)) == 1


def test_an_answer_as_it_was_stored_is_read_member_by_member(tmp_path):
    videos = [
        {"id": 6742501081818877190 + one, "username": "u", "create_time": 1} for one in (0, 1)
    ]
    answer = {"error": {"code": "ok"}, "data": {"has_more": False, "videos": videos, "cursor": 1}}
    path = tmp_path / "a.json"
    for indent in (None, 2):
        path.write_text(json.dumps(answer, indent=indent))
        assert len(posts(read("tiktok-research", path))) == 2
    path.write_text(json.dumps(videos, indent=2))
    assert len(posts(read("tiktok-research", path))) == 2
    path.write_text(json.dumps(videos, indent=2)[:-20])
    with pytest.raises(SourceError, match="is not JSON"):
        read("tiktok-research", path)


def test_a_member_that_is_too_long_is_passed_over(tmp_path):
    film = {"response": {"content": {"text": '\\"' * 3000}}}
    body = {"fileID": 7, "title": "t", "videos": []}
    answer = {"response": {"content": {"text": json.dumps(body)}}, "request": {"url": "http://a/"}}
    path = tmp_path / "a.har"
    entries = {"entries": [film, answer, film], "pages": [{"title": "]}"}]}
    path.write_text(json.dumps({"log": {"creator": {"name": '"]'}, **entries}, "x": 1}))
    small = Settings(collect=CollectSettings(sidecar_bytes=2000))
    assert [one.post_id for one in posts(read("pomegranate", path, settings=small))] == ["7"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=20,
    ),
    st.sampled_from([None, 1]),
)
def test_a_document_in_pieces_is_the_document(tmp_path_factory, value, indent):
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_text(json.dumps({"before": value, "way": {"x": value, "to": [value, 1, value]}},
                               indent=indent))  # fmt: skip
    found = list(documents.members(path, [("way", "to")], 10**6))
    assert found == [(1, value), (2, 1), (3, value)]
    assert [value for _, value in documents.members(path, [("way", "to")], 0)][1] in (1, TOO_LONG)


def test_a_file_finds_the_post_that_names_its_bytes(index, tmp_path):
    digest = video().sha256
    row = {
        "status": "archived",
        "metadata": "{'url': 'https://x.com/a/status/1', 'timestamp': '2021-01-23T11:15:00Z'}",
        "media": str([{"filename": "/tmp/a.mp4", "properties": {"hash": f"SHA-256:{digest}"}}]),
    }
    import_archive(index, "auto-archiver", table(tmp_path / "a.csv", list(row), row))
    index.add(video(), fingerprint(), "s")
    assert index.give_waiting(digest, ["/elsewhere/other.mp4"]) == 1


# --- accounts -------------------------------------------------------------------------------------


def test_accounts_are_known_by_their_id_whatever_they_were_called(index, tmp_path, capsys):
    later = {
        **TWEET,
        "tweetid": "1352936514556026881",
        "userid": "12",
        "user_screen_name": "one",
        "user_display_name": "One",
        "tweet_time": "2021-02-01 00:00",
        "account_creation_date": "2019-05-01",
    }
    renamed = {**later, "tweetid": "1352936514556026882", "user_screen_name": "two"}
    import_archive(index, "twitter-io", table(tmp_path / "a.csv", TWEETS, TWEET, later, renamed))
    index.add(video(), fingerprint(), "s")
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    stated = Instant(moment, moment, "sidecar", "2020-01-01")
    index.add_post(
        video().sha256, Post("twitter", post_id="1", account=Account("twitter", "12"),
                             published=stated, claims=(stated,))
    )  # fmt: skip
    plain, hidden = index.accounts()
    assert (plain.id, plain.handles, plain.names) == ("12", ("one", "two"), ("One",))
    assert (plain.created, plain.first_seen, plain.last_seen) == (
        "2019-05-01",
        "2020-01-01T00:00:00Z",
        "2021-02-01T00:00:00Z",
    )
    assert (plain.hashed, plain.posts, plain.waiting) == (False, 1, 2)
    assert (hidden.id, hidden.hashed, hidden.handles) == (HASH, True, ())
    assert main(["accounts", "--index", str(index.path), "--json"]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["schema"] for one in shown] == ["tracer/account/1"] * 2
    assert main(["accounts", "--index", str(index.path), "--platform", "weibo"]) == 0
    assert capsys.readouterr().out == ""


# --- the command ----------------------------------------------------------------------------------


def test_the_command_counts(tmp_path, capsys):
    path = table(tmp_path / "a.csv", TWEETS, TWEET, TWEET)
    words = ["import", "twitter-io", str(path), "--index", str(tmp_path / "case.db")]
    assert main([*words, "--expect", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["rows"], told["new"]) == ("tracer/import/1", 2, 1)
    assert main([*words, "--expect", "31269"]) == 1
    assert "31269 were expected" in capsys.readouterr().err
    assert main(["import", "none", str(path), "--index", str(tmp_path / "case.db")]) == 2
    assert main(["import", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(KINDS)


# --- with real media and yt-dlp's real parsers ----------------------------------------------------


def test_a_file_that_is_taken_in_finds_its_post(index, tmp_path, fixtures):
    from tracer.pipeline.taking_in import take_in

    import_archive(index, "twitter-io", table(tmp_path / "a.csv", TWEETS, TWEET))
    clip = tmp_path / "images" / f"{TWEET['tweetid']}-CVfPc8YUsAApZSL.mp4"
    clip.parent.mkdir()
    clip.write_bytes((fixtures / "clips" / "dog.mp4").read_bytes())
    taken = take_in(index, [str(clip)], jobs=1)
    assert (taken.new, taken.posts) == (1, 1)
    assert index.find(TWEET["tweetid"])
    assert take_in(index, [str(clip)], jobs=1).posts == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_yt_dlp_and_zeeschuimer_say_the_same_of_one_douyin_answer(tmp_path):
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor.tiktok import DouyinIE

    from tracer.collect import info_json

    video = {"play_addr": {"url_list": ["https://v.example/a.mp4"], "uri": "v1"}, "duration": 9000}
    answer = {**SNAKE, "video": video, "statistics": {}}
    with YoutubeDL({"quiet": True, "cachedir": False}) as downloader:
        made = DouyinIE(downloader)._parse_aweme_video_app(answer)
    (first,) = info_json.posts({**made, "extractor_key": "Douyin"}, "a.info.json")
    line = {"source_platform": "douyin.com", "data": answer}
    (second,) = posts(read("zeeschuimer", lines(tmp_path / "a.ndjson", line)))
    assert first.post_id == second.post_id
    assert first.published == second.published
    assert (first.account.id, first.account.handle, first.account.name, first.account.url) == (
        second.account.id,
        second.account.handle,
        second.account.name,
        second.account.url,
    )
