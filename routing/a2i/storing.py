"""Activation conditions made the draft of an item type: all of them, or none."""

from __future__ import annotations

from django.db import transaction

from audit import trail
from audit.trail import Actor, actor_name
from routing.a2i import conditions, expressions
from routing.a2i.expressions import NAMED, Translated
from routing.models import ActivationConditions, ItemType, Rule


def plan(text: str) -> Translated:
    """Return what a file of conditions comes to, without storing it; raises ConditionErrors."""
    return expressions.translate(conditions.read(text))


@transaction.atomic
def store(item_type: ItemType, text: str, *, by: Actor) -> Translated:
    """Make the conditions draft rules of the item type, in place of those of an earlier import; return them.

    A share to be checked at random becomes the draft's audit rate. Nothing is published. Raises
    ConditionErrors, and then nothing is stored.
    """
    nodes = conditions.read(text)
    found = expressions.translate(nodes)
    ItemType.objects.select_for_update().get(pk=item_type.pk)
    earlier = Rule.objects.filter(item_type=item_type, name__regex=rf"^{NAMED} \d+: ")
    before = {"rules": {one.name: one.when for one in earlier}, "audit_rate": item_type.audit_rate}
    earlier.delete()
    Rule.objects.bulk_create(
        Rule(item_type=item_type, name=one.name, when=one.when, category=Rule.Category.RISK)
        for one in found.rules
    )
    if found.share is not None:
        item_type.audit_rate = found.share
        ItemType.objects.filter(pk=item_type.pk).update(audit_rate=found.share)
    tree = {"Conditions": [node.raw for node in nodes]}
    ActivationConditions.objects.update_or_create(
        item_type=item_type, defaults={"tree": tree, "imported_by": actor_name(by)}
    )
    after = {"rules": {one.name: one.when for one in found.rules}, "audit_rate": item_type.audit_rate}
    trail.record("a2i.imported", item_type, by=by, before=before, after=after)
    return found
