"""What an expression would say of recent items, before it is saved."""

from __future__ import annotations

import time
from dataclasses import dataclass

from routing import rules
from routing.models import Item, ItemType, Prediction
from routing.opinions import Opinion, as_rules_read
from routing.rules import Facts

LAST = 1_000  # items
LONGEST = 1.0  # seconds that a trial takes at most; it then tells of fewer items
SHOWN = 5  # references


@dataclass(frozen=True)
class Trial:
    """How many of the recent items a rule matches, on how many it could not be checked, and some of them."""

    of: int
    matched: int
    errors: int
    error: str | None
    examples: tuple[str, ...]


def trial(item_type: ItemType, when: str, last: int = LAST) -> Trial:
    """Return what the expression says of the last items, newest first; raises RuleError if it isn't one.

    Two statements. Items on which it can't be checked are counted apart, and the first reason is given.
    """
    compiled = rules.compile_rule(when)
    until = time.monotonic() + LONGEST
    count = matched = 0
    examples: list[str] = []
    errors: list[str] = []
    for item, given in _facts(item_type, last):
        outcome = rules.evaluate(compiled, given)
        count += 1
        if outcome.error:
            errors.append(outcome.error)
        elif outcome.matched:
            matched += 1
            if len(examples) < SHOWN:
                examples.append(item.item_ref)
        if time.monotonic() > until:
            break
    return Trial(count, matched, len(errors), errors[0] if errors else None, tuple(examples))


def _facts(item_type: ItemType, last: int) -> list[tuple[Item, Facts]]:
    wanted = Item.objects.filter(item_type=item_type, erased_at__isnull=True).order_by("-id")
    items = list(wanted.only("item_ref", "payload", "context", "score")[:last])
    judged = Prediction.objects.filter(item__in=[item.pk for item in items], rank=0)
    said = {one.item_id: one for one in judged}
    return [(item, _given(item, said.get(item.pk))) for item in items]


def _given(item: Item, said: Prediction | None) -> Facts:
    opinions = () if said is None else (_opinion(said, item.score),)
    return rules.facts(payload=item.payload, context=item.context, prediction=as_rules_read(opinions))


def _opinion(said: Prediction, score: float | None) -> Opinion:
    return Opinion(said.model, said.label, said.confidence, said.probabilities, score)
