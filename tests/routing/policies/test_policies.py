"""Policies: published with a number, proposed to a second admin, approved, refused, published again."""

import pytest

from audit.models import AuditEvent
from routing import policies
from routing.certificates import targets
from routing.errors import AlreadyInForce, NeedsASecond, StaleProposal
from routing.models import ItemType, Policy, Proposal
from tests import factories

pytestmark = pytest.mark.django_db

ADA, BOB = "user:ada", "user:bob"


@pytest.fixture
def watched():
    """An item type of four eyes whose draft relaxes the threshold of its first policy."""
    return redraft(factories.item_type(four_eyes=True), auto_approve=0.9)


def redraft(item_type, **fields):
    ItemType.objects.filter(pk=item_type.pk).update(**fields)
    return ItemType.objects.get(pk=item_type.pk)


def forward(item_type, by=ADA, reason="checks allow it"):
    return policies.put_forward(item_type, reason=reason, by=by)


def threshold(item_type):
    return policies.latest(item_type).pure.thresholds.auto_approve


def test_the_first_policy_is_published_at_once_even_with_four_eyes():
    item_type = factories.item_type(four_eyes=True)
    assert [(one.number, one.pure.four_eyes) for one in item_type.policies.all()] == [(1, True)]


def test_without_four_eyes_what_is_put_forward_is_in_force():
    item_type = redraft(factories.item_type(), auto_approve=0.9)
    assert forward(item_type).number == 2
    assert (threshold(item_type), Proposal.objects.count()) == (0.9, 0)


def test_with_four_eyes_nothing_is_published_by_one_alone(watched):
    with pytest.raises(NeedsASecond, match="propose this one"):
        policies.publish(watched, reason="why", by=ADA)
    proposal = forward(watched)
    assert (proposal.source, proposal.proposed_by, proposal.snapshot["number"]) == ("draft", ADA, 2)
    assert (threshold(watched), AuditEvent.objects.filter(verb="policy.proposed").count()) == (0.95, 1)


@pytest.mark.parametrize("name", [ADA, "key:abcd1234/ada"])
def test_who_proposed_a_policy_can_not_approve_it(watched, name):
    proposal = forward(watched)
    with pytest.raises(NeedsASecond, match="another admin must approve"):
        policies.approve(proposal, why="fine", by=name)
    assert (threshold(watched), Proposal.objects.get().closed_at) == (0.95, None)


def test_another_admin_puts_it_in_force_and_the_trail_names_both(watched):
    proposal = forward(watched)
    policy = policies.approve(proposal, why="seen", by=BOB)
    row = Proposal.objects.get()
    assert (policy.number, policy.published_by, policy.reason) == (2, BOB, "checks allow it")
    assert (row.outcome, row.closed_by, row.why, row.policy, threshold(watched)) == (
        "published",
        BOB,
        "seen",
        policy,
        0.9,
    )
    data = AuditEvent.objects.filter(verb="policy.published").order_by("id").last().data
    assert (data["proposal"], data["proposed_by"], data["why"]) == (proposal.pk, ADA, "seen")


def test_a_refused_proposal_changes_nothing_and_can_not_be_approved(watched):
    proposal = policies.refuse(forward(watched), why="too loose", by=BOB)
    assert (proposal.outcome, AuditEvent.objects.get(verb="policy.refused").data["why"]) == (
        "refused",
        "too loose",
    )
    with pytest.raises(StaleProposal, match="closed by user:bob: refused"):
        policies.approve(proposal, why="yes", by=BOB)
    assert threshold(watched) == 0.95


def test_a_later_proposal_takes_the_place_of_the_one_that_waits(watched):
    first = forward(watched)
    second = forward(redraft(watched, auto_approve=0.85))
    first.refresh_from_db()
    assert (first.outcome, second.closed_at) == ("superseded", None)
    event = AuditEvent.objects.filter(verb="policy.proposed").order_by("id").last()
    assert event.data["replaces"] == first.pk


def test_a_proposal_is_stale_once_another_policy_came_into_force(watched):
    proposal = forward(watched)
    pure = policies.draft(redraft(watched, review=0.7))
    policies.publish_pure(watched, pure, reason="by a task", by="system:test")
    with pytest.raises(StaleProposal, match="Policy 2 came into force"):
        policies.approve(proposal, why="fine", by=BOB)


def test_one_alone_can_not_switch_four_eyes_off_and_then_publish(watched):
    with pytest.raises(NeedsASecond):
        policies.publish(redraft(watched, four_eyes=False), reason="why", by=ADA)
    policies.approve(forward(watched), why="agreed", by=BOB)
    assert policies.publish(redraft(watched, auto_approve=0.8), reason="why", by=ADA).number == 3


def test_an_earlier_policy_is_published_again_as_a_new_one():
    item_type = redraft(factories.item_type(rules=[{"name": "large", "when": "true"}]), auto_approve=0.9)
    first = item_type.policies.get()
    item_type.rules.all().delete()
    forward(item_type)
    policy = policies.republish(first, reason="back", by=ADA)
    assert (policy.number, policy.evidence, len(policy.pure.rules)) == (3, {"republished": 1}, 1)
    assert threshold(item_type) == 0.95
    with pytest.raises(AlreadyInForce, match="Policy 3"):
        policies.republish(policy, reason="again", by=ADA)


def test_with_four_eyes_an_earlier_policy_is_proposed(watched):
    first = watched.policies.get()
    policies.approve(forward(watched), why="ok", by=BOB)
    proposal = policies.republish(first, reason="back", by=ADA)
    assert (proposal.source, threshold(watched)) == ("republish", 0.9)
    assert policies.approve(proposal, why="ok", by=BOB).pure.thresholds.auto_approve == 0.95


