"""The head of the custody log -> a request for an RFC 3161 time stamp, written for later.

Nothing is sent: the file goes to an authority of the user's choice, today or from another machine.
Only a hash leaves the house. The request is the shortest that the standard allows, in DER::

    TimeStampReq ::= SEQUENCE {
        version         INTEGER 1,
        messageImprint  SEQUENCE { SEQUENCE { OID sha256, NULL }, OCTET STRING (32 bytes) },
        certReq         BOOLEAN TRUE }

There is no nonce, which would only tell two answers to one request apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.errors import UsageError
from tracer.index import custody
from tracer.index.custody import Head
from tracer.index.store import Index

_INTEGER, _BOOLEAN, _OCTETS, _NULL, _OID, _SEQUENCE = 0x02, 0x01, 0x04, 0x05, 0x06, 0x30
_SHA256 = bytes.fromhex("608648016503040201")  # 2.16.840.1.101.3.4.2.1


@dataclass(frozen=True, slots=True)
class Stamped:
    """The files written, and for which head."""

    request: Path
    data: Path  # the bytes whose SHA-256 is stamped
    head: Head


def write(index: Index, output: Path | None = None) -> Stamped:
    """Write the request and, beside it, the bytes of the entry that it is for."""
    last = None
    for entry in index.log():
        last = entry
    if last is None:
        raise UsageError(f"{index.path}: its log is empty, there is nothing to stamp yet")
    request = output or index.path.with_name(f"{index.path.name}.log-{last.seq}.tsq")
    data = request.with_suffix(".json")
    request.write_bytes(request_for(last.hash))
    data.write_bytes(custody.statement(last))
    return Stamped(request, data, Head(last.seq, last.hash))


def advice(stamped: Stamped) -> str:
    """Say how the request becomes a stamp, and how a stamp is checked."""
    reply = stamped.request.with_suffix(".tsr")
    return (
        "Send it when you like: curl -H 'Content-Type: application/timestamp-query' "
        f"--data-binary @{stamped.request} ADDRESS-OF-AN-AUTHORITY > {reply}\n"
        f"Check the stamp: openssl ts -verify -data {stamped.data} -in {reply} -CAfile CA.pem"
    )


def request_for(digest: str) -> bytes:
    """Return the request for a SHA-256, as DER."""
    algorithm = _der(_SEQUENCE, _der(_OID, _SHA256) + _der(_NULL, b""))
    imprint = _der(_SEQUENCE, algorithm + _der(_OCTETS, bytes.fromhex(digest)))
    return _der(_SEQUENCE, _der(_INTEGER, b"\x01") + imprint + _der(_BOOLEAN, b"\xff"))


def _der(tag: int, content: bytes) -> bytes:
    assert len(content) < 128  # the short form of a length is all that is needed here
    return bytes((tag, len(content))) + content
