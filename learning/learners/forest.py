"""Random forests and extremely randomised trees by scikit-learn, brought into arrays."""

from functools import partial
from typing import Any

import numpy as np

from learning.learners.predictors import ForestPredictor
from learning.learners.setting import Setting

TREES = 100
MOST_LEAVES = 4_096  # a tree of a hundred thousand labels would else fill megabytes
MOST_ROWS = 20_000  # labels that one tree is grown on; of more each tree draws its own
SMALL, LARGE = 1, 4  # labels that a leaf has at least


def settings(rows: Any, y: np.ndarray, seed: int, device: str = "auto") -> dict[str, Setting]:
    """Return the settings to choose from: two forests and trees split at random; ValueError: sparse rows."""
    if not isinstance(rows, np.ndarray):
        raise ValueError("the forest reads dense rows: give it the encoder's embeddings")
    return {
        "random forest": Setting(rows, partial(fit, name="RandomForestClassifier", least=SMALL)),
        f"random forest, leaves of {LARGE}": Setting(
            rows, partial(fit, name="RandomForestClassifier", least=LARGE)
        ),
        "extra trees": Setting(rows, partial(fit, name="ExtraTreesClassifier", least=SMALL)),
    }


def fit(
    rows: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    classes: int,
    seed: int,
    *,
    name: str,
    least: int,
) -> ForestPredictor:
    """Return the forest that scikit-learn's class `name` grows (Breiman 2001; Geurts et al. 2006).

    Of more than MOST_ROWS labels each tree learns a sample of so many (Breiman 1999, "Pasting small votes").
    """
    from sklearn import ensemble

    used = np.flatnonzero(weights > 0)
    most = MOST_LEAVES if len(used) > MOST_LEAVES else None
    make = getattr(ensemble, name)
    model = make(TREES, min_samples_leaf=least, max_leaf_nodes=most, random_state=seed, n_jobs=1)
    if len(used) > MOST_ROWS:
        model.set_params(bootstrap=True, max_samples=MOST_ROWS)
    return export(model.fit(rows[used], y[used], sample_weight=weights[used]), classes)


def export(model: Any, classes: int) -> ForestPredictor:
    """Return a fitted forest, whose labels are column numbers, as arrays over all `classes`.

    scikit-learn compares rows of 32 bits with thresholds of 64; the greatest number of 32 bits that is not
    above the threshold divides the same rows.
    """
    from scipy.sparse import csr_matrix

    trees = [one.tree_ for one in model.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int32)
    own = np.concatenate([root + np.arange(tree.node_count) for root, tree in zip(roots, trees, strict=True)])
    ends = np.concatenate([tree.children_left < 0 for tree in trees])

    def joined(name: str) -> np.ndarray:
        child = [getattr(tree, name) + root for root, tree in zip(roots, trees, strict=True)]
        return np.where(ends, own, np.concatenate(child)).astype(np.int32)

    exact = np.concatenate([tree.threshold for tree in trees])
    threshold = exact.astype(np.float32)
    threshold = np.where(threshold > exact, np.nextafter(threshold, np.float32(-np.inf)), threshold)
    said = np.concatenate([tree.value[:, 0, :] for tree in trees])[ends]
    table = csr_matrix(said / said.sum(axis=1, keepdims=True))
    return ForestPredictor(
        feature=np.where(ends, 0, np.concatenate([tree.feature for tree in trees])).astype(np.int32),
        threshold=threshold.astype(np.float32),
        left=joined("children_left"),
        right=joined("children_right"),
        leaf=(np.cumsum(ends) - 1).astype(np.int32),
        roots=roots,
        starts=table.indptr.astype(np.int32),
        columns=model.classes_[table.indices].astype(np.int32),
        shares=table.data.astype(np.float32),
        classes=np.array([classes], np.int32),
    )
