"""Keyed draws: chance that can be repeated by us and not be guessed by a client."""

import hashlib
import hmac


def draw(key: str, *parts: str) -> float:
    """Return a number in [0, 1), fixed by `parts` and uniform: HMAC-SHA256 (RFC 2104) under `key`."""
    digest = hmac.digest(key.encode(), "\x1f".join(parts).encode(), hashlib.sha256)
    return (int.from_bytes(digest[:8]) >> 11) / 2**53
