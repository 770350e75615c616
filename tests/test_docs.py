"""The README is run: its commands give the output that stands below them, and it names them all.

A fenced ``console`` block holds ``$ command`` lines, each followed by what it prints; ``…`` stands
for lines left out. Blocks run from the top of the page to its end in one folder that holds the
fixtures, as a reader would type them. Numbers may differ, words may not.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tracer.cli.main import COMMANDS

README = Path(__file__).resolve().parents[1] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """One command, or one Python example, and what the page says it prints."""

    command: str
    printed: tuple[str, ...]
    language: str = "console"


def steps(page: str) -> Iterator[Step]:
    """Yield the page's commands and Python examples in their order."""
    for language, body in FENCE.findall(page):
        if language == "python":
            yield Step(body, (), "python")
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *printed = part.replace("\\\n", " ").splitlines()
                yield Step(command, tuple(printed))


def loosely(line: str) -> str:
    """Reduce a line to its words: numbers, hashes and the drawing of tables count for nothing."""
    line = re.sub(r"[─━│┃┏┓┗┛╭╮╰╯├┤┬┴┼═|█░▏▎▍▌▋▊▉▒▓·]+", " ", line)
    line = re.sub(r"\b[0-9a-f]{8,64}\b", "#", line)
    line = re.sub(r"\d+(?:[.:,]\d+)*", "#", line)
    return " ".join(line.split())


def missing(expected: tuple[str, ...], output: str) -> list[str]:
    """Return the lines of the page that the output does not hold in this order."""
    lines = iter([loosely(line) for line in output.splitlines()])
    wanted = [loosely(line) for line in expected if line.strip(" …")]
    return [line for line in wanted if line and not any(line == real for real in lines)]


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
    index = str(desk / "reader.db")
    return {**os.environ, "PATH": path, "TRACER_INDEX": index, "COLUMNS": "100", "NO_COLOR": "1"}


@pytest.mark.skipif(not README.exists(), reason="the README is not part of this copy")
def test_what_the_readme_shows_is_what_happens(desk, environment, monkeypatch):
    shown = list(steps(README.read_text("utf-8")))
    assert any(step.command.startswith("tracer check") for step in shown)
    monkeypatch.chdir(desk)
    monkeypatch.setenv("TRACER_INDEX", environment["TRACER_INDEX"])
    for step in shown:
        if step.language == "python":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(step.command, str(README), "exec"), {"__name__": "readme"})
            continue
        done = subprocess.run(
            step.command, shell=True, cwd=desk, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}{done.stderr}"
        absent = missing(step.printed, done.stdout + done.stderr)
        assert not absent, f"$ {step.command}\nnot printed: {absent}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_names_every_command(name):
    assert f"tracer {name}" in README.read_text("utf-8")


def test_every_setting_says_what_it_is():
    """Each field of each group is followed by a sentence: unit, meaning, where it comes from."""
    import tracer.settings as module

    source = Path(module.__file__).read_text("utf-8")
    groups = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    bare = [
        f"{group.name}.{field.target.id}"
        for group in groups
        if group.name != "Settings"
        for field, after in zip(group.body, [*group.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign) and not is_sentence(after)
    ]
    assert groups
    assert bare == []


def is_sentence(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_loose_comparison_lets_numbers_differ_and_words_not():
    assert missing(("took 3 files, 12.5 s",), "│ took 14 files, 9 s │") == []
    assert missing(("took 3 files",), "left 3 files") == ["took # files"]
    assert missing(("second", "first"), "first\nsecond") == ["first"]
    assert missing(("first", "…", "last"), "first\nother\nlast") == []
