"""A committee without extra training: an ensemble's members, or the models in force before the champion."""

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


def members(champion: ModelVersion) -> list[Model]:
    """Return who is asked beside the champion: its own members where it is an ensemble, else snapshots."""
    own = serving.loaded(champion).committee()
    return own if len(own) > 1 else snapshots(champion)


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
