"""Certificates act: what is proven is proposed or published, an alarm falls back, checks rise and fall."""

from dataclasses import replace

import numpy as np
import pytest

from audit.models import AuditEvent
from routing import certify, policies
from routing.certificates import guarding
from routing.certify.streams import Stream
from routing.models import Assignment, Certification, Item, ItemType, Proposal
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db

AUTOMATIC = {"publish_certificates": "automatic"}


def proven(size=300, error=0.3, **fields):
    """Return an item type after one stream was answered and acted on."""
    made = certificates.item_type(**fields)
    more(made, *certificates.scored(size, error=error))
    return made


def more(made, scores, wrong=None, **said):
    """Let more decisions come, be answered and be acted on; return the items."""
    wrong = np.zeros(len(scores), dtype=bool) if wrong is None else wrong
    items = certificates.submit(scores, wrong, **said)
    certificates.answer()
    guarding.run(made, now=later())
    return items


def change(made, **fields):
    """Return the item type after an admin has changed its draft."""
    ItemType.objects.filter(pk=made.pk).update(**fields)
    return ItemType.objects.get(pk=made.pk)


def publish(made, **fields):
    """Return the item type after an admin has changed its draft and published it."""
    made = change(made, **fields)
    policies.publish(made, reason="another draft", by="user:ada")
    return made


def in_force(made):
    return policies.latest(made).pure


def threshold():
    """Return what the running certificate proves for all answers."""
    row = Certification.objects.get(ended_at=None)
    return certify.threshold(Stream.from_json({"states": row.states, "detectors": {}}).states["*"]).threshold


def test_what_is_proven_is_proposed_with_its_certificate():
    made = proven()
    proposal = Proposal.objects.get()
    assert (proposal.source, proposal.proposed_by) == ("certificate", "system:certifier")
    assert proposal.snapshot["certified"] == {"clf@1": {"*": threshold()}}
    said = proposal.evidence
    assert (said["certificate"]["*"]["threshold"], said["decisions"], said["model"]) == (
        threshold(),
        300,
        "clf@1",
    )
    assert in_force(made).certified == {}


def test_once_approved_the_router_automates_by_it():
    made = proven()
    policies.approve(Proposal.objects.get(), why="fine", by="user:ada")
    sure, unsure = certificates.submit([0.9999, threshold() - 0.01], [False, False])
    assert (sure.status, unsure.status) == ("approved", "pending_human")
    assert (sure.label_probability, made.policies.count()) == (0.3, 2)


def test_it_is_published_at_once_where_the_admin_chose_so():
    made = proven(**AUTOMATIC)
    policy = policies.latest(made)
    assert (policy.number, policy.published_by) == (2, "system:certifier")
    assert policy.pure.certified == {"clf@1": {"*": threshold()}}
    said = "proven of clf@1: at most 5 % of all decisions wrong, with a confidence of 95 %; "
    assert policy.reason.startswith(said)
    assert not Proposal.objects.exists()


def test_with_four_eyes_it_is_proposed_all_the_same():
    made = proven(four_eyes=True, **AUTOMATIC)
    assert (Proposal.objects.get().source, made.policies.count()) == ("certificate", 1)


def test_the_same_is_not_proposed_again_and_not_after_a_refusal():
    made = proven()
    guarding.run(made, now=later())
    policies.refuse(Proposal.objects.get(), why="not yet", by="user:ada")
    guarding.run(made, now=later())
    assert Proposal.objects.count() == 1


def test_a_looser_one_takes_the_place_of_what_waits():
    made = proven()
    more(made, certificates.scored(300, seed=2)[0])
    assert sorted(Proposal.objects.values_list("outcome", flat=True), key=str) == [None, "superseded"]
    waiting = Proposal.objects.get(closed_at=None)
    assert waiting.snapshot["certified"]["clf@1"]["*"] == threshold()


