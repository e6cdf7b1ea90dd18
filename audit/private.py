"""What an event tells in confidence: locked by a key that is kept elsewhere, and lost with that key.

The trail holds and seals the locked text. Whoever destroys the key takes away what it says and leaves the
chain whole ("crypto-shredding"; NIST SP 800-88, cryptographic erase). Texts are locked by AES-256-GCM
(NIST SP 800-38D) with a random nonce, bound to the subject that they tell of.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from os import urandom
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.chain import canonical

NONCE = 12  # bytes
ERASED = "erased"


def lock(values: dict[str, Any], *, secret: UUID | None, subject: str) -> str:
    """Return the values as locked text; ERASED where the secret is gone, so that nothing comes back."""
    if secret is None:
        return ERASED
    nonce = urandom(NONCE)
    locked = AESGCM(_key(secret)).encrypt(nonce, canonical(values).encode(), subject.encode())
    return b64encode(nonce + locked).decode()


def unlock(text: str, *, secret: UUID | None, subject: str) -> dict[str, Any] | None:
    """Return what was locked for this subject, or None where this secret doesn't open it."""
    if secret is None or text == ERASED:
        return None
    try:
        raw = b64decode(text)
        opened = AESGCM(_key(secret)).decrypt(raw[:NONCE], raw[NONCE:], subject.encode())
    except (InvalidTag, ValueError):  # of another subject or key, or altered
        return None
    return json.loads(opened)


def fingerprint(value: Any, *, secret: UUID) -> str:
    """Return a salted hash (HMAC-SHA-256, in hex) that tells content again while its secret lives."""
    return hmac.new(_key(secret), canonical(value).encode(), hashlib.sha256).hexdigest()


def _key(secret: UUID) -> bytes:
    return hashlib.sha256(b"hitl private part:" + secret.bytes).digest()
