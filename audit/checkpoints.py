"""Signed statements of which seal was the newest, and whether a chain of seals agrees with them.

A checkpoint is signed by Ed25519 (RFC 8032) over its canonical JSON without the signature, as in the
checkpoints of transparency logs (RFC 9162, section 4.10). Whoever holds one can tell when the end of the
chain was cut off or all of it was written anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.chain import Broken, canonical

SEED = 32  # bytes of a private key
MOST = 2**63 - 1  # what the database can count to
HEX = {"head": 64, "key": 64, "signature": 128}


@dataclass(frozen=True, slots=True)
class Statement:
    """One checkpoint: the newest seal's number and digest, and how many events the seals so far cover."""

    seal: int
    at: datetime
    head: str
    events: int
    key: str
    signature: str = ""


def public_key(seed: bytes) -> str:
    """Return the public key of a private one of 32 bytes, in hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def signed(statement: Statement, seed: bytes) -> Statement:
    """Return the statement with this key's name and signature."""
    named = replace(statement, key=public_key(seed))
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_message(named))
    return replace(named, signature=signature.hex())


def genuine(statement: Statement) -> bool:
    """Return whether the signature is that of the key that the statement names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(statement.key))
        key.verify(bytes.fromhex(statement.signature), _message(statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def line(statement: Statement) -> str:
    """Return a statement as canonical JSON, as it is shown, anchored and given back."""
    return canonical({one.name: getattr(statement, one.name) for one in fields(statement)})


def read(values: Any) -> Statement:
    """Return the statement of parsed JSON; raises ValueError for what is not one, in words."""
    names = [one.name for one in fields(Statement)]
    if not isinstance(values, Mapping) or sorted(values) != sorted(names):
        raise ValueError(f"A checkpoint has the fields {', '.join(names)}, and no others.")
    for name in ("seal", "events"):
        if type(values[name]) is not int or not 0 < values[name] <= MOST:
            raise ValueError(f"A checkpoint's {name} is a whole number from 1.")
    for name, length in HEX.items():
        if not isinstance(values[name], str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", values[name]):
            raise ValueError(f"A checkpoint's {name} is {length} hexadecimal digits.")
    try:
        at = datetime.fromisoformat(values["at"])
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("A checkpoint's at is a time with its zone.")
    return Statement(**{**values, "at": at})


def compare(
    statement: Statement,
    seals: Mapping[int, tuple[str, int]],
    *,
    last: int,
    known: Collection[str],
    where: str = "",
) -> None:
    """Raise Broken where a statement is not signed by a known key, or the chain is not the one it tells of.

    `seals` has digest and running count of events by number, `last` is the newest seal's number (0: none),
    `known` are the public keys in hex; `where` says where the statement was found.
    """
    name = f"the checkpoint at seal {statement.seal}{where}"
    if not genuine(statement):
        raise Broken(f"{name} was altered or forged: its signature does not match its content")
    if statement.key not in known:
        raise Broken(f"{name} is signed by an unknown key, {statement.key}")
    if statement.seal > last:
        end = f"the book ends with seal {last}" if last else "the book has no seals"
        raise Broken(f"seal {statement.seal} is missing: {name} was signed, but {end}")
    if statement.seal not in seals:
        raise Broken(f"seal {statement.seal} is missing: {name} was signed")
    head, events = seals[statement.seal]
    if head != statement.head:
        raise Broken(f"the chain was written anew: seal {statement.seal} is not the one that {name} names")
    if events != statement.events:
        raise Broken(f"{name} counts {statement.events} events, the seals up to there cover {events}")


def _message(statement: Statement) -> bytes:
    named = {one.name: getattr(statement, one.name) for one in fields(statement) if one.name != "signature"}
    return canonical(named).encode()