def test_what_a_person_has_proposed_is_decided_first():
    made = certificates.item_type(four_eyes=True)
    made = change(made, novelty_limit=0.9)
    policies.put_forward(made, reason="careful", by="user:ada")
    more(made, certificates.scored(300)[0])
    assert [one.source for one in Proposal.objects.filter(closed_at=None)] == ["draft"]


def test_a_second_model_is_not_covered_by_the_first_ones_certificate():
    proven(**AUTOMATIC)
    first = certificates.submit([0.9999], [False])[0]
    second = certificates.submit([0.9999], [False], model="clf@2")[0]
    assert (first.status, second.status) == ("approved", "pending_human")


def test_a_second_model_gets_a_certificate_of_its_own_beside_the_first():
    made = proven(**AUTOMATIC)
    first = in_force(made).certified["clf@1"]
    more(made, certificates.scored(300, seed=2)[0], model="clf@2")
    assert in_force(made).certified.keys() == {"clf@1", "clf@2"}
    assert in_force(made).certified["clf@1"] == first


def test_a_class_without_a_proof_of_its_own_is_not_automated():
    made = certificates.item_type(certify_by="class", **AUTOMATIC)
    certificates.submit(*certificates.scored(300, error=0))
    scores, _ = certificates.scored(300, seed=2)
    more(made, scores, np.ones(300, dtype=bool), says="negative")
    limits = in_force(made).certified["clf@1"]
    assert limits["positive"] < 0.9
    assert limits["negative"] is None or limits["negative"] > 0.95


def test_audits_are_counted_with_their_probability():
    made = proven(**AUTOMATIC)
    more(made, np.full(300, 0.9999))
    state = Stream.from_json(vars(Certification.objects.get())).states["*"]
    checks = Assignment.objects.filter(purpose="audit").count()
    assert 60 < checks < 120
    assert (state.labels[0], state.weight[-1]) == (300 + checks, pytest.approx(300 + checks / 0.3))


def test_an_audit_that_nobody_answers_is_an_error_to_the_watch_too():
    made = proven(**AUTOMATIC)
    certificates.submit(np.full(100, 0.9999), np.zeros(100, dtype=bool))
    guarding.run(made, now=later(hours=30))
    row = Certification.objects.filter(ended_at__isnull=False).get()
    assert row.missed == Assignment.objects.filter(purpose="audit").count()
    assert row.detectors["*"]["alarmed_at"] == row.detectors["*"]["audits"] > 0


def test_fresh_errors_stop_automation_and_say_so():
    made = proven(**AUTOMATIC)
    more(made, np.full(400, 0.9999), np.ones(400, dtype=bool))
    policy = policies.latest(made)
    assert policy.pure.certified == {"clf@1": {"*": None}}
    assert "fresh checks of clf@1 contradict its certificate" in policy.reason
    assert AuditEvent.objects.get(verb="certificate.contradicted").data["slices"] == ["*"]
    assert factories.submit(0.9999).status == "pending_human"


def test_where_two_must_agree_an_alarm_waits_for_nobody():
    made = proven(four_eyes=True)
    policies.approve(Proposal.objects.get(), why="fine", by="user:ada")
    assert in_force(made).certified["clf@1"]["*"] is not None
    more(made, np.full(400, 0.9999), np.ones(400, dtype=bool))
    assert (in_force(made).certified, policies.latest(made).published_by) == (
        {"clf@1": {"*": None}},
        "system:certifier",
    )


def test_after_an_alarm_a_new_stream_begins_behind_the_old_one():
    made = proven(**AUTOMATIC)
    items = more(made, np.full(400, 0.9999), np.ones(400, dtype=bool))
    new, old = Certification.objects.all()
    assert (old.ended_because, new.ended_at) == (policies.latest(made).reason, None)
    assert old.decisions + new.decisions == 300 + len(items)
    assert new.detectors == {}


