"""The headers of real archives, as they were published."""

from __future__ import annotations

# Twitter's information-operations archive, December 2021.
TWEETS = [
    "tweetid",
    "userid",
    "user_display_name",
    "user_screen_name",
    "user_reported_location",
    "user_profile_description",
    "user_profile_url",
    "follower_count",
    "following_count",
    "account_creation_date",
    "account_language",
    "tweet_language",
    "tweet_text",
    "tweet_time",
    "tweet_client_name",
    "in_reply_to_userid",
    "in_reply_to_tweetid",
    "quoted_tweet_tweetid",
    "is_retweet",
    "retweet_userid",
    "retweet_tweetid",
    "latitude",
    "longitude",
    "quote_count",
    "reply_count",
    "like_count",
    "retweet_count",
    "hashtags",
    "urls",
    "user_mentions",
]
USERS = [
    "userid",
    "display_name",
    "screen_name",
    "reported_location",
    "profile_description",
    "profile_url",
    "follower_count",
    "following_count",
    "account_creation_date",
    "account_language",
]
