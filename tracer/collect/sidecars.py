"""The metadata file beside a video -> posts: ``clip.post.json`` and yt-dlp's ``clip.info.json``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tracer.collect import claims, info_json
from tracer.errors import SourceError
from tracer.model import Account, Post
from tracer.settings import DEFAULT, Settings

STAGE = "sidecar"
_INFO = ".info.json"
_POST = ".post.json"


def beside(media: Path) -> tuple[Path, ...]:
    """Return where the sidecars of a media file would lie."""
    return media.with_name(media.stem + _INFO), media.with_name(media.stem + _POST)


def read(path: Path, settings: Settings = DEFAULT) -> tuple[Post, ...]:
    """Return the posts that a sidecar states.

    Raises :class:`SourceError` with one line where it is broken.
    """
    content = _json(path, settings.collect.sidecar_bytes)
    try:
        if path.name.endswith(_INFO):
            return info_json.posts(content, path.name, settings)
        return _posts(content, path)
    except (ValueError, OverflowError, OSError) as error:
        raise _broken(path, str(error)) from error


def _json(path: Path, most_bytes: int) -> Any:
    try:
        if not path.is_file():
            raise _broken(path, "is not a regular file")
        if path.stat().st_size > most_bytes:
            raise _broken(path, f"is larger than {most_bytes} bytes")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _broken(path, f"can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _broken(path, "is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _broken(path, f"is not JSON ({error.msg}, {where})") from error
    except (RecursionError, ValueError) as error:  # nested too deep; a number too long
        raise _broken(path, f"is not JSON that can be read ({error})") from error


def _posts(content: Any, path: Path) -> tuple[Post, ...]:
    for error in _validator().iter_errors(content if isinstance(content, list) else [content]):
        raise _broken(path, f"{_place(error.absolute_path)}: {error.message}")
    listed = content if isinstance(content, list) else [content]
    return tuple(_post(one, path) for one in listed)


def _post(stated: dict[str, Any], path: Path) -> Post:
    published = claims.stated(stated["published"], "sidecar") if "published" in stated else None
    collected = claims.stated(stated["collected"], "collected") if "collected" in stated else None
    return Post(
        platform=stated["platform"].strip(),
        url=stated.get("url", ""),
        post_id=str(stated.get("post_id", "")),
        media_id=str(stated.get("media_id", "")),
        account=_account(stated["platform"].strip(), stated.get("account", {})),
        published=published,
        claims=(published,) if published else (),
        # An upper bound of the publication: the latest moment that the text may mean.
        collected=collected.latest if collected else None,
        collector=stated.get("collector", ""),
        title=stated.get("title", ""),
        text=stated.get("text", ""),
        origin=path.name,
    )


def _account(platform: str, stated: dict[str, Any]) -> Account | None:
    account = Account(
        platform=platform,
        id=str(stated.get("id", "")),
        handle=stated.get("handle", ""),
        name=stated.get("name", ""),
        url=stated.get("url", ""),
    )
    return account if account != Account(platform) else None


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = json.loads(
        files("tracer.collect").joinpath("schemas/post.schema.json").read_text(encoding="utf-8")
    )
    # The list form of the schema, so that a complaint names the field and not "oneOf".
    return Draft202012Validator({**schema["oneOf"][1], "$defs": schema["$defs"]})


def _place(steps: Any) -> str:
    """Return where in the sidecar a complaint belongs, as one would write it in code."""
    words = list(steps)[1:]
    return ".".join(str(word) for word in words) or "the post"


def _broken(path: Path, reason: str) -> SourceError:
    return SourceError(f"{path}: {' '.join(reason.split())}")
