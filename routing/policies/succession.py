"""How one policy follows another: under a lock, with the next number, and told in the trail."""

from __future__ import annotations

from typing import Any

from audit import trail
from audit.trail import Actor, actor_name
from routing import novelty
from routing.models import ItemType, Policy
from routing.policies.drafts import newest
from routing.policy import Policy as PurePolicy


def locked(pk: int) -> tuple[ItemType, Policy | None]:
    """Return the item type and its policy in force, locked: two who publish at once get two numbers.

    Needs a transaction.
    """
    item_type = ItemType.objects.select_for_update().get(pk=pk)
    return item_type, newest(item_type)


def needs_a_second(item_type: ItemType, before: Policy | None) -> bool:
    """Return whether a second admin must approve what comes after this policy.

    It is enough that the policy in force says so: else one alone could switch it off and then publish.
    """
    return before is not None and (item_type.four_eyes or before.pure.four_eyes)


def same_person(one: str, other: str) -> bool:
    """Return whether two names of the trail are one person's, whether signed in or with an API key."""
    return _person(one) == _person(other)


def _person(actor: str) -> str:
    kind, _, name = actor.partition(":")
    return "user:" + name.rpartition("/")[2] if kind == "key" else actor


def follow(
    item_type: ItemType,
    before: Policy | None,
    pure: PurePolicy,
    *,
    reason: str,
    evidence: dict | None,
    by: Actor,
    **told: Any,
) -> Policy:
    """Write the next policy of a locked item type and return it; `told` is kept in the trail beside it."""
    number = before.number + 1 if before else 1
    if pure.confirm_classes and not (before and before.pure.confirm_classes):
        novelty.gather(item_type)
    policy = Policy.objects.create(
        item_type=item_type,
        number=number,
        snapshot={**pure.to_snapshot(), "number": number},
        reason=reason,
        evidence=evidence or {},
        published_by=actor_name(by),
    )
    trail.record(
        "policy.published",
        policy,
        by=by,
        item_type=item_type.slug,
        policy=number,
        number=number,
        reason=reason,
        before=before.snapshot if before else None,
        after=policy.snapshot,
        **told,
    )
    return policy
