"""How items are routed: drafts not in force, rules that fail, and what checks have shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse

from hitl_project.attention.matter import Matter, count
from routing import policies
from routing.certificates import lately, setbacks
from routing.models import ItemType
from routing.rules import ledger

LATELY = timedelta(days=7)


def failing_rules() -> Iterator[Matter]:
    """Rules that could not be evaluated on recent items."""
    for found in ledger.failing():
        items = count(found.items, "recent item", "recent items")
        text = f"Rule “{found.rule}” could not be checked on {items}, which went to people"
        where = reverse("admin:routing_itemtype_rules", args=[found.item_type])
        yield Matter(text, where, True, found.item_type)


def set_up(user: User) -> Iterator[Matter]:
    """What is not in force yet: no item type, a proposal to approve, a draft that differs from its policy."""
    if not ItemType.objects.exists() and user.has_perm("routing.add_itemtype"):
        yield Matter(
            "There is no item type yet: the guide makes one in a minute",
            reverse("admin:start"),
        )
    for proposal in policies.approvable(user):
        text = f"{proposal.item_type}: a policy waits for your approval"
        where = reverse("admin:routing_proposal_change", args=[proposal.pk])
        yield Matter(text, where, item_type=proposal.item_type_id)
    for item_type in policies.unpublished():
        yield Matter(
            f"{item_type}: the draft differs from the policy in force",
            reverse("admin:routing_itemtype_change", args=[item_type.pk]),
            item_type=item_type.pk,
        )


def checks() -> Iterator[Matter]:
    """What checks of automated items have shown, by item type."""
    for policy in setbacks.setbacks():
        done = "stopped" if setbacks.stopped(policy) else "cut back"
        text = f"Automation of {policy.item_type} was {done}: fresh checks contradict its certificate"
        yield Matter(text, _target(policy.item_type), True, policy.item_type_id)
    types = list(ItemType.objects.order_by("slug"))
    found = lately.checks(types, LATELY) if types else {}
    for item_type, seen in ((one, found[one.pk]) for one in types if one.pk in found):
        if seen.missed and item_type.target_alpha is not None:
            text = count(
                seen.missed,
                "check was not answered in time and counts as an error",
                "checks were not answered in time and count as errors",
            )
            yield Matter(f"{item_type}: {text}", _target(item_type), True, item_type.pk)
        if seen.overturned:
            text = count(seen.overturned, "check", "checks")
            text = f"{item_type}: {text} of the last 7 days came to another answer than the router"
            yield Matter(text, f"{_target(item_type)}#overturned", item_type=item_type.pk)


def _target(item_type: ItemType) -> str:
    return reverse("admin:routing_itemtype_certificate", args=[item_type.pk])