def test_an_alarm_falls_back_to_the_last_policy_that_fresh_checks_bear_out():
    made = proven(**AUTOMATIC)
    strict = in_force(made).certified["clf@1"]["*"]
    more(made, certificates.scored(600, seed=2)[0])
    loose = in_force(made).certified["clf@1"]["*"]
    assert loose < strict
    scores = np.tile([loose + 0.001, 0.9999], 200)
    more(made, scores, scores < strict)
    policy = made.policies.get(reason__startswith="fresh checks")
    assert policy.pure.certified == {"clf@1": {"*": strict}}
    assert f"back to {strict:.3f} of policy 2" in policy.reason
    row = Certification.objects.get(ended_at=None)
    assert (row.detectors["*"]["threshold"], row.detectors["*"]["alarmed_at"]) == (strict, None)


def test_an_alarm_falls_back_to_nothing_from_before_all_was_withdrawn():
    made = proven(**AUTOMATIC)
    now = policies.latest(made)
    loose = {"clf@1": {"*": now.pure.certified["clf@1"]["*"] - 0.05}}
    for certified in ({}, loose):
        wanted = replace(now.pure, certified=certified)
        policies.publish_pure(made, wanted, reason="for a test", by="system:test")
    scores = np.tile([loose["clf@1"]["*"] + 0.001, 0.9999], 200)
    more(made, scores, scores < 0.99)
    assert made.policies.get(reason__startswith="fresh checks").pure.certified == {"clf@1": {"*": None}}


def test_a_run_goes_by_the_item_type_as_it_is_and_not_as_it_was_when_it_began():
    made = certificates.item_type(**AUTOMATIC)
    change(made, publish_certificates="hand")
    more(made, *certificates.scored(300))
    assert (made.policies.count(), Proposal.objects.count()) == (1, 1)


def test_where_no_new_stream_can_begin_nothing_is_automated_unwatched():
    made = proven(**AUTOMATIC)
    more(made, certificates.scored(600, seed=2)[0])
    Assignment.objects.filter(pk=Assignment.objects.earliest("pk").pk).update(purpose="seed", caught=False)
    more(made, np.full(400, 0.9999), np.ones(400, dtype=bool))
    assert not Certification.objects.filter(ended_at=None).exists()
    assert policies.latest(made).pure.certified == {"clf@1": {"*": None}}
    assert policies.latest(made).reason.endswith("nothing is watched and nothing automated")


def test_what_was_proposed_of_a_broken_certificate_is_withdrawn():
    made = proven(**AUTOMATIC)
    made = change(made, publish_certificates="hand")
    more(made, certificates.scored(200, seed=2)[0])
    assert Proposal.objects.get().closed_at is None
    more(made, np.full(400, 0.9999), np.ones(400, dtype=bool))
    assert Proposal.objects.get(source="certificate", outcome="refused").closed_by == "system:certifier"


def test_checks_fall_to_the_usual_share_after_the_first_items():
    made = proven(early_items=300, **AUTOMATIC)
    policy = policies.latest(made)
    assert policy.pure.audit_rate == 0.05
    assert policy.reason == "checks fall to 5 %: 300 items of clf@1 were judged"
    more(made, certificates.scored(200, seed=2)[0], model="clf@2")
    assert policies.latest(made).pure.audit_rate == 0.3


def test_checks_rise_while_fresh_audits_warn_and_fall_again():
    made = proven(early_items=300, **AUTOMATIC)
    change(made, early_audit_rate=0.4)
    Certification.objects.update(detectors={"*": warned(made)})
    made = ItemType.objects.get()
    guarding.run(made, now=later())
    assert policies.latest(made).pure.audit_rate == 0.4
    assert policies.latest(made).reason.startswith("checks rise to 40 %: fresh checks of clf@1 suggest")
    more(made, np.full(400, 0.9999))
    assert policies.latest(made).pure.audit_rate == 0.4  # within the hour
    guarding.run(made, now=later(hours=2))
    assert policies.latest(made).pure.audit_rate == 0.05


def warned(made):
    """Return a watch that has seen too many errors, and not yet enough to ring the alarm."""
    limit = in_force(made).certified["clf@1"]["*"]
    values = {"alpha": 0.05, "values": [20.0] * 3, "audits": 9, "alarmed_at": None}
    return {"threshold": limit, **values}


