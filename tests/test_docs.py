"""The README is run: its commands give the output that stands below them, and it names them all.

A fenced ``console`` block holds ``$ command`` lines, each followed by what it prints; a line ``…``
stands for lines left out. Blocks run from the top of the page to its end in one folder that holds
the fixtures, as a reader would type them. Numbers and line breaks may differ, words may not.

``make readme`` puts what the commands print today in place of what stands there; of an output with
a ``…`` it keeps as many lines before and after as there were.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import tracer.settings
from tracer.cli.main import COMMANDS
from tracer.index.store import Index
from tracer.report import FORMATS

README = Path(__file__).resolve().parents[1] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


OMITTED = "…"
WIDTH = 100  # columns that an output is folded to on the page


class Step(NamedTuple):
    """One command, or one Python example, and what the page says it prints."""

    command: str
    printed: str = ""
    language: str = "console"


def steps(page: str) -> Iterator[Step]:
    """Yield the page's commands and Python examples in their order."""
    for language, body in FENCE.findall(page):
        if language == "python":
            yield Step(body, language=language)
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                yield Step(command, printed)


def loosely(text: str) -> str:
    """Reduce text to its words: numbers, hashes and the drawing of tables count for nothing."""
    text = re.sub(r"[\u2500-\u259f·|]+", " ", text)
    text = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b", "#", text)
    text = re.sub(r"[-+−]?\d+(?:[.:,×/-]\d+)*", "#", text)
    return " ".join(text.split())


def missing(printed: str, output: str) -> list[str]:
    """Return the parts of what the page shows that the output does not hold in this order."""
    real, absent = loosely(output), []
    for part in re.split(rf"^\s*{OMITTED}\s*$", printed, flags=re.MULTILINE):
        wanted = loosely(part)
        if not wanted:
            continue
        before, found, after = real.partition(wanted)
        real = after if found else before
        if not found:
            absent.append(wanted)
    return absent


def shown_anew(printed: str, output: str) -> str:
    """Return an output as the page shows it: folded, and shortened where it was shortened."""
    lines = [
        part
        for line in output.rstrip().splitlines()
        for part in textwrap.wrap(
            line.rstrip(),
            WIDTH,
            subsequent_indent=" " * (len(line) - len(line.lstrip()) + 4),
            break_long_words=False,
            break_on_hyphens=False,
        )
        or [""]
    ]
    old = printed.rstrip("\n").splitlines()
    marks = [number for number, line in enumerate(old) if line.strip() == OMITTED]
    if marks:
        head, tail = marks[0], len(old) - marks[-1] - 1
        if head + tail < len(lines):
            lines = [*lines[:head], OMITTED, *lines[len(lines) - tail :]]
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Path:
    """A folder like the reader's: the fixtures in it, and an index of its own."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "fixtures").symlink_to(fixtures, target_is_directory=True)
    return folder


@pytest.fixture(scope="module")
def environment(desk: Path) -> dict[str, str]:
    """The reader's shell: `tracer` on the path, a terminal 100 columns wide."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    index = str(desk / "case.db")
    return {**os.environ, "PATH": path, "TRACER_INDEX": index, "COLUMNS": "100", "NO_COLOR": "1"}


@pytest.mark.slow  # two minutes: it indexes and compares all the clips
def test_what_the_readme_shows_is_what_happens(desk, environment, monkeypatch, request):
    page = README.read_text("utf-8")
    shown = list(steps(page))
    assert any(step.command.startswith("tracer check") for step in shown)
    monkeypatch.chdir(desk)
    monkeypatch.setenv("TRACER_INDEX", environment["TRACER_INDEX"])
    update = request.config.getoption("--update-readme")
    for step in shown:
        if step.language == "python":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(step.command, str(README), "exec"), {"__name__": "readme"})
            continue
        if shutil.which(step.command.split()[0], path=environment["PATH"]) is None:
            continue  # sqlite3, say; of ours all are there
        output = run(step.command, desk, environment)
        if update:
            old = f"$ {step.command}\n{step.printed}"
            page = page.replace(old, f"$ {step.command}\n{shown_anew(step.printed, output)}", 1)
        else:
            absent = missing(step.printed, output)
            assert not absent, f"$ {step.command}\nnot printed: {absent}\n{output}"
    if update:
        README.write_text(page, "utf-8")


def run(command: str, desk: Path, environment: dict[str, str]) -> str:
    """Run one command as a reader would, and return what appears on the screen."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=desk,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode in (0, 1), f"$ {command}\n{done.stdout}"  # 1: done, some not checked
    return done.stdout.replace(f"{desk.resolve()}/", "").replace(f"{desk}/", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_names_every_command(name):
    assert f"tracer {name}" in README.read_text("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_readme_names_every_format_of_export(name):
    page = README.read_text("utf-8")
    assert f"--format {name}" in page or f"`{name}`" in page


def test_readme_names_every_table_of_the_index(tmp_path):
    with Index.open(tmp_path / "case.db", "write"):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "case.db")) as connection:
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        made = ("sqlite_", "text_search_")  # by SQLite itself, for its own tables and the search
        tables = {name for (name,) in listed if not name.startswith(made)}
    page = README.read_text("utf-8")
    assert {name for name in tables if f"`{name}`" not in page} == set()


def test_every_setting_says_what_it_is():
    """Each field of each group is followed by a sentence: unit, meaning, where it comes from."""
    sources = sorted(Path(tracer.settings.__file__).parent.glob("*.py"))
    groups = [
        node
        for source in sources
        for node in ast.parse(source.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    bare = [
        f"{group.name}.{field.target.id}"
        for group in groups
        if group.name != "Settings"
        for field, after in zip(group.body, [*group.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign) and not is_sentence(after)
    ]
    assert len(groups) > 5
    assert bare == []


def is_sentence(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_loose_comparison_lets_numbers_differ_and_words_not():
    assert missing("took 3 files,\n  12.5 s", "│ took 14 files, 9 s │") == []
    assert missing("took 3 files", "left 3 files") == ["took # files"]
    assert missing("second\n…\nfirst", "first\nsecond") == ["first"]
    assert missing("first\n…\nlast", "first\nother\nlast") == []


def test_an_output_is_shown_anew_as_it_was_shown():
    assert shown_anew("a\n…\nd\n", "1\n2\n3\n4\n") == "1\n…\n4\n"
    assert shown_anew("a\n", "1\n2\n") == "1\n2\n"
    assert shown_anew("", "  " + "word " * 30).splitlines()[1].startswith("      word")
