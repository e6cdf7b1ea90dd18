"""Put policies in force: publish, propose to a second admin, approve, refuse, publish an earlier one again.

Each act is one transaction that locks the item type first, so that two at once take turns.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from audit.trail import Actor
from routing.errors import AlreadyInForce, NeedsASecond, StaleProposal
from routing.models import ItemType, Policy, Proposal
from routing.policies.drafts import (
    carried,
    changed,
    differs,
    draft,
    essence,
    in_force,
    latest,
    newest,
    proposed,
    pure,
    unpublished,
    waiting,
)
from routing.policies.proposals import approvable, approve, propose, refuse, stale
from routing.policies.succession import follow, locked, needs_a_second, same_person
from routing.policy import Policy as PurePolicy

__all__ = [
    "approvable",
    "approve",
    "changed",
    "differs",
    "draft",
    "essence",
    "in_force",
    "latest",
    "needs_a_second",
    "newest",
    "propose",
    "proposed",
    "publish",
    "publish_pure",
    "pure",
    "put_forward",
    "refuse",
    "republish",
    "revived",
    "same_person",
    "stale",
    "unpublished",
    "waiting",
]


@transaction.atomic
def publish(item_type: ItemType, *, reason: str, evidence: dict | None = None, by: Actor) -> Policy:
    """Publish the draft as the next policy and return it; the router uses it from the next item on.

    Raises NeedsASecond where another admin must approve it.
    """
    item_type, before = locked(item_type.pk)
    if needs_a_second(item_type, before):
        raise NeedsASecond(f"A second admin must approve the policies of {item_type}: propose this one.")
    return follow(item_type, before, draft(item_type), reason=reason, evidence=evidence, by=by)


@transaction.atomic
def put_forward(
    item_type: ItemType,
    *,
    reason: str,
    evidence: dict | None = None,
    seen: PurePolicy | None = None,
    by: Actor,
) -> Policy | Proposal:
    """Publish the draft, or propose it where a second admin must approve; the first policy needs nobody.

    Raises StaleProposal where the draft is no longer the one that was `seen`.
    """
    item_type, before = locked(item_type.pk)
    wanted = draft(item_type)
    if seen is not None and essence(seen) != essence(wanted):
        raise StaleProposal("The draft was changed this very moment: look at it again. Nothing was done.")
    if needs_a_second(item_type, before):
        source = Proposal.Source.DRAFT
        return propose(item_type, wanted, source=source, reason=reason, evidence=evidence, by=by)
    return follow(item_type, before, wanted, reason=reason, evidence=evidence, by=by)


@transaction.atomic
def publish_pure(
    item_type: ItemType, pure: PurePolicy, *, reason: str, evidence: dict | None = None, by: Actor
) -> Policy:
    """Publish this very value as the next policy and return it: a step of the certifier's own."""
    item_type, before = locked(item_type.pk)
    return follow(item_type, before, pure, reason=reason, evidence=evidence, by=by)


@transaction.atomic
def republish(policy: Policy, *, reason: str, by: Actor) -> Policy | Proposal:
    """Publish an earlier policy's thresholds and rules again, or propose them where a second must approve.

    What is asked and what is proven stay as they are today, and with a proof also how much is checked.
    Raises AlreadyInForce.
    """
    item_type, before = locked(policy.item_type_id)
    if before.pk == policy.pk:
        raise AlreadyInForce(f"Policy {policy.number} is in force already.")
    wanted = revived(policy.pure, before)
    evidence = {"republished": policy.number}
    if needs_a_second(item_type, before):
        source = Proposal.Source.REPUBLISH
        return propose(item_type, wanted, source=source, reason=reason, evidence=evidence, by=by)
    return follow(item_type, before, wanted, reason=reason, evidence=evidence, by=by)


def revived(old: PurePolicy, before: Policy) -> PurePolicy:
    """Return an earlier policy as it would be in force after this one."""
    now = before.pure
    usual = old.audit_rate if old.usual_audit_rate is None else old.usual_audit_rate
    if now.certified is None:
        proven = {"certified": None, "usual_audit_rate": None, "audit_rate": usual}
    else:
        proven = {"certified": {}, "usual_audit_rate": usual}
    return carried(replace(old, spec=now.spec, four_eyes=now.four_eyes, target=now.target, **proven), before)
