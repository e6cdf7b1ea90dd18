"""How unsure predictions are: entropy, confidence, margin, and how far a committee is apart.

All functions take rows that each sum to one (votes: whole numbers), work on any number of rows at once, use
natural logarithms and treat 0·log 0 as 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def entropy(probs: ArrayLike) -> Array:
    """Return the Shannon entropy in nats of each row of (n, k) probabilities, shape (n,)."""
    p = np.asarray(probs, dtype=np.float64)
    return -_p_log_p(p).sum(axis=-1)


def normalised_entropy(probs: ArrayLike) -> Array:
    """Return entropy as a share of its maximum log k, in [0, 1], shape (n,); 0 where there is one class."""
    p = np.asarray(probs, dtype=np.float64)
    if p.shape[-1] < 2:
        return np.zeros(p.shape[:-1])
    return np.clip(entropy(p) / np.log(p.shape[-1]), 0.0, 1.0)


def least_confidence(probs: ArrayLike) -> Array:
    """Return one minus the largest probability of each row, shape (n,)."""
    return 1.0 - np.asarray(probs, dtype=np.float64).max(axis=-1)


def margin_uncertainty(probs: ArrayLike) -> Array:
    """Return one minus the gap between the two largest probabilities of each row, in [0, 1], shape (n,).

    A single class has no rival: its uncertainty is one minus its probability.
    """
    p = np.asarray(probs, dtype=np.float64)
    if p.shape[-1] < 2:
        return 1.0 - p[..., 0]
    top = np.partition(p, -2, axis=-1)[..., -2:]
    return 1.0 - (top[..., 1] - top[..., 0])


def vote_entropy(votes: ArrayLike) -> Array:
    """Return the entropy in nats of how a committee's votes are spread, shape (n,).

    `votes` is (n, m): the class number that each of m members chose. Engelson and Dagan, 1996.
    """
    v = np.asarray(votes)
    # How often each member's choice was chosen; the mean of -log share over members is the entropy.
    same = (v[:, :, None] == v[:, None, :]).mean(axis=2)
    # abs() turns the -0.0 of a unanimous row into 0.0.
    return np.abs(-np.log(same).mean(axis=1))


def mean_kl_to_consensus(member_probs: ArrayLike) -> Array:
    """Return how far members are from their mean, in nats, shape (n,): H(mean) - mean H.

    `member_probs` is (m, n, k). This is the mean Kullback-Leibler divergence of the members to the
    committee's mean (McCallum and Nigam, 1998), equally the generalised Jensen-Shannon divergence, equally
    the mutual information of BALD; it lies in [0, log m].
    """
    p = np.asarray(member_probs, dtype=np.float64)
    return np.maximum(entropy(p.mean(axis=0)) - entropy(p).mean(axis=0), 0.0)


def _p_log_p(p: Array) -> Array:
    return p * np.log(np.where(p > 0, p, 1.0))
