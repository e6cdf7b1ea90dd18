"""Publish an item type's draft as a policy, and find the one that is in force."""

from django.db import transaction
from django.db.models import Prefetch

from audit import trail
from audit.trail import Actor, actor_name
from routing.errors import NoPolicy
from routing.models import ItemType, Policy, Priority, Rule
from routing.policy import Policy as PurePolicy
from routing.policy import Rule as PureRule
from routing.policy import Thresholds


def draft(item_type: ItemType) -> PurePolicy:
    """Return what the item type's draft would decide by; rules in state draft are left out."""
    used = (rule for rule in item_type.rules.all() if rule.state != Rule.State.DRAFT)
    rules = sorted(used, key=lambda rule: rule.name)
    return PurePolicy(
        number=0,
        thresholds=Thresholds(item_type.auto_approve, item_type.review, item_type.expert),
        class_thresholds=dict(item_type.class_thresholds),
        rules=tuple(_pure_rule(rule) for rule in rules),
        audit_rate=item_type.audit_rate,
        committee_limit=item_type.committee_limit,
        automate=item_type.automate,
        expert_mandatory=item_type.expert_mandatory,
    )


def _pure_rule(rule: Rule) -> PureRule:
    return PureRule(
        name=rule.name,
        category=rule.category,
        when=rule.when,
        effect=rule.effect,
        state=rule.state,
        priority=Priority(rule.priority).label if rule.priority is not None else None,
        queue=rule.queue.slug if rule.queue else None,
    )


def latest(item_type: ItemType) -> Policy:
    """Return the policy in force; raises NoPolicy where none was published."""
    policy = Policy.objects.filter(item_type=item_type).order_by("-number").first()
    if policy is None:
        raise NoPolicy(f"Item type {item_type.slug} has no published policy; publish one in the admin.")
    return policy


def changed(item_type: ItemType) -> bool:
    """Return whether the draft differs from the policy in force."""
    policy = Policy.objects.filter(item_type=item_type).order_by("-number").first()
    return differs(item_type, policy)


def differs(item_type: ItemType, policy: Policy | None) -> bool:
    """Return whether the draft differs from this policy."""
    return policy is None or _without_number(policy.snapshot) != _without_number(
        draft(item_type).to_snapshot()
    )


def in_force() -> Prefetch:
    """Return what to prefetch with item types, so that `newest` lists the policy in force alone."""
    latest = Policy.objects.order_by("item_type_id", "-number").distinct("item_type_id")
    return Prefetch("policies", queryset=latest, to_attr="newest")


def unpublished() -> list[ItemType]:
    """Return the item types whose draft differs from their policy in force, in three statements."""
    types = ItemType.objects.prefetch_related("rules__queue", in_force())
    return [found for found in types if differs(found, found.newest[0] if found.newest else None)]


def _without_number(snapshot: dict) -> dict:
    return {key: value for key, value in snapshot.items() if key != "number"}


@transaction.atomic
def publish(item_type: ItemType, *, reason: str, evidence: dict | None = None, by: Actor) -> Policy:
    """Publish the draft as the next policy and return it; the router uses it from the next item on."""
    # The lock gives two admins who publish at once two numbers.
    item_type = ItemType.objects.select_for_update().get(pk=item_type.pk)
    before = Policy.objects.filter(item_type=item_type).order_by("-number").first()
    number = before.number + 1 if before else 1
    pure = draft(item_type)
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
        number=number,
        reason=reason,
        before=before.snapshot if before else None,
        after=policy.snapshot,
    )
    return policy


def pure(policy: Policy) -> PurePolicy:
    """Return the policy as the value that `decide` takes, parsed once a process: a policy never changes."""
    if policy.pk not in _parsed:
        if len(_parsed) >= 1000:
            _parsed.clear()
        _parsed[policy.pk] = policy.pure
    return _parsed[policy.pk]


_parsed: dict[int, PurePolicy] = {}
