"""The names that an admin chooses from in a learning plan."""

from __future__ import annotations

from django.db import models

# The names of learning.sampling.STRATEGIES.
STRATEGIES = (
    "adaptive",
    "margin",
    "entropy",
    "least_confidence",
    "vote_entropy",
    "mean_kl",
    "k_means",
    "k_means_plus_plus",
    "k_center",
    "density",
    "distance",
    "badge",
    "typical",
    "cluster_margin",
    "weighted_k_means",
    "hybrid",
    "errors",
    "pseudo_loss",
    "hard_negatives",
    "rare",
    "variance",
    "disagreement",
    "perplexity",
    "harmful",
    "boxes",
    "box_instability",
    "box_errors",
    "random",
)


# The names of learning.encoders.ENCODERS, and who chooses by what payloads hold.
ENCODERS = ("auto", "embedding", "features", "image", "text", "sentence", "pair", "sentence_pair")


class Goal(models.TextChoices):
    """What a campaign of labelling is for."""

    ACCURACY = "accuracy", "accuracy: the most right answers overall"
    FAIRNESS = "fairness", "fairness: the slices that do worst"
    EDGE_CASES = "edge_cases", "edge cases: rare and surprising items"


class Update(models.TextChoices):
    """How a new model comes from the one before."""

    AUTO = "auto", "auto: from scratch while that takes little, else fine-tuned"
    RETRAIN = "retrain", "retrain: from scratch, on all labels"
    FINE_TUNE = "fine_tune", "fine-tune: from the champion, on new labels and a sample of old ones"
    DISTIL = "distil", "distil: fine-tuned, and what is old is learnt half as the champion answers it"


class Trainer(models.TextChoices):
    """Who trains."""

    SERVER = "server", "this server"
    EXTERNAL = "external", "your own trainer, called by webhook"
