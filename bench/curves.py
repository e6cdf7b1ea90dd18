"""Learning curves: labels bought batch by batch as a strategy picks them, and the score after each batch."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from learning.encoders import sentence_model
from learning.sampling import Lacking, Options, Pool, pick

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
TEXTS = {"banking77": ("train", "test"), "trec6": ("train", "test"), "sms_spam": ("all",)}
AXES = 128  # of latent semantic analysis
START, GROWTH = 10, 0.08  # labels of the first batch; of later ones, as a share of what there is
LARGEST, AT_RANDOM = 40, 100  # the largest batch, and that where choice hangs on no model
STRENGTHS = (1.0, 10.0, 100.0)
COLD = {"adaptive", "typical", "k_means", "k_means_plus_plus", "k_center", "density"}
SNAPSHOTS = 4  # models of earlier rounds that stand for a committee


@dataclass(frozen=True)
class Task:
    """One data set: embeddings (n, d), labels (n,), how it is scored, and the learner's C."""

    name: str
    rows: np.ndarray
    y: np.ndarray
    classes: int
    held_out: int
    score: Callable[[np.ndarray, np.ndarray], float]
    strength: float


@dataclass(frozen=True)
class World:
    """What is left to buy, `rows` (n, d), and what was bought: `labelled` (m, d) and their `labels` (m,).

    `wrong` (m,) is 1 where the model of the time took it for another class, as a review would have told.
    """

    rows: np.ndarray
    labelled: np.ndarray
    labels: np.ndarray
    wrong: np.ndarray


@dataclass
class Softmax:
    """Multinomial logistic regression by L-BFGS, started from the last round's; weights (d + 1, classes)."""

    weights: np.ndarray
    strength: float

    def fit(self, rows: np.ndarray, y: np.ndarray, steps: int = 60) -> None:
        """Minimise the summed log loss plus |weights|² / 2C; the bias is free."""
        from scipy.optimize import minimize

        wide, target = _with_one(rows), np.eye(self.weights.shape[1], dtype=np.float32)[y]
        shape, penalty = self.weights.shape, 1 / self.strength

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            weights = flat.reshape(shape).astype(np.float32)
            logits = wide @ weights
            logits -= logits.max(axis=1, keepdims=True)
            exponents = np.exp(logits)
            sums = exponents.sum(axis=1, keepdims=True)
            value = float(np.log(sums).sum() - (logits * target).sum())
            held = weights.copy()
            held[-1] = 0
            slope = wide.T @ (exponents / sums - target) + penalty * held
            return value + penalty / 2 * float((held**2).sum()), slope.ravel().astype(np.float64)

        found = minimize(
            loss,
            self.weights.ravel().astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": steps, "gtol": 1e-2, "ftol": 1e-6},
        )
        self.weights = found.x.reshape(shape).astype(np.float32)

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return probabilities, (n, classes)."""
        logits = _with_one(rows) @ self.weights
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)


def available() -> list[str]:
    """Return the data sets that this machine has."""
    return ["digits", *(name for name in TEXTS if (DATA / name).is_dir())]


@cache
def task(name: str) -> Task:
    """Return the data set; its C is the best of STRENGTHS by two folds of all that is not held out."""
    if name == "digits":
        from sklearn.datasets import load_digits

        pixels, y = load_digits(return_X_y=True)
        rows = ((pixels - pixels.mean()) / pixels.std()).astype(np.float32) / 8  # about unit length
    else:
        texts, labels = read(name)
        rows = embed(texts)
        y = np.unique(labels, return_inverse=True)[1]
    score = _f1 if name == "sms_spam" else _accuracy
    held_out = len(y) // 4
    made = Task(name, rows, y, int(y.max()) + 1, held_out, score, 1.0)
    strengths = {c: _folded(made, c) for c in STRENGTHS}
    return Task(name, rows, y, made.classes, held_out, score, max(strengths, key=strengths.get))


def split(one: Task, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are to be bought from and which are kept back to score by."""
    order = np.random.default_rng([seed, 1]).permutation(len(one.y))
    return order[one.held_out :], order[: one.held_out]


def full(one: Task, seed: int) -> float:
    """Return the score with every label of the pool."""
    pool, kept = split(one, seed)
    model = _model(one)
    model.fit(one.rows[pool], one.y[pool], 200)
    return one.score(one.y[kept], model.predict(one.rows[kept]))


