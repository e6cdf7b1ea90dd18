"""How unsure a prediction is, and how far a committee's are apart; natural logarithms, and 0·log 0 is 0.

Plain numbers, not arrays: these are few per item, and the last bit must not hang on the processor, since what
was decided by them is decided again when an item is replayed.
"""

import math
from collections.abc import Iterable, Sequence


def normalised(shares: Sequence[float]) -> list[float]:
    """Return the shares divided by their sum, which is above 0."""
    total = sum(shares)
    return [share / total for share in shares]


def entropy(shares: Iterable[float]) -> float:
    """Return the Shannon entropy in nats of shares that sum to one."""
    return sum(-share * math.log(share) for share in shares if share > 0)


def mean_kl_to_consensus(members: Sequence[Sequence[float]]) -> float:
    """Return how far members, each with shares that sum to one, are apart, in nats: H(mean) - mean H.

    It is the mean Kullback-Leibler divergence of the members to the committee's mean (McCallum and Nigam,
    1998), equally the generalised Jensen-Shannon divergence, equally the mutual information of BALD; it lies
    in [0, log m].
    """
    mean = [sum(column) / len(members) for column in zip(*members, strict=True)]
    return max(0.0, entropy(mean) - sum(map(entropy, members)) / len(members))
