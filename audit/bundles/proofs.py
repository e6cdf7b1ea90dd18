"""Inclusion paths for many leaves of one Merkle tree, each subtree hashed once (RFC 9162, section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from audit.merkle import node


class Tree:
    """The tree over at least one leaf; what `path` returns is what merkle.path does, in less time."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self) -> str:
        """Return the root in hex."""
        return self._hash(0, len(self._leaves)).hex()

    def path(self, index: int) -> list[str]:
        """Return the hashes, in hex, that lead from the leaf at `index` to the root."""
        found: list[str] = []
        low, high = 0, len(self._leaves)
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                found.append(self._hash(middle, high).hex())
                high = middle
            else:
                found.append(self._hash(low, middle).hex())
                low = middle
        return found[::-1]

    def _hash(self, low: int, high: int) -> bytes:
        if high - low == 1:
            return self._leaves[low]
        known = self._known.get((low, high))
        if known is None:
            middle = low + _split(high - low)
            known = node(self._hash(low, middle), self._hash(middle, high))
            self._known[low, high] = known
        return known


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
