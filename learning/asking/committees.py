"""A committee without extra training: the champion and the models that were in force before it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from learning import registry, serving
from learning.models import ModelVersion

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

log = logging.getLogger(__name__)
STRATEGIES = frozenset({"vote_entropy", "mean_kl"})
MOST = 4  # earlier models


def snapshots(champion: ModelVersion) -> list[Model]:
    """Return up to MOST earlier champions with the same classes, newest first; unusable ones are left out.

    A snapshot ensemble (Huang et al. 2017): models kept on the way of training stand for ones trained apart.
    """
    earlier = ModelVersion.objects.filter(
        item_type=champion.item_type, promoted_at__isnull=False, number__lt=champion.number
    )
    classes, found = serving.loaded(champion).classes, []
    for version in earlier.order_by("-number")[:MOST]:
        try:
            model = registry.load(version)
        except registry.ModelUnusable as error:
            log.error("%s can't be a member of the committee: %s", version, error)
            continue
        if model.classes == classes:
            found.append(model)
    return found
