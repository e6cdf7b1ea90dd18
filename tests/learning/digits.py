"""The 1,797 handwritten digits of scikit-learn, 400 of them kept back, some labels of the others wrong."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from learning.encoders import fit_encoder

NAMES = tuple("0123456789")


@cache
def digits(noise=0.03, seed=0):
    """Return payloads, true and given labels (int), and the places of the training and the held-out part."""
    pixels, truth = load_digits(return_X_y=True)
    r = np.random.default_rng(seed)
    order = r.permutation(len(truth))
    given = truth.copy()
    slip = r.random(len(truth)) < noise
    given[slip] = (truth[slip] + r.integers(1, 10, slip.sum())) % 10
    payloads = [{"features": row.tolist()} for row in pixels]
    encoder = fit_encoder("features", [payloads[i] for i in order[400:]])
    return payloads, encoder, encoder.encode(payloads), truth, given, order[400:], order[:400]
