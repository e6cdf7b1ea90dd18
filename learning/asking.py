"""One sampling run: choose what people should label next, ask them for it, and say why each was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from audit import trail
from labeling.models import Label
from learning import plans, pool, registry, runs, serving
from learning.models import LearningPlan, ModelVersion, SamplingRun
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item, ItemType, Priority, Purpose, Status
from routing.uncertainty import margin_uncertainty

AUTHOR = "system:learning"
LARGEST_POOL = 20_000  # items that are looked at in one run, the newest first
LARGEST_QUEUE = 5_000  # waiting looks that are put in order anew
CHUNK = 1_000
FEATURES_SHOWN = 256  # longer vectors are not repeated in the run's row


@dataclass(frozen=True)
class Pick:
    """One item to ask people about: by which arm, how useful, with which chance it was drawn."""

    item: Item
    arm: str
    utility: float
    inclusion: float = 1.0
    predicted: str | None = None
    confidence: float | None = None
    uncertainty: float | None = None

    @property
    def priority(self) -> Priority:
        """A client waits for a pending item; nobody waits for one of the pool."""
        return Priority.NORMAL if self.item.status == Status.PENDING_AI else Priority.LOW
