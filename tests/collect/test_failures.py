"""What yt-dlp's extractors say becomes one of a few reasons, each with what to do."""

from __future__ import annotations

import pytest

# Their own words, read in yt-dlp 2026.10: of the sites that matter here, and of its base class.
SAID = [
    ("Private video. Sign in if you've been granted access to this video", "private"),
    ("You are not authorized to view this protected tweet", "private"),
    (
        "You do not have permission to view this post. Log into an account",
        "private",
    ),
    ("Join this channel to get access to members-only content like this video", "private"),
    ("Video unavailable. This video has been removed by the uploader", "gone"),
    ("This video is no longer available because the YouTube account has been terminated", "gone"),
    ("Twitter API says: Sorry, that page does not exist", "gone"),
    ("Requested tweet is unavailable", "gone"),
    ("Suspended", "gone"),
    ("Video not available, status code 10204", "gone"),
    ("该微博不存在", "gone"),
    ("HTTP Error 404: Not Found", "gone"),
    ("Unable to download webpage: HTTP Error 410: Gone", "gone"),
    ("Fresh cookies (not necessarily logged in) are needed", "needs cookies"),
    ("Sign in to confirm you\u2019re not a bot. Use --cookies-from-browser or", "needs cookies"),
    ("NSFW tweet requires authentication", "needs cookies"),
    ("This video is only available for registered users", "needs cookies"),
    ("This video is for premium members only", "needs cookies"),
    ("Requested content is not available, rate-limit reached or login required", "needs cookies"),
    ("This video is not available from your location due to geo restriction", "blocked by region"),
    ("The uploader has not made this video available in your country", "blocked by region"),
    ("Your IP address is blocked from accessing this post", "blocked by region"),
    ("HTTP Error 451: Unavailable For Legal Reasons", "blocked by region"),
    ("You have exceeded the rate limit. Try again later", "network"),
    ("Request is blocked by server (412), please wait and try later.", "network"),
    ("HTTP Error 429: Too Many Requests", "network"),
    ("HTTP Error 503: Service Unavailable", "network"),
    (
        "<urlopen error [Errno -3] Temporary failure in name resolution>",
        "network",
    ),
    ("The read operation timed out", "network"),
    ("Unable to extract aweme detail info", "extractor broken"),
    ("Cannot parse data", "extractor broken"),
    ("'NoneType' object is not subscriptable", "extractor broken"),
    ("No video could be found in this tweet", "no video"),
    ("Unsupported URL: https://a.example/", "no video"),
    ("No suitable extractor found for URL https://a.example/", "unknown site"),
]


@pytest.mark.parametrize(("said", "kind"), SAID)
def test_words_tell_the_kind(said, kind):
    from tracer.collect.failures import failure

    found = failure("https://a.example/1", f"ERROR: [site] 1: {said}")
    assert found.kind == kind
    told = str(found.error())
    assert told.startswith(f"https://a.example/1: {kind}: ")
    assert "; " in told  # what to do
    assert "\n" not in told


def test_a_status_behind_the_words_counts():
    from yt_dlp.networking.exceptions import HTTPError, TransportError
    from yt_dlp.utils import ExtractorError, GeoRestrictedError

    from tracer.collect.failures import failure

    class Answer:
        status, reason, closed = 410, "", True

        def close(self):
            pass

    behind = ExtractorError("it went wrong", cause=HTTPError(Answer()))
    assert failure("u", "it went wrong", behind).kind == "gone"
    assert failure("u", "it went wrong", TransportError("x")).kind == "network"
    assert failure("u", "it went wrong", GeoRestrictedError("x")).kind == "blocked by region"
