"""The command line's frame: help is quick and whole, errors are one line, `--debug` tells more."""

from __future__ import annotations

import errno
import importlib.util
import subprocess
import sys

import pytest

from tracer.cli import main as frame
from tracer.errors import TracerError, UsageError


def test_help_names_every_command(capsys):
    assert frame.main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, (_, line) in frame.COMMANDS.items():
        assert name in out
        assert line in out
    assert frame.main([]) == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize("name", frame.COMMANDS)
def test_every_command_has_help_with_an_example(name, capsys):
    assert frame.main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"tracer {name}" in out
    assert "Example" in out


def test_help_imports_no_command_and_nothing_heavy():
    script = (
        "import sys; from tracer.cli.main import main; main(['--help'])\n"
        "heavy = {'numpy', 'av', 'cv2', 'rich', 'yt_dlp', 'sqlite_utils', 'networkx', 'faiss'}\n"
        "found = heavy & set(sys.modules) | {m for m in sys.modules if m.startswith('tracer.cli.')"
        " and m != 'tracer.cli.main'}\n"
        "sys.exit(repr(found) if found else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_unknown_command(capsys):
    assert frame.main(["frobnicate"]) == 2
    assert "frobnicate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (UsageError("a: wrong\nhere"), 2, "a: wrong here"),
        (TracerError("outside"), 3, "outside"),
        (KeyboardInterrupt(), 130, "stopped"),
        (OSError(errno.ENOSPC, "No space left on device", "x.db"), 3, "no space left on the disk"),
        (PermissionError(errno.EACCES, "Permission denied", "x.db"), 3, "Permission denied: x.db"),
        (RuntimeError("a bug"), 3, "--debug"),
    ],
)
def test_every_error_is_one_line(monkeypatch, capsys, error, status, words):
    def fail(*_):
        raise error

    monkeypatch.setattr(frame.LazyCommands, "get_command", fail)
    assert frame.main(["status"]) == status
    err = capsys.readouterr().err
    assert err.startswith("tracer: ")
    assert err.count("\n") == 1
    assert words in err
    assert frame.main(["status", "--debug"]) == status
    if not isinstance(error, KeyboardInterrupt):  # that is no error, and typer's own to report
        assert "Traceback" in capsys.readouterr().err


def test_every_module_of_the_table_exists():
    modules = {f"tracer.cli.{module}" for module, _ in frame.COMMANDS.values()}
    assert [name for name in sorted(modules) if importlib.util.find_spec(name) is None] == []


def test_the_version(capsys):
    assert frame.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tracer ")
