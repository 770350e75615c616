"""What a user says about downloads, on the command line and in the list of hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.cli import downloads
from tracer.cli.main import main
from tracer.collect.urls import Wanted
from tracer.errors import UsageError
from tracer.settings import DEFAULT


@pytest.mark.parametrize(
    ("text", "rate"),
    [("", None), ("500K", 500e3), ("2M", 2e6), ("1.5MB/s", 1.5e6), ("800", 800.0), ("1GiB", 1e9)],
)
def test_rates_as_people_write_them(text, rate):
    assert downloads.rate(text) == rate


@pytest.mark.parametrize("text", ["fast", "-1", "0", "1T", "1e400M"])
def test_what_is_no_rate(text):
    with pytest.raises(UsageError, match="--limit-rate"):
        downloads.rate(text)


def test_hosts_of_share_pages_come_from_the_call_and_the_users_list(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert downloads.share_hosts(["a.example"]) == ("a.example",)
    (tmp_path / "tracer").mkdir()
    listed = "# the app's\n*.b.example  # found in a HAR\n\na.example\n"
    (tmp_path / "tracer" / "share-hosts.txt").write_text(listed)
    assert downloads.share_hosts(["a.example"]) == ("a.example", "*.b.example")


def test_cookies_that_are_not_there_are_told_before_anything_is_done(tmp_path, capsys):
    index = tmp_path / "case.db"
    words = ["index", "--index", str(index), "--cookies", str(tmp_path / "none.txt")]
    assert main([*words, "https://a.example/"]) == 2
    assert "no such file of cookies" in capsys.readouterr().err
    assert not index.exists()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        Wanted,
        any_site=st.booleans(),
        max_height=st.none() | st.integers(1, 4320),
        cookies=st.none() | st.just(Path("cookies.txt")),
        browser=st.sampled_from(["", "firefox:me"]),
        limit_rate=st.none() | st.floats(1, 1e9),
        sleep=st.floats(0, 60),
        share_hosts=st.lists(st.text(max_size=5), max_size=2).map(tuple),
        allow_hosts=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    )
)
def test_what_was_wanted_is_remembered_with_the_address(wanted):
    assert Wanted.of({**wanted.told(), "rehash": True}) == wanted


def test_a_limit_of_a_download_changes_no_answer():
    # Otherwise every video would have to be compared anew after it.
    assert not {"max_height", "limit_rate"} & set(DEFAULT.collect.__slots__)