def curve(one: Task, strategy: str, seed: int, goal: float) -> list[tuple[int, float]]:
    """Return labels bought and score reached, batch by batch, until three scores in a row reach the goal.

    The first batch is drawn at random except where the strategy is made for a cold start. A class without
    labels is unknown to the model, which has the same columns throughout.
    """
    pool, kept = split(one, seed)
    rng = np.random.default_rng([seed, 2])
    taken = np.zeros(len(pool), bool)
    model, history, points, mine = _model(one), [], [], pool[:0]
    wrong = np.zeros(0, np.float32)
    largest = LARGEST if strategy != "random" else AT_RANDOM
    while not taken.all():
        bought = int(taken.sum())
        k = min(max(START, min(largest, round(bought * GROWTH))), len(pool) - bought)
        left = np.flatnonzero(~taken)
        world = World(one.rows[pool[left]], one.rows[mine], one.y[mine], wrong)
        chosen = left[_pick(world, strategy, k, rng, history)]
        taken[chosen] = True
        mine = np.concatenate([mine, pool[chosen]])
        said = model.predict(one.rows[pool[chosen]]).argmax(axis=1)
        wrong = np.concatenate([wrong, (said != one.y[pool[chosen]]) if history else np.zeros(k)])
        model.fit(one.rows[mine], one.y[mine])
        history = [*history, Softmax(model.weights, one.strength)][-SNAPSHOTS:]
        points.append((int(taken.sum()), one.score(one.y[kept], model.predict(one.rows[kept]))))
        if len(points) >= 3 and min(score for _, score in points[-3:]) >= goal:
            break
    return points


def reached(points: list[tuple[int, float]], goal: float) -> float:
    """Return the labels at which the running mean of three scores first reaches the goal, interpolated.

    Where it never does, all the labels of the curve.
    """
    sizes = np.array([size for size, _ in points], float)
    scores = np.array([score for _, score in points])
    padded = np.concatenate([scores[:1], scores, scores[-1:]])
    smooth = np.convolve(padded, np.ones(3) / 3, mode="valid")
    above = np.flatnonzero(smooth >= goal)
    if not len(above):
        return float(sizes[-1])
    i = above[0]
    if i == 0:
        return float(sizes[0])
    share = (goal - smooth[i - 1]) / (smooth[i] - smooth[i - 1])
    return float(np.exp(np.log(sizes[i - 1]) + share * np.log(sizes[i] / sizes[i - 1])))


def _pick(
    world: World, strategy: str, k: int, rng: np.random.Generator, history: list[Softmax]
) -> np.ndarray:
    """Return places in what is left to buy; the first batch is random where a strategy needs a model."""
    if not history:
        first = strategy if strategy in COLD else "random"
        return pick(first, Pool(embeddings=world.rows), k, rng=rng).indices
    members = np.stack([model.predict(world.rows) for model in history])
    y = world.labels
    pool = Pool(
        probabilities=members[-1],
        embeddings=world.rows,
        labelled=world.labelled,
        members=members if len(history) > 1 else np.stack([members[0]] * 2),
        labels=y,
        wrong=world.wrong,
    )
    spent = len(y) / (len(y) + len(world.rows))
    options = Options(spent=spent)
    try:
        return pick(strategy, pool, k, rng=rng, options=options).indices
    except Lacking:  # as the server does
        return pick("adaptive", pool, k, rng=rng, options=options).indices


def _model(one: Task) -> Softmax:
    return Softmax(np.zeros((one.rows.shape[1] + 1, one.classes), np.float32), one.strength)


def _folded(one: Task, strength: float) -> float:
    pool, _ = split(one, 0)
    scores = []
    for here, there in ((pool[::2], pool[1::2]), (pool[1::2], pool[::2])):
        model = Softmax(_model(one).weights, strength)
        model.fit(one.rows[here], one.y[here])
        scores.append(one.score(one.y[there], model.predict(one.rows[there])))
    return float(np.mean(scores))


def _with_one(rows: np.ndarray) -> np.ndarray:
    return np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)


def read(name: str) -> tuple[list[str], list[str]]:
    """Return the texts of a data set of TEXTS and their labels."""
    texts, labels = [], []
    for part in TEXTS[name]:
        with gzip.open(DATA / name / f"{part}.csv.gz", "rt", newline="") as file:
            for row in csv.DictReader(file):
                texts.append(row["text"])
                labels.append(row["label"])
    return texts, labels


def embed(texts: list[str]) -> np.ndarray:
    """Return embeddings of texts, (n, d): by the sentence model where there is one, else `latent`."""
    if not sentence_model.problem():
        return sentence_model.embed(texts)
    return latent(texts)


def latent(texts: list[str]) -> np.ndarray:
    """Return embeddings (n, AXES) by latent semantic analysis of TF-IDF, rows of length 1."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    found = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(texts)
    left, size, _ = randomized_svd(found.astype(np.float32), AXES, n_iter=4, random_state=0)
    rows = (left * size).astype(np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _accuracy(y: np.ndarray, probabilities: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == y).mean())


def _f1(y: np.ndarray, probabilities: np.ndarray) -> float:
    said = probabilities.argmax(axis=1)
    right = int(((said == 1) & (y == 1)).sum())
    return 2 * right / max(int((said == 1).sum() + (y == 1).sum()), 1)
