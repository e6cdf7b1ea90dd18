"""What comes to mind first: the selections of bench/sampling.py in straightforward numpy."""

import numpy as np

SCORES = {
    "entropy": lambda p: -(p * np.log(p)).sum(axis=1),
    "margin": lambda p: 1 - np.diff(np.partition(p, -2, axis=1)[:, -2:], axis=1)[:, 0],
    "least_confidence": lambda p: 1 - p.max(axis=1),
}


def top(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the k greatest, greatest first."""
    return np.argsort(-scores)[:k]


def mean_kl(members: np.ndarray) -> np.ndarray:
    """Return the mean divergence of the members from their mean."""
    mean = members.mean(axis=0)
    return (members * np.log(members / mean)).sum(axis=2).mean(axis=0)


def vote_entropy(members: np.ndarray) -> np.ndarray:
    """Return the entropy of the members' votes."""
    shares = np.eye(members.shape[2], dtype=np.float32)[members.argmax(axis=2)].mean(axis=0)
    return -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)


def k_center(rows: np.ndarray, known: np.ndarray, k: int) -> list[int]:
    """Return the greedy picks, every distance brought up to date after each."""
    squares = (rows**2).sum(axis=1)
    distances = (squares[:, None] + (known**2).sum(axis=1) - 2 * rows @ known.T).min(axis=1)
    picked = []
    for _ in range(k):
        picked.append(int(distances.argmax()))
        one = rows[picked[-1]]
        np.minimum(distances, squares + one @ one - 2 * rows @ one, out=distances)
    return picked


def badge(p: np.ndarray, rows: np.ndarray, k: int, rng: np.random.Generator) -> list[int]:
    """Return the k-means++ picks, the gradients' products factorised but every distance updated each time."""
    q = p.copy()
    q[np.arange(len(p)), p.argmax(axis=1)] -= 1
    squares = (q**2).sum(axis=1) * (rows**2).sum(axis=1)
    picked = [int(squares.argmax())]
    distances = np.full(len(p), np.inf, np.float32)
    while len(picked) < k:
        last = picked[-1]
        gaps = squares + squares[last] - 2 * (q @ q[last]) * (rows @ rows[last])
        distances = np.minimum(distances, np.maximum(gaps, 0))
        distances[last] = 0
        mass = np.cumsum(distances, dtype=np.float64)
        picked.append(min(int(np.searchsorted(mass, rng.random() * mass[-1])), len(p) - 1))
    return picked
