"""A Merkle tree over the events of one seal, so that one event can be proven without showing the others.

The tree, its root and its inclusion proofs are those of RFC 9162, section 2.1, with SHA-256.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def leaf(event_id: int, digest: str) -> bytes:
    """Return the hash of the leaf that binds an event's id to the digest of its content."""
    return sha256(b"\x00%d:%s" % (event_id, digest.encode())).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """The root of leaves given one by one, in memory that grows with the logarithm of their number."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []  # whole subtrees from the left: height, hash

    def add(self, hashed: bytes) -> None:
        """Take in the next leaf."""
        height = 0
        while self._peaks and self._peaks[-1][0] == height:
            hashed = node(self._peaks.pop()[1], hashed)
            height += 1
        self._peaks.append((height, hashed))

    def root(self) -> str:
        """Return the root of the leaves so far, in hex; that of no leaves is the hash of nothing."""
        if not self._peaks:
            return sha256(b"").hexdigest()
        *left, (_, hashed) = self._peaks
        for _, peak in reversed(left):
            hashed = node(peak, hashed)
        return hashed.hex()


def path(leaves: Sequence[bytes], index: int) -> list[str]:
    """Return the hashes, in hex, that lead from the leaf at `index` to the root of all `leaves`."""
    found: list[bytes] = []
    low, high = 0, len(leaves)
    steps = []
    while high - low > 1:
        middle = low + _split(high - low)
        steps.append((middle, high) if index < middle else (low, middle))
        low, high = (low, middle) if index < middle else (middle, high)
    for first, last in reversed(steps):
        found.append(_root(leaves[first:last]))
    return [one.hex() for one in found]


def root_of(hashed: bytes, index: int, size: int, steps: Sequence[str]) -> str | None:
    """Return the root, in hex, to which the path leads from a leaf, or None where the path can't be one."""
    inner, last = index, size - 1
    for step in steps:
        if last == 0:
            return None
        other = bytes.fromhex(step)
        if inner % 2 or inner == last:
            hashed = node(other, hashed)
            while inner % 2 == 0 and inner:
                inner, last = inner // 2, last // 2
        else:
            hashed = node(hashed, other)
        inner, last = inner // 2, last // 2
    return hashed.hex() if last == 0 else None


def _root(leaves: Sequence[bytes]) -> bytes:
    growing = Growing()
    for one in leaves:
        growing.add(one)
    return bytes.fromhex(growing.root())


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
