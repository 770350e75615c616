"""URL, file or archive -> media file + posts."""
