"""Many streams of decisions at once, drawn from models whose true errors are known."""

from dataclasses import dataclass

import numpy as np

from routing import certify
from routing.certify import State, Target, oracle
from routing.certify.tallies import Array, Tally

POOL = 200_000
RATES = ((6_000, 0.3), (10**9, 0.05))
# How the confidence stretches the truth's log odds, and how often the label itself is wrong.
MODELS = {"calibrated": (1.0, 0.0), "over_confident": (2.0, 0.01), "under_confident": (0.5, 0.0)}


@dataclass(frozen=True)
class Pool:
    """Confidences and the chance that each is wrong, (n,); what a stream draws from."""

    scores: Array
    errors: Array


@dataclass(frozen=True)
class Cells:
    """A pool between the thresholds of a state: the share and error rate of each cell, the last below all.

    `best` is the share that could be automated if the truth were known.
    """

    share: Array
    error: Array
    best: float

    def risk(self, target: Target) -> Array:
        """Return the true error rate at or above each threshold, in the unit of the target."""
        wrong = (self.share * self.error).cumsum()[:-1]
        covered = self.covered()
        return wrong / np.maximum(covered, 1e-12) if target.of == "automated" else wrong

    def covered(self) -> Array:
        """Return the share of decisions at or above each threshold."""
        return self.share.cumsum()[:-1]


def model(kind: str, seed: int) -> Pool:
    """Return the pool of a model that is right in about 86 of 100, with confidences of that kind."""
    rng = np.random.default_rng([seed, sorted(MODELS).index(kind)])
    odds = rng.normal(3.3, 2.4, POOL)
    stretch, noise = MODELS[kind]
    truth = 1 / (1 + np.exp(-odds))
    return Pool(1 / (1 + np.exp(-odds * stretch)), noise + (1 - 2 * noise) * (1 - truth))


def flat(target: Target, seed: int) -> Pool:
    """Return the worst case: just above the target at every threshold, so that none is safe."""
    scores = np.random.default_rng(seed).random(POOL)
    error = 1.02 * target.alpha
    if target.of == "automated":
        return Pool(scores, np.full(POOL, error))
    # All errors lie in one tie at the top, which no threshold parts.
    top = scores >= 0.8
    return Pool(np.where(top, 1.0, scores), np.where(top, error / 0.2, 0.0))


def prepare(pool: Pool, target: Target, seed: int) -> tuple[State, Cells]:
    """Return a state whose thresholds come from 5,000 earlier scores, and the pool cut by them."""
    rng = np.random.default_rng(seed)
    state = certify.begin(target, rng.choice(pool.scores, 5_000))
    size = len(state.grid)
    place = size - np.searchsorted(state.grid[::-1], pool.scores, side="right")
    count = np.bincount(place, minlength=size + 1)
    wrong = np.bincount(place, weights=pool.errors, minlength=size + 1)
    best = oracle.best(pool.scores, pool.errors, target).share
    return state, Cells(count / len(place), wrong / np.maximum(count, 1), best)


def simulate(
    state: State,
    cells: Cells,
    *,
    streams: int,
    items: int,
    seed: int | list[int],
    batch: int = 250,
    looks: tuple[int, ...] = (1_000, 5_000, 20_000),
    caught: float = 1.0,
    truth: Target | None = None,
) -> dict:
    """Return what came of that many streams: how often the truth was ever broken, and what was automated.

    Each item above the threshold of its stream is automated and audited by chance, all others are reviewed;
    of the errors people catch the share `caught`. `truth` is the target to judge by, else the certified one.
    """
    rng, target = np.random.default_rng(seed), truth or state.target
    risk, covered = cells.risk(target), np.append(cells.covered(), 0.0)
    found = cells.error * caught
    chances = np.concatenate([cells.share * (1 - found), cells.share * found])
    now = certify.empty(state.target, state.grid, state.start, streams=(streams,))
    at, broken, automated = np.full(streams, -1), np.zeros(streams, dtype=bool), {}
    for done in range(batch, items + 1, batch):
        rate = next(rate for until, rate in RATES if done <= until)
        drawn = rng.multinomial(batch, chances / chances.sum(), size=streams).reshape(streams, 2, -1)
        now = certify.absorb(now, audited(drawn, at, rate, rng))
        steps = certify.steps(now)
        at = np.where(steps > 0, state.start + steps - 1, -1)
        broken |= (at >= 0) & (risk[at] > target.alpha)
        if done in looks:
            automated[done] = float(covered[at].mean())
    return {
        "ever_broken": float(broken.mean()),
        "abstained": float((at < 0).mean()),
        "oracle": cells.best,
        "automated": automated,
        "labels": float(now.labels.mean()),
    }


def audited(drawn: Array, at: Array, rate: float, rng: np.random.Generator) -> Tally:
    """Return each stream's counted batch: `drawn` (streams, right or wrong, cells), `at` its threshold."""
    automated = (np.arange(drawn.shape[-1]) <= at[:, None])[:, None]
    reviewed, checked = drawn * ~automated, rng.binomial(drawn * automated, rate)
    labelled = np.stack([reviewed[:, 0], reviewed[:, 1], checked[:, 0], checked[:, 1]])
    return Tally(
        losses=np.array([0.0, 1.0, 0.0, 1.0]),
        probabilities=np.array([1.0, 1.0, rate, rate]),
        counts=labelled[..., :-1].cumsum(axis=-1),
        seen=drawn.sum(axis=1)[..., :-1].cumsum(axis=-1),
        decisions=drawn.sum(axis=(1, 2))[:, None],
        labels=labelled.sum(axis=(0, 2))[:, None],
        least=np.where(at >= 0, rate, 1.0)[:, None],
    )
