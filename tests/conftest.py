"""What every test may rely on: the fixtures' folder, and a log without errors."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says how busy the machine is, and nothing of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of our own."""
    parser.addoption(
        "--update-readme",
        action="store_true",
        help="put what the README's commands print today into the README",
    )


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that this checkout lies in."""
    return ROOT


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The bundled clips, their sidecars and `truth.json`."""
    return ROOT / "fixtures"


@pytest.fixture(autouse=True)
def no_logged_error(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture):
    """Fail a test during which an ERROR was logged, unless it is marked `logs_errors`."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.ERROR
    ]
    assert not errors, f"logged as ERROR: {errors}"
