"""``tracer log``, ``review``, ``export --format bundle`` and ``verify``, as they are typed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess

import pytest

from tests.index import builders as make
from tracer.cli.main import main
from tracer.index.store import Index
from tracer.model import TextTrack


@pytest.fixture
def index(tmp_path):
    """An index with two videos that nothing links, and the option that names it."""
    path = tmp_path / "case.db"
    with Index.open(path, "write") as opened:
        for name in ("a", "b"):
            opened.add(make.video(name), make.fingerprint(name), "s")
            opened.add_file(make.sha(name), f"/clips/{name}.mp4", 1, 1)
            opened.add_text(make.sha(name), TextTrack("reader-1", ()))  # read, and nothing there
    return path


def run(capsys, *words):
    status = main([str(word) for word in words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_reviews_are_kept_with_name_and_listed(index, capsys):
    pair = make.sha("a")[:12], make.sha("b")[:12]
    given = ["--by", "R. Viewer", "--note", "other room", "--index", index]
    status, out, _ = run(capsys, "review", "reject", *pair, *given)
    assert status == 0
    assert "rejected by R. Viewer on 20" in out
    status, out, _ = run(capsys, "review", "list", "--index", index, "--json")
    (listed,) = [json.loads(line) for line in out.splitlines()]
    assert (listed["decision"], listed["note"]) == ("reject", "other room")
    assert {listed["a"], listed["b"]} == {make.sha("a"), make.sha("b")}
    status, out, _ = run(capsys, "review", "list", pair[0], "--index", index)
    assert out.count("rejected") == 1


@pytest.mark.parametrize(
    "words", [["reject"], ["reject", "x"], ["list", "x", "y"], ["frobnicate"], []]
)
def test_a_review_that_makes_no_sense_is_a_wrong_call(index, capsys, words):
    status, _, err = run(capsys, "review", *words, "--index", index)
    assert status == 2
    assert err.count("\n") == 1


def test_the_log_is_shown_and_holds(index, capsys):
    status, out, _ = run(capsys, "log", "--index", index)
    assert status == 0
    assert "video_added" in out
    head = out.splitlines()[-1].removeprefix("Head: ")
    status, out, _ = run(capsys, "log", "verify", "--index", index, "--head", head)
    assert (status, "Holds" in out) == (0, True)
    status, out, _ = run(capsys, "log", "--index", index, "--json")
    assert [json.loads(line)["seq"] for line in out.splitlines()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_log_that_was_touched_is_named(index, capsys, tmp_path):
    kept = tmp_path / "head.txt"
    with Index.open(index) as opened:
        kept.write_text(f"{opened.log_head()}\n")
    other = f"3:{'0' * 64}"
    status, out, _ = run(capsys, "log", "verify", "--index", index, "--head", kept, "--head", other)
    assert (status, "entry 3 " in out, "DOES NOT HOLD" in out) == (1, True, True)
    status, out, _ = run(capsys, "log", "verify", "--index", index, "--head", other, "--json")
    assert status == 1
    assert json.loads(out)["breaks"][0]["seq"] == 3
    status, _, err = run(capsys, "log", "verify", "--index", index, "--head", "nonsense")
    assert (status, "is no head" in err) == (2, True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_stamp_request_is_what_openssl_reads_and_an_authority_answers(index, capsys, tmp_path):
    request = tmp_path / "log.tsq"
    status, out, err = run(capsys, "log", "stamp", "--index", index, "--output", request)
    assert (status, out.strip()) == (0, str(request))
    assert "openssl ts -verify" in err
    shown = openssl("ts", "-query", "-in", request, "-text")
    assert "Hash Algorithm: sha256" in shown
    assert "Certificate required: yes" in shown
    # An authority of our own answers it, and its answer verifies against the entry's bytes.
    authority(tmp_path)
    openssl("ts", "-reply", "-queryfile", request, "-out", tmp_path / "log.tsr",
            "-config", tmp_path / "ca.cnf", "-section", "tsa")  # fmt: skip
    checked = openssl("ts", "-verify", "-data", tmp_path / "log.json", "-in", tmp_path / "log.tsr",
                      "-CAfile", tmp_path / "ca.pem")  # fmt: skip
    assert "OK" in checked
    made = openssl("ts", "-query", "-data", tmp_path / "log.json", "-sha256", "-cert", "-no_nonce",
                   "-out", tmp_path / "theirs.tsq")  # fmt: skip
    assert made == ""
    assert request.read_bytes() == (tmp_path / "theirs.tsq").read_bytes()


def authority(folder):
    """Make a certificate that may stamp times, as OpenSSL's manual does."""
    (folder / "ca.cnf").write_text(
        f"""
[req]
distinguished_name = name
x509_extensions = stamping
[name]
[stamping]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:TRUE
[tsa]
serial = {folder}/serial
signer_cert = {folder}/ca.pem
signer_key = {folder}/ca.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""
    )
    (folder / "serial").write_text("01\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2",
            "-config", folder / "ca.cnf", "-keyout", folder / "ca.key", "-out",
            folder / "ca.pem")  # fmt: skip


def openssl(*words):
    done = subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_empty_log_has_nothing_to_stamp(tmp_path, capsys):
    path = tmp_path / "empty.db"
    Index.open(path, "write").close()
    assert run(capsys, "log", "stamp", "--index", path)[0] == 2


@pytest.mark.parametrize("name", ["case.zip", "folder"])
def test_a_bundle_is_exported_and_verified(index, capsys, tmp_path, name):
    output = tmp_path / "out" / name
    output.parent.mkdir()
    words = ["--format", "bundle", "--output", output, "--index", index]
    status, out, err = run(capsys, "export", make.sha("a"), *words)
    assert (status, out.strip()) == (0, str(output))
    head = err.rpartition(" ")[2].strip()
    status, out, _ = run(capsys, "verify", output, "--quick", "--head", head)
    assert status == 0
    assert f"Head of the custody log: {head}" in out
    target = output if output.is_file() else output / "chain.json"
    target.write_bytes(target.read_bytes().replace(b"unknown", b"UNKNOWN"))
    target.write_bytes(target.read_bytes().replace(b"inferred", b"INFERRED"))
    status, out, _ = run(capsys, "verify", output, "--quick", "--json")
    assert status == 1
    told = json.loads(out)
    assert (told["schema"], told["holds"]) == ("tracer/verify/1", False)
    assert {"files", "chain"} <= {one["name"] for one in told["checks"] if one["status"] == "fails"}


def test_verifying_nothing_is_a_wrong_call(tmp_path, capsys):
    status, _, err = run(capsys, "verify", tmp_path / "none.zip")
    assert (status, err.count("\n")) == (2, 1)


def test_an_opentimestamps_proof_begins_as_its_format_says(index, capsys, tmp_path):
    status, _, err = run(capsys, "log", "stamp", "--index", index, "--output", tmp_path / "log.tsq")
    assert (status, "ots verify" in err) == (0, True)
    digest = (tmp_path / "log.ots-digest").read_bytes()
    assert digest == hashlib.sha256((tmp_path / "log.json").read_bytes()).digest()
    # The magic, version 1, "SHA-256", the digest: python-opentimestamps reads what follows, one
    # pending attestation of a calendar here, as the rest of the proof.
    begun = (tmp_path / "log.ots-begin").read_bytes()
    magic = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294")
    assert begun == magic + b"\x01\x08" + digest
