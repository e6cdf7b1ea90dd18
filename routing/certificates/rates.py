"""How much of what is automated is checked: more at first and after a warning, the usual share after that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from routing import policies
from routing.certificates import certifying
from routing.certify.streams import guards
from routing.models import Certification, ItemType, Policy
from routing.policies.succession import locked

LIVE = timedelta(days=7)  # a model that was not heard of for longer asks for no more checks
CALM = timedelta(hours=1)  # so long what has risen stays: one error can lift a watch, a few checks calm it


def set_checks(item_type: ItemType, *, now: datetime) -> None:
    """Publish the share of automated items to check, where what the streams ask for has changed."""
    if _change(item_type, policies.newest(item_type), now) is None:
        return
    # Locked, so that what a person publishes meanwhile is not overwritten.
    _, policy = locked(item_type.pk)
    change = _change(item_type, policy, now)
    if change:
        rate, why = change
        way = "rise" if rate > policies.pure(policy).audit_rate else "fall"
        reason = f"checks {way} to {100 * rate:.3g} %: {why}"
        wanted = replace(policies.pure(policy), audit_rate=rate)
        policies.publish_pure(item_type, wanted, reason=reason, by=certifying.CERTIFIER)


def _change(item_type: ItemType, policy: Policy | None, now: datetime) -> tuple[float, str] | None:
    """Return the share of checks to go over to, and why; None where it is in force or there is no target."""
    pure = policies.pure(policy) if policy else None
    if pure is None or pure.certified is None:
        return None
    # Without any check nothing could be proven or watched any more.
    usual = pure.usual_audit_rate or item_type.early_audit_rate
    live = [row for row in certifying.running(item_type) if (row.fed_at or row.begun_at) > now - LIVE]
    asked = [_asked(row, item_type, usual) for row in live]
    rate, why = max(asked, key=lambda one: one[0], default=(pure.audit_rate, ""))
    stays = rate == pure.audit_rate or (rate < pure.audit_rate and _just_rose(policy, now))
    return None if stays else (rate, why)


def _just_rose(policy: Policy, now: datetime) -> bool:
    """Return whether the share of checks in force was lower within the last hour."""
    earlier = Policy.objects.filter(item_type=policy.item_type_id, number__lt=policy.number)
    rate, began = policies.pure(policy).audit_rate, policy.published_at
    for one in earlier.order_by("-number").iterator(chunk_size=20):
        if began <= now - CALM or policies.pure(one).audit_rate > rate:
            return False
        if policies.pure(one).audit_rate < rate:
            return True
        began = one.published_at
    return False


def _asked(row: Certification, item_type: ItemType, usual: float) -> tuple[float, str]:
    """Return the share of checks that one stream asks for, and why."""
    raised = max(usual, item_type.early_audit_rate)
    if row.decisions < item_type.early_items:
        return raised, f"{row.model} has {row.decisions:,} of its first {item_type.early_items:,} items"
    if any(guard.detector.phase != "calm" for guard in guards(row.detectors).values()):
        return raised, f"fresh checks of {row.model} suggest more errors than the target allows"
    return usual, f"{row.decisions:,} items of {row.model} were judged"
