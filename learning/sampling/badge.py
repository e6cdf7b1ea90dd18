"""BADGE: items whose gradients would be large and unlike one another, drawn without building a gradient."""

import numpy as np

BLOCK = 128  # proposals drawn from one table of distances
FEWEST_TAKEN = 0.1  # share of a block below which all distances are made anew
ROWS = 8192


def badge(
    probabilities: np.ndarray, embeddings: np.ndarray, k: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` distinct rows by k-means++ over gradients of the loss, and each one's gradient length.

    (Ash et al. 2020.) The gradient of a row's loss on its likeliest label is the outer product of
    q = probabilities - one-hot(label) and x = embedding, so inner products are (q·q')·(x·x') and no gradient
    is ever stored. Distances only shrink: rows are proposed by old ones and taken with probability new / old,
    which draws exactly as k-means++ does. The first is the one with the longest gradient.
    """
    return _Draw(np.asarray(probabilities, np.float32), np.asarray(embeddings, np.float32), k, rng).run()


class _Draw:
    """One draw in progress: the rows chosen so far and, for each row, a bound of its squared distance."""

    def __init__(self, p: np.ndarray, x: np.ndarray, k: int, rng: np.random.Generator) -> None:
        self.q, self.x, self.k, self.rng = p.copy(), x, k, rng
        self.q[np.arange(len(p)), p.argmax(axis=1)] -= 1
        self.squares = np.einsum("ij,ij->i", self.q, self.q) * np.einsum("ij,ij->i", x, x)
        if not np.isfinite(self.squares).all():
            raise ValueError("probabilities or embeddings hold a number that is not finite")
        self.bounds = np.full(len(p), np.inf, np.float32)
        self.chosen: list[int] = []
        self.seen = 0  # how many of the chosen the bounds of all rows take into account

    def run(self) -> tuple[np.ndarray, np.ndarray]:
        self.take(int(self.squares.argmax()))
        self.refresh()
        while len(self.chosen) < self.k:
            mass = np.cumsum(self.bounds, dtype=np.float64)
            if mass[-1] <= 0:  # only copies of what is chosen are left
                left = np.setdiff1d(np.arange(len(self.x)), self.chosen)
                self.chosen += self.rng.choice(left, self.k - len(self.chosen), replace=False).tolist()
                break
            if self.propose(mass) < FEWEST_TAKEN * BLOCK:
                self.refresh()
        indices = np.array(self.chosen, np.intp)
        return indices, np.sqrt(self.squares[indices])

    def propose(self, mass: np.ndarray) -> int:
        """Draw one block from the table, and return how many of it were taken."""
        proposed = np.searchsorted(mass, self.rng.random(BLOCK) * mass[-1], side="right")
        proposed = np.minimum(proposed, len(self.x) - 1)
        limits, before = self.rng.random(BLOCK) * self.bounds[proposed], len(self.chosen)
        known = self.distances(proposed, np.array(self.chosen[self.seen :], np.intp))
        known = np.minimum(known, self.bounds[proposed])
        for place, row in enumerate(proposed):
            if len(self.chosen) == self.k:
                break
            if known[place] > limits[place]:
                self.take(int(row))
                known = np.minimum(known, self.distances(proposed, np.array([row])))
                known[proposed == row] = 0
        self.bounds[proposed] = np.minimum(self.bounds[proposed], known)
        return len(self.chosen) - before

    def take(self, row: int) -> None:
        self.chosen.append(row)
        self.bounds[row] = 0

    def refresh(self) -> None:
        """Bring every row's bound down to its distance to the nearest chosen row."""
        fresh = np.array(self.chosen[self.seen :], np.intp)
        for start in range(0, len(self.x), ROWS):
            rows = np.arange(start, min(start + ROWS, len(self.x)))
            self.bounds[rows] = np.minimum(self.bounds[rows], self.distances(rows, fresh))
        self.bounds[self.chosen] = 0
        self.seen = len(self.chosen)

    def distances(self, rows: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Return each row's squared distance to the nearest of `chosen`; infinite where there is none."""
        if not len(chosen):
            return np.full(len(rows), np.inf, np.float32)
        inner = self.q[rows] @ self.q[chosen].T
        inner *= self.x[rows] @ self.x[chosen].T
        gaps = self.squares[chosen] - 2 * inner
        return np.maximum(self.squares[rows] + gaps.min(axis=1), 0)
