"""How much a label counts in training: by what it is, how sure and how good its author is, and its age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from labeling.answering.review import WEIGHTS
from labeling.models import AnnotatorSkill, Label
from labeling.people import skills
from routing.models import ItemType

# Corrections are not trained on with their stored weight of 3: it buys two points on new classes, costs the
# old ones and the calibration, and turns worse than none as soon as one review in ten is wrong (SCIENCE 6.1).
HEAVIEST = 1.5


@dataclass(frozen=True)
class Scales:
    """How often people are right, as far as is known: `accuracy` by user id, `others` for whoever is new."""

    accuracy: Mapping[int, float]
    others: float = 1.0

    def weigh(self, row: Label) -> float:
        """Return min(weight of its feedback, HEAVIEST) × its author's confidence × how often they are right.

        What was imported without an author counts as right. At most HEAVIEST.
        """
        kind = WEIGHTS.get(row.feedback_type, 1.0)
        confidence = row.weight / kind  # the stored weight is their product
        skill = 1.0 if row.user_id is None else self.accuracy.get(row.user_id, self.others)
        return min(min(kind, HEAVIEST) * confidence, HEAVIEST) * skill


def scales(item_type: ItemType) -> Scales:
    """Return the scales of an item type; nobody's skill counts until enough is known of people's skills."""
    if skills.load(item_type) is None:
        return Scales({})
    rows = dict(AnnotatorSkill.objects.filter(item_type=item_type).values_list("user_id", "accuracy"))
    return Scales(rows, rows.pop(None, 1.0))


def newness(times: Sequence[datetime], half_life_days: int | None) -> np.ndarray:
    """Return for labels of these times 1 for the newest, half as much for each half-life before it: (n,)."""
    if half_life_days is None or not times:
        return np.ones(len(times))
    newest, day = max(times), timedelta(days=1)
    return 0.5 ** (np.array([(newest - one) / day for one in times]) / half_life_days)
