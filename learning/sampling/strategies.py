"""Every strategy by its name: what it needs of a pool, which rows it picks, and how it says why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from learning.sampling import neighbours
from learning.sampling.adaptive import anneal, cluster_margin, weighted_k_means
from learning.sampling.badge import badge
from learning.sampling.clusters import k_means, one_each, spread
from learning.sampling.committee import mean_kl_scores, vote_entropy_scores
from learning.sampling.diversity import checked, farthest_first, hybrid
from learning.sampling.pool import Picks, Pool
from learning.sampling.typical import typical
from learning.sampling.uncertainty import best, entropy_scores, least_confidence_scores, margin_scores


@dataclass(frozen=True)
class Options:
    """What a strategy may be told: how much of the labelling budget is spent, and the weights of hybrid."""

    spent: float = 0.0
    uncertainty_weight: float = 0.7
    distance_weight: float = 0.3


Draw = np.random.Generator
Strategy = Callable[[Pool, int, Draw, Options], Picks]


def by_score(score: Callable[[Pool, Draw], np.ndarray], reason: str) -> Strategy:
    """Return the strategy that takes the greatest of `score(pool, rng)`; `reason` is formatted with it."""

    def strategy(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
        scores = score(pool, rng)
        indices = best(scores, k, rng)
        return Picks(indices, scores[indices], tuple(reason.format(s, 1 - s) for s in scores[indices]))

    return strategy


def _random(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    indices = rng.choice(pool.size, k, replace=False)
    return Picks(indices, np.zeros(k, np.float32), ("drawn at random",) * k)


def _k_center(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    indices, distances = farthest_first(pool.need_embeddings(), pool.labelled, k, rng)
    return Picks(indices, distances, tuple(f"{d:.3g} away from anything labelled" for d in distances))


def _k_means(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    """Nearest to the centroids of k clusters (Lloyd 1982), the largest first."""
    rows, _ = checked(pool.need_embeddings(), None)
    centres, member = k_means(rows, np.ones(len(rows), np.float32), k, rng)
    chosen, sizes = one_each(rows, centres, member, k)
    order = np.argsort(-sizes, kind="stable")
    reasons = tuple(f"in the middle of {n} alike items" for n in sizes[order])
    return Picks(chosen[order], (sizes[order] / len(rows)).astype(np.float32), reasons)


def _k_means_plus_plus(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    rows, known = checked(pool.need_embeddings(), pool.labelled)
    drawn, distances = spread(rows, np.ones(len(rows), np.float32), k, rng, known)
    indices, first = np.unique(drawn, return_index=True)
    spare = np.setdiff1d(np.arange(len(rows)), indices)
    more = rng.choice(spare, k - len(indices), replace=False)  # where all that is left are copies
    indices, gaps = np.concatenate([indices, more]), np.concatenate([distances[first], np.zeros(len(more))])
    order = np.argsort(-gaps, kind="stable")
    reasons = tuple(f"drawn by its distance of {d:.3g} to anything labelled" for d in gaps[order])
    return Picks(indices[order], gaps[order].astype(np.float32), reasons)


def _badge(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    indices, lengths = badge(pool.need_probabilities(), pool.need_embeddings(), k, rng)
    order = np.argsort(-lengths, kind="stable")
    text = "its label could change the model by a gradient of {:.3g}, unlike the other picks'"
    reasons = tuple(text.format(length) for length in lengths[order])
    return Picks(indices[order], lengths[order], reasons)


def _hybrid(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    weights = (options.uncertainty_weight, options.distance_weight)
    uncertainty = margin_scores(pool.need_probabilities())
    indices, scores = hybrid(uncertainty, pool.need_embeddings(), pool.labelled, k, rng, weights=weights)
    text = "top two labels {:.3f} apart, and unlike what is labelled (utility {:.3f})"
    reasons = tuple(text.format(1 - u, s) for u, s in zip(uncertainty[indices], scores, strict=True))
    return Picks(indices, scores, reasons)


def _adaptive(pool: Pool, k: int, rng: Draw, options: Options) -> Picks:
    return anneal(pool, k, rng, spent=options.spent)


def _of_probabilities(score: Callable[[np.ndarray], np.ndarray]) -> Callable[[Pool, Draw], np.ndarray]:
    return lambda pool, rng: score(pool.need_probabilities())


def _of_members(score: Callable[[np.ndarray], np.ndarray]) -> Callable[[Pool, Draw], np.ndarray]:
    return lambda pool, rng: score(pool.need_members())


def _sparse(pool: Pool, rng: Draw) -> np.ndarray:
    return neighbours.sparse_scores(checked(pool.need_embeddings(), None)[0], rng)


def _distance(pool: Pool, rng: Draw) -> np.ndarray:
    return neighbours.distance_scores(*checked(pool.need_embeddings(), pool.need_labelled()))


def _errors(pool: Pool, rng: Draw) -> np.ndarray:
    rows, labelled = checked(pool.need_embeddings(), pool.need_labelled())
    return neighbours.error_scores(rows, labelled, pool.need_wrong())


def _around(score: Callable[..., np.ndarray]) -> Callable[[Pool, Draw], np.ndarray]:
    def scores(pool: Pool, rng: Draw) -> np.ndarray:
        rows, labelled = checked(pool.need_embeddings(), pool.need_labelled())
        return score(pool.need_probabilities(), rows, labelled, pool.need_labels())

    return scores


def _rare(pool: Pool, rng: Draw) -> np.ndarray:
    return neighbours.rare_scores(pool.need_probabilities(), pool.need_labels())


def _given(reason: str) -> Strategy:
    return by_score(lambda pool, rng: pool.need_given(), reason)


# Scores that hang on nothing but the item and what is labelled: a pool can be ranked by them piece by piece.
SCORES: Mapping[str, Callable[[Pool, Draw], np.ndarray]] = {
    "margin": _of_probabilities(margin_scores),
    "entropy": _of_probabilities(entropy_scores),
    "least_confidence": _of_probabilities(least_confidence_scores),
    "vote_entropy": _of_members(vote_entropy_scores),
    "mean_kl": _of_members(mean_kl_scores),
    "distance": _distance,
    "errors": _errors,
    "pseudo_loss": _around(neighbours.pseudo_loss_scores),
    "hard_negatives": _around(neighbours.hard_negative_scores),
    "rare": _rare,
}
_REASONS = {
    "margin": "top two labels only {1:.3f} apart",
    "entropy": "entropy {0:.3f} of at most 1",
    "least_confidence": "top label has only {1:.3f}",
    "vote_entropy": "the models' votes have an entropy of {0:.3f} of at most 1",
    "mean_kl": "the models are {0:.3f} of at most 1 apart",
    "distance": "{0:.3g} away from anything labelled",
    "errors": "the model was wrong on {0:.0%} of the labelled items around it",
    "pseudo_loss": "loss {0:.3f} on the label of the items around it",
    "hard_negatives": "the model is sure, and the labelled items around it say otherwise ({0:.3f})",
    "rare": "may be of a class that has few labels (rarity {0:.3f})",
}
STRATEGIES: Mapping[str, Strategy] = {
    **{name: by_score(score, _REASONS[name]) for name, score in SCORES.items()},
    "adaptive": _adaptive,
    "k_means": _k_means,
    "k_means_plus_plus": _k_means_plus_plus,
    "k_center": _k_center,
    "density": by_score(_sparse, "{0:.3g} away from its neighbours: few items are like it"),
    "badge": _badge,
    "typical": lambda pool, k, rng, options: typical(pool, k, rng),
    "cluster_margin": lambda pool, k, rng, options: cluster_margin(pool, k, rng),
    "weighted_k_means": lambda pool, k, rng, options: weighted_k_means(pool, k, rng),
    "hybrid": _hybrid,
    "variance": _given("the models' numbers have a variance of {0:.3g}"),
    "disagreement": _given("the models' answers are {0:.3f} apart"),
    "perplexity": _given("the language model's perplexity is {0:.3g}"),
    "harmful": _given("flagged as harmful by {0:.3g}"),
    "boxes": _given("{0:.3g} of doubt about its boxes for a second of drawing"),
    "box_instability": _given("its boxes move by {0:.3f} of their overlap"),
    "box_errors": _given("{0:.3g} boxes are missed or false by another model"),
    "random": _random,
}
# Distance keeps these apart already, or chance must not be touched.
SPREAD = frozenset({"k_center", "random"})
