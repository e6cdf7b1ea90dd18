"""One thing to look at, and how what waits is said and linked."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Matter:
    """One thing to look at: what it is, where to go, if it is bad, and the id of its item type, if any."""

    text: str
    url: str
    bad: bool = False
    item_type: int | None = None


def count(number: int, one: str, many: str) -> str:
    """Return the number with the word that goes with it."""
    return f"{number:,} {one if number == 1 else many}"


def listed(model: str, query: str) -> str:
    """Return the address of routing's admin list of a model, narrowed by the query."""
    return f"{reverse(f'admin:routing_{model}_changelist')}?{query}"