TARGET = {"target_alpha": 0.05, "audit_rate": 0.05, "early_audit_rate": 0.3}


@pytest.fixture
def certified():
    """An item type with an error target, for which the certifier has proven a threshold and checks less."""
    item_type = factories.item_type(**TARGET)
    pure = item_type.policies.get().pure
    assert (pure.certified, pure.audit_rate, pure.usual_audit_rate) == ({}, 0.3, 0.05)
    return prove(item_type, 0.9, 0.05)


def prove(item_type, at, rate):
    """Publish what the certifier would: this threshold, with this share checked."""
    pure = policies.draft(item_type)
    proven = type(pure)(**{**vars(pure), "certified": {"clf@1": {"*": at}}, "audit_rate": rate})
    policies.publish_pure(item_type, proven, reason="proven", by="system:certifier")
    return item_type


def proof(policy):
    return policy.pure.certified, policy.pure.audit_rate


def test_a_draft_keeps_the_proof_and_the_audit_rate_that_are_in_force(certified):
    assert not policies.changed(certified)
    policy = policies.publish(redraft(certified, review=0.7), reason="why", by=ADA)
    assert proof(policy) == ({"clf@1": {"*": 0.9}}, 0.05)


def test_a_policy_published_again_keeps_the_proof_of_today(certified):
    old = policies.latest(certified)
    prove(certified, 0.97, 0.3)
    policies.publish(redraft(certified, review=0.7), reason="why", by=ADA)
    again = policies.republish(old, reason="back", by=ADA)
    assert (*proof(again), again.pure.thresholds.review) == ({"clf@1": {"*": 0.97}}, 0.3, 0.8)


def test_an_approved_draft_has_the_proof_of_the_day_of_its_approval(certified):
    item_type = redraft(certified, four_eyes=True)
    proposal = forward(item_type)
    prove(certified, 0.97, 0.3)
    assert proof(policies.approve(proposal, why="ok", by=BOB)) == ({"clf@1": {"*": 0.97}}, 0.3)


def test_a_proof_is_stale_once_another_one_is_in_force(certified):
    pure = policies.latest(certified).pure
    looser = type(pure)(**{**vars(pure), "certified": {"clf@1": {"*": 0.8}}})
    proposal = policies.propose(
        certified, looser, source="certificate", reason="looser", evidence={"n": 900}, by="system:certifier"
    )
    prove(certified, 0.99, 0.3)
    with pytest.raises(StaleProposal):
        policies.approve(proposal, why="ok", by=BOB)


def test_a_proof_that_is_approved_is_in_force_with_its_evidence(certified):
    pure = policies.latest(certified).pure
    looser = type(pure)(**{**vars(pure), "certified": {"clf@1": {"*": 0.8}}})
    asked = {"source": "certificate", "reason": "looser", "evidence": {"n": 900}, "by": "system:certifier"}
    policy = policies.approve(policies.propose(certified, looser, **asked), why="ok", by=BOB)
    assert (proof(policy), policy.evidence) == (({"clf@1": {"*": 0.8}}, 0.05), {"n": 900})


def test_switching_a_target_off_brings_the_typed_thresholds_back(certified):
    policy = policies.publish(redraft(certified, target_alpha=None), reason="why", by=ADA)
    assert (*proof(policy), policy.pure.usual_audit_rate) == (None, 0.05, None)


def test_a_usual_rate_that_is_typed_anew_counts_at_once_where_the_usual_one_is_in_force(certified):
    assert policies.draft(redraft(certified, audit_rate=0.1)).audit_rate == 0.1
    prove(certified, 0.9, 0.3)
    assert policies.draft(redraft(certified, audit_rate=0.2)).audit_rate == 0.3


def test_a_draft_that_waits_for_approval_is_not_called_unpublished(watched):
    assert [found.slug for found in policies.unpublished()] == ["sentiment"]
    forward(watched)
    assert (policies.unpublished(), policies.proposed(watched)) == ([], True)
    redraft(watched, auto_approve=0.85)
    assert [found.slug for found in policies.unpublished()] == ["sentiment"]


def test_a_policy_of_before_these_fields_does_not_differ_from_a_draft_that_leaves_them():
    item_type = factories.item_type()
    old = {"number", "thresholds", "class_thresholds", "rules", "audit_rate", "committee_limit", "automate"}
    policy = item_type.policies.get()
    snapshot = {name: policy.snapshot[name] for name in old}
    assert not policies.differs(item_type, Policy(snapshot=snapshot))


def proven(item_type, alpha):
    """Return the certifier's open proposal, proven for this error target."""
    pure = policies.latest(item_type).pure
    looser = type(pure)(**{**vars(pure), "certified": {"clf@1": {"*": 0.8}}})
    evidence = {"target": {"stated": targets.stated(item_type) | {"alpha": alpha}}}
    asked = {"source": "certificate", "reason": "looser", "evidence": evidence, "by": "system:certifier"}
    return policies.propose(item_type, looser, **asked)


def test_one_alone_can_not_raise_the_error_target_and_then_approve_what_is_proven_of_it(certified):
    item_type = redraft(certified, four_eyes=True)
    policies.approve(forward(item_type), why="ok", by=BOB)
    raised = redraft(item_type, target_alpha=0.5)
    assert policies.changed(raised)
    with pytest.raises(StaleProposal, match="another error target"):
        policies.approve(proven(raised, 0.5), why="ok", by=ADA)
    policies.approve(forward(raised), why="ok", by=BOB)
    assert proof(policies.approve(proven(raised, 0.5), why="ok", by=ADA))[0] == {"clf@1": {"*": 0.8}}


def test_what_is_proven_for_a_stricter_target_may_be_put_in_force(certified):
    assert policies.approve(proven(certified, 0.001), why="ok", by=ADA).number == 3
