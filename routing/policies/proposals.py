"""Policies that wait for a second admin: proposed, approved or refused."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor, actor_name
from routing.certificates import targets
from routing.errors import NeedsASecond, StaleProposal
from routing.models import ItemType, Policy, Proposal
from routing.policies.drafts import carried, essence, newest
from routing.policies.succession import follow, locked, needs_a_second, same_person
from routing.policy import Policy as PurePolicy


@transaction.atomic
def propose(
    item_type: ItemType,
    pure: PurePolicy,
    *,
    source: str,
    reason: str,
    evidence: dict | None = None,
    by: Actor,
) -> Proposal:
    """Ask for this policy to be put in force, in place of a proposal that waits, and return the proposal."""
    item_type, before = locked(item_type.pk)
    open_one = Proposal.objects.filter(item_type=item_type, closed_at=None).first()
    if open_one:
        _close(open_one, Proposal.Outcome.SUPERSEDED, why="A later proposal took its place.", by=by)
    number = before.number + 1 if before else 1
    proposal = Proposal.objects.create(
        item_type=item_type,
        source=source,
        snapshot={**pure.to_snapshot(), "number": number},
        reason=reason,
        evidence=evidence or {},
        proposed_by=actor_name(by),
    )
    trail.record(
        "policy.proposed",
        proposal,
        by=by,
        item_type=item_type.slug,
        number=number,
        source=proposal.source,
        reason=reason,
        replaces=open_one.pk if open_one else None,
        before=before.snapshot if before else None,
        after=proposal.snapshot,
    )
    return proposal


@transaction.atomic
def approve(proposal: Proposal, *, why: str, by: Actor) -> Policy:
    """Put a proposed policy in force and return it.

    Raises NeedsASecond for whoever proposed it where another must approve, and StaleProposal where it was
    closed meanwhile or another policy came into force since.
    """
    item_type, before = locked(proposal.item_type_id)
    proposal = _still_open(proposal)
    if needs_a_second(item_type, before) and _own(proposal, by):
        raise NeedsASecond("You have proposed this policy: another admin must approve it.")
    if stale(proposal, before):
        raise StaleProposal(
            f"Policy {before.number} came into force since this was proposed. Refuse it and propose it anew."
        )
    if not _asked_for(proposal, before):
        raise StaleProposal(
            "It is proven for another error target than the one in force. Publish that target first."
        )
    policy = follow(
        item_type,
        before,
        _approved(proposal, before),
        reason=proposal.reason,
        evidence=proposal.evidence,
        by=by,
        proposal=proposal.pk,
        proposed_by=proposal.proposed_by,
        why=why,
    )
    _close(proposal, Proposal.Outcome.PUBLISHED, why=why, policy=policy, by=by)
    return policy


@transaction.atomic
def refuse(proposal: Proposal, *, why: str, by: Actor) -> Proposal:
    """Close a proposal without putting it in force and return it; raises StaleProposal if it is closed."""
    item_type, _ = locked(proposal.item_type_id)
    proposal = _still_open(proposal)
    _close(proposal, Proposal.Outcome.REFUSED, why=why, by=by)
    number = proposal.snapshot["number"]
    trail.record("policy.refused", proposal, by=by, item_type=item_type.slug, number=number, why=why)
    return proposal


def approvable(user: User) -> list[Proposal]:
    """Return the open proposals that this person may put in force, the newest first."""
    if not user.has_perm("routing.add_policy"):
        return []
    waiting = Proposal.objects.filter(closed_at=None).select_related("item_type")
    found = ((one, newest(one.item_type)) for one in waiting)
    return [one for one, before in found if not (_own(one, user) and needs_a_second(one.item_type, before))]


def _own(proposal: Proposal, by: Actor) -> bool:
    return same_person(proposal.proposed_by, actor_name(by))


def stale(proposal: Proposal, before: Policy | None) -> bool:
    """Return whether another policy came into force since this was proposed.

    The certifier's own steps don't count, unless the proposal is itself about what is proven.
    """
    number = proposal.snapshot["number"] - 1
    if before is None or before.number == number:
        return False
    basis = Policy.objects.get(item_type=proposal.item_type_id, number=number) if number else None
    if basis is None:
        return True
    then, now = basis.pure, before.pure
    if proposal.source == Proposal.Source.CERTIFICATE and then.certified != now.certified:
        return True
    return essence(_plain(then)) != essence(_plain(now))


def _asked_for(proposal: Proposal, before: Policy | None) -> bool:
    """Return whether a certificate is of the target that was published, not of one that is only typed."""
    if proposal.source != Proposal.Source.CERTIFICATE or before is None:
        return True
    return targets.asked(proposal.evidence.get("target", {}).get("stated"), before.pure.target)


def _plain(policy: PurePolicy) -> PurePolicy:
    """The policy without what the certifier moves by itself."""
    return policy if policy.certified is None else replace(policy, certified={}, audit_rate=0)


def _approved(proposal: Proposal, before: Policy | None) -> PurePolicy:
    wanted = PurePolicy.from_snapshot(proposal.snapshot)
    now = carried(wanted, before)
    if proposal.source == Proposal.Source.CERTIFICATE:
        return replace(wanted, audit_rate=now.audit_rate)
    return now


def _still_open(proposal: Proposal) -> Proposal:
    found = Proposal.objects.get(pk=proposal.pk)
    if found.closed_at:
        raise StaleProposal(
            f"This proposal was closed by {found.closed_by}: {found.get_outcome_display().lower()}. "
            "Nothing was done."
        )
    return found


def _close(
    proposal: Proposal, outcome: Proposal.Outcome, *, why: str, policy: Policy | None = None, by: Actor
) -> None:
    changes = {"closed_at": timezone.now(), "closed_by": actor_name(by), "outcome": outcome}
    changes |= {"why": why, "policy": policy}
    if not Proposal.objects.filter(pk=proposal.pk, closed_at=None).update(**changes):
        raise StaleProposal
    for name, value in changes.items():
        setattr(proposal, name, value)