def test_another_target_begins_anew_and_automates_nothing_until_it_is_proven():
    made = proven(**AUTOMATIC)
    made = publish(made, target_alpha=0.01)
    assert in_force(made).certified == {}
    guarding.run(made, now=later())
    new, old = Certification.objects.all()
    assert (old.ended_because, new.decisions, new.target["alpha"]) == (
        "the error target was changed",
        0,
        0.01,
    )
    assert new.cursor == old.cursor
    assert in_force(made).certified == {}


def test_a_target_that_is_only_typed_changes_nothing():
    made = proven(**AUTOMATIC)
    before = in_force(made)
    guarding.run(change(made, target_alpha=0.01, certify_by="class"), now=later())
    assert (in_force(made), Certification.objects.get().ended_at) == (before, None)


def test_without_a_rule_what_it_kept_from_being_automated_is_unproven():
    made = certificates.item_type(**AUTOMATIC)
    rule = made.rules.create(name="odd", category="risk", when="payload.wrong", effect="review", state="live")
    policies.publish(made, reason="a rule", by="user:ada")
    more(made, *certificates.scored(300))
    assert in_force(made).certified["clf@1"]["*"] < 0.6
    rule.delete()
    policies.publish(made, reason="without it", by="user:ada")
    assert (in_force(made).certified, factories.submit(0.9999).status) == ({}, "pending_human")
    assert guarding.run(made, now=later()) == 0
    new, old = Certification.objects.all()
    assert old.ended_because == "the rule (payload.wrong) no longer sends answers to people"
    assert (new.decisions, new.policy, in_force(made).certified) == (0, policies.latest(made).number, {})


def test_what_was_decided_while_a_rule_held_it_back_proves_nothing_without_it():
    made = certificates.item_type(**AUTOMATIC)
    rule = made.rules.create(name="odd", category="risk", when="payload.wrong", effect="review", state="live")
    policies.publish(made, reason="a rule", by="user:ada")
    certificates.submit(*certificates.scored(300))
    rule.delete()
    policies.publish(made, reason="without it", by="user:ada")
    more(made, *certificates.scored(100, seed=2))
    state = Stream.from_json(vars(Certification.objects.get())).states["*"]
    assert state.decisions[0] == 100
    assert AuditEvent.objects.get(verb="certificate.passed").data["passed"] == 300


def test_another_rule_keeps_what_was_proven_without_it():
    made = proven(**AUTOMATIC)
    before = in_force(made).certified
    made.rules.create(name="odd", category="risk", when="payload.wrong", effect="review", state="live")
    policies.publish(made, reason="a rule", by="user:ada")
    guarding.run(made, now=later())
    assert in_force(made).certified == before
    assert Certification.objects.get().ended_at is None


def test_a_milder_target_keeps_what_the_stricter_one_has_proven():
    made = proven(**AUTOMATIC)
    before = in_force(made).certified
    made = publish(made, target_alpha=0.1)
    guarding.run(made, now=later())
    assert in_force(made).certified == before
    assert Certification.objects.get(ended_at=None).stated["alpha"] == 0.1


def test_without_a_target_the_streams_end_once_that_is_published():
    made = change(proven(**AUTOMATIC), target_alpha=None)
    guarding.run(made, now=later())
    assert in_force(made).certified
    assert Certification.objects.get().ended_at is None
    policies.publish(made, reason="by hand again", by="user:ada")
    guarding.run(made, now=later())
    assert Certification.objects.get().ended_because == "the error target was taken away"


def test_nothing_is_lost_where_a_run_dies_between_two_steps(monkeypatch):
    made = certificates.item_type(**AUTOMATIC)
    certificates.submit(*certificates.scored(300, error=0))
    certificates.answer()
    with monkeypatch.context() as cut:
        cut.setattr(policies, "publish_pure", lambda *args, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            guarding.run(made, now=later())
    assert (Certification.objects.count(), Item.objects.count()) == (0, 300)
    assert guarding.run(made, now=later()) == 300
    assert made.policies.count() == 2
