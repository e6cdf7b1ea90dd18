"""Which automation was cut back because fresh checks contradicted its certificate, and stayed so."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from routing.certificates.certifying import CERTIFIER
from routing.models import ItemType, Policy


def setbacks(item_types: Iterable[ItemType] | None = None) -> list[Policy]:
    """Return the fallbacks of these item types (of all) that still stand, each with its item type.

    One stands until a person has published a policy since, or one with a certificate came into force.
    """
    answered = ~Q(published_by__startswith="system:") | Q(evidence__has_key="certificate")
    since = Policy.objects.filter(item_type=OuterRef("item_type"), number__gt=OuterRef("number"))
    found = Policy.objects.filter(
        ~Exists(since.filter(answered)), published_by=CERTIFIER, evidence__has_key="contradicted"
    )
    if item_types is not None:
        found = found.filter(item_type__in=list(item_types))
    newest = found.order_by("item_type_id", "-number").distinct("item_type_id")
    return list(newest.select_related("item_type"))


def stopped(policy: Policy) -> bool:
    """Return whether a fallback has left nothing automated of any model."""
    limits = policy.snapshot["certified"].values()
    return all(limit is None for of_model in limits for limit in of_model.values())
