"""`check`, `chain`, `families`, `explain`, `export` and `keyframes` as they are called."""

from __future__ import annotations

import json
import shutil

import jsonschema
import pytest

from tracer.cli.main import COMMANDS, main
from tracer.report import records

NAMES = ("city.mp4", "city-logo.mp4", "dog.mp4")


@pytest.fixture(scope="module")
def case(tmp_path_factory, fixtures):
    """A folder with three clips, their sidecars and an index of them."""
    folder = tmp_path_factory.mktemp("a case")
    (folder / "clips").mkdir()
    for name in NAMES:
        for path in (fixtures / "clips").glob(f"{name.removesuffix('.mp4')}.*"):
            shutil.copy(path, folder / "clips")
    assert main(["index", "--index", str(folder / "case.db"), str(folder / "clips")]) == 0
    (folder / "text.mp4").write_text("no video")
    return folder


@pytest.fixture
def call(capsys, case, monkeypatch):
    """Run the command line in process in the case's folder; return status, output and error."""
    monkeypatch.chdir(case)
    monkeypatch.setenv("TRACER_INDEX", str(case / "case.db"))

    def run(*words):
        capsys.readouterr()
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def lines(out, schema):
    found = [json.loads(line) for line in out.splitlines()]
    for record in found:
        jsonschema.validate(record, records.schema(schema))
    return found


def test_check_answers_in_json_in_the_order_asked_also_what_failed(call):
    status, out, _ = call("check", "--json", "text.mp4", "clips/city.mp4")
    failed, found = lines(out, "check")
    assert status == 1
    assert (failed["query"]["path"], failed["matches"]) == ("text.mp4", [])
    assert failed["unchecked"]
    assert found["query"]["posts"][0]["platform"] == "pomegranate_cloud"
    assert found["query"]["sha256"] not in [match["sha256"] for match in found["matches"]]
    assert [match["path"].endswith("city-logo.mp4") for match in found["matches"]] == [True]


def test_check_in_words_and_as_a_page(call, case):
    status, out, err = call("check", "clips/city.mp4", "--report", case / "answer.html")
    assert status == 0
    assert "Match: " in out
    assert "Searched: 3 videos" in out
    assert "answer.html" in err
    assert "<!doctype html>" in (case / "answer.html").read_text("utf-8")


def test_nothing_that_can_be_read_is_an_error_outside(call):
    assert call("check", "text.mp4")[0] == 3


@pytest.mark.parametrize(
    "words",
    [
        ("check", "missing.mp4"),
        ("chain", "missing.mp4"),
        ("explain", "clips/city.mp4", "missing.mp4"),
        ("export", "--format", "json", "missing.mp4"),
        ("export", "--format", "nonsense", "clips/city.mp4"),
        ("keyframes", "missing.mp4", "--output", "frames"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(call, words):
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_a_chain_and_its_exports(call, case):
    status, out, _ = call("chain", "--json", "clips/city.mp4")
    (chain,) = lines(out, "chain")
    assert {video["path"].rsplit("/", 1)[1] for video in chain["videos"]} == {
        "city.mp4",
        "city-logo.mp4",
    }
    assert status == (1 if chain["unchecked"] else 0)
    assert "What derives from what" in call("chain", "clips/city.mp4")[1]
    for name, written in (("json", "c.json"), ("html", "c.html"), ("csv", "tables")):
        out = call("export", "--format", name, "--output", written, "clips/city.mp4")[1]
        assert out.strip() == written
    assert json.loads((case / "c.json").read_text("utf-8")) == chain
    assert (case / "tables" / "segments.csv").exists()
    assert "data:image/webp" in (case / "c.html").read_text("utf-8")


def test_families_with_and_without_the_lonely(call):
    (family,) = lines(call("families", "--json")[1], "family")
    assert len(family["videos"]) == 2
    assert len(lines(call("families", "--json", "--all")[1], "family")) == 2


def test_explain(call):
    (record,) = lines(call("explain", "--json", "clips/city.mp4", "clips/dog.mp4")[1], "explain")
    assert record["outcome"] == "none"
    assert "A and B match." in call("explain", "clips/city.mp4", "clips/city-logo.mp4")[1]


def test_keyframes_of_a_file_and_of_a_video_of_the_index(call, case):
    status, out, _ = call("keyframes", "clips/city.mp4", "--output", "frames")
    assert status == 0
    assert "contact-sheet.jpg" in out
    sha256 = lines(call("chain", "--json", "clips/city.mp4")[1], "chain")[0]["videos"][0]["sha256"]
    assert call("keyframes", sha256[:12], "--output", "more")[0] == 0
    assert (case / "more" / "contact-sheet.jpg").exists()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_shows_one_example(call, name):
    status, out, _ = call(name, "--help")
    assert status == 0
    assert out.count("Example: tracer ") == 1
