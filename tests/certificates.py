"""A stream of decisions with a known truth, submitted and answered, for what certifies thresholds."""

from datetime import datetime, timedelta
from itertools import count

import numpy as np
from django.db import transaction
from django.utils import timezone

from routing import router
from routing.certificates import certifying, outcomes
from routing.models import Assignment, Item, ItemType
from tests import factories

RIGHT, WRONG = "positive", "negative"
_numbers = count()


def later(**more: int) -> datetime:
    """Return a time at which all that was submitted is settled, and no answer can be corrected any more."""
    return timezone.now() + timedelta(**(more or {"minutes": 12}))


def item_type(**fields) -> ItemType:
    """Return an item type whose thresholds are to be certified: at most 5 % of all decisions wrong."""
    return factories.item_type(**{"target_alpha": 0.05, "audit_rate": 0.05, **fields})


def scored(size: int, seed: int = 1, error: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Return scores of a model and whether it is wrong: never at 1, more often the lower the score."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.5, 1, size).round(4)
    return scores, rng.random(size) < error * (1 - scores) * 2


def submit(scores, wrong, *, to: str = "sentiment", model: str = "clf@1", says: str = RIGHT) -> list[Item]:
    """Submit one item for each score; those on which the model is wrong say so in their payload."""
    entries = [
        factories.entry(
            None,
            payload={"text": f"Item {next(_numbers)}", "wrong": bool(bad)},
            opinions=(factories.opinion(float(score), says, model),),
        )
        for score, bad in zip(scores, wrong, strict=True)
    ]
    return [one.item for one in router.submit(to, entries, by="system:test")]


def answer(items=None, *, unless: set[str] = frozenset()) -> None:
    """Let people answer what waits (of these items only), but for seats of the purposes in `unless`."""
    rita = factories.person(f"rita{next(_numbers)}", "reviewers")
    now = timezone.now()
    open_ones = Assignment.objects.filter(closed_at=None).exclude(purpose__in=unless)
    if items is not None:
        open_ones = open_ones.filter(item__in=items)
    found = Item.objects.filter(assignments__in=open_ones).prefetch_related("predictions").distinct()
    _decide(list(found), now)
    open_ones.update(closed_at=now, outcome="answered", user=rita, claimed_at=now, leased_until=now)


def feed(made: ItemType, *, now: datetime | None = None) -> int:
    """Count every complete decision for the certificates, publish nothing, and return how many there were."""
    now, counted = now or timezone.now(), 0
    for model in outcomes.models(made, certifying.MOST_MODELS):
        more = True
        while more:
            with transaction.atomic():
                certifying.lock(made)
                step = certifying.take(made, model, now=now)
            more = step is not None and step.more
            counted += step.decisions if step else 0
    return counted


def _decide(items: list[Item], now: datetime) -> None:
    """Write the truth into items that wait, and into those that were automated wrongly."""
    changed = []
    for item in items:
        wrong, said = item.payload["wrong"], item.predictions.all()[0].label
        if wrong or item.decided_at is None:
            other = RIGHT if said == WRONG else WRONG
            item.status, item.label = "approved", other if wrong else said
            item.decided_at, item.decided_by = now, "user:rita"
            changed.append(item)
    Item.objects.bulk_update(changed, ["status", "label", "decided_at", "decided_by"])
