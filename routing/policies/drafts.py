"""What an item type's draft would decide by, which policy is in force, and whether the two differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Prefetch

from routing import corrections
from routing.certificates import targets
from routing.certify import gates
from routing.economics import costing
from routing.errors import NoPolicy
from routing.models import ItemType, Policy, Priority, Proposal, Rule
from routing.policy import Policy as PurePolicy
from routing.policy import Rule as PureRule
from routing.policy import Thresholds


def draft(item_type: ItemType) -> PurePolicy:
    """Return what the item type's draft would decide by; rules in state draft are left out.

    What the certifier owns is as it is in the policy in force.
    """
    costs = costing.costs(item_type) if item_type.route_by_cost else None
    return carried(replace(_typed(item_type), costs=costs), newest(item_type))


def _typed(item_type: ItemType) -> PurePolicy:
    """The draft without what is measured or proven: with an error target nothing is automated yet."""
    target = item_type.target_alpha is not None
    used = (rule for rule in item_type.rules.all() if rule.state != Rule.State.DRAFT)
    rules = sorted(used, key=lambda rule: rule.name)
    return PurePolicy(
        number=0,
        thresholds=Thresholds(item_type.auto_approve, item_type.review, item_type.expert),
        class_thresholds=dict(item_type.class_thresholds),
        rules=tuple(_pure_rule(rule) for rule in rules),
        audit_rate=item_type.early_audit_rate if target else item_type.audit_rate,
        committee_limit=item_type.committee_limit,
        automate=item_type.automate,
        expert_mandatory=item_type.expert_mandatory,
        certified={} if target else None,
        novelty_limit=item_type.novelty_limit,
        confirm_classes=item_type.confirm_classes,
        usual_audit_rate=item_type.audit_rate if target else None,
        spec=item_type.spec,
        four_eyes=item_type.four_eyes,
        target=targets.stated(item_type) if target else None,
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


def carried(wanted: PurePolicy, before: Policy | None) -> PurePolicy:
    """Return the policy with the proof and the audit rate that are in force, where both have a target.

    So nobody brings back an old proof by hand. A usual rate that is in force follows the one typed anew. The
    proof is left behind where the policy automates answers that were kept from it when it was made, and where
    another error target is asked for that it doesn't imply.
    """
    held = before.pure if before else None
    if held is None or held.certified is None or wanted.certified is None:
        return wanted
    rate = held.audit_rate
    if rate == held.usual_audit_rate and wanted.usual_audit_rate is not None:
        rate = wanted.usual_audit_rate
    stands = targets.asked(held.target, wanted.target) and not gates.loosened(held, wanted)
    return replace(wanted, certified=held.certified if stands else {}, audit_rate=rate)


def newest(item_type: ItemType) -> Policy | None:
    """Return the policy in force, or None; without a statement where `in_force` was prefetched."""
    if "newest" in vars(item_type):
        return item_type.newest[0] if item_type.newest else None
    return Policy.objects.filter(item_type=item_type).order_by("-number").first()


def latest(item_type: ItemType) -> Policy:
    """Return the policy in force; raises NoPolicy where none was published.

    Its `corrections` says whether any of the item type are in force, so that a type without pays nothing.
    """
    found = Policy.objects.filter(item_type=item_type).annotate(corrections=corrections.any_of_its_type())
    policy = found.order_by("-number").first()
    if policy is None:
        raise NoPolicy(f"Item type {item_type.slug} has no published policy; publish one in the admin.")
    return policy


def changed(item_type: ItemType) -> bool:
    """Return whether the draft differs from the policy in force."""
    return differs(item_type, newest(item_type))


def differs(item_type: ItemType, policy: Policy | None) -> bool:
    """Return whether the draft differs from this policy, what is measured aside."""
    if policy is None:
        return True
    held = policy.pure
    wanted = carried(_typed(item_type), policy)
    if held.spec is None:
        wanted = replace(wanted, spec=None)  # an older policy does without, and goes by today's
    return essence(held) != essence(wanted) | {"costs": _typed_costs(item_type)}


def essence(policy: PurePolicy) -> dict[str, Any]:
    """Return what makes two policies the same: all but the number and what was measured."""
    plain = policy.to_snapshot() | {"costs": list(policy.costs.typed) if policy.costs else None}
    del plain["number"]
    return plain


def _typed_costs(item_type: ItemType) -> list[float | None] | None:
    if not item_type.route_by_cost:
        return None
    typed = (item_type.cost_error, item_type.cost_review_hour, item_type.cost_expert_hour)
    return [*typed, item_type.cost_delay_hour]


def in_force() -> Prefetch:
    """Return what to prefetch with item types, so that `newest` lists the policy in force alone."""
    latest = Policy.objects.order_by("item_type_id", "-number").distinct("item_type_id")
    return Prefetch("policies", queryset=latest, to_attr="newest")


def waiting() -> Prefetch:
    """Return what to prefetch with item types, so that `waiting` lists the proposal that is open."""
    return Prefetch("proposals", queryset=Proposal.objects.filter(closed_at=None), to_attr="waiting")


def proposed(item_type: ItemType) -> bool:
    """Return whether the draft as it is waits for somebody's approval."""
    if "waiting" in vars(item_type):
        found = item_type.waiting
    else:
        found = item_type.proposals.filter(closed_at=None)
    return any(
        one.source == Proposal.Source.DRAFT and not differs(item_type, Policy(snapshot=one.snapshot))
        for one in found
    )


def unpublished() -> list[ItemType]:
    """Return the item types whose draft is neither in force nor proposed, in at most five statements."""
    types = ItemType.objects.prefetch_related("rules__queue", in_force(), waiting())
    return [found for found in types if differs(found, newest(found)) and not proposed(found)]


def pure(policy: Policy) -> PurePolicy:
    """Return the policy as the value that `decide` takes, parsed once a process: a policy never changes."""
    if policy.pk not in _parsed:
        if len(_parsed) >= 1000:
            _parsed.clear()
        _parsed[policy.pk] = policy.pure
    return _parsed[policy.pk]


_parsed: dict[int, PurePolicy] = {}
