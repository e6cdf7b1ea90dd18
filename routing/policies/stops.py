"""Automation that the server itself has stopped, until a person lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.trail import Actor
from routing.models import ItemType, Policy
from routing.policies.drafts import pure
from routing.policies.succession import follow, locked

MARK = "stopped"  # in the evidence of a policy


@transaction.atomic
def stop(item_type: ItemType, *, reason: str, evidence: dict, by: Actor) -> Policy | None:
    """Publish the policy in force with nothing automated and return it; None where nothing is anyway.

    What certificates prove from then on changes thresholds alone.
    """
    item_type, before = locked(item_type.pk)
    if before is None or not pure(before).automate:
        return None
    wanted = replace(pure(before), automate=False)
    return follow(item_type, before, wanted, reason=reason, evidence=evidence | {MARK: True}, by=by)


def stopped(item_types: Iterable[ItemType] | None = None) -> list[Policy]:
    """Return the policies by which automation of these item types (of all) was stopped, while they stand.

    One stands until a person has published another since.
    """
    later = Policy.objects.filter(item_type=OuterRef("item_type"), number__gt=OuterRef("number"))
    by_people = later.exclude(published_by__startswith="system:")
    found = Policy.objects.filter(~Exists(by_people), evidence__has_key=MARK)
    if item_types is not None:
        found = found.filter(item_type__in=list(item_types))
    newest = found.order_by("item_type_id", "-number").distinct("item_type_id")
    return list(newest.select_related("item_type"))
