"""Which items of a large pool a strategy could pick: the greatest by its score, and some drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from learning.sampling.uncertainty import best

# By which score the items are found among which a strategy picks by more than a score. The others (typical,
# k_means, density and the like) are of the whole pool's shape, which a uniform sample keeps.
NARROWED_BY = {
    "adaptive": "margin",
    "weighted_k_means": "margin",
    "cluster_margin": "margin",
    "badge": "margin",
    "hybrid": "margin",
    "k_center": "distance",
}
DRAWN = "drawn"
DRAWN_SHARE = 0.2  # of a shortlist by scores that is a uniform sample all the same
ID_BYTES = 16


@dataclass
class Ranked:
    """Items in no order with a score each: `ids` (n, 16) bytes, `scores` (n,) float32."""

    ids: np.ndarray = field(default_factory=lambda: np.empty((0, ID_BYTES), np.uint8))
    scores: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))

    def most(self, count: int, rng: np.random.Generator) -> Ranked:
        """Return the `count` with the greatest scores, greatest first; equals are drawn."""
        count = min(count, len(self.scores))
        order = best(self.scores, count, rng) if count else np.empty(0, np.intp)
        return Ranked(self.ids[order], self.scores[order])

    def joined(self, others: Iterable[Ranked]) -> Ranked:
        """Return these and the others."""
        every = [self, *others]
        return Ranked(
            np.concatenate([one.ids for one in every]), np.concatenate([one.scores for one in every])
        )

    def uuids(self) -> list[UUID]:
        """Return the ids, in order."""
        return [UUID(bytes=row.tobytes()) for row in self.ids]


def ranked(ids: Sequence[UUID], scores: np.ndarray) -> Ranked:
    """Return the items as rows of bytes with their scores."""
    packed = np.frombuffer(b"".join(one.bytes for one in ids), np.uint8).reshape(-1, ID_BYTES)
    return Ranked(packed, np.asarray(scores, np.float32))


def kept(lists: Iterable[str], most: int) -> dict[str, int]:
    """Return how many items each list keeps of a shortlist of `most`; what is drawn has the rest."""
    scored = [name for name in lists if name != DRAWN]
    if not scored:
        return {DRAWN: most}
    each = int(most * (1 - DRAWN_SHARE) / len(scored))
    return dict.fromkeys(scored, each) | {DRAWN: most - each * len(scored)}


def packed(lists: Mapping[str, Ranked]) -> bytes:
    """Return the lists as the bytes of a safetensors file."""
    from safetensors.numpy import save

    arrays: dict[str, Any] = {}
    for name, one in lists.items():
        arrays |= {f"{name}.ids": np.ascontiguousarray(one.ids), f"{name}.scores": one.scores}
    return save(arrays)


def unpacked(data: bytes) -> dict[str, Ranked]:
    """Return the lists that `packed` made these bytes of."""
    from safetensors.numpy import load

    arrays = load(data)
    names = {name.rsplit(".", 1)[0] for name in arrays}
    return {name: Ranked(arrays[f"{name}.ids"], arrays[f"{name}.scores"]) for name in sorted(names)}
