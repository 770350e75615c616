"""One self-contained HTML page: to mail, to print, to read on a phone, without any script.

The page carries its style, its drawings and its pictures, and forbids itself everything else by a
Content-Security-Policy. Everything that comes from strangers is escaped and isolated in its
direction of writing; only web addresses become links.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracer.model import Answer, Chain
from tracer.report import wording
from tracer.report.chain_page import chain_page
from tracer.report.check_page import check_page
from tracer.report.material import Material
from tracer.trace.platforms import canonical

MAIN_COLOURS = 7  # platforms that get a colour of their own; all others share one


def write(chain: Chain, output: Path, material: Material) -> Path:
    """Write a chain as one page."""
    output.write_text(render_chain(chain, material), "utf-8", "backslashreplace")
    return output


def write_answers(answers: Sequence[Answer], output: Path, material: Material) -> Path:
    """Write the answers to one or more queries as one page."""
    output.write_text(render_answers(answers, material), "utf-8", "backslashreplace")
    return output


def render_chain(chain: Chain, material: Material) -> str:
    """Return the page of a chain."""
    page = chain_page(chain, material)
    colours = _colours([row.post.platform for row in page.timeline.rows])
    return _environment().get_template("chain.html").render(page=page, colours=colours)


def render_answers(answers: Sequence[Answer], material: Material) -> str:
    """Return the page of one or more answers."""
    pages = [check_page(answer, material, number) for number, answer in enumerate(answers, 1)]
    colours = _colours([row.post.platform for page in pages for row in page.timeline.rows])
    return _environment().get_template("check.html").render(pages=pages, colours=colours)


def safe_url(url: str) -> str:
    """Return a web address, or nothing: ``javascript:`` and the like never become links."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _colours(platforms: Sequence[str]) -> dict[str, int]:
    """Return a colour for each platform, in the order in which they first posted."""
    hands = list(dict.fromkeys(canonical(name) for name in platforms))
    return {name: min(hands.index(canonical(name)), MAIN_COLOURS) for name in platforms}


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tracer.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plain=wording.plain,
        clock=wording.clock,
        capital=wording.capital,
        same_sound=wording.same_sound,
        sharing=wording.sharing,
        platform=wording.platform,
        account=wording.account,
        published=wording.published,
        claim=wording.claim,
        moment=wording.moment,
        clue=partial(wording.clue, follow_link=False),
        url=safe_url,
        count=wording.count,
        shortened=wording.shortened,
        stem=lambda name: PurePath(name).stem or name,
    )
    return environment
