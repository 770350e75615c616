"""The head of the custody log -> requests for a time stamp, written for later.

Nothing is sent: a file goes to an authority of the user's choice, today or from another machine.
Only a hash leaves the house. Two kinds are written, RFC 3161 and OpenTimestamps. The RFC 3161
request is the shortest that the standard allows, in DER::

    TimeStampReq ::= SEQUENCE {
        version         INTEGER 1,
        messageImprint  SEQUENCE { SEQUENCE { OID sha256, NULL }, OCTET STRING (32 bytes) },
        certReq         BOOLEAN TRUE }

There is no nonce, which would only tell two answers to one request apart.

An OpenTimestamps calendar takes the bare digest and answers with the rest of a proof: what comes
before it in the proof's file (magic, version 1, SHA-256, the digest) is written here, so that the
two put together are a proof that the ``ots`` client reads and completes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.errors import UsageError
from tracer.index import custody
from tracer.index.custody import Head
from tracer.index.store import Index

_INTEGER, _BOOLEAN, _OCTETS, _NULL, _OID, _SEQUENCE = 0x02, 0x01, 0x04, 0x05, 0x06, 0x30
_OTS_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
_OTS_VERSION, _OTS_SHA256 = b"\x01", b"\x08"
_SHA256 = bytes.fromhex("608648016503040201")  # 2.16.840.1.101.3.4.2.1


@dataclass(frozen=True, slots=True)
class Stamped:
    """The files written for a time stamp, and for which head."""

    request: Path
    data: Path  # the bytes whose SHA-256 is stamped
    head: Head
    digest: Path  # what an OpenTimestamps calendar is sent
    proof: Path  # the beginning of the proof that its answer completes


def write(index: Index, output: Path | None = None) -> Stamped:
    """Write the request and, beside it, the bytes of the entry that it is for."""
    last = None
    for entry in index.log():
        last = entry
    if last is None:
        raise UsageError(f"{index.path}: its log is empty, there is nothing to stamp yet")
    request = output or index.path.with_name(f"{index.path.name}.log-{last.seq}.tsq")
    data = request.with_suffix(".json")
    digest, proof = request.with_suffix(".ots-digest"), request.with_suffix(".ots-begin")
    request.write_bytes(request_for(last.hash))
    data.write_bytes(custody.statement(last))
    digest.write_bytes(bytes.fromhex(last.hash))
    proof.write_bytes(proof_begun(last.hash))
    return Stamped(request, data, Head(last.seq, last.hash), digest, proof)


def advice(stamped: Stamped) -> str:
    """Say how the request becomes a stamp, and how a stamp is checked."""
    reply = stamped.request.with_suffix(".tsr")
    return (
        "Send it when you like: curl -H 'Content-Type: application/timestamp-query' "
        f"--data-binary @{stamped.request} ADDRESS-OF-AN-AUTHORITY > {reply}\n"
        f"Check the stamp: openssl ts -verify -data {stamped.data} -in {reply} -CAfile CA.pem\n"
        f"Or with OpenTimestamps: curl --data-binary @{stamped.digest} CALENDAR/digest > answer; "
        f"cat {stamped.proof} answer > {stamped.data}.ots; later: ots verify {stamped.data}.ots"
    )


def request_for(digest: str) -> bytes:
    """Return the request for a SHA-256, as DER."""
    algorithm = _der(_SEQUENCE, _der(_OID, _SHA256) + _der(_NULL, b""))
    imprint = _der(_SEQUENCE, algorithm + _der(_OCTETS, bytes.fromhex(digest)))
    return _der(_SEQUENCE, _der(_INTEGER, b"\x01") + imprint + _der(_BOOLEAN, b"\xff"))


def proof_begun(digest: str) -> bytes:
    """Return the beginning of an OpenTimestamps proof of a SHA-256, up to the calendar's answer."""
    return _OTS_MAGIC + _OTS_VERSION + _OTS_SHA256 + bytes.fromhex(digest)


def _der(tag: int, content: bytes) -> bytes:
    assert len(content) < 128  # the short form of a length is all that is needed here
    return bytes((tag, len(content))) + content
