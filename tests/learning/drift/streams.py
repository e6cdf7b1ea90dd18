"""Decisions in the database, of a client's own model: a steady stream, or one that has moved."""

from datetime import timedelta

import numpy as np
from django.utils import timezone

from learning.models import LearningPlan
from routing import router
from routing.models import Item, ItemType
from tests import factories

WORDS = ["parcel", "refund", "late", "broken", "thanks", "address", "invoice", "colour"]
NEW = ["crypto", "wallet", "token", "airdrop"]


def item_type(plan: dict | None = None, **fields) -> ItemType:
    """Return an item type that automates from 0.95 on, with a learning plan (None: without)."""
    made = factories.item_type("mail", **fields)
    if plan is not None:
        LearningPlan.objects.create(item_type=made, **plan)
    return made


def submit(
    count: int, *, seed: int, moved: bool = False, model: str = "clf@1", to: str = "mail"
) -> list[Item]:
    """Submit texts with a client's predictions, and return the items; `moved`: of another world."""
    rng = np.random.default_rng(seed)
    entries = []
    for number in range(count):
        words = rng.choice(NEW if moved and number % 2 else WORDS, 6)
        label = "positive" if rng.random() < (0.9 if moved else 0.5) else "negative"
        said = factories.opinion(round(rng.uniform(0.5, 1), 4), label, model)
        fields = {"payload": {"text": " ".join(words)}, "context": {"country": "at" if moved else "de"}}
        entries.append(factories.entry(None, ref=f"{model}-{seed}-{number}", opinions=(said,), **fields))
    return [one.item for one in router.submit(to, entries, by="system:test")]


def drifted(plan: dict | None = None, **fields) -> ItemType:
    """Return an item type whose first 250 decisions are of one world and the newest 200 of another."""
    made = item_type(plan, **fields)
    submit(250, seed=1)
    submit(200, seed=2, moved=True)
    return made


def later(**more: int):
    """Return a time at which another look may be taken."""
    return timezone.now() + timedelta(**(more or {"hours": 25}))


def judge(made: ItemType) -> int:
    """Let the champion judge what waits for it, and return how many items."""
    return router.judge_pending(made)
