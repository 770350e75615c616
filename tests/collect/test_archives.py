"""Archives come in row by row, twice without harm, and their posts find their media."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from datetime import UTC, datetime

import pytest

from tests.collect.headers import TWEETS, USERS
from tests.index.builders import fingerprint, video
from tracer.cli.main import main
from tracer.collect.archives import KINDS
from tracer.collect.archives.items import Found, Options, Refused, Who
from tracer.errors import SourceError, UsageError
from tracer.index.store import Index
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
    return list(KINDS[kind].read(path, Options(**options)))


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
    assert [entry.action for entry in index.log()] == ["archive_imported"] * 2


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


def test_a_line_of_a_gigabyte_is_not_read_whole(tmp_path):
    path = lines(tmp_path / "a.ndjson", {"id_str": "1352936514556026880", "text": "first"})
    with path.open("ab") as file:
        file.truncate(1 << 30)  # a sparse file: zeros without a line's end
    items = KINDS["twarc"].read(path, Options())
    assert posts([next(items), next(items)])[0].text == "first"
    with pytest.raises(SourceError, match="line 2 is longer than"):
        next(items)


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
