"""What a policy would do with recent items, said in short on the pages where it is put in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError

from routing import policies
from routing.admin.backtest import sentences
from routing.backtest import history
from routing.models import ItemType
from routing.policy import Policy

LAST = 10_000
FEW = 1_000  # where a rule reads pictures or embeddings, which take long to fetch
STOPPED = (
    "It could not be tried on recent items: the database took too long. Try it on fewer on its own page."
)


@dataclass(frozen=True)
class Trial:
    """What came of trying: sentences, the most important first, and what is kept as evidence."""

    sentences: list[str]
    evidence: dict[str, Any] = field(default_factory=dict)


def tried(item_type: ItemType, draft: Policy) -> Trial:
    """Return what this policy would do with the last items, beside the one in force."""
    before = policies.newest(item_type)
    if before is None:
        return Trial([])
    rules = [*before.pure.rules, *draft.rules]
    last = FEW if any(history.reads_heavy(rule.when) for rule in rules) else LAST
    try:
        found = history.backtest(item_type, last, draft=draft)
    except OperationalError:  # the database's own limit on how long a statement may take
        return Trial([STOPPED])
    said = list(sentences(found)) if found.items else ["There is no item yet to try it on."]
    return Trial(said, {"backtest": found.to_json()})
