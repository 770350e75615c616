"""The house rules that no linter knows: module sizes, names, no machine's own paths."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import tracer

PACKAGE = Path(tracer.__file__).parent
MODULES = {
    str(path.relative_to(PACKAGE)): path.read_text("utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}
LINES = 600  # a module that needs more is two modules
NAMELESS = {"utils", "util", "helpers", "common", "misc", "manager", "base"}
TEXT = {".py", ".md", ".toml", ".txt", ".json", ".html", ".css", ".yaml", ""}


def tracked(root: Path) -> list[Path]:
    """List the text files that git knows; skip where there is no git (an unpacked sdist)."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, text=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [root / name for name in listed if name and Path(name).suffix in TEXT]


def test_every_module_fits_its_budget():
    lengths = {name: len(source.splitlines()) for name, source in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}


def test_every_module_is_named_after_what_it_holds():
    assert [name for name in MODULES if Path(name).stem in NAMELESS] == []


def test_every_module_says_what_it_is():
    assert [name for name, source in MODULES.items() if not source.startswith('"""')] == []


def test_no_file_names_a_machine(repository):
    """No home folder, place of this checkout or package index of whoever wrote it."""
    here = "|".join(re.escape(f"{folder}/") for folder in {repository, Path.home()})
    machine = re.compile(rf"/(?:home|Users)/\w|index[-]url|://[^\s/]+/simple\b|{here}")
    named = {
        f"{path.relative_to(repository)}:{number}"
        for path in tracked(repository)
        if path.exists()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if machine.search(line)
    }
    assert sorted(named) == []


def test_reports_ask_no_clock():
    """The same chain gives the same bytes: nothing under report/ reads the time of day."""
    clock = re.compile(r"\b(datetime\.now|utcnow|time\.time|date\.today)\b")
    reports = {name: source for name, source in MODULES.items() if name.startswith("report")}
    assert [name for name, source in reports.items() if clock.search(source)] == []
